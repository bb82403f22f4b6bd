//! Parts that lost their ids get them back from an earlier revision, and declared changes what they changed.

mod declared;
mod entries;
mod judgments;
mod overlap;

use std::collections::{BTreeMap, BTreeSet};

use chancery_brief::reading_order::{StatementLocation, located_statements};
use chancery_proto::brief::v1::{BriefContent, Section, Statement};

use self::declared::complete_change;
use self::entries::reattach_entries;
use self::judgments::reattach_judgments;
use self::overlap::{Lost, Match, matches, words};
use crate::syntax::parts::Parts;
use crate::syntax::tree::{Element, ElementKind, List};

/// Assigns the ids of the earlier content to the parts that have none, and completes declared changes.
pub(crate) fn reattach(elements: &mut [Element], earlier: &BriefContent) {
    reattach_headings(elements, &earlier.sections);
    reattach_sentences(elements, earlier);
    reattach_judgments(elements, &earlier.key_judgments);
    reattach_entries(elements, earlier);
}

fn reattach_sentences(elements: &mut [Element], earlier: &BriefContent) {
    let statements = located_statements(earlier);
    let mut used = BTreeSet::new();
    for_each_sentence(elements, &mut |_, parts| {
        used.extend(parts.id.as_ref().map(|id| id.text.clone()));
    });
    let mut lost: BTreeMap<&str, Vec<Lost<'_>>> = BTreeMap::new();
    for located in statements.iter().filter(|located| !used.contains(&located.statement.id)) {
        let section = match located.location {
            StatementLocation::Section(section) => section.id.as_str(),
            StatementLocation::BottomLine | StatementLocation::KeyJudgment(_) => "",
        };
        let statement = located.statement;
        lost.entry(section).or_default().push(Lost::new(&statement.id, &statement.text));
    }
    let mut sentences: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for_each_sentence(elements, &mut |section, parts| {
        if parts.id.is_none() {
            sentences.entry(section.to_owned()).or_default().push(words(&parts.text.text));
        }
    });
    let mut found: BTreeMap<String, Vec<Option<Match>>> = sentences
        .into_iter()
        .map(|(section, sentences)| {
            let matches = matches(&sentences, lost.get(section.as_str()).map_or(&[][..], Vec::as_slice));
            (section, matches.into_iter().rev().collect())
        })
        .collect();
    let by_id: BTreeMap<&str, &Statement> =
        statements.iter().map(|located| (located.statement.id.as_str(), located.statement)).collect();
    for_each_sentence(elements, &mut |section, parts| {
        if parts.id.is_none()
            && let Some(Some(found)) = found.get_mut(section).and_then(Vec::pop)
        {
            parts.assigned_id = Some(found.id);
            parts.overlap = Some(found.overlap);
        }
        if let Some(statement) = by_id.get(parts.id()) {
            complete_change(parts, Some(&statement.text), statement.confidence.as_ref());
        }
    });
}

/// Gives headings without an id that of the earlier section with the same heading.
fn reattach_headings(elements: &mut [Element], earlier: &[Section]) {
    let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
    let mut sections: Vec<&Section> = earlier.iter().rev().collect();
    while let Some(section) = sections.pop() {
        ids.entry(&section.heading).or_insert(&section.id);
        sections.extend(section.sections.iter().rev());
    }
    let written: BTreeSet<String> =
        headings(elements).filter_map(|title| Some(title.id.as_ref()?.text.clone())).collect();
    for title in headings(elements).filter(|title| title.id.is_none()) {
        let id = ids.remove(title.text.text.as_str()).filter(|id| !written.contains(*id));
        title.assigned_id = id.map(str::to_owned);
    }
}

fn headings(elements: &mut [Element]) -> impl Iterator<Item = &mut Parts> {
    elements.iter_mut().filter_map(|element| match &mut element.kind {
        ElementKind::Heading { title, .. } => Some(title),
        _ => None,
    })
}

/// Visits the sentences with the ids of their sections; the id is empty above the first heading.
fn for_each_sentence(elements: &mut [Element], on_sentence: &mut impl FnMut(&str, &mut Parts)) {
    let mut section = String::new();
    for element in elements {
        match &mut element.kind {
            ElementKind::Heading { title, .. } => title.id().clone_into(&mut section),
            ElementKind::Paragraph(passage)
            | ElementKind::Quote { passage, .. }
            | ElementKind::Callout { passage, .. } => {
                passage.sentences.iter_mut().for_each(|parts| on_sentence(&section, parts));
            }
            ElementKind::List(list) => for_each_of_list(list, &section, on_sentence),
            ElementKind::Table(_)
            | ElementKind::Figure(_)
            | ElementKind::Fenced { .. }
            | ElementKind::Empty(_) => {}
        }
    }
}

/// Visits a list. Its nesting is limited by the reader of lists.
fn for_each_of_list(list: &mut List, section: &str, on_sentence: &mut impl FnMut(&str, &mut Parts)) {
    for item in &mut list.items {
        item.passage.sentences.iter_mut().for_each(|parts| on_sentence(section, parts));
        if let Some(inner) = &mut item.list {
            for_each_of_list(inner, section, on_sentence);
        }
    }
}
