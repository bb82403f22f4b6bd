//! One line with its parts: `(MARKING) text [citations] {annotations} ^id`.

use chancery_proto::brief::v1::Span;
use chancery_proto::lookalikes::described;

use crate::code;
use crate::diagnostics::Diagnostic;
use crate::range::{Spanned, TextRange};
use crate::syntax::citation_keys::note_number;
use crate::syntax::cursor::{Cursor, SENTENCE_COST};
use crate::syntax::fragment::Fragment;
use crate::syntax::gaps::{is_gap, skip_gaps, trimmed_end};
use crate::syntax::markings::{Leading, Lookalike, Meaning, leading, markings_in};
use crate::syntax::spans::{inline, plain};
use crate::syntax::tokens::{Citation, Item, Token, TokenKind, tokens};

/// A sentence, a title, an entry or a line of annotations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    /// From the marking to the id.
    pub(crate) range: TextRange,
    pub(crate) marking: Option<Spanned>,
    /// The text without escapes and marks.
    pub(crate) text: Spanned,
    pub(crate) spans: Vec<Span>,
    /// The text as written; several lines are joined by spaces.
    pub(crate) source: String,
    /// The columns of an entry; only the text for others.
    pub(crate) columns: Vec<Spanned>,
    pub(crate) citations: Vec<Citation>,
    pub(crate) citations_range: Option<TextRange>,
    pub(crate) items: Vec<Item>,
    pub(crate) id: Option<Spanned>,
    /// The id that the formatter will write, if there is none.
    pub(crate) assigned_id: Option<String>,
    /// Share of the words that the earlier statement with the assigned id has too, in percent.
    pub(crate) overlap: Option<usize>,
}

impl Parts {
    /// Returns the id, written or to be written; empty if there is neither.
    pub(crate) fn id(&self) -> &str {
        let written = self.id.as_ref().map(|id| id.text.as_str());
        written.or(self.assigned_id.as_deref()).unwrap_or_default()
    }

    /// Returns whether there is no text: the line belongs to another part.
    pub(crate) fn has_no_text(&self) -> bool {
        self.text.text.is_empty() && self.marking.is_none()
    }
}

/// How the text of a line is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextForm {
    /// With spans.
    Inline,
    /// Without spans.
    Plain,
    /// Without spans, in columns.
    Columns,
}

/// Reads one line.
pub(crate) fn read_line(text: &str, line: TextRange, form: TextForm, cursor: &mut Cursor<'_>) -> Parts {
    if !cursor.admits(line.end - line.start, line) {
        return Parts { range: line, ..Parts::default() };
    }
    let fragment = Fragment::line(text, line);
    let tokens = tokens(&fragment, cursor);
    read_parts(&fragment, (0, fragment.text().len()), tokens, form, cursor)
}

/// Reads a part of a fragment whose tokens are known.
pub(crate) fn read_parts(
    fragment: &Fragment<'_>,
    (start, end): (usize, usize),
    tokens: Vec<Token>,
    form: TextForm,
    cursor: &mut Cursor<'_>,
) -> Parts {
    let text = fragment.text();
    let mut parts = Parts::default();
    let start = skip_gaps(&text[..end], start);
    let mut last = start;
    let text_range = text_range(fragment, (start, end), &tokens, cursor);
    let mut skipped = Vec::new();
    for token in tokens {
        if token.start < text_range.1 {
            skipped.push((token.start, token.end));
        }
        last = last.max(token.end);
        add_token(fragment, token, &mut parts, cursor);
    }
    cursor.spend(SENTENCE_COST, fragment.range(start, end));
    let (marking, text_start) = leading_marking(fragment, text_range, cursor);
    parts.marking = marking;
    read_text(fragment, (text_start, text_range.1.max(text_start)), &skipped, form, &mut parts, cursor);
    parts.range = fragment.range(start, last.max(text_range.1));
    parts
}

/// Returns where the text starts and ends: before the first token, unless text follows one.
fn text_range(
    fragment: &Fragment<'_>,
    (start, end): (usize, usize),
    tokens: &[Token],
    cursor: &mut Cursor<'_>,
) -> (usize, usize) {
    let text = fragment.text();
    let mut text_end = tokens.first().map_or(end, |token| token.start).max(start);
    let mut order = 0;
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1).map_or(end, |next| next.start);
        let rank = match token.kind {
            TokenKind::Citations(_) => 1,
            TokenKind::Annotations(_) => 2,
            TokenKind::Id(_) => 3,
        };
        let follows = skip_gaps(&text[..next.max(token.end)], token.end) < next;
        if let TokenKind::Id(id) = &token.kind
            && follows
            && token.start == start
        {
            let (range, behind) = (fragment.range(start, end), text[token.end..end].trim_matches(is_gap));
            let message = format!("an id ends its line: move ^{} behind what follows it", id.text);
            let error = Diagnostic::error(code::WRONG_ORDER, fragment.range(token.start, token.end), message);
            cursor.diagnostics.push(error.with_fix(range, format!("{behind} ^{}", id.text)));
            text_end = next;
            continue;
        }
        if follows {
            let range = fragment.range(token.start, token.end);
            let stray = stray_bracket(text, token, next);
            let message = match token.kind {
                _ if stray.is_some() => {
                    "a closing bracket behind the group closes nothing: remove it, or write \\} or \\] for text"
                }
                TokenKind::Id(_) => "an id ends its line: put what follows on a line of its own",
                _ if has_sentence(&text[token.end..next]) => {
                    "citations and annotations follow the full stop of their sentence, and another sentence is a line of its own: \
                     move the full stop before them, and split the line behind them"
                }
                _ => {
                    "citations and annotations follow the sentence: move them behind its last word, \
                      or write \\[ or \\{ for text"
                }
            };
            let error = Diagnostic::error(code::WRONG_ORDER, range, message);
            cursor.diagnostics.push(match stray.or_else(|| moved_behind(text, token, next)) {
                Some((start, end, moved)) => error.with_fix(fragment.range(start, end), moved),
                None => error,
            });
            text_end = next;
        } else if rank < order {
            let range = fragment.range(token.start, token.end);
            let message = "the order on a line is text, [citations], {annotations}, ^id: move this";
            cursor.diagnostics.error(code::WRONG_ORDER, range, message);
        }
        order = order.max(rank);
    }
    (start, trimmed_end(text, start, text_end))
}

/// Returns the edit that removes the closing brackets directly behind a group, if only these follow it.
fn stray_bracket(text: &str, token: &Token, next: usize) -> Option<(usize, usize, String)> {
    let brackets = text[token.end..next].trim_end_matches(is_gap);
    let is_stray = !brackets.is_empty() && brackets.chars().all(|c| matches!(c, '}' | ']'));
    let is_group = !matches!(token.kind, TokenKind::Id(_));
    (is_stray && is_group).then(|| (token.end, token.end + brackets.len(), String::new()))
}

/// Returns whether a text behind a group ends one sentence and starts another.
fn has_sentence(behind: &str) -> bool {
    let mut characters = behind.chars().skip_while(|c| is_gap(*c));
    let ends = characters.next().is_some_and(|c| matches!(c, '.' | '!' | '?' | '؟' | '。'));
    ends && characters.any(char::is_alphanumeric)
}

/// Returns the edit that moves a group behind the punctuation that follows it.
fn moved_behind(text: &str, token: &Token, next: usize) -> Option<(usize, usize, String)> {
    let start = text[..token.start].trim_end_matches(is_gap).len();
    let punctuation = text[token.end..next].trim_end_matches(is_gap);
    let is_short = punctuation.len() <= 8 && punctuation.chars().all(|c| !c.is_alphanumeric() && !is_gap(c));
    let is_group = !matches!(token.kind, TokenKind::Id(_));
    let end = token.end + punctuation.len();
    (is_short && is_group).then(|| (start, end, format!("{punctuation} {}", &text[token.start..token.end])))
}

fn add_token(fragment: &Fragment<'_>, token: Token, parts: &mut Parts, cursor: &mut Cursor<'_>) {
    let range = fragment.range(token.start, token.end);
    match token.kind {
        TokenKind::Citations(citations) => {
            parts.citations.extend(citations);
            parts.citations_range = Some(parts.citations_range.map_or(range, |earlier| earlier.cover(range)));
        }
        TokenKind::Annotations(items) => {
            for item in &items {
                refuse_markings_in_value(item, cursor);
            }
            parts.items.extend(items);
        }
        TokenKind::Id(id) if parts.id.is_none() => parts.id = Some(id),
        TokenKind::Id(id) => {
            let message = "the line has two ids: remove one, or split the line";
            cursor.diagnostics.error(code::DUPLICATE_ID, id.range, message);
        }
    }
}

fn read_text(
    fragment: &Fragment<'_>,
    (start, end): (usize, usize),
    skipped: &[(usize, usize)],
    form: TextForm,
    parts: &mut Parts,
    cursor: &mut Cursor<'_>,
) {
    let range = fragment.range(start, end);
    fragment.text()[start..end].clone_into(&mut parts.source);
    refuse_controls(fragment, (start, end), cursor);
    refuse_inner_markings(fragment, (start, end), cursor);
    let text = match form {
        TextForm::Inline => {
            warn_of_notes(fragment, (start, end), cursor);
            let read = inline(fragment, (start, end), skipped, cursor);
            parts.spans = read.spans;
            read.text
        }
        TextForm::Plain => plain(fragment, (start, end), cursor),
        TextForm::Columns => {
            parts.columns = columns(fragment, (start, end), cursor);
            String::new()
        }
    };
    parts.text = Spanned::new(text, range);
}

/// Splits a text at the bars that have white space around them.
fn columns(fragment: &Fragment<'_>, (start, end): (usize, usize), cursor: &mut Cursor<'_>) -> Vec<Spanned> {
    let text = &fragment.text()[..end];
    let mut columns = Vec::new();
    let mut from = start;
    let mut at = start;
    loop {
        let bar = text[at..].find(['|', '\\']).map(|found| at + found);
        match bar {
            Some(escape) if text[escape..].starts_with('\\') => {
                at = escape + 1 + text[escape + 1..].chars().next().map_or(0, char::len_utf8);
            }
            Some(bar) if !is_separator(text, start, bar) => at = bar + 1,
            _ => {
                let column_end = bar.unwrap_or(end);
                let column_start = skip_gaps(&text[..column_end], from);
                let column_end = trimmed_end(text, column_start, column_end);
                let column = plain(fragment, (column_start, column_end), cursor);
                columns.push(Spanned::new(column, fragment.range(column_start, column_end)));
                let Some(bar) = bar else { return columns };
                at = bar + 1;
                from = at;
            }
        }
    }
}

fn is_separator(text: &str, start: usize, bar: usize) -> bool {
    text[start..bar].chars().next_back().is_none_or(is_gap)
        && text[bar + 1..].chars().next().is_none_or(is_gap)
}

/// Reads a leading `(LABEL)` of the scheme, and returns the offset of the text behind it.
fn leading_marking(
    fragment: &Fragment<'_>,
    (start, end): (usize, usize),
    cursor: &mut Cursor<'_>,
) -> (Option<Spanned>, usize) {
    let text = &fragment.text()[start..end];
    match leading(text, cursor.scheme) {
        None => (None, start),
        Some(Leading::Marking { label, end: label_end }) => {
            let behind = start + skip_gaps(text, label_end);
            refuse_second_marking(fragment, (behind, end), label, cursor);
            (Some(Spanned::new(label, fragment.range(start + 1, start + label_end - 1))), behind)
        }
        Some(Leading::Lookalike(lookalike)) => {
            report_lookalike(fragment, (start, end), &lookalike, cursor);
            let is_passed =
                matches!(lookalike.meaning, Meaning::Own(_)) && lookalike.open_emphasis.is_empty();
            (None, if is_passed { start + skip_gaps(text, lookalike.end) } else { start })
        }
    }
}

fn refuse_second_marking(
    fragment: &Fragment<'_>,
    (start, end): (usize, usize),
    first: &str,
    cursor: &mut Cursor<'_>,
) {
    let Some(
        Leading::Marking { end: second, .. }
        | Leading::Lookalike(Lookalike { meaning: Meaning::Own(_), end: second, .. }),
    ) = leading(&fragment.text()[start..end], cursor.scheme)
    else {
        return;
    };
    let range = fragment.range(start, start + second);
    let message =
        format!("the line has the marking ({first}) already: remove one of the two, or write \\( for text");
    cursor.diagnostics.error(code::UNKNOWN_MARKING, range, message);
}

/// Reports what reads as a marking but is text, so that the line has a lower marking than it says.
fn report_lookalike(
    fragment: &Fragment<'_>,
    (start, end): (usize, usize),
    lookalike: &Lookalike<'_>,
    cursor: &mut Cursor<'_>,
) {
    let text = &fragment.text()[start..end];
    let (scheme, label) = (cursor.scheme, lookalike.label);
    let is_in_parentheses = lookalike.is_in_parentheses(text);
    let whole = &text[..lookalike.end];
    let escaped: String = text[lookalike.escape..].chars().take(1).collect();
    let inside = fragment.range(start + lookalike.label_start, start + lookalike.label_start + label.len());
    let range = if is_in_parentheses { inside } else { fragment.range(start, start + lookalike.end) };
    let labels = || scheme.labels().join(", ");
    cursor.diagnostics.push(match lookalike.meaning {
        Meaning::Own(Some(own)) => {
            let cause = if whole.is_ascii() { String::new() } else { format!(": it contains {}", described(whole)) };
            let message = format!(
                "\"{whole}\" reads as a marking but is not written as one{cause}: write ({own}), or \\{escaped} for text"
            );
            let error = Diagnostic::error(code::UNKNOWN_MARKING, range, message);
            let marks = lookalike.open_emphasis;
            match (is_in_parentheses, marks.is_empty()) {
                (true, _) => error.with_fix(range, own),
                (false, true) => error.with_fix(range, format!("({own})")),
                // The emphasis goes to the text.
                (false, false) => {
                    let replaced = fragment.range(start, start + skip_gaps(text, lookalike.end));
                    error.with_fix(replaced, format!("({own}) {marks}"))
                }
            }
        }
        Meaning::Own(None) => {
            let message = format!(
                "{label:?} is no marking of the scheme {scheme}: expected one of {}; write \\{escaped} for text",
                labels()
            );
            Diagnostic::error(code::UNKNOWN_MARKING, range, message)
        }
        Meaning::Foreign(other) if is_in_parentheses => {
            let origin = match other {
                Some(other) => format!("is a marking of the scheme {other}, not of {scheme},"),
                None => "is a marking of no scheme that a workspace can have,".to_owned(),
            };
            let message = format!(
                "({label}) {origin} and marks nothing: write one of {}, \\( for text, or set scheme in the front matter",
                labels()
            );
            let parenthesis = fragment.range(start, start + 1);
            Diagnostic::error(code::FOREIGN_MARKING, range, message).with_fix(parenthesis, "\\(")
        }
        Meaning::Foreign(_) => {
            let message = format!(
                "\"{whole}\" marks nothing: a marking is in parentheses, one of {}, such as ({}); write \\{escaped} for text",
                labels(),
                scheme.label(scheme.highest())
            );
            Diagnostic::error(code::FOREIGN_MARKING, range, message)
        }
    });
}

/// Reports markings behind the start of a text.
fn refuse_inner_markings(fragment: &Fragment<'_>, (start, end): (usize, usize), cursor: &mut Cursor<'_>) {
    for marking in markings_in(&fragment.text()[start..end], cursor.scheme).filter(|found| found.start > 0) {
        let range = fragment.range(start + marking.start, start + marking.end);
        let written = &fragment.text()[start + marking.start..start + marking.end];
        let place = "a marking is the first thing of its line, before the sentence; write \\( for text";
        cursor.diagnostics.push(marking_in_text(written, range, place));
    }
}

/// Warns of numbers of notes, which cite nothing.
fn warn_of_notes(fragment: &Fragment<'_>, (start, end): (usize, usize), cursor: &mut Cursor<'_>) {
    let text = &fragment.text()[start..end];
    for (at, _) in text.match_indices('[').filter(|(at, _)| !text[..*at].ends_with('\\')) {
        // A sentence of nothing else has a warning of its own.
        let Some(length) = note_number(&text[at..]).filter(|length| *length < text.len()) else { continue };
        let range = fragment.range(start + at, start + at + length);
        let message = format!(
            "\"{}\" is text and cites nothing: cite a source of the front matter as `[@key B2, p. 4]` behind the sentence; \
             write \\[ for text",
            &text[at..at + length]
        );
        cursor.diagnostics.push(Diagnostic::warning(code::BRACKETED_SENTENCE, range, message));
    }
}

/// Reports markings in the value of an annotation, unless it is in quotation marks.
fn refuse_markings_in_value(item: &Item, cursor: &mut Cursor<'_>) {
    let Some(value) = &item.value else { return };
    let is_label = item.head.text.ends_with("marking");
    let Some((_, written)) =
        item.source.split_once(':').filter(|(_, value)| !is_label && !value.contains('"'))
    else {
        return;
    };
    if let Some(marking) = markings_in(written, cursor.scheme).next() {
        let place = "a value has the marking of its line; put the whole value in quotation marks for text";
        cursor.diagnostics.push(marking_in_text(marking.of(written), value.range, place));
    }
}

/// Returns the error of a marking before the mark of its block. `line` is how the line starts when it is right, and
/// `replacement` the text of the range then.
pub(crate) fn marking_before_mark(range: TextRange, line: &str, replacement: String) -> Diagnostic {
    let message = format!("a marking is behind the mark of its block: write `{line} …`, or \\( for text");
    Diagnostic::error(code::WRONG_ORDER, range, message).with_fix(range, replacement)
}

/// Returns the error of a marking where none can be.
pub(crate) fn marking_in_text(written: &str, range: TextRange, place: &str) -> Diagnostic {
    let message = format!("\"{written}\" marks nothing here: {place}");
    // One or two letters may be a symbol, as in "the (C) route".
    if written.chars().filter(|c| c.is_alphanumeric()).count() <= 2 {
        return Diagnostic::warning(code::MARKING_IN_TEXT, range, message);
    }
    Diagnostic::error(code::MARKING_IN_TEXT, range, message)
}

/// Reports tabs and other control characters, which no text of a brief contains.
pub(crate) fn refuse_controls(
    fragment: &Fragment<'_>,
    (start, end): (usize, usize),
    cursor: &mut Cursor<'_>,
) {
    let is_control = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    for (offset, c) in fragment.text()[start..end].char_indices().filter(|(_, c)| is_control(*c)) {
        let range = fragment.range(start + offset, start + offset + c.len_utf8());
        cursor.diagnostics.push_error_with(|| {
            let name = if c == '\t' { "a tab".to_owned() } else { format!("U+{:04X}", u32::from(c)) };
            if c == '\r' {
                let message =
                    format!("{name} is a control character: end the line with LF, or write a space");
                return Diagnostic::error(code::CONTROL_CHARACTER, range, message);
            }
            let message = format!("{name} is a control character, which no text contains: write a space");
            Diagnostic::error(code::CONTROL_CHARACTER, range, message).with_fix(range, " ")
        });
    }
}
