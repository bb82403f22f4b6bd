//! Layout of the actor network.

use super::network::{Direction, Network, Row, Tie};
use super::sketch::{Ruler, Sketch, SketchLabel, TALLEST, WIDTH};
use crate::compose::stylesheet::{FIGURE, FIGURE_SMALL, INK, TINT};
use crate::graphics::Rect;
use crate::layout::HAIRLINE;
use crate::text::paragraph_setup::Align;
use crate::units::Length;

/// Width of the pillars, and of the boxes between them.
const PILLAR: Length = Length::pt(62);
const BOX: Length = Length::pt(104);
/// Start of the boxes.
const BOXES: Length = Length::from_units((WIDTH.units() - BOX.units()) / 2);
/// Free space at either end of a tie's label.
const CLEAR: Length = Length::pt(8);
/// Distance from a label to its line, and from there to the next label.
const UNDER: Length = Length::milli_pt(1_000);
const BETWEEN: Length = Length::pt(3);
/// Space between rows, and padding of boxes.
const GAP: Length = Length::pt(5);
const PADDING: Length = Length::pt(2);
const STROKE: Length = Length::milli_pt(800);
const LINE: Length = Length::milli_pt(600);

impl Network {
    /// Draws the network; `None` if most ties do not involve a pillar, or if it does not fit on a page.
    pub(super) fn sketch(&self, ruler: &mut Ruler) -> Option<Sketch> {
        if !self.tells_most {
            return None;
        }
        draw(self, &self.not_drawn(), ruler)
    }
}

fn draw(network: &Network, not_drawn: &str, ruler: &mut Ruler) -> Option<Sketch> {
    let mut sketch = Sketch::new(WIDTH);
    let mut top = GAP;
    let across = (PILLAR, WIDTH - PILLAR);
    if !network.direct.is_empty() {
        stack(&mut sketch, &network.direct, across, false, top, ruler);
        top += stack_height(&network.direct, across, ruler) + GAP;
    }
    for row in &network.rows {
        top += draw_row(&mut sketch, row, top, ruler) + GAP;
    }
    // Pillars are at least as high as their names.
    let heights =
        network.pillars.each_ref().map(|name| ruler.height(name, FIGURE.strong(), PILLAR - PADDING * 2));
    top = heights.into_iter().fold(top, |top, height| top.max(height + PADDING * 2));
    let ties = sketch.labels.len();
    for (name, x, height) in
        [(&network.pillars[0], Length::ZERO, heights[0]), (&network.pillars[1], WIDTH - PILLAR, heights[1])]
    {
        boxed(&mut sketch, name, Rect { x, y: Length::ZERO, width: PILLAR, height: top }, height);
    }
    // Pillars come first in reading order, although their height is known last.
    let pillars = sketch.labels.len() - ties;
    sketch.labels.rotate_right(pillars);
    top = legend(&mut sketch, network, top + GAP, ruler);
    let rest = SketchLabel::new(not_drawn, FIGURE, (Length::ZERO, top + PADDING), WIDTH).own();
    top += ruler.height(not_drawn, FIGURE, WIDTH) + PADDING;
    sketch.label(rest);
    sketch.height = top;
    (sketch.height <= TALLEST).then_some(sketch)
}

/// Draws a box with a centred name.
fn boxed(sketch: &mut Sketch, name: &str, rect: Rect, name_height: Length) {
    sketch.fill_rect(rect, TINT);
    sketch.frame_rect(rect, INK, STROKE);
    let at = (rect.x + PADDING, rect.y + (rect.height - name_height) / 2);
    let label = SketchLabel::new(name, FIGURE.strong(), at, rect.width - PADDING * 2);
    sketch.label(label.aligned(Align::Centered));
}

/// Draws a box with its ties to either side; returns its height.
fn draw_row(sketch: &mut Sketch, row: &Row, top: Length, ruler: &mut Ruler) -> Length {
    let sides = [(PILLAR, BOXES), (BOXES + BOX, WIDTH - PILLAR)];
    let name = ruler.height(&row.name, FIGURE.strong(), BOX - PADDING * 2);
    let stacks = [0, 1].map(|side| stack_height(&row.ties[side], sides[side], ruler));
    let height = (name + PADDING * 2).max(stacks[0].max(stacks[1]));
    // The name comes before its ties in reading order.
    boxed(sketch, &row.name, Rect { x: BOXES, y: top, width: BOX, height }, name);
    for side in [0, 1] {
        let down = (height - stacks[side]) / 2;
        // Seen from the end pillar, "out" points towards the start.
        stack(sketch, &row.ties[side], sides[side], side == 1, top + down, ruler);
    }
    height
}

fn label_width((from, to): (Length, Length)) -> Length {
    to - from - CLEAR * 2
}

/// Returns the height of stacked ties, including space below the last line.
fn stack_height(ties: &[Tie], ends: (Length, Length), ruler: &mut Ruler) -> Length {
    let width = label_width(ends);
    ties.iter().map(|tie| ruler.height(&tie.label, FIGURE, width) + UNDER + BETWEEN).sum()
}

fn stack(
    sketch: &mut Sketch,
    ties: &[Tie],
    ends: (Length, Length),
    reversed: bool,
    top: Length,
    ruler: &mut Ruler,
) {
    let mut top = top;
    for tie in ties {
        let label = SketchLabel::new(&tie.label, FIGURE, (ends.0 + CLEAR, top), label_width(ends));
        let y = top + ruler.height(&tie.label, FIGURE, label.width) + UNDER;
        sketch.label(label.aligned(Align::Centered).own());
        arrow(sketch, ends, y, tie, reversed);
        top = y + BETWEEN;
    }
}

/// Draws a horizontal line with an arrowhead, or without one for both directions.
fn arrow(sketch: &mut Sketch, (from, to): (Length, Length), y: Length, tie: &Tie, reversed: bool) {
    sketch.line(&[(from, y), (to, y)], INK, LINE, tie.dashed);
    let (length, half) = (Length::pt(5), Length::milli_pt(2_200));
    let to_the_end = match tie.direction {
        Direction::Both => return,
        Direction::Out => !reversed,
        Direction::In => reversed,
    };
    // The tip touches the box's outline.
    let (tip, back) =
        if to_the_end { (to - STROKE / 2, to - length) } else { (from + STROKE / 2, from + length) };
    sketch.fill(&[(back, y - half), (tip, y), (back, y + half)], INK);
}

/// Draws the legend of the lines in use; returns its bottom.
fn legend(sketch: &mut Sketch, network: &Network, y: Length, ruler: &mut Ruler) -> Length {
    let labels = ruler.lexicon.labels();
    let rows = network.rows.iter().flat_map(|row| row.ties.iter().flatten());
    let ties: Vec<&Tie> = network.direct.iter().chain(rows).collect();
    let sample = |direction, dashed| Tie { direction, dashed, label: String::new() };
    let samples = [
        (
            ties.iter().any(|tie| tie.direction != Direction::Both),
            labels.legend_one_way,
            sample(Direction::Out, false),
        ),
        (
            ties.iter().any(|tie| tie.direction == Direction::Both),
            labels.legend_both_ways,
            sample(Direction::Both, false),
        ),
        (ties.iter().any(|tie| tie.dashed), labels.legend_dashed, sample(Direction::Both, true)),
    ];
    let mut x = Length::ZERO;
    for (_, text, tie) in samples.into_iter().filter(|(used, ..)| *used) {
        let middle = y + FIGURE_SMALL.leading / 2 + HAIRLINE;
        arrow(sketch, (x, x + Length::pt(20)), middle, &tie, false);
        x += Length::pt(24);
        let width = ruler.width(text, FIGURE_SMALL) + Length::pt(2);
        sketch.label(SketchLabel::new(text, FIGURE_SMALL, (x, y), width).own());
        x += width + Length::pt(10);
    }
    y + FIGURE_SMALL.leading
}
