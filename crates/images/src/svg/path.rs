//! Path data (SVG 1.1, 8.3) to lines and cubic curves.

use super::Problem;
use super::arc;
use super::numbers::Scanner;
use super::step::{Point, Step, TOO_MANY};

/// Parses a path; paths of more than `most` steps are rejected.
pub(super) fn parse(data: &str, most: usize) -> Result<Vec<Step>, Problem> {
    let mut pen = Pen::default();
    let mut scanner = Scanner::new(data);
    let mut command = None;
    while !scanner.is_at_end() {
        match scanner.letter() {
            Some(letter) => command = Some(letter),
            // Numbers without a letter repeat the last command; after a move they are lines.
            None if scanner.is_at_number() => {
                command = match command {
                    Some(b'M') => Some(b'L'),
                    Some(b'm') => Some(b'l'),
                    Some(b'Z' | b'z') => None,
                    other => other,
                }
            }
            None => return Err(scanner.not_a_number()),
        }
        let letter = command.ok_or_else(|| Problem::from("a path begins without a command"))?;
        if pen.steps.is_empty() && !matches!(letter, b'M' | b'm') {
            return Err("a path does not begin with a move".into());
        }
        pen.command(letter, &mut scanner)?;
        if pen.steps.len() > most {
            return Err(TOO_MANY.into());
        }
    }
    Ok(pen.steps)
}

#[derive(Default)]
struct Pen {
    steps: Vec<Step>,
    at: Point,
    /// Start of the subpath.
    start: Point,
    /// The last control point of a cubic or of a quadratic curve, for smooth continuations.
    cubic: Option<Point>,
    quadratic: Option<Point>,
}

impl Pen {
    fn command(&mut self, letter: u8, scanner: &mut Scanner) -> Result<(), Problem> {
        let base = if letter.is_ascii_lowercase() { self.at } else { (0.0, 0.0) };
        let mut point = || Ok::<Point, Problem>((base.0 + scanner.number()?, base.1 + scanner.number()?));
        let (cubic, quadratic) = (self.cubic.take(), self.quadratic.take());
        match letter.to_ascii_uppercase() {
            b'M' => {
                self.at = point()?;
                self.start = self.at;
                self.steps.push(Step::Move(self.at));
            }
            b'L' => self.line(point()?),
            b'H' => self.line((base.0 + scanner.number()?, self.at.1)),
            b'V' => self.line((self.at.0, base.1 + scanner.number()?)),
            b'C' => self.cubic([point()?, point()?, point()?]),
            b'S' => self.cubic([self.reflected(cubic), point()?, point()?]),
            b'Q' => self.quadratic(point()?, point()?),
            b'T' => self.quadratic(self.reflected(quadratic), point()?),
            b'A' => {
                let radii = (scanner.number()?, scanner.number()?);
                let (degrees, large, sweep) = (scanner.number()?, scanner.flag()?, scanner.flag()?);
                let to = (base.0 + scanner.number()?, base.1 + scanner.number()?);
                arc::curves(self.at, to, &arc::Arc { radii, degrees, large, sweep }, &mut self.steps);
                self.at = to;
            }
            b'Z' => {
                self.steps.push(Step::Close);
                self.at = self.start;
            }
            _ => return Err(format!("a path has no command {:?}", char::from(letter)).into()),
        }
        Ok(())
    }

    fn line(&mut self, to: Point) {
        self.at = to;
        self.steps.push(Step::Line(to));
    }

    fn cubic(&mut self, points: [Point; 3]) {
        self.steps.push(Step::Curve(points));
        self.cubic = Some(points[1]);
        self.at = points[2];
    }

    /// Appends a quadratic curve as a cubic one, whose control points are two thirds of the way to the quadratic
    /// control point.
    fn quadratic(&mut self, control: Point, to: Point) {
        let toward = |from: Point| {
            (from.0 + (control.0 - from.0) * 2.0 / 3.0, from.1 + (control.1 - from.1) * 2.0 / 3.0)
        };
        self.steps.push(Step::Curve([toward(self.at), toward(to), to]));
        self.quadratic = Some(control);
        self.at = to;
    }

    fn reflected(&self, control: Option<Point>) -> Point {
        control.map_or(self.at, |control| (2.0 * self.at.0 - control.0, 2.0 * self.at.1 - control.1))
    }
}

#[cfg(test)]
mod tests {
    use super::{Step, parse};

    #[test]
    fn commands_repeat_and_relative_ones_add_up() {
        let steps = parse("m1 1 2 0l0 2H0zM5,5v-1", 100).unwrap();
        let expected = [
            Step::Move((1.0, 1.0)),
            Step::Line((3.0, 1.0)),
            Step::Line((3.0, 3.0)),
            Step::Line((0.0, 3.0)),
            Step::Close,
            Step::Move((5.0, 5.0)),
            Step::Line((5.0, 4.0)),
        ];
        assert_eq!(steps, expected);
    }

    #[test]
    fn smooth_curves_reflect_the_last_control_point() {
        let steps = parse("M0 0C0 1 1 2 2 2S4 3 4 4T5 5", 100).unwrap();
        assert_eq!(steps[2], Step::Curve([(3.0, 2.0), (4.0, 3.0), (4.0, 4.0)]));
        assert!(matches!(steps[3], Step::Curve([_, _, (5.0, 5.0)])));
    }

    #[test]
    fn malformed_paths_are_refused() {
        for data in
            ["L1 1", "1 1", "M1", "M1 1X", "M1 1 Z 2 2", "M0 0A1 1 0 2 0 1 1", "M1 NaN", "M0 0 L 1e400 0"]
        {
            assert!(parse(data, 100).is_err(), "{data}");
        }
        assert!(parse(&"M0 0".repeat(200), 100).is_err());
    }
}
