//! Endnotes, which are the sources: what each is, where it is, how it is rated, and on which pages it is cited.

use std::collections::BTreeMap;

use chancery_brief::reading_order;
use chancery_proto::brief::v1::{Citation, Source};

use crate::compose::addresses::readable;
use crate::compose::composer::{Composer, TextContext};
use crate::compose::evidence::Grade;
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::sentence_ends::as_sentence;
use crate::compose::stylesheet::{ACCENT, MARGIN, QUIET, SOURCE, TABLE, TABLE_HEAD};
use crate::flow::{Block, Cell, Column, ColumnWidth, Grid, PageReference, Row, Span, TableBlock, TextBlock};
use crate::tags::{AnchorId, LinkTarget, Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

/// Widths of the columns, each with the space after it. Numbers have two digits, and digits of Vazirmatn are wider.
const NUMBER: Length = Length::mm(7);
const NUMBER_RIGHT_TO_LEFT: Length = Length::mm(9);
/// Width of each further digit.
const FURTHER_DIGIT: Length = Length::mm(2);
const ENTRY: Length = Length::mm(119);

/// Space above and below an entry.
const PADDING: (Length, Length) = (Length::milli_pt(2_000), Length::milli_pt(2_000));

impl<'a> Composer<'a> {
    /// Adds one `Note` per source, by number.
    pub(crate) fn sources(&mut self, sect: TagId) {
        let mut sources: Vec<(usize, &Source)> = self
            .content
            .sources
            .iter()
            .filter_map(|source| Some((*self.numbers.get(&source.id)?, source)))
            .collect();
        sources.sort_by_key(|(number, _)| *number);
        self.sources_intro(sect);
        let citations = self.citations_by_source();
        let number = if self.flow.right_to_left { NUMBER_RIGHT_TO_LEFT } else { NUMBER };
        let highest = sources.last().map_or(0, |(number, _)| *number);
        let further_digits = highest.max(10).ilog10() - 1;
        let number = number + FURTHER_DIGIT * i64::from(further_digits);
        let mut table = TableBlock {
            columns: vec![
                Column { width: ColumnWidth::Fixed(number), ..Column::default() },
                Column { width: ColumnWidth::Fixed(ENTRY), ..Column::default() },
                Column::default(),
            ],
            leading: self.sheet.fit(TABLE_HEAD).leading,
            padding: PADDING,
            after: Length::pt(8),
            hyphenate: true,
            right_to_left: self.flow.right_to_left,
            span: Span::Full,
            ..TableBlock::default()
        };
        if self.sheet.is_large() {
            // Large print has no columns: rating and pages follow the entry.
            table.columns.truncate(2);
            for column in &mut table.columns {
                column.width = ColumnWidth::Content;
            }
        } else {
            table.head = self.sources_head(sect);
        }
        for (number, source) in sources {
            let citations = citations.get(source.id.as_str()).map_or(&[][..], Vec::as_slice);
            let row = self.source(sect, number, source, citations);
            table.rows.push(row);
        }
        self.begin_part("");
        self.flow.blocks.push(Block::Table(Box::new(table)));
    }

    fn sources_intro(&mut self, sect: TagId) {
        let intro = self.label_line(sect, Role::P, TABLE, self.labels().page.sources_intro);
        self.push(TextBlock {
            span: Span::Full,
            grid: Grid::Free,
            hyphenate: true,
            after: Length::pt(4),
            keep_with_next: true,
            ..intro
        });
    }

    /// Returns the headings of the columns, which are paragraphs: the entries are notes and not a table.
    fn sources_head(&mut self, sect: TagId) -> Vec<Inline> {
        let page = &self.labels().page;
        let heads = [page.source_head, page.rating_and_pages];
        let mut head = vec![Inline::default()];
        head.extend(heads.map(|text| self.label_line(sect, Role::P, TABLE_HEAD, text).inline));
        head
    }

    /// Returns the citations of each source by its id, with the destinations of the printed statements that cite it.
    fn citations_by_source(&self) -> BTreeMap<&'a str, Vec<(&'a Citation, Option<AnchorId>)>> {
        let mut citations: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for located in reading_order::located_statements(self.content) {
            let anchor = self.anchors.get(&located.statement.id).copied();
            for citation in &located.statement.citations {
                citations.entry(citation.source_id.as_str()).or_default().push((citation, anchor));
            }
        }
        citations
    }

    fn source(
        &mut self,
        sect: TagId,
        number: usize,
        source: &Source,
        citations: &[(&Citation, Option<AnchorId>)],
    ) -> Row {
        self.begin_part(&source.id);
        let endnote = self.tag(sect, Role::Note { id: format!("source-{number}") });
        let mut cells = vec![Cell::default(), Cell::default()];
        let label = self.source_label(endnote, number);
        self.cell_paragraph(&mut cells[0], TABLE, label);
        let entry = &mut cells[1];
        self.source_name_line(endnote, entry, source);
        self.source_descriptor(endnote, entry, source);
        self.source_address(endnote, entry, source);
        if !self.anchors.contains_key("part.basis") {
            self.source_places(endnote, entry, source, citations);
        }
        let mut rating = Cell::default();
        self.source_rating(endnote, &mut rating, number, source, citations);
        if self.sheet.is_large() {
            entry.paragraphs.append(&mut rating.paragraphs);
        } else {
            cells.push(rating);
        }
        let anchors = self.anchor_of(&source.id);
        Row { cells, anchors, without_rule: true, ..Row::default() }
    }

    /// Adds the title, then publisher and date.
    fn source_name_line(&mut self, endnote: TagId, entry: &mut Cell, source: &Source) {
        let node = self.tag(endnote, Role::P);
        let (strong, text_context) =
            (self.text_context(node, SOURCE.strong()), self.text_context(node, SOURCE));
        let mut inline = Inline::default();
        self.mark_part(&mut inline, text_context, &source.marking);
        let title = self.isolated_in_line(&as_sentence(&source.title));
        self.push_text(&mut inline, strong, &title);
        if !source.short_title.is_empty() && source.short_title != source.publisher {
            // The print refers to the source by its short title.
            let short_title = self.isolated_in_line(&format!("[{}]", source.short_title));
            self.push_text(&mut inline, text_context, &format!(" {short_title}"));
        }
        let date = if source.date.is_empty() { String::new() } else { self.lexicon.date(&source.date) };
        let mut facts = Vec::new();
        if !source.publisher.is_empty() {
            facts.push(self.isolated_in_line(&source.publisher));
        }
        facts.extend(Some(date).filter(|date| !date.is_empty()));
        if !facts.is_empty() {
            let facts = facts.join(self.labels().page.list_comma);
            self.push_text(&mut inline, text_context, &format!(" {}", as_sentence(&facts)));
        }
        self.cell_paragraph(entry, SOURCE, inline);
    }

    /// Adds the kind of source, the descriptor, and the day of retrieval.
    fn source_descriptor(&mut self, endnote: TagId, entry: &mut Cell, source: &Source) {
        let mut sentences: Vec<(String, bool)> = Vec::new();
        let states_kind = |kind: &str| source.descriptor.to_lowercase().starts_with(kind);
        if let Some(kind) = self.lexicon.source_type(source.r#type).filter(|kind| !states_kind(kind)) {
            sentences.push((as_sentence(&lexicon::capitalised(kind)), true));
        }
        if !source.descriptor.is_empty() {
            sentences.push((as_sentence(&source.descriptor), false));
        }
        if !source.accessed.is_empty() {
            let accessed = filled(self.labels().accessed, &[&self.lexicon.date(&source.accessed)]);
            sentences.push((as_sentence(&lexicon::capitalised(&accessed)), true));
        }
        if sentences.is_empty() {
            return;
        }
        let node = self.tag(endnote, Role::P);
        let text_context = self.text_context(node, MARGIN.colored(QUIET));
        let mut inline = Inline::default();
        for (text, own) in sentences {
            if !inline.is_empty() {
                self.push_text(&mut inline, text_context, " ");
            }
            if own {
                self.push_label(&mut inline, text_context, &text);
            } else {
                self.push_text(&mut inline, text_context, &text);
            }
        }
        self.cell_paragraph(entry, MARGIN, inline);
    }

    fn source_address(&mut self, endnote: TagId, entry: &mut Cell, source: &Source) {
        if source.url.is_empty() {
            return;
        }
        let node = self.tag(endnote, Role::P);
        // Without a language the address is not hyphenated.
        let text_context = TextContext { language: "", ..self.text_context(node, MARGIN.colored(ACCENT)) };
        let mut inline = Inline::default();
        let target = LinkTarget::Uri(source.url.clone());
        let shown = readable(&source.url, |c| self.typesetter.covers(&text_context.style, c));
        self.link_to(&mut inline, text_context, target, &shown, &source.title);
        self.cell_paragraph(entry, MARGIN, inline);
    }

    /// Adds the places in the source that are cited, by grade. The annex on the basis of statements has them as well.
    fn source_places(
        &mut self,
        endnote: TagId,
        entry: &mut Cell,
        source: &Source,
        citations: &[(&Citation, Option<AnchorId>)],
    ) {
        let mut places: BTreeMap<Grade, Vec<&str>> = BTreeMap::new();
        for (citation, _) in citations.iter().filter(|(of, _)| !of.locator.is_empty()) {
            let of_grade = places.entry(Grade::of(source, citation)).or_default();
            if !of_grade.contains(&citation.locator.as_str()) {
                of_grade.push(&citation.locator);
            }
        }
        if places.is_empty() {
            return;
        }
        let node = self.tag(endnote, Role::P);
        let (strong, text_context) =
            (self.text_context(node, MARGIN.strong()), self.text_context(node, MARGIN));
        let mut inline = Inline::default();
        for (grade, locators) in places {
            let separator = if inline.is_empty() { "" } else { self.list_separator() };
            self.push_text(&mut inline, text_context, separator);
            self.push_text(&mut inline, strong, &grade.to_string());
            let locators = locators.join(self.labels().page.list_comma);
            self.push_text(&mut inline, text_context, &format!(" {locators}"));
        }
        self.cell_paragraph(entry, MARGIN, inline);
    }

    /// Adds the source's rating, and the pages that cite it by the rating of what it says there.
    fn source_rating(
        &mut self,
        endnote: TagId,
        cell: &mut Cell,
        number: usize,
        source: &Source,
        citations: &[(&Citation, Option<AnchorId>)],
    ) {
        let mut citing: BTreeMap<Option<u8>, Vec<AnchorId>> = BTreeMap::new();
        for (citation, anchor) in citations {
            if let Some(anchor) = anchor {
                citing.entry(Grade::of(source, citation).digit()).or_default().push(*anchor);
            }
        }
        let grade = Grade::of(source, &Citation::default());
        let letter = grade.letter().map(String::from).unwrap_or_default();
        if let Some(word) = self.lexicon.reliability_word(source.reliability) {
            let node = self.label_tag(endnote, Role::P);
            let strong = self.label_context(node, MARGIN.strong());
            let text_context = self.label_context(node, MARGIN);
            let mut inline = Inline::default();
            self.push_text(&mut inline, strong, &letter);
            self.push_text(&mut inline, text_context, &format!(" {word}"));
            self.cell_paragraph(cell, MARGIN, inline);
        }
        for (digit, anchors) in &citing {
            let node = self.label_tag(endnote, Role::P);
            let text_context = self.label_context(node, MARGIN);
            let mut inline = Inline::default();
            if let Some(digit) = digit {
                let strong = self.label_context(node, MARGIN.strong());
                self.push_text(&mut inline, strong, &format!("{letter}{digit}"));
                let word = self.lexicon.terms().credibility[usize::from(*digit)];
                self.push_text(&mut inline, text_context, &format!(" {word}: "));
            }
            self.cited_pages(&mut inline, text_context, anchors.clone());
            self.cell_paragraph(cell, MARGIN, inline);
        }
        if citing.is_empty() {
            let node = self.label_tag(endnote, Role::P);
            let text_context = self.label_context(node, MARGIN.colored(QUIET));
            let mut inline = Inline::default();
            // A table or a change may cite it outside of a statement.
            match self.citing_anchors.get(&number).cloned() {
                Some(anchors) => self.cited_pages(&mut inline, text_context, anchors),
                None => self.push_text(&mut inline, text_context, self.labels().not_cited),
            }
            self.cell_paragraph(cell, MARGIN, inline);
        }
    }

    fn cited_pages(&mut self, inline: &mut Inline, text_context: TextContext, anchors: Vec<AnchorId>) {
        let page = &self.labels().page;
        self.pages(inline, text_context, PageReference { anchors, one: page.page, several: page.pages });
    }

    /// Returns the number, linked to the first citation.
    fn source_label(&mut self, endnote: TagId, number: usize) -> Inline {
        let mut label = Inline::default();
        let node = self.tag(endnote, Role::Lbl);
        let text_context = self.text_context(node, TABLE.strong());
        let digits = self.lexicon.digits(&number.to_string());
        match self.citing_anchors.get(&number).and_then(|anchors| anchors.first()).copied() {
            Some(anchor) => {
                let contents = filled(self.labels().back_to_citation, &[&digits]);
                let target = LinkTarget::Anchor(anchor);
                self.link_to(&mut label, text_context, target, &digits, &contents);
            }
            None => self.push_text(&mut label, text_context, &digits),
        }
        label
    }
}
