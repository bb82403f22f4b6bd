//! Document-level metadata and outline, made by `compose` and written by `write`.

use crate::tags::AnchorId;

/// Metadata for XMP, the information dictionary and the catalog, all taken from the edition or its publish record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentInfo {
    /// The title (`dc:title`, shown in the window's title bar).
    pub title: String,
    /// The document's language, BCP 47 (`/Lang`, `dc:language`).
    pub language: String,
    /// The subject (`dc:description`, `Subject`); empty for none.
    pub subject: String,
    /// Keywords (`dc:subject`, `pdf:Keywords`, `Keywords`).
    pub keywords: Vec<String>,
    /// Publisher of the revision (`dc:creator`, `Author`).
    pub creator: String,
    /// Time of publication, RFC 3339 in UTC (`xmp:CreateDate`, `xmp:ModifyDate`, `CreationDate`,
    /// `ModDate`, to the second). Never the time of printing.
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
    /// The edition as an embedded file. If set, the file is PDF/A-3, otherwise PDF/A-2.
    pub data: Option<AttachedData>,
}

/// The import that a document's creator and publish time come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentImport {
    /// Importer of the revision; empty if unknown.
    pub importer: String,
    /// The day of the import in UTC, such as "2026-11-28".
    pub imported_on: String,
}

/// The edition as an embedded and associated file (ISO 19005-3, 6.8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttachedData {
    /// JSON of the `RevisionBody` whose digest the file states.
    pub json: String,
    /// Description shown by viewers.
    pub description: String,
}

/// An outline entry. Entries are in document order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineEntry {
    /// 1 for the top; no level is skipped downwards.
    pub level: u8,
    /// The title.
    pub title: String,
    /// The destination.
    pub anchor: AnchorId,
}
