//! Damage to stored data, as `chancery verify` and `chancery reindex` report it.

use std::fmt;

use chancery_proto::names::ResourceId;

/// A damaged resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The kind of damage.
    pub code: FindingCode,
    /// The resource's name.
    pub name: String,
    /// The difference.
    pub what: String,
}

/// Formats a finding as one line: code, name, difference.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.code, self.name, self.what)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])+ $variant:ident = $word:literal,)+) => {
        /// Kinds of damage. The codes are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode {
            $($(#[$doc])+ $variant,)+
        }

        impl FindingCode {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Returns the stable code.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

codes! {
    /// The SHA-256 of a revision's bytes is not the stored one: nothing derived from them can be verified.
    BodyDigest = "BODY_DIGEST",
    /// A revision's bytes match their SHA-256 but are not canonical: nothing derived from them can be verified.
    BodyNotCanonical = "BODY_NOT_CANONICAL",
    /// A revision's row contradicts its content.
    RevisionDiffers = "REVISION_DIFFERS",
    /// A brief's revisions are not numbered from 1 without gaps.
    RevisionMissing = "REVISION_MISSING",
    /// The clearances for which a revision is the newest are wrong.
    CurrentUntil = "CURRENT_UNTIL",
    /// An edition is missing.
    EditionMissing = "EDITION_MISSING",
    /// An edition exists for a clearance that needs none.
    EditionExtra = "EDITION_EXTRA",
    /// An edition differs from the redacted revision.
    EditionDiffers = "EDITION_DIFFERS",
    /// Editions were made by an older version of redaction: `chancery migrate` rebuilds them.
    EditionOutdated = "EDITION_OUTDATED",
    /// Projections were made by another version of the code: `chancery migrate` rebuilds them.
    ProjectionOutdated = "PROJECTION_OUTDATED",
    /// A projected row is missing: `chancery reindex` restores it.
    ProjectionMissing = "PROJECTION_MISSING",
    /// A projected row corresponds to nothing: `chancery reindex` deletes it.
    ProjectionExtra = "PROJECTION_EXTRA",
    /// A projected row differs: `chancery reindex` rewrites it.
    ProjectionDiffers = "PROJECTION_DIFFERS",
    /// A draft's bytes are malformed, or contradict its row.
    DraftDamaged = "DRAFT_DAMAGED",
    /// The SHA-256 of an attachment's bytes is not its name.
    AttachmentDigest = "ATTACHMENT_DIGEST",
    /// Numbers are missing from a change log.
    ChangeMissing = "CHANGE_MISSING",
    /// A change log and its counter disagree.
    ChangeCounter = "CHANGE_COUNTER",
    /// A PDF's bytes cannot be read.
    ArtifactUnreadable = "ARTIFACT_UNREADABLE",
    /// The SHA-256 of a PDF's bytes is not the stored one.
    ArtifactDigest = "ARTIFACT_DIGEST",
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Finding {
    pub(crate) fn new(code: FindingCode, name: impl fmt::Display, what: impl Into<String>) -> Self {
        Self { code, name: name.to_string(), what: what.into() }
    }

    pub(crate) fn of_workspace(code: FindingCode, workspace: &ResourceId, what: impl Into<String>) -> Self {
        Self::new(code, format_args!("workspaces/{workspace}"), what)
    }
}
