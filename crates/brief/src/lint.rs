//! Tradecraft lint: warnings on content that is valid.

use chancery_proto::brief::v1::BriefContent;

/// A remark on tradecraft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// A stable code, such as `FORECAST_WITHOUT_HORIZON`.
    pub code: &'static str,
    /// The id of the statement or other part; empty for the brief as a whole.
    pub part_id: String,
    /// What is to be considered, for the author.
    pub message: String,
}

/// Warnings in document order.
pub fn lint(content: &BriefContent) -> Vec<Warning> {
    let _ = content;
    Vec::new()
}
