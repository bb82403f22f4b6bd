//! Measures tables: a caption, a header that is repeated on each page, and a strip per row.

use std::rc::Rc;

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
use crate::text::paragraph_setup::{Align, ParagraphSetup};
use crate::units::Length;

/// Space above and below the header's text.
const HEAD_PADDING: (Length, Length) = (Length::milli_pt(3_000), Length::milli_pt(2_500));
/// Space between columns.
const GAP: Length = Length::pt(8);
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
    let header = match head.as_slice() {
        [head] => Some(Rc::new(repeated(head))),
        // A divided header would leave little room for rows and is not repeated.
        _ => None,
    };
    let room = geometry.height - header.as_ref().map_or(Length::ZERO, |header| header.height);
    strips.extend(head);
    let count = table.rows.len();
    for (index, row) in table.rows.iter().enumerate() {
        // Two rows stay with the header, and the last two together.
        let may_break_after = (index > 0 || count == 1) && index + 2 != count && !row.keep_with_next;
        let first = strips.len();
        strips.extend(row_strips(table, row, &slots, room, typesetter));
        if index == 0
            && table.head.is_empty()
            && let Some(strip) = strips.get_mut(first)
        {
            push_rule(strip, total_width(&slots), HAIRLINE / 2, INK, HAIRLINE);
        }
        for strip in &mut strips[first..] {
            strip.header.clone_from(&header);
            strip.may_break_after = true;
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

/// Returns the columns' slots: fixed widths, and the rest for the columns by content. Each of these gets the width of
/// its widest word, and a share of the remainder in proportion to its longest text.
fn columns(table: &TableBlock, width: Length, typesetter: &mut Typesetter) -> Vec<Slot> {
    let count = table.columns.len();
    let by_content: Vec<usize> =
        (0..count).filter(|column| table.columns[*column].width == ColumnWidth::Content).collect();
    let fixed: Length = table.columns.iter().map(fixed_width).sum();
    // A fixed width includes the gap after its column; the last column has none.
    let gaps = i64::try_from(
        by_content.len().saturating_sub(usize::from(by_content.last() == count.checked_sub(1).as_ref())),
    );
    let room = (width - fixed - GAP * gaps.unwrap_or(0)).max(Length::pt(1)).units();
    let (mut least, mut most) = (vec![0_i64; by_content.len()], vec![0_i64; by_content.len()]);
    for (place, column) in by_content.iter().enumerate() {
        for cell in cells_of(table, *column) {
            least[place] = least[place].max(typesetter.widest_word(cell).units());
            most[place] = most[place].max(typesetter.width(cell).units());
        }
    }
    let mut widths = shares(room, &least, &most).into_iter();
    let mut start = Length::ZERO;
    let mut slots = Vec::with_capacity(count);
    for (index, column) in table.columns.iter().enumerate() {
        let gap = if index + 1 == count { Length::ZERO } else { GAP };
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

fn shares(room: i64, least: &[i64], most: &[i64]) -> Vec<i64> {
    let (needed, wanted): (i64, i64) = (least.iter().sum(), most.iter().sum());
    if needed >= room {
        return cut(room, least);
    }
    if wanted <= room {
        // The last column, usually the wordiest, gets the remainder.
        let mut widths = most.to_vec();
        if let Some(last) = widths.last_mut() {
            *last += room - wanted;
        }
        return widths;
    }
    // Caps columns at half the width, so that a few long cells do not squeeze a column of medium cells.
    let half = |(least, most): (&i64, &i64)| (*most).min((room / 2).max(*least));
    let halved: Vec<i64> = least.iter().zip(most).map(half).collect();
    let (most, wanted) = match halved.iter().sum::<i64>() {
        enough if enough >= room => (halved.as_slice(), enough),
        _ => (most, wanted),
    };
    let (spare, play) = (i128::from(room - needed), i128::from(wanted - needed).max(1));
    let widened = |(least, most): (&i64, &i64)| {
        let more = spare * i128::from(most - least) / play;
        least + i64::try_from(more).unwrap_or(0)
    };
    least.iter().zip(most).map(widened).collect()
}

/// Narrows the widest columns to a common width so that all fit; their words are broken anywhere.
fn cut(room: i64, least: &[i64]) -> Vec<i64> {
    let mut rising = least.to_vec();
    rising.sort_unstable();
    let (mut left, mut limit) = (room, 0);
    for (index, width) in rising.iter().enumerate() {
        limit = left / i64::try_from(rising.len() - index).unwrap_or(1);
        if *width > limit {
            break;
        }
        left -= width;
    }
    least.iter().map(|width| (*width).min(limit)).collect()
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

/// Returns the header for later pages, as an artifact.
fn repeated(head: &Strip) -> Strip {
    let mut header = head.clone();
    header.marks.retain(|mark| !matches!(mark.drawing, Drawing::LinkArea(..)));
    for mark in &mut header.marks {
        mark.owner = Owner::Artifact(ArtifactKind::Layout);
    }
    header.anchors.clear();
    header
}

/// Returns the strips of a row: one, or one per line if the row is taller than a page.
fn row_strips(
    table: &TableBlock,
    row: &Row,
    slots: &[Slot],
    room: Length,
    typesetter: &mut Typesetter,
) -> Vec<Strip> {
    let lines = cell_lines(table, &row.cells, slots, typesetter);
    let mut strips = line_strips(&lines, table.padding, room);
    let anchors = row.cells.iter().flat_map(|cell| &cell.paragraphs).flat_map(|of| &of.inline.anchors);
    if let Some(first) = strips.first_mut() {
        first.anchors = row.anchors.iter().copied().chain(anchors.map(|(_, anchor)| *anchor)).collect();
    }
    if let Some(last) = strips.last_mut()
        && !row.keep_with_next
    {
        let bottom = last.height - HAIRLINE / 2;
        push_rule(last, total_width(slots), bottom, FAINT, HAIRLINE);
    }
    strips
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
        let align = table.columns.get(column).map_or(Align::Start, |column| column.align);
        column += 1 + cell.further_columns;
        let mut lines = Vec::new();
        for paragraph in &cell.paragraphs {
            let indent = paragraph.indent;
            let slot = Slot { start: slot.start + indent, width: (slot.width - indent).max(Length::pt(1)) };
            let setup = ParagraphSetup {
                measure: slot.width,
                indent: Length::ZERO,
                align,
                hyphenate: table.hyphenate,
                right_to_left: table.right_to_left,
            };
            let mut before = if lines.is_empty() { Length::ZERO } else { paragraph.before };
            for line in typesetter.set(&paragraph.inline, &setup) {
                let (inline, leading) = (&paragraph.inline, paragraph.leading);
                lines.push(CellLine { inline, line, slot, leading, before });
                before = Length::ZERO;
            }
        }
        rows.push(lines);
    }
    rows
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

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn only_columns_that_need_too_much_width_are_narrowed() {
        assert_eq!(shares(400, &[30, 5_000, 90], &[30, 5_000, 900]), [30, 280, 90]);
    }

    #[test]
    fn columns_fill_the_room_and_none_gets_less_than_its_widest_word() {
        let (least, most) = ([30, 50, 20], [40, 900, 300]);
        let widths = shares(400, &least, &most);
        assert!(widths.iter().zip(least).all(|(width, least)| *width >= least), "{widths:?}");
        assert!((397..=400).contains(&widths.iter().sum::<i64>()), "{widths:?}");
    }
}
