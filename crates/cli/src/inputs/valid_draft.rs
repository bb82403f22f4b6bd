//! Content that was read and breaks no rule.

use std::collections::BTreeMap;

use chancery_brief::Canonical;

use super::images::Image;

/// Content that breaks no rule.
pub struct ValidDraft {
    /// Id of the brief; the stem of the file name if the file does not contain it.
    pub brief_id: String,
    /// Number of the revision, or of a draft's base revision; 0 if the file contains neither.
    pub revision: u32,
    pub canonical: Canonical,
    /// The images that a text names by their files, by SHA-256.
    pub images: BTreeMap<String, Image>,
}
