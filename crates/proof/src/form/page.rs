//! A page of a document.

use crate::file::StreamObject;

/// A page.
pub(crate) struct Page<'a> {
    /// Width and height in thousandths of a point.
    pub(crate) size: [i64; 2],
    pub(crate) content: &'a StreamObject<'a>,
    pub(crate) has_transparency: bool,
    /// Element of each marked-content sequence, by MCID.
    pub(crate) marks: Vec<usize>,
}
