//! The type of each kind of text (PRINTING.md, section 4).

use crate::pages::Color;
use crate::text::style::{Family, Figures, TextStyle, Weight};
use crate::units::Length;

/// Text.
pub(crate) const INK: Color = Color(0x11, 0x11, 0x11);
/// The one accent.
pub(crate) const ACCENT: Color = Color(0x1f, 0x4e, 0x79);
/// Furniture and ids: still 7:1 on white.
pub(crate) const QUIET: Color = Color(0x55, 0x55, 0x55);
/// The background of callouts.
pub(crate) const TINT: Color = Color(0xf1, 0xf4, 0xf8);

/// Rules between a figure's rows and at its axis' labels: they guide the eye and carry nothing.
pub(crate) const GUIDE: Color = Color(0xc4, 0xc4, 0xc4);

/// A style with its leading.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Type {
    pub(crate) style: TextStyle,
    pub(crate) leading: Length,
}

const fn set(family: Family, weight: Weight, size: i64, leading: i64) -> Type {
    let style = TextStyle {
        family,
        weight,
        italic: false,
        size: Length::milli_pt(size),
        color: INK,
        rise: Length::ZERO,
        figures: Figures::Proportional,
    };
    Type { style, leading: Length::milli_pt(leading) }
}

pub(crate) const BODY: Type = set(Family::Serif, Weight::Regular, 10_000, 14_000);
pub(crate) const TITLE: Type = set(Family::Sans, Weight::Semibold, 20_000, 24_000);
pub(crate) const LOCAL_TITLE: Type = set(Family::Sans, Weight::Regular, 13_000, 20_000);
pub(crate) const SUBTITLE: Type = set(Family::Serif, Weight::Regular, 12_000, 17_000);
pub(crate) const BOTTOM_LINE: Type = set(Family::Serif, Weight::Regular, 12_000, 17_000);
pub(crate) const TABLE: Type = tabular(set(Family::Sans, Weight::Regular, 8_500, 12_000));
pub(crate) const TABLE_HEAD: Type = set(Family::Sans, Weight::Semibold, 8_500, 12_000);
pub(crate) const CAPTION: Type = set(Family::Sans, Weight::Semibold, 8_500, 12_000);
pub(crate) const NOTE: Type = set(Family::Serif, Weight::Regular, 8_000, 11_000);
pub(crate) const META: Type = set(Family::Sans, Weight::Regular, 8_500, 12_000);
/// What figures say, and their axes and keys.
pub(crate) const FIGURE: Type = tabular(set(Family::Sans, Weight::Regular, 8_000, 11_000));
pub(crate) const FIGURE_SMALL: Type = quiet(tabular(set(Family::Sans, Weight::Regular, 7_500, 10_000)));
pub(crate) const SIDE: Type = quiet(set(Family::Sans, Weight::Regular, 7_500, 14_000));
pub(crate) const FOOTER: Type = quiet(tabular(set(Family::Sans, Weight::Regular, 7_500, 11_000)));
pub(crate) const BAND: Type = set(Family::Sans, Weight::Bold, 12_000, 16_000);
pub(crate) const CONTENTS: [Type; 2] = [
    tabular(set(Family::Sans, Weight::Semibold, 9_500, 14_000)),
    tabular(set(Family::Sans, Weight::Regular, 9_500, 14_000)),
];

/// The type of a heading.
pub(crate) const fn heading(level: u8) -> Type {
    match level {
        0 | 1 => set(Family::Sans, Weight::Semibold, 16_000, 20_000),
        2 => set(Family::Sans, Weight::Semibold, 13_000, 16_000),
        3 => set(Family::Sans, Weight::Semibold, 11_000, 14_000),
        _ => set(Family::Sans, Weight::Semibold, 9_500, 14_000),
    }
}

/// The space above a heading.
pub(crate) const fn above_heading(level: u8) -> Length {
    match level {
        0 | 1 => Length::pt(18),
        2 => Length::pt(8),
        _ => Length::pt(10),
    }
}

const fn tabular(mut kind: Type) -> Type {
    kind.style.figures = Figures::Tabular;
    kind
}

const fn quiet(mut kind: Type) -> Type {
    kind.style.color = QUIET;
    kind
}

impl Type {
    pub(crate) const fn strong(mut self) -> Self {
        self.style.weight = Weight::Semibold;
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

/// A citation's number: small, raised, in the accent.
pub(crate) fn marker(style: TextStyle) -> TextStyle {
    TextStyle {
        family: Family::Sans,
        weight: Weight::Regular,
        italic: false,
        size: style.size * 65 / 100,
        color: ACCENT,
        rise: style.size * 34 / 100,
        figures: Figures::Proportional,
    }
}
