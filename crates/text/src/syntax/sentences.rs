//! Passages: the sentences of a paragraph, an item, a callout, a quote or a judgment.
//!
//! A passage with an id is set: each line is a sentence. Without one it is raw: its lines are joined and split by the
//! fixed rule; a marking holds until the next one.

use chancery_proto::names::PartId;

use crate::code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::range::{Spanned, TextRange};
use crate::syntax::cursor::Cursor;
use crate::syntax::fragment::Fragment;
use crate::syntax::gaps::is_gap;
use crate::syntax::parts::{Parts, TextForm, marking_in_text, read_line, read_parts};
use crate::syntax::spans::find_marks;
use crate::syntax::split::split;
use crate::syntax::tokens::{Item, is_id_character, tokens};

/// The sentences of a part.
#[derive(Debug, Default)]
pub(crate) struct Passage {
    pub(crate) sentences: Vec<Parts>,
    /// The lines without indentation and prefix.
    pub(crate) lines: Vec<TextRange>,
    /// Whether the sentences were split by rule, rather than by the author's lines.
    pub(crate) is_raw: bool,
}

impl Passage {
    /// Returns the range of the lines; none for an empty passage.
    pub(crate) fn range(&self) -> Option<TextRange> {
        Some(self.lines.first()?.cover(*self.lines.last()?))
    }

    /// Returns the marking that holds at the end of a passage without ids.
    pub(crate) fn last_marking(&self) -> Option<&Spanned> {
        self.sentences.last().filter(|_| self.is_raw)?.marking.as_ref()
    }

    /// Gives the first sentences of a passage without ids a marking, up to one that has its own.
    pub(crate) fn carry(&mut self, marking: &Spanned) {
        let unmarked = self.sentences.iter_mut().filter(|_| self.is_raw);
        for sentence in unmarked.take_while(|sentence| sentence.marking.is_none()) {
            sentence.marking = Some(marking.clone());
        }
    }
}

/// Reads the lines of a passage.
pub(crate) fn read_passage(text: &str, lines: Vec<TextRange>, cursor: &mut Cursor<'_>) -> Passage {
    let is_set = lines.iter().any(|line| ends_with_id(line.of(text)));
    let mut sentences = if is_set { set(text, &lines, cursor) } else { raw(text, &lines, cursor) };
    refuse_lone_markings(&mut sentences, cursor);
    refuse_marking_behind(text, &lines, (&sentences, !is_set), cursor);
    if !is_set {
        carry_markings(&mut sentences);
    }
    Passage { sentences, is_raw: !is_set && !lines.is_empty(), lines }
}

/// Returns whether a sentence as written is in brackets, or in parentheses and hardly prose, as authors cite and qualify in
/// other forms.
pub(crate) fn is_bracketed(source: &str) -> bool {
    /// Most words in parentheses that are hardly prose.
    const MOST_WORDS: usize = 4;
    /// Longest sentence that is considered, in bytes.
    const LONGEST: usize = 200;
    let text = source.trim_matches(is_gap).trim_end_matches(['.', '\u{3002}']);
    if text.len() > LONGEST {
        return false;
    }
    let is_enclosed =
        |open, close| text.starts_with(open) && text.ends_with(close) && text.matches(open).count() == 1;
    is_enclosed('[', ']') || is_enclosed('(', ')') && text.split_whitespace().count() <= MOST_WORDS
}

/// Returns whether a line ends with an id.
fn ends_with_id(line: &str) -> bool {
    let line = line.trim_end_matches(is_gap);
    let Some(caret) = line.rfind('^') else { return false };
    let (before, name) = (&line[..caret], &line[caret + 1..]);
    // A malformed id of letters of another script is meant as one, too.
    let is_name = name.parse::<PartId>().is_ok() || !name.is_ascii() && name.chars().all(is_id_character);
    is_name && before.chars().next_back().is_none_or(|c| is_gap(c) || matches!(c, ']' | '}'))
}

/// Reads one sentence a line. A line without text continues the line above it.
fn set(text: &str, lines: &[TextRange], cursor: &mut Cursor<'_>) -> Vec<Parts> {
    let mut sentences: Vec<Parts> = Vec::new();
    for line in lines {
        if cursor.is_exhausted() {
            break;
        }
        let parts = read_line(text, *line, TextForm::Inline, cursor);
        match sentences.last_mut() {
            Some(above) if parts.has_no_text() && (above.id.is_none() || parts.id.is_none()) => {
                merge(above, parts);
            }
            _ => sentences.push(parts),
        }
    }
    report_wrapped(&sentences, cursor);
    sentences
}

/// Reports sentences that continue in the next line.
fn report_wrapped(sentences: &[Parts], cursor: &mut Cursor<'_>) {
    for (above, below) in sentences.iter().zip(&sentences[1.min(sentences.len())..]) {
        let is_open = above.id.is_none()
            && above
                .text
                .text
                .chars()
                .next_back()
                .is_some_and(|c| c.is_alphanumeric() || matches!(c, ',' | ';'))
            && above.citations.is_empty()
            && above.items.is_empty();
        let goes_on = below.marking.is_none() && below.text.text.starts_with(char::is_lowercase);
        if is_open && goes_on {
            let message = "the sentence continues in the next line, but once a paragraph has ids, each line is a sentence: join the \
                           two lines";
            let between = TextRange::new(above.range.end, below.range.start);
            let error = Diagnostic::error(code::MISPLACED, above.range, message);
            cursor.diagnostics.push(error.with_fix(between, " "));
        }
    }
}

fn merge(sentence: &mut Parts, line: Parts) {
    sentence.range = sentence.range.cover(line.range);
    sentence.citations.extend(line.citations);
    sentence.items.extend(line.items);
    sentence.id = sentence.id.take().or(line.id);
}

fn raw(text: &str, lines: &[TextRange], cursor: &mut Cursor<'_>) -> Vec<Parts> {
    let size = lines.iter().map(|line| line.end - line.start + 1).sum();
    let range = lines.iter().copied().reduce(TextRange::cover).unwrap_or_default();
    if !cursor.admits(size, range) {
        return Vec::new();
    }
    let fragment = Fragment::lines(text, lines);
    let mut tokens = tokens(&fragment, cursor);
    let groups: Vec<(usize, usize)> = tokens.iter().map(|token| (token.start, token.end)).collect();
    let whole = (0, fragment.text().len());
    // The sentences are read again one by one, which reports what is wrong with their marks.
    let mut unreported = Diagnostics::default();
    let marks = find_marks(&fragment, whole, &groups, &mut Cursor::new(cursor.scheme, &mut unreported));
    let mut sentences = Vec::new();
    for sentence in split(fragment.text(), &marks.marks).into_iter().rev() {
        if cursor.is_exhausted() {
            break;
        }
        let first = tokens.partition_point(|token| token.start < sentence.start);
        let own = tokens.split_off(first);
        let end = own.last().map_or(sentence.text_end, |token| token.end.max(sentence.text_end));
        sentences.push(read_parts(&fragment, (sentence.start, end), own, TextForm::Inline, cursor));
    }
    sentences.reverse();
    sentences
}

/// Removes and reports the markings without a sentence behind them, as of an author who writes a marking last.
fn refuse_lone_markings(sentences: &mut Vec<Parts>, cursor: &mut Cursor<'_>) {
    sentences.retain(|sentence| {
        let Some(marking) = sentence.marking.as_ref().filter(|_| sentence.text.text.is_empty()) else {
            return true;
        };
        let range = TextRange::new(marking.range.start - 1, marking.range.end + 1);
        let place = "a marking is the first thing of its line, before the sentence";
        cursor.diagnostics.push(marking_in_text(&format!("({})", marking.text), range, place));
        false
    });
}

/// Reports a marking behind one of several sentences, on its line or on a line of its own: it would mark that one only.
fn refuse_marking_behind(
    text: &str,
    lines: &[TextRange],
    (sentences, is_raw): (&[Parts], bool),
    cursor: &mut Cursor<'_>,
) {
    let is_annotation = |item: &&Item| item.head.text == "marking";
    let marked = sentences.iter().find_map(|sentence| sentence.items.iter().find(is_annotation));
    if let Some(item) = marked.filter(|_| is_raw && sentences.len() > 1) {
        let message = "a marking behind one of several sentences marks that one only: write it in parentheses before the first sentence \
                       that it marks, or before each";
        return cursor.diagnostics.error(code::MISPLACED, item.range, message);
    }
    let is_marking = |line: &TextRange| {
        let line = line.of(text).trim_matches(is_gap);
        line.starts_with('{') && line.contains("marking:") && !line.contains("-marking:")
    };
    if let Some(line) = lines.iter().skip(1).find(|line| is_marking(line)).filter(|_| sentences.len() > 1) {
        let message = "a marking behind the sentences marks the last one only: write this line before the paragraph, for all of \
                       it, or the marking in parentheses before each sentence";
        cursor.diagnostics.error(code::MISPLACED, *line, message);
    }
}

/// Gives sentences without a marking that of the one before them: a marking before a paragraph, or inside it, holds until the
/// next one, as in portion marking.
fn carry_markings(sentences: &mut [Parts]) {
    let mut carried = None;
    for sentence in sentences {
        match &sentence.marking {
            Some(own) => carried = Some(own.clone()),
            None => sentence.marking.clone_from(&carried),
        }
    }
}
