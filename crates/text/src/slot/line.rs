//! Slots in the lines of the body.

use chancery_brief::PartKind;

use super::segments::group;
use super::words::{id_around, trimmed, value_slot};
use super::{Slot, SlotKind, Surroundings};
use crate::dictionary::{Annotated, annotation_keys};
use crate::range::TextRange;
use crate::syntax::citation_keys::citation_key;
use crate::syntax::gaps::{is_gap, skip_gaps};
use crate::syntax::tokens::{SuffixKind, citation_start, span_suffix};
use crate::vocabulary::SCALES;

/// Returns the slot at an offset in a line.
pub(super) fn slot(text: &str, line: TextRange, offset: usize, around: &Surroundings<'_>) -> Option<Slot> {
    let written = line.of(text);
    let at = offset - line.start;
    let slot = block_kind(written, at, around)
        .or_else(|| marking(written, at))
        .or_else(|| in_group(written, at, around))
        .or_else(|| column(written, at, around))?;
    let word = TextRange::new(line.start + slot.word.start, line.start + slot.word.end);
    Some(Slot { word, ..slot })
}

fn block_kind(line: &str, at: usize, around: &Surroundings<'_>) -> Option<Slot> {
    let start = line.len() - line.trim_start_matches(' ').trim_start_matches('`').len();
    let is_fence = line.trim_start_matches(' ').starts_with("```");
    (is_fence && around.fenced.is_none() && at >= start).then(|| Slot {
        kind: SlotKind::BlockKind,
        word: trimmed(line, TextRange::new(start, line.len()), at),
    })
}

/// Finds the label at the start of a line, behind the mark of its block.
fn marking(line: &str, at: usize) -> Option<Slot> {
    let open = line.find('(')?;
    let is_mark = |c: char| matches!(c, ' ' | '#' | '-' | '>' | '.') || c.is_ascii_digit();
    if !line[..open].chars().all(is_mark) || at <= open {
        return None;
    }
    let inside = &line[open + 1..];
    let is_label = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '+' | '-' | '/' | ' ');
    let end = open + 1 + inside.find(|c| !is_label(c)).unwrap_or(inside.len());
    // Without its parenthesis, a label is a single word.
    let end = if line[end..].starts_with(')') { end } else { end.min(word_end(line, open + 1)) };
    (at <= end).then(|| Slot { kind: SlotKind::Marking, word: TextRange::new(open + 1, end) })
}

fn word_end(line: &str, start: usize) -> usize {
    line[start..].find(is_gap).map_or(line.len(), |length| start + length)
}

/// Finds the citation, annotation or link around an offset.
fn in_group(line: &str, offset: usize, around: &Surroundings<'_>) -> Option<Slot> {
    let mut at = 0;
    while let Some(found) = line[at..].find(['\\', '[', '{', ']']) {
        at += found;
        if at >= offset {
            return None;
        }
        let end = match line.as_bytes()[at] {
            b'\\' => at + 1 + line[at + 1..].chars().next().map_or(0, char::len_utf8),
            b']' => match span_suffix(line, at) {
                Some(suffix) if offset < suffix.end => {
                    let target = TextRange::new(at + 2, suffix.end - 1);
                    return link(line, target, offset).filter(|_| suffix.kind == SuffixKind::Link);
                }
                Some(suffix) => suffix.end,
                None if line[at..].starts_with("](#") => {
                    return link(line, TextRange::new(at + 2, word_end(line, at)), offset);
                }
                None => at + 1,
            },
            b'[' if citation_start(line, at).is_some() => {
                let group = group(line, at, ']', offset);
                if offset <= group.end {
                    return citation(line, group.segment, offset);
                }
                group.end + 1
            }
            b'{' => {
                let group = group(line, at, '}', offset);
                if offset <= group.end {
                    return annotation(line, group.segment, offset, around);
                }
                group.end + 1
            }
            _ => at + 1,
        };
        at = end.min(line.len());
    }
    None
}

fn link(line: &str, target: TextRange, offset: usize) -> Option<Slot> {
    let id = TextRange::new(target.start + 1, target.end);
    let is_inside = target.of(line).starts_with('#') && id.start <= offset && offset <= id.end;
    is_inside.then(|| Slot { kind: SlotKind::Id(&[]), word: id_around(line, id, offset) })
}

fn citation(line: &str, segment: TextRange, offset: usize) -> Option<Slot> {
    let (_, start) = citation_key(line, skip_gaps(line, segment.start))?;
    let rest = TextRange::new(start, segment.end);
    let length =
        rest.of(line).find(|c: char| is_gap(c) || matches!(c, ',' | '(')).unwrap_or(rest.end - rest.start);
    let word = TextRange::new(start, start + length);
    (start <= offset && offset <= word.end).then_some(Slot { kind: SlotKind::Id(&[PartKind::Source]), word })
}

fn annotation(line: &str, segment: TextRange, offset: usize, around: &Surroundings<'_>) -> Option<Slot> {
    let part = annotated(line, around);
    let start = skip_gaps(&line[..segment.end], segment.start);
    let written = &line[start..segment.end];
    // A date needs no colon.
    let head_length = match written.strip_prefix("by") {
        Some(date) if date.starts_with(is_gap) && !date.trim_start().is_empty() => Some(2),
        _ => written.find(':'),
    };
    let head_end = start + head_length.unwrap_or(written.len());
    if offset <= head_end {
        let word = trimmed(line, TextRange::new(segment.start, head_end), offset);
        return Some(Slot { kind: SlotKind::Annotation(part), word });
    }
    let head = line[start..head_end].trim();
    let value = TextRange::new(head_end + 1, segment.end);
    if let Some((_, scale)) = SCALES.iter().find(|(name, _)| *name == head) {
        return Some(Slot { kind: SlotKind::Likelihood(*scale), word: trimmed(line, value, offset) });
    }
    let key = annotation_keys(part).find(|key| key.name == head)?;
    value_slot(line, key, value, offset)
}

/// Returns the part that the annotations of a line belong to.
fn annotated(line: &str, around: &Surroundings<'_>) -> Annotated {
    if let Some(kind) = around.fenced {
        return Annotated::of_entry(kind);
    }
    let indented = line.starts_with([' ', '\t']);
    let written = line.trim_start();
    let unmarked = match written.strip_prefix('(').and_then(|label| label.split_once(')')) {
        Some((_, rest)) => rest.trim_start(),
        None => written,
    };
    match unmarked.as_bytes().first() {
        Some(b'#') => Annotated::Section,
        Some(b'!') if unmarked.starts_with("![") => Annotated::Figure,
        Some(b'T') if unmarked.starts_with("Table:") => Annotated::Table,
        Some(b'>') if unmarked[1..].trim_start().starts_with("[!") => Annotated::Block,
        Some(b'{') if indented && !around.is_below_heading => Annotated::KeyJudgment,
        Some(b'{') if indented => Annotated::ListItem,
        Some(b'{') => Annotated::Block,
        _ => Annotated::Sentence,
    }
}

/// Finds the column around an offset, of an entry whose columns are ids.
fn column(line: &str, offset: usize, around: &Surroundings<'_>) -> Option<Slot> {
    let before = &line[..offset];
    if before.contains(['{', '^']) {
        return None;
    }
    let index = before.matches('|').count();
    let kinds: &[PartKind] = match (around.fenced?, index) {
        ("relationships", 0 | 2) => &[PartKind::Actor, PartKind::Place],
        ("changes", 0) => &[],
        _ => return None,
    };
    Some(Slot { kind: SlotKind::Id(kinds), word: id_around(line, TextRange::new(0, line.len()), offset) })
}
