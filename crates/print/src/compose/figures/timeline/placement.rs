//! Direct labels: beside their mark on one line, else on several, each mark in the first free row.

use super::marks::Mark;
use crate::compose::figures::sketch::{Ruler, SketchLabel};
use crate::compose::stylesheet::{EVENT, TypeSpec};
use crate::text::paragraph_setup::Align;
use crate::units::Length;

/// Distance of a label from its mark.
const GAP: Length = Length::milli_pt(3_500);
/// Distance between neighbors in a row.
const NEIGHBORS: Length = Length::pt(6);
/// Maximum number of lines beside a mark; a longer label is below it.
const MOST_LINES_BESIDE: i64 = 3;
/// Distance of a label from the lines behind it.
const CLEAR: Length = Length::pt(1);
/// Room for rounding of a line's width.
const SLACK: Length = Length::pt(1);

/// Measures of rows, by the script.
#[derive(Clone, Copy)]
pub(super) struct RowMetrics {
    /// Type of the labels.
    pub(super) kind: TypeSpec,
    /// Height of a row.
    pub(super) row: Length,
}

impl RowMetrics {
    /// Arabic script has higher ascenders and lower descenders.
    pub(super) fn of(right_to_left: bool) -> Self {
        if !right_to_left {
            return Self { kind: EVENT, row: Length::milli_pt(12_400) };
        }
        let mut kind = EVENT;
        (kind.style.size, kind.leading) = (Length::pt(8), Length::pt(12));
        Self { kind, row: Length::pt(15) }
    }

    /// Returns the number of rows that lines of text take.
    fn rows(self, lines: i64) -> usize {
        let height = self.row + self.kind.leading * (lines - 1);
        usize::try_from((height.units() + self.row.units() - 1) / self.row.units()).unwrap_or(1)
    }

    /// Returns the height of a number of rows.
    pub(super) fn height(self, rows: usize) -> Length {
        self.row_top(rows)
    }

    /// Returns the top of a row's text.
    pub(super) fn text_top(self, row: usize) -> Length {
        self.row_top(row) + (self.row - self.kind.leading) / 2
    }

    /// Returns the middle of a row, at which marks are drawn.
    pub(super) fn middle(self, row: usize) -> Length {
        self.row_top(row) + self.row / 2
    }

    fn row_top(self, row: usize) -> Length {
        self.row * i64::try_from(row).unwrap_or(i64::MAX)
    }
}

/// A mark and its label, whose top is relative to the first row.
pub(super) struct Placed {
    pub(super) row: usize,
    pub(super) mark: Mark,
    pub(super) label: Option<SketchLabel>,
    /// Height of the label.
    height: Length,
}

impl Placed {
    /// Returns top and bottom of the label if a vertical line at a position would touch it.
    pub(super) fn label_at(&self, x: Length) -> Option<(Length, Length)> {
        let label = self.label.as_ref()?;
        let is_near = label.start - CLEAR < x && x < label.start + label.width + CLEAR;
        is_near.then_some((label.top, label.top + self.height))
    }
}

/// Rows that fill from the top.
pub(super) struct Rows {
    metrics: RowMetrics,
    /// Start and end of the labels.
    edges: (Length, Length),
    /// Occupied ranges by row.
    taken: Vec<Vec<(Length, Length)>>,
}

/// Where a label is relative to its mark.
struct Position {
    start: Length,
    width: Length,
    align: Align,
    lines: i64,
    is_below: bool,
}

impl Rows {
    pub(super) fn new(metrics: RowMetrics, edges: (Length, Length)) -> Self {
        Self { metrics, edges, taken: Vec::new() }
    }

    pub(super) fn count(&self) -> usize {
        self.taken.len()
    }

    /// Places a mark in the first free row, with a short label over its start.
    pub(super) fn place_under(
        &mut self,
        mark: Mark,
        label: Option<SketchLabel>,
        ruler: &mut Ruler,
    ) -> Placed {
        let (start, end) = mark.reach();
        let width = label.as_ref().map_or(Length::ZERO, |label| ruler.label_width(label) + SLACK);
        let row = self.take((start, end.max(start + GAP + width)), 1);
        let top = self.metrics.text_top(row);
        let label = label.map(|label| SketchLabel { start: start + GAP, top, width, ..label });
        Placed { row, mark, label, height: self.metrics.kind.leading }
    }

    /// Places a mark with its label in the first row in which both are free.
    pub(super) fn place(&mut self, mark: Mark, label: SketchLabel, ruler: &mut Ruler) -> Placed {
        let (start, end) = mark.reach();
        let position = self.position(&label, (start, end), ruler);
        let span = (start.min(position.start), end.max(position.start + position.width));
        let below = usize::from(position.is_below);
        let row = self.take(span, self.metrics.rows(position.lines) + below);
        let label = SketchLabel {
            start: position.start,
            top: self.metrics.text_top(row + below),
            width: position.width,
            align: position.align,
            ..label
        };
        let height = label.kind.leading * position.lines;
        Placed { row, mark, label: Some(label), height }
    }

    /// Takes the first rows in which a range is free; returns the first of them.
    fn take(&mut self, (start, end): (Length, Length), rows: usize) -> usize {
        let meets = |of: &(Length, Length)| start < of.1 + NEIGHBORS && of.0 < end + NEIGHBORS;
        let is_free = |row: usize| !self.taken.get(row).is_some_and(|row| row.iter().any(meets));
        let fits = |first: &usize| (*first..*first + rows).all(is_free);
        let first = (0..self.taken.len()).find(fits).unwrap_or(self.taken.len());
        self.taken.resize((first + rows).max(self.taken.len()), Vec::new());
        self.taken[first..first + rows].iter_mut().for_each(|row| row.push((start, end)));
        first
    }

    fn position(&self, label: &SketchLabel, mark: (Length, Length), ruler: &mut Ruler) -> Position {
        let whole = ruler.label_width(label) + SLACK;
        let (before, after) = (mark.0 - GAP - self.edges.0, self.edges.1 - mark.1 - GAP);
        let beside = |is_after: bool, width: Length, lines: i64| Position {
            start: if is_after { mark.1 + GAP } else { mark.0 - GAP - width },
            width,
            align: if is_after { Align::Start } else { Align::End },
            lines,
            is_below: false,
        };
        if whole <= after || whole <= before {
            return beside(whole <= after, whole, 1);
        }
        for lines in 2..=MOST_LINES_BESIDE {
            for (is_after, room) in [(true, after), (false, before)] {
                if let Some(width) = narrowest(label, whole, lines, room, ruler) {
                    return beside(is_after, width, lines);
                }
            }
        }
        let width = whole.min(self.edges.1 - self.edges.0);
        let lines = ruler.label_lines(label, width);
        let start = mark.0.min(self.edges.1 - width).max(self.edges.0);
        Position { start, width, align: Align::Start, lines, is_below: true }
    }
}

/// Returns a width within a room in which a label has no more than a number of lines, about as narrow as possible.
pub(super) fn narrowest(
    label: &SketchLabel,
    whole: Length,
    lines: i64,
    room: Length,
    ruler: &mut Ruler,
) -> Option<Length> {
    let least = (whole / lines).max(ruler.widest_word(label)) + SLACK;
    let mut width = least;
    while width < room {
        if ruler.label_lines(label, width) <= lines {
            return Some(width);
        }
        width += (least / 20).max(Length::pt(2));
    }
    (room >= least && ruler.label_lines(label, room) <= lines).then_some(room)
}

#[cfg(test)]
mod tests {
    use super::{RowMetrics, Rows};
    use crate::compose::figures::sketch::SketchLabel;
    use crate::compose::figures::sketch::tests::ruled;
    use crate::compose::figures::timeline::marks::{Mark, MarkKind};
    use crate::units::Length;

    /// Places a dot in the middle of 300 points with a label; returns the start, the top and the width of the label.
    fn placed(text: &str) -> (Length, Length, Length) {
        let metrics = RowMetrics::of(false);
        let mut rows = Rows::new(metrics, (Length::ZERO, Length::pt(300)));
        let span = (Length::pt(150), Length::pt(150));
        let mark = Mark { kind: MarkKind::Dot, span, continues: (false, false), is_ringed: false };
        let label = SketchLabel::new(text, metrics.kind, (Length::ZERO, Length::ZERO), Length::ZERO);
        let label = ruled(|ruler| rows.place(mark, label, ruler)).label.unwrap();
        (label.start, label.top, label.width)
    }

    #[test]
    fn a_label_is_beside_its_mark_on_up_to_three_lines_and_else_below_it() {
        let metrics = RowMetrics::of(false);
        let title = "The council meets and adopts a report on the corridor";
        for text in ["The council meets", title, &format!("{title} and on the two ports beside it")] {
            let (start, top, _) = placed(text);
            assert!(start > Length::pt(150) && top == metrics.text_top(0), "{text}: {start:?} {top:?}");
        }
        let (.., width) = placed(title);
        assert!(width < Length::pt(125), "a label of two lines is about as narrow as it can be: {width:?}");
        let (start, top, _) = placed(&[title; 5].join(" "));
        assert!(start < Length::pt(150) && top == metrics.text_top(1), "{start:?} {top:?}");
    }
}
