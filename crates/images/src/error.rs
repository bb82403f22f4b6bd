//! Errors of images. Each names the problem and a remedy, and has a stable code.

use crate::MediaType;

/// A file that cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The file is larger than the limit.
    #[error("the file is larger than {limit} bytes; scale the image down or compress it more")]
    TooManyBytes {
        /// The limit.
        limit: usize,
    },
    /// The first bytes belong to none of the accepted types.
    #[error("the file is neither PNG, JPEG nor SVG (in UTF-8); convert it to one of these")]
    UnknownType,
    /// The raster has more pixels than the limit.
    #[error("{width} by {height} pixels are more than {limit}; scale the image down")]
    TooManyPixels {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
        /// The limit.
        limit: u64,
    },
    /// The file is inconsistent, malformed or incomplete.
    #[error("the {media_type} is damaged: {problem}; export it again from its source")]
    Damaged {
        /// The file's type.
        media_type: MediaType,
        /// The first defect found.
        problem: String,
    },
    /// The file is sound, but uses a feature that cannot be printed.
    #[error("the {media_type} cannot be printed: {problem}; {remedy}")]
    Unsupported {
        /// The file's type.
        media_type: MediaType,
        /// The feature.
        problem: String,
        /// How to obtain a file that prints.
        remedy: &'static str,
    },
    /// An SVG file that is malformed, or does something that cannot be printed.
    #[error("the SVG cannot be printed: {0}")]
    Svg(#[from] SvgError),
}

/// An element of an SVG file that cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, <{element}>: {problem}; {remedy}")]
pub struct SvgError {
    /// The line on which the element begins.
    pub line: u32,
    /// The element's name.
    pub element: String,
    /// The problem.
    pub problem: String,
    /// How to obtain a file that prints.
    pub remedy: &'static str,
}

impl ImageError {
    pub(crate) fn damaged(media_type: MediaType, problem: impl Into<String>) -> Self {
        Self::Damaged { media_type, problem: problem.into() }
    }

    /// Returns a stable code for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "IMAGE_EMPTY",
            Self::TooManyBytes { .. } => "IMAGE_TOO_LARGE",
            Self::UnknownType => "IMAGE_TYPE_UNKNOWN",
            Self::TooManyPixels { .. } => "IMAGE_TOO_MANY_PIXELS",
            Self::Damaged { .. } => "IMAGE_DAMAGED",
            Self::Unsupported { .. } => "IMAGE_NOT_SUPPORTED",
            Self::Svg(_) => "SVG_NOT_SUPPORTED",
        }
    }
}
