//! Errors of a print.

use chancery_images::ImageError;

use crate::layout::{LayoutError, Overfull};
use crate::readback::ProofError;
use crate::write::WriteError;

/// Errors of a print.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The observer stopped the print.
    #[error("cancelled")]
    Cancelled,
    /// The brief has more pages than allowed; shorten it or raise the limit.
    #[error("more than {limit} pages; shorten the brief or raise the limit")]
    TooManyPages {
        /// The limit.
        limit: u32,
    },
    /// The options select a section that the edition does not have.
    #[error("the edition has no section {id:?}")]
    UnknownSection {
        /// The section id.
        id: String,
    },
    /// The theme or the watermark is invalid.
    #[error("theme: {0}")]
    Theme(#[from] ThemeError),
    /// An image cannot be printed; replace it or remove the element.
    #[error("{element}: {why}")]
    Image {
        /// Position and digest of the image.
        element: String,
        /// The reason.
        why: ImageProblem,
    },
    /// The content does not fit on one page; shorten the named parts or choose another format.
    #[error("the content does not fit on one page: {}", listed(overflows))]
    PageOverfull {
        /// The parts that are too long.
        overflows: Vec<Overflow>,
    },
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The finished file differs from the edition. This is a bug in the printer; the file is discarded.
    #[error("the finished file differs from the edition: {0}")]
    ReadBack(#[from] ProofError),
}

/// Reasons why content does not fit on one page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Overflow {
    /// There are too many key judgments.
    #[error("there are {count} key judgments; the maximum is {most}")]
    KeyJudgments {
        /// Their number.
        count: usize,
        /// The maximum.
        most: usize,
    },
    /// The content is too high without everything that may be left out.
    #[error("{excess} lines too many for a page of {most}; heights in lines: {}", listed(blocks))]
    Lines {
        /// The parts of the page from the top.
        blocks: Vec<BlockHeight>,
        /// Number of lines too many.
        excess: usize,
        /// Number of lines that fit.
        most: usize,
    },
}

/// A part of the page and its height.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} {lines}")]
pub struct BlockHeight {
    /// Name of the part.
    pub name: &'static str,
    /// Height in lines of text, spacing included, rounded up.
    pub lines: usize,
}

fn listed<T: std::fmt::Display>(things: &[T]) -> String {
    things.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

impl From<Overfull> for PrintError {
    fn from(Overfull { groups, excess, most }: Overfull) -> Self {
        let blocks = groups.into_iter().map(|(name, lines)| BlockHeight { name, lines }).collect();
        Self::PageOverfull { overflows: vec![Overflow::Lines { blocks, excess, most }] }
    }
}

impl From<LayoutError> for PrintError {
    fn from(error: LayoutError) -> Self {
        match error {
            LayoutError::Cancelled => Self::Cancelled,
            LayoutError::TooManyPages { limit } => {
                Self::TooManyPages { limit: u32::try_from(limit).unwrap_or(u32::MAX) }
            }
        }
    }
}

/// Reasons why an image cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageProblem {
    /// The print has no bytes for its digest.
    #[error("the image was not uploaded; upload it first")]
    Missing,
    /// The image file cannot be printed.
    #[error(transparent)]
    Unprintable(#[from] ImageError),
}

/// Errors of a theme or a watermark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// Text in the accent colour would be hard to read; choose a darker colour.
    #[error("the accent colour has a contrast below 4.5:1 on white; choose a darker colour")]
    Contrast,
    /// A logo needs the organisation's name as its alternative text.
    #[error("a logo needs the organisation's name as its alternative text")]
    NamelessLogo,
    /// A text is longer than allowed.
    #[error("{what} has {characters} characters; the maximum is {most}")]
    TooLong {
        /// The text.
        what: &'static str,
        /// Its length in characters.
        characters: usize,
        /// The maximum.
        most: usize,
    },
}
