//! Type sizes and styles of each kind of text (PRINTING.md, section 4).

use crate::TextSize;
use crate::graphics::Color;
use crate::text::text_style::{Family, Figures, TextStyle, Weight};
use crate::units::Length;

/// Text.
pub(crate) const INK: Color = Color(0x11, 0x11, 0x11);
/// The accent colour.
pub(crate) const ACCENT: Color = Color(0x1f, 0x4e, 0x79);
/// Running elements and ids, with a contrast of 7:1 on white.
pub(crate) const QUIET: Color = Color(0x55, 0x55, 0x55);
/// The background of callouts.
pub(crate) const TINT: Color = Color(0xee, 0xf2, 0xf6);

/// Outlines of bars, and hairlines between rows.
pub(crate) const HAIRLINE_GRAY: Color = Color(0x8c, 0x8c, 0x8c);

/// Guide lines between a figure's rows and at its axis labels.
pub(crate) const GUIDE: Color = Color(0xc4, 0xc4, 0xc4);

/// The watermark; ink over it has a contrast of 15:1.
pub(crate) const WATERMARK: TypeSpec =
    set(Family::Sans, Weight::Bold, 96_000, 96_000).colored(Color(0xe9, 0xe9, 0xe9));

/// A text style with its leading.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TypeSpec {
    pub(crate) style: TextStyle,
    pub(crate) leading: Length,
}

const fn set(family: Family, weight: Weight, size: i64, leading: i64) -> TypeSpec {
    let style = TextStyle {
        family,
        weight,
        italic: false,
        size: Length::milli_pt(size),
        color: INK,
        rise: Length::ZERO,
        figures: Figures::Proportional,
    };
    TypeSpec { style, leading: Length::milli_pt(leading) }
}

pub(crate) const BODY: TypeSpec = set(Family::Serif, Weight::Regular, 10_000, 14_000);
pub(crate) const TITLE: TypeSpec = set(Family::Sans, Weight::Bold, 22_000, 26_000);
pub(crate) const SUBTITLE: TypeSpec = set(Family::Serif, Weight::Regular, 11_500, 15_000);
/// State of a revision: draft, superseded or withdrawn.
pub(crate) const STATE: TypeSpec = set(Family::Sans, Weight::Bold, 11_000, 15_000);
pub(crate) const DATELINE: TypeSpec = tabular(set(Family::Sans, Weight::Regular, 8_500, 12_000));
pub(crate) const BOTTOM_LINE: TypeSpec = set(Family::Serif, Weight::Regular, 12_500, 17_500);
pub(crate) const JUDGMENT: TypeSpec = set(Family::Serif, Weight::Regular, 10_500, 14_000);
/// Judgments beside the column of likelihoods.
pub(crate) const JUDGMENT_BESIDE_AXIS: TypeSpec = set(Family::Serif, Weight::Regular, 10_000, 13_500);
pub(crate) const FORECAST: TypeSpec = set(Family::Serif, Weight::Regular, 9_500, 12_000);
pub(crate) const TABLE: TypeSpec = tabular(set(Family::Sans, Weight::Regular, 8_500, 10_500));
/// Tables with much text in a row: changes, and the reasons of trends.
pub(crate) const COMPACT_TABLE: TypeSpec = tabular(set(Family::Sans, Weight::Regular, 8_000, 9_700));
/// The size to which the type of a wide table is narrowed before the table is split.
pub(crate) const SMALLEST_TABLE: Length = Length::pt(7);
/// A row's own text where it is the table's row header.
pub(crate) const ROW_HEAD: TypeSpec = set(Family::Sans, Weight::Semibold, 8_500, 10_500);
pub(crate) const TABLE_HEAD: TypeSpec = set(Family::Sans, Weight::Semibold, 8_000, 10_000);
/// Labels such as "Bottom line".
pub(crate) const LABEL: TypeSpec = set(Family::Sans, Weight::Semibold, 8_000, 11_000);
/// Page references and grades under a table's entry.
pub(crate) const REMARK: TypeSpec = quiet(tabular(set(Family::Sans, Weight::Regular, 7_500, 9_300)));
/// Notes and keys below the tables of the opening and the annexes, and keys of signs.
pub(crate) const TABLE_NOTE: TypeSpec = quiet(tabular(set(Family::Sans, Weight::Regular, 7_500, 10_500)));
/// The line below a figure or a table of the body: notes and the source.
pub(crate) const NOTE: TypeSpec = quiet(tabular(set(Family::Sans, Weight::Regular, 8_000, 11_000)));
/// Evidence in the margin.
pub(crate) const MARGIN: TypeSpec = tabular(set(Family::Sans, Weight::Regular, 7_500, 9_300));
/// The annex on the basis of statements.
pub(crate) const BASIS: TypeSpec = tabular(set(Family::Sans, Weight::Regular, 8_000, 9_700));
pub(crate) const CAPTION: TypeSpec = set(Family::Sans, Weight::Semibold, 8_500, 12_000);
/// Entries of the list of sources.
pub(crate) const SOURCE: TypeSpec = set(Family::Serif, Weight::Regular, 8_600, 11_000);
pub(crate) const META: TypeSpec = set(Family::Sans, Weight::Regular, 8_500, 12_000);
/// Percentages over a column of likelihood bars.
pub(crate) const AXIS: TypeSpec = quiet(tabular(set(Family::Sans, Weight::Regular, 6_500, 8_000)));
/// Labels of figures, axes and legends.
pub(crate) const FIGURE: TypeSpec = tabular(set(Family::Sans, Weight::Regular, 8_000, 11_000));
pub(crate) const FIGURE_SMALL: TypeSpec = quiet(tabular(set(Family::Sans, Weight::Regular, 7_500, 10_000)));
/// Labels of the events of a timeline.
pub(crate) const EVENT: TypeSpec = tabular(set(Family::Sans, Weight::Regular, 7_500, 9_300));
pub(crate) const SIDE: TypeSpec = quiet(set(Family::Sans, Weight::Regular, 7_500, 9_300));
pub(crate) const FOOTER: TypeSpec = quiet(tabular(set(Family::Sans, Weight::Regular, 8_000, 10_000)));
pub(crate) const RUNNING_TITLE: TypeSpec = tabular(set(Family::Sans, Weight::Semibold, 8_000, 10_000));
pub(crate) const BAND: TypeSpec = set(Family::Sans, Weight::Bold, 12_000, 16_000);
pub(crate) const CONTENTS: [TypeSpec; 2] = [
    tabular(set(Family::Sans, Weight::Regular, 8_000, 10_200)),
    tabular(set(Family::Sans, Weight::Regular, 8_000, 10_200)),
];

/// Adapts types to the document's script and the text size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    right_to_left: bool,
    text_size: TextSize,
}

/// Minimum type size of large print.
const LARGE_LEAST: Length = Length::pt(12);

impl Sheet {
    pub(crate) const fn new(right_to_left: bool, text_size: TextSize) -> Self {
        Self { right_to_left, text_size }
    }

    /// Returns whether it is large print, which has one column and no drawings with small labels.
    pub(crate) const fn is_large(self) -> bool {
        matches!(self.text_size, TextSize::Large)
    }

    /// Returns a type as set: Arabic script needs 11 on 17 points where Latin has 10 on 14; large print has 14 on 20.
    pub(crate) fn fit(self, kind: TypeSpec) -> TypeSpec {
        let (size, leading) = match (self.right_to_left, self.text_size) {
            (false, TextSize::Normal) => return kind,
            (true, TextSize::Normal) => (110, 17),
            (false, TextSize::Large) => (140, 20),
            (true, TextSize::Large) => (154, 24),
        };
        let mut fitted = kind;
        // Naskh in display sizes needs more leading, and Vazirmatn in a title less size.
        let (size, leading) = match (self.right_to_left, kind.style.family) {
            (true, Family::Serif) if kind.style.size > BODY.style.size => (size, leading * 23 / 20),
            (true, Family::Sans) if kind.style.size > Length::pt(20) => (size * 91 / 110, leading),
            _ => (size, leading),
        };
        fitted.style.size = kind.style.size * size / 100;
        fitted.leading = kind.leading * leading / 14;
        if self.is_large() {
            fitted.style.size = fitted.style.size.max(LARGE_LEAST);
            fitted.leading = fitted.leading.max(fitted.style.size * 5 / 4);
        }
        fitted
    }
}

/// Returns the type of a heading level.
pub(crate) const fn heading(level: u8) -> TypeSpec {
    match level {
        0 | 1 => set(Family::Sans, Weight::Bold, 13_000, 16_000),
        2 => set(Family::Sans, Weight::Bold, 11_500, 14_000),
        3 => set(Family::Sans, Weight::Semibold, 10_500, 14_000),
        _ => set(Family::Sans, Weight::Semibold, 9_500, 14_000),
    }
}

/// Headings of the printer's own parts.
pub(crate) const PART_HEADING: TypeSpec = set(Family::Sans, Weight::Bold, 13_000, 16_000);

/// Headings of the printer's parts inside others, and the space above them.
pub(crate) const SUBPART_HEADING: TypeSpec = set(Family::Sans, Weight::Semibold, 9_000, 12_000);
pub(crate) const ABOVE_SUBPART: Length = Length::pt(8);

/// Returns the space above a heading level.
pub(crate) const fn above_heading(level: u8) -> Length {
    match level {
        0 | 1 => Length::pt(24),
        2 => Length::pt(18),
        _ => Length::pt(10),
    }
}

const fn tabular(mut kind: TypeSpec) -> TypeSpec {
    kind.style.figures = Figures::Tabular;
    kind
}

const fn quiet(mut kind: TypeSpec) -> TypeSpec {
    kind.style.color = QUIET;
    kind
}

impl TypeSpec {
    pub(crate) const fn strong(mut self) -> Self {
        self.style.weight = Weight::Semibold;
        self
    }

    /// Returns the type in a table whose body has another size than usual.
    pub(crate) fn in_table_of(mut self, body_size: Length) -> Self {
        let scaled = |length: Length| length * body_size.units() / TABLE.style.size.units();
        self.style.size = scaled(self.style.size);
        self.leading = scaled(self.leading);
        self
    }

    pub(crate) const fn italic(mut self) -> Self {
        self.style.italic = true;
        self
    }

    pub(crate) const fn colored(mut self, color: Color) -> Self {
        self.style.color = color;
        self
    }
}

/// Returns the style of citation numbers: small, raised, in the accent colour.
pub(crate) fn marker(style: TextStyle) -> TextStyle {
    TextStyle {
        family: Family::Sans,
        weight: Weight::Semibold,
        italic: false,
        size: style.size * 70 / 100,
        color: ACCENT,
        rise: style.size * 36 / 100,
        figures: Figures::Proportional,
    }
}

#[cfg(test)]
mod tests {
    use super::{BODY, Sheet, TABLE};
    use crate::TextSize;
    use crate::layout::Geometry;
    use crate::options::Paper;
    use crate::units::Length;

    #[test]
    fn body_text_has_the_leading_of_its_grid() {
        for right_to_left in [false, true] {
            for text_size in [TextSize::Normal, TextSize::Large] {
                let body = Sheet::new(right_to_left, text_size).fit(BODY);
                let geometry = Geometry::new(Paper::A4, right_to_left).with_text_size(text_size);
                assert_eq!(body.leading, geometry.grid, "{right_to_left} {text_size:?}");
            }
        }
    }

    #[test]
    fn large_print_is_14_on_20_points_and_never_under_12() {
        let sheet = Sheet::new(false, TextSize::Large);
        let body = sheet.fit(BODY);
        assert_eq!((body.style.size, body.leading), (Length::pt(14), Length::pt(20)));
        assert_eq!(sheet.fit(TABLE).style.size, Length::pt(12));
    }
}
