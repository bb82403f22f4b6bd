//! The references between the parts of an edition, which knowledge queries follow across briefs.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::{BriefContent, PartKind};

use crate::canonical::Canonical;
use crate::marking::Policy;
use crate::part::for_each_part;
pub use crate::part::{FRONT_MATTER, change_subject};
use crate::redact;

/// A reference from one part to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartReference {
    /// Kind of the referring part.
    pub kind: PartKind,
    /// Id of the referring part; for a change, the id of the part that changed.
    pub from_id: String,
    /// Referring field of the content, such as `rests_on` or `citations`.
    pub role: &'static str,
    /// Id of the target.
    pub to_id: String,
}

/// Lists the references of all parts that can rest on other parts, sorted and without duplicates.
pub fn references(canonical: &Canonical) -> Vec<PartReference> {
    // The names of changes contain their indices in the content without empty blocks.
    let canonical = redact::without_empty_blocks(canonical);
    let content = canonical.content();
    let kinds = kinds(content);
    let holder = |name: &str| match name.strip_prefix("changes[").and_then(|rest| rest.strip_suffix(']')) {
        Some(number) => {
            let change = content.changes.get(number.parse::<usize>().ok()?)?;
            Some((PartKind::Change, change_subject(change).to_owned()))
        }
        None => kinds.get(name).map(|kind| (*kind, name.to_owned())),
    };
    let visible = redact::visible_from(&canonical, Policy::Omit).references;
    let mut references: Vec<PartReference> = visible
        .into_keys()
        .filter_map(|reference| {
            let (kind, from_id) = holder(&reference.holder)?;
            Some(PartReference { kind, from_id, role: reference.field, to_id: reference.target })
        })
        .collect();
    references.sort_unstable();
    references.dedup();
    references
}

/// Returns the kinds of the parts that can rest on other parts, by id.
fn kinds(content: &BriefContent) -> BTreeMap<&str, PartKind> {
    let mut kinds = BTreeMap::new();
    for_each_part(content, &mut |kind, id, _| {
        if let Some(kind) = kind.to_proto() {
            kinds.insert(id, kind);
        }
    });
    kinds
}
