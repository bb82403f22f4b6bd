//! Writes a page as an SVG document (SVG 2, with `xlink:href` for programs that read SVG 1.1): glyphs as outlines, so that
//! it looks the same without the fonts, and its text as the description.

use std::borrow::Cow;
use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;
use sha2::{Digest, Sha256};

use crate::document_info::DocumentInfo;
use crate::figure_export::decimals::points;
use crate::figure_export::description::description;
use crate::figure_export::font_scale::FontScale;
use crate::figure_export::outlines::Outlines;
use crate::flow::Flow;
use crate::fonts::Fonts;
use crate::graphics::{Color, Paint, Path, Rect, Segment};
use crate::hexadecimal;
use crate::pages::{GlyphRun, Item, Page};
use crate::units::Length;
use crate::write::WriteError;
use crate::write::document::xmp_packet::{NAMESPACE, printable};

/// Namespaces; none of them is fetched.
const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// Writes a page with the metadata of its flow.
pub(super) fn document(flow: &Flow, page: &Page, fonts: &Fonts) -> Result<Vec<u8>, WriteError> {
    let outlines = Outlines::of(page, fonts)?;
    let svg = Svg { page, outlines, description: description(flow) };
    let mut writer = Writer::new(Vec::new());
    svg.write(&mut writer, flow).expect("writing to memory does not fail");
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

struct Svg<'a> {
    page: &'a Page,
    outlines: Outlines,
    description: String,
}

type Xml = Writer<Vec<u8>>;

impl Svg<'_> {
    fn write(&self, xml: &mut Xml, flow: &Flow) -> io::Result<()> {
        let info = &flow.info;
        let (width, height) = (points(self.page.size.0), points(self.page.size.1));
        // Several drawings of one web page need different ids.
        let digest = Sha256::digest(format!("{}\n{}", info.title, self.description));
        let id = hexadecimal::lower(&digest[..8]);
        let (title_id, description_id) = (format!("title-{id}"), format!("description-{id}"));
        xml.create_element("svg")
            .with_attributes([
                ("xmlns", SVG),
                ("xmlns:xlink", XLINK),
                ("width", &format!("{width}pt")),
                ("height", &format!("{height}pt")),
                ("viewBox", &format!("0 0 {width} {height}")),
                ("role", "img"),
                ("aria-labelledby", &title_id),
                ("aria-describedby", &description_id),
                ("lang", &info.language),
                ("xml:lang", &info.language),
                ("direction", if flow.right_to_left { "rtl" } else { "ltr" }),
                // The limit of PDF; that of SVG is 4.
                ("stroke-miterlimit", "10"),
            ])
            .write_inner_content(|xml| {
                text_element(xml, "title", &title_id, &info.title)?;
                text_element(xml, "desc", &description_id, &self.description)?;
                metadata(xml, info)?;
                self.definitions(xml)?;
                // A page is white; text in dark ink would vanish on a dark slide.
                let page = [("width", width.as_str()), ("height", &height), ("fill", "#ffffff")];
                xml.create_element("rect").with_attributes(page).write_empty()?;
                self.page.items.iter().try_for_each(|placed| self.item(xml, &placed.item))
            })?;
        Ok(())
    }

    fn definitions(&self, xml: &mut Xml) -> io::Result<()> {
        xml.create_element("defs").write_inner_content(|xml| {
            for (id, path) in self.outlines.paths() {
                xml.create_element("path").with_attributes([("id", id), ("d", path)]).write_empty()?;
            }
            Ok(())
        })?;
        Ok(())
    }

    fn item(&self, xml: &mut Xml, item: &Item) -> io::Result<()> {
        match item {
            Item::Run(run) => self.run(xml, run),
            Item::Path(path) => self.path(xml, path),
            Item::Repeated(items) => items.iter().try_for_each(|item| self.item(xml, item)),
            // Uploaded images are not exported, and a link area paints nothing.
            Item::Image { .. } | Item::LinkArea { .. } => Ok(()),
        }
    }

    /// Writes a run in a coordinate system of font units, with y upwards.
    fn run(&self, xml: &mut Xml, run: &GlyphRun) -> io::Result<()> {
        let Some(scale) = FontScale::of(run) else { return Ok(()) };
        let mut origin = Length::ZERO;
        let mut uses = Vec::with_capacity(run.glyphs.len());
        for glyph in &run.glyphs {
            if let Some(id) = self.outlines.id(run.face, glyph.id) {
                let (right, up) = glyph.offset;
                uses.push((format!("#{id}"), scale.font_units(origin + right), scale.font_units(up)));
            }
            origin += glyph.advance + run.letterspace;
        }
        if uses.is_empty() {
            return Ok(());
        }
        let transform = scale.matrix(run.x, self.page.size.1 - run.y);
        let group = [("transform", transform.as_str()), ("fill", &hex(run.color))];
        xml.create_element("g").with_attributes(group).write_inner_content(|xml| {
            for (outline, x, y) in &uses {
                let mut attributes = vec![("xlink:href", outline.as_str()), ("x", x)];
                if y != "0" {
                    attributes.push(("y", y));
                }
                xml.create_element("use").with_attributes(attributes).write_empty()?;
            }
            Ok(())
        })?;
        Ok(())
    }

    fn path(&self, xml: &mut Xml, path: &Path) -> io::Result<()> {
        let data = self.path_data(path);
        let mut attributes = vec![("d", data)];
        match path.paint {
            Paint::Fill(color) => attributes.push(("fill", hex(color))),
            Paint::Stroke { color, width, dash } => {
                attributes.push(("fill", "none".to_owned()));
                attributes.push(("stroke", hex(color)));
                attributes.push(("stroke-width", points(width)));
                if let Some((on, off)) = dash {
                    attributes.push(("stroke-dasharray", format!("{} {}", points(on), points(off))));
                }
            }
        }
        let attributes = attributes.iter().map(|(name, value)| (*name, value.as_str()));
        xml.create_element("path").with_attributes(attributes).write_empty()?;
        Ok(())
    }

    fn path_data(&self, path: &Path) -> String {
        let segment = |segment: &Segment| match *segment {
            Segment::Rect(Rect { x, y, width, height }) => {
                let corner = self.point((x, y + height));
                format!("M{corner}h{}v{}h{}Z", points(width), points(height), points(-width))
            }
            Segment::Move(x, y) => format!("M{}", self.point((x, y))),
            Segment::Line(x, y) => format!("L{}", self.point((x, y))),
            Segment::Curve(curve) => format!("C{}", curve.map(|point| self.point(point)).join(" ")),
            Segment::Close => "Z".to_owned(),
        };
        path.segments.iter().map(segment).collect()
    }

    /// Returns a point of the page, with y downwards.
    fn point(&self, (x, y): (Length, Length)) -> String {
        format!("{} {}", points(x), points(self.page.size.1 - y))
    }
}

fn text_element(xml: &mut Xml, name: &str, id: &str, text: &str) -> io::Result<()> {
    let text = printable(text);
    let element = xml.create_element(name).with_attribute(("id", id));
    element.write_text_content(BytesText::new(&text))?;
    Ok(())
}

/// Writes the marking and the origin of the figure, with the property names of the PDF's XMP metadata, for data-loss
/// tools.
fn metadata(xml: &mut Xml, info: &DocumentInfo) -> io::Result<()> {
    let revision = if info.revision == 0 { String::new() } else { info.revision.to_string() };
    let facts = [
        ("chancery:marking", &info.marking),
        ("chancery:brief", &info.brief),
        ("chancery:revision", &revision),
        ("chancery:editionDigest", &info.edition_digest),
    ];
    let facts: Vec<(&str, Cow<str>)> = facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name, printable(value)))
        .collect();
    xml.create_element("metadata").write_inner_content(|xml| {
        let namespaces = [("xmlns:rdf", RDF), ("xmlns:chancery", NAMESPACE)];
        xml.create_element("rdf:RDF").with_attributes(namespaces).write_inner_content(|xml| {
            let facts = facts.iter().map(|(name, value)| (*name, value.as_ref()));
            let about = xml.create_element("rdf:Description").with_attribute(("rdf:about", ""));
            about.with_attributes(facts).write_empty()?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

fn hex(Color(red, green, blue): Color) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
