//! Selects the reversals that fit on the part's page. Rows are moved to the annex first, then cards from the end.

use crate::Format;
use crate::compose::change_ledger::{Reversal, ReversalSelection};
use crate::compose::changes::card_facts::{CardFacts, MarkedText};
use crate::compose::changes::cards::{
    AROUND_ROWS_HEADING, CARD_COLUMNS, CARD_PADDING, HEADING, KIND, LETTER, ROW, ROW_PADDING, ROWS_HEADING,
    row_columns,
};
use crate::compose::composer::Composer;
use crate::compose::labels::filled;
use crate::compose::stylesheet::{REMARK, ROW_HEAD, TABLE, TABLE_HEAD, TABLE_NOTE, TypeSpec};
use crate::flow::Span;
use crate::layout::Geometry;
use crate::pages::{ArtifactKind, Owner};
use crate::text::inline::{Inline, PieceKind, PieceStyle};
use crate::text::paragraph_setup::{Align, ParagraphSetup};
use crate::units::Length;

/// Number of reversals in the opening and on the one-page format.
const SUMMARY_REVERSALS: usize = 3;
/// Number of pages that the standard format has for reversals: it has no annex for those that it omits.
const STANDARD_PAGES: i64 = 2;
/// Space between a table's columns, inside their widths.
const GAP: Length = Length::pt(8);
/// Space around a table's header and after a table.
const AROUND_HEAD: Length = Length::pt(6);
const AFTER_TABLE: Length = Length::pt(3);
/// Rounding of baselines in a row.
const ROUNDING: Length = Length::milli_pt(500);

impl<'a> Composer<'a> {
    /// Selects the reversals that the part prints, and creates their destinations. Reversals that only the annex prints
    /// have their destinations there.
    pub(crate) fn select_reversals(&mut self) {
        let all = ReversalSelection { cards: self.ledger.cards.len(), rows: self.ledger.rows.len() };
        if self.options.format == Format::OnePage {
            self.selection = ReversalSelection { cards: all.cards.min(SUMMARY_REVERSALS), rows: 0 };
            return;
        }
        let has_annex = self.anchors.contains_key("part.all-changes");
        // Without an annex the full brief has no other place for them, and large print has no fixed columns to measure.
        let has_rest = has_annex || self.options.format == Format::Standard;
        self.selection = if has_rest && !self.sheet.is_large() { self.fitting(all) } else { all };
        let ReversalSelection { cards, rows } = self.selection;
        let (kept, rest) = (self.ledger.cards.split_at(cards), self.ledger.rows.split_at(rows));
        let mut names: Vec<String> = kept.0.iter().chain(rest.0).map(Reversal::anchor_name).collect();
        if has_annex {
            names.extend(kept.1.iter().chain(rest.1).map(Reversal::anchor_name));
        }
        for name in names {
            let anchor = self.new_anchor(&name);
            self.anchors.insert(name, anchor);
        }
    }

    /// Returns whether the part on changes prints the reversal with a letter.
    pub(crate) fn selection_has(&self, letter: &str) -> bool {
        let ReversalSelection { cards, rows } = self.selection;
        let printed = self.ledger.cards.iter().take(cards).chain(self.ledger.rows.iter().take(rows));
        printed.into_iter().any(|reversal| reversal.letter == letter)
    }

    fn fitting(&mut self, all: ReversalSelection) -> ReversalSelection {
        let geometry = Geometry::new(self.options.paper, self.flow.right_to_left);
        let width = geometry.width(Span::Full);
        // A page holds fewer than 100 of them.
        let (cards, rows) = (all.cards.min(100), all.rows.min(100));
        let ledger = self.ledger.clone();
        let card_heights: Vec<Length> =
            ledger.cards[..cards].iter().map(|card| self.card_height(card, width)).collect();
        let columns = row_columns(&ledger.rows);
        let row_heights: Vec<Length> =
            ledger.rows[..rows].iter().map(|row| self.row_height(row, columns, width)).collect();
        let leading = |kind: TypeSpec| self.sheet.fit(kind).leading;
        let head = leading(TABLE_HEAD) + AROUND_HEAD;
        let heading = (leading(HEADING) + Length::pt(4)).ceil_to(geometry.grid);
        let note = leading(TABLE_NOTE) * 2 + Length::pt(2);
        let (before, after) = AROUND_ROWS_HEADING;
        let above_rows = before + leading(ROWS_HEADING) + after + head + AFTER_TABLE;
        let pages = if self.options.format == Format::Standard { STANDARD_PAGES } else { 1 };
        let room = geometry.height * pages - heading - note;
        let height = |cards: usize, rows: usize| {
            let mut height = Length::ZERO;
            if cards > 0 {
                height += head + AFTER_TABLE + card_heights[..cards].iter().copied().sum();
            }
            if rows > 0 {
                height += above_rows + row_heights[..rows].iter().copied().sum();
            }
            height
        };
        let (mut cards, mut rows) = (cards, rows);
        while height(cards, rows) > room && cards + rows > 1 {
            if rows > 0 {
                rows -= 1;
            } else {
                cards -= 1;
            }
        }
        ReversalSelection { cards, rows }
    }

    fn card_height(&mut self, reversal: &Reversal<'a>, width: Length) -> Length {
        let facts = self.card_facts(reversal);
        let rest = width - CARD_COLUMNS.iter().copied().sum();
        let inner = |column: usize| CARD_COLUMNS[column] - GAP;
        let word = self.lexicon.change(reversal.kind as i32).to_owned();
        let mut label = self.sheet.fit(LETTER).leading + self.text_height(&[(KIND, &word)], inner(0));
        // Five numbers of pages fit on a line.
        let pages = i64::try_from(self.pages_of_reversal(reversal).len().div_ceil(5)).unwrap_or(0);
        label += self.sheet.fit(REMARK).leading * pages;
        label += self.ids_height(reversal, inner(0));
        let said = self.quotations_height(TABLE, &facts, inner(1));
        let mut now = self.texts_height(ROW_HEAD, &facts.now, inner(3));
        if let Some((template, values)) = self.confidence_words(&facts.confidence) {
            let values: Vec<&str> = values.iter().map(|(value, _)| value.as_str()).collect();
            now += self.text_height(&[(REMARK, &filled(template, &values))], inner(3));
        }
        let events: Vec<MarkedText> = facts.events.iter().map(|(_, event)| event.clone()).collect();
        let (why, events) = (self.joined(&facts.why, " "), self.joined(&events, ". "));
        let why = if why.is_empty() {
            self.text_height(&[(REMARK, &events)], rest)
        } else {
            self.text_height(&[(TABLE, &why), (REMARK, " "), (REMARK, &events)], rest)
        };
        label.max(said).max(now).max(why) + CARD_PADDING.0 + CARD_PADDING.1 + ROUNDING
    }

    fn row_height(&mut self, reversal: &Reversal<'a>, columns: [Length; 5], width: Length) -> Length {
        let facts = self.card_facts(reversal);
        let inner = |column: usize| columns[column] - GAP;
        let rest = width - columns.iter().copied().sum() - GAP;
        let word = self.lexicon.change(reversal.kind as i32).to_owned();
        let word = self.text_height(&[(KIND, &word)], inner(1));
        let said = self.quotations_height(ROW, &facts, inner(2)) + self.ids_height(reversal, inner(2));
        let now = self.texts_height(ROW, &facts.now, rest) + self.texts_height(REMARK, &facts.why, rest);
        word.max(said).max(now) + ROW_PADDING.0 + ROW_PADDING.1 + ROUNDING
    }

    fn ids_height(&mut self, reversal: &Reversal, width: Length) -> Length {
        if !self.options.show_ids {
            return Length::ZERO;
        }
        let ids: Vec<&str> =
            reversal.changes.iter().map(|of| chancery_brief::references::change_subject(of)).collect();
        self.text_height(&[(REMARK, &format!("[{}]", ids.join(", ")))], width)
    }

    fn quotations_height(&mut self, kind: TypeSpec, facts: &CardFacts, width: Length) -> Length {
        let quote = self.labels().page.quote;
        let mut height = Length::ZERO;
        for said in &facts.earlier {
            let text = filled(quote, &[&self.marked(said)]);
            height += self.text_height(&[(kind.italic(), &text)], width);
        }
        height
    }

    fn texts_height(&mut self, kind: TypeSpec, texts: &[MarkedText], width: Length) -> Length {
        let text = self.joined(texts, " ");
        self.text_height(&[(kind, &text)], width)
    }

    /// Returns the height of a paragraph of texts at the leading of the first. Nothing is tagged.
    pub(crate) fn text_height(&mut self, texts: &[(TypeSpec, &str)], measure: Length) -> Length {
        let mut inline = Inline::default();
        let language = self.typesetter.languages.id(&self.content.language);
        for (kind, text) in texts {
            let style = self.sheet.fit(*kind).style;
            let owner = Owner::Artifact(ArtifactKind::Layout);
            inline.push(text, PieceStyle { style, owner, link: None, language, kind: PieceKind::Text });
        }
        let setup = ParagraphSetup {
            measure,
            indent: Length::ZERO,
            align: Align::Start,
            hyphenate: true,
            right_to_left: self.flow.right_to_left,
        };
        let lines = self.typesetter.set(&inline, &setup).len();
        let leading = texts.first().map_or(Length::ZERO, |(kind, _)| self.sheet.fit(*kind).leading);
        leading * i64::try_from(lines).unwrap_or(0)
    }

    fn joined(&self, texts: &[MarkedText], separator: &str) -> String {
        let texts: Vec<String> = texts.iter().map(|text| self.marked(text)).collect();
        texts.join(separator)
    }

    /// Returns a text with its marking, if that is printed.
    fn marked(&self, text: &MarkedText) -> String {
        let MarkedText { text, marking } = text;
        if marking.is_empty() || *marking == self.content.default_marking {
            text.clone()
        } else {
            format!("({marking}) {text}")
        }
    }
}
