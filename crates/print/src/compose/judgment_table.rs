//! The table of key judgments: each with its likelihood, its confidence, its evidence and its change since the earlier
//! revision, and the notes that explain them.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::{ConfidenceLevel, Dissent, KeyJudgment, Likelihood, Statement};

use crate::Format;
use crate::compose::abridgement::Abridgement;
use crate::compose::annotations::{BarSize, Value, ticks};
use crate::compose::composer::{Composer, TextContext};
use crate::compose::content_facts::disputed_judgment;
use crate::compose::evidence::{self, Evidence, WeakBasis};
use crate::compose::judgment_changes::{
    self, JudgmentChange, judgment_changes, not_carried_over, says_the_same,
};
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::opening_words::opening_words;
use crate::compose::stylesheet::{
    ACCENT, INK, JUDGMENT, JUDGMENT_BESIDE_AXIS, LABEL, REMARK, ROW_HEAD, TABLE, TABLE_NOTE, TypeSpec,
};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Cell, CellParagraph, Frame, Grid, Span, TextBlock};
use crate::tags::{Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

/// Widths of the columns, each with the space after it.
const NUMBER: Length = Length::mm(7);
const CONFIDENCE: Length = Length::mm(28);
const CHANGE: Length = Length::mm(30);
/// With a column of likelihoods.
const AXIS: Length = Length::mm(48);
const CONFIDENCE_BESIDE_AXIS: Length = Length::mm(27);
const CHANGE_BESIDE_AXIS: Length = Length::mm(27);

/// The bar under a judgment, and in the column of likelihoods.
const BAR: BarSize = BarSize { width: Length::mm(60), height: Length::milli_pt(6_500) };
const BAR_IN_AXIS: BarSize = BarSize { width: Length::mm(44), height: Length::milli_pt(6_500) };

/// Number of sources above which a judgment gives their count and grades alone.
const MOST_NUMBERED_SOURCES: usize = 16;

/// Space above and below a judgment.
const PADDING: (Length, Length) = (Length::milli_pt(2_200), Length::milli_pt(2_800));

/// A column of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum JudgmentColumn {
    Number,
    Judgment,
    Likelihood,
    Confidence,
    Change,
}

impl Composer<'_> {
    /// Returns whether likelihoods have a column of their own: at least half of the judgments have one, and the type
    /// and the page leave room for sentences beside it.
    fn has_axis(&self) -> bool {
        if self.sheet.is_large() || self.abridgement >= Abridgement::LikelihoodColumn {
            return false;
        }
        let judgments = &self.content.key_judgments;
        let likely = judgments.iter().filter(|judgment| likelihood(judgment).is_some()).count();
        likely * 2 >= judgments.len() && likely > 0
    }

    fn judgment_columns(&self) -> Vec<JudgmentColumn> {
        let mut columns = vec![JudgmentColumn::Number, JudgmentColumn::Judgment];
        if self.has_axis() {
            columns.push(JudgmentColumn::Likelihood);
        }
        columns.push(JudgmentColumn::Confidence);
        if self.edition.earlier.is_some() {
            columns.push(JudgmentColumn::Change);
        }
        columns
    }

    /// Adds the table, its notes and the dissents on judgments.
    pub(crate) fn judgment_table(&mut self, sect: TagId) {
        let content = self.content;
        let columns = self.judgment_columns();
        let axis = columns.contains(&JudgmentColumn::Likelihood);
        let page = &self.labels().page;
        let since = self.since().unwrap_or_else(|| self.labels().change.to_owned());
        let heads: Vec<&str> = columns
            .iter()
            .map(|column| match column {
                JudgmentColumn::Number => "",
                JudgmentColumn::Judgment => page.key_judgment,
                JudgmentColumn::Likelihood => page.likelihood_percent,
                JudgmentColumn::Confidence => page.confidence_and_sources,
                JudgmentColumn::Change => since.as_str(),
            })
            .collect();
        let widths: Vec<Length> = columns
            .iter()
            .map(|column| match column {
                JudgmentColumn::Number => NUMBER,
                JudgmentColumn::Judgment => Length::ZERO,
                JudgmentColumn::Likelihood => AXIS,
                JudgmentColumn::Confidence if axis => CONFIDENCE_BESIDE_AXIS,
                JudgmentColumn::Change if axis => CHANGE_BESIDE_AXIS,
                JudgmentColumn::Confidence => CONFIDENCE,
                JudgmentColumn::Change => CHANGE,
            })
            .collect();
        let mut maker = TableMaker::begin(self, sect, "", &heads, true, TextOrigin::Printer);
        maker.header_columns = 2;
        maker.widths(self, &widths);
        maker.block.span = Span::Full;
        maker.block.padding = PADDING;
        maker.block.before = Length::ZERO;
        maker.block.after = Length::pt(4);
        for (index, judgment) in content.key_judgments.iter().enumerate() {
            self.begin_part(&judgment.id);
            let anchors = self.anchor_of(&judgment.id);
            maker.row_of_cells(self, anchors, |composer, column, tag, cell| match columns[column] {
                JudgmentColumn::Number => composer.judgment_number(tag, cell, index + 1),
                JudgmentColumn::Judgment => composer.judgment_text(tag, cell, judgment, axis),
                JudgmentColumn::Likelihood => composer.judgment_likelihood(tag, cell, judgment),
                JudgmentColumn::Confidence => composer.judgment_confidence(tag, cell, judgment),
                JudgmentColumn::Change => composer.judgment_change(tag, cell, judgment),
            });
        }
        self.begin_part("");
        // A single page needs the line for a judgment.
        let has_room = self.options.format != Format::OnePage;
        let axis_column = columns.iter().position(|column| *column == JudgmentColumn::Likelihood);
        if let Some(column) = axis_column.filter(|_| has_room) {
            let shown = content.key_judgments.iter().filter_map(likelihood);
            self.axis(&mut maker, column, BAR_IN_AXIS.width, shown);
        }
        maker.finish(self);
        // A single page has the notes at its foot.
        if self.options.format != Format::OnePage {
            self.judgment_notes(sect);
        }
        for dissent in &content.dissents {
            self.judgment_dissent(sect, dissent);
        }
    }

    fn judgment_number(&mut self, tag: TagId, cell: &mut Cell, number: usize) {
        let kind = ROW_HEAD.colored(ACCENT);
        let text = self.lexicon.digits(&number.to_string());
        self.cell_label(tag, cell, kind, &text);
    }

    fn judgment_text(&mut self, tag: TagId, cell: &mut Cell, judgment: &KeyJudgment, axis: bool) {
        let kind = if axis { JUDGMENT_BESIDE_AXIS } else { JUDGMENT };
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, kind);
        let floor = &self.content.default_marking;
        let marking = if judgment.marking.is_empty() { floor } else { &judgment.marking };
        self.mark_part_of_statements(&mut inline, text_context, marking);
        self.statements(&mut inline, text_context, &judgment.statements, marking);
        if self.options.show_ids {
            self.small_word(&mut inline, text_context, &format!(" [{}]", judgment.id));
        }
        let remark = self.text_context(tag, REMARK);
        let mut pages = Inline::default();
        self.page_reference(&mut pages, remark, judgment.rests_on.iter().map(String::as_str));
        if !pages.is_empty() {
            self.push_text(&mut inline, remark, "  ");
            let rests_on = judgment.rests_on.iter().map(String::as_str);
            self.page_reference(&mut inline, remark, rests_on);
        }
        self.cell_paragraph(cell, kind, inline);
        if let Some(likelihood) = likelihood(judgment).filter(|_| !axis) {
            let mut inline = Inline::default();
            let text_context = self.text_context(tag, LABEL);
            let before = self.prior.changed_judgment_likelihood(judgment);
            self.inline_bar(&mut inline, text_context, likelihood, before, BAR);
            self.push_text(&mut inline, text_context, "\u{a0} ");
            self.push_label(&mut inline, text_context, &self.lexicon.short_odds(likelihood));
            self.cell_paragraph(cell, LABEL, inline);
        }
    }

    fn judgment_likelihood(&mut self, tag: TagId, cell: &mut Cell, judgment: &KeyJudgment) {
        let Some(likelihood) = likelihood(judgment) else {
            let words = self.lexicon.terms().not_stated;
            return self.cell_label(tag, cell, REMARK, words);
        };
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, LABEL);
        let before = self.prior.changed_judgment_likelihood(judgment);
        self.inline_bar(&mut inline, text_context, likelihood, before, BAR_IN_AXIS);
        self.cell_paragraph(cell, TABLE, inline);
        let odds = self.lexicon.short_odds(likelihood);
        self.cell_label(tag, cell, LABEL, &odds);
    }

    fn judgment_confidence(&mut self, tag: TagId, cell: &mut Cell, judgment: &KeyJudgment) {
        let level = judgment_changes::level(judgment);
        if level == ConfidenceLevel::Unspecified {
            let words = self.lexicon.terms().not_stated;
            self.cell_label(tag, cell, REMARK, words);
        } else {
            let mut inline = Inline::default();
            let text_context = self.text_context(tag, ROW_HEAD);
            self.confidence(&mut inline, text_context, level);
            self.cell_paragraph(cell, ROW_HEAD, inline);
        }
        let evidence = self.judgment_evidence(judgment);
        if evidence.count() > 0 {
            let text = self.evidence_words(&evidence);
            self.cell_label(tag, cell, REMARK, &text);
        }
        self.evidence_numbers(tag, cell, &evidence);
    }

    /// Adds the numbers of the sources, and of those that contradict, where the print lists its sources.
    fn evidence_numbers(&mut self, tag: TagId, cell: &mut Cell, evidence: &Evidence<'_>) {
        let numbers = |ids: &BTreeSet<&str>| -> Vec<usize> {
            let numbers: BTreeSet<usize> =
                ids.iter().filter_map(|id| self.numbers.get(*id).copied()).collect();
            numbers.into_iter().filter(|number| self.source_anchors.contains_key(number)).collect()
        };
        let (supporting, contradicting) = (numbers(evidence.supporting()), numbers(evidence.contradicting()));
        if supporting.len() + contradicting.len() > MOST_NUMBERED_SOURCES {
            return;
        }
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, REMARK);
        self.source_numbers(&mut inline, text_context, &supporting);
        if !contradicting.is_empty() {
            if !inline.is_empty() {
                self.push_text(&mut inline, text_context, " ");
            }
            self.contradicting_sign(&mut inline, text_context);
            self.push_text(&mut inline, text_context, "\u{a0}");
            self.source_numbers(&mut inline, text_context, &contradicting);
        }
        self.cell_paragraph(cell, REMARK, inline);
    }

    /// Appends dots and the word of a level of confidence.
    pub(crate) fn confidence(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        level: ConfidenceLevel,
    ) {
        let Some(word) = self.lexicon.confidence(level as i32) else { return };
        self.confidence_dots(inline, text_context, level);
        self.push_text(inline, text_context, "\u{a0}");
        self.push_label(inline, text_context, word);
    }

    /// Returns the number of sources with the best and the weakest grade, such as "6 sources, A1–D1".
    pub(crate) fn evidence_words(&self, evidence: &Evidence) -> String {
        let page = &self.labels().page;
        let count = self.lexicon.counted(&page.sources_count, evidence.count(), &[]);
        match evidence.grades() {
            Some(grades) => filled(page.sources_with_grades, &[&count, &self.isolated_grades(&grades)]),
            None => count,
        }
    }

    fn judgment_change(&mut self, tag: TagId, cell: &mut Cell, judgment: &KeyJudgment) {
        for change in judgment_changes(judgment, &self.prior, &self.ledger) {
            let mut inline = Inline::default();
            let text_context = self.text_context(tag, ROW_HEAD);
            self.sign(&mut inline, text_context, change.sign(), INK);
            self.push_text(&mut inline, text_context, "\u{a0}");
            self.push_label(&mut inline, text_context, self.judgment_change_word(change));
            self.cell_paragraph(cell, ROW_HEAD, inline);
            let was = match change {
                JudgmentChange::Likelier(before) | JudgmentChange::LessLikely(before) => {
                    Some(self.lexicon.short_odds(before))
                }
                JudgmentChange::Surer(level) | JudgmentChange::LessSure(level) => {
                    self.lexicon.confidence(level as i32).map(str::to_owned)
                }
                JudgmentChange::New
                | JudgmentChange::Reversed
                | JudgmentChange::Reworded
                | JudgmentChange::Unchanged => None,
            };
            if let Some(was) = was {
                let mut text = filled(self.labels().was_likely, &[&was]);
                if self.prior.judgment(judgment).is_some_and(|earlier| !says_the_same(earlier, judgment)) {
                    text.push_str(self.list_separator());
                    text.push_str(self.judgment_change_word(JudgmentChange::Reworded));
                }
                self.indented_remark(tag, cell, &text);
            }
            if change == JudgmentChange::Reversed {
                self.reversal_reference(tag, cell, judgment);
            }
        }
    }

    pub(crate) fn judgment_change_word(&self, change: JudgmentChange) -> &'static str {
        let words = &self.lexicon.terms().judgments;
        match change {
            JudgmentChange::New => words.new,
            JudgmentChange::Likelier(_) => words.likelier,
            JudgmentChange::LessLikely(_) => words.less_likely,
            JudgmentChange::Surer(_) => words.surer,
            JudgmentChange::LessSure(_) => words.less_sure,
            JudgmentChange::Reversed => words.reversed,
            JudgmentChange::Reworded => words.reworded,
            JudgmentChange::Unchanged => words.unchanged,
        }
    }

    /// Refers to the change that a reversed judgment rests on: "see A, p. 2".
    fn reversal_reference(&mut self, tag: TagId, cell: &mut Cell, judgment: &KeyJudgment) {
        let reversal = judgment.rests_on.iter().find_map(|id| self.ledger.reversal_of(id));
        let Some((letter, name)) = reversal.map(|of| (of.letter.clone(), of.anchor_name())) else { return };
        let one_page = self.options.format == Format::OnePage;
        if one_page && !self.ledger.cards.iter().take(self.shown_reversals()).any(|of| of.letter == letter) {
            return;
        }
        let page = &self.labels().page;
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, REMARK);
        match self.anchors.get(&name).copied().filter(|_| !one_page) {
            Some(anchor) => {
                let values = [Value::Text(&letter), Value::Pages(vec![anchor])];
                self.push_template(&mut inline, text_context, page.see_card, &values);
            }
            None => self.push_template(&mut inline, text_context, page.see_below, &[Value::Text(&letter)]),
        }
        self.cell_paragraph(cell, REMARK, inline);
        if let Some(last) = cell.paragraphs.last_mut() {
            last.indent = self.sheet.fit(REMARK).style.size * 4 / 3;
        }
    }

    fn indented_remark(&mut self, tag: TagId, cell: &mut Cell, text: &str) {
        self.cell_label(tag, cell, REMARK, text);
        if let Some(last) = cell.paragraphs.last_mut() {
            last.indent = self.sheet.fit(REMARK).style.size * 4 / 3;
        }
    }

    /// Adds a paragraph of the printer's words to a cell.
    pub(crate) fn cell_label(&mut self, tag: TagId, cell: &mut Cell, kind: TypeSpec, text: &str) {
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, kind);
        self.push_label(&mut inline, text_context, text);
        self.cell_paragraph(cell, kind, inline);
    }

    /// Adds a paragraph to a cell unless it is empty. The space before it separates it in extraction.
    pub(crate) fn cell_paragraph(&mut self, cell: &mut Cell, kind: TypeSpec, inline: Inline) {
        if inline.is_empty() {
            return;
        }
        if let Some(above) = cell.paragraphs.last_mut() {
            above.inline.separate();
        }
        let leading = self.sheet.fit(kind).leading;
        cell.paragraphs.push(CellParagraph { inline, leading, ..CellParagraph::default() });
    }

    /// Adds the notes below the table: the meaning of bar and dots, the evidence of the brief, and the judgments that
    /// were not carried over.
    pub(crate) fn judgment_notes(&mut self, sect: TagId) {
        let axis = self.has_axis();
        let (content, labels) = (self.content, self.labels());
        let page = &labels.page;
        let judgments = &content.key_judgments;
        let mut first = Vec::new();
        if let Some(term) = judgments.iter().find_map(likelihood).map(|likelihood| likelihood.term) {
            first.push((page.bar_key, self.bar_meaning(term, axis)));
        }
        if judgments.iter().any(|judgment| judgment_changes::level(judgment) != ConfidenceLevel::Unspecified)
        {
            first.push((page.dots_key, page.dots_meaning.to_owned()));
        }
        self.keyed_note(sect, &first);
        let evidence = self.brief_evidence_words();
        if !evidence.is_empty() {
            self.keyed_note(sect, &[(page.evidence_key, evidence)]);
        }
        let left = self.edition.earlier.map(|earlier| not_carried_over(&earlier.key_judgments, judgments));
        let left: Vec<String> =
            left.unwrap_or_default().iter().map(|judgment| self.judgment_opening(judgment)).collect();
        if !left.is_empty() {
            let key = match self.edition.earlier_number() {
                Some(number) => {
                    let number = self.lexicon.digits(&number.to_string());
                    filled(page.not_carried_over_from, &[&number])
                }
                None => format!("{}:", lexicon::capitalised(page.not_carried_over)),
            };
            let text = format!("{}.", left.join(page.list_comma));
            self.note(sect, &key, &text, TextOrigin::Author);
        }
    }

    fn judgment_opening(&self, judgment: &KeyJudgment) -> String {
        let text = judgment.statements.iter().find(|statement| statement.withheld.is_none());
        let text = text.map_or("", |statement| statement.text.as_str());
        self.quoted_opening(text, 42)
    }

    /// Returns the opening words of a text in quotation marks.
    pub(crate) fn quoted_opening(&self, text: &str, longest: usize) -> String {
        let page = &self.labels().page;
        match opening_words(text, longest) {
            Some(opening) => filled(page.quote_opening, &[opening]),
            None => filled(page.quote, &[text]),
        }
    }

    fn bar_meaning(&self, term: i32, axis: bool) -> String {
        let page = &self.labels().page;
        let ticks: Vec<u32> = ticks(term).into_iter().filter(|tick| (5..=95).contains(tick)).collect();
        let numbers: Vec<String> = ticks.iter().map(|tick| self.lexicon.digits(&tick.to_string())).collect();
        let numbers = numbers.join(page.list_comma);
        let scale = if lexicon::is_phia(term) { "PHIA" } else { "ICD 203" };
        let compared = self.edition.earlier.and(self.edition.earlier_number());
        let earlier = compared.map(|number| self.lexicon.digits(&number.to_string()));
        let meaning = match (&earlier, axis) {
            (Some(earlier), true) => filled(page.bar_compared, &[earlier, scale]),
            (Some(earlier), false) => filled(page.bar_axis_compared, &[&numbers, scale, earlier]),
            (None, _) => filled(page.bar_axis, &[&numbers, scale]),
        };
        let unstated: Vec<String> = self
            .content
            .key_judgments
            .iter()
            .enumerate()
            .filter(|(_, judgment)| likelihood(judgment).is_none())
            .map(|(index, _)| self.lexicon.digits(&(index + 1).to_string()))
            .collect();
        if unstated.is_empty() {
            return meaning;
        }
        if axis {
            return format!("{meaning} {}", page.not_stated_key);
        }
        let list = self.lexicon.list(&unstated);
        let unstated = self.lexicon.counted(&page.likelihood_unstated, unstated.len(), &[&list]);
        format!("{meaning} {unstated}")
    }

    /// Returns the evidence of the brief as sentences; empty for a brief without sources.
    pub(crate) fn brief_evidence_words(&self) -> String {
        let page = &self.labels().page;
        let evidence = evidence::of_brief(self.content);
        if evidence.sources == 0 {
            return String::new();
        }
        let letters: Vec<String> = evidence
            .letters
            .iter()
            .map(|(letter, count)| {
                let count = self.lexicon.digits(&count.to_string());
                self.isolated_in_line(&filled(page.grade_count, &[&letter.to_string(), &count]))
            })
            .collect();
        let sources = if letters.is_empty() {
            self.lexicon.counted(&page.sources_count, evidence.sources, &[])
        } else {
            self.lexicon.counted(&page.evidence_sources, evidence.sources, &[&self.lexicon.list(&letters)])
        };
        let Some(weak) = evidence.weak else { return format!("{sources}.") };
        let cited = self.lexicon.digits(&evidence.cited.to_string());
        let weak = match weak.basis {
            WeakBasis::Source(source) => {
                let name = self.marked_source_name(source);
                self.lexicon.counted(&page.rest_on_source, weak.sentences, &[&cited, &name, "F"])
            }
            WeakBasis::Unjudged => self.lexicon.counted(&page.rest_on_grade, weak.sentences, &[&cited, "F"]),
            WeakBasis::Unreliable => {
                self.lexicon.counted(&page.rest_on_grade_or_lower, weak.sentences, &[&cited, "D"])
            }
        };
        format!("{sources}{}{weak}", self.list_separator())
    }

    pub(crate) fn keyed_note(&mut self, sect: TagId, sentences: &[(&str, String)]) {
        if sentences.is_empty() {
            return;
        }
        let node = self.label_tag(sect, Role::P);
        let mut block = self.note_block();
        let (key_context, text_context) = (
            self.label_context(node, TABLE_NOTE.strong().colored(INK)),
            self.label_context(node, TABLE_NOTE),
        );
        for (index, (key, text)) in sentences.iter().enumerate() {
            if index > 0 {
                self.push_text(&mut block.inline, text_context, " ");
            }
            self.push_text(&mut block.inline, key_context, key);
            self.push_text(&mut block.inline, text_context, &format!(" {text}"));
        }
        self.push(block);
    }

    fn note(&mut self, sect: TagId, key: &str, text: &str, origin: TextOrigin) {
        let node = self.tag(sect, Role::P);
        let mut block = self.note_block();
        let key_context = self.text_context(node, TABLE_NOTE.strong().colored(INK));
        self.push_label(&mut block.inline, key_context, key);
        let text_context = self.text_context(node, TABLE_NOTE);
        self.push_text(&mut block.inline, text_context, " ");
        match origin {
            TextOrigin::Printer => self.push_label(&mut block.inline, text_context, text),
            TextOrigin::Author => self.push_text(&mut block.inline, text_context, text),
        }
        self.push(block);
    }

    /// Returns a block for a note below a table.
    pub(crate) fn note_block(&self) -> TextBlock {
        TextBlock { span: Span::Full, grid: Grid::Free, ..self.block(TABLE_NOTE) }
    }

    /// Adds a dissent on a judgment in a frame below the table.
    fn judgment_dissent(&mut self, sect: TagId, dissent: &Dissent) {
        let Some(number) = disputed_judgment(self.content, dissent) else { return };
        self.begin_part(&dissent.id);
        let page = &self.labels().page;
        let div = self.tag(sect, Role::Div);
        self.frames += 1;
        let outline = Some((INK, Length::milli_pt(600)));
        let frame =
            Frame { id: self.frames, tint: None, rule: None, outline, inset: Length::ZERO, span: Span::Full };
        let framed = |block: TextBlock| TextBlock {
            frame: Some(frame),
            inset: (Length::pt(9), Length::pt(9)),
            span: Span::Full,
            grid: Grid::Free,
            keep_together: true,
            ..block
        };
        let node = self.tag(div, Role::P);
        let mut label = framed(self.block(LABEL));
        let (key_context, text_context) = (self.text_context(node, LABEL), self.text_context(node, REMARK));
        self.push_label(&mut label.inline, key_context, page.differing_view);
        self.push_text(&mut label.inline, text_context, "   ");
        let number = self.lexicon.digits(&number.to_string());
        let values = [Value::Text(&dissent.holder), Value::Text(&number)];
        if !dissent.holder.is_empty() {
            self.push_template(&mut label.inline, text_context, page.held_by_against, &values);
        }
        label.before = Length::pt(9);
        label.padding.0 = Length::pt(5);
        label.keep_with_next = true;
        label.anchors.extend(self.anchors.get(&dissent.id));
        self.push(label);
        let node = self.tag(div, Role::P);
        let mut view = framed(self.block(JUDGMENT_BESIDE_AXIS));
        let text_context = self.text_context(node, JUDGMENT_BESIDE_AXIS);
        self.mark_part(&mut view.inline, text_context, &dissent.marking);
        self.push_text(&mut view.inline, text_context, &dissent.text);
        view.padding.1 = Length::pt(6);
        self.push(view);
        self.begin_part("");
    }
}

impl<'a> Composer<'a> {
    /// Returns the sources of the statements of a judgment and of those that it rests on.
    fn judgment_evidence(&self, judgment: &KeyJudgment) -> Evidence<'a> {
        let supporting = judgment.rests_on.iter().filter_map(|id| self.current.statement(id));
        let statements: Vec<&Statement> = self
            .content
            .key_judgments
            .iter()
            .filter(|of| of.id == judgment.id)
            .flat_map(|of| &of.statements)
            .collect();
        Evidence::of(statements.into_iter().chain(supporting), &self.sources_by_id)
    }
}

/// Returns the likelihood of a judgment, if it has a term.
fn likelihood(judgment: &KeyJudgment) -> Option<&Likelihood> {
    judgment.likelihood.as_ref().filter(|likelihood| lexicon::has_term(likelihood))
}
