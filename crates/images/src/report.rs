//! Facts about a file that can be printed.

use crate::MediaType;

/// Facts about a file that can be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageReport {
    /// Its type.
    pub media_type: MediaType,
    /// Its width as displayed, after EXIF orientation: in pixels, for an SVG in CSS pixels rounded up.
    pub width: u32,
    /// Its height, as the width.
    pub height: u32,
    /// Differences between the print and the file that its author may not expect.
    pub warnings: Vec<ImageWarning>,
}

/// A difference between the print and the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageWarning {
    /// The file's colours are in another colour space than sRGB; they print as if they were sRGB.
    ColorProfileIgnored {
        /// The colour space, as the file names or describes it.
        profile: String,
    },
}

impl ImageWarning {
    /// Returns a stable code for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ColorProfileIgnored { .. } => "COLOR_PROFILE_IGNORED",
        }
    }
}

impl std::fmt::Display for ImageWarning {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ColorProfileIgnored { profile } => write!(
                out,
                "the colours are in {profile}, which the print ignores: they print as if they were sRGB; convert \
                 the image to sRGB to keep its colours"
            ),
        }
    }
}
