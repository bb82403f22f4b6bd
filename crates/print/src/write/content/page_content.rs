//! Content stream of a page (ISO 32000-1, 7.8.2). Every item is in a marked-content sequence, tagged with an MCID or an
//! artifact (14.6, 14.8.2.2). MCIDs are assigned in painting order.

use crate::tags::TagId;
use crate::write::content::operands::{color_operands, operands};
use std::sync::Arc;

use chancery_images::{Orientation, PreparedImage, Raster};

use crate::graphics::{Color, Paint, Path, Rect, Segment};
use crate::pages::{Item, Owner, PlacedItem};
use crate::tags::{Role, TagTree};
use crate::units::Length;
use crate::write::WriteError;
use crate::write::content::bounding_box::{Bounds, milli};
use crate::write::content::form_xobjects::{FormXObjects, INITIAL_STATE};
use crate::write::content::image_xobjects::ImageXObjects;
use crate::write::content::marked_content::{ContentOwner, MarkedContent};
use crate::write::content::show_text::Cursor;
use crate::write::content::{show_text, vector_drawing};
use crate::write::document::structure_types::{states_box, type_name};
use crate::write::file::syntax;
use crate::write::fonts::font_book::FontBook;

/// A page's content so far, and its contributions to the structure tree.
#[derive(Default)]
pub(crate) struct PageContent {
    /// The content stream, not deflated.
    pub(crate) bytes: Vec<u8>,
    /// By MCID: the owner of the sequence, and its logical rank on the page.
    pub(crate) marks: Vec<(ContentOwner, usize)>,
    /// Link areas.
    pub(crate) links: Vec<LinkArea>,
    /// Bounding boxes of elements that have one, as far as they are on this page.
    pub(crate) boxes: Vec<(usize, Bounds)>,
    /// Whether any content is transparent.
    pub(crate) has_transparency: bool,
    state: State,
}

impl PageContent {
    /// Returns content of which only the contributions to the structure tree are known.
    pub(crate) fn of_marks(
        marks: Vec<(ContentOwner, usize)>,
        links: Vec<LinkArea>,
        has_transparency: bool,
    ) -> Self {
        Self { marks, links, has_transparency, ..Self::default() }
    }
}

/// A link area.
pub(crate) struct LinkArea {
    pub(crate) node: usize,
    pub(crate) seq: u32,
    pub(crate) rect: Bounds,
}

/// Adds items to a page; `page` is its index, for errors.
pub(crate) fn encode(
    tags: &TagTree,
    fonts: &mut FontBook,
    (forms, images): (&mut FormXObjects, &mut ImageXObjects),
    (page, done): (usize, &mut PageContent),
    items: &[PlacedItem],
) -> Result<(), WriteError> {
    let mut encoder = Encoder { tags, fonts, forms, images, page, done };
    encoder.links(items)?;
    let painted: Vec<&PlacedItem> = items.iter().filter(|placed| paints(&placed.item)).collect();
    // Adjacent positions of one element share a sequence, unless an earlier position is painted later.
    let in_order = painted.is_sorted_by_key(|placed| position(&placed.owner));
    for group in painted.chunk_by(|before, after| {
        is_text(&before.item) == is_text(&after.item)
            && (before.owner == after.owner || in_order && are_neighbours(&before.owner, &after.owner))
    }) {
        encoder.group(group)?;
    }
    encoder.end_text();
    Ok(())
}

/// Returns the logical position; 0 for artifacts.
const fn position(owner: &Owner) -> u32 {
    match owner {
        Owner::Tagged { seq, .. } => *seq,
        Owner::Artifact(_) => 0,
    }
}

/// Returns whether two pieces of one element are adjacent.
fn are_neighbours(before: &Owner, after: &Owner) -> bool {
    match (before, after) {
        (Owner::Tagged { node, seq }, Owner::Tagged { node: other, seq: next }) => {
            node == other && seq.checked_add(1) == Some(*next)
        }
        _ => false,
    }
}

fn paints(item: &Item) -> bool {
    match item {
        Item::Run(run) => !run.glyphs.is_empty(),
        Item::Path(path) => !path.segments.is_empty(),
        Item::Image { .. } => true,
        Item::Repeated(items) => items.iter().any(paints),
        Item::LinkArea { .. } => false,
    }
}

fn is_text(item: &Item) -> bool {
    matches!(item, Item::Run(_))
}

/// Graphics state set so far; unchanged values are not set again.
#[derive(Default)]
struct State {
    cursor: Cursor,
    in_text: bool,
    fill: Option<Color>,
    stroke: Option<Color>,
    line_width: Option<i64>,
    /// Dash pattern; empty is a solid line, the initial value.
    dash: Vec<i64>,
}

struct Encoder<'a> {
    tags: &'a TagTree,
    fonts: &'a mut FontBook,
    forms: &'a mut FormXObjects,
    images: &'a mut ImageXObjects,
    page: usize,
    done: &'a mut PageContent,
}

impl Encoder<'_> {
    fn links(&mut self, items: &[PlacedItem]) -> Result<(), WriteError> {
        for placed in items {
            let Item::LinkArea { link, rect } = &placed.item else { continue };
            let node = self.tags.nodes().get(link.index());
            if !matches!(node.map(|node| &node.role), Some(Role::Link { .. })) {
                return Err(WriteError::NotALink { page: self.page, node: link.index() });
            }
            let seq = match placed.owner {
                Owner::Tagged { seq, .. } => seq,
                Owner::Artifact(_) => u32::MAX,
            };
            let node = link.index();
            self.done.links.push(LinkArea { node, seq, rect: Bounds::of_rect(rect) });
        }
        Ok(())
    }

    /// Writes items of one owner and kind. Sequences and text objects must nest (14.6.1): a sequence of text is inside
    /// the text object, one of paths outside.
    fn group(&mut self, group: &[&PlacedItem]) -> Result<(), WriteError> {
        let mut bounds = None;
        for placed in group {
            bounds = Bounds::of_both(bounds, Bounds::of_item(&placed.item, self.fonts)?);
        }
        let mut sequence = self.sequence(&group[0].owner, bounds)?;
        self.paint(group.iter().map(|placed| &placed.item), &mut sequence)?;
        self.done.marks.extend(sequence.close(&mut self.done.bytes));
        Ok(())
    }

    fn paint<'i>(
        &mut self,
        items: impl Iterator<Item = &'i Item>,
        sequence: &mut MarkedContent,
    ) -> Result<(), WriteError> {
        for item in items {
            match item {
                Item::Run(run) => {
                    self.begin_text();
                    self.fill(run.color);
                    let PageContent { bytes, state, .. } = &mut *self.done;
                    show_text::show(bytes, &mut state.cursor, sequence, self.fonts, self.page, run)?;
                }
                Item::Path(path) => {
                    self.end_text();
                    sequence.open(&mut self.done.bytes);
                    self.path(path);
                }
                Item::Image { image, rect } => {
                    self.end_text();
                    sequence.open(&mut self.done.bytes);
                    match image {
                        PreparedImage::Raster(raster) => self.image(raster, rect),
                        PreparedImage::Vector(drawing) => {
                            vector_drawing::paint(&mut self.done.bytes, drawing, *rect);
                        }
                    }
                }
                Item::Repeated(items) => {
                    let name = self.form(items)?;
                    self.end_text();
                    sequence.open(&mut self.done.bytes);
                    syntax::name(&mut self.done.bytes, name.as_bytes());
                    self.done.bytes.extend_from_slice(b" Do\n");
                }
                Item::LinkArea { .. } => {}
            }
        }
        Ok(())
    }

    /// Returns the name of the form `XObject` that paints these items. Its content is one artifact, marked where it is
    /// painted.
    fn form(&mut self, items: &Arc<[Item]>) -> Result<String, WriteError> {
        if let Some(name) = self.forms.name(items) {
            return Ok(name);
        }
        let mut content = PageContent { bytes: INITIAL_STATE.to_vec(), ..PageContent::default() };
        let Self { tags, fonts, forms, images, page, .. } = self;
        let mut encoder = Encoder { tags, fonts, forms, images, page: *page, done: &mut content };
        encoder.paint(items.iter(), &mut MarkedContent::inside_artifact())?;
        encoder.end_text();
        self.done.has_transparency |= content.has_transparency;
        Ok(self.forms.add(items, content.bytes))
    }

    /// Paints an image. It fills the unit square (ISO 32000-1, 8.9.3), which is mapped to the rectangle, rotated or
    /// mirrored by the image's orientation.
    fn image(&mut self, image: &Arc<Raster>, rect: &Rect) {
        self.done.has_transparency |= image.alpha.is_some();
        let name = self.images.name(image);
        let out = &mut self.done.bytes;
        out.extend_from_slice(b"q ");
        operands(out, &image_matrix(image.orientation, rect));
        out.extend_from_slice(b"cm ");
        syntax::name(out, name.as_bytes());
        out.extend_from_slice(b" Do Q\n");
    }

    fn sequence(
        &mut self,
        owner: &Owner,
        bounds: Option<Bounds>,
    ) -> Result<MarkedContent<'static>, WriteError> {
        match *owner {
            Owner::Artifact(kind) => Ok(MarkedContent::artifact(kind, bounds)),
            Owner::Tagged { node, seq } => {
                let node = node.index();
                let unknown = WriteError::UnknownElement { page: self.page, node };
                let element = self.tags.nodes().get(node).ok_or(unknown)?;
                self.note_bounds(node, bounds);
                let mark = ContentOwner { node, seq };
                Ok(MarkedContent::tagged(type_name(&element.role), mark, self.done.marks.len()))
            }
        }
    }

    /// Extends the bounding boxes of all figures and tables that contain the content.
    fn note_bounds(&mut self, node: usize, bounds: Option<Bounds>) {
        let Some(bounds) = bounds else { return };
        let mut at = Some(node);
        while let Some(index) = at {
            let element = &self.tags.nodes()[index];
            if states_box(&element.role) {
                self.done.boxes.push((index, bounds));
            }
            at = element.parent.map(TagId::index);
        }
    }

    fn begin_text(&mut self) {
        if !self.done.state.in_text {
            self.done.state.in_text = true;
            self.done.state.cursor.begin_text_object();
            self.done.bytes.extend_from_slice(b"BT\n");
        }
    }

    fn end_text(&mut self) {
        if self.done.state.in_text {
            self.done.state.in_text = false;
            self.done.bytes.extend_from_slice(b"ET\n");
        }
    }

    fn fill(&mut self, color: Color) {
        if self.done.state.fill != Some(color) {
            self.done.state.fill = Some(color);
            color_operands(&mut self.done.bytes, color);
            self.done.bytes.extend_from_slice(b"rg\n");
        }
    }

    fn path(&mut self, path: &Path) {
        match path.paint {
            Paint::Fill(color) => self.fill(color),
            Paint::Stroke { color, width, dash } => self.stroke(color, width, dash),
        }
        let out = &mut self.done.bytes;
        for segment in &path.segments {
            write_segment(out, segment);
        }
        out.extend_from_slice(match path.paint {
            Paint::Fill(_) => b"f\n",
            Paint::Stroke { .. } => b"S\n",
        });
    }

    fn stroke(&mut self, color: Color, width: Length, dash: Option<(Length, Length)>) {
        let out = &mut self.done.bytes;
        if self.done.state.stroke != Some(color) {
            self.done.state.stroke = Some(color);
            color_operands(out, color);
            out.extend_from_slice(b"RG\n");
        }
        let width = milli(width).max(0);
        if self.done.state.line_width != Some(width) {
            self.done.state.line_width = Some(width);
            operands(out, &[width]);
            out.extend_from_slice(b"w\n");
        }
        // A pattern of zeros is an error (8.4.3.6) and becomes a solid line.
        let dash = dash.map(|(on, off)| vec![milli(on).max(0), milli(off).max(0)]);
        let dash = dash.filter(|dash| dash.iter().any(|&part| part > 0)).unwrap_or_default();
        if self.done.state.dash != dash {
            syntax::milli_array(out, &dash);
            out.extend_from_slice(b"0 d\n");
            self.done.state.dash = dash;
        }
    }
}

fn write_segment(out: &mut Vec<u8>, segment: &Segment) {
    let operator: &[u8] = match segment {
        Segment::Rect(Rect { x, y, width, height }) => {
            operands(out, &[milli(*x), milli(*y), milli(*width), milli(*height)]);
            b"re\n"
        }
        Segment::Move(x, y) => {
            operands(out, &[milli(*x), milli(*y)]);
            b"m\n"
        }
        Segment::Line(x, y) => {
            operands(out, &[milli(*x), milli(*y)]);
            b"l\n"
        }
        Segment::Curve([first, second, end]) => {
            for point in [first, second, end] {
                operands(out, &[milli(point.0), milli(point.1)]);
            }
            b"c\n"
        }
        Segment::Close => b"h\n",
    };
    out.extend_from_slice(operator);
}

/// Returns the matrix from an image's unit square, whose origin is the stored lower left corner, to a rectangle (ISO
/// 32000-1, 8.3.3). The cases are EXIF's orientations in order.
fn image_matrix(orientation: Orientation, rect: &Rect) -> [i64; 6] {
    let (width, height) = (milli(rect.width), milli(rect.height));
    let (left, bottom) = (milli(rect.x), milli(rect.y));
    let (right, top) = (left + width, bottom + height);
    match orientation {
        Orientation::Upright => [width, 0, 0, height, left, bottom],
        Orientation::MirrorHorizontal => [-width, 0, 0, height, right, bottom],
        Orientation::Rotate180 => [-width, 0, 0, -height, right, top],
        Orientation::MirrorVertical => [width, 0, 0, -height, left, top],
        Orientation::Transpose => [0, -height, -width, 0, right, top],
        Orientation::Rotate90 => [0, -height, width, 0, left, top],
        Orientation::Transverse => [0, height, width, 0, left, bottom],
        Orientation::Rotate270 => [0, height, -width, 0, right, bottom],
    }
}
