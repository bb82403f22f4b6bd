//! What a file of an edition must say, from `compose` alone: nothing is laid out. A strict reader compares a file with
//! it, and [`ExpectedContent::rewritten`] writes again everything of the file that layout does not decide.

mod anchors;
mod drawings;
mod file_color;
mod pieces;
mod running_texts;

use std::collections::BTreeMap;

pub use self::anchors::ExpectedAnchor;
pub use self::drawings::{ExpectedPath, PathPaint, PathSegment};
use self::pieces::Repeated;
pub use self::pieces::{ElementTexts, ExpectedElement, ExpectedPiece, ExpectedStyle, PieceContent};
pub use self::running_texts::{RunningText, RunningTexts};
use crate::compose::{Abridgement, compose};
use crate::edition::Edition;
use crate::error::PrintError;
use crate::flow::{Block, Flow, PageReference};
use crate::fonts::Fonts;
use crate::graphics::Rect;
use crate::layout::Geometry;
use crate::options::{Format, Limits, Options};
use crate::print::without_soft_hyphens;
use crate::text::Typesetter;
use crate::text::languages::is_right_to_left;
use crate::write::WriteError;
use crate::write::rewrite::nearest_length;
use crate::write::rewrite::{Rewritten, ShownFile};
use chancery_images::{PreparedImage, Vector};

/// Texts and elements that every print of an edition has.
#[derive(Debug)]
pub struct ExpectedContent {
    flow: Flow,
    fonts: Fonts,
    /// Width and height of every page, in thousandths of a point.
    pub page_size: [i64; 2],
    /// By index of the tag tree: the root is the first.
    pub elements: Vec<ExpectedElement>,
    /// The texts of the elements' pieces.
    pub texts: ElementTexts,
    /// By number of the anchor.
    pub anchors: Vec<ExpectedAnchor>,
    /// Texts of headers and footers.
    pub running: RunningTexts,
    /// Texts that tables and figures repeat where they continue on a page, and other texts of artifacts.
    pub repeated_texts: Vec<String>,
    /// Page references in such texts, by the numbers of their lists.
    pub repeated_lists: Vec<usize>,
    /// Paths that are artifacts, or that a figure repeats where it continues.
    pub artifact_paths: Vec<ExpectedPath>,
    /// Colours of frames: backgrounds, rules along an edge and outlines, in thousandths of each component.
    pub frame_colors: Vec<[i64; 3]>,
    /// Images with the element that shows them and its logical position.
    pub images: Vec<(usize, u32, PreparedImage)>,
}

impl ExpectedContent {
    /// Composes an edition in every way in which it may have been printed: the one-page format is abridged as little as it
    /// takes to fit, which only layout decides.
    ///
    /// # Errors
    /// If the edition cannot be printed with these options.
    pub fn all(
        edition: &Edition,
        options: &Options,
        limits: &Limits,
        fonts: &Fonts,
    ) -> impl Iterator<Item = Result<Self, PrintError>> {
        let mut next = Some(Abridgement::Nothing);
        std::iter::from_fn(move || {
            let abridgement = next.take()?;
            if options.format == Format::OnePage {
                next = abridgement.next();
            }
            Some(Self::composed(edition, options, abridgement, (limits, fonts)))
        })
    }

    fn composed(
        edition: &Edition,
        options: &Options,
        abridgement: Abridgement,
        (limits, fonts): (&Limits, &Fonts),
    ) -> Result<Self, PrintError> {
        let mut typesetter = Typesetter::new(fonts);
        let (mut flow, _) = compose(edition, options, abridgement, limits, &mut typesetter)?;
        without_soft_hyphens(&mut flow);
        let right_to_left = is_right_to_left(&edition.content.language);
        let geometry = Geometry::new(options.paper, right_to_left).with_text_size(options.text_size);
        let (elements, texts) = pieces::elements(&flow);
        let mut expected = Self {
            page_size: [geometry.size.0.to_milli_pt(), geometry.size.1.to_milli_pt()],
            elements,
            texts,
            anchors: anchors::of(&flow),
            running: running_texts::of(&flow.running_elements, flow.page_numbers, right_to_left),
            repeated_texts: Vec::new(),
            repeated_lists: Vec::new(),
            artifact_paths: Vec::new(),
            frame_colors: Vec::new(),
            images: Vec::new(),
            fonts: fonts.clone(),
            flow,
        };
        expected.add_blocks();
        Ok(expected)
    }

    fn add_blocks(&mut self) {
        let mut repeated = Repeated::default();
        for block in &self.flow.blocks {
            match block {
                Block::Text(text) => self.frame_colors.extend(drawings::frame_colors(text.frame)),
                Block::Columns(columns) => {
                    let frames = columns.columns.iter().flatten().map(|text| text.frame);
                    self.frame_colors.extend(frames.flat_map(drawings::frame_colors));
                }
                Block::Table(table) => repeated.add_table(table),
                Block::Figure(figure) => {
                    self.images.extend(drawings::image(figure));
                    repeated.add_figure(figure);
                }
                _ => {}
            }
        }
        for inline in self.flow.inlines() {
            pieces::artifact_texts(inline, &mut repeated);
        }
        let drawn = drawings::of(&self.flow);
        for (element, path) in drawn.tagged {
            if let Some(element) = self.elements.get_mut(element) {
                element.paths.push(path);
            }
        }
        self.artifact_paths = drawn.artifacts.into_iter().map(ExpectedPath::moved_to_origin).collect();
        self.artifact_paths.sort();
        self.artifact_paths.dedup();
        (self.repeated_texts, self.repeated_lists) = (repeated.texts, repeated.lists);
        self.repeated_lists.sort_unstable();
        self.repeated_lists.dedup();
        self.repeated_texts.sort();
        self.repeated_texts.dedup();
        self.frame_colors.sort_unstable();
        self.frame_colors.dedup();
    }

    /// Returns the fonts of the print.
    pub const fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// Returns the bytes of a drawing's content, painted into a rectangle: left, bottom, width, height in thousandths of a
    /// point.
    pub fn painted_drawing(vector: &Vector, [x, y, width, height]: [i64; 4]) -> Vec<u8> {
        let mut out = Vec::new();
        let [x, y, width, height] = [x, y, width, height].map(nearest_length);
        crate::write::content::vector_drawing::paint(&mut out, vector, Rect { x, y, width, height });
        out
    }

    /// Returns the anchors of a list of page references, and its words for one page and for several, with `{0}` for the
    /// numbers.
    pub fn page_list(&self, list: usize) -> Option<(Vec<usize>, [&'static str; 2])> {
        let PageReference { anchors, one, several } = self.flow.page_lists.get(list)?;
        Some((anchors.iter().map(|anchor| anchor.0 as usize).collect(), [one, several]))
    }

    /// Returns digits as the document writes page numbers.
    pub fn digits(&self, number: &str) -> String {
        (self.flow.page_numbers.digits)(number)
    }

    /// Returns what separates page numbers in a list.
    pub const fn list_comma(&self) -> &'static str {
        self.flow.page_numbers.comma
    }

    /// Returns the anchor of a destination's name, as a string of the file.
    pub fn anchors_by_name(&self) -> BTreeMap<Vec<u8>, usize> {
        let names = self.flow.anchor_names.iter().enumerate().filter(|(_, name)| !name.is_empty());
        names.map(|(anchor, name)| (crate::write::file::syntax::text_bytes(name), anchor)).collect()
    }

    /// Writes everything of a file again that layout does not decide.
    ///
    /// # Errors
    /// If no such file can be written.
    pub fn rewritten(&self, shown: ShownFile) -> Result<Rewritten, WriteError> {
        let Flow { tags, info, outline, anchor_names, .. } = &self.flow;
        crate::write::rewrite::rewrite(&self.fonts, (tags, info, outline, anchor_names), shown)
    }
}
