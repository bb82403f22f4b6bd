//! Arguments of the commands that publish, withdraw, purge, delete and undelete.

use clap::Args;

use super::strict_codes::{StrictCodes, parse_codes_of_publish};

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
          value_parser = parse_codes_of_publish)]
    pub strict: Option<StrictCodes>,
}

#[derive(Debug, Args)]
pub struct RevisionWithReason {
    /// Name of the revision, such as russia-iran/revisions/2
    pub name: String,
    /// Reason, shown to readers of the withdrawn revision or recorded in the audit log of the purge
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}
