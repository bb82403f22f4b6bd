//! The drawing of a network: its lines with arrowheads, then signs and numbers on them, then the actors.

use super::network_layout::{
    AFTER_NUMBERS, AFTER_SIGN, CLEAR, DISC, Edge, HEAD, LOOP, NetworkLayout, PlacedLine, PlacedNode, SIGN,
    WIDEST_ABOVE, place,
};
use super::network_shape::network_shapes;
use super::node_labels::{LABEL_TYPE, node_labels};
use super::plane::{Point, along, between};
use super::tie_signs::{TieDirection, TieSign, WHITE};
use crate::compose::figures::sketch::{Ruler, Sketch, SketchLabel, WIDTH};
use crate::compose::stylesheet::{FIGURE, INK, TINT};
use crate::graphics::{Paint, Path, Segment};
use crate::units::Length;

/// Maximum number of drawn actors.
pub(super) const MOST_ACTORS: usize = 12;

/// Maximum numbers of lines of a label, in the order in which they are tried. The first holds 120 letters.
const LINES_OF_LABELS: [i64; 3] = [6, 2, 1];
const LINE: Length = Length::milli_pt(700);
const FRAME: Length = Length::milli_pt(800);
/// Half width of an arrowhead.
const HALF_HEAD: Length = Length::milli_pt(2_200);

/// Draws a network with the numbers of its ties; `None` if it has too many actors, long names that differ only in their
/// middle, or is too tall.
pub(super) fn sketch(names: &[String], edges: &[Edge], ruler: &mut Ruler) -> Option<Sketch> {
    if names.len() > MOST_ACTORS {
        return None;
    }
    let ends: Vec<(usize, usize)> = edges.iter().map(|edge| (edge.from, edge.to)).collect();
    let shapes = network_shapes(names.len(), &ends);
    // Many labels of several lines are higher than the lines between them need.
    LINES_OF_LABELS.iter().find_map(|lines| {
        let labels = node_labels(names, (WIDEST_ABOVE, *lines), ruler)?;
        let layout = shapes.iter().find_map(|shape| place(&labels, edges, shape, ruler))?;
        Some(draw(&labels, &layout))
    })
}

fn draw(labels: &[String], layout: &NetworkLayout) -> Sketch {
    let mut sketch = Sketch::new(WIDTH);
    sketch.height = layout.height;
    for line in &layout.lines {
        draw_line(&mut sketch, line);
    }
    for (label, node) in labels.iter().zip(&layout.nodes) {
        draw_node(&mut sketch, label, node);
    }
    for line in &layout.lines {
        draw_signs(&mut sketch, line);
    }
    sketch
}

fn draw_line(sketch: &mut Sketch, line: &PlacedLine) {
    let paint = Paint::Stroke { color: INK, width: LINE, dash: None };
    let (start, end) = (line.points[0], line.points[line.points.len() - 1]);
    if line.is_loop {
        return sketch.ring(between(start, end, 32), LOOP, LINE);
    }
    let drawn = match line.curve {
        Some(curve) => vec![Segment::Move(start.0, start.1), Segment::Curve(curve)],
        None => vec![Segment::Move(start.0, start.1), Segment::Line(end.0, end.1)],
    };
    sketch.paths.push(Path { segments: drawn, paint });
    if line.direction != TieDirection::Incoming {
        head(sketch, line.points[line.points.len() - 2], end);
    }
    if line.direction != TieDirection::Outgoing {
        head(sketch, line.points[1], start);
    }
}

/// Draws the head of an arrow that comes from a point.
fn head(sketch: &mut Sketch, from: Point, tip: Point) {
    let side = |aside: Length| along(tip, from, HEAD, aside);
    sketch.fill(&[side(-HALF_HEAD), tip, side(HALF_HEAD)], INK);
}

fn draw_node(sketch: &mut Sketch, text: &str, node: &PlacedNode) {
    if let Some(boxed) = node.boxed {
        sketch.fill_rect(boxed, TINT);
        sketch.frame_rect(boxed, INK, FRAME);
    } else {
        sketch.disc(node.at, DISC, INK);
    }
    let label = SketchLabel::new(text, LABEL_TYPE, (node.name.x, node.name.y), node.name.width);
    sketch.label(label.aligned(node.align));
}

/// Draws the signs and numbers of a line on a ground that interrupts it.
fn draw_signs(sketch: &mut Sketch, line: &PlacedLine) {
    let rect = line.label;
    if !line.is_loop {
        sketch.fill_rect(rect, WHITE);
    }
    let mut x = rect.x + CLEAR;
    for of in &line.signs {
        draw_sign(sketch, of.sign, (x, rect.y + (rect.height - SIGN) / 2));
        x += SIGN + AFTER_SIGN;
        sketch.label(SketchLabel::new(&of.numbers, FIGURE, (x, rect.y), of.numbers_width).own());
        x += of.numbers_width + AFTER_NUMBERS;
    }
}

fn draw_sign(sketch: &mut Sketch, sign: TieSign, (x, y): Point) {
    sketch.paths.extend(sign.paths(SIGN).iter().map(|path| path.moved(x, y)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MOST_ACTORS, sketch};
    use crate::compose::figures::relationships::network_layout::{Edge, NetworkLayout, TALLEST, place};
    use crate::compose::figures::relationships::network_shape::network_shapes;
    use crate::compose::figures::relationships::plane::{meets, overlap};
    use crate::compose::figures::relationships::tie_signs::TieSign;
    use crate::compose::figures::sketch::tests::ruled;
    use crate::units::Length;

    fn edge((from, to): (usize, usize)) -> Edge {
        Edge { from, to, symmetric: false, sign: TieSign::Other }
    }

    fn ring(count: usize) -> Vec<Edge> {
        (0..count).map(|node| edge((node, (node + 1) % count))).collect()
    }

    fn layout(names: &[String], edges: &[Edge]) -> Option<NetworkLayout> {
        let ends: Vec<_> = edges.iter().map(|edge| (edge.from, edge.to)).collect();
        let shapes = network_shapes(names.len(), &ends);
        ruled(|ruler| shapes.iter().find_map(|shape| place(names, edges, shape, ruler)))
    }

    #[test]
    fn rings_and_stars_fit_with_names_of_any_length() {
        for count in 1..=MOST_ACTORS {
            for letters in [3, 40, 120] {
                let name: String = "An actor of long name ".chars().cycle().take(letters).collect();
                let names: Vec<String> = (0..count).map(|actor| format!("{actor} {name}")).collect();
                let star: Vec<Edge> = (1..count).map(|node| edge((0, node))).collect();
                for edges in [ring(count), star].iter().filter(|edges| !edges.is_empty()) {
                    let drawn = ruled(|ruler| {
                        let sketch = sketch(&names, edges, ruler)?;
                        Some((sketch.collision(ruler), sketch.height <= TALLEST))
                    });
                    assert_eq!(drawn, Some((None, true)), "{count} actors, {letters} letters");
                }
            }
        }
    }

    /// Returns the ties of a ring with those of each actor and the next but one.
    fn crossing_ring() -> Vec<Edge> {
        let next_but_one = (0..MOST_ACTORS).map(|node| edge((node, (node + 2) % MOST_ACTORS)));
        ring(MOST_ACTORS).into_iter().chain(next_but_one).collect()
    }

    #[test]
    fn rings_and_stars_are_no_higher_than_their_names_and_numbers_need() {
        let names: Vec<String> = (0..MOST_ACTORS).map(|actor| format!("Actor {actor}")).collect();
        let star: Vec<Edge> = (1..MOST_ACTORS).map(|node| edge((0, node))).collect();
        for edges in [ring(MOST_ACTORS), star] {
            let height = ruled(|ruler| sketch(&names, &edges, ruler)).unwrap().height;
            assert!(height <= Length::pt(160), "{edges:?}: {height:?}");
        }
    }

    #[test]
    fn a_network_whose_lines_need_more_than_a_quarter_of_a_page_is_not_drawn() {
        let names: Vec<String> = (0..MOST_ACTORS).map(|actor| format!("Actor {actor}")).collect();
        assert!(ruled(|ruler| sketch(&names, &crossing_ring(), ruler)).is_none());
    }

    #[test]
    fn more_actors_are_not_drawn() {
        let names = vec!["Name".to_owned(); MOST_ACTORS + 1];
        assert!(ruled(|ruler| sketch(&names, &ring(MOST_ACTORS + 1), ruler)).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_overlaps_in_a_drawing(
            names in prop::collection::vec("[a-z]{1,9}( [a-z]{1,9}){0,8}", 1..=MOST_ACTORS),
            ties in prop::collection::vec((0_usize..12, 0_usize..12, any::<bool>(), 0_usize..6), 1..20),
        ) {
            let count = names.len();
            let edges: Vec<Edge> = ties
                .iter()
                .map(|&(from, to, symmetric, sign)| Edge {
                    from: from % count,
                    to: to % count,
                    symmetric,
                    sign: TieSign::ALL[sign],
                })
                .collect();
            let Some(layout) = layout(&names, &edges) else { return Ok(()) };
            let labels: Vec<_> = layout.lines.iter().map(|line| line.label).collect();
            for (index, label) in labels.iter().enumerate() {
                prop_assert!(labels[..index].iter().all(|other| !overlap(*label, *other)));
                prop_assert!(layout.nodes.iter().all(|node| !overlap(*label, node.name)));
                let mut others = layout.lines.iter().enumerate().filter(|(other, _)| *other != index);
                prop_assert!(others.all(|(_, line)| !meets(&line.points, *label)));
            }
            for line in layout.lines.iter().filter(|line| !line.is_loop) {
                let mut names = layout.nodes.iter().filter(|node| node.boxed.is_none());
                prop_assert!(names.all(|node| !meets(&line.points, node.name)), "a line meets a name");
            }
            let signs = layout.lines.iter().flat_map(|line| &line.signs);
            let numbers: usize = signs.map(|sign| sign.numbers.split(", ").count()).sum();
            prop_assert_eq!(numbers, edges.len());
            let collision = ruled(|ruler| sketch(&names, &edges, ruler)?.collision(ruler));
            prop_assert_eq!(collision, None);
        }
    }
}
