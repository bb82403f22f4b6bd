//! Size limits of images.

use crate::error::ImageError;
use crate::media_type::MediaType;

/// Maximum size of an uploaded file in bytes.
pub const MAX_FILE_BYTES: usize = 20 * 1024 * 1024;

/// Maximum number of pixels of a raster image.
pub const MAX_PIXELS: u64 = 50_000_000;

/// Size limits of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum size of the file in bytes.
    pub max_bytes: usize,
    /// Maximum number of pixels of a raster image.
    pub max_pixels: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: MAX_FILE_BYTES, max_pixels: MAX_PIXELS }
    }
}

/// Checks a claimed size before any memory is allocated for it.
pub(crate) fn check_size(
    media_type: MediaType,
    width: u32,
    height: u32,
    limits: &Limits,
) -> Result<(), ImageError> {
    if width == 0 || height == 0 {
        return Err(ImageError::damaged(media_type, format!("its header states {width} by {height} pixels")));
    }
    let limit = limits.max_pixels;
    if u64::from(width) * u64::from(height) > limit {
        return Err(ImageError::TooManyPixels { width, height, limit });
    }
    Ok(())
}
