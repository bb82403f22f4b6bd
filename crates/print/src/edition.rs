//! The printer's input: one edition of a revision with its publish record and its images.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::{BriefContent, Change};

/// What is printed: one clearance's content of a revision, with its publish record.
#[derive(Clone, Copy, Debug)]
pub struct Edition<'a> {
    /// The content, filtered for its reader.
    pub content: &'a BriefContent,
    /// The brief's resource name.
    pub brief: &'a str,
    /// The revision's number; 0 for a draft that follows none.
    pub revision: u32,
    /// The edition's digest: 64 hexadecimal digits.
    pub edition_digest: &'a str,
    /// When the revision was published, RFC 3339 in UTC; empty for a draft.
    pub published_at: &'a str,
    /// Who published it.
    pub creator: &'a str,
    /// Set when the revision was imported: its publish time and creator are printed as statements of the import.
    pub import: Option<Import<'a>>,
    /// Whether it stands.
    pub state: RevisionState,
    /// Why it was withdrawn; empty when it was not, or when no reason is known.
    pub withdraw_reason: &'a str,
    /// The revision that took its place, if the reader may know of one.
    pub superseded_by: Option<u32>,
    /// The edition that changes are shown against, at the same clearance: of the parent revision, or of an earlier one.
    pub earlier: Option<&'a BriefContent>,
    /// The number of the revision that `earlier` is of; 0 when it is not known.
    pub earlier_revision: u32,
    /// The changes since `earlier_revision` where that is not the parent; `None` prints the content's own changes.
    pub combined_changes: Option<&'a [Change]>,
    /// The images that the content and the theme refer to, by SHA-256 in lower-case hexadecimal.
    pub images: &'a Images,
}

/// Who imported a revision, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import<'a> {
    /// The importer's name; empty when unknown.
    pub importer: &'a str,
    /// The day of the import in UTC, such as "2026-11-28".
    pub imported_on: &'a str,
}

/// Images by their SHA-256 in lower-case hexadecimal, as they were uploaded.
pub type Images = BTreeMap<String, Vec<u8>>;

/// For content that refers to no image.
pub static NO_IMAGES: Images = BTreeMap::new();

/// Whether what is printed stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevisionState {
    /// It is published.
    #[default]
    Published,
    /// It is not published yet: every page is stamped so.
    Draft,
    /// It was taken back.
    Withdrawn,
}
