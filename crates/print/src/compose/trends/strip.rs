//! The trends of the fields on a single page: a column a trend with its fields, or a line a trend.

use chancery_proto::brief::v1::{Domain, Trend};

use super::groups::{TrendGroup, sign_of, trend_groups};
use crate::compose::abridgement::Abridgement;
use crate::compose::composer::{Composer, TextContext};
use crate::compose::figures::sketch::WIDTH;
use crate::compose::labels::filled;
use crate::compose::stylesheet::{ACCENT, REMARK, ROW_HEAD, TABLE};
use crate::flow::{Block, Cell, Column, ColumnWidth, Row, Span, TableBlock, TextBlock};
use crate::tags::{ListNumbering, Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

/// Space above and below the columns' text.
const PADDING: (Length, Length) = (Length::milli_pt(3_500), Length::milli_pt(4_500));

impl Composer<'_> {
    /// Adds the trends as a list with an item a trend.
    pub(crate) fn trend_strip(&mut self, sect: TagId) {
        let groups = trend_groups(self.content, self.edition.earlier);
        if groups.is_empty() {
            return;
        }
        let list = self.tag(sect, Role::L(ListNumbering::None));
        if self.abridgement >= Abridgement::TrendColumns {
            return groups.iter().for_each(|group| self.trend_line(list, group));
        }
        let cells: Vec<Cell> = groups.iter().map(|group| self.trend_column(list, group)).collect();
        // In large print a column would hold few words.
        let per_row = if self.sheet.is_large() { 1 } else { cells.len() };
        let row = |cells: &[Cell]| Row { cells: cells.to_vec(), ..Row::default() };
        let width = WIDTH / i64::try_from(per_row).unwrap_or(1);
        self.flow.blocks.push(Block::Table(Box::new(TableBlock {
            columns: vec![Column { width: ColumnWidth::Fixed(width), ..Column::default() }; per_row],
            rows: cells.chunks(per_row).map(row).collect(),
            padding: PADDING,
            after: Length::pt(3),
            span: Span::Full,
            right_to_left: self.flow.right_to_left,
            ..TableBlock::default()
        })));
    }

    /// Returns the column of a trend: its sign and word, then its fields.
    fn trend_column(&mut self, list: TagId, group: &TrendGroup) -> Cell {
        let body = self.trend_item(list);
        let mut cell = Cell::default();
        let shared = group.shared_earlier();
        let mut inline = Inline::default();
        let node = self.tag(body, Role::P);
        self.trend_word(&mut inline, node, group.trend);
        if let Some(earlier) = shared {
            let text = self.earlier_words(group.trend, earlier, group.fields.len());
            self.trend_remark(&mut inline, node, &text);
        }
        self.cell_paragraph(&mut cell, ROW_HEAD, inline);
        for (domain, earlier) in &group.fields {
            let mut inline = Inline::default();
            let node = self.tag(body, Role::P);
            let text_context = self.text_context(node, TABLE);
            self.field_name(&mut inline, text_context, domain);
            if let (Some(earlier), None) = (earlier, shared) {
                let text = self.earlier_words(group.trend, *earlier, 1);
                self.trend_remark(&mut inline, node, &text);
            }
            self.cell_paragraph(&mut cell, TABLE, inline);
        }
        cell
    }

    /// Adds a trend with its fields as one paragraph.
    fn trend_line(&mut self, list: TagId, group: &TrendGroup) {
        let body = self.trend_item(list);
        let node = self.tag(body, Role::P);
        let mut block = TextBlock { span: Span::Full, ..self.block(TABLE) };
        self.trend_word(&mut block.inline, node, group.trend);
        let text_context = self.text_context(node, TABLE);
        for (index, (domain, _)) in group.fields.iter().enumerate() {
            let separator = if index == 0 { ": " } else { self.list_separator() };
            self.push_text(&mut block.inline, text_context, separator);
            self.field_name(&mut block.inline, text_context, domain);
        }
        self.push(block);
    }

    fn trend_item(&mut self, list: TagId) -> TagId {
        let item = self.tag(list, Role::Li);
        self.tag(item, Role::LBody)
    }

    /// Appends the sign of a trend and its word.
    pub(super) fn trend_word(&mut self, inline: &mut Inline, node: TagId, trend: Trend) {
        let text_context = self.text_context(node, ROW_HEAD);
        if let Some(sign) = sign_of(trend, true) {
            self.sign(inline, text_context, sign, ACCENT);
            self.push_text(inline, text_context, "\u{a0}");
        }
        self.push_label(inline, text_context, self.lexicon.trend(trend as i32));
    }

    pub(super) fn field_name(&mut self, inline: &mut Inline, text_context: TextContext, domain: &Domain) {
        let outer = self.replace_part(&domain.id);
        self.mark_part(inline, text_context, &domain.marking);
        self.push_text(inline, text_context, &domain.name);
        self.begin_part(&outer);
    }

    fn trend_remark(&mut self, inline: &mut Inline, node: TagId, text: &str) {
        let remark = self.text_context(node, REMARK);
        self.push_text(inline, remark, " ");
        self.push_label(inline, remark, text);
    }

    /// Returns the earlier trend of fields in words: "as before", "was rising" or "all were rising".
    fn earlier_words(&self, now: Trend, earlier: Trend, fields: usize) -> String {
        let labels = self.labels();
        let word = self.lexicon.trend(earlier as i32);
        match fields {
            _ if earlier == now => labels.page.as_before.to_owned(),
            1 => filled(labels.was_likely, &[word]),
            _ => filled(labels.page.all_were, &[word]),
        }
    }
}
