//! Errors of reading a printed file back.

/// Errors of reading a file back.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is damaged or not the printer's.
    #[error("the file has {0}")]
    Damaged(&'static str),
    /// The structure tree is malformed.
    #[error("the structure tree has {0}")]
    Structure(&'static str),
}

/// Differences between a file and its expected content. Elements are named by their path; indices count from 0.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An element has other child elements.
    #[error("{element}: expected the elements {expected:?}, found {found:?}")]
    Elements {
        /// The parent.
        element: String,
        /// Their types.
        expected: Vec<String>,
        /// Their types in the file.
        found: Vec<String>,
    },
    /// An element has other text; U+FFFC is the placeholder of child elements.
    #[error("{element}: expected the text {expected:?}, found {found:?}")]
    Text {
        /// The element.
        element: String,
        /// The text in normal form.
        expected: String,
        /// The file's.
        found: String,
    },
    /// An attribute differs.
    #[error("{element}: expected {what} {expected:?}, found {found:?}")]
    Attribute {
        /// The element.
        element: String,
        /// Which attribute.
        what: &'static str,
        /// Its value.
        expected: Option<String>,
        /// The file's.
        found: Option<String>,
    },
    /// The outline differs.
    #[error("outline entry {entry}: expected {expected:?}, found {found:?}")]
    Outline {
        /// Index in document order.
        entry: usize,
        /// Level, title and destination.
        expected: Option<(u8, String, String)>,
        /// The file's.
        found: Option<(u8, String, String)>,
    },
    /// The metadata lack an expected fact.
    #[error("the metadata does not contain {0:?}")]
    Metadata(String),
    /// The embedded data differs from the edition.
    #[error("the embedded data differs from the edition")]
    Data,
    /// The file has an unexpected string.
    #[error("the file has an unexpected string {0:?}")]
    Stray(String),
    /// A page has content that is neither in the structure tree nor an artifact.
    #[error("page {page}: {text:?} is outside the structure tree")]
    Untagged {
        /// The page, from 0.
        page: usize,
        /// The text, if it is text.
        text: String,
    },
}

/// Errors of data extraction.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// The file is not the printer's, or was damaged or rewritten.
    #[error("not an unmodified printed PDF: {0}")]
    Unreadable(#[from] ReadError),
    /// The file was printed without its data.
    #[error("this PDF was printed without its data")]
    NoData,
    /// The data is not text.
    #[error("the embedded data is not UTF-8")]
    NotText,
}
