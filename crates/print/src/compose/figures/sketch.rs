//! A figure without structure elements: paths and positioned labels. Figure layouts depend on nothing else, so that
//! they can be tested without a brief.

use chancery_images::PreparedImage;

use crate::compose::coverage_runs::{coverage_runs, nfc};
use crate::compose::figure_notes::FigureNote;
use crate::compose::lexicon::Lexicon;
use crate::compose::stylesheet::{INK, TypeSpec};
use crate::compose::text_origin::TextOrigin;
use crate::flow::Divisions;
use crate::graphics::{Color, Paint, Path, Rect, Segment, circle, outline};
use crate::pages::{ArtifactKind, Owner};
use crate::text::Typesetter;
use crate::text::inline::{Inline, PieceStyle};
use crate::text::paragraph_setup::{Align, ParagraphSetup};
use crate::units::Length;

/// The columns' full width: 166 mm.
pub(crate) const WIDTH: Length = Length::mm(166);
/// Maximum height that fits below a caption on the shorter paper.
pub(crate) const TALLEST: Length = Length::pt(560);

/// Paths with labels over them; positions as in [`crate::flow::Drawing`].
pub(crate) struct Sketch {
    pub(crate) width: Length,
    pub(crate) height: Length,
    /// An image that fills it.
    pub(crate) image: Option<PreparedImage>,
    pub(crate) paths: Vec<Path>,
    pub(super) labels: Vec<SketchLabel>,
    /// Ids of the parts that are items of the list after the figure, in order. Their labels are the items' texts.
    pub(super) items: Vec<String>,
    /// Texts of the line below the drawing, before its source.
    pub(super) notes: Vec<FigureNote>,
    /// Where it may be divided.
    pub(super) divisions: Divisions,
}

/// A date in the printer's words.
#[derive(Clone)]
pub(super) struct LabelDate {
    /// The words, without parts that the figure's axis has.
    pub(super) text: String,
    pub(super) kind: TypeSpec,
    /// The whole date.
    pub(super) whole: String,
}

/// A positioned text.
#[derive(Clone)]
pub(super) struct SketchLabel {
    /// The date before the text.
    pub(super) date: Option<LabelDate>,
    pub(super) text: String,
    pub(super) kind: TypeSpec,
    pub(super) origin: TextOrigin,
    pub(super) start: Length,
    pub(super) top: Length,
    pub(super) width: Length,
    pub(super) align: Align,
    /// The item of [`Sketch::items`] that the label is the text of.
    pub(super) item: Option<usize>,
}

impl SketchLabel {
    /// Creates a label of the author's text, aligned at its start.
    pub(super) fn new(text: &str, kind: TypeSpec, (start, top): (Length, Length), width: Length) -> Self {
        Self {
            date: None,
            text: text.to_owned(),
            kind,
            origin: TextOrigin::Author,
            start,
            top,
            width,
            align: Align::Start,
            item: None,
        }
    }

    /// Marks the label as the printer's.
    pub(super) fn own(mut self) -> Self {
        self.origin = TextOrigin::Printer;
        self
    }

    pub(super) fn aligned(mut self, align: Align) -> Self {
        self.align = align;
        self
    }

    /// Returns the label's texts with their types.
    fn parts(&self) -> impl Iterator<Item = (&str, TypeSpec)> {
        let date = self.date.iter().flat_map(|date| [(date.text.as_str(), date.kind), (" ", self.kind)]);
        date.chain([(self.text.as_str(), self.kind)])
    }
}

impl Sketch {
    pub(super) fn new(width: Length) -> Self {
        Self {
            width,
            height: Length::ZERO,
            image: None,
            paths: Vec::new(),
            labels: Vec::new(),
            items: Vec::new(),
            notes: Vec::new(),
            divisions: Divisions::default(),
        }
    }

    /// Creates a sketch that is only an image.
    pub(crate) fn of_image((width, height): (Length, Length), image: PreparedImage) -> Self {
        Self { height, image: Some(image), ..Self::new(width) }
    }

    pub(super) fn label(&mut self, label: SketchLabel) {
        if !label.text.trim().is_empty() {
            self.labels.push(label);
        }
    }

    /// Fills a polygon.
    pub(super) fn fill(&mut self, points: &[(Length, Length)], color: Color) {
        self.paths.push(Path { segments: outline(points, true), paint: Paint::Fill(color) });
    }

    pub(super) fn fill_rect(&mut self, rect: Rect, color: Color) {
        self.paths.push(Path { segments: vec![Segment::Rect(rect)], paint: Paint::Fill(color) });
    }

    pub(super) fn frame_rect(&mut self, rect: Rect, color: Color, width: Length) {
        let paint = Paint::Stroke { color, width, dash: None };
        self.paths.push(Path { segments: vec![Segment::Rect(rect)], paint });
    }

    /// Strokes an open line through points.
    pub(super) fn line(&mut self, points: &[(Length, Length)], color: Color, width: Length, dashed: bool) {
        let dash = dashed.then_some((Length::pt(3), Length::pt(2)));
        let paint = Paint::Stroke { color, width, dash };
        self.paths.push(Path { segments: outline(points, false), paint });
    }

    /// Adds a disc.
    pub(super) fn disc(&mut self, center: (Length, Length), radius: Length, color: Color) {
        self.paths.push(Path { segments: circle(center, radius), paint: Paint::Fill(color) });
    }

    /// Adds a circle's outline.
    pub(super) fn ring(&mut self, center: (Length, Length), radius: Length, width: Length) {
        let paint = Paint::Stroke { color: INK, width, dash: None };
        self.paths.push(Path { segments: circle(center, radius), paint });
    }
}

/// Measures texts before they are positioned.
pub(super) struct Ruler<'t> {
    pub(super) typesetter: &'t mut Typesetter,
    pub(super) language: &'t str,
    pub(super) lexicon: Lexicon,
    pub(super) right_to_left: bool,
}

impl Ruler<'_> {
    /// Returns the height of a text in a measure.
    pub(super) fn height(&mut self, text: &str, kind: TypeSpec, width: Length) -> Length {
        if text.trim().is_empty() {
            return Length::ZERO;
        }
        let inline = self.inline([(text, kind)]);
        kind.leading * self.lines(&inline, width)
    }

    /// Returns the number of lines of a label in a measure.
    pub(super) fn label_lines(&mut self, label: &SketchLabel, width: Length) -> i64 {
        let inline = self.inline(label.parts());
        self.lines(&inline, width)
    }

    /// Returns the width of a text on one line.
    pub(super) fn width(&mut self, text: &str, kind: TypeSpec) -> Length {
        let inline = self.inline([(text, kind)]);
        self.typesetter.width(&inline)
    }

    /// Returns the width of a label on one line.
    pub(super) fn label_width(&mut self, label: &SketchLabel) -> Length {
        let inline = self.inline(label.parts());
        self.typesetter.width(&inline)
    }

    /// Returns the width of a label's widest word.
    pub(super) fn widest_word(&mut self, label: &SketchLabel) -> Length {
        let inline = self.inline(label.parts());
        self.typesetter.extents(&inline).widest_word
    }

    fn lines(&mut self, inline: &Inline, width: Length) -> i64 {
        let setup = ParagraphSetup {
            measure: width,
            indent: Length::ZERO,
            align: Align::Start,
            hyphenate: false,
            right_to_left: self.right_to_left,
        };
        i64::try_from(self.typesetter.set(inline, &setup).len()).unwrap_or(i64::MAX)
    }

    fn inline<'t>(&mut self, parts: impl IntoIterator<Item = (&'t str, TypeSpec)>) -> Inline {
        let mut inline = Inline::default();
        let language = self.typesetter.languages.id(self.language);
        let owner = Owner::Artifact(ArtifactKind::Layout);
        for (text, TypeSpec { style, .. }) in parts {
            for (run, kind) in coverage_runs(self.typesetter, &nfc(text), &style) {
                let piece = PieceStyle { style, owner: owner.clone(), link: None, language, kind };
                inline.push(run, piece);
            }
        }
        inline
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Ruler, Sketch};
    use crate::compose::lexicon::Lexicon;
    use crate::text::Typesetter;
    use crate::units::Length;
    use crate::{LikelihoodDisplay, Locale};

    pub(in crate::compose::figures) const ENGLISH: Lexicon =
        Lexicon::new(Locale::English, LikelihoodDisplay::AsWritten);

    /// Runs a layout with its own ruler.
    pub(in crate::compose::figures) fn ruled<T>(draw: impl FnOnce(&mut Ruler) -> T) -> T {
        let mut typesetter = Typesetter::default();
        draw(&mut Ruler {
            typesetter: &mut typesetter,
            language: "en",
            lexicon: ENGLISH,
            right_to_left: false,
        })
    }

    impl Sketch {
        /// Returns the texts of two overlapping labels, or of a label that leaves the drawing.
        pub(in crate::compose::figures) fn collision(&self, ruler: &mut Ruler) -> Option<(String, String)> {
            let boxes: Vec<[Length; 4]> = self
                .labels
                .iter()
                .map(|label| {
                    let height = label.kind.leading * ruler.label_lines(label, label.width);
                    [label.start, label.top, label.start + label.width, label.top + height]
                })
                .collect();
            for (index, [left, top, right, bottom]) in boxes.iter().enumerate() {
                let text = &self.labels[index].text;
                let outside = *left < Length::ZERO || *right > self.width + Length::pt(6);
                if outside || *top < Length::ZERO || *bottom > self.height {
                    return Some((text.clone(), "outside".to_owned()));
                }
                let meets = |other: &[Length; 4]| {
                    *left < other[2] && other[0] < *right && *top < other[3] && other[1] < *bottom
                };
                if let Some(other) = boxes[..index].iter().position(meets) {
                    return Some((self.labels[other].text.clone(), text.clone()));
                }
            }
            None
        }
    }
}
