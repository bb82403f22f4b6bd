//! Measures blocks of text side by side: one strip, or one per line if they are taller than a page.

use crate::flow::{ColumnsBlock, Span};
use crate::layout::geometry::Geometry;
use crate::layout::strip::Strip;
use crate::layout::text_block;
use crate::text::Typesetter;
use crate::units::Length;

pub(crate) fn measure(block: &ColumnsBlock, geometry: &Geometry, typesetter: &mut Typesetter) -> Vec<Strip> {
    let count = i64::try_from(block.columns.len().max(1)).unwrap_or(1);
    let width = (geometry.width(Span::Full) - block.gap * (count - 1)) / count;
    let column = Geometry { main: width, gutter: Length::ZERO, narrow: Length::ZERO, ..geometry.clone() };
    let columns: Vec<Vec<Strip>> = block
        .columns
        .iter()
        .enumerate()
        .map(|(index, blocks)| {
            let start = (width + block.gap) * i64::try_from(index).unwrap_or(0);
            let strips = blocks.iter().flat_map(|block| text_block::measure(block, &column, typesetter));
            strips.map(|strip| moved(strip, start)).collect()
        })
        .collect();
    let height =
        |strips: &Vec<Strip>| -> Length { strips.iter().map(|strip| strip.before + strip.height).sum() };
    let tallest = columns.iter().map(height).fold(Length::ZERO, Length::max);
    let mut strips = if tallest <= geometry.height { vec![whole(columns)] } else { in_lines(columns) };
    if let Some(last) = strips.last_mut() {
        last.height += block.after;
        last.after = block.after;
        last.may_break_after = !block.keep_with_next;
    }
    strips
}

/// Moves a strip towards the end edge.
fn moved(mut strip: Strip, start: Length) -> Strip {
    for mark in &mut strip.marks {
        mark.slot.start += start;
    }
    strip
}

/// Joins all strips into one.
fn whole(columns: Vec<Vec<Strip>>) -> Strip {
    let mut joined = Strip { may_break_after: true, ..Strip::default() };
    for column in columns.into_iter().map(Strip::stacked) {
        joined.marks.extend(column.marks);
        joined.anchors.extend(column.anchors);
        joined.height = joined.height.max(column.height);
    }
    joined
}

/// Joins the strips of all columns line by line.
fn in_lines(columns: Vec<Vec<Strip>>) -> Vec<Strip> {
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    let mut lines = Vec::new();
    loop {
        let line: Vec<Vec<Strip>> =
            columns.iter_mut().map(|strips| strips.next().into_iter().collect()).collect();
        if line.iter().all(Vec::is_empty) {
            return lines;
        }
        lines.push(whole(line));
    }
}
