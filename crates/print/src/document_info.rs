//! What the file says of itself besides its pages: made by `compose`, written by `write`.

use crate::tags::AnchorId;

/// Facts for XMP and the catalog. All of them stand in the edition or its publish record too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentInfo {
    /// The title (`dc:title`, shown in the window's title bar).
    pub title: String,
    /// The document's language, BCP 47 (`/Lang`, `dc:language`).
    pub language: String,
    /// Who published the revision (`dc:creator`).
    pub creator: String,
    /// When it was published, RFC 3339 in UTC (`xmp:CreateDate`). Never the time of printing.
    pub published_at: String,
    /// Set when the revision was imported (`chancery:importer`, `chancery:importDate`).
    pub import: Option<DocumentImport>,
    /// Whether viewers show the outline when they open the file (`/PageMode /UseOutlines`).
    pub opens_outline: bool,
    /// The program and its version (`xmp:CreatorTool`, `pdf:Producer`).
    pub producer: String,
    /// The banner marking, for data-loss tools.
    pub marking: String,
    /// The brief's resource name.
    pub brief: String,
    /// The revision's number.
    pub revision: u32,
    /// The edition's digest, in hexadecimal.
    pub edition_digest: String,
    /// The edition as data, attached: the file is PDF/A-3 then, and PDF/A-2 else.
    pub data: Option<AttachedData>,
}

/// The import that a document's creator and publish time come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentImport {
    /// Who imported the revision; empty when unknown.
    pub importer: String,
    /// The day of the import in UTC, such as "2026-11-28".
    pub imported_on: String,
}

/// The edition as data: an associated file (ISO 19005-3, 6.8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttachedData {
    /// JSON of the `RevisionBody` whose digest the file states.
    pub json: String,
    /// What viewers say that it is.
    pub description: String,
}

/// A line of the outline; entries stand in document order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineEntry {
    /// 1 for the top; no level is skipped downwards.
    pub level: u8,
    /// Its text.
    pub title: String,
    /// Where it leads.
    pub anchor: AnchorId,
}
