//! Pictures as they come in, JPEG and PNG, to what a file can hold. Everything is checked before it is decoded or
//! given memory: a picture is somebody else's bytes.

mod filter;
mod jpeg;
mod png;
mod svg;
mod vector;

use std::sync::Arc;

pub use self::svg::SvgError;
pub use self::vector::{Cap, Join, Outline, Shape, Vector};
use crate::job::Limits;
use crate::units::Length;

/// A pixel's edge: no picture is printed at fewer than 150 an inch.
const PIXEL: Length = Length::milli_pt(480);

/// A picture of either sort. It is known again by its place in memory.
#[derive(Clone, Debug)]
pub enum Picture {
    /// Pixels.
    Raster(Arc<Raster>),
    /// Lines and curves.
    Vector(Arc<Vector>),
}

impl Picture {
    /// Reads a JPEG, PNG or SVG file; its first bytes tell which.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, ImageError> {
        if bytes.len() > limits.max_image_bytes {
            return Err(ImageError::TooManyBytes { bytes: bytes.len(), limit: limits.max_image_bytes });
        }
        if svg::is_svg(bytes) {
            return Ok(Self::Vector(Arc::new(svg::read(bytes)?)));
        }
        Ok(Self::Raster(Arc::new(Raster::read(bytes, limits)?)))
    }

    /// Its width and height as it is: of pixels, the largest that they allow.
    pub fn size(&self) -> (Length, Length) {
        match self {
            Self::Raster(raster) => (PIXEL * i64::from(raster.width), PIXEL * i64::from(raster.height)),
            Self::Vector(vector) => (vector.width, vector.height),
        }
    }
}

/// A picture, ready to be written as an image `XObject` (ISO 32000-1, 8.9.5).
#[derive(Clone, PartialEq, Eq)]
pub struct Raster {
    /// Columns of pixels; one at least.
    pub width: u32,
    /// Rows of pixels; one at least.
    pub height: u32,
    /// What a pixel's components are; eight bits each.
    pub colors: Colors,
    /// The pixels.
    pub samples: Samples,
    /// How opaque each pixel is, eight bits each, in the form of [`Samples::Filtered`] with one component.
    pub alpha: Option<Vec<u8>>,
}

/// A pixel's components. Both mean what the file's output intent says: sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colors {
    /// One component.
    Gray,
    /// Three components.
    Rgb,
}

impl Colors {
    /// How many components there are.
    pub const fn count(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
        }
    }
}

/// How pixels are held.
#[derive(Clone, PartialEq, Eq)]
pub enum Samples {
    /// A JPEG file without anything that is not needed to draw it: no metadata, no thumbnail.
    Jpeg(Vec<u8>),
    /// Rows behind PNG's filters, deflated (ISO 32000-1, 7.4.4.4).
    Filtered(Vec<u8>),
}

impl std::fmt::Debug for Raster {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Raster({} x {} {:?})", self.width, self.height, self.colors)
    }
}

/// Why a picture cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// It was not handed over: upload it first.
    #[error("it is not there")]
    Missing,
    /// Its first bytes are of no kind that the printer takes.
    #[error("it is neither JPEG nor PNG nor SVG")]
    UnknownKind,
    /// Its file is too long.
    #[error("its {bytes} bytes are more than {limit}")]
    TooManyBytes {
        /// The file's length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// It has no pixels.
    #[error("it is {width} x {height} pixels large")]
    Empty {
        /// Its columns.
        width: u32,
        /// Its rows.
        height: u32,
    },
    /// It claims more pixels than allowed.
    #[error("its {width} x {height} pixels are more than {limit}")]
    TooManyPixels {
        /// Its columns.
        width: u32,
        /// Its rows.
        height: u32,
        /// The limit.
        limit: u64,
    },
    /// It has four components; convert it to sRGB (ISO 19005-2, 6.2.4.3: the file's output intent is sRGB).
    #[error("its colours are CMYK; convert it to sRGB")]
    Cmyk,
    /// It is a JPEG of a sort that PDF does not take, or damaged.
    #[error("JPEG: {0}")]
    Jpeg(&'static str),
    /// It is an SVG file that does more than drawing, or a damaged one.
    #[error("SVG: {0}")]
    Svg(#[from] SvgError),
    /// It is a damaged PNG.
    #[error("PNG: {0}")]
    Png(String),
}

impl Raster {
    /// Reads a JPEG or PNG file; its first bytes tell which.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, ImageError> {
        if bytes.len() > limits.max_image_bytes {
            return Err(ImageError::TooManyBytes { bytes: bytes.len(), limit: limits.max_image_bytes });
        }
        if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
            jpeg::read(bytes, limits)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            png::read(bytes, limits)
        } else {
            Err(ImageError::UnknownKind)
        }
    }
}

/// Whether a claimed size may be believed and given memory.
fn check_size(width: u32, height: u32, limits: &Limits) -> Result<(), ImageError> {
    if width == 0 || height == 0 {
        return Err(ImageError::Empty { width, height });
    }
    let limit = limits.max_image_pixels;
    if u64::from(width) * u64::from(height) > limit {
        return Err(ImageError::TooManyPixels { width, height, limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Colors, ImageError, Raster};
    use crate::Limits;

    #[test]
    fn a_file_that_is_too_long_is_not_even_looked_at() {
        let limits = Limits { max_image_bytes: 10, ..Limits::default() };
        let refused = Raster::read(&[0; 11], &limits);
        assert_eq!(refused, Err(ImageError::TooManyBytes { bytes: 11, limit: 10 }));
        assert_eq!(Raster::read(b"GIF89a", &Limits::default()), Err(ImageError::UnknownKind));
        assert_eq!(Colors::Rgb.count(), 3);
    }
}
