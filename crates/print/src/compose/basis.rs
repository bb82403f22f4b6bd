//! The annex on the basis of each statement: its confidence with the reason, its details, and its sources with grade and
//! place.

use chancery_proto::brief::v1::{
    Citation, CitationRole, Confidence, ConfidenceLevel, KeyJudgment, Likelihood, List, Period, Section,
    Statement, StatementType, block::Kind,
};

use crate::compose::annotations::Value;
use crate::compose::composer::{Composer, TextContext};
use crate::compose::evidence::{Grade, supports};
use crate::compose::inherited_markings::own_or;
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::marked_names::marked_name;
use crate::compose::opening_words::opening_words;
use crate::compose::stylesheet::{ACCENT, BASIS, QUIET, TABLE_NOTE};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Cell, Span};
use crate::tags::{Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

/// Widths of the columns, each with the space after it.
const WIDTHS: [Length; 3] = [Length::mm(64), Length::mm(58), Length::mm(44)];
/// Space above and below a row's text.
const PADDING: (Length, Length) = (Length::milli_pt(1_200), Length::milli_pt(1_600));
/// Length of an opening in characters.
const OPENING: usize = 42;
/// Length of a source's name in characters; the list of sources has all of it.
const LONGEST_NAME: usize = 60;

/// A statement with the marking of the part around it, and the judgment that it is the first statement of.
struct BasisRow<'c> {
    statement: &'c Statement,
    judgment: Option<&'c KeyJudgment>,
    enclosing: &'c str,
}

/// The statements of a part.
struct BasisGroup<'c> {
    name: &'c str,
    origin: TextOrigin,
    rows: Vec<BasisRow<'c>>,
}

impl<'a> Composer<'a> {
    /// Adds the table.
    pub(crate) fn basis(&mut self, sect: TagId) {
        self.basis_intro(sect);
        let labels = self.labels();
        let page = &labels.page;
        let head = [labels.statement, page.confidence_and_why, page.sources_grade_place];
        let mut maker = TableMaker::begin(self, sect, "", &head, true, TextOrigin::Printer);
        maker.widths(self, &WIDTHS);
        maker.block.span = Span::Full;
        maker.block.padding = PADDING;
        maker.block.hyphenate = false;
        for group in self.basis_groups() {
            maker.group(self, |composer, tag, cell| composer.basis_group(tag, cell, &group));
            for row in &group.rows {
                self.begin_part(&row.statement.id);
                let anchors = self.basis_anchors.get(&row.statement.id).copied().into_iter().collect();
                maker.row_of_cells(self, anchors, |composer, column, tag, cell| match column {
                    0 => composer.basis_opening(tag, cell, row),
                    1 => composer.basis_confidence(tag, cell, row),
                    _ => composer.basis_sources(tag, cell, row),
                });
            }
        }
        self.begin_part("");
        maker.finish(self);
    }

    fn basis_intro(&mut self, sect: TagId) {
        let page = &self.labels().page;
        let node = self.label_tag(sect, Role::P);
        let mut block = self.note_block();
        let text_context = self.label_context(node, TABLE_NOTE);
        match (self.anchors.get("part.sources").copied(), page.basis_intro.split_once("{0}")) {
            (Some(anchor), Some((before, after))) => {
                self.push_text(&mut block.inline, text_context, before);
                self.page_of(&mut block.inline, text_context, anchor);
                self.push_text(&mut block.inline, text_context, after);
            }
            _ => self.push_text(&mut block.inline, text_context, page.basis_order),
        }
        block.keep_with_next = true;
        self.push(block);
    }

    /// Returns the printed statements: the bottom line, the judgments, and each section that has statements of its own.
    fn basis_groups(&self) -> Vec<BasisGroup<'a>> {
        let (content, labels) = (self.content, self.labels());
        let floor = content.default_marking.as_str();
        let mut groups = Vec::new();
        let mut add = |name, origin, rows: Vec<BasisRow<'a>>| {
            if !rows.is_empty() {
                groups.push(BasisGroup { name, origin, rows });
            }
        };
        add(labels.bottom_line, TextOrigin::Printer, rows_of(&content.bluf, floor).collect());
        let mut judged = Vec::new();
        for judgment in &content.key_judgments {
            let first = judged.len();
            judged.extend(rows_of(&judgment.statements, own_or(&judgment.marking, floor)));
            if let Some(row) = judged.get_mut(first) {
                row.judgment = Some(judgment);
            }
        }
        add(labels.key_judgments, TextOrigin::Printer, judged);
        let is_printed = |section: &&Section| self.anchors.contains_key(&section.id);
        let mut open: Vec<(&Section, &str)> =
            content.sections.iter().filter(is_printed).rev().map(|section| (section, floor)).collect();
        while let Some((section, enclosing)) = open.pop() {
            let marking = own_or(&section.marking, enclosing);
            add(&section.heading, TextOrigin::Author, section_rows(section, marking));
            open.extend(section.sections.iter().rev().map(|section| (section, marking)));
        }
        groups
    }

    /// Adds a part's name and the pages of its statements.
    fn basis_group(&mut self, tag: TagId, cell: &mut Cell, group: &BasisGroup) {
        let kind = BASIS.strong().colored(ACCENT);
        let text_context = self.text_context(tag, kind);
        let mut inline = Inline::default();
        match group.origin {
            TextOrigin::Printer => self.push_label(&mut inline, text_context, group.name),
            TextOrigin::Author => self.push_text(&mut inline, text_context, group.name),
        }
        let ids = group.rows.iter().map(|row| row.statement.id.as_str());
        let has_page = ids.clone().any(|id| self.anchors.contains_key(id));
        if has_page {
            self.push_text(&mut inline, text_context, self.labels().page.list_comma);
            self.page_reference(&mut inline, text_context, ids);
        }
        self.cell_paragraph(cell, BASIS, inline);
    }

    /// Adds a statement's opening words, linked to it, and its subject.
    fn basis_opening(&mut self, tag: TagId, cell: &mut Cell, row: &BasisRow) {
        let statement = row.statement;
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, BASIS);
        let marking = own_or(&statement.marking, row.enclosing);
        self.mark_part(&mut inline, text_context, marking);
        let opening = self.quoted_opening(statement.text.trim(), OPENING);
        let contents = filled(self.labels().go_to, &[&opening]);
        self.link(&mut inline, text_context, &statement.id, &opening, &contents);
        if self.options.show_ids {
            self.small_word(&mut inline, text_context, &format!(" [{}]", statement.id));
        }
        self.cell_paragraph(cell, BASIS, inline);
        let mut subject = Inline::default();
        self.basis_subject(&mut subject, tag, statement);
        self.cell_paragraph(cell, BASIS, subject);
    }

    /// Adds a statement's confidence with the reason, and its details as far as they are set.
    fn basis_confidence(&mut self, tag: TagId, cell: &mut Cell, row: &BasisRow) {
        let mut inline = Inline::default();
        if let Some(judgment) = row.judgment {
            self.confidence_and_why(&mut inline, tag, judgment.confidence.as_ref());
            self.likelihood_and_origin(&mut inline, tag, judgment.likelihood.as_ref());
            self.revision_note(&mut inline, tag, &judgment.revision_note);
        }
        let statement = row.statement;
        self.confidence_and_why(&mut inline, tag, statement.confidence.as_ref());
        self.likelihood_and_origin(&mut inline, tag, statement.likelihood.as_ref());
        self.basis_dates(&mut inline, tag, statement);
        self.cell_paragraph(cell, BASIS, inline);
    }

    fn confidence_and_why(&mut self, inline: &mut Inline, tag: TagId, confidence: Option<&Confidence>) {
        let Some(confidence) = confidence else { return };
        let level = ConfidenceLevel::try_from(confidence.level).unwrap_or_default();
        if level != ConfidenceLevel::Unspecified {
            self.next_detail(inline, tag);
            let strong = self.text_context(tag, BASIS.strong());
            self.confidence(inline, strong, level);
        }
        if !confidence.why.is_empty() {
            self.next_detail(inline, tag);
            let text_context = self.text_context(tag, BASIS);
            self.push_text(inline, text_context, &confidence.why);
        }
    }

    fn likelihood_and_origin(&mut self, inline: &mut Inline, tag: TagId, likelihood: Option<&Likelihood>) {
        let Some(likelihood) = likelihood else { return };
        if lexicon::has_term(likelihood) {
            self.next_detail(inline, tag);
            let strong = self.text_context(tag, BASIS.strong());
            let odds = self.lexicon.short_odds(likelihood);
            self.push_label(inline, strong, &odds);
        }
        self.basis_fact(inline, tag, self.labels().page.basis_origin, &likelihood.origin);
    }

    /// Appends the type of a statement and what it is about.
    fn basis_subject(&mut self, inline: &mut Inline, tag: TagId, statement: &Statement) {
        let page = &self.labels().page;
        let kind = match StatementType::try_from(statement.r#type).unwrap_or_default() {
            StatementType::Unspecified => "",
            StatementType::Fact => page.statement_fact,
            StatementType::Assessment => page.statement_assessment,
            StatementType::Forecast => page.statement_forecast,
            StatementType::Narrative => page.statement_narrative,
        };
        if !kind.is_empty() {
            self.next_detail(inline, tag);
            let quiet = self.text_context(tag, BASIS.colored(QUIET));
            self.push_label(inline, quiet, kind);
        }
        let domain = self.content.domains.iter().find(|domain| domain.id == statement.domain);
        let default = &self.content.default_marking;
        let domain = domain.map_or_else(
            || statement.domain.as_str().into(),
            |domain| marked_name(&domain.name, &domain.marking, default),
        );
        let names = |ids: &[String]| -> String {
            let names: Vec<String> = ids.iter().map(|id| self.name_of(id)).collect();
            names.join(page.list_comma)
        };
        let facts = [
            (page.basis_field, domain.into_owned()),
            (page.basis_actors, names(&statement.actor_ids)),
            (page.basis_places, names(&statement.place_ids)),
            (page.basis_topics, statement.topics.join(page.list_comma)),
        ];
        for (template, value) in facts {
            self.basis_fact(inline, tag, template, &value);
        }
    }

    /// Appends the dates of a statement, and what would settle a forecast.
    fn basis_dates(&mut self, inline: &mut Inline, tag: TagId, statement: &Statement) {
        let page = &self.labels().page;
        let horizon =
            if statement.horizon.is_empty() { String::new() } else { self.lexicon.date(&statement.horizon) };
        let period = statement.period.as_ref().map(|period| self.period_words(period));
        self.basis_fact(inline, tag, page.basis_horizon, &horizon);
        self.basis_fact(inline, tag, page.basis_criteria, &statement.resolution_criteria);
        self.basis_fact(inline, tag, page.basis_period, &period.unwrap_or_default());
    }

    /// Returns the dates of a period and its label.
    pub(crate) fn period_words(&self, period: &Period) -> String {
        let date = if period.edtf.is_empty() { String::new() } else { self.lexicon.date(&period.edtf) };
        let label = if date.contains(&period.label) { "" } else { period.label.as_str() };
        // An author may repeat the date in the label, with more words.
        let date = if !date.is_empty() && label.starts_with(&date) { "" } else { date.as_str() };
        let facts = [date, label].into_iter().filter(|fact| !fact.is_empty());
        facts.collect::<Vec<_>>().join(self.labels().page.list_comma)
    }

    /// Appends a detail by its template, unless it is empty.
    fn basis_fact(&mut self, inline: &mut Inline, tag: TagId, template: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        self.next_detail(inline, tag);
        let quiet = self.text_context(tag, BASIS.colored(QUIET));
        self.push_template(inline, quiet, template, &[Value::Text(value)]);
    }

    /// Appends the note on a judgment's revision, with letters of changes instead of ids.
    fn revision_note(&mut self, inline: &mut Inline, tag: TagId, note: &str) {
        if note.is_empty() {
            return;
        }
        self.next_detail(inline, tag);
        let quiet = self.text_context(tag, BASIS.colored(QUIET));
        let label = self.labels().page.basis_revision_note.replace("{0}", "");
        self.push_label(inline, quiet, label.trim_end());
        self.push_text(inline, quiet, " ");
        self.push_with_letters(inline, quiet, note);
    }

    fn next_detail(&mut self, inline: &mut Inline, tag: TagId) {
        if !inline.is_empty() {
            let quiet = self.text_context(tag, BASIS.colored(QUIET));
            self.push_text(inline, quiet, "\u{a0}\u{b7} ");
        }
    }

    /// Adds a statement's sources with grade and place, and what a judgment rests on.
    fn basis_sources(&mut self, tag: TagId, cell: &mut Cell, row: &BasisRow) {
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, BASIS);
        for citation in &row.statement.citations {
            if self.sources_by_id.contains_key(citation.source_id.as_str()) {
                if !inline.is_empty() {
                    self.push_text(&mut inline, text_context, self.list_separator());
                }
                self.basis_source(&mut inline, text_context, citation);
            }
        }
        self.cell_paragraph(cell, BASIS, inline);
        let rests_on = row.judgment.map_or(&[][..], |judgment| &judgment.rests_on);
        if !rests_on.is_empty() {
            let mut inline = Inline::default();
            self.push_label(&mut inline, text_context, self.labels().rests_on);
            self.push_text(&mut inline, text_context, " ");
            self.links(&mut inline, text_context, rests_on);
            self.cell_paragraph(cell, BASIS, inline);
        }
    }

    fn basis_source(&mut self, inline: &mut Inline, text_context: TextContext, citation: &Citation) {
        let Some(source) = self.sources_by_id.get(citation.source_id.as_str()).copied() else { return };
        let also = self.labels().page.also.split_once("{0}");
        let corroborates = citation.role == CitationRole::Corroborates as i32;
        let (before, after) = also.filter(|_| corroborates).unwrap_or_default();
        self.push_label(inline, text_context, before);
        if !supports(citation) {
            self.contradicting_sign(inline, text_context);
        }
        if !citation.marking.is_empty() {
            self.mark_part(inline, text_context, &citation.marking);
        }
        // Names and places have no language, so that they are not hyphenated.
        let names = TextContext { language: "", ..text_context };
        let name = self.source_name_in(source, &citation.marking);
        let name = name.trim();
        match opening_words(name, LONGEST_NAME) {
            Some(opening) => self.push_text(inline, names, &format!("{opening}\u{2026}")),
            None => self.push_text(inline, names, name),
        }
        let grade = Grade::of(source, citation).to_string();
        if !grade.is_empty() {
            let grade = self.isolated_grades(&grade);
            let style = self.sheet.fit(BASIS.strong()).style;
            self.push_text(inline, names, "\u{a0}");
            self.push_text(inline, TextContext { style, ..names }, &grade);
        }
        if !citation.locator.is_empty() {
            self.push_text(inline, names, &format!(" {}", citation.locator));
        }
        self.push_label(inline, text_context, after);
    }
}

/// Returns a row for each statement that is not withheld.
fn rows_of<'c>(statements: &'c [Statement], enclosing: &'c str) -> impl Iterator<Item = BasisRow<'c>> {
    let shown = statements.iter().filter(|statement| statement.withheld.is_none());
    shown.map(move |statement| BasisRow { statement, judgment: None, enclosing })
}

/// Returns the rows of a section's own blocks.
fn section_rows<'c>(section: &'c Section, enclosing: &'c str) -> Vec<BasisRow<'c>> {
    let mut rows = Vec::new();
    for block in &section.blocks {
        let marking = own_or(&block.marking, enclosing);
        match &block.kind {
            Some(Kind::Paragraph(paragraph)) => rows.extend(rows_of(&paragraph.statements, marking)),
            Some(Kind::Callout(callout)) => rows.extend(rows_of(&callout.statements, marking)),
            Some(Kind::Quote(quote)) => rows.extend(rows_of(&quote.statements, marking)),
            Some(Kind::List(list)) => list_rows(list, marking, &mut rows),
            Some(Kind::Table(_) | Kind::Figure(_) | Kind::Withheld(_)) | None => {}
        }
    }
    rows
}

fn list_rows<'c>(list: &'c List, enclosing: &'c str, rows: &mut Vec<BasisRow<'c>>) {
    for item in &list.items {
        let marking = own_or(&item.marking, enclosing);
        rows.extend(rows_of(&item.statements, marking));
        if let Some(list) = &item.list {
            list_rows(list, marking, rows);
        }
    }
}
