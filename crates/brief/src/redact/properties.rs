//! Properties of all editions of all briefs.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Block, BriefContent, Figure, FigureKind, List, ListItem, Section, Table, TableColumn,
};
use proptest::prelude::*;
use prost::Message;
use serde_json::Value;

use super::{edition, levels, oracle, visible_from, without_empty_blocks};
use crate::arbitrary;
use crate::canonical::Canonical;
use crate::digest::content_digest;
use crate::likelihood;
use crate::marking::{Clearance, Policy, Rank, Scheme};
use crate::reading_order::statements;
use crate::validate::canonicalize;

const POLICIES: [Policy; 2] = [Policy::Omit, Policy::Mark];

fn edition_at(canonical: &Canonical, rank: Rank, policy: Policy) -> BriefContent {
    edition(canonical, Clearance(rank), policy).unwrap()
}

/// Returns the markings at or above the floor.
fn ranks(canonical: &Canonical) -> impl Iterator<Item = Rank> {
    let floor = canonical.floor();
    canonical.scheme().ranks().filter(move |rank| *rank >= floor)
}

fn stored(content: &BriefContent, of: &Canonical) -> Canonical {
    Canonical::from_trusted_bytes(&content.encode_to_vec(), of.scheme()).unwrap()
}

fn without_empty_values(mut value: Value) -> Value {
    let is_empty = |value: &Value| match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    match &mut value {
        Value::Object(fields) => {
            let old = std::mem::take(fields);
            let entries = old.into_iter().map(|(name, inner)| (name, without_empty_values(inner)));
            fields.extend(entries.filter(|(_, inner)| !is_empty(inner)));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_empty_values(item.take())),
        _ => {}
    }
    value
}

/// Returns the rank that a canary names.
fn canary_rank(text: &str) -> Option<u8> {
    let (_, rank) = text.strip_prefix("canary-")?.strip_suffix('.')?.rsplit_once("-r")?;
    rank.parse().ok()
}

fn each_block<'a>(sections: &'a [Section], visit: &mut impl FnMut(&'a Block)) {
    for section in sections {
        section.blocks.iter().for_each(&mut *visit);
        each_block(&section.sections, visit);
    }
}

fn has_data(edition: &BriefContent, block: &Block) -> bool {
    match block.kind.as_ref().unwrap() {
        Kind::List(list) => list.items.iter().any(has_sentence),
        Kind::Table(table) => table.rows.iter().any(|row| row.withheld.is_none()),
        Kind::Figure(figure) => match figure.kind() {
            FigureKind::Timeline => !edition.events.is_empty(),
            FigureKind::ActorNetwork => !edition.relationships.is_empty(),
            FigureKind::DomainTrends => !edition.domains.is_empty(),
            FigureKind::Likelihoods => {
                edition.key_judgments.iter().any(|judgment| judgment.likelihood.is_some())
                    || statements(edition).into_iter().any(|statement| likelihood::shown(statement).is_some())
            }
            FigureKind::Attachment | FigureKind::Unspecified => true,
        },
        _ => true,
    }
}

fn has_sentence(item: &ListItem) -> bool {
    let inner = item.list.iter().flat_map(|list| &list.items);
    item.withheld.is_none() && (!item.statements.is_empty() || inner.into_iter().any(has_sentence))
}

/// Returns blocks without data, with the highest marking.
fn empty_blocks(content: &BriefContent, scheme: Scheme) -> Vec<Block> {
    let blank = ListItem {
        list: Some(List { items: vec![ListItem::default()], ..List::default() }),
        ..ListItem::default()
    };
    let mut kinds = vec![
        Kind::List(List::default()),
        Kind::List(List { items: vec![blank], ..List::default() }),
        Kind::Table(Table {
            caption: "Nothing".into(),
            columns: vec![TableColumn::default()],
            ..Table::default()
        }),
    ];
    let figures =
        [FigureKind::Timeline, FigureKind::ActorNetwork, FigureKind::DomainTrends, FigureKind::Likelihoods];
    for kind in figures {
        let figure = Kind::Figure(Figure { kind: kind.into(), title: "Nothing".into(), ..Figure::default() });
        let block = Block { kind: Some(figure.clone()), ..Block::default() };
        if !has_data(content, &block) {
            kinds.push(figure);
        }
    }
    let marking = scheme.label(scheme.highest()).to_owned();
    kinds
        .into_iter()
        .map(|kind| Block { kind: Some(kind), marking: marking.clone(), ..Block::default() })
        .collect()
}

/// Inserts blocks before, between and after those of each section with blocks.
fn fill(sections: &mut [Section], fillers: &[Block]) {
    for section in sections {
        if !section.blocks.is_empty() {
            let blocks = std::mem::take(&mut section.blocks);
            section.blocks = fillers.to_vec();
            for block in blocks {
                section.blocks.push(block);
                section.blocks.extend_from_slice(fillers);
            }
        }
        fill(&mut section.sections, fillers);
    }
}

fn withheld_runs(value: &Value) -> Result<(), TestCaseError> {
    let is_withheld = |item: &Value| item.get("withheld").is_some();
    match value {
        Value::Array(items) => {
            for item in items.iter().filter(|item| is_withheld(item)) {
                prop_assert_eq!(
                    item,
                    &serde_json::json!({ "withheld": {} }),
                    "a placeholder reveals nothing"
                );
            }
            let neighbours = items.windows(2).any(|pair| pair.iter().all(is_withheld));
            prop_assert!(!neighbours, "a run has one placeholder");
            items.iter().try_for_each(withheld_runs)
        }
        Value::Object(fields) => fields.values().try_for_each(withheld_runs),
        _ => Ok(()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn canonicalization_is_idempotent_and_keeps_the_digest(canonical in arbitrary::canonical()) {
        let again = canonicalize(canonical.content(), canonical.scheme()).unwrap();
        prop_assert_eq!(&again, &canonical);
        prop_assert_eq!(&stored(canonical.content(), &canonical), &canonical);
        prop_assert_eq!(content_digest(again.content()), content_digest(canonical.content()));
    }

    #[test]
    fn an_omitting_edition_equals_the_naive_fixed_point(canonical in arbitrary::canonical()) {
        let full = oracle::value(canonical.content());
        for rank in ranks(&canonical) {
            let expected = oracle::edition(&full, canonical.scheme(), Clearance(rank));
            let edition = oracle::value(&edition_at(&canonical, rank, Policy::Omit));
            let (edition, expected) = (without_empty_values(edition), without_empty_values(expected));
            prop_assert_eq!(oracle::difference(&edition, &expected, ""), None);
        }
    }

    #[test]
    fn nothing_withheld_is_in_an_edition(canonical in arbitrary::canonical()) {
        for policy in POLICIES {
            let visibility = visible_from(&canonical, policy);
            for rank in ranks(&canonical) {
                let mut texts = BTreeSet::new();
                oracle::texts(&oracle::value(&edition_at(&canonical, rank, policy)), &mut texts);
                for text in &texts {
                    prop_assert!(canary_rank(text).is_none_or(|marking| marking <= u8::from(rank)), "{}", text);
                }
                for (id, _) in visibility.parts.iter().filter(|(_, from)| **from > rank) {
                    let is_mentioned = texts.iter().any(|text| text == id || text.strip_prefix('#') == Some(id)
                        || text.starts_with(&format!("canary-{id}-")));
                    prop_assert!(!is_mentioned, "{} is seen from {:?}, not from {:?}", id, visibility.part(id), rank);
                }
            }
        }
    }

    #[test]
    fn an_omitting_edition_is_valid_and_canonical(canonical in arbitrary::canonical()) {
        for rank in ranks(&canonical) {
            let edition = edition_at(&canonical, rank, Policy::Omit);
            let again = canonicalize(&edition, canonical.scheme());
            prop_assert_eq!(again.as_ref().map(Canonical::content), Ok(&edition));
        }
    }

    #[test]
    fn redacting_in_steps_equals_redacting_at_once(canonical in arbitrary::canonical()) {
        for policy in POLICIES {
            for upper in ranks(&canonical) {
                let between = stored(&edition_at(&canonical, upper, policy), &canonical);
                for lower in ranks(&canonical).filter(|lower| *lower <= upper) {
                    prop_assert_eq!(edition_at(&between, lower, policy), edition_at(&canonical, lower, policy));
                }
            }
        }
    }

    #[test]
    fn marks_are_isolated_and_empty(canonical in arbitrary::canonical()) {
        for rank in ranks(&canonical) {
            withheld_runs(&oracle::value(&edition_at(&canonical, rank, Policy::Mark)))?;
            let omitting = edition_at(&canonical, rank, Policy::Omit);
            let has_mark = format!("{omitting:?}").contains("Withheld {");
            prop_assert!(!has_mark);
        }
    }

    #[test]
    fn every_figure_list_and_table_of_an_edition_has_data(canonical in arbitrary::canonical()) {
        for policy in POLICIES {
            for rank in ranks(&canonical) {
                let edition = edition_at(&canonical, rank, policy);
                let mut empty = Vec::new();
                each_block(&edition.sections, &mut |block| {
                    if !has_data(&edition, block) {
                        empty.push(block.clone());
                    }
                });
                prop_assert_eq!(empty, []);
            }
        }
    }

    #[test]
    fn blocks_without_data_leave_no_trace(canonical in arbitrary::canonical()) {
        let plain = without_empty_blocks(&canonical).into_owned();
        let mut content = plain.content().clone();
        let fillers = empty_blocks(&content, canonical.scheme());
        fill(&mut content.sections, &fillers);
        let filled = canonicalize(&content, canonical.scheme()).unwrap();
        prop_assert_eq!(levels(&filled), levels(&plain));
        for policy in POLICIES {
            for rank in ranks(&canonical) {
                prop_assert_eq!(edition_at(&filled, rank, policy), edition_at(&plain, rank, policy));
            }
        }
    }

    #[test]
    fn levels_cover_all_clearances(canonical in arbitrary::canonical()) {
        let levels = levels(&canonical);
        prop_assert_eq!(levels[0], canonical.floor());
        for policy in POLICIES {
            for rank in ranks(&canonical) {
                let level = levels.iter().rev().find(|level| **level <= rank).unwrap();
                prop_assert_eq!(edition_at(&canonical, rank, policy), edition_at(&canonical, *level, policy));
            }
            let full = without_empty_blocks(&canonical);
            prop_assert_eq!(&edition_at(&canonical, canonical.highest(), policy), full.content());
            if canonical.floor() > Rank::LOWEST {
                prop_assert_eq!(edition(&canonical, Clearance(Rank::LOWEST), policy), None);
            }
        }
        for pair in levels.windows(2) {
            let differs = |policy: &Policy| edition_at(&canonical, pair[0], *policy) != edition_at(&canonical, pair[1], *policy);
            prop_assert!(POLICIES.iter().any(differs), "{:?} and {:?} are one level", pair[0], pair[1]);
        }
    }

    #[test]
    fn visibility_matches_the_editions_that_contain_a_part_or_reference(canonical in arbitrary::canonical()) {
        for policy in POLICIES {
            let visibility = visible_from(&canonical, policy);
            for rank in ranks(&canonical) {
                let edition = oracle::value(&edition_at(&canonical, rank, policy));
                let seen = |(_, from): &(&String, &Rank)| **from <= rank;
                let parts = visibility.parts.iter().filter(seen).map(|(id, _)| id.clone());
                let ids: BTreeSet<String> = parts.filter(|id| !id.starts_with("changes[")).collect();
                prop_assert_eq!(ids, oracle::ids(&edition));

                let mut expected = BTreeSet::new();
                oracle::holders(&edition, &mut |id, fields| {
                    let inner = ["citations", "spans"].into_iter().filter_map(|name| fields.get(name)?.as_array());
                    let inner = inner.flatten().flat_map(|item| oracle::references_of(item.as_object().unwrap()));
                    let own = oracle::references_of(fields).into_iter();
                    expected.extend(own.chain(inner).map(|(_, target)| (id.to_owned(), target)));
                });
                let references = visibility.references.iter().filter(|(_, from)| **from <= rank);
                let named = references.map(|(reference, _)| reference)
                    .filter(|reference| !reference.holder.is_empty() && !reference.holder.starts_with("changes["))
                    .filter(|reference| !["source_id", "highlight_ids"].contains(&reference.field));
                let found: BTreeSet<_> = named.map(|reference| (reference.holder.clone(), reference.target.clone())).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
