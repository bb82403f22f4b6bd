//! Glyph coverage: the characters that a print shows with a set of fonts.

use std::collections::BTreeSet;

use chancery_brief::glyph_coverage::GlyphCoverage;

use crate::fonts::Fonts;
use crate::graphics::Color;
use crate::text::inline::settable;
use crate::text::text_style::{Family, Figures, TextStyle, Weight};
use crate::text::{Typesetter, is_default_ignorable};
use crate::units::Length;

/// Any style: the faces of each style have the same characters.
const STYLE: TextStyle = TextStyle {
    family: Family::Serif,
    weight: Weight::Regular,
    italic: false,
    size: Length::pt(10),
    color: Color(0, 0, 0),
    rise: Length::ZERO,
    figures: Figures::Proportional,
};

/// The last character that is set by the glyph of another: control characters and spaces are, and in symbol fonts the
/// first 256.
const LAST_SUBSTITUTED: char = '\u{3000}';

impl Fonts {
    /// Returns the characters that a print with these fonts shows. It warns of any other character
    /// ([`Warning::MissingGlyph`](crate::Warning::MissingGlyph)).
    pub fn glyph_coverage(&self) -> GlyphCoverage {
        let typesetter = Typesetter::new(self);
        let mut candidates: BTreeSet<char> = ('\0'..=LAST_SUBSTITUTED).collect();
        candidates.extend(('\0'..=char::MAX).filter(|c| is_default_ignorable(*c)));
        candidates.extend(self.mapped_code_points().filter_map(char::from_u32));
        candidates.into_iter().filter(|c| typesetter.covers(&STYLE, settable(*c))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{STYLE, settable};
    use crate::fonts::Fonts;
    use crate::text::Typesetter;
    use crate::text::text_style::{Family, TextStyle, Weight};

    #[test]
    fn it_has_every_character_that_any_style_shows_and_no_other() {
        let fonts = Fonts::default();
        let (coverage, typesetter) = (fonts.glyph_coverage(), Typesetter::new(&fonts));
        let weights = [Weight::Regular, Weight::Semibold, Weight::Bold];
        for (family, weight, italic) in [Family::Serif, Family::Sans]
            .into_iter()
            .flat_map(|family| weights.map(|weight| (family, weight)))
            .flat_map(|(family, weight)| [false, true].map(|italic| (family, weight, italic)))
        {
            let style = TextStyle { family, weight, italic, ..STYLE };
            // Plane 14 has the last default-ignorable characters.
            let differing: Vec<char> = ('\0'..='\u{1ffff}')
                .chain('\u{e0000}'..='\u{effff}')
                .filter(|c| coverage.contains(*c) != typesetter.covers(&style, settable(*c)))
                .collect();
            assert_eq!(differing, [' '; 0], "{style:?}");
        }
    }
}
