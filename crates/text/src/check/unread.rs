//! The parts of a text that the reader could not read, and ranges by lines.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::lookalikes::in_ascii;
use chancery_proto::nearest::is_near;

use crate::code;
use crate::diagnostics::{Diagnostic, Severity};
use crate::range::TextRange;
use crate::reader::Reading;
use crate::syntax::tokens::is_id_character;

/// The parts of a text that the reader could not read. Their values are missing from the content.
pub(super) struct Unread<'t> {
    errors: Vec<TextRange>,
    /// The ids in the lines with errors, behind `^` or before a colon.
    ids: BTreeSet<Cow<'t, str>>,
    /// Whether a line has an id of letters that no id has, so that any reference may mean it.
    has_unreadable_id: bool,
    /// Whether parts of front matter may be missing.
    pub(super) is_front_matter_incomplete: bool,
}

impl<'t> Unread<'t> {
    pub(super) fn new(text: &'t str, reading: &Reading) -> Self {
        let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
        let errors: Vec<TextRange> =
            reading.diagnostics.iter().filter(is_error).map(|error| error.range).collect();
        let mut lines: Vec<TextRange> = errors.iter().map(|error| whole_lines(text, *error)).collect();
        lines.dedup();
        let ids = lines.into_iter().flat_map(|line| ids(line.of(text))).collect();
        let is_unreadable = |found: &Diagnostic| {
            found.code == code::INVALID_ID && found.fix.is_none() && !found.range.of(text).is_ascii()
        };
        let has_unreadable_id = reading.diagnostics.iter().any(is_unreadable);
        Self { has_unreadable_id, errors, ids, is_front_matter_incomplete: !reading.has_front_matter }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Returns whether an error is in a range.
    pub(super) fn touches(&self, range: TextRange) -> bool {
        self.errors.iter().any(|error| error.touches(range))
    }

    /// Returns the words of the lines with errors.
    pub(super) fn words(&self, text: &'t str) -> Misspellings<'t> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let lines = self.errors.iter().map(|error| whole_lines(text, *error).of(text));
        Misspellings::new(lines.flat_map(|line| line.split(move |c| !is_part(c))))
    }

    /// Returns whether a line with an error may be an entry of a fenced block.
    pub(super) fn has_entry_errors(&self, text: &str) -> bool {
        self.errors.iter().any(|error| {
            let line = whole_lines(text, *error).of(text);
            line.contains(" | ") || line.starts_with("```")
        })
    }

    /// Returns whether a line with an error has this id, so that a part with it may be missing.
    pub(super) fn has_id(&self, id: &str) -> bool {
        self.has_unreadable_id || self.ids.contains(id)
    }
}

/// Words of which some may be misspelt ids. Two words that differ in one letter are the same without one letter of each,
/// or of one of them: comparing each word with each id would take quadratic time.
pub(super) struct Misspellings<'t> {
    words: BTreeSet<&'t str>,
    by_shortened: BTreeMap<String, Vec<&'t str>>,
}

impl<'t> Misspellings<'t> {
    /// Length of the longest word that is compared, in bytes: longer ones are no ids.
    const LONGEST: usize = 80;

    fn new(words: impl Iterator<Item = &'t str>) -> Self {
        let words: BTreeSet<&str> = words.filter(|word| word.len() <= Self::LONGEST).collect();
        let mut by_shortened: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for word in words.iter().copied().filter(|word| word.len() > 2) {
            for shortened in shortened(word) {
                by_shortened.entry(shortened).or_default().push(word);
            }
        }
        Self { words, by_shortened }
    }

    /// Returns whether a word is an id or a misspelling of it.
    pub(super) fn has_like(&self, id: &str) -> bool {
        let is_misspelt = |shortened: String| {
            self.by_shortened.get(&shortened).is_some_and(|words| words.iter().any(|word| is_near(word, id)))
        };
        self.words.contains(id) || shortened(id).any(is_misspelt)
    }
}

/// Returns a word, and the word without each of its letters.
fn shortened(word: &str) -> impl Iterator<Item = String> {
    let without = |(at, c): (usize, char)| format!("{}{}", &word[..at], &word[at + c.len_utf8()..]);
    std::iter::once(word.to_owned()).chain(word.char_indices().map(without))
}

/// Returns the words of a line that may be the id of a part.
fn ids(line: &str) -> impl Iterator<Item = Cow<'_, str>> {
    line.split(move |c| !(is_id_character(c) || matches!(c, '^' | ':')))
        .filter(|word| word.contains(['^', ':']))
        .flat_map(|word| word.split(['^', ':']))
        .filter(|word| !word.is_empty())
        .map(|word| in_ascii(word).map_or(Cow::Borrowed(word), Cow::Owned))
}

/// Extends a range to whole lines.
pub(super) fn whole_lines(text: &str, range: TextRange) -> TextRange {
    let before = text.get(..range.start).unwrap_or_default();
    let behind = text.get(range.end..).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    TextRange::new(start, range.end + behind.find('\n').unwrap_or(behind.len()))
}

/// Shortens a range to its first line: a finding of a whole part is shown where the part starts.
pub(super) fn first_line(text: &str, range: TextRange) -> TextRange {
    let part = range.of(text);
    let line = part.split('\n').next().unwrap_or_default().trim_end();
    TextRange::new(range.start, range.start + line.len())
}
