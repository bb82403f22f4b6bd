//! Fields that declared changes omit because the earlier revision has them.

use chancery_proto::brief::v1::{Confidence, ConfidenceLevel};

use crate::range::Spanned;
use crate::syntax::parts::Parts;
use crate::syntax::tokens::Item;
use crate::syntax::values::{Value, quoted};
use crate::vocabulary::CONFIDENCES;

/// Adds the earlier text and confidence to a change that a line declares without them.
pub(super) fn complete_change(parts: &mut Parts, text: Option<&str>, confidence: Option<&Confidence>) {
    let Some(kind) = parts.items.iter().find(|item| item.head.text.starts_with('!')) else { return };
    let range = kind.range;
    let has = |key: &str| parts.items.iter().any(|item| item.head.text == key);
    let mut added = Vec::new();
    let mut add = |key: &str, text: &str, written: String| {
        let value = Value { text: text.to_owned(), range, elements: Vec::new(), is_quoted: false };
        let source = format!("{key}: {written}");
        added.push(Item { range, head: Spanned::new(key, range), value: Some(value), source });
    };
    if let Some(text) = text.filter(|text| !has("was") && parts.text.text != **text) {
        add("was", text, quoted(text));
    }
    let before = confidence.map_or(ConfidenceLevel::Unspecified, Confidence::level);
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
