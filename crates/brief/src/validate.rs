//! Validation: written content in, canonical content out.

use chancery_proto::brief::v1::BriefContent;

use crate::canonical::Canonical;
use crate::marking::Scheme;

/// A rule that content breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where: proto field names, such as `sections[0].blocks[2].paragraph.statements[1].spans[0].end`.
    pub path: String,
    /// A stable code, such as `UNKNOWN_REFERENCE`.
    pub code: &'static str,
    /// What is wrong, for the author.
    pub message: String,
}

/// Content breaks rules: at most the first hundred, in document order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the content breaks {} rules, first at {}: {}", violations.len(), violations[0].path, violations[0].message)]
pub struct InvalidContent {
    /// Never empty.
    pub violations: Vec<Violation>,
}

/// Validates content and brings it into canonical form.
pub fn canonicalize(content: &BriefContent, scheme: Scheme) -> Result<Canonical, InvalidContent> {
    let _ = (content, scheme);
    todo!()
}
