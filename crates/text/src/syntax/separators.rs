//! Separators that are no separators: commas between annotations or citations, and the commas and semicolons of other
//! scripts. Read as text, they would hide what follows them.

use chancery_proto::lookalikes::{COMMAS, SEMICOLONS};

use crate::code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::range::TextRange;
use crate::syntax::citation_keys::citation_key;
use crate::syntax::fragment::Fragment;
use crate::syntax::gaps::{is_gap, skip_gaps};
use crate::vocabulary::{ANNOTATION_KEYS, is_confidence, is_term};

/// Longest start of a value that is compared with keys, in bytes.
const COMPARED: usize = 60;

/// Returns whether a character is the comma of another script.
pub(crate) fn is_foreign_comma(c: char) -> bool {
    COMMAS.contains(&c)
}

/// Returns whether a character is the semicolon of another script.
pub(crate) fn is_foreign_semicolon(c: char) -> bool {
    SEMICOLONS.contains(&c)
}

/// Returns whether a character separates parts in some script, if not in this form.
fn is_candidate(c: char) -> bool {
    c == ',' || is_foreign_comma(c) || is_foreign_semicolon(c)
}

/// Reports a separator, for which another one is written. `parts` names what it separates.
pub(crate) fn report(found: &mut Diagnostics, range: TextRange, given: char, wanted: &str, parts: &str) {
    let message = format!("{parts} are separated by \"{wanted}\", not by \"{given}\": replace it");
    found.push(Diagnostic::error(code::WRONG_SEPARATOR, range, message).with_fix(range, wanted));
}

/// Returns the separator in a bare value behind which another annotation starts, with its offset. A value in quotation marks
/// is what it says.
pub(crate) fn swallowed_annotation(value: &str) -> Option<(usize, char)> {
    if value.contains('"') {
        return None;
    }
    value.char_indices().find(|(at, c)| {
        is_candidate(*c) && starts_annotation(&value[at + c.len_utf8()..], *c == ',' || is_foreign_comma(*c))
    })
}

/// Returns whether a text starts with a key and its value, or, behind a semicolon, with a word that is an annotation by
/// itself: behind a comma, "likely" may be prose.
pub(crate) fn starts_annotation(text: &str, is_behind_comma: bool) -> bool {
    let text = text.trim_start_matches(is_gap);
    let end = text.find([':', ';', '}', ',']).unwrap_or(text.len()).min(COMPARED);
    let Some(head) = text.get(..end) else { return false };
    let head = head.split(|c| is_foreign_comma(c) || is_foreign_semicolon(c)).next().unwrap_or_default();
    let has_value = text[head.len()..].starts_with(':');
    let head = head.trim_end_matches(is_gap);
    let is_horizon = head.strip_prefix("by").is_some_and(|date| {
        date.starts_with(is_gap) && date.trim_start_matches(is_gap).starts_with(|c: char| c.is_ascii_digit())
    });
    is_confidence(head)
        || is_horizon
        || has_value && ANNOTATION_KEYS.contains(&head)
        || !is_behind_comma && is_term(head)
}

/// Reports the separators in a locator behind which another citation starts. The range of the fragment starts with the
/// comma before the locator.
pub(crate) fn report_swallowed_citations(
    fragment: &Fragment<'_>,
    (start, end): (usize, usize),
    found: &mut Diagnostics,
) {
    let text = fragment.text();
    if text[start..end].contains('"') {
        return;
    }
    for (offset, c) in text[start..end].char_indices().filter(|(_, c)| is_candidate(*c)) {
        let at = start + offset;
        let behind = skip_gaps(text, at + c.len_utf8());
        if behind < end && citation_key(text, behind).is_some() {
            report(found, fragment.range(at, at + c.len_utf8()), c, ";", "citations");
        }
    }
}
