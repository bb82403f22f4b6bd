//! Arguments of the commands that publish, withdraw, purge, delete and undelete.

use clap::Args;

#[derive(Debug, Args)]
pub struct BriefArg {
    /// Name of the brief
    pub name: String,
}

#[derive(Debug, Args)]
pub struct RevisionWithReason {
    /// Name of the revision, such as russia-iran/revisions/2
    pub name: String,
    /// Reason, shown to readers of the withdrawn revision or recorded in the audit log of the purge
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}
