//! Editions: a brief as one clearance sees it.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::BriefContent;

use crate::canonical::Canonical;
use crate::marking::{Clearance, Policy, Rank};

/// The edition that a clearance sees; none below the floor.
pub fn edition(canonical: &Canonical, clearance: Clearance, policy: Policy) -> Option<BriefContent> {
    let _ = (canonical, clearance, policy);
    todo!()
}

/// The clearances at which an edition exists and differs from the one below it, the floor first.
pub fn levels(canonical: &Canonical) -> Vec<Rank> {
    let _ = canonical;
    todo!()
}

/// From which clearance each part and each reference is seen.
pub fn visible_from(canonical: &Canonical, policy: Policy) -> Visibility {
    let _ = (canonical, policy);
    todo!()
}

/// A reference from one part to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The id of the part that refers. For a part without one its path, such as `changes[0]`; for the brief
    /// itself it is empty.
    pub holder: String,
    /// The field's name in the proto; `citations` and `spans` for what stands in those.
    pub field: &'static str,
    /// The id of the part referred to.
    pub target: String,
}

/// From which clearance each part and each reference is seen, closure included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visibility {
    /// By the part's id.
    pub parts: BTreeMap<String, Rank>,
    /// By the reference.
    pub references: BTreeMap<Reference, Rank>,
}
