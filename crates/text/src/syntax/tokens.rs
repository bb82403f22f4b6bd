//! The parts of a line behind its text: citations in brackets, annotations in braces and the id.

use chancery_proto::brief::v1::CitationRole;
use chancery_proto::lookalikes::{described, in_ascii};
use chancery_proto::names::PartId;

use crate::code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::range::{Spanned, TextRange};
use crate::syntax::citation_keys::citation_key;
use crate::syntax::cursor::Cursor;
use crate::syntax::fragment::Fragment;
use crate::syntax::gaps::{is_gap, skip_gaps, trimmed_end};
use crate::syntax::separators::{self, is_foreign_comma, is_foreign_semicolon};
use crate::syntax::values::{ScannedValue, Value, bare_value, scan_value};

/// Maximum length of a link target or attribute in bytes; what is longer is text.
pub(crate) const SUFFIX_LIMIT: usize = 4_200;

/// A group of citations or annotations, or an id.
#[derive(Debug)]
pub(crate) struct Token {
    /// Offsets in the fragment.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: TokenKind,
}

#[derive(Debug)]
pub(crate) enum TokenKind {
    Citations(Vec<Citation>),
    Annotations(Vec<Item>),
    Id(Spanned),
}

/// A citation as written.
#[derive(Debug, Clone)]
pub(crate) struct Citation {
    pub(crate) range: TextRange,
    pub(crate) role: CitationRole,
    pub(crate) key: Spanned,
    pub(crate) grade: Option<Spanned>,
    pub(crate) marking: Option<Spanned>,
    pub(crate) locator: Option<Value>,
    /// The citation as written, without the white space around it.
    pub(crate) source: String,
}

/// An annotation as written.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) range: TextRange,
    /// The text before the colon, or all of it; white space is one space.
    pub(crate) head: Spanned,
    pub(crate) value: Option<Value>,
    /// The annotation as written, without the white space around it.
    pub(crate) source: String,
}

/// Finds the tokens of a fragment.
pub(crate) fn tokens(fragment: &Fragment<'_>, cursor: &mut Cursor<'_>) -> Vec<Token> {
    tokens_from(fragment, 0, cursor)
}

/// Finds the tokens behind an offset.
pub(crate) fn tokens_from(fragment: &Fragment<'_>, start: usize, cursor: &mut Cursor<'_>) -> Vec<Token> {
    let text = fragment.text();
    let mut tokens = Vec::new();
    // Once a group does not close, none behind it does: searching again would take quadratic time.
    let (mut bracket_closes, mut brace_closes) = (true, true);
    let mut at = start;
    while let Some(found) = text[at..].find(['\\', '[', '{', '^', ']']) {
        at += found;
        match text.as_bytes()[at] {
            b'\\' => at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
            b']' => at = span_suffix(text, at).map_or(at + 1, |suffix| suffix.end),
            b'[' if citation_start(text, at).is_some() => {
                at = group(fragment, at, &mut bracket_closes, cursor, &mut tokens, citations);
            }
            b'{' => at = group(fragment, at, &mut brace_closes, cursor, &mut tokens, annotations),
            b'^' => at = id(fragment, at, cursor, &mut tokens),
            _ => at += 1,
        }
    }
    tokens
}

/// The text after the closing bracket of a span.
#[derive(Debug, PartialEq)]
pub(crate) struct SpanSuffix<'t> {
    pub(crate) kind: SuffixKind,
    /// The target as written, with its escapes.
    pub(crate) target: &'t str,
    pub(crate) end: usize,
}

#[derive(Debug, PartialEq, Clone, Copy)]
pub(crate) enum SuffixKind {
    Link,
    Language,
    Emphasis,
    Strong,
}

/// Reads the target or attribute behind a closing bracket at an offset.
pub(crate) fn span_suffix(text: &str, bracket: usize) -> Option<SpanSuffix<'_>> {
    let start = bracket + 1;
    match text.as_bytes().get(start)? {
        b'(' => {
            let end = closing_parenthesis(text, start)?;
            Some(SpanSuffix { kind: SuffixKind::Link, target: &text[start + 1..end], end: end + 1 })
        }
        b'{' => {
            let mut limit = text.len().min(start + 200);
            while !text.is_char_boundary(limit) {
                limit -= 1;
            }
            let inside = &text[start + 1..limit];
            let inside = &inside[..inside.find('}')?];
            let (kind, target) = match inside.strip_prefix("lang=") {
                Some(language) => (SuffixKind::Language, language),
                None if inside == "emphasis" => (SuffixKind::Emphasis, ""),
                None if inside == "strong" => (SuffixKind::Strong, ""),
                None => return None,
            };
            Some(SpanSuffix { kind, target, end: start + inside.len() + 2 })
        }
        _ => None,
    }
}

/// Returns the offset of the parenthesis that closes the one at `open`; parentheses inside it are in pairs or escaped.
fn closing_parenthesis(text: &str, open: usize) -> Option<usize> {
    /// Maximum nesting, which also limits how often a text without closing parentheses is searched.
    const MAX_DEPTH: usize = 16;
    let mut depth = 0_usize;
    let mut escaped = false;
    let bytes = text.as_bytes()[open..].iter().take(SUFFIX_LIMIT).enumerate();
    for (offset, byte) in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' if depth == MAX_DEPTH => return None,
            b'(' => depth += 1,
            b')' if depth == 1 => return Some(open + offset),
            b')' => depth -= 1,
            b' ' => return None,
            _ => {}
        }
    }
    None
}

/// The start of a citation: its role and the offset behind its `@`.
pub(crate) fn citation_start(text: &str, bracket: usize) -> Option<(CitationRole, usize)> {
    citation_key(text, skip_gaps(text, bracket + 1))
}

/// Contents of a group with the offset behind its closing mark; none if it does not close.
type Group = Option<(TokenKind, usize)>;

fn group(
    fragment: &Fragment<'_>,
    at: usize,
    closes: &mut bool,
    cursor: &mut Cursor<'_>,
    tokens: &mut Vec<Token>,
    read: impl Fn(&Fragment<'_>, usize, &mut Diagnostics) -> Group,
) -> usize {
    let mut found = Diagnostics::default();
    if *closes && let Some((kind, end)) = read(fragment, at, &mut found) {
        cursor.diagnostics.append(found);
        let count = match &kind {
            TokenKind::Citations(citations) => citations.len(),
            TokenKind::Annotations(items) => items.len(),
            TokenKind::Id(_) => 1,
        };
        if cursor.spend(count, fragment.range(at, end)) {
            tokens.push(Token { start: at, end, kind });
        }
        return end;
    }
    // The first one is reported: what closes it closes the others.
    if !std::mem::take(closes) {
        return at + 1;
    }
    let (open, close) = if fragment.text()[at..].starts_with('[') { ('[', ']') } else { ('{', '}') };
    let range = fragment.range(at, at + 1);
    let message =
        format!("\"{open}\" does not close on its line: add \"{close}\", or write \\{open} for text");
    let error = Diagnostic::error(code::UNCLOSED, range, message);
    cursor.diagnostics.push(if fragment.is_line() {
        let end = end_before_id(fragment.text(), at + 1);
        error.with_fix(fragment.range(end, end), close)
    } else {
        error
    });
    at + 1
}

/// Returns the end of a line without the id and the gaps behind its text.
pub(crate) fn end_before_id(text: &str, start: usize) -> usize {
    let end = trimmed_end(text, start, text.len());
    let before_id = text[start..end].rfind('^').map(|caret| start + caret);
    let is_id = before_id.is_some_and(|caret| text[caret + 1..end].parse::<PartId>().is_ok());
    before_id.filter(|_| is_id).map_or(end, |caret| trimmed_end(text, start, caret))
}

fn citations(fragment: &Fragment<'_>, bracket: usize, found: &mut Diagnostics) -> Group {
    let text = fragment.text();
    let mut citations = Vec::new();
    let mut at = bracket + 1;
    loop {
        let start = skip_gaps(text, at);
        let end = if let Some((role, key)) = citation_key(text, start) {
            citation(fragment, start, role, key, &mut citations, found)
        } else {
            let end = start + text[start..].find([';', ']'])?;
            let message =
                "expected a citation: `@key`, `also @key` or `but @key`, with a grade and a locator";
            found.error(code::INVALID_CITATION, fragment.range(start, end), message);
            end
        };
        match text[end..].chars().next()? {
            ']' => return Some((TokenKind::Citations(citations), end + 1)),
            c => {
                at = end + c.len_utf8();
                if c != ';' {
                    separators::report(found, fragment.range(end, at), c, ";", "citations");
                }
            }
        }
    }
}

/// Reads a citation behind its `@` and returns the offset of the separator behind it.
fn citation(
    fragment: &Fragment<'_>,
    start: usize,
    role: CitationRole,
    key_start: usize,
    citations: &mut Vec<Citation>,
    found: &mut Diagnostics,
) -> usize {
    let text = fragment.text();
    let is_stop =
        |c: char| matches!(c, ';' | ',' | ']' | '(') || is_foreign_comma(c) || is_foreign_semicolon(c);
    let word = |from: usize| {
        from + text[from..].find(|c: char| is_gap(c) || is_stop(c)).unwrap_or(text.len() - from)
    };
    let key_end = word(key_start);
    let key = Spanned::new(&text[key_start..key_end], fragment.range(key_start, key_end));
    let (mut grade, mut marking, mut locator) = (None, None, None);
    let mut at = skip_gaps(text, key_end);
    if !text[at..].starts_with(is_stop) {
        let end = word(at);
        grade = Some(Spanned::new(&text[at..end], fragment.range(at, end)));
        at = skip_gaps(text, end);
    }
    if text[at..].starts_with('(') {
        let end = at + text[at..].find([')', ';', ']']).unwrap_or(text.len() - at);
        let closed = text[end..].starts_with(')');
        marking = Some(Spanned::new(text[at + 1..end].trim(), fragment.range(at + 1, end)));
        if !closed {
            let message = "the parenthesis of the marking does not close";
            found.push(Diagnostic::error(code::UNCLOSED, fragment.range(at, end), message));
        }
        at = skip_gaps(text, end + usize::from(closed));
    }
    let comma = text[at..].chars().next().filter(|c| *c == ',' || is_foreign_comma(*c));
    if let Some(comma) = comma {
        let behind = at + comma.len_utf8();
        let scanned = scan_value(fragment, behind, ']', found);
        if is_foreign_comma(comma) && citation_key(text, skip_gaps(text, behind)).is_none() {
            let parts = "the parts of a citation";
            separators::report(found, fragment.range(at, behind), comma, ",", parts);
        }
        separators::report_swallowed_citations(fragment, (at, scanned.end), found);
        at = scanned.end;
        locator = Some(scanned.value);
    }
    let is_end = |c: char| matches!(c, ';' | ']') || is_foreign_semicolon(c);
    let end = at + text[at..].find(is_end).unwrap_or(text.len() - at);
    if end > at {
        let message = "unexpected text in a citation: its form is `@key B2 (MARKING), locator`";
        found.push(Diagnostic::error(code::INVALID_CITATION, fragment.range(at, end), message));
    }
    let source = text[start..end].trim_end_matches(is_gap);
    let range = fragment.range(start, start + source.len());
    citations.push(Citation { range, role, key, grade, marking, locator, source: source.to_owned() });
    end
}

fn annotations(fragment: &Fragment<'_>, brace: usize, found: &mut Diagnostics) -> Group {
    let text = fragment.text();
    let mut items = Vec::new();
    let mut at = brace + 1;
    loop {
        let start = skip_gaps(text, at);
        let is_end =
            |c: char| matches!(c, ':' | ';' | '}' | ',') || is_foreign_comma(c) || is_foreign_semicolon(c);
        let head_end = start + text[start..].find(is_end)?;
        // A date with a time of day contains colons.
        let value_start = match text[start..].strip_prefix("by") {
            Some(date) if date.starts_with(is_gap) => Some(start + 2),
            _ => text[head_end..].starts_with(':').then_some(head_end + 1),
        };
        let (head_end, value, end) = match value_start {
            Some(value_start) => {
                let scanned = annotation_value(fragment, value_start, found);
                let head_end = head_end.min(value_start);
                (head_end, Some(scanned.value), scanned.end)
            }
            None => (head_end, None, head_end),
        };
        let source = text[start..end].trim_end_matches(is_gap);
        if !source.is_empty() {
            let words: Vec<&str> = text[start..head_end].split(is_gap).filter(|w| !w.is_empty()).collect();
            let head = Spanned::new(words.join(" "), fragment.range(start, head_end));
            let range = fragment.range(start, start + source.len());
            items.push(Item { range, head, value, source: source.to_owned() });
        }
        match text[end..].chars().next()? {
            '}' => return Some((TokenKind::Annotations(items), end + 1)),
            c => {
                at = end + c.len_utf8();
                if c != ';' {
                    separators::report(found, fragment.range(end, at), c, ";", "annotations");
                }
            }
        }
    }
}

/// Reads the value of an annotation, up to the separator behind it. One that is no separator but has another annotation
/// behind it ends the value, too.
fn annotation_value(fragment: &Fragment<'_>, start: usize, found: &mut Diagnostics) -> ScannedValue {
    let state = found.mark();
    let scanned = scan_value(fragment, start, '}', found);
    let value = fragment.text().get(start..scanned.end).unwrap_or_default();
    match separators::swallowed_annotation(value) {
        Some((at, _)) => {
            found.return_to(state);
            bare_value(fragment, start, start + at)
        }
        None => scanned,
    }
}

/// Returns whether a character belongs to an id as authors write it; some of these no id has.
pub(crate) fn is_id_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '\u{200b}'..='\u{200d}' | '\u{2010}'..='\u{2015}')
}

/// Reads an id: `^` behind a gap, then letters, digits and hyphens up to a gap, or to a group that is out of order.
fn id(fragment: &Fragment<'_>, at: usize, cursor: &mut Cursor<'_>, tokens: &mut Vec<Token>) -> usize {
    let text = fragment.text();
    let name = &text[at + 1..];
    let name = &name[..name.find(|c: char| !is_id_character(c)).unwrap_or(name.len())];
    let end = at + 1 + name.len();
    let is_apart = text[..at].chars().next_back().is_none_or(|c| is_gap(c) || matches!(c, ']' | '}'))
        && text[end..].chars().next().is_none_or(|c| is_gap(c) || c == '{' || starts_citations(text, end));
    if name.is_empty() || !is_apart {
        return almost_id(fragment, at, cursor, tokens).unwrap_or(at + 1);
    }
    let range = fragment.range(at + 1, end);
    if name.parse::<PartId>().is_err() {
        cursor.diagnostics.push_error_with(|| malformed_id(name, range));
    }
    tokens.push(Token { start: at, end, kind: TokenKind::Id(Spanned::new(name, range)) });
    end
}

fn starts_citations(text: &str, at: usize) -> bool {
    text[at..].starts_with('[') && citation_start(text, at).is_some()
}

/// Reads and reports an id with a space behind its `^`, with punctuation behind it, or directly behind the punctuation of
/// its sentence. Only names with a number, such as `s-2`, are taken for ids here: `x^2` and `^b.` are text.
fn almost_id(
    fragment: &Fragment<'_>,
    at: usize,
    cursor: &mut Cursor<'_>,
    tokens: &mut Vec<Token>,
) -> Option<usize> {
    let is_punctuation =
        |c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '…' | '。' | '؟' | '”' | '"');
    let text = fragment.text();
    let start = skip_gaps(text, at + 1);
    let name = &text[start..];
    let name = &name[..name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(name.len())];
    let (prefix, number) = name.rsplit_once('-')?;
    let is_numbered = !prefix.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) && !number.is_empty();
    let before = text[..at].chars().next_back();
    let is_behind = before.is_none_or(|c| is_gap(c) || matches!(c, ']' | '}') || is_punctuation(c));
    let name_end = start + name.len();
    let end = name_end + text[name_end..].find(|c| !is_punctuation(c)).unwrap_or(text.len() - name_end);
    let is_apart = text[end..].chars().next().is_none_or(is_gap);
    if !is_numbered || !is_behind || !is_apart || name.parse::<PartId>().is_err() {
        return None;
    }
    let range = fragment.range(start, name_end);
    cursor.diagnostics.push_error_with(|| {
        let message = format!(
            "an id is `^{name}` alone, with a space before it and the end of its line behind it: write it so, or \\^ for text"
        );
        let space = if before.is_none_or(is_gap) { "" } else { " " };
        let error = Diagnostic::error(code::INVALID_ID, fragment.range(at, end), message);
        error.with_fix(fragment.range(at, end), format!("{space}^{name}"))
    });
    tokens.push(Token { start: at, end, kind: TokenKind::Id(Spanned::new(name, range)) });
    Some(end)
}

fn malformed_id(name: &str, range: TextRange) -> Diagnostic {
    let problem = if name.is_ascii() {
        format!("{name:?} is no id")
    } else {
        format!("\"{name}\" is no id, because it contains {}", described(name))
    };
    let form = "an id has an ASCII letter, then ASCII letters, digits and hyphens, at most 63 in all";
    let error = Diagnostic::error(code::INVALID_ID, range, format!("{problem}: {form}; write \\^ for text"));
    match in_ascii(name).filter(|ascii| ascii.parse::<PartId>().is_ok()) {
        Some(ascii) => error.with_fix(range, ascii),
        None => error,
    }
}
