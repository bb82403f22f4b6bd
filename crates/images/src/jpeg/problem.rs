//! Problems of JPEG files as errors.

use crate::{ImageError, MediaType};

/// A problem without the file type.
pub(crate) type Problem = &'static str;

pub(crate) fn damaged(problem: Problem) -> ImageError {
    ImageError::damaged(MediaType::Jpeg, problem)
}

pub(crate) fn unsupported(problem: Problem) -> ImageError {
    let remedy = "save it as a baseline or progressive JPEG with 8 bits per sample in sRGB or grey";
    ImageError::Unsupported { media_type: MediaType::Jpeg, problem: problem.to_owned(), remedy }
}
