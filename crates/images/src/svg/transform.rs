//! Transforms (SVG 1.1, 7.6).
#![expect(clippy::many_single_char_names, reason = "a matrix has its letters from the standard")]

use super::Problem;
use super::numbers::Scanner;

/// x' = a x + c y + e, y' = b x + d y + f.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Matrix {
    pub(super) a: f64,
    pub(super) b: f64,
    pub(super) c: f64,
    pub(super) d: f64,
    pub(super) e: f64,
    pub(super) f: f64,
}

impl Matrix {
    const IDENTITY: Self = Self { a: 1.0, b: 0.0, c: 0.0, d: 1.0, e: 0.0, f: 0.0 };

    pub(super) fn apply(self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f)
    }

    /// Applies `inner` first, then this one.
    pub(super) fn then(self, inner: Self) -> Self {
        let (a, b) = (self.a * inner.a + self.c * inner.b, self.b * inner.a + self.d * inner.b);
        let (c, d) = (self.a * inner.c + self.c * inner.d, self.b * inner.c + self.d * inner.d);
        let (e, f) = self.apply((inner.e, inner.f));
        Self { a, b, c, d, e, f }
    }

    /// Returns the scale factor of lengths, if it is the same in all directions.
    pub(super) fn scale(self) -> Option<f64> {
        let (first, second) = (self.a * self.a + self.b * self.b, self.c * self.c + self.d * self.d);
        let slant = (self.a * self.c + self.b * self.d).abs();
        let tolerance = first.max(second) * 1e-6;
        ((first - second).abs() <= tolerance && slant <= tolerance).then(|| first.sqrt())
    }
}

/// Returns sine and cosine of degrees. Those of the C library differ between machines; these do not.
pub(super) fn turn(degrees: f64) -> (f64, f64) {
    let radians = degrees * (std::f64::consts::PI / 180.0);
    (libm::sin(radians), libm::cos(radians))
}

/// Returns the value of a `transform` attribute.
pub(super) fn parse(text: &str) -> Result<Matrix, Problem> {
    let mut matrix = Matrix::IDENTITY;
    let mut rest = text.trim_ascii();
    while !rest.is_empty() {
        let wrong = || {
            let start: String = rest.chars().take(40).collect();
            Problem::with_remedy(
                format!("the transform {start:?} is not printed"),
                "use translate, scale, rotate or matrix, or convert the object to a path",
            )
        };
        let (name, tail) = rest.split_once('(').ok_or_else(wrong)?;
        let (numbers, tail) = tail.split_once(')').ok_or_else(wrong)?;
        matrix = matrix.then(one(name.trim_ascii(), &arguments(numbers)?).ok_or_else(wrong)?);
        rest = tail.trim_ascii_start().trim_start_matches(',').trim_ascii_start();
    }
    Ok(matrix)
}

fn arguments(text: &str) -> Result<Vec<f64>, Problem> {
    let mut scanner = Scanner::new(text);
    let mut numbers = Vec::new();
    while !scanner.is_at_end() && numbers.len() < 7 {
        numbers.push(scanner.number()?);
    }
    Ok(numbers)
}

fn one(name: &str, numbers: &[f64]) -> Option<Matrix> {
    let moved = |e, f| Matrix { e, f, ..Matrix::IDENTITY };
    Some(match (name, numbers) {
        ("matrix", &[a, b, c, d, e, f]) => Matrix { a, b, c, d, e, f },
        ("translate", &[x]) => moved(x, 0.0),
        ("translate", &[x, y]) => moved(x, y),
        ("scale", &[both]) => Matrix { a: both, d: both, ..Matrix::IDENTITY },
        ("scale", &[x, y]) => Matrix { a: x, d: y, ..Matrix::IDENTITY },
        ("rotate", &[degrees]) => rotated(degrees),
        ("rotate", &[degrees, x, y]) => moved(x, y).then(rotated(degrees)).then(moved(-x, -y)),
        _ => return None,
    })
}

fn rotated(degrees: f64) -> Matrix {
    let (sin, cos) = turn(degrees);
    Matrix { a: cos, b: sin, c: -sin, d: cos, e: 0.0, f: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn transforms_apply_from_the_right() {
        let matrix = parse("translate(10 20) scale(2), rotate(90)").unwrap();
        let (x, y) = matrix.apply((1.0, 0.0));
        assert!((x - 10.0).abs() < 1e-9 && (y - 22.0).abs() < 1e-9, "{x} {y}");
        assert!((matrix.scale().unwrap() - 2.0).abs() < 1e-9);
        assert_eq!(parse("scale(1 2)").unwrap().scale(), None);
    }

    #[test]
    fn malformed_transforms_are_refused() {
        for text in ["skewX(10)", "rotate(", "scale()", "matrix(1 2 3)", "translate(1 2 3)", "x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
