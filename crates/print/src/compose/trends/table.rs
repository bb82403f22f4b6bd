//! The table of trends: the fields grouped by trend, each with its earlier trend and the reason.

use chancery_proto::brief::v1::{Domain, Figure, Trend};

use super::groups::{TrendGroup, sign_of, trend_groups};
use crate::compose::caption_numbers::NumberedKind;
use crate::compose::composer::{Composer, TextContext};
use crate::compose::figure_notes::FigureNote;
use crate::compose::labels::filled;
use crate::compose::stylesheet::{ACCENT, COMPACT_TABLE, INK, ROW_HEAD};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Cell, Span};
use crate::pages::Owner;
use crate::tags::{Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

/// Widths of the columns, each with the space after it; the last takes the rest.
const NOW: Length = Length::mm(24);
const WAS: Length = Length::mm(11);
const FIELD: Length = Length::mm(52);

/// Space above and below a row's text.
const PADDING: (Length, Length) = (Length::milli_pt(1_200), Length::milli_pt(1_600));

/// A column of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TrendColumn {
    Now,
    Was,
    Field,
    Why,
}

impl Composer<'_> {
    /// Adds the trends before the forecasts, with title and source of the author's figure.
    pub(crate) fn trends(&mut self, sect: TagId) {
        let Some(moved) = self.moved_trends else { return self.trend_table(sect, None) };
        let outer = self.replace_part(moved.block_id);
        moved.marking.clone_into(&mut self.block_marking);
        self.caption_numbers.begin(Some(NumberedKind::Figure));
        self.trend_table(sect, Some(moved.figure));
        self.caption_numbers.begin(None);
        self.block_marking.clear();
        self.begin_part(&outer);
    }

    /// Returns whether the part on trends has a figure.
    pub(crate) fn is_moved(&self, figure: &Figure) -> bool {
        self.moved_trends.is_some_and(|moved| std::ptr::eq(moved.figure, figure))
    }

    /// Adds the table of trends under the figure's title, with its source; adds nothing without fields.
    pub(crate) fn trend_table(&mut self, sect: TagId, figure: Option<&Figure>) {
        let groups = trend_groups(self.content, self.edition.earlier);
        let columns = trend_columns(&groups);
        let head: Vec<&str> = columns.iter().map(|column| self.trend_heading(*column)).collect();
        let title = figure.map_or("", |figure| figure.title.as_str());
        let mut maker = TableMaker::begin(self, sect, title, &head, true, TextOrigin::Printer);
        let last = columns.last().copied();
        let width = |column: &TrendColumn| match column {
            column if Some(*column) == last => Length::ZERO,
            TrendColumn::Now => NOW,
            TrendColumn::Was => WAS,
            TrendColumn::Field => FIELD,
            TrendColumn::Why => Length::ZERO,
        };
        let widths: Vec<Length> = columns.iter().map(width).collect();
        maker.widths(self, &widths);
        maker.header_columns =
            columns.iter().position(|column| *column == TrendColumn::Field).unwrap_or(0) + 1;
        maker.block.span = Span::Full;
        maker.block.padding = PADDING;
        maker.block.before = Length::ZERO;
        for group in &groups {
            maker.end_group();
            for (index, (domain, earlier)) in group.fields.iter().enumerate() {
                let outer = self.replace_part(&domain.id);
                maker.row_of_cells(self, Vec::new(), |composer, column, tag, cell| match columns[column] {
                    TrendColumn::Now => composer.present_trend(tag, cell, group.trend, index == 0),
                    TrendColumn::Was => composer.earlier_trend(tag, cell, *earlier),
                    TrendColumn::Field => composer.trend_field(tag, cell, domain),
                    TrendColumn::Why => composer.trend_reason(tag, cell, domain),
                });
                // Rules separate the groups.
                maker.last_row_without_rule(index + 1 < group.fields.len());
                if index == 0 && group.fields.len() > 1 {
                    maker.name_group_by_last_row();
                }
                self.begin_part(&outer);
            }
        }
        let notes = self.trend_notes(&groups);
        let note = self.note_line(sect, &notes, figure.map_or("", |figure| &figure.source));
        maker.finish_with(self, note);
    }

    const fn trend_heading(&self, column: TrendColumn) -> &'static str {
        let labels = self.labels();
        match column {
            TrendColumn::Now => labels.page.trend_now,
            TrendColumn::Was => labels.page.trend_was,
            TrendColumn::Field => labels.page.trend_field,
            TrendColumn::Why => labels.why,
        }
    }

    /// Adds a trend's sign, with its word in the first row of a group.
    fn present_trend(&mut self, tag: TagId, cell: &mut Cell, trend: Trend, is_first: bool) {
        let mut inline = Inline::default();
        if is_first {
            self.trend_word(&mut inline, tag, trend);
        } else {
            let text_context = self.text_context(tag, ROW_HEAD);
            self.spoken_trend(&mut inline, text_context, trend, true);
        }
        self.cell_paragraph(cell, ROW_HEAD, inline);
    }

    fn earlier_trend(&mut self, tag: TagId, cell: &mut Cell, earlier: Option<Trend>) {
        let Some(trend) = earlier else { return };
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, ROW_HEAD);
        self.spoken_trend(&mut inline, text_context, trend, false);
        self.cell_paragraph(cell, ROW_HEAD, inline);
    }

    /// Appends the sign of a trend with its word as replacement text; a question mark for an unknown trend.
    fn spoken_trend(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        trend: Trend,
        is_present: bool,
    ) {
        let word = self.lexicon.trend(trend as i32).to_owned();
        let node = self.label_tag(text_context.node, Role::Span { actual_text: Some(word) });
        match sign_of(trend, is_present) {
            Some(sign) => {
                let color = if is_present { ACCENT } else { INK };
                let owner = Owner::Tagged { node, seq: self.flow.tags.next_seq() };
                self.owned_sign(inline, text_context, sign, color, owner);
            }
            None => self.push_text(inline, TextContext { node, ..text_context }, "?"),
        }
    }

    fn trend_field(&mut self, tag: TagId, cell: &mut Cell, domain: &Domain) {
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, ROW_HEAD);
        self.field_name(&mut inline, text_context, domain);
        self.cell_paragraph(cell, ROW_HEAD, inline);
    }

    fn trend_reason(&mut self, tag: TagId, cell: &mut Cell, domain: &Domain) {
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, COMPACT_TABLE);
        self.push_text(&mut inline, text_context, &domain.why);
        self.cell_paragraph(cell, COMPACT_TABLE, inline);
    }

    /// Returns the meanings of the earlier signs.
    fn trend_notes(&self, groups: &[TrendGroup]) -> Vec<FigureNote> {
        let mut earlier: Vec<Trend> =
            groups.iter().flat_map(|group| &group.fields).filter_map(|(_, earlier)| *earlier).collect();
        earlier.sort_unstable();
        earlier.dedup();
        let note = |trend: Trend| {
            let words = self.earlier_trend_words(trend);
            match sign_of(trend, false) {
                Some(sign) => FigureNote::key(Some(sign), &words),
                None => FigureNote::key(None, &format!("?\u{a0}{words}")),
            }
        };
        earlier.into_iter().map(note).collect()
    }

    /// Returns the words of an earlier trend, such as "rising in revision 1".
    fn earlier_trend_words(&self, trend: Trend) -> String {
        let page = &self.labels().page;
        let word = self.lexicon.trend(trend as i32);
        match self.edition.earlier_number() {
            Some(number) => {
                filled(page.trend_in_revision, &[word, &self.lexicon.digits(&number.to_string())])
            }
            None => filled(page.trend_in_earlier, &[word]),
        }
    }
}

/// Returns the columns that have something to show.
fn trend_columns(groups: &[TrendGroup]) -> Vec<TrendColumn> {
    let mut fields = groups.iter().flat_map(|group| &group.fields);
    let compared = fields.clone().any(|(_, earlier)| earlier.is_some());
    let explained = fields.any(|(domain, _)| !domain.why.is_empty());
    let all = [TrendColumn::Now, TrendColumn::Was, TrendColumn::Field, TrendColumn::Why];
    let has = |column: &TrendColumn| match column {
        TrendColumn::Was => compared,
        TrendColumn::Why => explained,
        TrendColumn::Now | TrendColumn::Field => true,
    };
    all.into_iter().filter(has).collect()
}
