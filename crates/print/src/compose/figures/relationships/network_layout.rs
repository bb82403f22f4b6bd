//! Positions of a network's drawing. Actors are on an ellipse with their names outside, so that no tie, a chord inside,
//! meets a name. Each tie has its sign and its number, and ties of the same direction between two actors share a line.
//! The ellipse turns and grows until nothing meets.

use super::network_shape::NetworkShape;
use super::node_labels::LABEL_TYPE;
use super::plane::{
    Direction, Point, along, between, centered, distance, even_directions, exit, flattened, meets,
    on_ellipse, overlap, widened,
};
use super::tie_signs::{TieDirection, TieSign};
use crate::compose::figures::sketch::{Ruler, WIDTH};
use crate::compose::stylesheet::FIGURE;
use crate::graphics::Rect;
use crate::text::paragraph_setup::Align;
use crate::units::Length;

/// Radius of an actor's disc.
pub(super) const DISC: Length = Length::pt(3);
/// Radius of the loop of ties of an actor with itself.
pub(super) const LOOP: Length = Length::milli_pt(5_500);
/// Size of a sign.
pub(super) const SIGN: Length = Length::pt(8);
/// Space between a sign and its numbers, and between two signs on a line.
pub(super) const AFTER_SIGN: Length = Length::milli_pt(1_500);
pub(super) const AFTER_NUMBERS: Length = Length::pt(4);
/// Space between a disc and its name, and around names and numbers.
const BESIDE_DISC: Length = Length::pt(6);
pub(super) const CLEAR: Length = Length::milli_pt(1_500);
/// Length of an arrowhead, which numbers do not cover.
pub(super) const HEAD: Length = Length::pt(5);
/// Space inside the box of the actor in the middle.
const PADDING: Length = Length::pt(4);
/// Widest name beside, above and in the middle of the ellipse.
const WIDEST_BESIDE: Length = Length::pt(120);
pub(super) const WIDEST_ABOVE: Length = Length::pt(110);
const WIDEST_INSIDE: Length = Length::pt(92);
/// Distance between parallel lines of the same two actors.
const PARALLEL: Length = Length::pt(14);
/// Distance of a line's end from the middle of a disc.
const SHORT_OF_DISC: Length = Length::milli_pt(4_500);
/// Greatest height: the lines of a taller network cross so often that a table shows its ties better. With its caption and
/// legend a drawing takes about a third of a page, the most that it leaves blank where it does not fit.
pub(super) const TALLEST: Length = Length::pt(180);
/// Radii that are tried.
const NARROWEST: Length = Length::pt(60);
const WIDEST: Length = Length::pt(195);
const LOWEST: Length = Length::pt(40);
const RADIUS_STEP: Length = Length::pt(5);
/// Shares of a line, in 64ths, at which its numbers are tried.
const SHARES: [i64; 11] = [32, 28, 36, 24, 40, 20, 44, 16, 48, 12, 52];

/// A relationship between two nodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) symmetric: bool,
    pub(super) sign: TieSign,
}

/// A network with everything in its place.
#[derive(Debug)]
pub(super) struct NetworkLayout {
    pub(super) height: Length,
    pub(super) nodes: Vec<PlacedNode>,
    pub(super) lines: Vec<PlacedLine>,
}

/// An actor.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlacedNode {
    pub(super) at: Point,
    /// Its box, if it is in the middle.
    pub(super) boxed: Option<Rect>,
    /// Where its name is, and how it is aligned.
    pub(super) name: Rect,
    pub(super) align: Align,
}

/// The ties of one direction between two actors.
#[derive(Debug)]
pub(super) struct PlacedLine {
    /// The line as points and, for a curve, its control points and end.
    pub(super) points: Vec<Point>,
    pub(super) curve: Option<[Point; 3]>,
    /// The loop of an actor with itself instead of a line.
    pub(super) is_loop: bool,
    pub(super) direction: TieDirection,
    /// Where its signs and numbers are.
    pub(super) label: Rect,
    pub(super) signs: Vec<NumberedSign>,
}

/// The numbers of the ties of one line with the same sign.
#[derive(Clone, Debug)]
pub(super) struct NumberedSign {
    pub(super) sign: TieSign,
    pub(super) numbers: String,
    pub(super) numbers_width: Length,
}

/// The numbers of the ties with a sign.
type SignNumbers = (TieSign, Vec<usize>);

/// Ties that share a line.
struct Line {
    ends: (usize, usize),
    direction: TieDirection,
    signs: Vec<NumberedSign>,
}

impl Line {
    fn label_size(&self) -> (Length, Length) {
        let sign_width = |of: &NumberedSign| SIGN + AFTER_SIGN + of.numbers_width + AFTER_NUMBERS;
        let width: Length = self.signs.iter().map(sign_width).sum();
        (width - AFTER_NUMBERS, FIGURE.leading)
    }
}

/// Places a network; `None` if it is too tall in this shape.
pub(super) fn place(
    names: &[String],
    edges: &[Edge],
    shape: &NetworkShape,
    ruler: &mut Ruler,
) -> Option<NetworkLayout> {
    let lines = lines(edges, ruler);
    let labels: Vec<NameSize> = names.iter().map(|name| NameSize::new(name, ruler)).collect();
    let beside = labels.iter().map(|of| of.beside.0).fold(Length::ZERO, Length::max);
    let room = WIDTH / 2 - beside - BESIDE_DISC - loop_room(&lines);
    let across = room.min(WIDEST).max(NARROWEST);
    let turns = turns(shape);
    let (labels, lines, turns) = (labels.as_slice(), lines.as_slice(), turns.as_slice());
    let mut down = if shape.ring.len() <= 2 && shape.hub.is_none() { LOWEST } else { NARROWEST };
    while down * 2 < TALLEST {
        let radii = [(across.min(down * 2), down), (across, down)];
        let mut attempts = radii
            .into_iter()
            .flat_map(|radii| turns.iter().map(move |shape| Attempt { labels, lines, shape, radii }));
        if let Some(layout) = attempts.find_map(|attempt| attempt.place()) {
            return Some(layout);
        }
        down += RADIUS_STEP;
    }
    None
}

/// Returns a shape with each of the nodes of its ring at the top in turn.
fn turns(shape: &NetworkShape) -> Vec<NetworkShape> {
    let turned = |by: usize| {
        let mut turned = shape.clone();
        turned.ring.rotate_left(by);
        turned
    };
    (0..shape.ring.len().max(1)).map(turned).collect()
}

/// Returns the space that the loops of actors with themselves need beside their discs.
fn loop_room(lines: &[Line]) -> Length {
    let loops = lines.iter().filter(|line| line.ends.0 == line.ends.1);
    loops.map(|line| LOOP * 2 + AFTER_SIGN + line.label_size().0).fold(Length::ZERO, Length::max)
}

/// Groups ties by their ends and direction, and the ties of a line by sign.
fn lines(edges: &[Edge], ruler: &mut Ruler) -> Vec<Line> {
    let mut lines: Vec<(Line, Vec<SignNumbers>)> = Vec::new();
    for (index, edge) in edges.iter().enumerate() {
        let ends = (edge.from.min(edge.to), edge.from.max(edge.to));
        let direction = match (edge.symmetric || ends.0 == ends.1, edge.from == ends.0) {
            (true, _) => TieDirection::Mutual,
            (false, true) => TieDirection::Outgoing,
            (false, false) => TieDirection::Incoming,
        };
        let known = lines.iter().position(|(line, _)| line.ends == ends && line.direction == direction);
        let known = known.unwrap_or_else(|| {
            lines.push((Line { ends, direction, signs: Vec::new() }, Vec::new()));
            lines.len() - 1
        });
        let signs = &mut lines[known].1;
        match signs.iter_mut().find(|(sign, _)| *sign == edge.sign) {
            Some((_, numbers)) => numbers.push(index + 1),
            None => signs.push((edge.sign, vec![index + 1])),
        }
    }
    let numbered = |(line, signs): (Line, Vec<SignNumbers>)| {
        let signs = signs.into_iter().map(|(sign, numbers)| {
            let numbers: Vec<String> =
                numbers.iter().map(|number| ruler.lexicon.digits(&number.to_string())).collect();
            let numbers = numbers.join(ruler.lexicon.labels().page.list_comma);
            // Room for rounding keeps the numbers on one line.
            let numbers_width = ruler.width(&numbers, FIGURE) + Length::pt(1);
            NumberedSign { sign, numbers, numbers_width }
        });
        Line { signs: signs.collect(), ..line }
    };
    lines.into_iter().map(numbered).collect()
}

/// The size of a name in each position.
struct NameSize {
    beside: (Length, Length),
    above: (Length, Length),
    inside: (Length, Length),
}

impl NameSize {
    fn new(name: &str, ruler: &mut Ruler) -> Self {
        let whole = ruler.width(name, LABEL_TYPE) + Length::pt(1);
        let mut size = |widest: Length| {
            let width = whole.min(widest);
            (width, ruler.height(name, LABEL_TYPE, width))
        };
        Self { beside: size(WIDEST_BESIDE), above: size(WIDEST_ABOVE), inside: size(WIDEST_INSIDE) }
    }
}

/// An attempt to place a network on an ellipse.
struct Attempt<'a> {
    labels: &'a [NameSize],
    lines: &'a [Line],
    shape: &'a NetworkShape,
    radii: (Length, Length),
}

impl Attempt<'_> {
    fn place(&self) -> Option<NetworkLayout> {
        let nodes = self.nodes();
        let names: Vec<Rect> = nodes.iter().map(|node| widened(node.name, CLEAR)).collect();
        let is_apart = |(index, name): (usize, &Rect)| {
            let inside = name.x >= -CLEAR && name.x + name.width <= WIDTH + CLEAR;
            inside && names[..index].iter().all(|other| !overlap(*name, *other))
        };
        if !names.iter().enumerate().all(is_apart) {
            return None;
        }
        let mut lines: Vec<PlacedLine> = self.lines.iter().map(|line| self.line(line, &nodes)).collect();
        let chains: Vec<Vec<Point>> = lines.iter().map(|line| line.points.clone()).collect();
        self.is_clear(&nodes, &chains).then_some(())?;
        let mut taken: Vec<Rect> = names;
        taken.extend(nodes.iter().map(|node| widened(disc(node), HEAD)));
        for (index, (placed, line)) in lines.iter_mut().zip(self.lines).enumerate() {
            let (width, height) = line.label_size();
            let others = || chains.iter().enumerate().filter(move |(other, _)| *other != index);
            let is_free = |rect: &Rect| {
                let inside = rect.x >= Length::ZERO && rect.x + rect.width <= WIDTH;
                inside
                    && taken.iter().all(|other| !overlap(*rect, *other))
                    && others().all(|(_, chain)| !meets(chain, *rect))
            };
            let positions = label_positions(placed, (width + CLEAR * 2, height));
            placed.label = positions.into_iter().find(is_free)?;
            taken.push(placed.label);
        }
        lowered(nodes, lines, &taken)
    }

    /// Returns whether no line meets a name or another actor.
    fn is_clear(&self, nodes: &[PlacedNode], chains: &[Vec<Point>]) -> bool {
        let meets_node = |chain: &[Point], ends: (usize, usize), index: usize| {
            let is_end = ends.0 == index || ends.1 == index;
            let node = &nodes[index];
            (node.boxed.is_none() && meets(chain, node.name)) || (!is_end && meets(chain, disc(node)))
        };
        self.lines.iter().zip(chains).all(|(line, chain)| {
            line.ends.0 == line.ends.1 || (0..nodes.len()).all(|index| !meets_node(chain, line.ends, index))
        })
    }

    fn nodes(&self) -> Vec<PlacedNode> {
        let center = (WIDTH / 2, Length::ZERO);
        let directions = even_directions(self.shape.ring.len());
        let mut nodes = vec![None; self.labels.len()];
        if let Some(hub) = self.shape.hub {
            let name = centered(center, self.labels[hub].inside);
            let boxed = Some(widened(name, PADDING));
            nodes[hub] = Some(PlacedNode { at: center, boxed, name, align: Align::Centered });
        }
        let is_alone = self.labels.len() == 1;
        for (&node, direction) in self.shape.ring.iter().zip(directions) {
            let at = if is_alone { center } else { on_ellipse(center, self.radii, direction) };
            nodes[node] = Some(self.ring_node(node, at, direction));
        }
        nodes.into_iter().flatten().collect()
    }

    /// Returns a node with its name outside of the ellipse.
    fn ring_node(&self, node: usize, at: Point, (x, y): Direction) -> PlacedNode {
        let (size, has_loop) = (&self.labels[node], self.has_loop(node));
        let is_above_or_below = x.abs() < 1_000_000;
        let beyond = match (has_loop, is_above_or_below) {
            (false, _) => Length::ZERO,
            (true, true) => LOOP,
            (true, false) => self.loop_width(node),
        };
        let ((width, height), align) = match (is_above_or_below, x < 0) {
            (true, _) => (size.above, Align::Centered),
            (false, true) => (size.beside, Align::End),
            (false, false) => (size.beside, Align::Start),
        };
        // Beside the upper half a name ends at its disc, beside the lower half it begins there, clear of the lines inside
        // however flat the ellipse is.
        let shift = height / 2 * (y * 3 / 2 / 1_000).clamp(-1_000_000, 1_000_000) / 1_000_000;
        let beside = at.1 - height / 2 + shift;
        let (left, top) = match align {
            Align::Centered if y < 0 => (at.0 - width / 2, at.1 - BESIDE_DISC - beyond - height),
            Align::Centered => (at.0 - width / 2, at.1 + BESIDE_DISC + beyond),
            Align::End => (at.0 - BESIDE_DISC - beyond - width, beside),
            _ => (at.0 + BESIDE_DISC + beyond, beside),
        };
        PlacedNode { at, boxed: None, name: Rect { x: left, y: top, width, height }, align }
    }

    fn has_loop(&self, node: usize) -> bool {
        self.lines.iter().any(|line| line.ends == (node, node))
    }

    fn loop_width(&self, node: usize) -> Length {
        let loops = self.lines.iter().filter(|line| line.ends == (node, node));
        let widest = loops.map(|line| line.label_size().0).fold(Length::ZERO, Length::max);
        LOOP * 2 + AFTER_SIGN * 2 + CLEAR * 2 + widest
    }

    fn line(&self, line: &Line, nodes: &[PlacedNode]) -> PlacedLine {
        let (from, to) = (&nodes[line.ends.0], &nodes[line.ends.1]);
        let is_loop = line.ends.0 == line.ends.1;
        let (points, curve) = if is_loop {
            (loop_points(from), None)
        } else {
            let parallel: Vec<&Line> = self.lines.iter().filter(|of| of.ends == line.ends).collect();
            let place = parallel.iter().position(|of| of.direction == line.direction).unwrap_or(0);
            let steps =
                i64::try_from(place * 2 + 1).unwrap_or(1) - i64::try_from(parallel.len()).unwrap_or(1);
            chord(from, to, PARALLEL * steps / 2)
        };
        PlacedLine {
            points,
            curve,
            is_loop,
            direction: line.direction,
            label: Rect::default(),
            signs: line.signs.clone(),
        }
    }
}

/// Returns the positions of a line's signs and numbers in the order in which they are tried.
fn label_positions(line: &PlacedLine, size: (Length, Length)) -> Vec<Rect> {
    if line.is_loop {
        let (near, far) = (line.points[0], line.points[1]);
        let x = if far.0 < near.0 { far.0 - AFTER_SIGN - size.0 } else { far.0 + AFTER_SIGN };
        return vec![Rect { x, y: near.1 - size.1 / 2, width: size.0, height: size.1 }];
    }
    let last = i64::try_from(line.points.len()).unwrap_or(1) - 1;
    let at = |share: i64| {
        let along = share * last;
        let index = usize::try_from(along / 64).unwrap_or(0);
        between(line.points[index], line.points[index + 1], along % 64)
    };
    SHARES.iter().map(|share| centered(at(*share), size)).collect()
}

/// Returns the square that lines of other actors must not meet.
fn disc(node: &PlacedNode) -> Rect {
    node.boxed.unwrap_or_else(|| centered(node.at, (DISC * 2, DISC * 2)))
}

/// Returns the near and the far end of an actor's loop, which is beside its disc and outside of the ellipse.
fn loop_points(node: &PlacedNode) -> Vec<Point> {
    let outwards = if node.align == Align::End { -LOOP * 2 } else { LOOP * 2 };
    vec![node.at, (node.at.0 + outwards, node.at.1)]
}

/// Returns a straight line between two actors, or a curve beside it.
fn chord(from: &PlacedNode, to: &PlacedNode, aside: Length) -> (Vec<Point>, Option<[Point; 3]>) {
    let start_of = |node: &PlacedNode, other: &PlacedNode| match node.boxed {
        Some(boxed) => exit(widened(boxed, CLEAR), other.at),
        None => along(node.at, other.at, SHORT_OF_DISC, Length::ZERO),
    };
    let (start, end) = (start_of(from, to), start_of(to, from));
    if aside == Length::ZERO {
        return (vec![start, end], None);
    }
    let length = distance(start, end);
    // The middle of the curve is three quarters as far aside as its control points.
    let control = |share: i64| along(start, end, length * share / 10, aside * 4 / 3);
    let curve = [control(3), control(7), end];
    (flattened(start, curve), Some(curve))
}

/// Moves everything so that the drawing begins at its top.
fn lowered(nodes: Vec<PlacedNode>, lines: Vec<PlacedLine>, taken: &[Rect]) -> Option<NetworkLayout> {
    let chains = lines.iter().flat_map(|line| &line.points).map(|(_, y)| (*y - LOOP, *y + LOOP));
    let extents = taken.iter().map(|rect| (rect.y, rect.y + rect.height)).chain(chains);
    let (top, bottom) = extents.reduce(|all, of| (all.0.min(of.0), all.1.max(of.1)))?;
    let height = bottom - top;
    let point = |(x, y): Point| (x, y - top);
    let rect = |rect: Rect| Rect { y: rect.y - top, ..rect };
    let node = |node: PlacedNode| PlacedNode {
        at: point(node.at),
        boxed: node.boxed.map(rect),
        name: rect(node.name),
        ..node
    };
    let line = |line: PlacedLine| PlacedLine {
        points: line.points.into_iter().map(point).collect(),
        curve: line.curve.map(|curve| curve.map(point)),
        label: rect(line.label),
        ..line
    };
    (height <= TALLEST).then(|| NetworkLayout {
        height,
        nodes: nodes.into_iter().map(node).collect(),
        lines: lines.into_iter().map(line).collect(),
    })
}
