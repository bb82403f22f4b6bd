//! Signs and arrows of relationships, drawn as paths. They differ in shape, and none by colour alone.

use chancery_proto::brief::v1::{Relationship, RelationshipPolarity, RelationshipStatus};

use crate::compose::labels::PageLabels;
use crate::compose::stylesheet::INK;
use crate::graphics::{Color, Paint, Path, Rect, Segment, circle, outline};
use crate::units::Length;

/// The sign of a relationship: its polarity, unless it has ended or is contested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TieSign {
    /// A plus in a filled disc.
    Supportive,
    /// A minus in a box.
    Adverse,
    /// A plus over a minus in a circle.
    Mixed,
    /// A stroke through a circle.
    Ended,
    /// A question mark in a dashed circle.
    Contested,
    /// A small dot: neutral or not assessed.
    Other,
}

impl TieSign {
    /// All signs in the order of the legend.
    pub(super) const ALL: [Self; 6] =
        [Self::Supportive, Self::Adverse, Self::Mixed, Self::Ended, Self::Contested, Self::Other];

    pub(super) fn of(relationship: &Relationship) -> Self {
        match (relationship.status(), relationship.polarity()) {
            (RelationshipStatus::Ended, _) => Self::Ended,
            (RelationshipStatus::Contested, _) => Self::Contested,
            (_, RelationshipPolarity::Supportive) => Self::Supportive,
            (_, RelationshipPolarity::Adverse) => Self::Adverse,
            (_, RelationshipPolarity::Mixed) => Self::Mixed,
            (_, RelationshipPolarity::Neutral | RelationshipPolarity::Unspecified) => Self::Other,
        }
    }

    /// Returns the sign's meaning, its replacement text.
    pub(super) const fn meaning(self, page: &PageLabels) -> &'static str {
        match self {
            Self::Supportive => page.tie_supportive,
            Self::Adverse => page.tie_adverse,
            Self::Mixed => page.tie_mixed,
            Self::Ended => page.tie_ended,
            Self::Contested => page.tie_contested,
            Self::Other => page.tie_other,
        }
    }

    /// Returns the sign's explanation in the legend.
    pub(super) const fn explanation(self, page: &PageLabels) -> &'static str {
        match self {
            Self::Supportive => page.legend_supportive,
            Self::Adverse => page.legend_adverse,
            Self::Mixed | Self::Ended | Self::Contested | Self::Other => self.meaning(page),
        }
    }

    /// Draws the sign in a square of a size; `y` from the square's top downwards.
    pub(super) fn paths(self, size: Length) -> Vec<Path> {
        let square = Square { size };
        match self {
            Self::Supportive => vec![
                square.disc((40, 40), 40),
                square.stroke(&[(20, 40), (60, 40)], 11, WHITE),
                square.stroke(&[(40, 20), (40, 60)], 11, WHITE),
            ],
            Self::Adverse => vec![square.frame(5, 10), square.stroke(&[(20, 40), (60, 40)], 11, INK)],
            Self::Mixed => vec![
                square.ring(36, 7, None),
                square.stroke(&[(24, 31), (56, 31)], 8, INK),
                square.stroke(&[(40, 15), (40, 47)], 8, INK),
                square.stroke(&[(26, 59), (54, 59)], 8, INK),
            ],
            Self::Ended => vec![square.ring(36, 7, None), square.stroke(&[(19, 61), (61, 19)], 8, INK)],
            Self::Contested => vec![
                square.ring(36, 7, Some((14, 10))),
                square.curve((28, 32), [(28, 13), (53, 13), (53, 31)], 8),
                square.curve((53, 31), [(53, 41), (40, 39), (40, 49)], 8),
                square.disc((40, 61), 6),
            ],
            Self::Other => vec![square.disc((40, 40), 16)],
        }
    }
}

/// The direction of a relationship, seen from one of its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TieDirection {
    /// From this end to the other.
    Outgoing,
    /// From the other end to this one.
    Incoming,
    /// Both ways.
    Mutual,
}

impl TieDirection {
    /// Returns a relationship's direction as seen from an end.
    pub(super) fn seen_from(end: &str, relationship: &Relationship) -> Self {
        match (relationship.symmetric, relationship.from_id == end) {
            (true, _) => Self::Mutual,
            (false, true) => Self::Outgoing,
            (false, false) => Self::Incoming,
        }
    }

    /// Draws an arrow along the middle of a square's height.
    pub(super) fn arrow(self, size: Length) -> Vec<Path> {
        let square = Square { size };
        let mut paths = vec![square.stroke(&[(0, 40), (80, 40)], 8, INK)];
        if self != Self::Incoming {
            paths.push(square.stroke(&[(54, 20), (78, 40), (54, 60)], 8, INK));
        }
        if self != Self::Outgoing {
            paths.push(square.stroke(&[(26, 20), (2, 40), (26, 60)], 8, INK));
        }
        paths
    }
}

/// The paper's colour, for signs on a filled shape and for the ground under a drawing's labels.
pub(super) const WHITE: Color = Color(0xff, 0xff, 0xff);

/// Draws in eightieths of a square's size.
#[derive(Clone, Copy)]
struct Square {
    size: Length,
}

impl Square {
    fn length(self, eightieths: i64) -> Length {
        self.size * eightieths / 80
    }

    fn point(self, (x, y): (i64, i64)) -> (Length, Length) {
        (self.length(x), self.length(y))
    }

    fn line(self, width: i64, color: Color, dash: Option<(i64, i64)>) -> Paint {
        let dash = dash.map(|dash| self.point(dash));
        Paint::Stroke { color, width: self.length(width), dash }
    }

    fn disc(self, center: (i64, i64), radius: i64) -> Path {
        let segments = circle(self.point(center), self.length(radius));
        Path { segments, paint: Paint::Fill(INK) }
    }

    fn ring(self, radius: i64, width: i64, dash: Option<(i64, i64)>) -> Path {
        let segments = circle(self.point((40, 40)), self.length(radius));
        Path { segments, paint: self.line(width, INK, dash) }
    }

    fn frame(self, inset: i64, width: i64) -> Path {
        let side = self.length(80 - inset * 2);
        let rect = Rect { x: self.length(inset), y: self.length(inset), width: side, height: side };
        Path { segments: vec![Segment::Rect(rect)], paint: self.line(width, INK, None) }
    }

    fn stroke(self, points: &[(i64, i64)], width: i64, color: Color) -> Path {
        let points: Vec<_> = points.iter().map(|point| self.point(*point)).collect();
        Path { segments: outline(&points, false), paint: self.line(width, color, None) }
    }

    fn curve(self, from: (i64, i64), to: [(i64, i64); 3], width: i64) -> Path {
        let (x, y) = self.point(from);
        let segments = vec![Segment::Move(x, y), Segment::Curve(to.map(|point| self.point(point)))];
        Path { segments, paint: self.line(width, INK, None) }
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{Relationship, RelationshipPolarity as P, RelationshipStatus as S};

    use super::{TieDirection, TieSign};
    use crate::graphics::{Path, Segment};
    use crate::units::Length;

    #[test]
    fn an_end_or_a_dispute_wins_over_polarity() {
        let sign = |status: S, polarity: P| {
            TieSign::of(&Relationship {
                status: status.into(),
                polarity: polarity.into(),
                ..Relationship::default()
            })
        };
        for status in [S::Unspecified, S::Active, S::Weakened, S::Changed] {
            let expected =
                [TieSign::Other, TieSign::Supportive, TieSign::Adverse, TieSign::Mixed, TieSign::Other];
            let polarities = [P::Unspecified, P::Supportive, P::Adverse, P::Mixed, P::Neutral];
            assert_eq!(polarities.map(|polarity| sign(status, polarity)), expected);
        }
        for polarity in [P::Unspecified, P::Supportive, P::Adverse, P::Mixed, P::Neutral] {
            assert_eq!(sign(S::Ended, polarity), TieSign::Ended);
            assert_eq!(sign(S::Contested, polarity), TieSign::Contested);
        }
    }

    #[test]
    fn each_two_signs_differ_on_a_gray_print() {
        let shape = |sign: TieSign| -> Vec<String> {
            sign.paths(Length::pt(8)).iter().map(Path::without_color).collect()
        };
        for (index, sign) in TieSign::ALL.into_iter().enumerate() {
            for other in &TieSign::ALL[..index] {
                assert_ne!(shape(sign), shape(*other), "{sign:?} {other:?}");
            }
        }
    }

    #[test]
    fn signs_and_arrows_stay_in_their_square() {
        let size = Length::pt(8);
        let arrows = [TieDirection::Outgoing, TieDirection::Incoming, TieDirection::Mutual];
        let drawn = TieSign::ALL.iter().map(|sign| sign.paths(size));
        for paths in drawn.chain(arrows.iter().map(|arrow| arrow.arrow(size))) {
            let inside =
                |x: Length, y: Length| x >= Length::ZERO && x <= size && y >= Length::ZERO && y <= size;
            for segment in paths.iter().flat_map(|path| &path.segments) {
                match *segment {
                    Segment::Move(x, y) | Segment::Line(x, y) => assert!(inside(x, y)),
                    Segment::Curve(points) => assert!(points.iter().all(|(x, y)| inside(*x, *y))),
                    Segment::Rect(rect) => {
                        assert!(inside(rect.x, rect.y) && inside(rect.x + rect.width, rect.y + rect.height));
                    }
                    Segment::Close => {}
                }
            }
        }
    }
}
