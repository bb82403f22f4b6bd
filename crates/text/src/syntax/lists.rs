//! Lists: `- ` or `1. `, nested by two spaces, each item with its sentences, its own line and its nested list.

use chancery_proto::lookalikes::digit;

use crate::code;
use crate::diagnostics::Diagnostic;
use crate::range::{Spanned, TextRange};
use crate::syntax::line_reader::LineReader;
use crate::syntax::lines::Line;
use crate::syntax::markers::{ForeignMarker, Marker};
use crate::syntax::parts::Parts;
use crate::syntax::sentences::read_passage;
use crate::syntax::tree::{List, ListItem};

/// Maximum nesting of lists that is read as such; the limit of a brief is lower.
const MAX_DEPTH: usize = 16;

/// Reads the list that starts on the next line.
pub(crate) fn read_list(reader: &mut LineReader<'_, '_, '_>) -> List {
    list(reader, 1)
}

/// An item's mark on its line.
#[derive(Clone, Copy)]
struct ItemMark {
    /// Columns before the mark.
    indentation: usize,
    length: usize,
    is_ordered: bool,
}

fn item_mark(reader: &LineReader<'_, '_, '_>, line: &Line<'_>) -> Option<ItemMark> {
    let (length, is_ordered) = match reader.marker(line)? {
        Marker::Bullet { length } => (length, false),
        Marker::Number { length, .. } | Marker::Foreign(ForeignMarker::Number { length, .. }) => {
            (length, true)
        }
        _ => return None,
    };
    Some(ItemMark { indentation: line.indentation(), length, is_ordered })
}

fn list(reader: &mut LineReader<'_, '_, '_>, depth: usize) -> List {
    let mut list = List::default();
    let Some(first) = reader.peek().and_then(|line| item_mark(reader, &line)) else { return list };
    list.ordered = first.is_ordered;
    // Every call reads at least one item.
    while let Some(line) = reader.peek()
        && let Some(mark) = item_mark(reader, &line)
        && !reader.cursor.is_exhausted()
    {
        let item = item(reader, line, mark, depth);
        list.range = if list.items.is_empty() { item.range } else { list.range.cover(item.range) };
        list.items.push(item);
        let is_next = continues(reader, |reader, line| {
            item_mark(reader, line).is_some_and(|next| {
                next.is_ordered == first.is_ordered && next.indentation == first.indentation
            })
        });
        if !is_next {
            break;
        }
    }
    list
}

/// Reads past blank lines and comments, and returns whether the line behind them continues the list.
fn continues(
    reader: &mut LineReader<'_, '_, '_>,
    is_continuation: impl Fn(&LineReader<'_, '_, '_>, &Line<'_>) -> bool,
) -> bool {
    while let Some(line) = reader.peek() {
        if reader.is_separated {
            return false;
        }
        if line.is_blank() {
            reader.advance();
        } else if reader.marker(&line) == Some(Marker::Comment) {
            reader.comment();
        } else {
            return is_continuation(reader, &line);
        }
    }
    false
}

fn item(reader: &mut LineReader<'_, '_, '_>, line: Line<'_>, mark: ItemMark, depth: usize) -> ListItem {
    let text_column = mark.indentation + mark.length;
    let mut item = ListItem { range: line.range, indentation: text_column, ..ListItem::default() };
    let mut passage = Vec::new();
    report_number(reader, &line);
    let start = reader.content_range(&line).start + mark.length;
    reader.advance();
    let text = TextRange::new(start.min(line.range.end), line.range.end);
    if !text.of(reader.text).trim().is_empty() {
        passage.push(text);
    }
    let is_inside = |_: &LineReader<'_, '_, '_>, line: &Line<'_>| line.indentation() > mark.indentation;
    while continues(reader, is_inside) || lazy_line(reader, mark) || lazy_own_line(reader, mark) {
        let Some(line) = reader.peek() else { break };
        item.range = item.range.cover(line.range);
        if item_mark(reader, &line).is_some() && depth < MAX_DEPTH {
            nested(reader, &mut item, depth);
        } else if let Some(own) = reader.own_line(&line) {
            reader.advance();
            match &item.own {
                Some(first) => report_second_own_line(reader, first, &own),
                None => item.own = Some(own),
            }
        } else {
            if item_mark(reader, &line).is_some() {
                let message = "lists nest too deeply: a brief has at most six levels";
                reader.cursor.diagnostics.error(code::WRONG_DEPTH, line.range, message);
            }
            passage.push(reader.content_range(&line));
            reader.advance();
        }
    }
    item.passage = read_passage(reader.text, passage, reader.cursor);
    if let (Some(inner), Some(marking)) = (&mut item.list, item.passage.last_marking()) {
        carry_into(inner, marking);
    }
    item
}

/// Gives the items of a list the marking of the text above them, unless they have one or ids.
pub(crate) fn carry_into(list: &mut List, marking: &Spanned) {
    for item in &mut list.items {
        item.passage.carry(marking);
        if let Some(inner) = &mut item.list {
            carry_into(inner, marking);
        }
    }
}

/// Reports a further line of annotations of an item: only one can be read and written again without loss.
fn report_second_own_line(reader: &mut LineReader<'_, '_, '_>, first: &Parts, second: &Parts) {
    let message = "an item has one line of annotations and one id: join this line with the one above, as in \
                   `{likely; low confidence} ^kj-1`";
    // Not formatted either is a first line that would get an id beside the one of the second.
    let is_unnamed = first.id.is_none() && second.id.is_some();
    let range = if is_unnamed { first.range.cover(second.range) } else { second.range };
    reader.cursor.diagnostics.error(code::MISPLACED, range, message);
}

fn nested(reader: &mut LineReader<'_, '_, '_>, item: &mut ListItem, depth: usize) {
    let inner = list(reader, depth + 1);
    item.range = item.range.cover(inner.range);
    match &mut item.list {
        None => item.list = Some(inner),
        Some(first) => {
            if first.ordered != inner.ordered {
                let message = "an item has one nested list: make its items bullets or numbers throughout";
                reader.cursor.diagnostics.error(code::MISPLACED, inner.range, message);
            }
            first.range = first.range.cover(inner.range);
            first.items.extend(inner.items);
        }
    }
}

/// Reports a number that is not written as `1.`.
fn report_number(reader: &mut LineReader<'_, '_, '_>, line: &Line<'_>) {
    let Some(Marker::Foreign(ForeignMarker::Number { .. })) = reader.marker(line) else { return };
    let content = line.content();
    let digits: String = content.chars().map_while(digit).collect();
    let written = content.find(['.', ')']).map_or(0, |mark| mark + 1);
    let start = line.range.start + line.lead();
    let range = TextRange::new(start, start + written);
    let message = format!(
        "numbered items and key judgments start with \"{digits}.\", in ASCII: write it, or a backslash before the mark for \
         text"
    );
    let error = Diagnostic::error(code::NOT_A_BRIEF, range, message);
    reader.cursor.diagnostics.push(error.with_fix(range, format!("{digits}.")));
}

/// Returns whether the next line has annotations of the item above it but is not indented, which it reports. A line of
/// annotations that a block follows belongs to that block.
fn lazy_own_line(reader: &mut LineReader<'_, '_, '_>, mark: ItemMark) -> bool {
    let Some(line) = reader.peek().filter(|line| line.content().starts_with(['{', '^'])) else {
        return false;
    };
    // An indented line belongs to one of the items that enclose this one.
    if mark.indentation > 0 || line.indentation() > 0 || !is_directly_below(reader, &line) {
        return false;
    }
    let state = reader.cursor.mark();
    let is_own = reader.own_line(&line).is_some();
    reader.cursor.return_to(state);
    let belongs_above =
        reader.peek_behind().is_none_or(|next| next.is_blank() || item_mark(reader, &next).is_some());
    if !is_own || !belongs_above {
        return false;
    }
    if reader.heading_level.is_some() && line.content().contains("marking:") {
        let message = "a line of annotations with a marking is before the list, for all of it, or indented below the item that it marks: \
                       move or indent it";
        reader.cursor.diagnostics.error(code::MISPLACED, line.range, message);
        return true;
    }
    let message = "the annotations of a key judgment or list item are indented below it: indent the line";
    let insertion = TextRange::at(line.range.start);
    let error = Diagnostic::error(code::MISPLACED, line.range, message);
    reader.cursor.diagnostics.push(error.with_fix(insertion, " ".repeat(mark.indentation + mark.length)));
    true
}

fn is_directly_below(reader: &LineReader<'_, '_, '_>, line: &Line<'_>) -> bool {
    let start = line.range.start;
    let above = reader.text[..start].trim_end_matches(['\n', '\r']);
    reader.text[above.len()..start].matches('\n').count() == 1
}

/// Returns whether the next line is text directly below an item but not indented, which it reports.
fn lazy_line(reader: &mut LineReader<'_, '_, '_>, mark: ItemMark) -> bool {
    let Some(line) = reader.peek().filter(|line| !line.is_blank()) else { return false };
    if reader.marker(&line).is_some() || line.content().starts_with(['{', '^']) {
        return false;
    }
    // A line behind a blank one is a paragraph.
    if !is_directly_below(reader, &line) {
        return false;
    }
    let start = line.range.start;
    let message = "a line of a list item is indented: indent it, or put a blank line before a paragraph";
    let insertion = TextRange::at(start);
    let indentation = " ".repeat(mark.indentation + 2);
    reader
        .cursor
        .diagnostics
        .push(Diagnostic::error(code::MISPLACED, line.range, message).with_fix(insertion, indentation));
    true
}
