//! The layout part of a proof: the unaltered form of the printer, whatever it says.

use crate::content::{
    ArtifactKind, Fonts, Mark, Paint, Painted, PaintedPath, Reader, Sequence, Source, is_legible_on_paper,
};
use crate::file::{Containers, Inflater, Objects, Sections};
use crate::form::{self, Document};
use crate::refusal::{Place, Refusal};
use crate::syntax::cursor::Mismatch;
use crate::syntax::value;

/// A file of the printer's form. Nothing of what it says is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Number of pages.
    pub pages: u32,
}

/// Checks that a file has the form in which the printer writes: every byte has its place, every object is reached from
/// the trailer with the keys, values and operators of the printer, and all text is on its page and can be read. The text
/// is compared with no edition.
///
/// # Errors
/// The first difference found, whatever the bytes are.
pub fn check_form(pdf: &[u8]) -> Result<Form, Refusal> {
    with_form(pdf, |read| Ok(Form { pages: u32::try_from(read.document.pages.len()).unwrap_or(u32::MAX) }))
}

/// A document with its content.
pub(crate) struct Read<'a> {
    pub(crate) document: Document<'a>,
    /// By page.
    pub(crate) pages: Vec<Painted>,
    /// Index of each tagged sequence, by page and MCID.
    pub(crate) tagged: Vec<Vec<usize>>,
    /// By form.
    pub(crate) forms: Vec<Painted>,
    pub(crate) sections: &'a Sections<'a>,
    pub(crate) containers: &'a Containers,
    pub(crate) root: u32,
    pub(crate) info: u32,
}

/// Checks the form of a file, then passes its document on.
pub(crate) fn with_form<T>(
    pdf: &[u8],
    proceed: impl FnOnce(Read) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let mut inflater = Inflater::new(pdf.len());
    let mut values = value::Reader::new(pdf.len().saturating_mul(2).saturating_add(MOST_VALUES));
    let sections = Sections::read(pdf, &mut values)?;
    let containers = Containers::inflate(&sections, &mut inflater)?;
    let objects = Objects::read(pdf, &sections, &containers, (&mut inflater, &mut values))?;
    let (root, info) = (objects.root, objects.info);
    let (document, mut inflater) = form::read(&objects, inflater)?;
    let (pages, forms) = content(&document, &mut inflater)?;
    let index = |painted: &Painted| {
        let tagged = painted.sequences.iter().enumerate();
        tagged.filter(|(_, of)| matches!(of.mark, Mark::Tagged { .. })).map(|(index, _)| index).collect()
    };
    let tagged = pages.iter().map(index).collect();
    proceed(Read { document, pages, tagged, forms, sections: &sections, containers: &containers, root, info })
}

/// Number of values that a file of any size may have besides two for each of its bytes.
const MOST_VALUES: usize = 1 << 16;

/// Reads the content of all pages and forms.
fn content(document: &Document, inflater: &mut Inflater) -> Result<(Vec<Painted>, Vec<Painted>), Refusal> {
    let mut fonts = Fonts::new(&document.fonts);
    let objects = (document.forms.len(), document.images.len());
    let mut kinds: Vec<Option<ArtifactKind>> = vec![None; document.forms.len()];
    let mut images = vec![false; document.images.len()];
    let mut pages = Vec::with_capacity(document.pages.len());
    for (index, page) in document.pages.iter().enumerate() {
        let bytes = inflater.inflate(page.content.data, &page.content.place())?;
        let painted = Reader::read(&bytes, Source::Page(page.size), &mut fonts, objects)
            .map_err(|mismatch| of_page(mismatch, index))?;
        let refused =
            |code, what: &str| Refusal::new(code, Place::Content { page: index + 1, byte: 0 }, what);
        let mcids = painted.sequences.iter().filter_map(|sequence| match sequence.mark {
            Mark::Tagged { kind, mcid } => Some((kind, mcid, sequence.actual_text.is_some())),
            Mark::Artifact(_) => None,
        });
        let mut count = 0;
        for (kind, mcid, is_replaced) in mcids {
            let owner = page.marks.get(mcid).and_then(|element| document.elements.get(*element));
            if mcid != count || owner.is_none_or(|owner| owner.kind != kind && !is_replaced) {
                return Err(refused(
                    "MARKED_CONTENT",
                    "a sequence has another number or type than its element says",
                ));
            }
            count += 1;
        }
        if count != page.marks.len() {
            return Err(refused("MARKED_CONTENT", "an element has content that its page does not paint"));
        }
        let mut is_transparent = false;
        for sequence in &painted.sequences {
            if !curves_are_small(sequence) {
                return Err(refused("CURVE", "an artifact has a curve that is larger than a sign"));
            }
            for &form in &sequence.forms {
                let Mark::Artifact(kind) = sequence.mark else { continue };
                if *kinds[form].get_or_insert(kind) != kind {
                    return Err(refused("FOREIGN_FORM", "a form is painted as two kinds of artifact"));
                }
            }
            for image in &sequence.images {
                images[image.image] = true;
                is_transparent |= document.images[image.image].alpha.is_some();
            }
        }
        if is_transparent && !page.has_transparency {
            return Err(refused("PAGES", "a page with a transparent image has no group for it"));
        }
        pages.push(painted);
    }
    let mut forms = Vec::with_capacity(document.forms.len());
    let size = document.pages.first().map_or([0, 0], |page| page.size);
    for (form, kind) in document.forms.iter().zip(kinds) {
        let unused = || Refusal::new("UNUSED_FORM", form.content.place(), "no page paints the form");
        let bytes = inflater.inflate(form.content.data, &form.content.place())?;
        let source = Source::Form(size, kind.ok_or_else(unused)?);
        let object = form.content.number;
        let painted = Reader::read(&bytes, source, &mut fonts, objects).map_err(|mismatch| {
            Refusal::new(mismatch.code, Place::Form { object, byte: mismatch.at }, mismatch.reason)
        })?;
        painted.sequences.iter().flat_map(|of| &of.images).for_each(|image| images[image.image] = true);
        if painted.sequences.iter().any(|sequence| !labels_are_on_black(sequence)) {
            let message = "text in a pale colour is not on the black of a marking's label";
            return Err(Refusal::new("PALE_TEXT", form.content.place(), message));
        }
        forms.push(painted);
    }
    if images.contains(&false) {
        return Err(Refusal::new("UNUSED_IMAGE", Place::File, "no page paints one of the images"));
    }
    if let Some(font) = fonts.unused() {
        let message = "a font has a glyph that no page shows";
        return Err(Refusal::new("UNUSED_CODE", Place::Object(font.id), message));
    }
    Ok((pages, forms))
}

/// Largest edge of an artifact with curves: a sign in a line of text.
const LARGEST_SIGN: i64 = 30_000;

/// Returns whether curves are in tagged content, where an edition's own figures are, or in small signs.
fn curves_are_small(sequence: &Sequence) -> bool {
    let is_small = |path: &PaintedPath| {
        let [left, bottom, right, top] = path.bounds();
        right - left <= LARGEST_SIGN && top - bottom <= LARGEST_SIGN
    };
    let is_tagged = matches!(sequence.mark, Mark::Tagged { .. });
    is_tagged || sequence.paths.iter().filter(|path| path.has_curve()).all(is_small)
}

/// Returns whether all pale text of a form is inside of a black rectangle.
fn labels_are_on_black(sequence: &Sequence) -> bool {
    let is_black = |path: &&PaintedPath| path.paint == Paint::Fill([0, 0, 0]);
    let labels: Vec<[i64; 4]> = sequence.paths.iter().filter(is_black).map(PaintedPath::bounds).collect();
    sequence.shown.iter().filter(|shown| !is_legible_on_paper(shown.color)).all(|shown| {
        let watermark = sequence.mark == Mark::Artifact(ArtifactKind::Watermark);
        watermark
            || labels.iter().any(|[left, bottom, right, top]| {
                *left <= shown.left && shown.right <= *right && *bottom <= shown.y && shown.y < *top
            })
    })
}

fn of_page(mismatch: Mismatch, page: usize) -> Refusal {
    Refusal::new(mismatch.code, Place::Content { page: page + 1, byte: mismatch.at }, mismatch.reason)
}
