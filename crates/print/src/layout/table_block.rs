//! Measures tables: a caption, a header that is repeated on each page, and a strip per row.

use std::rc::Rc;

use crate::column_widths::{COLUMN_GAP, distribute};
use crate::flow::{Cell, Column, ColumnWidth, Row, TableBlock};
use crate::graphics::Color;
use crate::layout::geometry::{Geometry, Slot};
use crate::layout::shapes::{HAIRLINE, rule};
use crate::layout::strip::{Drawing, Strip, StripMark};
use crate::layout::text_block;
use crate::layout::text_block::{FAINT, add_line, baseline, largest_size};
use crate::pages::{ArtifactKind, Owner};
use crate::text::Typesetter;
use crate::text::inline::Inline;
use crate::text::paragraph::Line;
use crate::text::paragraph_setup::ParagraphSetup;
use crate::units::Length;

/// Space above and below the header's text.
const HEAD_PADDING: (Length, Length) = (Length::milli_pt(3_000), Length::milli_pt(2_500));
/// The part of a page that a row may take before it is divided, where the table allows it: a third.
const TALLEST_WHOLE_ROW: i64 = 3;
/// Minimum number of a divided row's lines on either side of a page break.
const FEWEST_LINES: usize = 2;
/// Height of the headings that may precede a table on its page.
const HEADING: Length = Length::pt(64);
/// The rule above the header.
const RULE_ABOVE: Length = Length::milli_pt(800);
const INK: Color = Color(0x11, 0x11, 0x11);

pub(crate) fn measure(table: &TableBlock, geometry: &Geometry, typesetter: &mut Typesetter) -> Vec<Strip> {
    let slots = columns(table, geometry.width(table.span), typesetter);
    let mut strips = Vec::new();
    if let Some(caption) = &table.caption {
        strips.extend(text_block::measure(caption, geometry, typesetter));
    }
    let head = head(table, &slots, geometry, typesetter);
    let header = header(table, &head, geometry, typesetter).map(Rc::new);
    let room = geometry.height - height_of(header.as_deref());
    let row_room = if table.divides_rows { room.min(geometry.height / TALLEST_WHOLE_ROW) } else { room };
    let caption_height = height_of(&strips);
    strips.extend(head);
    let count = table.rows.len();
    let mut first_of_row = strips.len();
    let (mut named_by, mut row_header) = (None, header.clone());
    for (index, row) in table.rows.iter().enumerate() {
        let first = strips.len();
        // A row that fits a page only without what must precede it there is divided, so as not to leave that alone.
        let above = match index.checked_sub(1) {
            None => caption_height + HEADING,
            Some(before) if table.rows[before].keep_with_next => height_of(&strips[first_of_row..]),
            Some(_) => Length::ZERO,
        };
        first_of_row = first;
        if named_by != row.named_by {
            named_by = row.named_by;
            let naming = named_by.and_then(|naming| table.rows.get(naming));
            let named = naming.map(|row| group_header(table, row, &slots, header.as_deref(), typesetter));
            row_header = named.map(Rc::new).or_else(|| header.clone());
        }
        let group_name = height_of(row_header.as_deref()) - height_of(header.as_deref());
        let room = row_room.min(room - group_name - above);
        strips.extend(row_strips(table, row, &slots, (room, row_header.as_ref()), typesetter));
        let is_low = height_of(&strips[first..]) <= row_room / 2;
        // Two rows stay with the header, and the last two together, unless they are tall.
        let is_kept = is_low && count > 1 && (index == 0 || index + 2 == count);
        let may_break_after = !is_kept && !row.keep_with_next;
        if index == 0
            && table.head.is_empty()
            && let Some(strip) = strips.get_mut(first)
        {
            push_rule(strip, total_width(&slots), HAIRLINE / 2, INK, HAIRLINE);
        }
        if let Some(last) = strips.last_mut() {
            last.may_break_after = may_break_after;
        }
    }
    if let Some(first) = strips.first_mut() {
        first.before = first.before.max(table.before);
    }
    if let Some(last) = strips.last_mut() {
        last.height += table.after;
        last.after = table.after;
        last.may_break_after = !table.keep_with_next;
    }
    strips
}

fn height_of<'s>(strips: impl IntoIterator<Item = &'s Strip>) -> Length {
    strips.into_iter().map(|strip| strip.before + strip.height).sum()
}

/// Returns the columns' slots: fixed widths, and the rest for the columns by content.
fn columns(table: &TableBlock, width: Length, typesetter: &mut Typesetter) -> Vec<Slot> {
    let count = table.columns.len();
    let by_content: Vec<usize> =
        (0..count).filter(|column| table.columns[*column].width == ColumnWidth::Content).collect();
    let fixed: Length = table.columns.iter().map(fixed_width).sum();
    // A fixed width includes the gap after its column; the last column has none.
    let gaps = i64::try_from(
        by_content.len().saturating_sub(usize::from(by_content.last() == count.checked_sub(1).as_ref())),
    );
    let room = (width - fixed - COLUMN_GAP * gaps.unwrap_or(0)).max(Length::pt(1)).units();
    let (mut least, mut most) = (vec![0_i64; by_content.len()], vec![0_i64; by_content.len()]);
    for (place, column) in by_content.iter().enumerate() {
        for cell in cells_of(table, *column) {
            let extents = typesetter.extents(cell);
            least[place] = least[place].max(extents.widest_word.units());
            most[place] = most[place].max(extents.width.units());
        }
    }
    let mut widths = distribute(room, &least, &most);
    // The last column, usually the wordiest, gets the remainder.
    let remainder = room - widths.iter().sum::<i64>();
    if let Some(last) = widths.last_mut() {
        *last += remainder.max(0);
    }
    let mut widths = widths.into_iter();
    let mut start = Length::ZERO;
    let mut slots = Vec::with_capacity(count);
    for (index, column) in table.columns.iter().enumerate() {
        let gap = if index + 1 == count { Length::ZERO } else { COLUMN_GAP };
        let slot_width = match column.width {
            ColumnWidth::Content => Length::from_units(widths.next().unwrap_or(0)),
            ColumnWidth::Fixed(width) => (width - gap).max(Length::pt(1)),
        };
        slots.push(Slot { start, width: slot_width });
        start += slot_width + gap;
    }
    slots
}

const fn fixed_width(column: &Column) -> Length {
    match column.width {
        ColumnWidth::Content => Length::ZERO,
        ColumnWidth::Fixed(width) => width,
    }
}

/// Returns the texts of a column, without cells that span further columns.
fn cells_of(table: &TableBlock, column: usize) -> impl Iterator<Item = &Inline> {
    let whole = |row: &&Row| row.cells.iter().all(|cell| cell.further_columns == 0);
    let cells = table.rows.iter().filter(whole).filter_map(move |row| row.cells.get(column));
    let paragraphs = cells.flat_map(|cell| &cell.paragraphs).map(|paragraph| &paragraph.inline);
    table.head.get(column).into_iter().chain(paragraphs)
}

/// Returns the header: one strip, or one per line if it is taller than a third of a page.
fn head(table: &TableBlock, slots: &[Slot], geometry: &Geometry, typesetter: &mut Typesetter) -> Vec<Strip> {
    let width = total_width(slots);
    if table.head.is_empty() {
        return Vec::new();
    }
    let cells: Vec<Cell> = table.head.iter().map(|cell| Cell::of(cell.clone(), table.leading)).collect();
    let lines = cell_lines(table, &cells, slots, typesetter);
    let mut strips = line_strips(&lines, HEAD_PADDING, geometry.height / 3);
    let divided = strips.len() > 1;
    for strip in &mut strips {
        strip.may_break_after = divided;
    }
    if let Some(first) = strips.first_mut() {
        push_rule(first, width, RULE_ABOVE / 2, INK, RULE_ABOVE);
    }
    if let Some(last) = strips.last_mut() {
        let bottom = last.height - HAIRLINE / 2;
        push_rule(last, width, bottom, INK, HAIRLINE);
        last.may_break_after = false;
    }
    strips
}

fn total_width(slots: &[Slot]) -> Length {
    slots.last().map_or(Length::ZERO, |slot| slot.start + slot.width)
}

/// Returns what is repeated above the rows of later pages: the caption of the continuation and the header.
fn header(
    table: &TableBlock,
    head: &[Strip],
    geometry: &Geometry,
    typesetter: &mut Typesetter,
) -> Option<Strip> {
    let mut parts = Vec::new();
    if let Some(caption) = &table.continuation {
        parts.extend(text_block::measure(caption, geometry, typesetter));
    }
    if let [head] = head {
        parts.push(head.clone().into_artifact());
    }
    // A divided header would leave little room for rows and is not repeated.
    (!parts.is_empty()).then(|| Strip { may_break_after: false, ..Strip::stacked(parts) })
}

/// Returns the strips of a row: one, or one per line if it is taller than `room`. The latter repeat the row's label
/// below the table's header if they begin a page.
fn row_strips(
    table: &TableBlock,
    row: &Row,
    slots: &[Slot],
    (room, header): (Length, Option<&Rc<Strip>>),
    typesetter: &mut Typesetter,
) -> Vec<Strip> {
    let lines = cell_lines(table, &row.cells, slots, typesetter);
    let mut strips = line_strips(&lines, table.padding, room);
    let count = strips.len();
    let label_lines = lines.iter().take(table.label_columns).map(Vec::len).max().unwrap_or(0);
    let label = row_label(&lines[..table.label_columns.min(lines.len())], count);
    let below_label = label.map(|label| Rc::new(labelled(header.map(Rc::as_ref), label)));
    for (index, strip) in strips.iter_mut().enumerate() {
        let continues = index >= label_lines.max(1);
        strip.header = below_label.as_ref().filter(|_| continues).or(header).cloned();
        // The label of a continuation has as many lines beside it.
        let (before, after) = (index + 1, count - index - 1);
        let least = if below_label.is_some() { label_lines.max(FEWEST_LINES) } else { FEWEST_LINES };
        strip.may_break_after = after == 0 || (before >= FEWEST_LINES && after >= least);
    }
    let anchors = row.cells.iter().flat_map(|cell| &cell.paragraphs).flat_map(|of| &of.inline.anchors);
    if let Some(first) = strips.first_mut() {
        first.anchors = row.anchors.iter().copied().chain(anchors.map(|(_, anchor)| *anchor)).collect();
    }
    if let Some(last) = strips.last_mut()
        && !row.without_rule
    {
        let bottom = last.height - HAIRLINE / 2;
        push_rule(last, total_width(slots), bottom, FAINT, HAIRLINE);
    }
    strips
}

/// Returns a header with the name of a group of rows below it.
fn group_header(
    table: &TableBlock,
    naming: &Row,
    slots: &[Slot],
    header: Option<&Strip>,
    typesetter: &mut Typesetter,
) -> Strip {
    let name = cell_lines(table, &naming.cells[..naming.cells.len().min(1)], slots, typesetter);
    let name = line_strips(&name, table.padding, Length::ZERO).into_iter().map(Strip::into_artifact);
    Strip { may_break_after: false, ..Strip::stacked(header.cloned().into_iter().chain(name)) }
}

/// Returns the label of a row that has `count` lines, unless the label takes more than half of them.
fn row_label(label: &[Vec<CellLine>], count: usize) -> Option<Strip> {
    let tallest = label.iter().map(Vec::len).max().unwrap_or(0);
    if tallest == 0 || count < tallest * 2 {
        return None;
    }
    let mut strip = Strip::default();
    for cell in label {
        let mut top = Length::ZERO;
        for line in cell {
            top += line.before;
            put_line(&mut strip, line, top);
            top += line.leading;
        }
    }
    Some(strip.into_artifact())
}

/// Returns a header with the label of a row below it, beside the first lines that follow.
fn labelled(header: Option<&Strip>, label: Strip) -> Strip {
    let mut labelled = header.cloned().unwrap_or_default();
    let below = labelled.height;
    labelled.marks.extend(label.marks.into_iter().map(|mark| mark.lowered(below)));
    labelled
}

/// A line of a cell.
struct CellLine<'c> {
    inline: &'c Inline,
    line: Line,
    slot: Slot,
    leading: Length,
    /// Space before it.
    before: Length,
}

/// Sets the cells of a row.
fn cell_lines<'c>(
    table: &TableBlock,
    cells: &'c [Cell],
    slots: &[Slot],
    typesetter: &mut Typesetter,
) -> Vec<Vec<CellLine<'c>>> {
    let mut column = 0;
    let mut rows = Vec::with_capacity(cells.len());
    for cell in cells {
        let Some(first) = slots.get(column) else { break };
        let last = slots[(column + cell.further_columns).min(slots.len() - 1)];
        let slot = Slot { start: first.start, width: last.start + last.width - first.start };
        let of = table.columns.get(column).copied().unwrap_or_default();
        column += 1 + cell.further_columns;
        let mut lines = Vec::new();
        for paragraph in &cell.paragraphs {
            let indent = paragraph.indent;
            let slot = Slot { start: slot.start + indent, width: (slot.width - indent).max(Length::pt(1)) };
            let setup = ParagraphSetup {
                measure: slot.width,
                indent: -paragraph.outdent,
                align: of.align,
                hyphenate: table.hyphenate,
                right_to_left: table.right_to_left,
            };
            let mut before = if lines.is_empty() { Length::ZERO } else { paragraph.before };
            let set = match paragraph.aligned_at {
                Some(at) => aligned_line(&paragraph.inline, (at, of.number_edge), &setup, typesetter),
                None => typesetter.set(&paragraph.inline, &setup),
            };
            for line in set {
                let (inline, leading) = (&paragraph.inline, paragraph.leading);
                lines.push(CellLine { inline, line, slot, leading, before });
                before = Length::ZERO;
            }
        }
        rows.push(lines);
    }
    rows
}

/// Sets a number on one line, with the place at which it is aligned at `edge`.
fn aligned_line(
    inline: &Inline,
    (at, edge): (usize, Length),
    setup: &ParagraphSetup,
    typesetter: &mut Typesetter,
) -> Vec<Line> {
    let line = typesetter.unbroken_line(inline, setup.right_to_left);
    let aligned = |line: Line| {
        let before = line.edge_at(inline, at) - line.left;
        line.moved_to(edge - before)
    };
    line.map(aligned).into_iter().collect()
}

/// Returns the lines of a row's cells in one strip if it fits into `room`, else in one strip per line, padded above the
/// first and below the last. The first lines of all cells have one baseline.
fn line_strips(cells: &[Vec<CellLine>], padding: (Length, Length), room: Length) -> Vec<Strip> {
    let first_baselines: Vec<Length> = cells.iter().map(|lines| first_baseline(lines)).collect();
    let baseline = first_baselines.iter().copied().fold(Length::ZERO, Length::max);
    let mut whole = Strip::default();
    for (lines, own) in cells.iter().zip(&first_baselines) {
        let mut top = padding.0 + baseline - *own;
        for line in lines {
            top += line.before;
            put_line(&mut whole, line, top);
            top += line.leading;
        }
        whole.height = whole.height.max(top + padding.1);
    }
    let tallest = cells.iter().map(Vec::len).max().unwrap_or(0);
    if whole.height <= room || tallest < 2 {
        return vec![whole];
    }
    let strip = |index: usize| {
        let mut strip = Strip::default();
        let above = if index == 0 { padding.0 } else { Length::ZERO };
        let below = if index + 1 == tallest { padding.1 } else { Length::ZERO };
        for line in cells.iter().filter_map(|lines| lines.get(index)) {
            put_line(&mut strip, line, above + line.before);
            strip.height = strip.height.max(above + line.before + line.leading + below);
        }
        strip
    };
    (0..tallest).map(strip).collect()
}

fn first_baseline(lines: &[CellLine]) -> Length {
    lines.first().map_or(Length::ZERO, |line| baseline(line.leading, largest_size(line.inline)))
}

fn put_line(strip: &mut Strip, line: &CellLine, top: Length) {
    let mut one = Strip::default();
    add_line(&mut one, line.inline, &line.line, line.slot, line.leading);
    strip.marks.extend(one.marks.into_iter().map(|mark| mark.lowered(top)));
}

fn push_rule(strip: &mut Strip, width: Length, y: Length, color: Color, thickness: Length) {
    let slot = Slot { start: Length::ZERO, width };
    let path = rule(Length::ZERO, y, width, color, thickness);
    let owner = Owner::Artifact(ArtifactKind::Layout);
    strip.marks.push(StripMark { owner, slot, drawing: Drawing::Path(path) });
}
