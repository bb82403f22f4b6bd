//! The sentences of a brief, and what their words say.

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{Block, BriefContent, LikelihoodScale, List, Section, Statement};

use crate::likelihood;

/// A statement with what matters about its place.
pub(super) struct Sentence<'a> {
    pub(super) statement: &'a Statement,
    /// Whether it stands in a section: the bottom line and key judgments rest on such.
    pub(super) is_body: bool,
    /// Whether it, or the key judgment that it stands in, has a likelihood.
    pub(super) has_likelihood: bool,
}

/// All sentences, in document order.
pub(super) fn sentences(content: &BriefContent) -> Vec<Sentence<'_>> {
    let mut sentences = Vec::new();
    add(&mut sentences, &content.bluf, false, false);
    for judgment in &content.key_judgments {
        add(&mut sentences, &judgment.statements, false, judgment.likelihood.is_some());
    }
    content.sections.iter().for_each(|section| add_section(&mut sentences, section));
    sentences
}

fn add<'a>(
    sentences: &mut Vec<Sentence<'a>>,
    statements: &'a [Statement],
    is_body: bool,
    has_likelihood: bool,
) {
    sentences.extend(statements.iter().filter(|statement| statement.withheld.is_none()).map(|statement| {
        Sentence { statement, is_body, has_likelihood: has_likelihood || statement.likelihood.is_some() }
    }));
}

fn add_section<'a>(sentences: &mut Vec<Sentence<'a>>, section: &'a Section) {
    section.blocks.iter().for_each(|block| add_block(sentences, block));
    section.sections.iter().for_each(|inner| add_section(sentences, inner));
}

fn add_block<'a>(sentences: &mut Vec<Sentence<'a>>, block: &'a Block) {
    match &block.kind {
        Some(BlockKind::Paragraph(paragraph)) => add(sentences, &paragraph.statements, true, false),
        Some(BlockKind::List(list)) => add_list(sentences, list),
        Some(BlockKind::Callout(callout)) => add(sentences, &callout.statements, true, false),
        Some(BlockKind::Quote(quote)) => add(sentences, &quote.statements, true, false),
        Some(BlockKind::Table(_) | BlockKind::Figure(_) | BlockKind::Withheld(_)) | None => {}
    }
}

fn add_list<'a>(sentences: &mut Vec<Sentence<'a>>, list: &'a List) {
    for item in &list.items {
        add(sentences, &item.statements, true, false);
        item.list.iter().for_each(|inner| add_list(sentences, inner));
    }
}

/// Words that weaken a claim without saying how likely it is. "May" in capitals is a month.
const HEDGES: [&str; 11] = [
    "may",
    "might",
    "could",
    "possibly",
    "perhaps",
    "maybe",
    "conceivably",
    "presumably",
    "potentially",
    "probably",
    "apparently",
];

/// The first hedge in a text: a word that weakens it, or a term of likelihood.
pub(super) fn hedge(text: &str) -> Option<&'static str> {
    HEDGES.into_iter().find(|hedge| has_words(text, hedge)).or_else(|| term(text))
}

pub(super) fn names_likelihood(text: &str) -> bool {
    term(text).is_some()
}

pub(super) fn names_confidence(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["high", "moderate", "low"].iter().any(|level| has_words(&lower, &format!("{level} confidence")))
}

/// A term of likelihood that stands in the text. "Remote" alone says how far something is.
fn term(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let scales = [LikelihoodScale::Icd203, LikelihoodScale::Phia];
    let terms = scales.into_iter().flat_map(likelihood::scale_terms).map(|term| likelihood::words(*term));
    terms.filter(|words| *words != "remote").find(|words| has_words(&lower, words))
}

/// Whether words stand in a text, not as a part of others.
fn has_words(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(start, found)| {
        let before = text[..start].chars().next_back();
        let after = text[start + found.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}
