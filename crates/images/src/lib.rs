//! Reads uploaded images: PNG, JPEG and SVG files to what a PDF can embed. No other crate decodes images.
//!
//! [`check`] decides whether a file can be printed, and [`prepare`] converts it to its printable form. Both read the file to
//! its end by the same code, so a file that passes [`check`] always prints. Sizes are checked before memory is allocated.
//!
//! The crate is pure: the same bytes give the same result on any machine, in any process.

mod color_profile;
mod error;
mod exif;
mod filtered_rows;
mod graphics;
mod jpeg;
mod limits;
mod media_type;
mod orientation;
mod png;
mod raster;
mod report;
mod svg;
mod vector;

use std::sync::Arc;

pub use self::error::{ImageError, SvgError};
pub use self::graphics::{Color, FixedPt, PathSegment};
pub use self::limits::{Limits, MAX_FILE_BYTES, MAX_PIXELS};
pub use self::media_type::{MediaType, MediaTypeError};
pub use self::orientation::Orientation;
pub use self::raster::{Colors, Raster, Samples};
pub use self::report::{ImageReport, ImageWarning};
pub use self::vector::{Cap, Join, Outline, Shape, Vector};

/// Increased whenever the accepted set of files changes, so that stored results of [`check`] are renewed.
pub const CHECK_VERSION: i16 = 1;

/// An image that a PDF can embed.
#[derive(Clone, Debug)]
pub enum PreparedImage {
    /// Pixels.
    Raster(Arc<Raster>),
    /// Lines and curves.
    Vector(Arc<Vector>),
}

/// Reads a whole file and reports what it contains, without building its printable form.
///
/// # Errors
/// [`ImageError`] exactly for the files that [`prepare`] rejects.
pub fn check(bytes: &[u8], limits: &Limits) -> Result<ImageReport, ImageError> {
    Ok(match media_type(bytes, limits)? {
        MediaType::Svg => svg_report(&svg::read(bytes)?),
        MediaType::Jpeg => jpeg::read(bytes, limits)?.report,
        MediaType::Png => png::check(bytes, limits)?,
    })
}

/// Converts a file to its printable form.
///
/// # Errors
/// [`ImageError`] for a file that cannot be printed.
pub fn prepare(bytes: &[u8], limits: &Limits) -> Result<PreparedImage, ImageError> {
    Ok(match media_type(bytes, limits)? {
        MediaType::Svg => PreparedImage::Vector(Arc::new(svg::read(bytes)?)),
        MediaType::Jpeg => PreparedImage::Raster(Arc::new(jpeg::read(bytes, limits)?.raster)),
        MediaType::Png => PreparedImage::Raster(Arc::new(png::read(bytes, limits)?)),
    })
}

/// Detects the media type by the first bytes.
fn media_type(bytes: &[u8], limits: &Limits) -> Result<MediaType, ImageError> {
    if bytes.is_empty() {
        return Err(ImageError::Empty);
    }
    if bytes.len() > limits.max_bytes {
        return Err(ImageError::TooManyBytes { limit: limits.max_bytes });
    }
    if bytes.starts_with(&jpeg::SIGNATURE) {
        Ok(MediaType::Jpeg)
    } else if bytes.starts_with(&png::SIGNATURE) {
        Ok(MediaType::Png)
    } else if svg::is_svg(bytes) {
        Ok(MediaType::Svg)
    } else {
        Err(ImageError::UnknownType)
    }
}

fn svg_report(drawing: &Vector) -> ImageReport {
    let (width, height) = (drawing.width.to_css_pixels(), drawing.height.to_css_pixels());
    ImageReport { media_type: MediaType::Svg, width, height, warnings: Vec::new() }
}
