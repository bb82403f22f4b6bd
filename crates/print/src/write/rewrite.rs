//! Writes a file again from what layout decided for it. A reader that proves a file compares the result with it: every
//! object and stream must be the one that the printer writes for the same content.

use std::collections::BTreeMap;
use std::sync::Arc;

use chancery_images::Raster;

use crate::document_info::{DocumentInfo, OutlineEntry};
use crate::fonts::{FaceId, Fonts};
use crate::pages::Anchors;
use crate::tags::{AnchorId, TagTree};
use crate::units::Length;
use crate::write::content::bounding_box::Bounds;
use crate::write::content::form_xobjects::FormXObjects;
use crate::write::content::image_xobjects::ImageXObjects;
use crate::write::content::marked_content::ContentOwner;
use crate::write::content::page_content::{LinkArea, PageContent};
use crate::write::document::structure_tree::{Content, Owned};
use crate::write::file::pdf_file::PdfFile;
pub use crate::write::file::written::Written;
use crate::write::fonts::font_book::FontBook;
use crate::write::{OpenPage, WriteError, Writer};

/// What layout decided, as a file shows it. The content of pages and forms itself is not needed.
#[derive(Debug, Default)]
pub struct ShownFile {
    /// The pages.
    pub pages: Vec<ShownPage>,
    /// Number of forms.
    pub forms: usize,
    /// The images in the order of their names.
    pub images: Vec<Arc<Raster>>,
    /// All marked content in reading order, page by page.
    pub content: Vec<ShownContent>,
    /// Bounding boxes by element: left, bottom, right, top in thousandths of a point.
    pub boxes: BTreeMap<usize, [i64; 4]>,
    /// Destinations: anchor, page from 0, and height in thousandths of a point.
    pub destinations: Vec<(usize, usize, i64)>,
    /// The fonts by the indices of their faces, each with the glyphs and texts of its codes from 1.
    pub fonts: Vec<(usize, Vec<ShownCode>)>,
}

/// The glyph of a face, and its text, that a character code shows.
pub type ShownCode = (u16, Box<str>);

/// A page.
#[derive(Debug, Default)]
pub struct ShownPage {
    /// Width and height in thousandths of a point.
    pub size: [i64; 2],
    /// Element of each marked-content sequence.
    pub marks: Vec<usize>,
    /// Links: the element and the area, in thousandths of a point.
    pub links: Vec<(usize, [i64; 4])>,
    /// Whether any content is transparent.
    pub has_transparency: bool,
}

/// A marked-content sequence.
#[derive(Clone, Copy, Debug)]
pub struct ShownContent {
    /// The element.
    pub element: usize,
    /// The logical position.
    pub seq: u32,
    /// The page from 0.
    pub page: usize,
    /// The sequence.
    pub mcid: usize,
}

/// The objects of a file in the order in which the printer writes them.
#[derive(Debug)]
pub struct Rewritten {
    /// The streams, object streams among them.
    pub streams: Vec<Written>,
    /// Object numbers of the catalog and of the information dictionary.
    pub trailer: [u32; 2],
    /// Object number of the cross-references, which is the highest.
    pub cross_references: u32,
}

/// Writes a file again.
pub(crate) fn rewrite(
    fonts: &Fonts,
    (tags, info, outline, anchor_names): (&TagTree, &DocumentInfo, &[OutlineEntry], &[String]),
    shown: ShownFile,
) -> Result<Rewritten, WriteError> {
    let mut writer = Writer { file: PdfFile::recording(), ..Writer::new(fonts) };
    for (face, codes) in &shown.fonts {
        add_codes(&mut writer.fonts, fonts, *face, codes)?;
    }
    writer.forms = FormXObjects::of_count(shown.forms);
    writer.images = ImageXObjects::of(shown.images);
    writer.pages = shown.pages.into_iter().map(open_page).collect();
    let owned = |content: ShownContent| {
        let ShownContent { element, seq, page, mcid } = content;
        Owned { node: element, seq, content: Content::Marked { page, mcid } }
    };
    writer.content = shown.content.into_iter().map(owned).collect();
    writer.boxes = shown
        .boxes
        .into_iter()
        .map(|(element, bounds)| (element, Some(Bounds::of_corners(bounds))))
        .collect();
    let place = |(anchor, page, y): (usize, usize, i64)| {
        (AnchorId(u32::try_from(anchor).unwrap_or(u32::MAX)), (page, nearest_length(y)))
    };
    let anchors: Anchors = shown.destinations.into_iter().map(place).collect();
    let (file, root, information) = writer.finished(tags, &anchors, info, outline, anchor_names)?;
    let (streams, cross_references) = file.recorded();
    Ok(Rewritten { streams, trailer: [root.0, information.0], cross_references })
}

/// Returns a length that rounds to these thousandths of a point.
pub(crate) fn nearest_length(milli: i64) -> Length {
    Length::from_units((milli.saturating_mul(Length::PER_POINT) + milli.signum() * 500) / 1000)
}

fn open_page(page: ShownPage) -> OpenPage {
    let marks = page.marks.into_iter().map(|node| (ContentOwner { node, seq: 0 }, 0)).collect();
    let links = page.links.into_iter();
    let links = links.map(|(node, rect)| LinkArea { node, seq: u32::MAX, rect: Bounds::of_corners(rect) });
    let content = PageContent::of_marks(marks, links.collect(), page.has_transparency);
    OpenPage { size: page.size, content }
}

fn add_codes(
    book: &mut FontBook,
    fonts: &Fonts,
    index: usize,
    codes: &[(u16, Box<str>)],
) -> Result<(), WriteError> {
    let unknown = |face| WriteError::Font { face, what: "the printer has no such face".to_owned() };
    let face = fonts.face_at(index).ok_or(unknown(FaceId::Serif))?;
    let in_use = book.face(face)?;
    for (position, (glyph, text)) in codes.iter().enumerate() {
        if in_use.metrics.advance(*glyph).is_none() {
            return Err(unknown(face));
        }
        if usize::from(in_use.codes.code(face, *glyph, text)?) != position + 1 {
            return Err(WriteError::Font { face, what: "two codes are of one glyph and text".to_owned() });
        }
    }
    Ok(())
}
