//! Measures figures: a caption, then the drawing as one strip.

use std::rc::Rc;

use crate::flow::{Divisions, FigureBlock, Grid, Label};
use crate::graphics::Rect;
use crate::layout::drawing_marks::path_marks;
use crate::layout::geometry::{Geometry, Slot};
use crate::layout::strip::{Drawing, Snap, Strip, StripMark};
use crate::layout::text_block;
use crate::layout::text_block::add_line;
use crate::text::Typesetter;
use crate::text::paragraph_setup::{Align, ParagraphSetup};
use crate::units::Length;

pub(crate) fn measure(figure: &FigureBlock, geometry: &Geometry, typesetter: &mut Typesetter) -> Vec<Strip> {
    let mut strips = Vec::new();
    if let Some(caption) = &figure.caption {
        strips.extend(text_block::measure(caption, geometry, typesetter));
    }
    for strip in &mut strips {
        strip.may_break_after = false;
    }
    strips.extend(drawing_strips(figure, geometry, typesetter));
    if let Some(note) = &figure.note {
        let mut note = text_block::measure(note, geometry, typesetter);
        if let (Some(drawing), Some(first)) = (strips.last_mut(), note.first_mut()) {
            drawing.may_break_after = false;
            first.before += Length::pt(2);
        }
        strips.append(&mut note);
        if let Some(last) = strips.last_mut() {
            last.may_break_after = !figure.keep_with_next;
        }
    }
    space(&mut strips, figure, geometry);
    strips
}

/// Returns the strips of the drawing: one, or those between its divisions. The strips below the scale repeat it where
/// they begin a page.
fn drawing_strips(figure: &FigureBlock, geometry: &Geometry, typesetter: &mut Typesetter) -> Vec<Strip> {
    let drawing = drawing_strip(figure, typesetter);
    let Divisions { tops, scale } = &figure.divisions;
    if tops.is_empty() {
        return vec![drawing];
    }
    let caption = figure.continuation.iter().flat_map(|text| text_block::measure(text, geometry, typesetter));
    let caption = Strip { may_break_after: false, ..Strip::stacked(caption) };
    let with_scale = Strip::stacked([caption.clone(), drawing.repeated(*scale)]);
    let header = Rc::new(Strip { may_break_after: false, ..with_scale });
    let caption = Rc::new(caption);
    let may_break_after = drawing.may_break_after;
    let mut strips = drawing.divided(tops);
    for (strip, top) in strips.iter_mut().skip(1).zip(tops) {
        let above = if *top < scale.1 { &caption } else { &header };
        strip.header = Some(Rc::clone(above));
    }
    if let Some(last) = strips.last_mut() {
        last.may_break_after = may_break_after;
    }
    strips
}

fn drawing_strip(figure: &FigureBlock, typesetter: &mut Typesetter) -> Strip {
    let drawing = &figure.drawing;
    let slot = Slot { start: figure.inset, width: drawing.width };
    let mut strip = Strip {
        height: drawing.height,
        may_break_after: !figure.keep_with_next,
        least_height: figure.least_height,
        ..Strip::default()
    };
    if let Some(image) = &drawing.image {
        let rect = Rect { width: drawing.width, height: drawing.height, ..Rect::default() };
        let owner = drawing.owner.clone();
        strip.marks.push(StripMark { owner, slot, drawing: Drawing::Image(image.clone(), rect) });
    }
    strip.marks.extend(path_marks(drawing, slot, figure.right_to_left));
    for label in &drawing.labels {
        add_label(&mut strip, label, figure, typesetter);
    }
    strip
}

fn add_label(strip: &mut Strip, label: &Label, figure: &FigureBlock, typesetter: &mut Typesetter) {
    let setup = ParagraphSetup {
        measure: label.width,
        indent: Length::ZERO,
        align: aligned(label, figure),
        hyphenate: false,
        right_to_left: label.right_to_left,
    };
    let slot = Slot { start: figure.inset + label.start, width: label.width };
    let mut top = label.top;
    for line in typesetter.set(&label.inline, &setup) {
        let mut one = Strip::default();
        add_line(&mut one, &label.inline, &line, slot, label.leading);
        strip.marks.extend(one.marks.into_iter().map(|mark| mark.lowered(top)));
        top += label.leading;
    }
}

/// Alignment follows the drawing: a label that runs in the other direction is aligned at its other end.
const fn aligned(label: &Label, figure: &FigureBlock) -> Align {
    match label.align {
        Align::Start if label.right_to_left != figure.right_to_left => Align::End,
        Align::End if label.right_to_left != figure.right_to_left => Align::Start,
        align => align,
    }
}

/// Adds the figure's spacing to its strips.
fn space(strips: &mut [Strip], figure: &FigureBlock, geometry: &Geometry) {
    let content: Length = strips.iter().map(|strip| strip.before + strip.height).sum();
    let mut before = figure.before;
    if figure.grid == Grid::Rounded {
        before = (before + content + figure.after).ceil_to(geometry.half_line()) - content - figure.after;
    }
    if let Some(first) = strips.first_mut() {
        first.before += before;
        first.snap = if figure.grid == Grid::Rounded { Snap::Before } else { Snap::No };
    }
    if let Some(last) = strips.last_mut() {
        last.height += figure.after;
        last.after = figure.after;
    }
}
