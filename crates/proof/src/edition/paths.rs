//! Paths of drawings: the edition's own, moved as one.

use chancery_print::expected_content::{ExpectedPath, PathPaint, PathSegment};

use crate::content::{Paint, PaintedPath, Segment};

/// Rounding of a moved point, in thousandths of a point.
const ROUNDING: i64 = 3;

/// The paths of an element that were not found yet.
pub(super) struct ElementPaths<'e> {
    paths: &'e [ExpectedPath],
    found: Vec<bool>,
    /// The first path that was not found.
    first: usize,
}

impl<'e> ElementPaths<'e> {
    pub(super) fn new(paths: &'e [ExpectedPath]) -> Self {
        Self { paths, found: vec![false; paths.len()], first: 0 }
    }

    /// Finds a path among the expected ones; returns its logical position.
    pub(super) fn take(&mut self, painted: &PaintedPath, _page: usize) -> Option<u32> {
        let is_open = |index: &usize| !self.found[*index] || self.paths[*index].may_repeat;
        let last = (0..self.first).rev().take(1).filter(|index| self.paths[*index].may_repeat);
        let index = (self.first..self.paths.len())
            .chain(last)
            .filter(is_open)
            .find(|index| movement(&self.paths[*index], painted).is_some())?;
        self.found[index] = true;
        while self.found.get(self.first) == Some(&true) {
            self.first += 1;
        }
        Some(self.paths[index].seq)
    }

    /// Returns whether all paths were found.
    pub(super) fn are_complete(&self) -> bool {
        self.first == self.paths.len()
    }
}

/// Returns how far an expected path is moved where it is painted, or `None` if it is another path.
pub(super) fn movement(expected: &ExpectedPath, painted: &PaintedPath) -> Option<[i64; 2]> {
    let same_paint = match (&expected.paint, &painted.paint) {
        (PathPaint::Fill(known), Paint::Fill(found)) => known == found,
        (
            PathPaint::Stroke { color, width, dash },
            Paint::Stroke { color: found_color, width: found_width, dash: found_dash },
        ) => color == found_color && width == found_width && dash == found_dash,
        _ => false,
    };
    if !same_paint || expected.segments.len() != painted.segments.len() {
        return None;
    }
    let mut moved: Option<[i64; 2]> = None;
    for (known, found) in expected.segments.iter().zip(&painted.segments) {
        let (known, found): (&[i64], &[i64]) = match (known, found) {
            (PathSegment::Rect(known), Segment::Rect(found)) => {
                if (0..2).any(|at| (known[at + 2] - found[at + 2]).abs() > ROUNDING) {
                    return None;
                }
                (&known[..2], &found[..2])
            }
            (PathSegment::Move(known), Segment::Move(found))
            | (PathSegment::Line(known), Segment::Line(found)) => (known, found),
            (PathSegment::Curve(known), Segment::Curve(found)) => (known, found),
            (PathSegment::Close, Segment::Close) => continue,
            _ => return None,
        };
        for (known, found) in known.chunks_exact(2).zip(found.chunks_exact(2)) {
            let by = [found[0] - known[0], found[1] - known[1]];
            let first = *moved.get_or_insert(by);
            if (by[0] - first[0]).abs() > ROUNDING || (by[1] - first[1]).abs() > ROUNDING {
                return None;
            }
        }
    }
    moved
}
