//! Errors of the writer.

use crate::fonts::FaceId;

/// Reasons why no conforming file can be written. Pages count from 0; elements are numbered by their index in the tag
/// tree.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A file needs at least one page.
    #[error("there are no pages")]
    NoPages,
    /// PDF/UA-1 needs a title (ISO 14289-1, 7.1).
    #[error("the document has no title")]
    NoTitle,
    /// PDF/UA-1 needs a language (ISO 14289-1, 7.2).
    #[error("the document has no language")]
    NoLanguage,
    /// Page edges must be 3 to 14,400 points (ISO 19005-2, 6.1.13).
    #[error("page {page}: the page size is outside 3 to 14,400 points")]
    PageSize {
        /// The page.
        page: usize,
    },
    /// A run's type size is not positive.
    #[error("page {page}: a run's type size is not positive")]
    Size {
        /// The page.
        page: usize,
    },
    /// A glyph's cluster is not a range of its run's text.
    #[error("page {page}: the cluster {start}..{end} is not a range of the run's text")]
    Cluster {
        /// The page.
        page: usize,
        /// The cluster's first byte.
        start: u32,
        /// The byte after its last.
        end: u32,
    },
    /// PDF/A forbids `.notdef` (ISO 19005-2, 6.2.11.8): characters without a glyph are drawn as paths.
    #[error("page {page}: {face:?} shows .notdef for {text:?}")]
    NotDef {
        /// The page.
        page: usize,
        /// The face.
        face: FaceId,
        /// The text that has no glyph.
        text: String,
    },
    /// The face does not have the glyph.
    #[error("page {page}: {face:?} has no glyph {glyph}")]
    UnknownGlyph {
        /// The page.
        page: usize,
        /// The face.
        face: FaceId,
        /// The glyph.
        glyph: u16,
    },
    /// A face shows more pairs of glyph and text than two-byte codes can number.
    #[error("{face:?} shows more than 65,535 pairs of glyph and text")]
    TooManyCodes {
        /// The face.
        face: FaceId,
    },
    /// The face cannot be read or subset.
    #[error("{face:?}: {what}")]
    Font {
        /// The face.
        face: FaceId,
        /// The reason.
        what: String,
    },
    /// Content belongs to an element that is not in the tag tree.
    #[error("page {page}: unknown element {node}")]
    UnknownElement {
        /// The page.
        page: usize,
        /// The element.
        node: usize,
    },
    /// A link area belongs to an element that is not a link.
    #[error("page {page}: element {node} has a link area but is not a link")]
    NotALink {
        /// The page.
        page: usize,
        /// The element.
        node: usize,
    },
    /// A figure needs alternative text (ISO 14289-1, 7.3).
    #[error("element {node}: the figure has no alternative text")]
    NoAlt {
        /// The element.
        node: usize,
    },
    /// A table needs rows in its body, even beside a head (ISO 14289-1, 7.5).
    #[error("element {node}: the table has no body rows")]
    EmptyTable {
        /// The element.
        node: usize,
    },
    /// A list needs items (ISO 14289-1, 7.6).
    #[error("element {node}: the list has no items")]
    EmptyList {
        /// The element.
        node: usize,
    },
    /// A link annotation needs `Contents` (ISO 14289-1, 7.18.5).
    #[error("element {node}: the link has no contents")]
    NoContents {
        /// The element.
        node: usize,
    },
    /// A note's ID is empty or not unique (ISO 14289-1, 7.9).
    #[error("element {node}: the note's ID {id:?} is empty or not unique")]
    NoteId {
        /// The element.
        node: usize,
        /// The ID.
        id: String,
    },
    /// An anchor has no name.
    #[error("anchor {anchor} has no name")]
    UnnamedAnchor {
        /// The anchor.
        anchor: u32,
    },
    /// A link or the outline refers to an anchor that is not on any page.
    #[error("anchor {anchor} is not on any page")]
    UnplacedAnchor {
        /// The anchor.
        anchor: u32,
    },
    /// An anchor is on a page that does not exist.
    #[error("anchor {name:?} is on page {page}, which does not exist")]
    AnchorPage {
        /// The anchor's name.
        name: String,
        /// The page.
        page: usize,
    },
    /// Two anchors have the same name.
    #[error("anchors {first} and {second} are both named {name:?}")]
    TwoAnchors {
        /// The name.
        name: String,
        /// The first anchor.
        first: u32,
        /// The second anchor.
        second: u32,
    },
    /// A string is longer than PDF/A takes (ISO 19005-2, 6.1.13).
    #[error("{what} of {bytes} bytes is too long")]
    TooLong {
        /// The kind of string.
        what: &'static str,
        /// Its length in bytes.
        bytes: usize,
    },
    /// printpdf's document does not have the expected structure.
    #[error("printpdf's document: {0}")]
    PrintpdfDocument(#[from] lopdf::Error),
}
