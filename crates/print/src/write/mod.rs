//! Writes pages of placed items as a PDF file: PDF 1.7, PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1).
//!
//! Pages are encoded as they arrive ([`Writer::place`]). Everything that needs all pages (structure tree, fonts,
//! destinations, outline) is written at the end ([`Writer::finish`]). printpdf embeds the fonts and makes the page
//! tree; content streams and all conformance features are written here.

pub(crate) mod content;
pub(crate) mod document;
mod error;
pub(crate) mod file;
pub(crate) mod fonts;
pub mod rewrite;

use crate::write::content::{bounding_box, page_content};
use crate::write::document::embedded_file::FILE_NAME;
use crate::write::document::{
    embedded_file, info_dictionary, link_annotations, outline, srgb_profile, structure_tree, xmp_packet,
};
use crate::write::file::syntax;
use std::collections::BTreeMap;

use crate::document_info::{DocumentInfo, OutlineEntry};
use crate::fonts::Fonts;
use crate::pages::{Anchors, Page};
use crate::tags::TagTree;
use crate::text::languages::is_right_to_left;
use crate::write::content::bounding_box::Bounds;
use crate::write::content::form_xobjects::FormXObjects;
use crate::write::content::image_xobjects::ImageXObjects;
use crate::write::content::page_content::PageContent;
use crate::write::document::outline::Destinations;
pub use crate::write::document::srgb_profile::SRGB as SRGB_PROFILE;
use crate::write::document::structure_tree::{Content, Owned, Structure};
use crate::write::file::pdf_file::PdfFile;
use crate::write::file::printpdf_objects::ObjectImport;
use crate::write::file::syntax::{Dict, Ref};
use crate::write::file::text_strings::encode_text_string;
use crate::write::fonts::font_book::FontBook;
use crate::write::fonts::printpdf_document::PrintpdfDocument;
pub use error::WriteError;
use lopdf::Object;

/// Allowed page edges in thousandths of a point (ISO 19005-2, 6.1.13).
pub(crate) const PAGE_EDGE: std::ops::RangeInclusive<i64> = 3_000..=14_400_000;

/// Writes a file page by page.
pub struct Writer {
    file: PdfFile,
    fonts: FontBook,
    forms: FormXObjects,
    images: ImageXObjects,
    pages: Vec<OpenPage>,
    content: Vec<Owned>,
    /// Bounding boxes by element; `None` for an element on several pages.
    boxes: BTreeMap<usize, Option<Bounds>>,
    /// The first page of each bounding box.
    box_pages: BTreeMap<usize, usize>,
}

/// A page that may get further content; its size is zero until it gets any.
#[derive(Default)]
struct OpenPage {
    size: [i64; 2],
    content: PageContent,
}

impl Writer {
    /// Returns an empty file that may use these fonts.
    pub fn new(fonts: &Fonts) -> Self {
        Self {
            file: PdfFile::new(),
            fonts: FontBook::new(fonts),
            forms: FormXObjects::default(),
            images: ImageXObjects::default(),
            pages: Vec::new(),
            content: Vec::new(),
            boxes: BTreeMap::new(),
            box_pages: BTreeMap::new(),
        }
    }

    /// Encodes a page, counted from 0. Pages may arrive in any order and in parts: page numbers are added when the last
    /// page is known.
    pub fn place(&mut self, tags: &TagTree, number: usize, page: &Page) -> Result<(), WriteError> {
        let size = [bounding_box::milli(page.size.0), bounding_box::milli(page.size.1)];
        if !size.iter().all(|edge| PAGE_EDGE.contains(edge)) {
            return Err(WriteError::PageSize { page: number });
        }
        if self.pages.len() <= number {
            self.pages.resize_with(number + 1, OpenPage::default);
        }
        let open = &mut self.pages[number];
        open.size = size;
        let content = &mut open.content;
        let first = content.marks.len();
        let reused = (&mut self.forms, &mut self.images);
        page_content::encode(tags, &mut self.fonts, reused, (number, content), &page.items)?;
        let mut reading: Vec<usize> = (first..content.marks.len()).collect();
        reading.sort_by_key(|&mcid| content.marks[mcid].1);
        for mcid in reading {
            let (mark, content) = (content.marks[mcid].0, Content::Marked { page: number, mcid });
            self.content.push(Owned { node: mark.node, seq: mark.seq, content });
        }
        for (node, bounds) in std::mem::take(&mut content.boxes) {
            self.note_box(node, number, bounds);
        }
        Ok(())
    }

    fn note_box(&mut self, node: usize, page: usize, bounds: Bounds) {
        let first = *self.box_pages.entry(node).or_insert(page);
        let known = self.boxes.entry(node).or_insert(Some(bounds));
        *known = if first == page { known.map(|known| known.joined(bounds)) } else { None };
    }

    /// Writes everything that needs all pages, and finishes the file.
    pub fn finish(
        self,
        tags: &TagTree,
        anchors: &Anchors,
        info: &DocumentInfo,
        outline: &[OutlineEntry],
        anchor_names: &[String],
    ) -> Result<Vec<u8>, WriteError> {
        let (file, root, information) = self.finished(tags, anchors, info, outline, anchor_names)?;
        Ok(file.finish(root, information))
    }

    /// Writes everything but the end of the file; returns the file with its catalog and information dictionary.
    fn finished(
        mut self,
        tags: &TagTree,
        anchors: &Anchors,
        info: &DocumentInfo,
        outline: &[OutlineEntry],
        anchor_names: &[String],
    ) -> Result<(PdfFile, Ref, Ref), WriteError> {
        self.check(tags, info)?;
        let destinations = Destinations::new(anchors, anchor_names, self.pages.len())?;
        let base = PrintpdfDocument::new(self.pages.len(), &self.fonts)?;
        let import = ObjectImport::reserve(&mut self.file, &base.document);
        let pages: Vec<Ref> = base.pages.iter().map(|&id| import.id(id)).collect();

        let links = self.annotations(tags, &destinations)?;
        self.page_objects(&base, import, &pages, &links)?;
        let structure = self.structure(tags, &pages, &links);
        let data = info.data.as_ref().map(|data| embedded_file::write(&mut self.file, data, info));
        let catalog = Catalog {
            structure,
            data,
            destinations: destinations.write(&mut self.file, &pages),
            outline: outline::write(&mut self.file, outline, &destinations)?,
            metadata: self.metadata(info),
            profile: self.profile(),
        };
        self.imported(&base, import, &catalog, info);
        let information = info_dictionary::write(&mut self.file, info);
        Ok((self.file, import.id(base.catalog), information))
    }

    fn check(&self, tags: &TagTree, info: &DocumentInfo) -> Result<(), WriteError> {
        if self.pages.is_empty() {
            return Err(WriteError::NoPages);
        }
        if info.title.trim().is_empty() {
            return Err(WriteError::NoTitle);
        }
        if info.language.trim().is_empty() {
            return Err(WriteError::NoLanguage);
        }
        encode_text_string("language", &info.language)?;
        structure_tree::check(tags)
    }

    /// Writes all link annotations; returns them by page.
    fn annotations(
        &mut self,
        tags: &TagTree,
        destinations: &Destinations,
    ) -> Result<Vec<Vec<(Ref, usize)>>, WriteError> {
        let mut key = self.pages.len();
        let mut written = Vec::with_capacity(self.pages.len());
        for (index, page) in self.pages.iter().enumerate() {
            let mut on_page = Vec::with_capacity(page.content.links.len());
            for area in &page.content.links {
                let id = self.file.reserve();
                let node = &tags.nodes()[area.node];
                link_annotations::write(&mut self.file, id, node, area.rect, key, destinations)?;
                key += 1;
                let content = Content::Annotation { page: index, id };
                self.content.push(Owned { node: area.node, seq: area.seq, content });
                on_page.push((id, area.node));
            }
            written.push(on_page);
        }
        Ok(written)
    }

    /// Writes the page objects, with printpdf's parent node and shared resources.
    fn page_objects(
        &mut self,
        base: &PrintpdfDocument,
        import: ObjectImport,
        pages: &[Ref],
        links: &[Vec<(Ref, usize)>],
    ) -> Result<(), WriteError> {
        let resources = self.resources(base, import);
        for (index, (page, on_page)) in self.pages.iter_mut().zip(links).enumerate() {
            if page.size == [0, 0] {
                return Err(WriteError::PageSize { page: index });
            }
            let content = self.file.reserve();
            self.file.stream(content, &std::mem::take(&mut page.content.bytes), |_| {});
            let parent = base.document.get_dictionary(base.pages[index]).and_then(|page| page.get(b"Parent"));
            let parent = parent.and_then(Object::as_reference);
            self.file.dict(pages[index], |dict| {
                dict.name("Type", "Page").reference("Resources", resources).reference("Contents", content);
                if let Ok(parent) = parent {
                    dict.reference("Parent", import.id(parent));
                }
                dict.milli_array("MediaBox", &[0, 0, page.size[0], page.size[1]]);
                if page.content.has_transparency {
                    // Transparency is blended in sRGB (ISO 19005-2, 6.2.10).
                    dict.dict("Group", |group| {
                        group.name("S", "Transparency").name("CS", "DeviceRGB");
                    });
                }
                // Tab order follows the structure (ISO 14289-1, 7.18.3).
                dict.count("StructParents", index).name("Tabs", "S");
                if !on_page.is_empty() {
                    let ids: Vec<Ref> = on_page.iter().map(|&(id, _)| id).collect();
                    dict.references("Annots", &ids);
                }
            });
        }
        Ok(())
    }

    /// Writes the resources that all pages share.
    fn resources(&mut self, base: &PrintpdfDocument, import: ObjectImport) -> Ref {
        let (resources, fonts) = (self.file.reserve(), self.file.reserve());
        self.file.dict(fonts, |dict| {
            for (name, font) in &base.fonts {
                dict.reference(name, import.id(*font));
            }
        });
        let size = self.pages.first().map_or([0, 0], |page| page.size);
        let images = std::mem::take(&mut self.images).write(&mut self.file);
        let forms = std::mem::take(&mut self.forms).write(&mut self.file, size, (fonts, &images));
        self.file.dict(resources, |dict| {
            dict.reference("Font", fonts);
            let objects = forms.iter().chain(&images);
            if !(forms.is_empty() && images.is_empty()) {
                dict.dict("XObject", |dict| {
                    for (name, object) in objects {
                        dict.reference(name, *object);
                    }
                });
            }
        });
        resources
    }

    fn structure(&mut self, tags: &TagTree, pages: &[Ref], links: &[Vec<(Ref, usize)>]) -> Ref {
        let structure = Structure {
            tags,
            pages,
            content: std::mem::take(&mut self.content),
            boxes: &self.boxes,
            marks: self.pages.iter_mut().map(|page| std::mem::take(&mut page.content.marks)).collect(),
            annotations: links.iter().flatten().map(|&(_, node)| node).collect(),
        };
        structure.write(&mut self.file)
    }

    /// Returns the XMP packet, not deflated: data-loss tools read it without a PDF library.
    fn metadata(&mut self, info: &DocumentInfo) -> Ref {
        let id = self.file.reserve();
        self.file.plain_stream(id, xmp_packet::packet(info).as_bytes(), |dict| {
            dict.name("Type", "Metadata").name("Subtype", "XML");
        });
        id
    }

    fn profile(&mut self) -> Ref {
        let id = self.file.reserve();
        self.file.stream(id, srgb_profile::SRGB, |dict| {
            dict.integer("N", 3);
        });
        id
    }

    /// Writes printpdf's fonts and page tree unchanged, and its catalog with the entries that conformance adds. Its
    /// pages, content streams, resources and `Info` are not used.
    fn imported(
        &mut self,
        base: &PrintpdfDocument,
        import: ObjectImport,
        catalog: &Catalog,
        info: &DocumentInfo,
    ) {
        for widths in &base.widths {
            self.file.object(import.id(widths.id), |out| {
                out.extend_from_slice(b"[1 ");
                syntax::milli_array(out, &widths.micro);
                out.push(b']');
            });
        }
        for (&id, object) in &base.document.objects {
            if id == base.catalog {
                let Object::Dictionary(entries) = object else { continue };
                self.file.dict(import.id(id), |dict| catalog.write(dict, entries, import, info));
            } else if base.is_written_unchanged(id) {
                import.write(&mut self.file, id, object);
            }
        }
    }
}

/// Catalog entries that conformance adds (ISO 32000-1, 7.7.2).
struct Catalog {
    structure: Ref,
    data: Option<Ref>,
    destinations: Option<Ref>,
    outline: Option<Ref>,
    metadata: Ref,
    profile: Ref,
}

impl Catalog {
    fn write(
        &self,
        dict: &mut Dict,
        printpdf: &lopdf::Dictionary,
        import: ObjectImport,
        info: &DocumentInfo,
    ) {
        let mut entries_kept = lopdf::Dictionary::new();
        for key in [b"Type".as_slice(), b"Pages"] {
            if let Ok(value) = printpdf.get(key) {
                entries_kept.set(key, value.clone());
            }
        }
        import.entries(dict, &entries_kept);
        dict.dict("MarkInfo", |mark| {
            mark.boolean("Marked", true);
        });
        dict.reference("StructTreeRoot", self.structure).text("Lang", &info.language);
        dict.dict("ViewerPreferences", |preferences| {
            preferences.boolean("DisplayDocTitle", true);
            if is_right_to_left(&info.language) {
                preferences.name("Direction", "R2L");
            }
        });
        if let Some(outline) = self.outline {
            dict.reference("Outlines", outline);
            if info.opens_outline {
                dict.name("PageMode", "UseOutlines");
            }
        }
        if self.destinations.is_some() || self.data.is_some() {
            dict.dict("Names", |names| {
                if let Some(destinations) = self.destinations {
                    names.reference("Dests", destinations);
                }
                if let Some(data) = self.data {
                    names.dict("EmbeddedFiles", |files| {
                        let out = files.tight_key("Names");
                        out.push(b'[');
                        syntax::text(out, FILE_NAME);
                        syntax::reference(out, data);
                        out.push(b']');
                    });
                }
            });
        }
        if let Some(data) = self.data {
            dict.references("AF", &[data]);
        }
        dict.key("PageLabels").extend_from_slice(b"<</Nums[0<</S/D>>]>>");
        dict.reference("Metadata", self.metadata);
        self.output_intent(dict.key("OutputIntents"));
    }

    /// Writes the output intent (ISO 19005-2, 6.2.3).
    fn output_intent(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        let mut intent = Dict::begin(out);
        intent.name("Type", "OutputIntent").name("S", "GTS_PDFA1");
        intent.text("OutputConditionIdentifier", "sRGB").text("Info", "sRGB IEC61966-2.1");
        intent.reference("DestOutputProfile", self.profile);
        intent.end();
        out.push(b']');
    }
}
