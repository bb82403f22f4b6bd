//! Vendored faces, each a slice of the program image that is not copied at run time.

use std::sync::OnceLock;

use harfrust::Font;

use crate::fonts::FaceGlyphs;

/// A face of the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaceId {
    /// Source Serif 4 Regular: text.
    Serif,
    /// Source Serif 4 Italic: emphasis.
    SerifItalic,
    /// Source Serif 4 Semibold: strong.
    SerifSemibold,
    /// Source Serif 4 Semibold Italic: strong emphasis.
    SerifSemiboldItalic,
    /// Source Sans 3 Regular: tables, captions, running elements.
    Sans,
    /// Source Sans 3 Italic.
    SansItalic,
    /// Source Sans 3 Semibold: headings.
    SansSemibold,
    /// Source Sans 3 Bold: marking bands.
    SansBold,
    /// Noto Naskh Arabic Regular: text in Arabic script.
    Naskh,
    /// Noto Naskh Arabic Bold.
    NaskhBold,
    /// Vazirmatn Regular: tables and captions in Arabic script.
    Vazirmatn,
    /// Vazirmatn Bold: headings in Arabic script.
    VazirmatnBold,
    /// A face added at run time; [`Fonts`](crate::Fonts) has its bytes.
    Added(AddedFace),
}

/// An added face of a [`Fonts`](crate::Fonts).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddedFace {
    /// Its index among the added faces.
    pub(crate) index: u16,
    /// Its units per em.
    pub(crate) units_per_em: u16,
    /// Whether it supports a script whose letters join.
    pub(crate) joins: bool,
}

impl FaceId {
    /// Vendored faces, each a slice of the program image that is not copied at run time.
    pub const ALL: [Self; 12] = [
        Self::Serif,
        Self::SerifItalic,
        Self::SerifSemibold,
        Self::SerifSemiboldItalic,
        Self::Sans,
        Self::SansItalic,
        Self::SansSemibold,
        Self::SansBold,
        Self::Naskh,
        Self::NaskhBold,
        Self::Vazirmatn,
        Self::VazirmatnBold,
    ];

    /// Returns a vendored face's OpenType file; empty for an added face.
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Serif => include_bytes!("../../../../assets/fonts/SourceSerif4_400Regular.ttf"),
            Self::SerifItalic => {
                include_bytes!("../../../../assets/fonts/SourceSerif4_400Regular_Italic.ttf")
            }
            Self::SerifSemibold => include_bytes!("../../../../assets/fonts/SourceSerif4_600SemiBold.ttf"),
            Self::SerifSemiboldItalic => {
                include_bytes!("../../../../assets/fonts/SourceSerif4_600SemiBold_Italic.ttf")
            }
            Self::Sans => include_bytes!("../../../../assets/fonts/SourceSans3_400Regular.ttf"),
            Self::SansItalic => include_bytes!("../../../../assets/fonts/SourceSans3_400Regular_Italic.ttf"),
            Self::SansSemibold => include_bytes!("../../../../assets/fonts/SourceSans3_600SemiBold.ttf"),
            Self::SansBold => include_bytes!("../../../../assets/fonts/SourceSans3_700Bold.ttf"),
            Self::Naskh => include_bytes!("../../../../assets/fonts/NotoNaskhArabic_400Regular.ttf"),
            Self::NaskhBold => include_bytes!("../../../../assets/fonts/NotoNaskhArabic_700Bold.ttf"),
            Self::Vazirmatn => include_bytes!("../../../../assets/fonts/Vazirmatn-Regular.ttf"),
            Self::VazirmatnBold => include_bytes!("../../../../assets/fonts/Vazirmatn-Bold.ttf"),
            Self::Added(_) => &[],
        }
    }

    /// Returns a vendored face's PostScript name, without a subset's prefix.
    pub const fn postscript_name(self) -> &'static str {
        match self {
            Self::Serif => "SourceSerif4-Regular",
            Self::SerifItalic => "SourceSerif4-It",
            Self::SerifSemibold => "SourceSerif4-Semibold",
            Self::SerifSemiboldItalic => "SourceSerif4-SemiboldIt",
            Self::Sans => "SourceSans3-Regular",
            Self::SansItalic => "SourceSans3-It",
            Self::SansSemibold => "SourceSans3-Semibold",
            Self::SansBold => "SourceSans3-Bold",
            Self::Naskh => "NotoNaskhArabic-Regular",
            Self::NaskhBold => "NotoNaskhArabic-Bold",
            Self::Vazirmatn => "Vazirmatn-Regular",
            Self::VazirmatnBold => "Vazirmatn-Bold",
            Self::Added(_) => "",
        }
    }

    /// Returns the units per em.
    pub const fn units_per_em(self) -> i64 {
        match self {
            Self::Vazirmatn | Self::VazirmatnBold => 2048,
            Self::Added(face) => face.units_per_em as i64,
            _ => 1000,
        }
    }

    /// Returns whether it supports Arabic or another script whose letters join.
    pub const fn is_arabic(self) -> bool {
        match self {
            Self::Naskh | Self::NaskhBold | Self::Vazirmatn | Self::VazirmatnBold => true,
            Self::Added(face) => face.joins,
            _ => false,
        }
    }

    /// Returns its index among all faces; vendored faces come first.
    pub(crate) fn index(self) -> usize {
        match self {
            Self::Serif => 0,
            Self::SerifItalic => 1,
            Self::SerifSemibold => 2,
            Self::SerifSemiboldItalic => 3,
            Self::Sans => 4,
            Self::SansItalic => 5,
            Self::SansSemibold => 6,
            Self::SansBold => 7,
            Self::Naskh => 8,
            Self::NaskhBold => 9,
            Self::Vazirmatn => 10,
            Self::VazirmatnBold => 11,
            Self::Added(face) => Self::ALL.len() + usize::from(face.index),
        }
    }

    /// Returns a parsed vendored face, shared by all prints of a process.
    pub(crate) fn font(self) -> &'static Font {
        static FONTS: [OnceLock<Font>; FaceId::ALL.len()] = [const { OnceLock::new() }; FaceId::ALL.len()];
        FONTS[self.index()]
            .get_or_init(|| Font::new(self.bytes(), 0).expect("a vendored face parses; a test parses each"))
    }

    /// Returns the glyphs of a vendored face, shared by all readers of a process.
    pub(crate) fn glyphs(self) -> &'static FaceGlyphs {
        static GLYPHS: [OnceLock<FaceGlyphs>; FaceId::ALL.len()] =
            [const { OnceLock::new() }; FaceId::ALL.len()];
        GLYPHS[self.index()].get_or_init(|| FaceGlyphs::of(self.bytes()))
    }

    /// Returns whether a vendored face has a glyph for a character, or for its substitute in the shaper.
    pub(crate) fn covers(self, c: char) -> bool {
        // Fast path: all faces have printable ASCII.
        if matches!(c, ' '..='~') {
            return true;
        }
        let charmap = self.font().charmap();
        let has = |c: char| charmap.map_unicode(c).is_some_and(|glyph| glyph.to_u32() != 0);
        match c {
            // The shaper substitutes the plain characters.
            '\u{2011}' => has('\u{2011}') || has('\u{2010}'),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => true,
            _ => has(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FaceId;

    #[test]
    fn indices_are_those_of_the_list_of_all_faces() {
        for (index, face) in FaceId::ALL.iter().enumerate() {
            assert_eq!(face.index(), index, "{face:?}");
        }
    }

    #[test]
    fn every_face_parses_with_its_em_and_has_ascii() {
        for face in FaceId::ALL {
            assert_eq!(i64::from(face.font().units_per_em()), face.units_per_em(), "{face:?}");
            let charmap = face.font().charmap();
            assert!((' '..='~').all(|c| charmap.map_unicode(c).is_some()), "{face:?}");
        }
    }
}
