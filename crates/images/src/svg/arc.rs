//! Elliptic arcs as cubic curves (SVG 1.1, F.6), by bisection: square roots are equal on every machine, while angles
//! from the C library are not.

use super::step::{Point, Step};
use super::transform::turn;

/// Parameters of an arc in path data.
pub(super) struct Arc {
    pub(super) radii: (f64, f64),
    pub(super) degrees: f64,
    pub(super) large: bool,
    pub(super) sweep: bool,
}

/// An ellipse as a rotated and stretched unit circle.
struct Ellipse {
    center: Point,
    radii: (f64, f64),
    sin: f64,
    cos: f64,
}

impl Ellipse {
    fn at(&self, (x, y): Point) -> Point {
        let (x, y) = (x * self.radii.0, y * self.radii.1);
        (self.center.0 + self.cos * x - self.sin * y, self.center.1 + self.sin * x + self.cos * y)
    }
}

/// Adds the curves of an arc between two points.
pub(super) fn curves(from: Point, to: Point, arc: &Arc, steps: &mut Vec<Step>) {
    let radii = (arc.radii.0.abs(), arc.radii.1.abs());
    if from == to {
        return;
    }
    if radii.0 < 1e-9 || radii.1 < 1e-9 {
        return steps.push(Step::Line(to));
    }
    let (sin, cos) = turn(arc.degrees);
    // Both ends on the unit circle, relative to their midpoint.
    let half = ((from.0 - to.0) / 2.0, (from.1 - to.1) / 2.0);
    let (x, y) = ((cos * half.0 + sin * half.1) / radii.0, (cos * half.1 - sin * half.0) / radii.1);
    let distance = x * x + y * y;
    // Radii that are too short are scaled up.
    let stretch = distance.max(1.0).sqrt();
    let (x, y, radii) = (x / stretch, y / stretch, (radii.0 * stretch, radii.1 * stretch));
    let square = (x * x + y * y).max(1e-18);
    let off = ((1.0 - square).max(0.0) / square).sqrt();
    let off = if arc.large == arc.sweep { -off } else { off };
    let middle = (off * y, -off * x);
    let center = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
    let ellipse = Ellipse { center, radii, sin, cos };
    let shift = ellipse.at(middle);
    let ellipse = Ellipse { center: shift, ..ellipse };
    let (begin, end) = ((x - middle.0, y - middle.1), (-x - middle.0, -y - middle.1));
    let mut points = Vec::with_capacity(9);
    points.push(begin);
    halved(begin, end, arc, 3, &mut points);
    for pair in points.windows(2) {
        steps.push(curve(&ellipse, pair[0], pair[1]));
    }
    if let Some(Step::Curve([.., last])) = steps.last_mut() {
        *last = to;
    }
}

/// Adds the points that divide an arc of the unit circle into 2^`times` parts.
fn halved(begin: Point, end: Point, arc: &Arc, times: u32, points: &mut Vec<Point>) {
    if times == 0 {
        return points.push(end);
    }
    // The midpoint is in the direction of both ends' sum; after the first bisection every part is at most half a
    // circle.
    let is_first = times == 3;
    let sum = (begin.0 + end.0, begin.1 + end.1);
    let size = (sum.0 * sum.0 + sum.1 * sum.1).sqrt();
    let across = if arc.sweep { (-begin.1, begin.0) } else { (begin.1, -begin.0) };
    let mut middle = if size < 1e-6 { across } else { (sum.0 / size, sum.1 / size) };
    if is_first && size >= 1e-6 && arc.large {
        middle = (-middle.0, -middle.1);
    }
    halved(begin, middle, arc, times - 1, points);
    halved(middle, end, arc, times - 1, points);
}

/// Returns the curve of at most an eighth of a circle: its control points are on the tangents, 4/3 tan(angle / 4) from
/// the ends.
fn curve(ellipse: &Ellipse, begin: Point, end: Point) -> Step {
    let (sin, cos) = (begin.0 * end.1 - begin.1 * end.0, begin.0 * end.0 + begin.1 * end.1);
    // tan(t / 2) = sin / (1 + cos), applied twice.
    let half = sin / (1.0 + cos).max(1e-9);
    let quarter = half / (1.0 + (1.0 + half * half).sqrt());
    let reach = quarter * 4.0 / 3.0;
    let first = (begin.0 - reach * begin.1, begin.1 + reach * begin.0);
    let second = (end.0 + reach * end.1, end.1 - reach * end.0);
    Step::Curve([ellipse.at(first), ellipse.at(second), ellipse.at(end)])
}

#[cfg(test)]
mod tests {
    use super::{Arc, curves};
    use crate::svg::step::Step;

    /// Returns points of the curves, a quarter of each apart.
    fn drawn(large: bool, sweep: bool) -> Vec<(f64, f64)> {
        let arc = Arc { radii: (10.0, 10.0), degrees: 30.0, large, sweep };
        let mut steps = Vec::new();
        curves((10.0, 0.0), (0.0, 10.0), &arc, &mut steps);
        let mut at = (10.0, 0.0);
        let mut points = Vec::new();
        for step in steps {
            let Step::Curve([a, b, c]) = step else { panic!("a curve") };
            for t in [0.25, 0.5, 0.75, 1.0] {
                let s = 1.0 - t;
                let mix = |w: f64, x: f64, y: f64, z: f64| {
                    s * s * s * w + 3.0 * s * s * t * x + 3.0 * s * t * t * y + t * t * t * z
                };
                points.push((mix(at.0, a.0, b.0, c.0), mix(at.1, a.1, b.1, c.1)));
            }
            at = c;
        }
        points
    }

    #[test]
    fn every_arc_runs_along_its_circle_on_the_right_side() {
        for (large, sweep, center) in [
            (false, true, (0.0, 0.0)),
            (true, false, (0.0, 0.0)),
            (false, false, (10.0, 10.0)),
            (true, true, (10.0, 10.0)),
        ] {
            let points = drawn(large, sweep);
            for (x, y) in &points {
                let distance = ((x - center.0) * (x - center.0) + (y - center.1) * (y - center.1)).sqrt();
                assert!((distance - 10.0).abs() < 0.001, "{large} {sweep}: {x} {y}");
            }
            let length: f64 = points
                .windows(2)
                .map(|pair| {
                    ((pair[1].0 - pair[0].0) * (pair[1].0 - pair[0].0)
                        + (pair[1].1 - pair[0].1) * (pair[1].1 - pair[0].1))
                        .sqrt()
                })
                .sum();
            assert_eq!(length > 31.0, large, "{length}");
        }
    }
}
