//! Paths of artifacts: rules, leaders, backgrounds, labels of markings, and signs of the edition.

use chancery_print::expected_content::ExpectedContent;

use crate::content::{ArtifactKind, FileColor, Mark, Paint, PaintedPath, Segment, Sequence};
use crate::edition::paths::movement;

/// Colours of rules and leaders: ink and two greys.
const RULES: [FileColor; 4] = [[67, 67, 67], [533, 533, 533], [549, 549, 549], [769, 769, 769]];
/// Widest rule, in thousandths of a point.
const WIDEST_RULE: i64 = 1_500;

/// Checks the paths of a layout artifact.
pub(super) fn check(sequence: &Sequence, expected: &ExpectedContent) -> Result<(), &'static str> {
    for path in &sequence.paths {
        let is_known = is_rule(path)
            || is_frame(path, &expected.frame_colors)
            || expected.artifact_paths.iter().any(|known| movement(known, path).is_some());
        if !is_known {
            return Err("an artifact has a path that is neither a rule nor a background nor a sign");
        }
    }
    Ok(())
}

/// Returns whether a path is a horizontal line.
fn is_rule(path: &PaintedPath) -> bool {
    let [Segment::Move([_, from]), Segment::Line([_, to])] = path.segments.as_slice() else { return false };
    let Paint::Stroke { color, width, dash } = &path.paint else { return false };
    from == to && *width <= WIDEST_RULE && RULES.contains(color) && (dash.is_empty() || dash.len() == 2)
}

/// Returns whether a path is a rectangle in a frame's colour.
fn is_frame(path: &PaintedPath, colors: &[[i64; 3]]) -> bool {
    let [Segment::Rect(_)] = path.segments.as_slice() else { return false };
    match &path.paint {
        Paint::Fill(color) => colors.contains(color),
        Paint::Stroke { color, width, dash } => {
            colors.contains(color) && dash.is_empty() && *width <= WIDEST_RULE
        }
    }
}

/// Returns whether the paths of a form are at most the black label of a marking, painted before its text.
pub(super) fn is_label(sequence: &Sequence) -> bool {
    let is_margin = matches!(sequence.mark, Mark::Artifact(ArtifactKind::Header | ArtifactKind::Footer));
    match sequence.paths.as_slice() {
        [] => sequence.images.is_empty() && sequence.drawings.is_empty(),
        [label] => {
            let is_rect =
                matches!(label.segments.as_slice(), [Segment::Rect([_, _, _, height])] if *height < 40_000);
            is_margin && is_rect && label.paint == Paint::Fill([0, 0, 0]) && sequence.images.is_empty()
        }
        _ => false,
    }
}
