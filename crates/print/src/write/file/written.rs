//! Streams as they are recorded instead of written.

/// A stream of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its object number.
    pub number: u32,
    /// Its dictionary without the brackets and without its length, which ends it.
    pub entries: Vec<u8>,
    /// Its content, not deflated.
    pub content: Vec<u8>,
    /// Whether it is deflated in the file.
    pub is_deflated: bool,
}
