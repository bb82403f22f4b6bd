//! What is wrong with stored data, as `chancery verify` and `chancery reindex` tell it.

use std::fmt;

use chancery_proto::names::ResourceId;

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of damage it is.
    pub code: FindingCode,
    /// The resource's name.
    pub name: String,
    /// What differs.
    pub what: String,
}

/// A line: code, name, what differs.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.code, self.name, self.what)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])+ $variant:ident = $word:literal,)+) => {
        /// Kinds of damage. The words are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode {
            $($(#[$doc])+ $variant,)+
        }

        impl FindingCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

codes! {
    /// The SHA-256 of a revision's bytes is not the stored one: nothing made of them can be judged.
    BodyDigest = "BODY_DIGEST",
    /// A revision's bytes have their SHA-256 and are not canonical: nothing made of them can be judged.
    BodyNotCanonical = "BODY_NOT_CANONICAL",
    /// What a revision's row says of its content is not so.
    RevisionDiffers = "REVISION_DIFFERS",
    /// A brief's revisions are not numbered from 1 without gaps.
    RevisionMissing = "REVISION_MISSING",
    /// A revision is said to be the newest for others than those for whom it is.
    CurrentUntil = "CURRENT_UNTIL",
    /// A clearance's edition is not there.
    EditionMissing = "EDITION_MISSING",
    /// There is an edition that no clearance has.
    EditionExtra = "EDITION_EXTRA",
    /// An edition is not the one that redacting the revision gives.
    EditionDiffers = "EDITION_DIFFERS",
    /// Editions were made by older rules of redaction: `chancery migrate` makes them anew.
    EditionOutdated = "EDITION_OUTDATED",
    /// Projections were made by another version of the code: `chancery migrate` makes them anew.
    ProjectionOutdated = "PROJECTION_OUTDATED",
    /// A row of a projection is not there: `chancery reindex` mends it.
    ProjectionMissing = "PROJECTION_MISSING",
    /// A row of a projection stands for nothing: `chancery reindex` mends it.
    ProjectionExtra = "PROJECTION_EXTRA",
    /// A row of a projection says something else: `chancery reindex` mends it.
    ProjectionDiffers = "PROJECTION_DIFFERS",
    /// A draft's bytes are no content, or what its row says of them is not so.
    DraftDamaged = "DRAFT_DAMAGED",
    /// The SHA-256 of an attachment's bytes is not its name.
    AttachmentDigest = "ATTACHMENT_DIGEST",
    /// Numbers are missing in a change log.
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
