//! The printer's input: one edition of a revision with its publish record and its images.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::{BriefContent, Change};

/// One clearance's content of a revision, with its publish record.
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
    /// Time of publication, RFC 3339 in UTC; empty for a draft.
    pub published_at: &'a str,
    /// The publisher.
    pub creator: &'a str,
    /// Set if the revision was imported: its publish time and creator are then printed as statements of the import.
    pub import: Option<Import<'a>>,
    /// Publication state.
    pub state: RevisionState,
    /// Reason of the withdrawal; empty if it was not withdrawn or no reason is known.
    pub withdraw_reason: &'a str,
    /// The newest revision that supersedes it, if the reader may see one.
    pub superseded_by: Option<u32>,
    /// The edition to compare with, at the same clearance: of the parent revision or of an earlier one.
    pub earlier: Option<&'a BriefContent>,
    /// Revision number of `earlier`; 0 if unknown.
    pub earlier_revision: u32,
    /// The changes since `earlier_revision` where that is not the parent; `None` prints the content's own changes.
    pub combined_changes: Option<&'a [Change]>,
    /// The images that the content and the theme refer to, by SHA-256 in lower-case hexadecimal.
    pub images: &'a Images,
}

/// Import record of a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import<'a> {
    /// The importer's name; empty when unknown.
    pub importer: &'a str,
    /// The day of the import in UTC, such as "2026-11-28".
    pub imported_on: &'a str,
}

/// Images by their SHA-256 in lower-case hexadecimal, as they were uploaded.
pub type Images = BTreeMap<String, Vec<u8>>;

/// The images of content without images.
pub static NO_IMAGES: Images = BTreeMap::new();

/// Publication states of a revision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevisionState {
    /// Published.
    #[default]
    Published,
    /// Not published yet: every page carries a draft watermark.
    Draft,
    /// Withdrawn.
    Withdrawn,
}

impl Edition<'_> {
    /// Returns the number of the revision with which the print compares, or of the parent revision.
    pub(crate) fn earlier_number(&self) -> Option<u32> {
        if self.earlier_revision > 0 {
            return Some(self.earlier_revision);
        }
        // A draft has the number of its parent revision.
        let own = u32::from(self.state != RevisionState::Draft);
        self.revision.checked_sub(own).filter(|before| *before > 0)
    }
}
