//! The body of a text: blocks between blank lines.

use crate::code;
use crate::diagnostics::Diagnostic;
use crate::range::TextRange;
use crate::syntax::fenced::read_fenced;
use crate::syntax::figures::read_figure;
use crate::syntax::gaps::skip_gaps;
use crate::syntax::line_reader::LineReader;
use crate::syntax::lines::Line;
use crate::syntax::lists::{carry_into, read_list};
use crate::syntax::markers::{ForeignMarker, Marker, marked, numbered_caption};
use crate::syntax::opening_titles::is_opening_title;
use crate::syntax::parts::{Parts, TextForm, marking_before_mark, read_line};
use crate::syntax::pasted_tables::{is_numbered_title, read_pasted_table, starts_pasted_table};
use crate::syntax::quotes::{callout_length, read_quote};
use crate::syntax::sentences::{Passage, read_passage};
use crate::syntax::tables::read_table;
use crate::syntax::tree::{EMPTY_BLOCKS, Element, ElementKind, List};

/// Maximum level of a heading.
const MAX_LEVEL: usize = 4;

/// Reads the blocks of a body.
pub(crate) fn read_body(reader: &mut LineReader<'_, '_, '_>) -> Vec<Element> {
    let mut elements: Vec<Element> = Vec::new();
    let mut own: Option<Parts> = None;
    while let Some(line) = reader.peek() {
        if reader.cursor.is_exhausted() {
            break;
        }
        reader.is_separated = false;
        if line.is_blank() {
            reader.advance();
            continue;
        }
        if reader.marker(&line) == Some(Marker::Comment) {
            reader.comment();
            continue;
        }
        if let Some(parts) = reader.own_line(&line) {
            reader.advance();
            if let Some(kind) = empty_block(&parts) {
                report_orphan(own.take(), reader);
                elements.push(Element { range: parts.range, own: Some(parts), kind });
            } else {
                report_orphan(own.replace(parts), reader);
            }
            continue;
        }
        let Some(kind) = element(reader, line) else { continue };
        if matches!(kind, ElementKind::Heading { .. } | ElementKind::Fenced { .. }) {
            report_orphan(own.take(), reader);
        }
        let end = reader.previous_end();
        let mut kind = kind;
        if let (ElementKind::List(list), Some(above)) = (&mut kind, elements.last()) {
            carry_from_above(reader.text, above, line.range.start, list);
        }
        elements.push(Element { range: TextRange::new(line.range.start, end), own: own.take(), kind });
    }
    report_orphan(own, reader);
    elements
}

/// Gives a list directly below a paragraph without ids the marking that holds at its end: authors write the two as one.
fn carry_from_above(text: &str, above: &Element, start: usize, list: &mut List) {
    let ElementKind::Paragraph(passage) = &above.kind else { return };
    let between = text.get(above.range.end..start).unwrap_or_default();
    let is_adjacent = between.matches('\n').count() == 1;
    if let Some(marking) = passage.last_marking().filter(|_| is_adjacent) {
        carry_into(list, marking);
    }
}

fn report_orphan(own: Option<Parts>, reader: &mut LineReader<'_, '_, '_>) {
    if let Some(own) = own {
        let message =
            "the annotations belong to no block: a block follows them, or indent them below a list item";
        reader.cursor.diagnostics.error(code::ORPHAN, own.range, message);
    }
}

/// Returns the block without sentences that a line of annotations represents.
fn empty_block(own: &Parts) -> Option<ElementKind> {
    let item = own.items.iter().find(|item| item.head.text == "empty")?;
    let word = item.value.as_ref().map_or("", |value| value.text.as_str());
    EMPTY_BLOCKS.iter().find(|(known, _)| *known == word).map(|(_, block)| ElementKind::Empty(*block))
}

/// Reads the block that starts on a line; none for a line that is not one.
fn element(reader: &mut LineReader<'_, '_, '_>, line: Line<'_>) -> Option<ElementKind> {
    if starts_pasted_table(reader, &line) {
        return Some(ElementKind::Table(read_pasted_table(reader)));
    }
    Some(match reader.marker(&line) {
        None if is_numbered_title(reader, &line) => ElementKind::Table(read_table(reader)),
        Some(Marker::Heading { level, length }) => heading(reader, line, level, length),
        Some(Marker::Fence) => read_fenced(reader),
        Some(Marker::Quote { .. }) => read_quote(reader),
        Some(
            Marker::Bullet { .. } | Marker::Number { .. } | Marker::Foreign(ForeignMarker::Number { .. }),
        ) => ElementKind::List(read_list(reader)),
        Some(Marker::TableTitle { .. } | Marker::TableRow) => ElementKind::Table(read_table(reader)),
        Some(Marker::Figure) => ElementKind::Figure(read_figure(reader)),
        Some(Marker::Foreign(ForeignMarker::Underline)) if title_above(reader, &line).is_none() => {
            paragraph(reader)
        }
        Some(Marker::Foreign(ForeignMarker::Rule | ForeignMarker::Underline)) => {
            report_line(reader, &line);
            reader.advance();
            return None;
        }
        Some(Marker::Foreign(foreign)) => {
            report_foreign(reader, &line, foreign);
            paragraph(reader)
        }
        Some(Marker::Comment) | None => paragraph(reader),
    })
}

/// Returns the range of the words directly above a line; none if the line above is blank.
fn title_above(reader: &LineReader<'_, '_, '_>, line: &Line<'_>) -> Option<TextRange> {
    let above = reader.text[..line.range.start].strip_suffix('\n')?;
    let above = above.strip_suffix('\r').unwrap_or(above);
    let title = TextRange::new(above.rfind('\n').map_or(0, |end| end + 1), above.len());
    (!title.of(reader.text).trim().is_empty()).then_some(title)
}

/// Reports a line of hyphens or signs of equality: in Markdown it makes a heading of the line above it, or separates.
fn report_line(reader: &mut LineReader<'_, '_, '_>, line: &Line<'_>) {
    let is_rule = line.content().starts_with('-');
    let mark = if is_rule { "---" } else { "===" };
    let title = title_above(reader, line);
    let message = match title {
        Some(_) => format!(
            "a line under words makes no heading in a brief: write # before the words instead, or \\{mark} for text"
        ),
        None => format!("a horizontal rule means nothing in a brief: remove it, or write \\{mark} for text"),
    };
    let error = Diagnostic::error(code::NOT_A_BRIEF, line.range, message);
    // Hyphens may be meant to separate, and of several lines only the last one would become the heading.
    let title = title.filter(|title| !is_rule && reader.text[..title.start].ends_with("\n\n"));
    reader.cursor.diagnostics.push(match title {
        Some(title) => {
            let heading = format!("# {}", title.of(reader.text).trim());
            error.with_fix(TextRange::new(title.start, line.range.end), heading)
        }
        None => error,
    });
}

fn report_foreign(reader: &mut LineReader<'_, '_, '_>, line: &Line<'_>, foreign: ForeignMarker) {
    let content = reader.content_range(line);
    let diagnostic = match foreign {
        ForeignMarker::Marked => misplaced_marking(reader, content),
        ForeignMarker::HeadingWithoutSpace { length } => {
            let message = "a heading has a space behind #: add it, or write \\# for text";
            let at = TextRange::at(content.start + length);
            Diagnostic::error(code::NOT_A_BRIEF, content, message).with_fix(at, " ")
        }
        ForeignMarker::Fence => {
            let tildes = content.of(reader.text).bytes().take_while(|byte| *byte == b'~').count();
            let fence = TextRange::new(content.start, content.start + tildes);
            let message =
                "a fenced block opens and closes with three backquotes: write ```, or \\~~~ for text";
            Diagnostic::error(code::NOT_A_BRIEF, fence, message).with_fix(fence, "```")
        }
        ForeignMarker::Bullet
        | ForeignMarker::Dot
        | ForeignMarker::Number { .. }
        | ForeignMarker::Rule
        | ForeignMarker::Underline => {
            let dot = content.of(reader.text).chars().next().map_or(0, char::len_utf8);
            let mark = TextRange::new(content.start, content.start + dot);
            let message = "list items start with \"- \": write it, or a backslash before the mark for text";
            Diagnostic::error(code::NOT_A_BRIEF, mark, message).with_fix(mark, "-")
        }
    };
    reader.cursor.diagnostics.push(diagnostic);
}

/// Returns the error of a marking before the mark of its block, which it would break.
fn misplaced_marking(reader: &LineReader<'_, '_, '_>, content: TextRange) -> Diagnostic {
    let line = content.of(reader.text);
    let (start, marker) = marked(line, reader.cursor.scheme).unwrap_or((line.len(), Marker::Fence));
    let label = line[..start].trim_end();
    let length = match marker {
        Marker::Heading { length, .. }
        | Marker::Bullet { length }
        | Marker::Number { length, .. }
        | Marker::TableTitle { length } => length,
        Marker::Quote { length } => length + callout_length(&line[start + length..]),
        _ => 0,
    };
    let behind = skip_gaps(line, start + length);
    let range = TextRange::new(content.start, content.start + behind);
    let mark = line[start..start + length].trim_end();
    if mark.is_empty() {
        let message = format!(
            "{label} marks nothing here: a table is marked in its title line, `Table: {label} CAPTION`, entries of a fenced block \
             and rows of a table each by themselves; write \\( for text"
        );
        let range = TextRange::new(content.start, content.start + label.len());
        return Diagnostic::error(code::WRONG_ORDER, range, message);
    }
    let right = format!("{mark} {label}");
    marking_before_mark(range, &right, format!("{right} "))
}

fn heading(reader: &mut LineReader<'_, '_, '_>, line: Line<'_>, level: usize, length: usize) -> ElementKind {
    let range = reader.content_range(&line);
    reader.advance();
    let range = TextRange::new(range.start + length, range.end);
    if level > MAX_LEVEL {
        let message =
            format!("headings have at most {MAX_LEVEL} levels: remove {} of the #", level - MAX_LEVEL);
        reader.cursor.diagnostics.error(code::WRONG_DEPTH, range, message);
    }
    let title = read_line(reader.text, range, TextForm::Plain, reader.cursor);
    let level = level.min(MAX_LEVEL);
    reader.heading_level = Some(level);
    ElementKind::Heading { level, title }
}

fn paragraph(reader: &mut LineReader<'_, '_, '_>) -> ElementKind {
    let first = reader.peek();
    let starts_with_bullet =
        first.is_some_and(|line| reader.marker(&line) == Some(Marker::Foreign(ForeignMarker::Bullet)));
    let caption = first.and_then(|line| Some((line, numbered_caption(line.content())?)));
    let mut lines = Vec::new();
    while let Some((line, marker)) = reader.next_in_block() {
        // A wrapped line may start with a plus, but not behind another one.
        let is_next_bullet = starts_with_bullet && marker == Some(Marker::Foreign(ForeignMarker::Bullet));
        if !lines.is_empty()
            && (marker.is_some_and(Marker::interrupts_paragraph)
                || is_next_bullet
                || starts_block(reader, &line))
        {
            break;
        }
        lines.push(reader.content_range(&line));
        reader.advance();
    }
    let passage = read_passage(reader.text, lines, reader.cursor);
    refuse_bold_title(reader, &passage);
    // With an id, it is a sentence.
    if let Some((line, length)) = caption.filter(|_| passage.is_raw && passage.lines.len() == 1) {
        warn_of_caption(reader, &line, length);
    }
    ElementKind::Paragraph(passage)
}

/// Reports a line of few words that are bold as a whole, as authors of other forms write headings.
fn refuse_bold_title(reader: &mut LineReader<'_, '_, '_>, passage: &Passage) {
    /// Most words of a heading that is recognised.
    const MOST_WORDS: usize = 10;
    let ([line], [sentence], true) = (passage.lines.as_slice(), passage.sentences.as_slice(), passage.is_raw)
    else {
        return;
    };
    let written = line.of(reader.text).trim();
    let Some(title) = written.strip_prefix("**").and_then(|rest| rest.strip_suffix("**")) else { return };
    let is_title = !title.contains('*')
        && !title.ends_with(['.', '!', '?'])
        && title.split_whitespace().count() <= MOST_WORDS
        && sentence.marking.is_none();
    if !is_title {
        return;
    }
    if is_opening_title(title) {
        let message = "the bottom line and the key judgments have no title: remove this line; they are the paragraphs and the numbered \
                       items above the first heading";
        reader.cursor.diagnostics.error(code::NOT_A_BRIEF, *line, message);
        return;
    }
    // One level below the heading above it; without one, what follows may be key judgments.
    let above = reader.heading_level;
    let mark = "#".repeat(above.map_or(1, |above| above + 1).min(MAX_LEVEL));
    let message = format!(
        "a bold line is a sentence, and no heading: write `{mark} {title}`, or end it with a full stop"
    );
    let error = Diagnostic::error(code::NOT_A_BRIEF, *line, message);
    reader.cursor.diagnostics.push(match above {
        Some(_) => error.with_fix(*line, format!("{mark} {title}")),
        None => error,
    });
}

/// Warns of a line that reads as the caption of a table, but starts none.
fn warn_of_caption(reader: &mut LineReader<'_, '_, '_>, line: &Line<'_>, length: usize) {
    let start = line.range.start + line.lead();
    let range = TextRange::new(start, start + length);
    let message = "this is read as a sentence: a table has the title line `Table: CAPTION`, without a number, directly above rows \
                   such as `| Year | Ships |`";
    reader.cursor.diagnostics.push(Diagnostic::warning(code::INVALID_TABLE, range, message));
}

/// Returns whether a line inside a paragraph is a line of annotations with an id, which belongs to the next block.
fn starts_block(reader: &mut LineReader<'_, '_, '_>, line: &Line<'_>) -> bool {
    let mark = reader.cursor.mark();
    let own = reader.own_line(line);
    reader.cursor.return_to(mark);
    own.is_some_and(|own| own.id.is_some())
}
