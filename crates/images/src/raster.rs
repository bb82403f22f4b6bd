//! Pixels in a form that a PDF can embed.

use crate::Orientation;

/// Pixels, ready to be written as an image `XObject` (ISO 32000-1, 8.9.5).
#[derive(Clone, PartialEq, Eq)]
pub struct Raster {
    /// Stored columns of pixels, at least one.
    pub width: u32,
    /// Stored rows of pixels, at least one.
    pub height: u32,
    /// Orientation for display.
    pub orientation: Orientation,
    /// A pixel's components; eight bits each.
    pub colors: Colors,
    /// The pixels.
    pub samples: Samples,
    /// Opacity of each pixel, eight bits each, encoded as [`Samples::Filtered`] with one component.
    pub alpha: Option<Vec<u8>>,
}

impl Raster {
    /// Returns the columns and rows as displayed.
    pub const fn displayed_size(&self) -> (u32, u32) {
        self.orientation.displayed((self.width, self.height))
    }
}

impl std::fmt::Debug for Raster {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Raster({} x {} {:?} {:?})", self.width, self.height, self.colors, self.orientation)
    }
}

/// A pixel's components, in the colour space of the file's output intent: sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colors {
    /// One component.
    Gray,
    /// Three components.
    Rgb,
}

impl Colors {
    /// Returns the number of components.
    pub const fn count(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
        }
    }
}

/// The encoding of pixels.
#[derive(Clone, PartialEq, Eq)]
pub enum Samples {
    /// A JPEG file reduced to the segments that decoding needs: no metadata, no thumbnail.
    Jpeg(Vec<u8>),
    /// PNG-filtered rows, deflated (ISO 32000-1, 7.4.4.4).
    Filtered(Vec<u8>),
}
