//! Inline formatting: `*emphasis*`, `**strong**`, `[link](target)`, `[text]{lang=fa}` and escapes.
//!
//! A first pass pairs the marks, a second one copies the text between them, so that both take linear time.

use chancery_proto::brief::v1::{Span, SpanKind};

use crate::code;
use crate::diagnostics::Diagnostic;
use crate::range::TextRange;
use crate::syntax::cursor::Cursor;
use crate::syntax::fragment::Fragment;
use crate::syntax::tokens::{SpanSuffix, SuffixKind, span_suffix};

/// A part of the source that is not text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Mark {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) action: Action,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Action {
    /// A span with this number opens.
    Open(usize),
    /// A span with this number closes.
    Close(usize),
    /// A backslash: the next character is text.
    Escape,
    /// Citations or annotations.
    Skip,
}

/// The marks of a fragment in order, and the kinds and targets of its spans.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    pub(crate) marks: Vec<Mark>,
    spans: Vec<(SpanKind, String)>,
}

/// A text without its marks, and its spans.
#[derive(Debug, Default, Clone)]
pub(crate) struct InlineText {
    pub(crate) text: String,
    pub(crate) spans: Vec<Span>,
}

/// Finds the marks between two offsets, except in the ranges to skip.
pub(crate) fn find_marks(
    fragment: &Fragment<'_>,
    (start, end): (usize, usize),
    skipped: &[(usize, usize)],
    cursor: &mut Cursor<'_>,
) -> Marks {
    let mut pairing =
        Pairing { fragment, start, marks: Marks::default(), open: Vec::new(), stars: Vec::new() };
    let mut skipped = skipped.iter().peekable();
    let mut at = start;
    while at < end {
        if let Some((_, skip_end)) = skipped.next_if(|(skip_start, _)| *skip_start <= at) {
            pairing.marks.marks.push(Mark { start: at, end: *skip_end, action: Action::Skip });
            at = (*skip_end).max(at);
            continue;
        }
        at = match fragment.text().as_bytes()[at] {
            b'\\' => escape(fragment, at, end, &mut pairing.marks, cursor),
            b'*' => pairing.stars(at, end, cursor),
            b'[' => {
                pairing.open.push(Open::Bracket(at));
                at + 1
            }
            b']' => pairing.bracket(at, end, cursor),
            b'<' => {
                refuse_comment(fragment, at, cursor);
                at + 1
            }
            // A byte of another character is skipped with it, or is a continuation.
            _ => at + 1,
        };
    }
    pairing.finish(cursor)
}

/// Returns the text between two offsets and its spans.
pub(crate) fn inline(
    fragment: &Fragment<'_>,
    (start, end): (usize, usize),
    skipped: &[(usize, usize)],
    cursor: &mut Cursor<'_>,
) -> InlineText {
    let marks = find_marks(fragment, (start, end), skipped, cursor);
    cursor.spend(marks.spans.len(), fragment.range(start, end));
    let mut inline = InlineText::default();
    let mut length = 0_u32;
    let mut numbers = vec![usize::MAX; marks.spans.len()];
    let mut copy = |from: usize, to: usize, inline: &mut InlineText| {
        let text = &fragment.text()[from..to.max(from)];
        inline.text.push_str(text);
        length += u32::try_from(text.chars().count()).unwrap_or_default();
        length
    };
    let mut at = start;
    for mark in &marks.marks {
        let length = copy(at, mark.start, &mut inline);
        at = mark.end;
        match mark.action {
            Action::Open(number) => {
                let (kind, target) = &marks.spans[number];
                numbers[number] = inline.spans.len();
                let span = Span { start: length, end: length, kind: *kind as i32, target: target.clone() };
                inline.spans.push(span);
            }
            Action::Close(number) => inline.spans[numbers[number]].end = length,
            Action::Escape | Action::Skip => {}
        }
    }
    copy(at, end, &mut inline);
    inline
}

/// Returns a text without spans, its escapes resolved.
pub(crate) fn plain(
    fragment: &Fragment<'_>,
    (start, end): (usize, usize),
    cursor: &mut Cursor<'_>,
) -> String {
    let mut marks = Marks::default();
    let mut at = start;
    while let Some(found) = fragment.text()[at..end].find(['\\', '<']) {
        at += found;
        at = if fragment.text()[at..].starts_with('<') {
            refuse_comment(fragment, at, cursor);
            at + 1
        } else {
            escape(fragment, at, end, &mut marks, cursor)
        };
    }
    let mut text = String::new();
    let mut from = start;
    for mark in &marks.marks {
        text.push_str(&fragment.text()[from..mark.start]);
        from = mark.end;
    }
    text.push_str(&fragment.text()[from..end]);
    text
}

/// Reads a backslash and returns the offset behind the character that it escapes.
fn escape(
    fragment: &Fragment<'_>,
    at: usize,
    end: usize,
    marks: &mut Marks,
    cursor: &mut Cursor<'_>,
) -> usize {
    let escaped = fragment.text()[at + 1..end].chars().next();
    let Some(escaped) = escaped else {
        let message = "a backslash at the end of a text escapes nothing: write \\\\ for a backslash";
        let range = fragment.range(at, at + 1);
        cursor
            .diagnostics
            .push(Diagnostic::warning(code::DOUBTFUL_ESCAPE, range, message).with_fix(range, "\\\\"));
        return at + 1;
    };
    if escaped.is_alphanumeric() {
        let range = fragment.range(at, at + 1);
        let message = format!(
            "the backslash is dropped, because it escapes the {escaped:?}: write \\\\ for a backslash"
        );
        cursor
            .diagnostics
            .push(Diagnostic::warning(code::DOUBTFUL_ESCAPE, range, message).with_fix(range, "\\\\"));
    }
    marks.marks.push(Mark { start: at, end: at + 1, action: Action::Escape });
    at + 1 + escaped.len_utf8()
}

fn refuse_comment(fragment: &Fragment<'_>, at: usize, cursor: &mut Cursor<'_>) {
    if fragment.text()[at..].starts_with("<!--") {
        let range = fragment.range(at, at + 4);
        let message = "a comment must be on lines of its own, or its text is published: move it, or write \\<!-- for text";
        cursor.diagnostics.error(code::INVALID_COMMENT, range, message);
    }
}

/// An opening mark that may find its closing one.
#[derive(Debug, Clone, Copy)]
enum Open {
    Bracket(usize),
    Star { at: usize, kind: SpanKind },
}

struct Pairing<'f, 't> {
    fragment: &'f Fragment<'t>,
    start: usize,
    marks: Marks,
    open: Vec<Open>,
    /// Indices in `open` of the stars: at most one of each kind.
    stars: Vec<usize>,
}

impl Pairing<'_, '_> {
    fn range(&self, start: usize, end: usize) -> TextRange {
        self.fragment.range(start, end)
    }

    /// Reads a run of stars and returns the offset behind it.
    fn stars(&mut self, at: usize, end: usize, cursor: &mut Cursor<'_>) -> usize {
        let text = self.fragment.text();
        let run = text.as_bytes()[at..end].iter().take_while(|byte| **byte == b'*').count();
        let before = text[self.start..at].chars().next_back();
        let after = text[at + run..end].chars().next();
        let can_close = before.is_some_and(|c| !c.is_whitespace());
        let can_open = after.is_some_and(|c| !c.is_whitespace());
        let kinds: &[SpanKind] = match run {
            _ if !can_close && !can_open => &[],
            1 => &[SpanKind::Emphasis],
            2 => &[SpanKind::Strong],
            3 => &[SpanKind::Emphasis, SpanKind::Strong],
            _ => {
                let range = self.range(at, at + run);
                let message = "more than three stars mean nothing: write \\* for a star";
                let escaped = "\\*".repeat(run);
                cursor.diagnostics.push_error_with(|| {
                    Diagnostic::error(code::INVALID_SPAN, range, message).with_fix(range, escaped)
                });
                &[]
            }
        };
        let mut mark_at = at;
        let mut pending = kinds.to_vec();
        // Closing comes first, the inner span before the outer one.
        while can_close
            && let Some(kind) = self.innermost()
            && let Some(position) = pending.iter().position(|pending| *pending == kind)
        {
            pending.remove(position);
            mark_at = self.close_star(kind, mark_at);
        }
        for kind in pending {
            let range = self.range(at, at + run);
            let is_open = self
                .stars
                .iter()
                .any(|index| matches!(self.open[*index], Open::Star { kind: open, .. } if open == kind));
            if is_open {
                let message = "emphasis cannot contain emphasis of its kind or close before what it contains; \
                               write \\* for a star";
                cursor.diagnostics.error(code::INVALID_SPAN, range, message);
            } else if can_open {
                self.stars.push(self.open.len());
                self.open.push(Open::Star { at: mark_at, kind });
                mark_at += star_length(kind);
            }
        }
        at + run
    }

    /// Returns the kind of the innermost open star.
    fn innermost(&self) -> Option<SpanKind> {
        match self.open[*self.stars.last()?] {
            Open::Star { kind, .. } => Some(kind),
            Open::Bracket(_) => None,
        }
    }

    fn close_star(&mut self, kind: SpanKind, at: usize) -> usize {
        let end = at + star_length(kind);
        if let Some(index) = self.stars.pop()
            && let Open::Star { at: opened, .. } = self.open[index]
        {
            // Brackets that opened inside the span and did not close are text.
            self.open.truncate(index);
            self.pair((opened, opened + star_length(kind)), (at, end), kind, String::new());
        }
        end
    }

    /// Reads a closing bracket and returns the offset behind it and behind its target.
    fn bracket(&mut self, at: usize, end: usize, cursor: &mut Cursor<'_>) -> usize {
        // At most two stars lie above the bracket.
        let Some(index) = self.open.iter().rposition(|open| matches!(open, Open::Bracket(_))) else {
            return at + 1;
        };
        let suffix = span_suffix(self.fragment.text(), at).filter(|suffix| suffix.end <= end);
        let suffix = suffix.filter(|suffix| self.is_target(suffix, at, cursor));
        let opened = match self.open[index] {
            Open::Bracket(opened) | Open::Star { at: opened, .. } => opened,
        };
        let Some(suffix) = suffix else {
            self.open.remove(index);
            self.stars.iter_mut().filter(|star| **star > index).for_each(|star| *star -= 1);
            return at + 1;
        };
        for unclosed in self.open.drain(index..).skip(1) {
            report_unclosed(self.fragment, unclosed, cursor);
        }
        self.stars.retain(|star| *star < index);
        let kind = match suffix.kind {
            SuffixKind::Link => SpanKind::Link,
            SuffixKind::Language => SpanKind::Language,
            SuffixKind::Emphasis => SpanKind::Emphasis,
            SuffixKind::Strong => SpanKind::Strong,
        };
        let target = unescaped(suffix.target);
        self.pair((opened, opened + 1), (at, suffix.end), kind, target);
        suffix.end
    }

    /// Returns whether a suffix is a target or an attribute; other text in parentheses is text.
    fn is_target(&self, suffix: &SpanSuffix<'_>, at: usize, cursor: &mut Cursor<'_>) -> bool {
        let starts = ["https://", "http://", "mailto:", "#"];
        if suffix.kind != SuffixKind::Link || starts.iter().any(|start| suffix.target.starts_with(start)) {
            return true;
        }
        let message =
            "a link leads to https://…, http://…, mailto:… or the #id of a part; write ]\\( for text";
        let range = self.range(at + 1, suffix.end);
        cursor.diagnostics.push(Diagnostic::warning(code::INVALID_SPAN, range, message));
        false
    }

    fn pair(&mut self, open: (usize, usize), close: (usize, usize), kind: SpanKind, target: String) {
        let number = self.marks.spans.len();
        self.marks.spans.push((kind, target));
        self.marks.marks.push(Mark { start: open.0, end: open.1, action: Action::Open(number) });
        self.marks.marks.push(Mark { start: close.0, end: close.1, action: Action::Close(number) });
    }

    fn finish(mut self, cursor: &mut Cursor<'_>) -> Marks {
        for unclosed in &self.open {
            report_unclosed(self.fragment, *unclosed, cursor);
        }
        self.marks.marks.sort_by_key(|mark| mark.start);
        self.marks
    }
}

fn star_length(kind: SpanKind) -> usize {
    if kind == SpanKind::Strong { 2 } else { 1 }
}

fn report_unclosed(fragment: &Fragment<'_>, open: Open, cursor: &mut Cursor<'_>) {
    let Open::Star { at, kind } = open else { return };
    let range = fragment.range(at, at + star_length(kind));
    let escaped = "\\*".repeat(star_length(kind));
    let message = format!("the emphasis does not close: close it, or write {escaped} for text");
    cursor.diagnostics.push(Diagnostic::error(code::INVALID_SPAN, range, message).with_fix(range, escaped));
}

/// Resolves the escapes of a link target.
fn unescaped(target: &str) -> String {
    let mut resolved = String::with_capacity(target.len());
    let mut characters = target.chars();
    while let Some(c) = characters.next() {
        resolved.push(if c == '\\' { characters.next().unwrap_or(c) } else { c });
    }
    resolved
}
