//! Measures the cells of a table before its elements exist, each once and at the usual type size.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::{ColumnType, Table};

use crate::column_widths::COLUMN_GAP;
use crate::compose::composer::Composer;
use crate::compose::coverage_runs::{coverage_runs, nfc};
use crate::compose::data_tables::cell_text::{cell_text, row_marking};
use crate::compose::data_tables::column_fit::{ColumnNeed, scaled};
use crate::compose::data_tables::numbers::{decimal_sign, integer_end};
use crate::compose::stylesheet::{META, ROW_HEAD, TABLE, TABLE_HEAD, TypeSpec};
use crate::pages::{ArtifactKind, Owner};
use crate::text::inline::{Inline, PieceKind, PieceStyle};
use crate::text::paragraph::Extents;
use crate::units::Length;

/// The part of a row that a word may claim before it is hyphenated or broken. A number may take the rest; a longer text
/// of a NUMBER column is set like a sentence.
const WORD: (i64, i64) = (1, 4);

/// Width of a text column in which words may be hyphenated, in ems.
const HYPHENATED_EMS: i64 = 6;

/// Widths of a column's cells.
#[derive(Clone, Debug, Default)]
pub(super) struct NaturalWidth {
    text: Extents,
    heading: Extents,
    /// The widest text that is not broken: a cell of a NUMBER column, or the bar of a withheld row.
    whole: Length,
    /// Numbers before and after the place at which they are aligned.
    pub(super) number: NumberBox,
    /// Whether there is room to align the numbers, of which some may have a long integer part and others a long fraction.
    is_aligned: bool,
    /// The rows in which a NUMBER column has a text longer than any number.
    sentences: BTreeSet<usize>,
}

/// The widths of the numbers of a column on either side of the place at which they are aligned.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NumberBox {
    pub(super) left: Length,
    pub(super) right: Length,
}

impl NumberBox {
    /// Returns the widths in another type size.
    pub(super) fn in_size(self, size: Length) -> Self {
        Self { left: scaled(self.left, size), right: scaled(self.right, size) }
    }
}

impl NaturalWidth {
    /// Returns what the column needs in a row of this width.
    pub(super) fn need(&self, room: Length, em: Length) -> ColumnNeed {
        let longest_word = room * WORD.0 / WORD.1;
        let numbers = if self.is_aligned { self.number.left + self.number.right } else { Length::ZERO };
        let whole = numbers.max(self.whole);
        let words = self.text.widest_word.max(self.heading.widest_word).min(longest_word);
        ColumnNeed {
            least: whole.max(words.min(em * HYPHENATED_EMS)),
            words: whole.max(words),
            most: whole.max(self.text.width).max(self.heading.width),
        }
    }

    /// Returns whether the number of a row is aligned.
    pub(super) fn is_aligned(&self, row: usize) -> bool {
        self.is_aligned && !self.sentences.contains(&row)
    }

    fn add_text(&mut self, extents: Extents) {
        self.text.widest_word = self.text.widest_word.max(extents.widest_word);
        self.text.width = self.text.width.max(extents.width);
    }
}

/// Measures a table's columns; cells in rows of at most `room`.
pub(super) fn measure(table: &Table, room: Length, composer: &mut Composer) -> Vec<NaturalWidth> {
    let widest_number = room - room * WORD.0 / WORD.1 - COLUMN_GAP;
    let measured = |index| measure_column(table, index, widest_number, composer);
    (0..table.columns.len()).map(measured).collect()
}

fn measure_column(
    table: &Table,
    index: usize,
    widest_number: Length,
    composer: &mut Composer,
) -> NaturalWidth {
    let column = &table.columns[index];
    let heading = composer.extents("", &column.heading, TABLE_HEAD);
    let mut natural = NaturalWidth { heading, ..NaturalWidth::default() };
    if index == 0 && table.rows.iter().any(|row| row.withheld.is_some()) {
        natural.whole = composer.withheld_width(TABLE);
    }
    let decimal = decimal_sign(&composer.content.language);
    let kind = if index == 0 && table.row_headers { ROW_HEAD } else { TABLE };
    for (place, row) in table.rows.iter().enumerate().filter(|(_, row)| row.withheld.is_none()) {
        let prefix = if index == 0 { row_marking(row, composer) } else { String::new() };
        let text = cell_text(table, row, index, composer);
        let (inline, start) = composer.measured(&prefix, &text, kind);
        if column.r#type != ColumnType::Number as i32 {
            natural.add_text(composer.typesetter.extents(&inline));
            continue;
        }
        let at = integer_end(&inline.text[start..], decimal).map(|at| start + at);
        let (left, right) = composer.typesetter.sides(&inline, at, composer.flow.right_to_left);
        if left + right > widest_number {
            natural.sentences.insert(place);
            natural.add_text(composer.typesetter.extents(&inline));
            continue;
        }
        natural.whole = natural.whole.max(left + right);
        if at.is_some() {
            natural.number.left = natural.number.left.max(left);
            natural.number.right = natural.number.right.max(right);
        }
    }
    natural.is_aligned = natural.number.left + natural.number.right <= widest_number;
    natural
}

impl Composer<'_> {
    fn extents(&mut self, prefix: &str, text: &str, kind: TypeSpec) -> Extents {
        let (inline, _) = self.measured(prefix, text, kind);
        self.typesetter.extents(&inline)
    }

    /// Returns the width of the bar of withheld text.
    fn withheld_width(&mut self, kind: TypeSpec) -> Length {
        let style = self.sheet.fit(kind).style;
        let language = self.typesetter.languages.id(&self.content.language);
        let owner = Owner::Artifact(ArtifactKind::Layout);
        let mut inline = Inline::default();
        inline.push("\u{fffc}", PieceStyle { style, owner, link: None, language, kind: PieceKind::Withheld });
        self.typesetter.width(&inline)
    }

    /// Returns a cell's text without elements, and where it begins after the prefix.
    fn measured(&mut self, prefix: &str, text: &str, kind: TypeSpec) -> (Inline, usize) {
        let mut inline = Inline::default();
        let mut start = 0;
        for (text, kind) in [(prefix, META.strong()), (text, kind)] {
            start = inline.text.len();
            let style = self.sheet.fit(kind).style;
            let language = self.typesetter.languages.id(&self.content.language);
            let owner = Owner::Artifact(ArtifactKind::Layout);
            for (run, kind) in coverage_runs(self.typesetter, &nfc(text), &style) {
                inline.push(run, PieceStyle { style, owner: owner.clone(), link: None, language, kind });
            }
        }
        (inline, start)
    }
}
