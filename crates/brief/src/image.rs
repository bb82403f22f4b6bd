//! What an image file says of itself: its media type and its size, read from its bytes alone. Nothing is decoded, so
//! the work is bounded by the file's length.

use std::fmt;
use std::str::FromStr;

mod jpeg;
mod png;
mod svg;

/// The longest file, in bytes: 20 MiB.
pub const SIZE_LIMIT: usize = 20 * 1024 * 1024;
/// The most pixels of a raster image.
pub const PIXEL_LIMIT: u64 = 50_000_000;

/// The media types that figures and themes may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaType {
    /// `image/png` (ISO/IEC 15948).
    Png,
    /// `image/jpeg` (ISO/IEC 10918-1), baseline or progressive.
    Jpeg,
    /// `image/svg+xml`.
    Svg,
}

/// What an image file says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageHeader {
    /// What it is.
    pub media_type: MediaType,
    /// Pixels; for an SVG, CSS pixels rounded up, 0 when the file does not say.
    pub width: u32,
    /// As the width.
    pub height: u32,
}

/// Why bytes are no image that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// There are no bytes.
    #[error("the file is empty")]
    Empty,
    /// There are more than [`SIZE_LIMIT`].
    #[error("the file is longer than {SIZE_LIMIT} bytes")]
    TooLong,
    /// The first bytes are those of none of the media types.
    #[error("the file is neither PNG, JPEG nor SVG")]
    UnknownType,
    /// The file ends early, or what it says of itself makes no sense.
    #[error("the {0} is damaged: {1}")]
    Damaged(MediaType, &'static str),
    /// The file is sound, but of a sort that is not printed.
    #[error("the {0} cannot be shown: {1}")]
    Unsupported(MediaType, &'static str),
    /// There are more than [`PIXEL_LIMIT`] pixels.
    #[error("{width} by {height} are more than {PIXEL_LIMIT} pixels")]
    TooManyPixels {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
}

/// A text is none of the media types.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an image is image/png, image/jpeg or image/svg+xml")]
pub struct MediaTypeError;

/// Reads what a file says of itself.
///
/// # Errors
/// [`ImageError`] for a file that cannot be shown as it is.
pub fn read(bytes: &[u8]) -> Result<ImageHeader, ImageError> {
    if bytes.is_empty() {
        return Err(ImageError::Empty);
    }
    if bytes.len() > SIZE_LIMIT {
        return Err(ImageError::TooLong);
    }
    let (media_type, (width, height)) = if bytes.starts_with(&png::SIGNATURE) {
        (MediaType::Png, png::size(bytes)?)
    } else if bytes.starts_with(&jpeg::SIGNATURE) {
        (MediaType::Jpeg, jpeg::size(bytes)?)
    } else {
        (MediaType::Svg, svg::size(bytes)?)
    };
    if media_type != MediaType::Svg && u64::from(width) * u64::from(height) > PIXEL_LIMIT {
        return Err(ImageError::TooManyPixels { width, height });
    }
    Ok(ImageHeader { media_type, width, height })
}

impl MediaType {
    /// Its name, such as `image/png`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Svg => "image/svg+xml",
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Svg => "SVG",
        })
    }
}

impl FromStr for MediaType {
    type Err = MediaTypeError;

    fn from_str(text: &str) -> Result<Self, MediaTypeError> {
        let all = [Self::Png, Self::Jpeg, Self::Svg];
        all.into_iter().find(|media_type| media_type.as_str() == text).ok_or(MediaTypeError)
    }
}

/// A number of the file, most significant byte first; none past the end.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::{ImageError, MediaType, SIZE_LIMIT, read};

    #[test]
    fn what_is_no_image_is_told_apart_from_what_is_too_long() {
        assert_eq!(read(b""), Err(ImageError::Empty));
        assert_eq!(read(b"%PDF-1.7 and so on"), Err(ImageError::UnknownType));
        assert_eq!(read(b"GIF89a"), Err(ImageError::UnknownType));
        assert_eq!(read(&vec![0; SIZE_LIMIT + 1]), Err(ImageError::TooLong));
    }

    #[test]
    fn media_types_are_read_from_the_names_that_they_have() {
        for media_type in [MediaType::Png, MediaType::Jpeg, MediaType::Svg] {
            assert_eq!(media_type.as_str().parse(), Ok(media_type));
        }
        assert!("image/gif".parse::<MediaType>().is_err());
    }
}
