//! Values of annotations and locators: bare up to the next separator, or JSON strings.

use crate::code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::range::{Spanned, TextRange};
use crate::syntax::fragment::Fragment;
use crate::syntax::gaps::{is_gap, skip_gaps};

/// A value as a whole, and split at its commas.
#[derive(Debug, Clone, Default)]
pub(crate) struct Value {
    pub(crate) text: String,
    pub(crate) range: TextRange,
    /// The elements between commas; a comma in a JSON string separates nothing.
    pub(crate) elements: Vec<Spanned>,
    /// Whether the whole value is a JSON string.
    pub(crate) is_quoted: bool,
}

/// A value, and the offset of the separator that ends it.
pub(crate) struct ScannedValue {
    pub(crate) value: Value,
    pub(crate) end: usize,
}

/// Reads a value up to `;`, `close` or the end of the fragment.
pub(crate) fn scan_value(
    fragment: &Fragment<'_>,
    from: usize,
    close: char,
    found: &mut Diagnostics,
) -> ScannedValue {
    let text = fragment.text();
    let start = skip_gaps(text, from);
    let mut elements = Vec::new();
    let mut is_json = false;
    let mut at = start;
    loop {
        let element_start = skip_gaps(text, at);
        at = match json_string(text, element_start) {
            Some((decoded, end)) => {
                is_json = true;
                elements.push(Spanned::new(decoded, fragment.range(element_start, end)));
                skip_gaps(text, end)
            }
            None => bare_element(fragment, element_start, close, &mut elements, found),
        };
        match text[at..].chars().next() {
            Some(',') => at += 1,
            Some(c) if c != ';' && c != close => {
                let message = "text after the closing quotation mark: quote the whole value, or remove the quotation marks";
                found.push(Diagnostic::error(code::INVALID_VALUE, fragment.range(at, at + 1), message));
                at += text[at..].find([';', close]).unwrap_or(text.len() - at);
                break;
            }
            _ => break,
        }
    }
    let whole_end = start + text[start..at].trim_end_matches(is_gap).len();
    let range = fragment.range(start, whole_end);
    let whole = match elements.as_slice() {
        [only] if is_json => only.text.clone(),
        _ => text[start..whole_end].to_owned(),
    };
    let is_quoted = is_json && elements.len() == 1;
    ScannedValue { value: Value { text: whole, range, elements, is_quoted }, end: at }
}

/// Reads a value without quotation marks up to a known end.
pub(crate) fn bare_value(fragment: &Fragment<'_>, from: usize, end: usize) -> ScannedValue {
    let text = fragment.text();
    let start = skip_gaps(&text[..end], from);
    let mut elements = Vec::new();
    let mut at = start;
    for element in text[start..end].split(',') {
        let bare = element.trim_matches(is_gap);
        let lead = element.len() - element.trim_start_matches(is_gap).len();
        if !bare.is_empty() {
            elements.push(Spanned::new(bare, fragment.range(at + lead, at + lead + bare.len())));
        }
        at += element.len() + 1;
    }
    let whole = text[start..end].trim_end_matches(is_gap);
    let range = fragment.range(start, start + whole.len());
    let value = Value { text: whole.to_owned(), range, elements, is_quoted: false };
    ScannedValue { value, end }
}

/// Reads a bare element up to a comma or separator and returns the separator's offset.
fn bare_element(
    fragment: &Fragment<'_>,
    start: usize,
    close: char,
    elements: &mut Vec<Spanned>,
    found: &mut Diagnostics,
) -> usize {
    let text = fragment.text();
    let end = start + text[start..].find([',', ';', close]).unwrap_or(text.len() - start);
    let trimmed = text[start..end].trim_end_matches(is_gap);
    let range = fragment.range(start, start + trimmed.len());
    if trimmed.starts_with('"') {
        let message = "the quotation mark does not close: add a \" at the end of the value";
        found.push(Diagnostic::error(code::UNCLOSED, range, message));
    } else if elements.is_empty() && trimmed.starts_with(['“', '”', '„']) {
        let message = "a curly quotation mark quotes nothing here: write a straight \" on both sides";
        let closing = if found.is_full() { None } else { closing_curly(text, start, close) };
        if let Some(inner) = closing {
            let (range, quoted_text) = (fragment.range(start, inner.end), &text[inner.start..inner.last]);
            let error = Diagnostic::error(code::CURLY_QUOTE, range, message);
            found.push(error.with_fix(range, quoted(quoted_text)));
            elements.push(Spanned::new(quoted_text, range));
            return skip_gaps(text, inner.end);
        }
        found.error(code::CURLY_QUOTE, range, message);
    } else if trimmed.matches('"').count() % 2 == 1 {
        let message = "a quotation mark in the value does not close before its separator: put the whole value in quotation marks, with \
                       \\\" for those inside";
        found.push(Diagnostic::error(code::UNCLOSED, range, message));
    } else if trimmed.contains('"') {
        let message = "a value that contains a quotation mark is a JSON string";
        let warning = Diagnostic::warning(code::QUOTE_IN_VALUE, range, message);
        found.push(warning.with_fix(range, quoted(trimmed)));
    }
    if !trimmed.is_empty() || text[end..].starts_with(',') {
        elements.push(Spanned::new(trimmed, range));
    }
    end
}

/// The inside of a pair of curly quotation marks, and the end of the closing one.
struct Curly {
    start: usize,
    last: usize,
    end: usize,
}

/// Finds the curly quotation mark before the next separator that closes the one at `start`.
fn closing_curly(text: &str, start: usize, close: char) -> Option<Curly> {
    /// A quotation that is longer is not searched.
    const SEARCHED: usize = 4_000;
    let inside = start + text[start..].chars().next()?.len_utf8();
    let mut limit = text.len().min(inside + SEARCHED);
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    text[inside..limit].match_indices(['”', '“']).find_map(|(at, mark)| {
        let (last, end) = (inside + at, inside + at + mark.len());
        let after = text[skip_gaps(text, end)..].chars().next();
        (after == Some(';') || after == Some(close)).then_some(Curly { start: inside, last, end })
    })
}

/// Returns the decoded JSON string at an offset, and its end.
fn json_string(text: &str, start: usize) -> Option<(String, usize)> {
    let rest = text[start..].strip_prefix('"')?;
    let mut escaped = false;
    let length = rest.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })?;
    let end = start + length + 2;
    let decoded = serde_json::from_str(&text[start..end]).ok()?;
    Some((decoded, end))
}

/// Returns a text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
