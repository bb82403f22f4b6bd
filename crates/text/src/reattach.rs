//! Parts that lost their ids get them back from an earlier revision, and declared changes what they changed.

use std::collections::{BTreeMap, BTreeSet};

use chancery_brief::reading_order::{StatementLocation, located_statements};
use chancery_proto::brief::v1::{BriefContent, Confidence, ConfidenceLevel, Section, Statement};

use crate::range::Spanned;
use crate::syntax::parts::Parts;
use crate::syntax::tokens::Item;
use crate::syntax::tree::{Element, ElementKind, List};
use crate::syntax::values::{Value, quoted};
use crate::vocabulary::CONFIDENCES;

/// Smallest share of common words of a sentence and its earlier text, in percent.
const MIN_OVERLAP: usize = 60;

/// Largest product of the sentences without ids and the lost statements of a section: more are not compared.
const MAX_PAIRS: usize = 1_000_000;

/// Assigns the ids of the earlier content to headings and sentences that have none, and completes declared changes.
pub(crate) fn reattach(elements: &mut [Element], earlier: &BriefContent) {
    reattach_headings(elements, &earlier.sections);
    let statements = located_statements(earlier);
    let mut used = BTreeSet::new();
    for_each_sentence(elements, &mut |_, parts| {
        used.extend(parts.id.as_ref().map(|id| id.text.clone()));
    });
    let mut lost: BTreeMap<&str, Vec<&Statement>> = BTreeMap::new();
    for located in statements.iter().filter(|located| !used.contains(&located.statement.id)) {
        let section = match located.location {
            StatementLocation::Section(section) => section.id.as_str(),
            StatementLocation::BottomLine | StatementLocation::KeyJudgment(_) => "",
        };
        lost.entry(section).or_default().push(located.statement);
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
            complete_change(parts, statement);
        }
    });
}

/// An earlier statement that a sentence continues.
#[derive(Debug, Clone)]
struct Match {
    id: String,
    /// Share of common words, in percent.
    overlap: usize,
}

/// Pairs sentences with statements, those with most words in common first.
fn matches(sentences: &[Vec<String>], lost: &[&Statement]) -> Vec<Option<Match>> {
    let mut matches = vec![None; sentences.len()];
    if sentences.len().saturating_mul(lost.len()) > MAX_PAIRS {
        return matches;
    }
    let texts: Vec<Vec<String>> = lost.iter().map(|statement| words(&statement.text)).collect();
    let mut pairs = Vec::new();
    for (sentence, own) in sentences.iter().enumerate() {
        for (statement, text) in texts.iter().enumerate() {
            let overlap = overlap(own, text);
            if overlap >= MIN_OVERLAP {
                pairs.push((std::cmp::Reverse(overlap), sentence, statement));
            }
        }
    }
    pairs.sort_unstable();
    let mut taken = BTreeSet::new();
    for (std::cmp::Reverse(overlap), sentence, statement) in pairs {
        if matches[sentence].is_none() && taken.insert(statement) {
            matches[sentence] = Some(Match { id: lost[statement].id.clone(), overlap });
        }
    }
    matches
}

/// Returns the words of a text in lower case, sorted.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.map(str::to_lowercase).collect();
    words.sort_unstable();
    words
}

/// Returns the share of the words of two texts that both have, in percent.
fn overlap(one: &[String], other: &[String]) -> usize {
    let (mut common, mut rest) = (0_usize, other);
    for word in one {
        let behind = rest.partition_point(|candidate| candidate < word);
        rest = &rest[behind..];
        if rest.first() == Some(word) {
            common += 1;
            rest = &rest[1..];
        }
    }
    (200 * common).checked_div(one.len() + other.len()).unwrap_or_default()
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

/// Adds the earlier text and confidence to a change that a sentence declares without them.
fn complete_change(parts: &mut Parts, earlier: &Statement) {
    let Some(kind) = parts.items.iter().find(|item| item.head.text.starts_with('!')) else { return };
    let range = kind.range;
    let has = |key: &str| parts.items.iter().any(|item| item.head.text == key);
    let mut added = Vec::new();
    let mut add = |key: &str, text: &str, written: String| {
        let value = Value { text: text.to_owned(), range, elements: Vec::new() };
        let source = format!("{key}: {written}");
        added.push(Item { range, head: Spanned::new(key, range), value: Some(value), source });
    };
    if !has("was") && parts.text.text != earlier.text {
        add("was", &earlier.text, quoted(&earlier.text));
    }
    let before = earlier.confidence.as_ref().map_or(ConfidenceLevel::Unspecified, Confidence::level);
    let written = CONFIDENCES.iter().find(|(words, _)| has(words)).map(|(_, level)| *level);
    if !has("confidence-was")
        && before != ConfidenceLevel::Unspecified
        && written.is_some_and(|level| level != before)
    {
        let word = crate::vocabulary::word(before);
        add("confidence-was", &word, word.clone());
    }
    parts.items.extend(added);
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

#[cfg(test)]
mod tests {
    use super::{overlap, words};

    #[test]
    fn the_overlap_counts_words_of_both_texts_once() {
        let of = |one, other| overlap(&words(one), &words(other));
        assert_eq!(of("It fell by half.", "it FELL, by half"), 100);
        assert_eq!(of("It fell by half.", "It rose by half."), 75);
        assert_eq!(of("the the the", "the"), 50);
        assert_eq!(of("", ""), 0);
        assert_eq!(of("a b", "c d"), 0);
    }
}
