//! The marks of a content stream: marked-content sequences with their glyphs, paths, images and forms.

use std::ops::Range;

/// A colour in thousandths of each component, as the file states it.
pub(crate) type FileColor = [i64; 3];

/// A marked-content sequence.
#[derive(Debug)]
pub(crate) struct Sequence {
    pub(crate) mark: Mark,
    /// The text that replaces that of the glyphs.
    pub(crate) actual_text: Option<Box<str>>,
    /// Glyphs, in painting order.
    pub(crate) shown: Vec<Shown>,
    pub(crate) paths: Vec<PaintedPath>,
    pub(crate) images: Vec<PaintedImage>,
    /// Vector drawings.
    pub(crate) drawings: Vec<PaintedDrawing>,
    /// Forms by their index.
    pub(crate) forms: Vec<usize>,
    /// Where it begins in the content.
    pub(crate) at: usize,
}

/// The owner of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Content of an element of this type.
    Tagged { kind: &'static str, mcid: usize },
    /// An artifact.
    Artifact(ArtifactKind),
}

/// Kinds of artifacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArtifactKind {
    Header,
    Footer,
    Watermark,
    Layout,
}

/// Glyphs of one `TJ` in one state.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// Index among the file's fonts.
    pub(crate) font: usize,
    /// Type size in thousandths of a point.
    pub(crate) size: i64,
    pub(crate) color: FileColor,
    /// The baseline with its rise, and the first and last pen position, in thousandths of a point.
    pub(crate) y: i64,
    pub(crate) left: i64,
    pub(crate) right: i64,
    /// The codes, in [`crate::content::Painted::codes`].
    pub(crate) codes: Range<usize>,
    /// The text that replaces that of the glyphs, in an artifact.
    pub(crate) actual_text: Option<Box<str>>,
}

/// A path.
#[derive(Debug)]
pub(crate) struct PaintedPath {
    pub(crate) segments: Vec<Segment>,
    pub(crate) paint: Paint,
}

/// A path segment; lengths in thousandths of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Left, bottom, width, height.
    Rect([i64; 4]),
    Move([i64; 2]),
    Line([i64; 2]),
    Curve([i64; 6]),
    Close,
}

/// How a path is painted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Fill(FileColor),
    Stroke { color: FileColor, width: i64, dash: Vec<i64> },
}

/// An image on a page.
#[derive(Debug)]
pub(crate) struct PaintedImage {
    /// Its index.
    pub(crate) image: usize,
    pub(crate) matrix: [i64; 6],
}

/// A vector drawing on a page.
#[derive(Debug)]
pub(crate) struct PaintedDrawing {
    /// The rectangle to which it is clipped: left, bottom, width, height.
    pub(crate) rect: [i64; 4],
    /// Its content, from `q` to `Q`.
    pub(crate) bytes: Box<[u8]>,
}

impl PaintedPath {
    /// Returns the box of all points: left, bottom, right, top.
    pub(crate) fn bounds(&self) -> [i64; 4] {
        let mut bounds = [i64::MAX, i64::MAX, i64::MIN, i64::MIN];
        let mut add = |x: i64, y: i64| {
            bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
        };
        for segment in &self.segments {
            match *segment {
                Segment::Rect([x, y, width, height]) => {
                    add(x, y);
                    add(x.saturating_add(width), y.saturating_add(height));
                }
                Segment::Move([x, y]) | Segment::Line([x, y]) => add(x, y),
                Segment::Curve(points) => points.chunks_exact(2).for_each(|point| add(point[0], point[1])),
                Segment::Close => {}
            }
        }
        bounds
    }

    /// Returns whether a segment is a curve.
    pub(crate) fn has_curve(&self) -> bool {
        self.segments.iter().any(|segment| matches!(segment, Segment::Curve(_)))
    }
}
