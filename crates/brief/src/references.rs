//! What rests on what: the references of an edition's parts to each other, as knowledge across briefs follows them.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::{BriefContent, Change, PartKind};

use crate::canonical::Canonical;
use crate::marking::Policy;
use crate::{reading_order, redact};

/// The id of the part that a change is about: its `statement_id` or its `part_id`.
pub fn change_subject(change: &Change) -> &str {
    if change.statement_id.is_empty() { &change.part_id } else { &change.statement_id }
}

/// A part that refers to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartReference {
    /// What refers.
    pub kind: PartKind,
    /// Its id; for a change, the id of the part that changed.
    pub from_id: String,
    /// The field of the content that refers, such as `rests_on` or `citations`.
    pub role: &'static str,
    /// The id of the part referred to.
    pub to_id: String,
}

/// The references of the kinds of parts that can rest on something, sorted, each once.
pub fn references(canonical: &Canonical) -> Vec<PartReference> {
    // Changes are named by their places in the content that editions are made of.
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

/// The kinds of the parts that can rest on something, by id.
fn kinds(content: &BriefContent) -> BTreeMap<&str, PartKind> {
    let mut kinds = BTreeMap::new();
    let mut add = |kind: PartKind, id| {
        kinds.insert(id, kind);
    };
    let statements = reading_order::statements(content).into_iter();
    statements.for_each(|part| add(PartKind::Statement, part.id.as_str()));
    content.key_judgments.iter().for_each(|part| add(PartKind::KeyJudgment, part.id.as_str()));
    content.factors.iter().for_each(|part| add(PartKind::Factor, part.id.as_str()));
    content.relationships.iter().for_each(|part| add(PartKind::Relationship, part.id.as_str()));
    content.events.iter().for_each(|part| add(PartKind::Event, part.id.as_str()));
    content.scenarios.iter().for_each(|part| add(PartKind::Scenario, part.id.as_str()));
    content.assumptions.iter().for_each(|part| add(PartKind::Assumption, part.id.as_str()));
    content.dissents.iter().for_each(|part| add(PartKind::Dissent, part.id.as_str()));
    content.indicators.iter().for_each(|part| add(PartKind::Indicator, part.id.as_str()));
    kinds
}
