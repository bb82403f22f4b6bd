//! Hovers: the part whose id is at an offset, or the meaning of a word.

use chancery_brief::likelihood::words;
use chancery_proto::brief::v1::LikelihoodScale;
use chancery_text::TextRange;
use chancery_text::dictionary::{
    Annotated, Key, annotation_keys, change_kinds, confidences, front_matter_keys, likelihood_term,
};
use chancery_text::slot::{SlotKind, slot_at};
use tower_lsp_server::ls_types::{Hover, HoverContents, MarkupContent, MarkupKind};

use crate::document::{Analysis, Document};
use crate::markdown::{describe, escaped, term_range};

/// Returns the description of the part or word at an offset.
pub(crate) fn hover(document: &Document, analysis: &Analysis, offset: usize) -> Option<Hover> {
    let (range, value) = part(analysis, offset).or_else(|| word(analysis, offset))?;
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
    Some(Hover { contents, range: Some(document.positions().range(range)) })
}

fn part(analysis: &Analysis, offset: usize) -> Option<(TextRange, String)> {
    let (id, range) = analysis.outline.id_at(offset)?;
    let part = analysis.outline.part(id)?;
    Some((range, describe(analysis, part).markdown(part)))
}

fn word(analysis: &Analysis, offset: usize) -> Option<(TextRange, String)> {
    let slot = slot_at(&analysis.text, offset)?;
    let written = slot.word.of(&analysis.text);
    let meaning = match slot.kind {
        SlotKind::Annotation(part) => annotation(analysis, part, written)?,
        SlotKind::FrontMatterKey(map) => {
            key(front_matter_keys(map).iter().find(|key| key.name == written)?)
        }
        SlotKind::Value(key) => {
            let found = key.words().into_iter().find(|word| word.word == written)?;
            titled(written, &found.meaning)
        }
        SlotKind::Likelihood(scale) => likelihood(written, scale)?,
        SlotKind::Id(_) | SlotKind::Marking | SlotKind::BlockKind => return None,
    };
    Some((slot.word, meaning))
}

/// Describes an annotation by its key, or as a likelihood, a confidence or the kind of a change.
fn annotation(analysis: &Analysis, part: Annotated, written: &str) -> Option<String> {
    let name: Vec<&str> = written.split_whitespace().collect();
    let name = name.join(" ");
    let scale = analysis.check.reading.content.likelihood_scale();
    if let Some(kind) = name.strip_prefix('!') {
        let found = change_kinds().into_iter().find(|word| word.word == kind)?;
        return Some(titled(&name, &found.meaning));
    }
    let confidences = if part.has_likelihood() { confidences() } else { &[] };
    let found = annotation_keys(part).chain(confidences).find(|key| key.name == name);
    found.map(key).or_else(|| likelihood(&name, scale).filter(|_| part.has_likelihood()))
}

fn likelihood(written: &str, scale: LikelihoodScale) -> Option<String> {
    let term = likelihood_term(written, scale)?;
    Some(titled(words(term), &term_range(term)))
}

fn key(key: &Key) -> String {
    titled(key.name, &key.meaning())
}

fn titled(word: &str, meaning: &str) -> String {
    if meaning.is_empty() {
        format!("**{}**", escaped(word))
    } else {
        format!("**{}**: {}", escaped(word), escaped(meaning))
    }
}
