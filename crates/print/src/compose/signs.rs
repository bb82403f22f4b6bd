//! Signs in a line of text, drawn as paths: dots of confidence, marks of changes and trends. A word beside each says the
//! same, so the signs are artifacts or have it as their `ActualText`.

use crate::compose::stylesheet::INK;
use crate::graphics::{Color, Paint, Path, circle, outline};
use crate::text::inline::InlineDrawing;
use crate::units::Length;

/// A sign beside a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A plus.
    New,
    /// A filled triangle upwards.
    Likelier,
    /// A filled triangle downwards.
    LessLikely,
    /// A hollow triangle upwards.
    Surer,
    /// A hollow triangle downwards.
    LessSure,
    /// Two opposed arrows.
    Reversed,
    /// Two bars.
    Unchanged,
    /// A tilde: reworded.
    Reworded,
    /// An arrow from an earlier text to the present one.
    Arrow,
    /// A crossed equals sign: contradicts.
    Contradicts,
    /// A filled triangle upwards.
    Rising,
    /// A filled diamond.
    Mixed,
    /// A filled triangle towards the end of the line.
    Steady,
    /// A filled triangle downwards.
    Falling,
    /// The same signs hollow: earlier trends.
    WasRising,
    WasMixed,
    WasSteady,
    WasFalling,
}

/// Stroke width of hollow signs, and of lines, relative to a sign 6.4 pt high.
const THIN: Length = Length::milli_pt(900);
const THICK: Length = Length::milli_pt(1_300);
/// Height of signs at which the widths above apply.
const NOMINAL: i64 = 6_400;

/// Draws a sign of a height on the baseline, with space after it.
pub(crate) fn sign(sign: Sign, height: Length, color: Color, mirrored: bool) -> InlineDrawing {
    let (h, half) = (height, height / 2);
    let scaled = |width: Length| width * height.to_milli_pt() / NOMINAL;
    let at = |x: Length, y: Length| (x, y);
    let fill = |points: &[(Length, Length)]| polygon(points, Paint::Fill(color));
    let stroke =
        |points: &[(Length, Length)], width| open_line(points, Paint::Stroke { color, width, dash: None });
    let inset = scaled(THIN) / 2;
    let outlined = |points: &[(Length, Length)]| hollow(points, color, scaled(THIN));
    let zero = Length::ZERO;
    let paths = match sign {
        Sign::New => {
            let width = scaled(THICK);
            vec![
                stroke(&[at(zero, -half), at(h, -half)], width),
                stroke(&[at(half, -h), at(half, zero)], width),
            ]
        }
        Sign::Likelier | Sign::Rising => vec![fill(&[at(zero, zero), at(h, zero), at(half, -h)])],
        Sign::LessLikely | Sign::Falling => vec![fill(&[at(zero, -h), at(h, -h), at(half, zero)])],
        Sign::Mixed => vec![fill(&[at(half, zero), at(h, -half), at(half, -h), at(zero, -half)])],
        Sign::Steady => vec![fill(&[at(zero, zero), at(h, -half), at(zero, -h)])],
        Sign::Surer | Sign::WasRising => {
            vec![outlined(&[at(inset, -inset), at(h - inset, -inset), at(half, inset * 2 - h)])]
        }
        Sign::LessSure | Sign::WasFalling => {
            vec![outlined(&[at(inset, inset - h), at(h - inset, inset - h), at(half, -inset * 2)])]
        }
        Sign::WasMixed => vec![outlined(&[
            at(half, -inset * 3 / 2),
            at(h - inset * 3 / 2, -half),
            at(half, inset * 3 / 2 - h),
            at(inset * 3 / 2, -half),
        ])],
        Sign::WasSteady => {
            vec![outlined(&[at(inset, -inset * 2), at(h - inset * 2, -half), at(inset, inset * 2 - h)])]
        }
        Sign::Reversed => {
            let (upper, lower, tip) = (-h * 7 / 10, -h * 25 / 100, h * 22 / 100);
            let width = scaled(THIN);
            vec![
                stroke(&[at(zero, upper), at(h, upper)], width),
                fill(&[at(h, upper), at(h - tip, upper - tip), at(h - tip, upper + tip)]),
                stroke(&[at(zero, lower), at(h, lower)], width),
                fill(&[at(zero, lower), at(tip, lower - tip), at(tip, lower + tip)]),
            ]
        }
        Sign::Unchanged => {
            let width = scaled(THICK);
            [-h * 32 / 100, -h * 68 / 100].map(|y| stroke(&[at(zero, y), at(h, y)], width)).to_vec()
        }
        Sign::Reworded => {
            let (quarter, rise) = (h / 4, h / 6);
            let points = [
                at(zero, -half + rise),
                at(quarter, -half - rise),
                at(half + quarter, -half + rise),
                at(h, -half - rise),
            ];
            vec![stroke(&points, scaled(THICK))]
        }
        Sign::Arrow => {
            let (tip, y) = (h * 35 / 100, -h * 45 / 100);
            let width = scaled(THIN);
            vec![
                stroke(&[at(zero, y), at(h, y)], width),
                stroke(&[at(h - tip, y - tip), at(h, y), at(h - tip, y + tip)], width),
            ]
        }
        Sign::Contradicts => {
            let width = scaled(THIN);
            let mut paths =
                [-h * 32 / 100, -h * 62 / 100].map(|y| stroke(&[at(zero, y), at(h, y)], width)).to_vec();
            paths.push(stroke(&[at(h * 25 / 100, zero), at(h * 75 / 100, -h * 95 / 100)], width));
            paths
        }
    };
    let drawing = InlineDrawing { width: h + h / 5, paths };
    if mirrored { mirror(&drawing) } else { drawing }
}

/// Draws three dots for a level of confidence, `filled` of them filled from the line's start.
pub(crate) fn dots(filled: usize, size: Length, gap: Length, mirrored: bool) -> InlineDrawing {
    let radius = size / 2;
    let thin = size * 14 / 100;
    let dot = |index: usize| {
        let x = radius + (size + gap) * i64::try_from(index).unwrap_or(0);
        let center = (x, -radius - size / 12);
        if index < filled {
            Path { segments: circle(center, radius), paint: Paint::Fill(INK) }
        } else {
            let paint = Paint::Stroke { color: INK, width: thin, dash: None };
            Path { segments: circle(center, radius - thin / 2), paint }
        }
    };
    let drawing = InlineDrawing { width: size * 3 + gap * 4, paths: (0..3).map(dot).collect() };
    if mirrored { mirror(&drawing) } else { drawing }
}

/// Mirrors a drawing for a right-to-left line.
pub(crate) fn mirror(drawing: &InlineDrawing) -> InlineDrawing {
    let width = drawing.width;
    InlineDrawing { width, paths: drawing.paths.iter().map(|path| path.mirrored(width)).collect() }
}

fn polygon(points: &[(Length, Length)], paint: Paint) -> Path {
    Path { segments: outline(points, true), paint }
}

fn hollow(points: &[(Length, Length)], color: Color, width: Length) -> Path {
    polygon(points, Paint::Stroke { color, width, dash: None })
}

fn open_line(points: &[(Length, Length)], paint: Paint) -> Path {
    Path { segments: outline(points, false), paint }
}

#[cfg(test)]
mod tests {
    use super::{Sign, dots, sign};
    use crate::compose::stylesheet::INK;
    use crate::graphics::{Paint, Path, Segment};
    use crate::units::Length;

    fn filled(drawing: &crate::text::inline::InlineDrawing) -> Vec<bool> {
        drawing.paths.iter().map(|path| matches!(path.paint, Paint::Fill(_))).collect()
    }

    #[test]
    fn dots_fill_from_the_start_of_the_line() {
        let size = Length::milli_pt(5_200);
        let (ltr, rtl) = (dots(1, size, Length::pt(1), false), dots(1, size, Length::pt(1), true));
        assert_eq!(filled(&ltr), [true, false, false]);
        let first_x = |drawing: &crate::text::inline::InlineDrawing| match drawing.paths[0].segments[0] {
            Segment::Move(x, _) => x,
            _ => panic!("a circle begins with a move"),
        };
        assert!(first_x(&ltr) <= size && first_x(&rtl) >= ltr.width - size);
    }

    const CHANGES: [Sign; 10] = [
        Sign::New,
        Sign::Likelier,
        Sign::LessLikely,
        Sign::Surer,
        Sign::LessSure,
        Sign::Reversed,
        Sign::Unchanged,
        Sign::Reworded,
        Sign::Arrow,
        Sign::Contradicts,
    ];
    const TRENDS: [Sign; 8] = [
        Sign::Rising,
        Sign::Mixed,
        Sign::Steady,
        Sign::Falling,
        Sign::WasRising,
        Sign::WasMixed,
        Sign::WasSteady,
        Sign::WasFalling,
    ];

    #[test]
    fn each_two_trends_and_changes_differ_on_a_gray_print() {
        let shape = |each: Sign| -> Vec<String> {
            sign(each, Length::pt(6), INK, false).paths.iter().map(Path::without_color).collect()
        };
        for signs in [CHANGES.as_slice(), &TRENDS] {
            for (index, one) in signs.iter().enumerate() {
                for other in &signs[..index] {
                    assert_ne!(shape(*one), shape(*other), "{one:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn every_sign_stays_in_its_square() {
        let height = Length::milli_pt(6_400);
        for each in CHANGES.into_iter().chain(TRENDS) {
            for mirrored in [false, true] {
                let drawing = sign(each, height, INK, mirrored);
                for segment in drawing.paths.iter().flat_map(|path| &path.segments) {
                    if let Segment::Move(x, y) | Segment::Line(x, y) = segment {
                        let inside =
                            *x >= Length::ZERO && *x <= height * 6 / 5 && *y <= Length::ZERO && *y >= -height;
                        assert!(inside, "{each:?} {x:?} {y:?}");
                    }
                }
            }
        }
    }
}
