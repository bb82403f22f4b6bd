//! Entries of fenced blocks without an id, which continue those of the same kind by their words.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::{BriefContent, FactorKind};

use super::overlap::{Lost, matches, words};
use crate::reader::FACTORS;
use crate::syntax::fenced::KINDS;
use crate::syntax::parts::Parts;
use crate::syntax::tree::{Element, ElementKind};

/// Gives entries without an id that of the earlier entry with most of their words.
pub(super) fn reattach_entries(elements: &mut [Element], earlier: &BriefContent) {
    for kind in KINDS {
        let earlier = earlier_entries(earlier, kind);
        if earlier.is_empty() {
            continue;
        }
        let written: BTreeSet<String> =
            entries(elements, kind).filter_map(|entry| Some(entry.id.as_ref()?.text.clone())).collect();
        let lost: Vec<Lost<'_>> = earlier
            .iter()
            .filter(|(id, _)| !written.contains(*id))
            .map(|(id, text)| Lost::new(id, text))
            .collect();
        let texts: Vec<Vec<String>> = entries(elements, kind)
            .filter(|entry| entry.id.is_none())
            .map(|entry| words(&text(entry)))
            .collect();
        let found = matches(&texts, &lost);
        for (entry, found) in entries(elements, kind).filter(|entry| entry.id.is_none()).zip(found) {
            let Some(found) = found else { continue };
            entry.assigned_id = Some(found.id);
            entry.overlap = Some(found.overlap);
        }
    }
}

/// Returns the entries of all fenced blocks of a kind.
fn entries<'e>(elements: &'e mut [Element], kind: &str) -> impl Iterator<Item = &'e mut Parts> {
    let blocks = elements.iter_mut().filter_map(move |element| match &mut element.kind {
        ElementKind::Fenced { kind: own, entries } if own.text == kind => Some(entries),
        _ => None,
    });
    blocks.flatten()
}

/// Returns the columns of an entry as one text.
fn text(entry: &Parts) -> String {
    entry.columns.iter().map(|column| column.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Returns the ids of the earlier entries of a kind, each with its columns as one text.
fn earlier_entries<'e>(content: &'e BriefContent, kind: &str) -> Vec<(&'e str, String)> {
    match kind {
        "events" => {
            content.events.iter().map(|of| (of.id.as_str(), format!("{} {}", of.date, of.title))).collect()
        }
        "relationships" => {
            let text = |from: &str, of: &str, to: &str| format!("{from} {of} {to}");
            let entries = content.relationships.iter();
            entries.map(|of| (of.id.as_str(), text(&of.from_id, &of.r#type, &of.to_id))).collect()
        }
        "scenarios" => {
            let text = |percent, title: &str, text: &str| format!("{percent} {title} {text}");
            content
                .scenarios
                .iter()
                .map(|of| (of.id.as_str(), text(of.percent, &of.title, &of.text)))
                .collect()
        }
        "indicators" => content.indicators.iter().map(|of| (of.id.as_str(), of.text.clone())).collect(),
        "assumptions" => content.assumptions.iter().map(|of| (of.id.as_str(), of.text.clone())).collect(),
        "information-gaps" => {
            content.information_gaps.iter().map(|of| (of.id.as_str(), of.text.clone())).collect()
        }
        "dissents" => content.dissents.iter().map(|of| (of.id.as_str(), of.text.clone())).collect(),
        _ => {
            let Some(kind) = factor_kind(kind) else { return Vec::new() };
            let factors = content.factors.iter().filter(|of| of.kind() == kind);
            factors.map(|of| (of.id.as_str(), of.text.clone())).collect()
        }
    }
}

fn factor_kind(name: &str) -> Option<FactorKind> {
    FACTORS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}
