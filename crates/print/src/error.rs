//! Errors of a print.

use chancery_images::ImageError;

use crate::layout::{LayoutError, Overfull};
use crate::readback::ProofError;
use crate::write::WriteError;

/// Why a brief could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The observer asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// The brief is longer than allowed; cut it or raise the limit.
    #[error("more than {limit} pages")]
    TooManyPages {
        /// The limit that was met.
        limit: u32,
    },
    /// A section was asked for that the edition has not; ask for those that it has.
    #[error("the edition has no section {id:?}")]
    UnknownSection {
        /// The id that was asked for.
        id: String,
    },
    /// The theme or the watermark cannot be printed as it is.
    #[error("theme: {0}")]
    Theme(#[from] ThemeError),
    /// A picture cannot be printed; replace it, or take the element out.
    #[error("{element}: {why}")]
    Image {
        /// Where it stands, and its digest.
        element: String,
        /// What is wrong with it.
        why: ImageProblem,
    },
    /// One page does not hold it; cut what is named, or take another format.
    #[error("one page does not hold it: {}", listed(overflows))]
    PageOverfull {
        /// What is too long.
        overflows: Vec<Overflow>,
    },
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The finished file does not say what the edition says: a fault of the printer. Nothing is handed out.
    #[error("the finished file does not read back: {0}")]
    ReadBack(#[from] ProofError),
}

/// What one page does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Overflow {
    /// The bottom line is too long for a reader in a hurry.
    #[error("the bottom line has {words} words, {most} are the most")]
    BottomLine {
        /// How many words it has.
        words: usize,
        /// How many it may have.
        most: usize,
    },
    /// The key judgments are too many.
    #[error("there are {count} key judgments, {most} are the most")]
    KeyJudgments {
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// All together is too high, however closely it is set.
    #[error("{excess} lines too many: {}", listed(blocks))]
    Lines {
        /// What stands on the page, from the top.
        blocks: Vec<BlockHeight>,
        /// How many lines are too many.
        excess: usize,
    },
}

/// A part of one page and its height.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} {lines}")]
pub struct BlockHeight {
    /// What it is.
    pub name: &'static str,
    /// Its height in lines of text, its spacing included, rounded up.
    pub lines: usize,
}

fn listed<T: std::fmt::Display>(things: &[T]) -> String {
    things.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

impl From<Overfull> for PrintError {
    fn from(Overfull { groups, excess }: Overfull) -> Self {
        let blocks = groups.into_iter().map(|(name, lines)| BlockHeight { name, lines }).collect();
        Self::PageOverfull { overflows: vec![Overflow::Lines { blocks, excess }] }
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

/// A reason why an image cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageProblem {
    /// The print was given no bytes for its digest.
    #[error("the image is missing; upload it first")]
    Missing,
    /// The file cannot be printed.
    #[error(transparent)]
    Unprintable(#[from] ImageError),
}

/// What is wrong with a theme or a watermark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// Text in the accent colour would be hard to read: take a darker one.
    #[error("the accent's contrast to white is under 4.5:1")]
    Contrast,
    /// The organisation's name is what a reader hears in place of its logo.
    #[error("a logo without the organisation's name")]
    NamelessLogo,
    /// A text is too long.
    #[error("{what} has {characters} characters, {most} are the most")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// Its length.
        characters: usize,
        /// The limit.
        most: usize,
    },
}
