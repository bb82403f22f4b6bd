//! The tables of reversals: cards, whose earlier text differs from the present one, and rows.

use chancery_brief::references::change_subject;
use chancery_proto::brief::v1::ConfidenceLevel;

use crate::compose::annotations::Value;
use crate::compose::change_ledger::Reversal;
use crate::compose::changes::card_facts::{CardFacts, ConfidenceShift, MarkedText};
use crate::compose::composer::{Composer, TextContext};
use crate::compose::labels::filled;
use crate::compose::signs::Sign;
use crate::compose::stylesheet::{
    ACCENT, COMPACT_TABLE, INK, LABEL, PART_HEADING, REMARK, ROW_HEAD, TABLE, TypeSpec, heading,
};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Cell, Grid, Span, TextBlock};
use crate::tags::{AnchorId, Role, TagId};
use crate::text::inline::Inline;
use crate::text::text_style::TextStyle;
use crate::units::Length;

/// Widths of the cards' columns, each with the space after it; the last takes the rest.
pub(super) const CARD_COLUMNS: [Length; 5] =
    [Length::mm(22), Length::mm(45), Length::mm(6), Length::mm(50), Length::ZERO];
/// Widths of the rows' columns; the fourth takes the rest, and the first is wider for letters like "AB".
pub(super) const ROW_COLUMNS: [Length; 5] =
    [Length::mm(6), Length::mm(19), Length::mm(66), Length::ZERO, Length::mm(27)];
/// Width of each letter after the first.
const FURTHER_LETTER: Length = Length::mm(2);
/// Space above and below a card's and a row's text.
pub(super) const CARD_PADDING: (Length, Length) = (Length::milli_pt(3_600), Length::milli_pt(4_000));
pub(super) const ROW_PADDING: (Length, Length) = (Length::milli_pt(1_800), Length::milli_pt(2_000));
/// The letter of a card.
pub(super) const LETTER: TypeSpec =
    TypeSpec { style: TextStyle { size: Length::pt(10), ..ROW_HEAD.style }, leading: Length::pt(11) }
        .colored(ACCENT);
/// The kind of a change.
pub(super) const KIND: TypeSpec = TypeSpec { leading: Length::milli_pt(9_500), ..LABEL };
/// The texts of a row.
pub(super) const ROW: TypeSpec = COMPACT_TABLE;
/// Heading over the rows, and the space around it.
pub(super) const ROWS_HEADING: TypeSpec = heading(4);
pub(super) const AROUND_ROWS_HEADING: (Length, Length) = (Length::pt(9), Length::pt(3));

impl<'a> Composer<'a> {
    /// Adds the table of cards.
    pub(super) fn change_cards(&mut self, sect: TagId, cards: &[Reversal<'a>]) {
        let labels = self.labels();
        let said = self.earlier_head();
        let head = [labels.change, &said, "", labels.page.holds_now_head, labels.why];
        let mut maker = TableMaker::begin(self, sect, "", &head, true, TextOrigin::Printer);
        maker.widths(self, &CARD_COLUMNS);
        maker.block.padding = CARD_PADDING;
        maker.block.span = Span::Full;
        maker.block.before = Length::ZERO;
        maker.block.after = Length::pt(3);
        for reversal in cards {
            let facts = self.card_facts(reversal);
            self.begin_part(reversal.changes.first().map_or("", |change| change_subject(change)));
            let anchors = self.reversal_anchors(reversal);
            maker.row_of_cells(self, anchors, |composer, column, tag, cell| match column {
                0 => composer.card_label(tag, cell, reversal),
                1 => composer.quotations(tag, cell, TABLE, &facts.earlier),
                2 => composer.arrow(tag, cell),
                3 => {
                    composer.texts(tag, cell, ROW_HEAD, &facts.now);
                    composer.confidence_line(tag, cell, &facts.confidence);
                }
                _ => composer.reasons(tag, cell, &facts),
            });
        }
        self.begin_part("");
        maker.finish(self);
    }

    /// Adds the table of reversals whose text is unchanged.
    pub(super) fn change_rows(&mut self, sect: TagId, rows: &[Reversal<'a>]) {
        if rows.is_empty() {
            return;
        }
        let labels = self.labels();
        let page = &labels.page;
        let heading = self.label_line(sect, Role::H(2), ROWS_HEADING, page.unchanged_text);
        let (before, after) = AROUND_ROWS_HEADING;
        self.push(TextBlock {
            span: Span::Full,
            grid: Grid::Free,
            before,
            after,
            keep_with_next: true,
            keep_together: true,
            ..heading
        });
        let head = ["", labels.change, labels.statement, labels.holds_now, page.confidence_head];
        let mut maker = TableMaker::begin(self, sect, "", &head, true, TextOrigin::Printer);
        maker.header_columns = 2;
        maker.widths(self, &row_columns(rows));
        maker.block.padding = ROW_PADDING;
        maker.block.span = Span::Full;
        maker.block.before = Length::ZERO;
        maker.block.after = Length::pt(3);
        for reversal in rows {
            let facts = self.card_facts(reversal);
            self.begin_part(reversal.changes.first().map_or("", |change| change_subject(change)));
            let anchors = self.reversal_anchors(reversal);
            maker.row_of_cells(self, anchors, |composer, column, tag, cell| match column {
                0 => composer.cell_label(tag, cell, ROW.strong().colored(ACCENT), &reversal.letter),
                1 => composer.cell_label(tag, cell, KIND, composer.lexicon.change(reversal.kind as i32)),
                2 => {
                    composer.quotations(tag, cell, ROW, &facts.earlier);
                    composer.subject_ids(tag, cell, reversal);
                }
                3 => {
                    composer.texts(tag, cell, ROW, &facts.now);
                    composer.texts(tag, cell, REMARK, &facts.why);
                }
                _ => composer.level_cell(tag, cell, &facts.confidence),
            });
        }
        self.begin_part("");
        maker.finish(self);
    }

    /// Returns the heading over earlier texts.
    pub(super) fn earlier_head(&self) -> String {
        match self.edition.earlier_number() {
            Some(number) => {
                let number = self.lexicon.digits(&number.to_string());
                filled(self.labels().page.revision_said, &[&number])
            }
            None => self.labels().page.earlier_text.to_owned(),
        }
    }

    /// Returns the destination of a reversal, if the print has one.
    pub(crate) fn reversal_anchors(&self, reversal: &Reversal) -> Vec<AnchorId> {
        self.anchor_of(&reversal.anchor_name())
    }

    /// Adds letter, kind and pages of a card.
    fn card_label(&mut self, tag: TagId, cell: &mut Cell, reversal: &Reversal) {
        self.label_paragraph(tag, cell, LETTER, &reversal.letter);
        let word = self.lexicon.change(reversal.kind as i32);
        self.label_paragraph(tag, cell, KIND, word);
        let pages = self.pages_of_reversal(reversal);
        if !pages.is_empty() {
            let mut inline = Inline::default();
            let node = self.tag(tag, Role::P);
            let text_context = self.text_context(node, REMARK);
            self.page_reference(&mut inline, text_context, pages);
            self.cell_paragraph(cell, REMARK, inline);
        }
        self.subject_ids(tag, cell, reversal);
    }

    /// Adds a label with an element of its own, where a cell has several paragraphs.
    pub(crate) fn label_paragraph(&mut self, tag: TagId, cell: &mut Cell, kind: TypeSpec, text: &str) {
        let node = self.tag(tag, Role::P);
        self.cell_label(node, cell, kind, text);
    }

    /// Returns the printed changed statements, or else the printed replacements.
    pub(super) fn pages_of_reversal<'r>(&self, reversal: &'r Reversal) -> Vec<&'r str> {
        let printed = |id: &&str| self.anchors.contains_key(*id);
        let subjects = reversal.changes.iter().map(|change| change_subject(change));
        let subjects: Vec<&str> = subjects.filter(printed).collect();
        if !subjects.is_empty() {
            return subjects;
        }
        let replacements = reversal.changes.iter().flat_map(|change| &change.replaced_by);
        replacements.map(String::as_str).filter(printed).collect()
    }

    /// Adds the ids of the changed parts, if ids are printed.
    fn subject_ids(&mut self, tag: TagId, cell: &mut Cell, reversal: &Reversal) {
        if !self.options.show_ids {
            return;
        }
        let ids: Vec<&str> = reversal.changes.iter().map(|change| change_subject(change)).collect();
        let mut inline = Inline::default();
        let node = self.tag(tag, Role::P);
        let text_context = TextContext { language: "", ..self.text_context(node, REMARK) };
        self.push_text(&mut inline, text_context, &format!("[{}]", ids.join(", ")));
        self.cell_paragraph(cell, REMARK, inline);
    }

    /// Adds earlier texts as quotations, one a paragraph.
    pub(crate) fn quotations(&mut self, tag: TagId, cell: &mut Cell, kind: TypeSpec, texts: &[MarkedText]) {
        for MarkedText { text, marking } in texts {
            let mut inline = Inline::default();
            let node = self.tag(tag, Role::P);
            let text_context = self.text_context(node, kind.italic());
            self.mark_part(&mut inline, text_context, marking);
            self.push_text(&mut inline, text_context, &filled(self.labels().page.quote, &[text]));
            self.cell_paragraph(cell, kind, inline);
        }
    }

    pub(super) fn arrow(&mut self, tag: TagId, cell: &mut Cell) {
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, TABLE);
        self.sign(&mut inline, text_context, Sign::Arrow, ACCENT);
        self.cell_paragraph(cell, TABLE, inline);
    }

    /// Adds texts as one paragraph.
    pub(crate) fn texts(&mut self, tag: TagId, cell: &mut Cell, kind: TypeSpec, texts: &[MarkedText]) {
        if texts.is_empty() {
            return;
        }
        let mut inline = Inline::default();
        let node = self.tag(tag, Role::P);
        let text_context = self.text_context(node, kind);
        self.push_texts(&mut inline, text_context, texts);
        self.cell_paragraph(cell, kind, inline);
    }

    /// Appends texts with a space between them, each after its marking unless the text before it has the same.
    fn push_texts(&mut self, inline: &mut Inline, text_context: TextContext, texts: &[MarkedText]) {
        let mut marked = "";
        for (index, MarkedText { text, marking }) in texts.iter().enumerate() {
            if index > 0 {
                self.push_text(inline, text_context, " ");
            }
            if index == 0 || marking != marked {
                self.mark_part(inline, text_context, marking);
            }
            marked = marking;
            self.push_with_letters(inline, text_context, text);
        }
    }

    /// Adds the reasons and the events that support them as one paragraph.
    fn reasons(&mut self, tag: TagId, cell: &mut Cell, facts: &CardFacts) {
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, TABLE);
        self.push_texts(&mut inline, text_context, &facts.why);
        let kind = if inline.is_empty() { REMARK } else { TABLE };
        let muted = self.text_context(tag, REMARK);
        for (index, (_, event)) in facts.events.iter().enumerate() {
            if index > 0 {
                self.push_text(&mut inline, muted, ".");
            }
            if !inline.is_empty() {
                self.push_text(&mut inline, muted, " ");
            }
            self.mark_part(&mut inline, muted, &event.marking);
            self.push_text(&mut inline, muted, &event.text);
        }
        self.cell_paragraph(cell, kind, inline);
    }

    /// Adds the confidence before and after, such as "Confidence low → high".
    pub(crate) fn confidence_line(&mut self, tag: TagId, cell: &mut Cell, shift: &ConfidenceShift) {
        let Some((template, values)) = self.confidence_words(shift) else { return };
        let mut inline = Inline::default();
        let node = self.tag(tag, Role::P);
        let text_context = self.text_context(node, REMARK);
        let strong = self.text_context(node, REMARK.strong().colored(INK));
        self.push_emphasized(&mut inline, (text_context, strong), template, &values);
        self.cell_paragraph(cell, REMARK, inline);
    }

    /// Adds the levels before and after alone.
    fn level_cell(&mut self, tag: TagId, cell: &mut Cell, shift: &ConfidenceShift) {
        let (before, after) = self.level_words(shift);
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, ROW);
        let strong = self.text_context(tag, ROW.strong());
        match (before, after) {
            (_, None) => return,
            (Some(before), Some(after)) if before != after => {
                let values = [(before, false), (after, true)];
                let template = self.labels().page.level_shift;
                self.push_emphasized(&mut inline, (text_context, strong), template, &values);
            }
            (_, Some(after)) => self.push_label(&mut inline, text_context, &after),
        }
        self.cell_paragraph(cell, ROW, inline);
    }

    /// Returns the template of a confidence with its values and whether each is emphasized; `None` without a level.
    pub(super) fn confidence_words(
        &self,
        shift: &ConfidenceShift,
    ) -> Option<(&'static str, Vec<(String, bool)>)> {
        let page = &self.labels().page;
        let (before, after) = self.level_words(shift);
        let after = after?;
        Some(match before.filter(|before| *before != after) {
            None => (page.confidence_now, vec![(after, true)]),
            Some(before) if shift.before.is_some_and(|(low, high)| low != high) => {
                (page.confidence_was, vec![(after, true), (before, false)])
            }
            Some(before) => (page.confidence_shift, vec![(before, false), (after, true)]),
        })
    }

    /// Returns the words of the levels before and after. A level that has no counterpart after is followed by "not
    /// stated".
    fn level_words(&self, shift: &ConfidenceShift) -> (Option<String>, Option<String>) {
        let word = |level: ConfidenceLevel| self.lexicon.confidence(level as i32).unwrap_or_default();
        let words = |(low, high): (ConfidenceLevel, ConfidenceLevel)| {
            if low == high {
                word(low).to_owned()
            } else {
                filled(self.labels().page.level_range, &[word(low), word(high)])
            }
        };
        let before = shift.before.map(words);
        let unstated = before.as_ref().map(|_| self.lexicon.terms().not_stated.to_owned());
        (before, shift.after.map(words).or(unstated))
    }

    /// Appends a label whose values may be emphasized.
    fn push_emphasized(
        &mut self,
        inline: &mut Inline,
        (text_context, strong): (TextContext, TextContext),
        template: &str,
        values: &[(String, bool)],
    ) {
        let values: Vec<Value> = values
            .iter()
            .map(
                |(text, is_strong)| {
                    if *is_strong { Value::Styled(text, strong.style) } else { Value::Text(text) }
                },
            )
            .collect();
        self.push_template(inline, text_context, template, &values);
    }
}

/// Returns the widths of the rows' columns.
pub(super) fn row_columns(rows: &[Reversal]) -> [Length; 5] {
    let longest = rows.iter().map(|reversal| reversal.letter.len()).max().unwrap_or(1);
    let mut widths = ROW_COLUMNS;
    widths[0] += FURTHER_LETTER * i64::try_from(longest - 1).unwrap_or(0);
    widths
}

/// The heading of the part.
pub(super) const HEADING: TypeSpec = PART_HEADING;
