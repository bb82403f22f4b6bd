//! Measures text blocks, one strip per line.

use crate::layout::drawing_marks::path_marks;
use std::collections::{BTreeMap, BTreeSet};

use crate::flow::{Grid, SideNote, Span, TextBlock};
use crate::graphics::{Color, Path, Rect};
use crate::layout::geometry::{Geometry, Slot};
use crate::layout::shapes;
use crate::layout::strip::{Drawing, Snap, Strip, StripMark};
use crate::pages::{ArtifactKind, Owner};
use crate::tags::TagId;
use crate::text::Typesetter;
use crate::text::inline::{Deferred, Inline, Piece, PieceKind};
use crate::text::paragraph::{Line, Mark, Marked};
use crate::text::paragraph_setup::{Align, ParagraphSetup};
use crate::units::Length;

/// The colour of leaders and hairlines.
pub(crate) const FAINT: Color = Color(0x88, 0x88, 0x88);

/// Minimum number of lines of a paragraph on either side of a page break.
const FEWEST_LINES: usize = 2;

/// The part of a page up to which a block is kept together: a third.
const TALLEST_KEPT_TOGETHER: i64 = 3;

/// Number of notes below a paragraph's text that stay with it, so that few pages begin with notes beside nothing.
const GROWTH_WITH_TEXT: usize = 8;

/// Maximum number of successive lines after which a page does not end because it would divide a note beside them.
const MOST_KEPT_FOR_NOTES: usize = 2;

pub(crate) fn measure(block: &TextBlock, geometry: &Geometry, typesetter: &mut Typesetter) -> Vec<Strip> {
    let slot = slot(block, geometry);
    let tail_width = block.tail.as_ref().map_or(Length::ZERO, |tail| typesetter.width(tail));
    // Keeps a contents entry's text clear of its page number.
    let gap = if block.tail.is_some() { block.leading * 3 / 2 } else { Length::ZERO };
    let setup = ParagraphSetup {
        measure: slot.width - tail_width - gap,
        indent: block.indent,
        align: block.align,
        hyphenate: block.hyphenate,
        right_to_left: block.right_to_left,
    };
    let lines = typesetter.set(&block.inline, &setup);
    let count = lines.len();
    let mut strips: Vec<Strip> = Vec::with_capacity(count);
    for (index, line) in lines.iter().enumerate() {
        let mut strip = Strip {
            height: block.leading,
            may_break_after: may_break(block, index + 1, count, geometry),
            frame: block.frame,
            ..Strip::default()
        };
        let line_slot = Slot { start: slot.start, width: setup.measure };
        add_line(&mut strip, &block.inline, line, line_slot, block.leading);
        add_anchors(&mut strip, &block.inline, line, index + 1 == count);
        strips.push(strip);
    }
    if lines.is_empty() && !(block.anchors.is_empty() && block.inline.anchors.is_empty()) {
        // A text of soft hyphens has no lines, but it may be the target of links.
        strips.push(Strip { may_break_after: !block.keep_with_next, frame: block.frame, ..Strip::default() });
        strips[0].anchors.extend(block.inline.anchors.iter().map(|(_, anchor)| *anchor));
    }
    add_label(&mut strips, block, slot, typesetter);
    add_tail(&mut strips, block, slot, (setup.measure, lines.last()), typesetter);
    add_beside(&mut strips, block, geometry);
    add_side(&mut strips, block, geometry, typesetter);
    space(&mut strips, block, geometry);
    strips
}

fn slot(block: &TextBlock, geometry: &Geometry) -> Slot {
    let (start, end) = block.inset;
    Slot { start, width: (geometry.width(block.span) - start - end).max(Length::pt(20)) }
}

/// Returns whether a page may break after a line: not at widows or orphans, nor inside blocks that are kept together
/// unless they are taller than a third of a page.
fn may_break(block: &TextBlock, lines_before: usize, count: usize, geometry: &Geometry) -> bool {
    if lines_before == count {
        return !block.keep_with_next;
    }
    let height = block.leading * i64::try_from(count).unwrap_or(i64::MAX);
    let is_kept_together = block.keep_together && height <= geometry.height / TALLEST_KEPT_TOGETHER;
    !is_kept_together && lines_before >= FEWEST_LINES && count - lines_before >= FEWEST_LINES
}

/// Returns the baseline's distance from the top of a line, which centres capitals.
pub(crate) fn baseline(leading: Length, size: Length) -> Length {
    leading / 2 + size / 3
}

/// Adds a line's runs, drawings and link areas.
pub(crate) fn add_line(strip: &mut Strip, inline: &Inline, line: &Line, slot: Slot, leading: Length) {
    let size = largest_size(inline);
    let y = baseline(leading, size);
    let mut links: BTreeMap<TagId, (Length, Length)> = BTreeMap::new();
    for marked in &line.marks {
        let piece = &inline.pieces[marked.piece];
        add_link(&mut links, piece, marked);
        let drawing = match &marked.mark {
            Mark::Run(run) => {
                let mut run = run.clone();
                run.y = y - run.y;
                match piece.kind {
                    PieceKind::Deferred(Deferred::PageOf(anchor)) => Drawing::Deferred(run, anchor),
                    _ => Drawing::Run(run),
                }
            }
            Mark::Drawn => {
                let paths = drawn(inline, piece, (marked.x, y), marked.width);
                let owner = &piece.owner;
                strip.marks.extend(paths.into_iter().map(|path| StripMark {
                    owner: owner.clone(),
                    slot,
                    drawing: Drawing::Path(path),
                }));
                continue;
            }
        };
        strip.marks.push(StripMark { owner: piece.owner.clone(), slot, drawing });
    }
    for (link, (left, right)) in links {
        let rect = Rect { x: left, y: Length::ZERO, width: right - left, height: leading };
        let owner = Owner::Artifact(ArtifactKind::Layout);
        strip.marks.push(StripMark { owner, slot, drawing: Drawing::LinkArea(link, rect) });
    }
}

/// Extends the active area of a piece's link.
fn add_link(links: &mut BTreeMap<TagId, (Length, Length)>, piece: &Piece, marked: &Marked) {
    if let Some(link) = piece.link {
        let (left, right) = (marked.x, marked.x + marked.width);
        let area = links.entry(link).or_insert((left, right));
        *area = (area.0.min(left), area.1.max(right));
    }
}

/// Returns the paths of a drawn piece on the baseline `y`.
fn drawn(inline: &Inline, piece: &Piece, (x, y): (Length, Length), width: Length) -> Vec<Path> {
    let (size, color) = (piece.style.size, piece.style.color);
    match piece.kind {
        PieceKind::Withheld => vec![shapes::withheld(x, y, width, size, color)],
        PieceKind::Drawing(index) => {
            let paths = inline.drawings.get(index).map_or(&[][..], |drawing| &drawing.paths);
            paths.iter().map(|path| path.moved(x, y)).collect()
        }
        PieceKind::Missing | PieceKind::Text | PieceKind::Deferred(_) => {
            vec![shapes::missing(x, y, size, color)]
        }
    }
}

pub(crate) fn largest_size(inline: &Inline) -> Length {
    inline.pieces.iter().map(|piece| piece.style.size).fold(Length::ZERO, Length::max)
}

fn add_anchors(strip: &mut Strip, inline: &Inline, line: &Line, last: bool) {
    let here =
        inline.anchors.iter().filter(|(at, _)| line.range.contains(at) || (last && *at >= line.range.end));
    strip.anchors.extend(here.map(|(_, anchor)| *anchor));
}

/// Sets a text on one line without breaking it.
pub(crate) fn single_line(
    inline: &Inline,
    align: Align,
    width: Length,
    right_to_left: bool,
    typesetter: &mut Typesetter,
) -> Vec<Line> {
    let measure = width.max(typesetter.width(inline));
    let setup = ParagraphSetup { measure, indent: Length::ZERO, align, hyphenate: false, right_to_left };
    typesetter.set(inline, &setup)
}

fn add_label(strips: &mut [Strip], block: &TextBlock, slot: Slot, typesetter: &mut Typesetter) {
    let (Some(label), Some(first)) = (&block.label, strips.first_mut()) else { return };
    // A number wider than the inset extends into the margin.
    let width = (block.leading * 5 / 4).max(typesetter.width(label));
    let label_slot = Slot { start: slot.start - width, width };
    for line in single_line(label, Align::Start, width, block.right_to_left, typesetter) {
        // Aligns the label's baseline with the text's.
        let drop = baseline(block.leading, largest_size(&block.inline))
            - baseline(block.leading, largest_size(label));
        let mut one = Strip::default();
        add_line(&mut one, label, &line, label_slot, block.leading);
        first.marks.extend(one.marks.into_iter().map(|mark| mark.lowered(drop)));
    }
}

fn add_tail(
    strips: &mut [Strip],
    block: &TextBlock,
    slot: Slot,
    (text_width, last_line): (Length, Option<&Line>),
    typesetter: &mut Typesetter,
) {
    let (Some(tail), Some(strip), Some(last_line)) = (&block.tail, strips.last_mut(), last_line) else {
        return;
    };
    for line in single_line(tail, Align::End, slot.width, block.right_to_left, typesetter) {
        add_line(strip, tail, &line, slot, block.leading);
        let y = baseline(block.leading, largest_size(tail));
        let gap = block.leading / 3;
        let (from, to) = if block.right_to_left {
            // The text's measure is narrower than the slot and at its right edge.
            let text_left = slot.width - text_width + last_line.left;
            (line.left + line.width + gap, text_left - gap)
        } else {
            (last_line.left + last_line.width + gap, line.left - gap)
        };
        if let Some(path) = shapes::leaders(from, to, y, FAINT) {
            let owner = Owner::Artifact(ArtifactKind::Layout);
            strip.marks.push(StripMark { owner, slot, drawing: Drawing::Path(path) });
        }
    }
}

/// Adds the drawing to the side column, centred on the first line.
fn add_beside(strips: &mut [Strip], block: &TextBlock, geometry: &Geometry) {
    let (Some(drawing), Some(first)) = (&block.beside, strips.first_mut()) else { return };
    let slot = Slot { start: geometry.side_slot().start, width: drawing.width };
    let down = (block.leading - drawing.height) / 2;
    first.marks.extend(path_marks(drawing, slot, block.right_to_left).map(|mark| mark.lowered(down)));
}

/// Adds the notes to the side column: the first begins on the text's first baseline. Each line below the text adds a
/// strip.
fn add_side(strips: &mut Vec<Strip>, block: &TextBlock, geometry: &Geometry, typesetter: &mut Typesetter) {
    if block.span == Span::Full || strips.is_empty() || block.side.is_empty() {
        return;
    }
    let text_lines = strips.len();
    let text_height: Length = strips.iter().map(|strip| strip.height).sum();
    // The drawing is above the notes.
    let mut top = if block.beside.is_some() { block.leading } else { Length::ZERO };
    if let (None, Some(first)) = (&block.beside, block.side.first()) {
        top += baseline(block.leading, largest_size(&block.inline))
            - baseline(first.leading, largest_size(&first.text));
    }
    let mut height = text_height;
    let mut divided_notes = BTreeSet::new();
    // The strip of the line before, if the next one stays with it.
    let mut kept_with: Option<usize> = None;
    for note in &block.side {
        for line in note_lines(note, geometry, typesetter) {
            let bottom = top + note.leading;
            let above = height;
            if bottom > height {
                add_growth(strips, block, bottom - height, text_lines);
                height = bottom;
            }
            // A note belongs to the strip in which it begins, so that a page break may divide the notes.
            let (on, strip_top) = if top < text_height {
                let on = top.max(Length::ZERO).units() / block.leading.units();
                (usize::try_from(on).unwrap_or(0), block.leading * on)
            } else {
                (strips.len() - 1, above)
            };
            strips[on].marks.extend(line.into_iter().map(|mark| mark.lowered(top - strip_top)));
            top = bottom;
            divided_notes.extend(kept_with.unwrap_or(on)..on);
            kept_with = Some(on);
        }
        kept_with = kept_with.filter(|_| note.keep_with_next);
    }
    keep_notes_whole(strips, &divided_notes);
}

/// Forbids page breaks that divide notes, but not after so many lines that much of a page would be left blank.
fn keep_notes_whole(strips: &mut [Strip], divided_notes: &BTreeSet<usize>) {
    let mut kept = 0;
    for (index, strip) in strips.iter_mut().enumerate() {
        if strip.may_break_after {
            let is_kept = divided_notes.contains(&index) && kept < MOST_KEPT_FOR_NOTES;
            strip.may_break_after = !is_kept;
            kept = if is_kept { kept + 1 } else { 0 };
        }
    }
}

/// Returns the marks of each line of a note.
fn note_lines(note: &SideNote, geometry: &Geometry, typesetter: &mut Typesetter) -> Vec<Vec<StripMark>> {
    // The side column has the page's direction, whatever the paragraph's.
    let right_to_left = geometry.right_to_left;
    let column = geometry.side_slot();
    let tail_width = note.tail.as_ref().map_or(Length::ZERO, |tail| typesetter.width(tail) + Length::pt(3));
    let start = column.start + note.indent;
    let slot = Slot { start, width: (column.width - note.indent - tail_width).max(Length::pt(20)) };
    let setup = ParagraphSetup {
        measure: slot.width,
        indent: Length::ZERO,
        align: Align::Start,
        hyphenate: false,
        right_to_left,
    };
    let mut lines: Vec<Vec<StripMark>> = Vec::new();
    for line in typesetter.set(&note.text, &setup) {
        let mut one = Strip::default();
        add_line(&mut one, &note.text, &line, slot, note.leading);
        lines.push(one.marks);
    }
    let ends = [(&note.label, Align::Start), (&note.tail, Align::End)];
    for (inline, align) in ends.iter().filter_map(|(inline, align)| Some((inline.as_ref()?, *align))) {
        let drop =
            baseline(note.leading, largest_size(&note.text)) - baseline(note.leading, largest_size(inline));
        for line in single_line(inline, align, column.width, right_to_left, typesetter) {
            let mut one = Strip::default();
            add_line(&mut one, inline, &line, column, note.leading);
            if let Some(first) = lines.first_mut() {
                first.extend(one.marks.into_iter().map(|mark| mark.lowered(drop)));
            }
        }
    }
    lines
}

/// Adds a strip below the text for a note beside it. The first ones stay with the text, so that no page begins with a
/// few notes beside nothing.
fn add_growth(strips: &mut Vec<Strip>, block: &TextBlock, height: Length, text_lines: usize) {
    let stays = strips.len() < text_lines + GROWTH_WITH_TEXT;
    if let Some(last) = strips.last_mut() {
        last.may_break_after = !stays && !block.keep_together;
    }
    let may_break_after = !block.keep_with_next;
    strips.push(Strip { height, may_break_after, frame: block.frame, ..Strip::default() });
}

/// Adds the block's spacing to its strips.
fn space(strips: &mut [Strip], block: &TextBlock, geometry: &Geometry) {
    let (above, below) = block.padding;
    if let Some(first) = strips.first_mut() {
        first.height += above;
        first.marks = std::mem::take(&mut first.marks).into_iter().map(|mark| mark.lowered(above)).collect();
    }
    if let Some(last) = strips.last_mut() {
        last.height += below;
    }
    let content: Length = strips.iter().map(|strip| strip.height).sum();
    let mut before = block.before;
    if block.grid == Grid::Rounded {
        let rounded = (before + content + block.after).ceil_to(geometry.half_line());
        before = rounded - content - block.after;
    }
    if let Some(first) = strips.first_mut() {
        first.before = before;
        first.snap = match block.grid {
            Grid::Body => Snap::Top,
            Grid::Rounded => Snap::Before,
            Grid::Free => Snap::No,
        };
        first.anchors.splice(0..0, block.anchors.iter().copied());
    }
    if let Some(last) = strips.last_mut() {
        last.height += block.after;
        last.after = block.after;
    }
}
