//! The document that printpdf builds: catalog, page tree, pages and embedded fonts. Content streams are our own
//! (docs/adr/0001-two-encoders.md): the first page shows every code once, so that printpdf embeds the fonts with widths
//! and `ToUnicode`, and that page's content is replaced.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};
use printpdf::{
    Codepoint, FontId, FontMetrics, Mm, Op, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage,
    PdfSaveOptions, Pt, TextItem,
};

use crate::write::WriteError;
use crate::write::fonts::font_book::{FaceInUse, FontBook};
use crate::write::fonts::font_metrics::{FontProgram, resource_name};

/// printpdf's document with exact font widths.
pub(crate) struct PrintpdfDocument {
    pub(crate) document: Document,
    /// In page order.
    pub(crate) pages: Vec<ObjectId>,
    pub(crate) catalog: ObjectId,
    /// The fonts by resource name.
    pub(crate) fonts: Vec<(String, ObjectId)>,
    /// Font widths, as separate objects because lopdf has only floats.
    pub(crate) widths: Vec<Widths>,
    reachable: BTreeSet<ObjectId>,
}

/// A font's `/W` (ISO 32000-1, 9.7.4.3).
pub(crate) struct Widths {
    pub(crate) id: ObjectId,
    /// Widths of the codes from 1, in 1/1,000,000 em.
    pub(crate) micro: Vec<i64>,
}

impl PrintpdfDocument {
    pub(crate) fn new(page_count: usize, fonts: &FontBook) -> Result<Self, WriteError> {
        let mut pdf = PdfDocument::new("");
        let mut programs = Vec::new();
        let mut showing = Vec::new();
        for in_use in fonts.used() {
            let program = FontProgram::subset(in_use.face, &fonts.fonts, &in_use.codes)?;
            let id = FontId(resource_name(in_use.face));
            pdf.resources.fonts.map.insert(id.clone(), PdfFont::new(parsed(in_use, &program)));
            showing.extend(show_all(&id, in_use));
            programs.push(program);
        }
        // The size is replaced too: printpdf takes millimetres as floats.
        let mut pages = vec![PdfPage::new(Mm(210.0), Mm(297.0), Vec::new()); page_count];
        if let Some(first) = pages.first_mut() {
            first.ops = showing;
        }
        pdf.pages = pages;
        let options =
            PdfSaveOptions { optimize: false, subset_fonts: false, secure: false, image_optimization: None };
        let document = pdf.to_lopdf_document(&options, &mut Vec::new());
        Self::of(document, fonts, programs)
    }

    fn of(mut document: Document, fonts: &FontBook, programs: Vec<FontProgram>) -> Result<Self, WriteError> {
        let catalog = document.trailer.get(b"Root")?.as_reference()?;
        let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
        let mut ids = Vec::new();
        if let Some(&first) = pages.first() {
            let page = document.get_dictionary(first)?;
            let resources = document.get_dictionary(page.get(b"Resources")?.as_reference()?)?;
            let dictionary = document.get_dictionary(resources.get(b"Font")?.as_reference()?)?;
            for program in &programs {
                let name = resource_name(program.face);
                let font = dictionary.get(name.as_bytes())?.as_reference()?;
                ids.push((name, font));
            }
        }
        let mut widths = Vec::new();
        for ((in_use, program), (_, font)) in fonts.used().zip(programs).zip(&ids) {
            widths.push(with_exact_widths(&mut document, *font, in_use, program)?);
        }
        let reachable = reachable_objects(&document, catalog, &ids);
        Ok(Self { document, pages, catalog, fonts: ids, widths, reachable })
    }

    /// Returns whether an object is copied into the file: page tree nodes, fonts, and everything reachable from them.
    pub(crate) fn is_written_unchanged(&self, id: ObjectId) -> bool {
        self.reachable.contains(&id) && !self.widths.iter().any(|widths| widths.id == id)
    }
}

/// Returns the subset as printpdf takes it, with widths by code.
fn parsed(in_use: &FaceInUse, program: &FontProgram) -> ParsedFont {
    let metrics = &in_use.metrics;
    let raw = &metrics.raw;
    let coded = (1_u16..).zip(in_use.codes.codes());
    let widths: BTreeMap<u16, u16> =
        coded.map(|(code, entry)| (code, metrics.raw_advance(entry.glyph))).collect();
    let mut parsed = ParsedFont::with_glyph_data(
        program.program.clone(),
        0,
        Some(program.name.clone()),
        BTreeMap::new(),
        widths,
        raw.units_per_em,
        FontMetrics { ascent: raw.ascender, descent: raw.descender },
    );
    let described = &mut parsed.pdf_font_metrics;
    [described.x_min, described.y_min, described.x_max, described.y_max] = raw.bbox;
    (described.caret_slope_rise, described.caret_slope_run) = raw.caret_slope;
    described.us_weight_class = raw.weight;
    parsed
}

/// Returns operations that show every code of a face once.
fn show_all(id: &FontId, in_use: &FaceInUse) -> [Op; 2] {
    let entries = (1_u16..).zip(in_use.codes.codes());
    let points =
        entries.map(|(code, entry)| Codepoint::with_cid(code, 0.0, entry.text.to_string())).collect();
    [
        Op::SetFont { font: PdfFontHandle::External(id.clone()), size: Pt(1.0) },
        Op::ShowText { items: vec![TextItem::GlyphIds(points)] },
    ]
}

/// Sets widths with fractions (printpdf rounds them down), the map from codes to glyphs, and a descriptor from
/// integers.
fn with_exact_widths(
    document: &mut Document,
    font: ObjectId,
    in_use: &FaceInUse,
    program: FontProgram,
) -> Result<Widths, WriteError> {
    let to_gid = document.add_object(Stream::new(Dictionary::new(), program.glyphs));
    let widths = document.add_object(Object::Null);
    let font = document.get_dictionary_mut(font)?;
    let descendant = font.get_mut(b"DescendantFonts")?.as_array_mut()?.first_mut();
    let descendant = descendant.ok_or(lopdf::Error::DictKey("DescendantFonts".to_owned()))?.as_dict_mut()?;
    descendant.set("CIDToGIDMap", to_gid);
    descendant.set("W", widths);
    let descriptor = descendant.get(b"FontDescriptor")?.as_reference()?;
    let descriptor = document.get_dictionary_mut(descriptor)?;
    let metrics = &in_use.metrics;
    for (key, value) in [
        ("Ascent", metrics.ascent),
        ("Descent", metrics.descent),
        ("CapHeight", metrics.cap_height),
        ("ItalicAngle", metrics.italic_angle),
        ("Flags", metrics.flags),
        ("StemV", metrics.stem_v),
    ] {
        descriptor.set(key, value);
    }
    descriptor.set("FontBBox", metrics.bbox.map(Object::Integer).to_vec());
    let micro = in_use.codes.codes().iter().map(|code| in_use.metrics.advance(code.glyph).unwrap_or(0));
    Ok(Widths { id: widths, micro: micro.collect() })
}

/// Returns the page tree's nodes, and the fonts with everything reachable from them. Pages are written separately.
fn reachable_objects(
    document: &Document,
    catalog: ObjectId,
    fonts: &[(String, ObjectId)],
) -> BTreeSet<ObjectId> {
    let mut reachable = BTreeSet::new();
    let pages = document.get_dictionary(catalog).and_then(|catalog| catalog.get(b"Pages"));
    reachable.extend(pages.and_then(Object::as_reference));
    let mut waiting: Vec<ObjectId> = fonts.iter().map(|&(_, id)| id).collect();
    while let Some(id) = waiting.pop() {
        if reachable.insert(id)
            && let Ok(object) = document.get_object(id)
        {
            references(object, &mut waiting);
        }
    }
    reachable
}

fn references(object: &Object, found: &mut Vec<ObjectId>) {
    match object {
        Object::Reference(id) => found.push(*id),
        Object::Array(items) => items.iter().for_each(|item| references(item, found)),
        Object::Dictionary(entries) => entries.iter().for_each(|(_, value)| references(value, found)),
        Object::Stream(stream) => stream.dict.iter().for_each(|(_, value)| references(value, found)),
        _ => {}
    }
}
