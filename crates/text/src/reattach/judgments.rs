//! Key judgments without an id, which continue those whose sentences they have.

use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::KeyJudgment;

use super::declared::complete_change;
use crate::syntax::tree::{Element, ElementKind, ListItem};

/// Gives key judgments without an id that of the earlier one with one of their sentences.
pub(super) fn reattach_judgments(elements: &mut [Element], earlier: &[KeyJudgment]) {
    let written: BTreeSet<String> = judgments(elements).filter_map(|item| written_id(item)).collect();
    let mut by_statement: BTreeMap<&str, &KeyJudgment> = BTreeMap::new();
    for judgment in earlier {
        by_statement.extend(judgment.statements.iter().map(|statement| (statement.id.as_str(), judgment)));
    }
    let by_id: BTreeMap<&str, &KeyJudgment> =
        earlier.iter().map(|judgment| (judgment.id.as_str(), judgment)).collect();
    let mut taken = BTreeSet::new();
    for item in judgments(elements) {
        let own = written_id(item);
        let sentences = item.passage.sentences.iter();
        let continued = match &own {
            Some(own) => by_id.get(own.as_str()),
            None => sentences
                .filter_map(|sentence| by_statement.get(sentence.id()))
                .find(|judgment| !written.contains(&judgment.id) && taken.insert(judgment.id.as_str())),
        };
        let Some(judgment) = continued else { continue };
        if own.is_none() {
            let assigned = match &mut item.own {
                Some(own) => &mut own.assigned_id,
                None => &mut item.assigned_id,
            };
            *assigned = Some(judgment.id.clone());
        }
        if let Some(own) = &mut item.own {
            complete_change(own, None, judgment.confidence.as_ref());
        }
    }
}

/// Returns the numbered items above the first heading.
fn judgments(elements: &mut [Element]) -> impl Iterator<Item = &mut ListItem> {
    let opening = elements.iter_mut().take_while(|of| !matches!(of.kind, ElementKind::Heading { .. }));
    let lists = opening.filter_map(|element| match &mut element.kind {
        ElementKind::List(list) if list.ordered => Some(list),
        _ => None,
    });
    lists.flat_map(|list| &mut list.items)
}

fn written_id(item: &ListItem) -> Option<String> {
    Some(item.own.as_ref()?.id.as_ref()?.text.clone())
}
