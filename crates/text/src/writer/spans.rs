//! Sentences with their spans.
//!
//! Emphasis is written as stars where the reader pairs them again, and in brackets elsewhere: beside other stars, next to
//! white space, or inside emphasis of its own kind.

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::{Span, SpanKind};

use super::escapes::{Place, needs_escape, shown};
use crate::syntax::citation_keys::citation_key;
use crate::syntax::gaps::skip_gaps;

/// A span with byte offsets.
#[derive(Debug, Clone)]
struct ByteSpan<'s> {
    start: usize,
    end: usize,
    kind: SpanKind,
    target: &'s str,
    has_stars: bool,
}

/// Returns a text with its spans in its written form.
pub(super) fn with_spans(text: &str, spans: &[Span], scheme: Scheme) -> String {
    let mut spans = nested(text, spans);
    choose_forms(text, &mut spans);
    let mut writer =
        SpanWriter { text, scheme, written: String::with_capacity(text.len() + 8), open: Vec::new() };
    let mut next = spans.iter().peekable();
    for (offset, c) in text.char_indices() {
        writer.close_until(offset);
        while let Some(span) = next.next_if(|span| span.start == offset) {
            writer.open(span);
        }
        writer.character(offset, c);
    }
    writer.close_until(text.len());
    writer.written
}

/// Converts the spans to byte offsets, without those that are outside of the text or cross another.
fn nested<'s>(text: &str, spans: &'s [Span]) -> Vec<ByteSpan<'s>> {
    if spans.is_empty() {
        return Vec::new();
    }
    let mut offsets: Vec<usize> = text.char_indices().map(|(offset, _)| offset).collect();
    offsets.push(text.len());
    let offset = |index: u32| usize::try_from(index).ok().and_then(|index| offsets.get(index)).copied();
    let mut nested: Vec<ByteSpan<'s>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for span in spans {
        let (Some(start), Some(end)) = (offset(span.start), offset(span.end)) else { continue };
        open.retain(|outer| *outer > start);
        let is_sorted = nested.last().is_none_or(|last| last.start <= start);
        let crosses = open.last().is_some_and(|outer| *outer < end);
        if start < end && is_sorted && !crosses && span.kind() != SpanKind::Unspecified {
            open.push(end);
            let target = span.target.as_str();
            nested.push(ByteSpan { start, end, kind: span.kind(), target, has_stars: false });
        }
    }
    nested
}

/// Decides which spans are written as stars.
fn choose_forms(text: &str, spans: &mut [ByteSpan<'_>]) {
    for index in 0..spans.len() {
        let span = spans[index].clone();
        let is_star_kind = matches!(span.kind, SpanKind::Emphasis | SpanKind::Strong);
        let inside = &text[span.start..span.end];
        let touches_space = inside.starts_with(char::is_whitespace) || inside.ends_with(char::is_whitespace);
        let is_free = spans[..index].iter().filter(|other| other.has_stars).all(|other| {
            let contains = other.start <= span.start && span.end <= other.end;
            let is_triple = (other.start, other.end) == (span.start, span.end)
                && (other.kind, span.kind) == (SpanKind::Emphasis, SpanKind::Strong);
            let touches = [other.start, other.end].iter().any(|at| *at == span.start || *at == span.end);
            is_triple || !(touches || contains && other.kind == span.kind)
        });
        spans[index].has_stars = is_star_kind && !touches_space && is_free;
    }
}

struct SpanWriter<'t, 's> {
    text: &'t str,
    scheme: Scheme,
    written: String,
    open: Vec<&'s ByteSpan<'s>>,
}

impl<'s> SpanWriter<'_, 's> {
    fn open(&mut self, span: &'s ByteSpan<'s>) {
        self.written.push_str(match (span.has_stars, span.kind) {
            (true, SpanKind::Strong) => "**",
            (true, _) => "*",
            (false, _) => "[",
        });
        self.open.push(span);
    }

    fn close_until(&mut self, offset: usize) {
        while let Some(span) = self.open.pop_if(|span| span.end <= offset) {
            match (span.has_stars, span.kind) {
                (true, SpanKind::Strong) => self.written.push_str("**"),
                (true, _) => self.written.push('*'),
                (false, SpanKind::Link) => {
                    let target = escaped_target(span.target);
                    self.written.extend(["](", &target, ")"]);
                }
                (false, SpanKind::Language) => self.written.extend(["]{lang=", span.target, "}"]),
                (false, SpanKind::Strong) => self.written.push_str("]{strong}"),
                (false, _) => self.written.push_str("]{emphasis}"),
            }
        }
    }

    fn character(&mut self, offset: usize, c: char) {
        let rest = &self.text[offset..];
        let bracket = self.open.iter().rev().find(|span| !span.has_stars);
        let is_mark = match (c, bracket) {
            ('[' | ']', Some(_)) => true,
            // At the start of brackets, it would start a citation.
            ('@', Some(bracket)) => {
                let inside = &self.text[bracket.start..];
                let key = citation_key(inside, skip_gaps(inside, 0));
                key.is_some_and(|(_, end)| bracket.start + end == offset + 1)
            }
            _ => false,
        };
        if is_mark || needs_escape(Place::Sentence, self.scheme, &self.written, rest, offset == 0) {
            self.written.push('\\');
        }
        self.written.push(shown(c));
    }
}

/// Escapes backslashes, and parentheses that are not in pairs.
fn escaped_target(target: &str) -> String {
    let mut depth = 0_i32;
    let is_paired = target.chars().all(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth >= 0
    }) && depth == 0;
    let mut escaped = String::with_capacity(target.len());
    for c in target.chars() {
        if c == '\\' || !is_paired && matches!(c, '(' | ')') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
