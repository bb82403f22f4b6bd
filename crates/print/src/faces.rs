//! The vendored faces. Each is a slice of the program's own image; nothing is read or copied at run time.

/// A face that the printer can set.
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
    /// Source Sans 3 Regular: tables, captions, furniture.
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
}

impl FaceId {
    /// All faces.
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

    /// The face's OpenType bytes.
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Serif => include_bytes!("../../../assets/fonts/SourceSerif4_400Regular.ttf"),
            Self::SerifItalic => include_bytes!("../../../assets/fonts/SourceSerif4_400Regular_Italic.ttf"),
            Self::SerifSemibold => include_bytes!("../../../assets/fonts/SourceSerif4_600SemiBold.ttf"),
            Self::SerifSemiboldItalic => {
                include_bytes!("../../../assets/fonts/SourceSerif4_600SemiBold_Italic.ttf")
            }
            Self::Sans => include_bytes!("../../../assets/fonts/SourceSans3_400Regular.ttf"),
            Self::SansItalic => include_bytes!("../../../assets/fonts/SourceSans3_400Regular_Italic.ttf"),
            Self::SansSemibold => include_bytes!("../../../assets/fonts/SourceSans3_600SemiBold.ttf"),
            Self::SansBold => include_bytes!("../../../assets/fonts/SourceSans3_700Bold.ttf"),
            Self::Naskh => include_bytes!("../../../assets/fonts/NotoNaskhArabic_400Regular.ttf"),
            Self::NaskhBold => include_bytes!("../../../assets/fonts/NotoNaskhArabic_700Bold.ttf"),
            Self::Vazirmatn => include_bytes!("../../../assets/fonts/Vazirmatn-Regular.ttf"),
            Self::VazirmatnBold => include_bytes!("../../../assets/fonts/Vazirmatn-Bold.ttf"),
        }
    }

    /// The PostScript name, without a subset's prefix.
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
        }
    }
}
