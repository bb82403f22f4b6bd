//! Text styles.

use crate::fonts::FaceId;
use crate::graphics::Color;
use crate::pages::GlyphRun;
use crate::units::Length;

/// The two families; each has a partner for Arabic script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Source Serif 4 and Noto Naskh Arabic: text.
    Serif,
    /// Source Sans 3 and Vazirmatn: headings, tables, running elements.
    Sans,
}

/// Weights of the vendored faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weight {
    /// Regular.
    Regular,
    /// Semibold; bold where a family has no semibold.
    Semibold,
    /// Bold.
    Bold,
}

/// Spacing of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Figures {
    /// Each at its own width: running text.
    Proportional,
    /// All at one width: tables, deferred numbers.
    Tabular,
}

/// Text styles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TextStyle {
    /// The family.
    pub family: Family,
    /// The weight.
    pub weight: Weight,
    /// Whether it slants; Arabic script never does.
    pub italic: bool,
    /// The type size.
    pub size: Length,
    /// The colour.
    pub color: Color,
    /// Rise above the baseline.
    pub rise: Length,
    /// Spacing of digits.
    pub figures: Figures,
}

impl TextStyle {
    /// Returns the face for scripts other than Arabic.
    pub const fn face(&self) -> FaceId {
        match (self.family, self.weight, self.italic) {
            (Family::Serif, Weight::Regular, false) => FaceId::Serif,
            (Family::Serif, Weight::Regular, true) => FaceId::SerifItalic,
            (Family::Serif, _, false) => FaceId::SerifSemibold,
            (Family::Serif, _, true) => FaceId::SerifSemiboldItalic,
            (Family::Sans, Weight::Regular, false) => FaceId::Sans,
            (Family::Sans, Weight::Regular, true) => FaceId::SansItalic,
            (Family::Sans, Weight::Semibold, _) => FaceId::SansSemibold,
            (Family::Sans, Weight::Bold, _) => FaceId::SansBold,
        }
    }

    /// Returns the face for Arabic script.
    pub const fn arabic_face(&self) -> FaceId {
        match (self.family, self.weight) {
            (Family::Serif, Weight::Regular) => FaceId::Naskh,
            (Family::Serif, _) => FaceId::NaskhBold,
            (Family::Sans, Weight::Regular) => FaceId::Vazirmatn,
            (Family::Sans, _) => FaceId::VazirmatnBold,
        }
    }

    /// Returns the faces to try in order, for a character of Arabic script or of another.
    pub const fn candidates(&self, arabic: bool) -> [FaceId; 4] {
        let other = Self { family: self.other_family(), ..*self };
        if arabic {
            [self.arabic_face(), other.arabic_face(), self.face(), other.face()]
        } else {
            [self.face(), other.face(), self.arabic_face(), other.arabic_face()]
        }
    }

    /// Returns the style of a run of digits already set, figures tabular; none for added faces.
    pub(crate) fn of_run(run: &GlyphRun) -> Option<Self> {
        let (family, weight, italic) = match run.face {
            FaceId::Serif | FaceId::Naskh => (Family::Serif, Weight::Regular, false),
            FaceId::SerifItalic => (Family::Serif, Weight::Regular, true),
            FaceId::SerifSemibold => (Family::Serif, Weight::Semibold, false),
            FaceId::SerifSemiboldItalic => (Family::Serif, Weight::Semibold, true),
            FaceId::Sans | FaceId::Vazirmatn => (Family::Sans, Weight::Regular, false),
            FaceId::SansItalic => (Family::Sans, Weight::Regular, true),
            FaceId::SansSemibold => (Family::Sans, Weight::Semibold, false),
            FaceId::SansBold | FaceId::VazirmatnBold => (Family::Sans, Weight::Bold, false),
            FaceId::NaskhBold => (Family::Serif, Weight::Bold, false),
            FaceId::Added(_) => return None,
        };
        let (size, color) = (run.size, run.color);
        Some(Self { family, weight, italic, size, color, rise: Length::ZERO, figures: Figures::Tabular })
    }

    const fn other_family(&self) -> Family {
        match self.family {
            Family::Serif => Family::Sans,
            Family::Sans => Family::Serif,
        }
    }
}
