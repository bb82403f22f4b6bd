//! The annotations of one part, taken key by key; what remains is unknown.

use std::collections::BTreeSet;

use chancery_brief::likelihood::{scale_terms, words};
use chancery_proto::brief::v1::LikelihoodScale;
use chancery_proto::names::PartId;
use chancery_proto::nearest::{expected, expected_claim, nearest, nearest_claim};

use super::remedies::{Remedy, remedy};
use super::terms::meant_term;
use crate::code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::paths::PathNode;
use crate::range::{Spanned, TextRange};
use crate::syntax::gaps::is_gap;
use crate::syntax::separators::{is_foreign_comma, is_foreign_semicolon};
use crate::syntax::tokens::Item;
use crate::syntax::values::Value;
use crate::vocabulary::{self, Words};

/// Keys whose values are lists of ids.
const LISTS_OF_IDS: [&str; 7] =
    ["actors", "evidence", "highlight", "indicators", "places", "rests-on", "sources"];

/// The annotations of a part.
#[derive(Debug)]
pub(super) struct Annotations {
    items: Vec<Item>,
    /// Of each annotation, in order: the head, and the range.
    written: Vec<(String, TextRange)>,
    /// The requested keys: those that this part can have.
    known: Vec<&'static str>,
    /// Terms and confidences.
    words: Vec<&'static str>,
    /// Kind of the part, for messages.
    place: &'static str,
    /// The scale of the likelihood that this part can have.
    scale: Option<LikelihoodScale>,
}

impl Annotations {
    pub(super) fn new(items: Vec<Item>, place: &'static str, diagnostics: &mut Diagnostics) -> Self {
        let mut seen = BTreeSet::new();
        for item in &items {
            if !seen.insert(item.head.text.as_str()) {
                let message = format!("\"{}\" occurs twice: remove one", item.head.text);
                diagnostics.error(code::DUPLICATE_KEY, item.range, message);
            }
        }
        let written = items.iter().map(|item| (item.head.text.clone(), item.range)).collect();
        Self { items, written, known: Vec::new(), words: Vec::new(), place, scale: None }
    }

    /// Adds terms or confidences that this part can have, for messages.
    pub(super) fn know(&mut self, words: impl IntoIterator<Item = &'static str>) {
        self.words.extend(words);
    }

    /// Adds the terms of a scale, for messages.
    pub(super) fn know_terms(&mut self, scale: LikelihoodScale) {
        self.scale = Some(scale);
        self.know(scale_terms(scale).iter().map(|term| words(*term)));
    }

    /// Adds words that this part can have beside its keys, for messages.
    pub(super) fn know_flags(&mut self, flags: &[&'static str]) {
        self.known.extend(flags);
    }

    /// Takes the first annotation that the test accepts.
    pub(super) fn take_where(&mut self, accepts: impl Fn(&Item) -> bool) -> Option<Item> {
        let index = self.items.iter().position(accepts)?;
        Some(self.items.remove(index))
    }

    /// Takes the first annotation that the test accepts, and reports further ones: each part has at most one of this kind.
    pub(super) fn take_only(
        &mut self,
        kind: &str,
        accepts: impl Fn(&Item) -> bool,
        diagnostics: &mut Diagnostics,
    ) -> Option<Item> {
        let first = self.take_where(&accepts)?;
        while let Some(further) = self.take_where(&accepts) {
            // The same head twice is reported already.
            if further.head.text != first.head.text {
                let message = format!(
                    "{} has one {kind}: \"{}\" is given already, so remove one of the two",
                    self.place, first.source
                );
                diagnostics.error(code::DUPLICATE_KEY, further.range, message);
            }
        }
        Some(first)
    }

    /// Takes a key with its value.
    pub(super) fn take(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Option<Value> {
        debug_assert!(vocabulary::ANNOTATION_KEYS.contains(&key), "{key} is no key of the vocabulary");
        self.known.push(key);
        let item = self.take_where(|item| item.head.text == key)?;
        if item.value.is_none() {
            let message = format!("\"{key}\" has no value: write `{key}: …`");
            diagnostics.error(code::MISSING_VALUE, item.range, message);
        }
        item.value
    }

    /// Takes a word without a value.
    pub(super) fn take_flag(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> bool {
        self.known.push(key);
        let Some(item) = self.take_where(|item| item.head.text == key) else { return false };
        if let Some(value) = &item.value {
            let message = format!("\"{key}\" has no value: remove the colon and what follows");
            diagnostics.error(code::INVALID_VALUE, value.range, message);
        }
        true
    }

    pub(super) fn take_text(
        &mut self,
        key: &'static str,
        field: &'static str,
        node: &mut PathNode,
        diagnostics: &mut Diagnostics,
    ) -> String {
        let Some(value) = self.take(key, diagnostics) else { return String::new() };
        node.set(field, value.range);
        value.text
    }

    /// Takes ids with white space between them.
    pub(super) fn take_ids(
        &mut self,
        key: &'static str,
        field: &'static str,
        node: &mut PathNode,
        diagnostics: &mut Diagnostics,
    ) -> Vec<String> {
        let Some(value) = self.take(key, diagnostics) else { return Vec::new() };
        let ids = ids(&value, diagnostics);
        node.add(field, PathNode::of_items(value.range, ids.iter().map(|id| id.range)));
        ids.into_iter().map(|id| id.text).collect()
    }

    /// Takes a word for a value of an enum; 0 if there is none.
    pub(super) fn take_word<W: Words + Into<i32>>(
        &mut self,
        key: &'static str,
        field: &'static str,
        node: &mut PathNode,
        diagnostics: &mut Diagnostics,
    ) -> Option<i32> {
        let value = self.take(key, diagnostics)?;
        node.set(field, value.range);
        word::<W>(key, &Spanned::new(value.text, value.range), diagnostics).map(Into::into)
    }

    /// Reports the annotations that nothing took.
    pub(super) fn finish(self, diagnostics: &mut Diagnostics) {
        for item in &self.items {
            let head = item.head.text.as_str();
            // A known key that nothing took occurs twice, which is reported already.
            if !(self.known.contains(&head) || self.words.contains(&head)) {
                diagnostics.push_error_with(|| self.unknown(item));
            }
        }
    }

    fn unknown(&self, item: &Item) -> Diagnostic {
        let mut known = self.known.clone();
        known.sort_unstable();
        known.dedup();
        let all: Vec<&str> = known.iter().chain(&self.words).copied().collect();
        let given = &item.head.text;
        let remedy = self.joined_id(item).or_else(|| remedy(self.place, item, &known));
        let Remedy { message, fix } = remedy.unwrap_or_else(|| {
            let meant =
                self.scale.filter(|_| item.value.is_none()).and_then(|scale| meant_term(given, scale));
            let misspelt = nearest_claim(given, &all);
            let nearest = misspelt.or(meant).or_else(|| nearest(given, &known));
            let message = match nearest {
                Some(term) if misspelt.is_none() && meant.is_some() => format!("did you mean \"{term}\"?"),
                Some(nearest) => expected(given, &[nearest]),
                None => self.allowed(item, &known),
            };
            Remedy { message, fix: nearest.map(|nearest| (item.head.range, nearest.to_owned())) }
        });
        let message = format!("{} has no annotation \"{given}\": {message}", self.place);
        let error = Diagnostic::error(code::UNKNOWN_KEY, item.head.range, message);
        match fix {
            Some((range, replacement)) => error.with_fix(range, replacement),
            None => error,
        }
    }

    /// Returns the remedy for an id behind a semicolon, which belongs to the ids before it.
    fn joined_id(&self, item: &Item) -> Option<Remedy> {
        let at = self.written.iter().position(|(_, range)| *range == item.range)?;
        let is_id = |head: &str| {
            let is_key = vocabulary::ANNOTATION_KEYS.contains(&head) || self.known.contains(&head);
            head.contains('-') && !is_key && head.parse::<PartId>().is_ok()
        };
        let (key, _) = self.written[..at].iter().rev().find(|(head, _)| !is_id(head))?;
        if item.value.is_some() || !is_id(&item.head.text) || !LISTS_OF_IDS.contains(&key.as_str()) {
            return None;
        }
        let (_, before) = self.written[at - 1];
        let gap = TextRange::new(before.end, item.range.start);
        Some(Remedy {
            message: format!("the ids of `{key}` are separated by spaces, such as `s-01 s-02`"),
            fix: Some((gap, " ".to_owned())),
        })
    }

    /// Lists what a part can have in place of an annotation: keys, and without a value terms and confidences as well.
    fn allowed(&self, item: &Item, known: &[&str]) -> String {
        let is_term = |word: &&&str| crate::vocabulary::is_term(word);
        let terms: Vec<&str> = self.words.iter().filter(is_term).copied().collect();
        if terms.is_empty() || item.value.is_some() {
            return format!("expected one of {}", known.join(", "));
        }
        format!(
            "expected a term of the scale ({}), high, moderate or low confidence, or one of {}",
            terms.join(", "),
            known.join(", ")
        )
    }
}

/// Splits a value into ids at white space.
fn ids(value: &Value, diagnostics: &mut Diagnostics) -> Vec<Spanned> {
    let mut ids = Vec::new();
    let mut at = 0;
    let quote = usize::from(value.is_quoted);
    // With escapes, or over several lines, offsets in the value are not those in the file.
    let is_verbatim = value.range.end - value.range.start == value.text.len() + 2 * quote;
    let range = |start, end| if is_verbatim { TextRange::new(start, end) } else { value.range };
    for word in value.text.split(is_gap) {
        let start = value.range.start + quote + at;
        at += word.len() + value.text[at + word.len()..].chars().next().map_or(0, char::len_utf8);
        if word.is_empty() {
            continue;
        }
        let is_separator = |c: char| c == ',' || is_foreign_comma(c) || is_foreign_semicolon(c);
        let mut offset = 0;
        for id in word.split_inclusive(is_separator) {
            let bare = id.trim_end_matches(is_separator);
            let at = start + offset;
            offset += id.len();
            if bare.len() < id.len() {
                let comma = range(at + bare.len(), at + id.len());
                let message = "ids are separated by spaces: remove the comma";
                let error = Diagnostic::error(code::INVALID_VALUE, comma, message);
                let replacement = if offset < word.len() { " " } else { "" };
                diagnostics.push(if is_verbatim { error.with_fix(comma, replacement) } else { error });
            }
            if !bare.is_empty() {
                ids.push(Spanned::new(bare, range(at, at + bare.len())));
            }
        }
    }
    ids
}

/// Returns the value of a word, whose misspelling it reports.
pub(super) fn word<W: Words>(key: &str, given: &Spanned, diagnostics: &mut Diagnostics) -> Option<W> {
    let value = vocabulary::value(&given.text);
    if value.is_none() {
        diagnostics.push_error_with(|| {
            let mut words = vocabulary::words::<W>();
            if words.iter().all(|word| word.len() == 1) {
                for word in &mut words {
                    word.make_ascii_uppercase();
                }
            }
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let is_claim = W::NAME == "ConfidenceLevel";
            let (remedy, nearest) = if is_claim {
                (expected_claim(&given.text, &words), nearest_claim(&given.text, &words))
            } else {
                (expected(&given.text, &words), nearest(&given.text, &words))
            };
            let message = format!("{:?} is no {key}: {remedy}", given.text);
            let error = Diagnostic::error(code::UNKNOWN_VALUE, given.range, message);
            match nearest {
                Some(nearest) => error.with_fix(given.range, nearest),
                None => error,
            }
        });
    }
    value
}
