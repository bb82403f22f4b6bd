//! Escapes: backslashes before the characters that the reader would take for marks.

use chancery_brief::marking::Scheme;

use crate::syntax::citation_keys::{citation_key, note_number};
use crate::syntax::conflicts::is_conflict_mark;
use crate::syntax::fenced::list_mark;
use crate::syntax::gaps::{is_gap, skip_gaps};
use crate::syntax::markers::{ForeignMarker, Marker, marker};
use crate::syntax::markings::{Leading, inner_marking, is_label_of, leading};
use crate::syntax::quotes::ATTRIBUTION;
use crate::syntax::tokens::is_id_character;

/// The place of a text, which decides which characters are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A sentence, with spans.
    Sentence,
    /// A heading, caption or title.
    Title,
    /// A column of an entry.
    Column,
    /// A cell of a table.
    Cell,
    /// The attribution of a quote.
    Attribution,
}

/// Returns whether a character of a text needs a backslash.
///
/// `written` is what precedes the character in its final form, and `rest` starts with the character.
pub(super) fn needs_escape(place: Place, scheme: Scheme, written: &str, rest: &str, is_first: bool) -> bool {
    let mut characters = rest.chars();
    let (Some(c), next) = (characters.next(), characters.next()) else { return false };
    if is_gap(c) && (is_first || next.is_none()) {
        return true;
    }
    let before = written.chars().next_back();
    match c {
        '\\' => true,
        '<' => rest.starts_with("<!--"),
        '|' => match place {
            Place::Cell => true,
            Place::Column => (is_first || before.is_some_and(is_gap)) && next.is_none_or(is_gap),
            _ => false,
        },
        c if place == Place::Cell && is_separator_of_label(c, scheme, (written, rest)) => true,
        '*' => place == Place::Sentence,
        '{' => has_tokens(place),
        '[' if place == Place::Sentence && note_number(rest).is_some() => true,
        '[' if is_inner_marking(place, scheme, (before, rest), is_first) => true,
        '[' => has_tokens(place) && citation_key(rest, skip_gaps(rest, 1)).is_some(),
        '(' if place == Place::Sentence && before == Some(']') => true,
        '(' => is_inner_marking(place, scheme, (before, rest), is_first),
        '^' => {
            let is_apart = is_first || before.is_none_or(|c| !c.is_alphanumeric());
            has_tokens(place) && is_apart && next.is_some_and(|c| is_id_character(c) || is_gap(c))
        }
        _ => false,
    }
}

/// Returns whether a character is the first that separates the parts of a cell which looks like a label.
fn is_separator_of_label(c: char, scheme: Scheme, (written, rest): (&str, &str)) -> bool {
    let is_first = !c.is_alphanumeric() && written.chars().all(char::is_alphanumeric);
    is_first && is_label_of(&format!("{written}{rest}"), scheme)
}

/// Returns whether a bracket starts what would be reported as a marking inside a text. At the start of a line, more is taken
/// for one, which is escaped there.
fn is_inner_marking(
    place: Place,
    scheme: Scheme,
    (before, rest): (Option<char>, &str),
    is_first: bool,
) -> bool {
    let is_start = is_first && !matches!(place, Place::Sentence | Place::Title);
    (before.is_some_and(is_gap) || is_start) && inner_marking(rest, scheme).is_some()
}

/// Returns whether citations, annotations and an id can follow the text.
fn has_tokens(place: Place) -> bool {
    matches!(place, Place::Sentence | Place::Title | Place::Column)
}

/// Returns a text without spans in its written form.
pub(super) fn escaped(text: &str, place: Place, scheme: Scheme) -> String {
    let mut written = String::with_capacity(text.len() + 8);
    for (offset, c) in text.char_indices() {
        if needs_escape(place, scheme, &written, &text[offset..], offset == 0) {
            written.push('\\');
        }
        written.push(shown(c));
    }
    written
}

/// Returns a space for control characters, which no valid content contains and no line can.
pub(super) fn shown(c: char) -> char {
    if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }
}

/// Escapes the start of a sentence's line that would open a block or be a marking.
pub(super) fn protect_line_start(line: &mut String, scheme: Scheme, is_in_quote: bool) {
    if !protect_marker(line, scheme, is_in_quote) {
        protect_label(line, scheme);
    }
}

/// Escapes the start of a sentence's line that would open a block, and returns whether it did.
pub(crate) fn protect_marker(line: &mut String, scheme: Scheme, is_in_quote: bool) -> bool {
    let at = match marker(line, scheme) {
        _ if is_conflict_mark(line) => Some(0),
        Some(Marker::Number { .. } | Marker::Foreign(ForeignMarker::Number { .. })) => line.find(['.', ')']),
        Some(Marker::TableTitle { .. }) => line.find(':'),
        Some(_) => Some(0),
        // Not before the bracket, which may open a span.
        None if is_in_quote && line.starts_with("[!") => Some(1),
        None if is_in_quote && line.starts_with(ATTRIBUTION) => Some(0),
        None => None,
    };
    if let Some(at) = at {
        line.insert(at, '\\');
    }
    at.is_some()
}

/// Escapes the start of an entry that would end its block.
pub(super) fn protect_entry_start(line: &mut String, scheme: Scheme) {
    // An annotation or an id may follow a mark.
    let mark = marker(&format!("{line} "), scheme);
    let at = match mark {
        _ if is_conflict_mark(line) => Some(0),
        Some(Marker::Heading { .. } | Marker::Fence) => Some(0),
        Some(mark) if list_mark(mark, line).is_some() => line.find(['.', '-', '+', '*']),
        _ => None,
    };
    match at {
        Some(at) => line.insert(at, '\\'),
        None => protect_label(line, scheme),
    }
}

/// Escapes what the reader would take for a marking, or would report as one.
pub(super) fn protect_label(line: &mut String, scheme: Scheme) {
    let escape = match leading(line, scheme) {
        Some(Leading::Marking { .. }) => 0,
        Some(Leading::Lookalike(lookalike)) => lookalike.escape,
        None => return,
    };
    line.insert(escape, '\\');
}
