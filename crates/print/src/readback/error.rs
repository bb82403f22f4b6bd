//! Errors of reading a printed file back.

/// Why a file cannot be read back.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is no file of the printer's, or damaged.
    #[error("the file has {0}")]
    Damaged(&'static str),
    /// Its structure tree is not well formed.
    #[error("the structure tree has {0}")]
    Structure(&'static str),
}

/// How a file differs from what was expected. Elements are named by the way to them, counted from 0.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An element's kids are others.
    #[error("{element}: expected the elements {expected:?}, found {found:?}")]
    Elements {
        /// The parent.
        element: String,
        /// Their types.
        expected: Vec<String>,
        /// Their types in the file.
        found: Vec<String>,
    },
    /// An element's own text is another; U+FFFC stands for each element within.
    #[error("{element}: expected the text {expected:?}, found {found:?}")]
    Text {
        /// The element.
        element: String,
        /// The text in normal form.
        expected: String,
        /// The file's.
        found: String,
    },
    /// An attribute is another.
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
    /// The outline is another.
    #[error("outline entry {entry}: expected {expected:?}, found {found:?}")]
    Outline {
        /// Its place, in document order.
        entry: usize,
        /// Level, title and destination.
        expected: Option<(u8, String, String)>,
        /// The file's.
        found: Option<(u8, String, String)>,
    },
    /// The metadata lack a fact.
    #[error("the metadata do not say {0:?}")]
    Metadata(String),
    /// The attached data is not what was given.
    #[error("the attached data is not the edition")]
    Data,
    /// The file holds a string that nobody put there.
    #[error("the file holds {0:?}, which nothing that was composed explains")]
    Stray(String),
    /// A page shows something outside of the structure tree that is no artifact.
    #[error("page {page}: {text:?} stands outside of the structure tree")]
    Untagged {
        /// The page, from 0.
        page: usize,
        /// The text, if it is text.
        text: String,
    },
}

/// Why a file yields no data.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// It is no file of the printer's, or it was damaged or rewritten since.
    #[error("this is no PDF as it was printed: {0}")]
    Unreadable(#[from] ReadError),
    /// It was printed without its data.
    #[error("this PDF was printed without its data")]
    NoData,
    /// The data is no text.
    #[error("the data is no UTF-8 text")]
    NotText,
}
