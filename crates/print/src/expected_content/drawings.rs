//! Paths of drawings, as they are on a page but for their place.

use crate::flow::{Block, FigureBlock, Flow, Frame, TextBlock};
use crate::graphics::{Paint, Path, Segment};
use crate::layout::shapes;
use crate::pages::Owner;
use crate::text::inline::{Inline, PieceKind};
use crate::units::Length;
use crate::write::content::bounding_box::milli;
use chancery_images::PreparedImage;

use super::file_color::file_color;

/// A path. Only its place is open: all points may be moved by the same distance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExpectedPath {
    /// Its logical position; 0 for an artifact.
    pub seq: u32,
    /// Whether it occurs once or more: each cluster without a glyph has a box.
    pub may_repeat: bool,
    /// Its segments; lengths in thousandths of a point, y upwards.
    pub segments: Vec<PathSegment>,
    /// How it is painted.
    pub paint: PathPaint,
}

/// A path segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathSegment {
    /// Left, bottom, width, height.
    Rect([i64; 4]),
    /// Begins a subpath.
    Move([i64; 2]),
    /// A straight line.
    Line([i64; 2]),
    /// A cubic curve.
    Curve([i64; 6]),
    /// Closes the subpath.
    Close,
}

/// How a path is painted; colours in thousandths of each component.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathPaint {
    /// Filled.
    Fill([i64; 3]),
    /// Stroked.
    Stroke {
        /// The colour.
        color: [i64; 3],
        /// The line's width.
        width: i64,
        /// Dash and gap; empty for a solid line.
        dash: Vec<i64>,
    },
}

impl ExpectedPath {
    /// Returns the path moved so that it begins at the origin.
    #[must_use]
    pub(super) fn moved_to_origin(mut self) -> Self {
        let first = self.segments.iter().find_map(|segment| match *segment {
            PathSegment::Rect([x, y, ..]) | PathSegment::Move([x, y]) => Some([x, y]),
            _ => None,
        });
        let [left, bottom] = first.unwrap_or_default();
        for segment in &mut self.segments {
            match segment {
                PathSegment::Rect([x, y, ..]) | PathSegment::Move([x, y]) | PathSegment::Line([x, y]) => {
                    (*x, *y) = (*x - left, *y - bottom);
                }
                PathSegment::Curve(points) => {
                    for point in points.chunks_exact_mut(2) {
                        (point[0], point[1]) = (point[0] - left, point[1] - bottom);
                    }
                }
                PathSegment::Close => {}
            }
        }
        self
    }
}

/// The paths of a flow.
#[derive(Default)]
pub(super) struct Drawn {
    /// With the index of their element.
    pub(super) tagged: Vec<(usize, ExpectedPath)>,
    /// Artifacts, and paths that may be repeated as such.
    pub(super) artifacts: Vec<ExpectedPath>,
}

impl Drawn {
    fn add(&mut self, owner: &Owner, path: &Path) {
        if path.segments.is_empty() {
            return;
        }
        match owner {
            Owner::Tagged { node, seq } => {
                self.tagged.push((node.index(), ExpectedPath { seq: *seq, ..expected(path) }));
            }
            Owner::Artifact(_) => self.artifacts.push(expected(path)),
        }
    }

    fn add_inline(&mut self, inline: &Inline, is_repeated: bool) {
        for piece in &inline.pieces {
            let (size, color) = (piece.style.size, piece.style.color);
            let paths = match piece.kind {
                PieceKind::Withheld => {
                    vec![shapes::withheld(Length::ZERO, Length::ZERO, size * 6, size, color)]
                }
                PieceKind::Missing => vec![shapes::missing(Length::ZERO, Length::ZERO, size, color)],
                PieceKind::Drawing(index) => {
                    inline.drawings.get(index).map(|drawing| drawing.paths.clone()).unwrap_or_default()
                }
                PieceKind::Text | PieceKind::Deferred(_) => continue,
            };
            let first = self.tagged.len();
            for path in &paths {
                self.add(&piece.owner, path);
            }
            if piece.kind == PieceKind::Missing {
                self.tagged[first..].iter_mut().for_each(|(_, path)| path.may_repeat = true);
            }
            if is_repeated {
                self.artifacts.extend(paths.iter().filter(|path| !path.segments.is_empty()).map(expected));
            }
        }
    }

    fn add_text(&mut self, text: &TextBlock) {
        text.inlines().into_iter().for_each(|inline| self.add_inline(inline, false));
        if let Some(beside) = &text.beside {
            for path in &beside.paths {
                let path = if text.right_to_left { path.mirrored(beside.width) } else { path.clone() };
                self.add(&beside.owner, &path);
            }
        }
    }

    fn add_figure(&mut self, figure: &FigureBlock) {
        let texts = figure.caption.iter().chain(&figure.note).chain(&figure.continuation);
        texts.for_each(|text| self.add_text(text));
        let drawing = &figure.drawing;
        for path in &drawing.paths {
            let path = if figure.right_to_left { path.mirrored(drawing.width) } else { path.clone() };
            self.add(&drawing.owner, &path);
            if !figure.divisions.tops.is_empty() && !path.segments.is_empty() {
                self.artifacts.push(expected(&path));
            }
        }
        let is_repeated = !figure.divisions.tops.is_empty();
        drawing.labels.iter().for_each(|label| self.add_inline(&label.inline, is_repeated));
    }
}

/// Returns all paths of a flow.
pub(super) fn of(flow: &Flow) -> Drawn {
    let mut drawn = Drawn::default();
    for block in &flow.blocks {
        match block {
            Block::Text(text) => drawn.add_text(text),
            Block::Columns(columns) => columns.columns.iter().flatten().for_each(|text| drawn.add_text(text)),
            Block::Table(table) => {
                table.inlines().into_iter().for_each(|inline| drawn.add_inline(inline, true));
                if let Some(caption) = &table.caption {
                    caption.beside.iter().for_each(|_| drawn.add_text(caption));
                }
            }
            Block::Figure(figure) => drawn.add_figure(figure),
            _ => {}
        }
    }
    drawn
}

/// Returns the colours of a frame.
pub(super) fn frame_colors(frame: Option<Frame>) -> impl Iterator<Item = [i64; 3]> {
    let colors = frame
        .map(|frame| [frame.tint, frame.rule.map(|(color, _)| color), frame.outline.map(|(color, _)| color)]);
    colors.into_iter().flatten().flatten().map(file_color)
}

/// Returns the image of a figure with its element and logical position.
pub(super) fn image(figure: &FigureBlock) -> Option<(usize, u32, PreparedImage)> {
    match (&figure.drawing.image, &figure.drawing.owner) {
        (Some(image), Owner::Tagged { node, seq }) => Some((node.index(), *seq, image.clone())),
        _ => None,
    }
}

/// Turns a drawing's path, y downwards, into one of a page.
fn expected(path: &Path) -> ExpectedPath {
    let at = |x: Length, y: Length| [milli(x), -milli(y)];
    let segments = path.segments.iter().map(|segment| match *segment {
        Segment::Rect(rect) => {
            let [x, y] = at(rect.x, rect.y + rect.height);
            PathSegment::Rect([x, y, milli(rect.width), milli(rect.height)])
        }
        Segment::Move(x, y) => PathSegment::Move(at(x, y)),
        Segment::Line(x, y) => PathSegment::Line(at(x, y)),
        Segment::Curve([a, b, c]) => {
            let (a, b, c) = (at(a.0, a.1), at(b.0, b.1), at(c.0, c.1));
            PathSegment::Curve([a[0], a[1], b[0], b[1], c[0], c[1]])
        }
        Segment::Close => PathSegment::Close,
    });
    let paint = match path.paint {
        Paint::Fill(color) => PathPaint::Fill(file_color(color)),
        Paint::Stroke { color, width, dash } => {
            let dash = dash.map(|(on, off)| vec![milli(on).max(0), milli(off).max(0)]);
            let dash = dash.filter(|dash| dash.iter().any(|part| *part > 0)).unwrap_or_default();
            PathPaint::Stroke { color: file_color(color), width: milli(width).max(0), dash }
        }
    };
    ExpectedPath { seq: 0, may_repeat: false, segments: segments.collect(), paint }
}
