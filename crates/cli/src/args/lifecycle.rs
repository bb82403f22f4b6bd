//! Arguments of the commands that publish, withdraw, purge, delete and undelete.

use chancery_brief::lint::CODES;
use clap::Args;

#[derive(Debug, Args)]
pub struct BriefArg {
    /// Name of the brief
    pub name: String,
}

#[derive(Debug, Args)]
pub struct Publish {
    /// Name of the brief
    pub name: String,
    /// Publishes without a prompt; without a terminal there is none in any case
    #[arg(long)]
    pub yes: bool,
    /// Refuses a draft with warnings or undeclared changes; with codes, only one that has a warning with such a code
    /// (`UNDECLARED_CHANGE` for undeclared changes): see docs/lint/README.md
    #[arg(long, value_name = "CODES", num_args = 0..=1, require_equals = true, default_missing_value = "",
          value_parser = strict_codes)]
    pub strict: Option<StrictCodes>,
}

/// Code of undeclared changes, beside those of warnings.
pub const UNDECLARED_CHANGE: &str = "UNDECLARED_CHANGE";

/// Codes of warnings with which a draft is not published; empty for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrictCodes(pub Vec<String>);

/// Parses codes separated by commas.
pub fn strict_codes(text: &str) -> Result<StrictCodes, String> {
    if text.is_empty() {
        return Ok(StrictCodes(Vec::new()));
    }
    let is_known = |code: &str| code == UNDECLARED_CHANGE || CODES.iter().any(|(known, _)| *known == code);
    let codes: Vec<String> = text.split(',').map(|code| code.trim().to_owned()).collect();
    match codes.iter().find(|code| !is_known(code)) {
        Some(unknown) => {
            let known: Vec<&str> = CODES.iter().map(|(code, _)| *code).collect();
            Err(format!("{unknown:?} is no code; expected some of {UNDECLARED_CHANGE}, {}", known.join(", ")))
        }
        None => Ok(StrictCodes(codes)),
    }
}

#[derive(Debug, Args)]
pub struct RevisionWithReason {
    /// Name of the revision, such as russia-iran/revisions/2
    pub name: String,
    /// Reason, shown to readers of the withdrawn revision or recorded in the audit log of the purge
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}
