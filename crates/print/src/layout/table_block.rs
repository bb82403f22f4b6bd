//! Measures tables: a caption, a header that is repeated on each page, and a strip per row.

use std::rc::Rc;

use crate::flow::{Row, TableBlock};
use crate::graphics::Color;
use crate::layout::geometry::{Geometry, Slot};
use crate::layout::shapes::{HAIRLINE, rule};
use crate::layout::strip::{Drawing, Strip, StripMark};
use crate::layout::text_block;
use crate::layout::text_block::{FAINT, add_line};
use crate::pages::{ArtifactKind, Owner};
use crate::text::Typesetter;
use crate::text::inline::Inline;
use crate::text::paragraph::Line;
use crate::text::paragraph_setup::ParagraphSetup;
use crate::units::Length;

/// Space above and below a row's text.
const PADDING: Length = Length::milli_pt(2_500);
/// Space between columns.
const GAP: Length = Length::pt(8);
/// The rule under the header.
const RULE: Length = Length::milli_pt(800);
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
        let may_break_after = (index > 0 || count == 1) && index + 2 != count;
        let first = strips.len();
        strips.extend(row_strips(table, row, &slots, room, typesetter));
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

/// Returns the columns' slots. Each column gets the width of its widest word, and a share of the remainder in
/// proportion to its longest text.
fn columns(table: &TableBlock, width: Length, typesetter: &mut Typesetter) -> Vec<Slot> {
    let count = table.columns.len().max(1);
    let gaps = GAP * i64::try_from(count - 1).unwrap_or(0);
    let room = (width - gaps).max(Length::pt(1)).units();
    let mut least = vec![0_i64; count];
    let mut most = vec![0_i64; count];
    let cells = |column: usize| {
        let rows = table.rows.iter().filter_map(move |row| row.cells.get(column));
        table.head.get(column).into_iter().chain(rows)
    };
    for column in 0..count {
        for cell in cells(column) {
            least[column] = least[column].max(typesetter.widest_word(cell).units());
            most[column] = most[column].max(typesetter.width(cell).units());
        }
    }
    let widths = shares(room, &least, &most);
    let mut start = Length::ZERO;
    let mut slots = Vec::with_capacity(count);
    for width in widths {
        let width = Length::from_units(width);
        slots.push(Slot { start, width });
        start += width + GAP;
    }
    slots
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
    if table.head.is_empty() {
        return Vec::new();
    }
    let lines = cell_lines(table, &table.head, slots, typesetter);
    let mut strips = line_strips(table, &table.head, slots, &lines, geometry.height / 3);
    let divided = strips.len() > 1;
    for strip in &mut strips {
        strip.may_break_after = divided;
    }
    if let Some(last) = strips.last_mut() {
        let bottom = last.height - RULE / 2;
        push_rule(last, total_width(slots), bottom, INK, RULE);
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
    let mut strips = line_strips(table, &row.cells, slots, &lines, room);
    if let Some(first) = strips.first_mut() {
        first.anchors.splice(0..0, row.anchors.iter().copied());
    }
    if let Some(last) = strips.last_mut() {
        let bottom = last.height - HAIRLINE / 2;
        push_rule(last, total_width(slots), bottom, FAINT, HAIRLINE);
    }
    strips
}

/// Returns the lines of a row's cells in one strip if it fits into `room`, else in one strip per line, padded above the
/// first and below the last.
fn line_strips(
    table: &TableBlock,
    cells: &[Inline],
    slots: &[Slot],
    lines: &[Vec<Line>],
    room: Length,
) -> Vec<Strip> {
    let tallest = lines.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let whole = table.leading * i64::try_from(tallest).unwrap_or(1_000_000) + PADDING * 2;
    let per_strip = if whole > room { 1 } else { tallest };
    (0..tallest)
        .step_by(per_strip)
        .map(|from| {
            let to = from + per_strip;
            let above = if from == 0 { PADDING } else { Length::ZERO };
            let below = if to >= tallest { PADDING } else { Length::ZERO };
            row_strip(table, cells, slots, lines, from..to, (above, below))
        })
        .collect()
}

fn cell_lines(
    table: &TableBlock,
    cells: &[Inline],
    slots: &[Slot],
    typesetter: &mut Typesetter,
) -> Vec<Vec<Line>> {
    let aligned = cells.iter().zip(slots).zip(&table.columns);
    aligned
        .map(|((cell, slot), align)| {
            let setup = ParagraphSetup {
                measure: slot.width,
                indent: Length::ZERO,
                align: *align,
                hyphenate: table.hyphenate,
                right_to_left: table.right_to_left,
            };
            typesetter.set(cell, &setup)
        })
        .collect()
}

/// Returns a strip of the given lines of a row's cells.
fn row_strip(
    table: &TableBlock,
    cells: &[Inline],
    slots: &[Slot],
    lines: &[Vec<Line>],
    range: std::ops::Range<usize>,
    (above, below): (Length, Length),
) -> Strip {
    let mut strip = Strip::default();
    let mut tallest = 1;
    for ((cell, slot), lines) in cells.iter().zip(slots).zip(lines) {
        let from = range.start.min(lines.len());
        let shown = &lines[from..range.end.min(lines.len())];
        tallest = tallest.max(shown.len());
        for (index, line) in shown.iter().enumerate() {
            let mut one = Strip::default();
            add_line(&mut one, cell, line, *slot, table.leading);
            let down = above + table.leading * i64::try_from(index).unwrap_or(0);
            strip.marks.extend(one.marks.into_iter().map(|mark| mark.lowered(down)));
        }
        if range.start == 0 {
            strip.anchors.extend(cell.anchors.iter().map(|(_, anchor)| *anchor));
        }
    }
    strip.height = table.leading * i64::try_from(tallest).unwrap_or(1) + above + below;
    strip
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
