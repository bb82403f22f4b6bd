//! The opening of a print: title, dateline, state, bottom line, key judgments, the summary of changes and the contents.

use crate::compose::abridgement::Abridgement;
use crate::compose::annotations::Value;
use crate::compose::change_ledger::Reversal;
use crate::compose::changes::MarkedText;
use crate::compose::composer::{Composer, TextContext};
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::plan::{Part, PartKind};
use crate::compose::signs::Sign;
use crate::compose::stylesheet::{
    ACCENT, BODY, BOTTOM_LINE, DATELINE, INK, LABEL, PART_HEADING, QUIET, ROW_HEAD, STATE, SUBTITLE, TABLE,
    TABLE_NOTE, TITLE, TypeSpec,
};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::document_info::OutlineEntry;
use crate::flow::{Frame, Grid, Span, TextBlock};
use crate::layout::Geometry;
use crate::layout::measure::measure_block;
use crate::layout::page_numbers::{placeholder_pages, with_references};
use crate::tags::{Role, TagId};
use crate::text::inline::{Inline, PageList};
use crate::units::Length;
use crate::{Format, RevisionState};

/// Number of reversals in the summary of changes, and the number of judgments above which they are omitted.
const SUMMARY_REVERSALS: usize = 3;
const MOST_JUDGMENTS_WITH_REVERSALS: usize = 5;
/// Space above headings.
pub(crate) const ABOVE_HEADING: Length = Length::pt(12);

impl Composer<'_> {
    /// Adds the opening of the standard and the full format.
    pub(crate) fn opening(&mut self, parts: &[Part]) {
        let root = self.flow.tags.root();
        let sect = self.tag(root, Role::Sect);
        self.masthead(sect);
        self.title_lines(sect);
        for part in parts {
            match part.kind {
                PartKind::BottomLine => self.bottom_line_box(sect, part),
                PartKind::KeyJudgments => {
                    let sect = self.tag(root, Role::Sect);
                    self.opening_heading(sect, part, &part.title);
                    self.judgment_table(sect);
                }
                PartKind::Changes => {
                    self.fit_summary_of_changes();
                    // Without changes there is only the authors' summary, which the part itself has.
                    self.summary_in_opening &= !self.printed_changes().is_empty();
                    if !self.summary_in_opening {
                        continue;
                    }
                    let sect = self.tag(root, Role::Sect);
                    // The part itself has the outline entry and the destination.
                    self.plain_heading(sect, &part.title);
                    self.change_summary_lines(sect);
                }
                _ => {}
            }
        }
        if self.options.format == Format::Full {
            let sect = self.tag(root, Role::Sect);
            self.contents(sect, parts);
        }
    }

    /// Adds title, subtitle, dateline and the lines on the revision's state.
    pub(crate) fn title_lines(&mut self, sect: TagId) {
        let mut title = self.title_line(sect);
        title.span = Span::Full;
        title.keep_with_next = true;
        title.grid = Grid::Free;
        self.push(title);
        if !self.content.subtitle.is_empty() {
            let node = self.tag(sect, Role::P);
            let mut subtitle = self.block(SUBTITLE);
            let text_context = self.text_context(node, SUBTITLE.italic());
            self.mark_part(&mut subtitle.inline, text_context, &self.content.default_marking);
            self.push_text(&mut subtitle.inline, text_context, &self.content.subtitle);
            subtitle.span = Span::Full;
            subtitle.grid = Grid::Free;
            self.push(subtitle);
        }
        self.dateline(sect);
        self.revision_state_lines(sect);
    }

    /// Returns the title, after its portion marking where every portion has one.
    fn title_line(&mut self, sect: TagId) -> TextBlock {
        let content = self.content;
        let node = self.tag(sect, Role::Title);
        let mut block = self.block(TITLE);
        let text_context = self.text_context(node, TITLE);
        if self.marks_every_portion() {
            self.mark_part(&mut block.inline, text_context, "");
        }
        self.push_text(&mut block.inline, text_context, &content.title);
        block
    }

    /// Adds the facts of the running elements, once as tagged text (ISO 14289-1, 7.1): marking, date, revision,
    /// publication and recipient.
    fn dateline(&mut self, sect: TagId) {
        let (edition, page) = (self.edition, &self.labels().page);
        let mut facts = Vec::new();
        if let Some(date) = self.as_of_date() {
            let date = self.lexicon.date_with_solar_hijri(date);
            facts.push(filled(page.as_of_date, &[&date]));
        }
        if edition.revision != 0 {
            let number = self.lexicon.digits(&edition.revision.to_string());
            facts.push(if edition.published_at.is_empty() {
                filled(page.revision_number, &[&number])
            } else {
                filled(page.revision_published, &[&number, &self.publication()])
            });
        }
        let names = [self.options.theme.organisation, edition.creator];
        let publisher = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned();
        let recipient = self.options.recipient;
        let node = self.tag(sect, Role::P);
        let mut block =
            TextBlock { span: Span::Full, grid: Grid::Free, before: Length::pt(2), ..self.block(DATELINE) };
        let text_context = self.text_context(node, DATELINE);
        for fact in &facts {
            self.separated(&mut block.inline, text_context);
            self.push_label(&mut block.inline, text_context, fact);
        }
        if !publisher.is_empty() && self.options.theme.organisation.is_empty() {
            self.separated(&mut block.inline, text_context);
            // Without a language, names are not hyphenated.
            let publisher = self.isolated_in_line(&publisher);
            self.push_text(&mut block.inline, TextContext { language: "", ..text_context }, &publisher);
        }
        if !recipient.is_empty() {
            self.separated(&mut block.inline, text_context);
            self.push_template(
                &mut block.inline,
                text_context,
                page.recipient_name,
                &[Value::Text(recipient)],
            );
        }
        let marking = self.banner().to_owned();
        if !marking.is_empty() {
            self.separated(&mut block.inline, text_context);
            let marking = self.isolated_in_line(&marking);
            self.push_text(&mut block.inline, TextContext { language: "", ..text_context }, &marking);
        }
        self.push(block);
    }

    /// Isolates a text in a right-to-left line, so that separators beside it keep their place (UAX #9).
    pub(crate) fn isolated_in_line(&self, text: &str) -> String {
        if self.flow.right_to_left { crate::text::isolated(text) } else { text.to_owned() }
    }

    fn separated(&mut self, inline: &mut Inline, text_context: TextContext) {
        if !inline.is_empty() {
            // A line does not begin with the separator.
            self.push_text(inline, text_context, "\u{a0}\u{a0}\u{b7}  ");
        }
    }

    /// Returns the date of publication; that of an imported revision is stated by its import.
    fn publication(&self) -> String {
        let published = self.lexicon.date_with_solar_hijri(self.edition.published_at);
        match self.edition.import {
            Some(import) => self.as_imported(&published, import),
            None => published,
        }
    }

    /// Adds the lines on the revision's state: draft, superseded or withdrawn, with the reason.
    pub(crate) fn revision_state_lines(&mut self, sect: TagId) {
        let labels = self.labels();
        let mut lines = Vec::new();
        if self.edition.state == RevisionState::Draft {
            lines.push(labels.draft_line.to_owned());
        }
        if let Some(number) = self.edition.superseded_by {
            lines.push(filled(labels.superseded_line, &[&self.lexicon.digits(&number.to_string())]));
        }
        if self.edition.state == RevisionState::Withdrawn {
            lines.push(labels.withdrawn_line.to_owned());
        }
        for line in lines {
            let mut block = self.label_line(sect, Role::P, STATE, &line);
            block.before = Length::pt(4);
            block.span = Span::Full;
            block.grid = Grid::Free;
            self.push(block);
        }
        if self.edition.state == RevisionState::Withdrawn {
            self.withdraw_reason(sect);
        }
    }

    /// Adds the bottom line in its box.
    pub(crate) fn bottom_line_box(&mut self, sect: TagId, part: &Part) {
        let div = self.tag(sect, Role::Div);
        self.frames += 1;
        let frame = Frame {
            id: self.frames,
            tint: None,
            rule: Some((ACCENT, Length::pt(3))),
            outline: Some((ACCENT, Length::milli_pt(400))),
            inset: Length::ZERO,
            span: Span::Full,
        };
        let framed = |block: TextBlock| TextBlock {
            frame: Some(frame),
            inset: (Length::pt(12), Length::pt(12)),
            span: Span::Full,
            grid: Grid::Free,
            ..block
        };
        let mut label = framed(self.label_line(div, Role::P, LABEL.colored(ACCENT), &part.title));
        label.before = Length::pt(7);
        label.padding.0 = Length::pt(6);
        label.keep_with_next = true;
        label.anchors.push(part.anchor);
        self.push(label);
        let node = self.tag(div, Role::P);
        let mut block = framed(self.block(BOTTOM_LINE));
        let text_context = self.text_context(node, BOTTOM_LINE);
        let content = self.content;
        self.statements(&mut block.inline, text_context, &content.bluf, &content.default_marking);
        block.padding.1 = Length::pt(6);
        self.push(block);
    }

    /// Adds the heading of a part that is in the opening.
    pub(crate) fn opening_heading(&mut self, sect: TagId, part: &Part, title: &str) {
        let mut heading = self.heading_line(sect, title);
        heading.anchors.push(part.anchor);
        let entry = OutlineEntry { level: 1, title: title.to_owned(), anchor: part.anchor };
        self.flow.outline.push(entry);
        self.push(heading);
    }

    /// Adds a heading that is in neither the contents nor the outline.
    pub(crate) fn plain_heading(&mut self, sect: TagId, title: &str) {
        let heading = self.heading_line(sect, title);
        self.push(heading);
    }

    pub(crate) fn heading_line(&mut self, sect: TagId, title: &str) -> TextBlock {
        TextBlock {
            span: Span::Full,
            grid: Grid::Free,
            before: ABOVE_HEADING,
            after: Length::pt(3),
            keep_with_next: true,
            keep_together: true,
            ..self.label_line(sect, Role::H(1), PART_HEADING, title)
        }
    }

    /// Adds the author's summary of changes, the first reversals, and where the rest is.
    pub(crate) fn change_summary_lines(&mut self, sect: TagId) {
        if let Some(block) = self.change_summary(sect, BODY) {
            let after = Length::pt(3);
            self.push(TextBlock { span: Span::Full, hyphenate: true, grid: Grid::Free, after, ..block });
        }
        if self.printed_changes().is_empty() && self.edition.combined_changes.is_some() {
            let block = self.label_line(sect, Role::P, BODY, self.labels().no_changes);
            return self.push(TextBlock { span: Span::Full, grid: Grid::Free, ..block });
        }
        let shown = self.shown_reversals();
        self.reversal_rows(sect, shown);
        self.rest_of_changes(sect, shown);
    }

    /// Decides whether the first page has room for the summary of changes, and for how many reversals.
    fn fit_summary_of_changes(&mut self) {
        let leading = |kind: TypeSpec| self.sheet.fit(kind).leading;
        let (body, row) = (leading(BODY), leading(TABLE) * 2 + Length::pt(6));
        let heading = ABOVE_HEADING + leading(PART_HEADING) + Length::pt(3);
        let note = leading(TABLE_NOTE) + Length::pt(5);
        let geometry = self.geometry();
        let characters =
            i64::try_from(self.content.change_summary.chars().count()).unwrap_or(i64::MAX / 1024);
        // A character of body text is half as wide as its size.
        let lines = (self.sheet.fit(BODY).style.size / 2 * characters).units()
            / geometry.width(Span::Full).units()
            + 1;
        let least = heading + body * lines.min(1_000) + note;
        let room = self.room_on_page(&geometry);
        self.summary_in_opening = least <= room;
        self.most_reversals = usize::try_from((room - least).units() / row.units()).unwrap_or(0);
    }

    /// Returns the geometry of the print's pages.
    pub(crate) fn geometry(&self) -> Geometry {
        Geometry::new(self.options.paper, self.flow.right_to_left).with_text_size(self.options.text_size)
    }

    /// Returns the room below the blocks so far on their last page.
    pub(crate) fn room_on_page(&mut self, geometry: &Geometry) -> Length {
        let lists = &self.flow.page_lists;
        let style = self.flow.page_numbers;
        let text_of = |list: PageList| placeholder_pages(&lists[list.0], style, 3);
        let mut used = Length::ZERO;
        for block in &self.flow.blocks {
            let with_references = with_references(block, &text_of);
            let strips = measure_block(with_references.as_ref().unwrap_or(block), geometry, self.typesetter);
            used += strips.iter().map(|strip| strip.before + strip.height).sum();
        }
        while used > geometry.height {
            used += -geometry.height;
        }
        geometry.height - used
    }

    /// Returns the number of reversals in the summary of changes.
    pub(crate) fn shown_reversals(&self) -> usize {
        let most = match self.options.format {
            Format::OnePage if self.abridgement < Abridgement::Reversals => SUMMARY_REVERSALS,
            Format::OnePage => 0,
            _ if self.content.key_judgments.len() > MOST_JUDGMENTS_WITH_REVERSALS => 0,
            _ => SUMMARY_REVERSALS.min(self.most_reversals),
        };
        self.ledger.cards.len().min(most)
    }

    /// Adds the first reversals, one line each: letter, kind, earlier text, arrow, what holds now.
    pub(crate) fn reversal_rows(&mut self, sect: TagId, count: usize) {
        if count == 0 {
            return;
        }
        let mut maker = TableMaker::begin(self, sect, "", &[""; 5], true, TextOrigin::Printer);
        maker.header_columns = 1;
        let widths = [Length::mm(7), Length::mm(29), Length::mm(61), Length::mm(7), Length::ZERO];
        maker.widths(self, &widths);
        maker.block.span = Span::Full;
        maker.block.before = Length::ZERO;
        maker.block.after = Length::pt(2);
        let reversals: Vec<Reversal> = self.ledger.cards.iter().take(count).cloned().collect();
        for reversal in &reversals {
            let facts = self.card_facts(reversal);
            let first = |texts: &[MarkedText]| texts.first().cloned().into_iter().collect::<Vec<_>>();
            let (earlier, now) = (first(&facts.earlier), first(&facts.now));
            maker.row_of_cells(self, Vec::new(), |composer, column, tag, cell| match column {
                0 => composer.cell_label(tag, cell, ROW_HEAD.colored(ACCENT), &reversal.letter),
                1 => {
                    let word = composer.lexicon.change(reversal.kind as i32);
                    composer.cell_label(tag, cell, ROW_HEAD, word);
                }
                2 => composer.quotations(tag, cell, TABLE, &earlier),
                3 => {
                    let mut inline = Inline::default();
                    let text_context = composer.text_context(tag, TABLE);
                    composer.sign(&mut inline, text_context, Sign::Arrow, ACCENT);
                    composer.cell_paragraph(cell, TABLE, inline);
                }
                _ => composer.texts(tag, cell, ROW_HEAD, &now),
            });
        }
        maker.finish(self);
    }

    /// Adds a line on the changes that the summary does not show.
    fn rest_of_changes(&mut self, sect: TagId, shown: usize) {
        let page = &self.labels().page;
        let all = self.printed_changes().len();
        if all == 0 {
            return;
        }
        let node = self.label_tag(sect, Role::P);
        let mut block = self.note_block();
        let text_context = self.label_context(node, TABLE_NOTE);
        let facts = self.omitted_reversals(shown);
        let is_one_page = self.options.format == Format::OnePage;
        let has_annex = self.anchors.contains_key("part.all-changes");
        if !facts.is_empty() && !is_one_page {
            let facts = lexicon::capitalised(&facts.join(page.list_comma));
            self.words_on_page(&mut block.inline, text_context, &facts, "part.changes");
            self.push_text(&mut block.inline, text_context, " ");
        }
        if has_annex {
            let all = lexicon::capitalised(&self.lexicon.counted(&page.all_changes, all, &[]));
            self.words_on_page(&mut block.inline, text_context, &all, "part.all-changes");
        } else if is_one_page || !self.ledger.others.is_empty() {
            let mut facts = if is_one_page { facts } else { Vec::new() };
            facts.push(self.lexicon.counted(&page.changes_in_all, all, &[]));
            let facts = lexicon::capitalised(&facts.join(self.list_separator()));
            self.push_template(&mut block.inline, text_context, page.in_full_brief, &[Value::Text(&facts)]);
        }
        self.push(block);
    }

    /// Returns the numbers of the reversals that a summary of the first ones omits.
    fn omitted_reversals(&self, shown: usize) -> Vec<String> {
        let page = &self.labels().page;
        let more = self.ledger.cards.get(shown..).filter(|_| shown > 0).unwrap_or_default();
        let with_letters = |count: String, reversals: &[Reversal]| {
            // A single page has no table of changes with letters.
            match reversals {
                [first, .., last] if self.options.format != Format::OnePage => {
                    let letters = format!("({}\u{2013}{})", first.letter, last.letter);
                    format!("{count} {}", self.isolated_in_line(&letters))
                }
                _ => count,
            }
        };
        let mut facts = Vec::new();
        if !more.is_empty() {
            let count = self.lexicon.counted(&page.more_reversals, more.len(), &[]);
            facts.push(with_letters(count, more));
        }
        let rows = &self.ledger.rows;
        if !rows.is_empty() {
            let count = self.lexicon.counted(&page.scaled_back_or_disputed, rows.len(), &[]);
            facts.push(with_letters(count, rows));
        }
        facts
    }

    /// Appends words and the page of a part.
    fn words_on_page(&mut self, inline: &mut Inline, text_context: TextContext, words: &str, part: &str) {
        let anchors = self.anchors.get(part).copied().into_iter().collect();
        let values = [Value::Text(words), Value::Pages(anchors)];
        self.push_template(inline, text_context, self.labels().page.on_page, &values);
    }

    /// Adds the reason of a withdrawal, whose language is unknown.
    fn withdraw_reason(&mut self, sect: TagId) {
        let reason = crate::compose::title_block::printable(self.edition.withdraw_reason);
        if reason.is_empty() {
            return;
        }
        let node = self.tag(sect, Role::P);
        let right_to_left = crate::text::runs_right_to_left([reason.as_str()], self.flow.right_to_left);
        let mut block = TextBlock {
            right_to_left,
            span: Span::Full,
            grid: Grid::Free,
            ..self.block(SUBTITLE.colored(INK))
        };
        let text_context = self.text_context(node, SUBTITLE);
        self.push_label(&mut block.inline, text_context, self.labels().withdraw_reason);
        // Without a language the reason is not hyphenated.
        self.push_text(
            &mut block.inline,
            TextContext { language: "", ..text_context },
            &format!(" {reason}"),
        );
        self.push(block);
    }

    /// Adds titles in other languages, in the part about the brief.
    pub(crate) fn localized_titles(&mut self, sect: TagId) {
        for local in &self.content.localized_titles {
            let node = self.flow.tags.add(sect, Role::P, Some(local.language.clone()));
            let right_to_left = crate::text::languages::is_right_to_left(&local.language);
            let mut block = TextBlock { right_to_left, span: Span::Full, ..self.block(BODY) };
            let kind = BODY.colored(QUIET);
            let text_context = TextContext { node, style: kind.style, language: &local.language, link: None };
            self.push_text(&mut block.inline, text_context, &local.text);
            // All titles begin at the document's start edge.
            block.align = if right_to_left == self.flow.right_to_left {
                crate::text::paragraph_setup::Align::Start
            } else {
                crate::text::paragraph_setup::Align::End
            };
            self.push(block);
        }
    }
}
