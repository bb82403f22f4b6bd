//! Plane geometry in whole units: points on an ellipse, curves as chains of points, and rectangles that must not meet.

use crate::graphics::Rect;
use crate::units::Length;

pub(super) type Point = (Length, Length);

/// Cosine and sine of 1/n of a circle for n from 1 to 12, in billionths.
const FRACTIONS: [(i64, i64); 12] = [
    (1_000_000_000, 0),
    (-1_000_000_000, 0),
    (-500_000_000, 866_025_404),
    (0, 1_000_000_000),
    (309_016_994, 951_056_516),
    (500_000_000, 866_025_404),
    (623_489_802, 781_831_482),
    (707_106_781, 707_106_781),
    (766_044_443, 642_787_610),
    (809_016_994, 587_785_252),
    (841_253_533, 540_640_817),
    (866_025_404, 500_000_000),
];
const BILLION: i64 = 1_000_000_000;

/// A direction by its horizontal and vertical component in billionths, `y` downwards.
pub(super) type Direction = (i64, i64);

/// Returns the directions that divide a circle evenly, clockwise from the top; two are to the left and right.
///
/// # Panics
/// If there are more than 12.
pub(super) fn even_directions(count: usize) -> Vec<Direction> {
    let Some((cos, sin)) = count.checked_sub(1).map(|index| FRACTIONS[index]) else { return Vec::new() };
    let mut direction = if count == 2 { (-BILLION, 0) } else { (0, -BILLION) };
    let mut directions = Vec::with_capacity(count);
    for _ in 0..count {
        directions.push(direction);
        let (x, y) = direction;
        direction = ((x * cos - y * sin) / BILLION, (x * sin + y * cos) / BILLION);
    }
    directions
}

/// Returns the point of an ellipse in a direction.
pub(super) fn on_ellipse(center: Point, radii: (Length, Length), (x, y): Direction) -> Point {
    (center.0 + radii.0 * x / BILLION, center.1 + radii.1 * y / BILLION)
}

/// Returns the point at a share of the way between two points, in 64ths.
pub(super) fn between(from: Point, to: Point, share: i64) -> Point {
    (from.0 + (to.0 - from.0) * share / 64, from.1 + (to.1 - from.1) * share / 64)
}

pub(super) fn distance(from: Point, to: Point) -> Length {
    let (x, y) = ((to.0 - from.0).units(), (to.1 - from.1).units());
    Length::from_units((x * x + y * y).isqrt())
}

/// Returns the point at a distance along the line from a point to another, and to its side.
pub(super) fn along(from: Point, to: Point, distance_along: Length, aside: Length) -> Point {
    let length = distance(from, to).units().max(1);
    let (x, y) = ((to.0 - from.0).units(), (to.1 - from.1).units());
    let part = |ahead: i64, side: i64| {
        Length::from_units((ahead * distance_along.units() - side * aside.units()) / length)
    };
    (from.0 + part(x, y), from.1 + part(y, -x))
}

/// Returns the points of a cubic curve at every 16th of its parameter.
pub(super) fn flattened(from: Point, [first, second, to]: [Point; 3]) -> Vec<Point> {
    let at = |share: i64| {
        let inner = [between(from, first, share), between(first, second, share), between(second, to, share)];
        let outer = [between(inner[0], inner[1], share), between(inner[1], inner[2], share)];
        between(outer[0], outer[1], share)
    };
    (0..=16).map(|step| at(step * 4)).collect()
}

/// Returns a rectangle by its centre and size.
pub(super) fn centered((x, y): Point, (width, height): (Length, Length)) -> Rect {
    Rect { x: x - width / 2, y: y - height / 2, width, height }
}

/// Returns a rectangle with a margin around it.
pub(super) fn widened(rect: Rect, margin: Length) -> Rect {
    Rect {
        x: rect.x - margin,
        y: rect.y - margin,
        width: rect.width + margin * 2,
        height: rect.height + margin * 2,
    }
}

pub(super) fn overlap(a: Rect, b: Rect) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

fn contains(rect: Rect, (x, y): Point) -> bool {
    x >= rect.x && x <= rect.x + rect.width && y >= rect.y && y <= rect.y + rect.height
}

/// Returns whether a chain of lines meets a rectangle.
pub(super) fn meets(chain: &[Point], rect: Rect) -> bool {
    let (right, bottom) = (rect.x + rect.width, rect.y + rect.height);
    let diagonals = [[(rect.x, rect.y), (right, bottom)], [(right, rect.y), (rect.x, bottom)]];
    let crosses = |line: &[Point]| diagonals.iter().any(|[from, to]| cross((line[0], line[1]), (*from, *to)));
    chain.iter().any(|point| contains(rect, *point)) || chain.windows(2).any(crosses)
}

/// Returns whether two lines cross or touch.
pub(super) fn cross(one: (Point, Point), other: (Point, Point)) -> bool {
    let side = |(from, to): (Point, Point), of: Point| {
        let (x, y) = ((to.0 - from.0).units(), (to.1 - from.1).units());
        (x * (of.1 - from.1).units() - y * (of.0 - from.0).units()).signum()
    };
    side(one, other.0) * side(one, other.1) <= 0 && side(other, one.0) * side(other, one.1) <= 0
}

/// Returns the point where the line from a rectangle's middle to a point leaves the rectangle.
pub(super) fn exit(rect: Rect, to: Point) -> Point {
    let middle = (rect.x + rect.width / 2, rect.y + rect.height / 2);
    // The middle is inside and `to` outside; halving finds the edge to 1/4096 of the way.
    let (mut inside, mut outside) = (middle, to);
    for _ in 0..12 {
        let half = between(inside, outside, 32);
        if contains(rect, half) { inside = half } else { outside = half }
    }
    outside
}

#[cfg(test)]
mod tests {
    use super::{
        Point, along, centered, cross, distance, even_directions, exit, flattened, meets, on_ellipse, overlap,
    };
    use crate::units::Length;

    fn at(x: i64, y: i64) -> Point {
        (Length::pt(x), Length::pt(y))
    }

    #[test]
    fn directions_divide_the_circle_evenly() {
        for count in 1..=12 {
            let radius = Length::pt(100);
            let points: Vec<Point> = even_directions(count)
                .into_iter()
                .map(|direction| on_ellipse(at(0, 0), (radius, radius), direction))
                .collect();
            assert_eq!(points.len(), count);
            let sides: Vec<i64> = (0..count)
                .map(|index| distance(points[index], points[(index + 1) % count]).to_milli_pt())
                .collect();
            assert!(sides.iter().all(|side| (side - sides[0]).abs() <= 1), "{count}: {sides:?}");
            let from_middle = |point: &Point| (distance(at(0, 0), *point).to_milli_pt() - 100_000).abs() <= 1;
            assert!(points.iter().all(from_middle), "{count}");
        }
        assert_eq!(even_directions(0), []);
    }

    #[test]
    fn lines_meet_the_rectangles_that_they_pass_through() {
        let rect = centered(at(50, 50), (Length::pt(20), Length::pt(10)));
        assert!(meets(&[at(0, 50), at(100, 50)], rect) && meets(&[at(0, 0), at(100, 100)], rect));
        assert!(meets(&[at(48, 50), at(49, 50)], rect) && meets(&[at(59, 0), at(59, 100)], rect));
        assert!(!meets(&[at(0, 44), at(100, 44)], rect) && !meets(&[at(61, 0), at(61, 100)], rect));
        assert!(
            overlap(rect, rect) && !overlap(rect, centered(at(50, 60), (Length::pt(20), Length::pt(10))))
        );
        assert!(cross((at(0, 0), at(2, 2)), (at(0, 2), at(2, 0))));
        assert!(!cross((at(0, 0), at(2, 2)), (at(3, 0), at(5, 1))));
    }

    #[test]
    fn a_line_leaves_a_rectangle_at_its_edge() {
        let rect = centered(at(50, 50), (Length::pt(20), Length::pt(10)));
        let (x, y) = exit(rect, at(150, 50));
        assert!((x.to_milli_pt() - 60_000).abs() < 50 && y == Length::pt(50));
        assert_eq!(along(at(0, 0), at(10, 0), Length::pt(4), Length::pt(3)), at(4, 3));
        let curve = flattened(at(0, 0), [at(0, 8), at(8, 8), at(8, 0)]);
        assert_eq!((curve[0], curve[8], curve[16]), (at(0, 0), at(4, 6), at(8, 0)));
    }
}
