//! Findings of `verify` and `reindex`.

use chancery_store::Finding;
use serde_json::json;

use crate::ui::failure::Failure;

/// Formats the findings as a JSON array.
pub fn json(findings: &[Finding]) -> serde_json::Value {
    let finding = |finding: &Finding| json!({ "code": finding.code.as_str(), "name": finding.name, "what": finding.what });
    findings.iter().map(finding).collect()
}

/// Fails if there are findings.
pub fn fail_on_any(findings: &[Finding]) -> Result<(), Failure> {
    match findings.len() {
        0 => Ok(()),
        1 => Err(Failure::new(
            "DATA_LOSS",
            "DAMAGED",
            "found 1 problem in stored data; see \"Checking stored data\" in docs/OPERATIONS.md for the remedy",
        )),
        count => Err(Failure::new(
            "DATA_LOSS",
            "DAMAGED",
            format!(
                "found {count} problems in stored data; see \"Checking stored data\" in docs/OPERATIONS.md for remedies"
            ),
        )),
    }
}
