//! Compares the writer's content streams with printpdf's. printpdf places each glyph separately; the writer's `TJ`
//! arithmetic must put every glyph at the same position, in the same size and colour.
#![allow(clippy::cast_precision_loss, reason = "printpdf takes floats; the comparison has a tolerance")]

use std::collections::BTreeMap;

use chancery_print::fonts::FaceId;
use chancery_print::pages::{GlyphRun, Item};
use chancery_print::units::Length;
use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object};
use printpdf::{
    Codepoint, Color, FontId, FontMetrics, Mm, Op, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage,
    PdfSaveOptions, Pt, Rgb, TextItem, TextMatrix,
};
use read_fonts::types::GlyphId;
use read_fonts::{FontRef, TableProvider as _};

use crate::sample::{Pages, sample};

/// A glyph as drawn by a reader.
#[derive(Clone, Debug)]
struct Drawn {
    x: f64,
    y: f64,
    size: f64,
    scaling: f64,
    /// In thousandths of the size.
    width: f64,
    fill: Vec<f64>,
}

#[test]
fn both_encoders_draw_every_glyph_in_the_same_place() {
    let sample = sample();
    let ours = drawn(&Document::load_mem(&sample.write().unwrap()).unwrap());
    let mut theirs = drawn(&through_printpdf(&sample.pages));
    assert_eq!(ours.len(), theirs.len());
    for (page, glyph) in &ours {
        let found = theirs.iter().position(|(other, drawn)| page == other && same(glyph, drawn));
        let found = found.unwrap_or_else(|| panic!("page {page}: printpdf draws no {glyph:?}"));
        theirs.swap_remove(found);
    }
}

/// The writer rounds an origin to 0.001 pt and an adjustment to half of a thousandth of the size.
fn same(one: &Drawn, other: &Drawn) -> bool {
    let near = |a: f64, b: f64, tolerance: f64| (a - b).abs() <= tolerance;
    near(one.x, other.x, one.size / 1000.0 + 0.002)
        && near(one.y, other.y, 0.002)
        && near(one.size, other.size, 0.001)
        && near(one.scaling, other.scaling, 0.001)
        // printpdf floors widths.
        && near(one.width, other.width, 1.0)
        && one.fill.iter().zip(&other.fill).all(|(&a, &b)| near(a, b, 0.001))
}

fn through_printpdf(pages: &Pages) -> Document {
    let mut pdf = PdfDocument::new("oracle");
    for face in FaceId::ALL {
        pdf.resources.fonts.map.insert(font_id(face), PdfFont::new(whole(face)));
    }
    for page in &pages.pages {
        let mut ops = vec![Op::StartTextSection];
        for placed in &page.items {
            if let Item::Run(run) = &placed.item {
                show(run, &mut ops);
            }
        }
        ops.push(Op::EndTextSection);
        pdf.pages.push(PdfPage::new(Mm(210.0), Mm(297.0), ops));
    }
    let options =
        PdfSaveOptions { optimize: false, subset_fonts: false, secure: false, image_optimization: None };
    pdf.to_lopdf_document(&options, &mut Vec::new())
}

fn font_id(face: FaceId) -> FontId {
    FontId(format!("O{}", face.postscript_name()))
}

/// A complete face with its own glyph numbers.
fn whole(face: FaceId) -> ParsedFont {
    let font = FontRef::new(face.bytes()).unwrap();
    let (hmtx, hhea) = (font.hmtx().unwrap(), font.hhea().unwrap());
    let glyphs = font.maxp().unwrap().num_glyphs();
    let widths: BTreeMap<u16, u16> =
        (0..glyphs).map(|glyph| (glyph, hmtx.advance(GlyphId::from(glyph)).unwrap())).collect();
    let metrics = FontMetrics { ascent: hhea.ascender().to_i16(), descent: hhea.descender().to_i16() };
    let units = font.head().unwrap().units_per_em();
    let name = Some(face.postscript_name().to_owned());
    ParsedFont::with_glyph_data(face.bytes().to_vec(), 0, name, BTreeMap::new(), widths, units, metrics)
}

/// Places each glyph with its own text matrix.
fn show(run: &GlyphRun, ops: &mut Vec<Op>) {
    let part = |value: u8| f32::from(value) / 255.0;
    let col = Color::Rgb(Rgb::new(part(run.color.0), part(run.color.1), part(run.color.2), None));
    ops.push(Op::SetFillColor { col });
    ops.push(Op::SetFont {
        font: PdfFontHandle::External(font_id(run.face)),
        size: Pt(points(run.size) as f32),
    });
    ops.push(Op::SetHorizontalScaling { percent: run.expansion as f32 / 1000.0 });
    let scaling = f64::from(run.expansion) / 100_000.0;
    let mut pen = 0.0;
    for glyph in &run.glyphs {
        let x = points(run.x) + (pen + points(glyph.offset.0)) * scaling;
        let y = points(run.y) + points(glyph.offset.1);
        ops.push(Op::SetTextMatrix { matrix: TextMatrix::Translate(Pt(x as f32), Pt(y as f32)) });
        let shown = Codepoint::with_cid(glyph.id, 0.0, "x".to_owned());
        ops.push(Op::ShowText { items: vec![TextItem::GlyphIds(vec![shown])] });
        pen += points(glyph.advance) + points(run.letterspace);
    }
}

fn points(length: Length) -> f64 {
    length.units() as f64 / Length::PER_POINT as f64
}

/// Interprets all pages by the rules of ISO 32000-1, 9.4.4.
fn drawn(document: &Document) -> Vec<(usize, Drawn)> {
    let mut all = Vec::new();
    for (page, id) in document.get_pages().into_values().enumerate() {
        let fonts = document.get_page_fonts(id).unwrap();
        let fonts = fonts.into_iter().map(|(name, font)| (name, widths(document, font))).collect();
        let mut pen = Pen::new(fonts);
        for operation in Content::decode(&document.get_page_content(id)).unwrap().operations {
            pen.operate(&operation.operator, &operation.operands);
        }
        all.extend(pen.drawn.into_iter().map(|glyph| (page, glyph)));
    }
    all
}

type Widths = BTreeMap<i64, f64>;

fn widths(document: &Document, font: &Dictionary) -> Widths {
    let descendants = font.get_deref(b"DescendantFonts", document).and_then(Object::as_array).unwrap();
    let descendant = document.dereference(&descendants[0]).unwrap().1.as_dict().unwrap();
    let table = descendant.get_deref(b"W", document).and_then(Object::as_array).unwrap();
    let mut widths = Widths::new();
    for pair in table.chunks(2) {
        let first = pair[0].as_i64().unwrap();
        let list = pair[1].as_array().unwrap();
        widths.extend((first..).zip(list.iter().map(|width| f64::from(width.as_float().unwrap()))));
    }
    widths
}

/// Text state of a reader.
struct Pen {
    fonts: BTreeMap<Vec<u8>, Widths>,
    font: Vec<u8>,
    size: f64,
    letterspace: f64,
    scaling: f64,
    rise: f64,
    line: (f64, f64),
    x: f64,
    fill: Vec<f64>,
    drawn: Vec<Drawn>,
}

impl Pen {
    fn new(fonts: BTreeMap<Vec<u8>, Widths>) -> Self {
        Self {
            fonts,
            font: Vec::new(),
            size: 0.0,
            letterspace: 0.0,
            scaling: 1.0,
            rise: 0.0,
            line: (0.0, 0.0),
            x: 0.0,
            fill: Vec::new(),
            drawn: Vec::new(),
        }
    }

    fn operate(&mut self, operator: &str, operands: &[Object]) {
        let number = |at: usize| f64::from(operands[at].as_float().unwrap());
        match operator {
            "BT" => self.begin_line(0.0, 0.0),
            "Td" => self.begin_line(self.line.0 + number(0), self.line.1 + number(1)),
            "Tm" => self.begin_line(number(4), number(5)),
            "Tf" => (self.font, self.size) = (operands[0].as_name().unwrap().to_vec(), number(1)),
            "Tc" => self.letterspace = number(0),
            "Tz" => self.scaling = number(0) / 100.0,
            "Ts" => self.rise = number(0),
            "rg" => self.fill = (0..3).map(number).collect(),
            "TJ" => {
                for part in operands[0].as_array().unwrap() {
                    match part {
                        Object::String(codes, _) => codes.chunks(2).for_each(|code| self.show(code)),
                        adjustment => {
                            let thousandths = f64::from(adjustment.as_float().unwrap());
                            self.x -= thousandths / 1000.0 * self.size * self.scaling;
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn begin_line(&mut self, x: f64, y: f64) {
        self.line = (x, y);
        self.x = x;
    }

    fn show(&mut self, code: &[u8]) {
        let code = i64::from(code[0]) * 256 + i64::from(code[1]);
        let width = self.fonts[&self.font][&code];
        let (x, y) = (self.x, self.line.1 + self.rise);
        let fill = self.fill.clone();
        self.drawn.push(Drawn { x, y, size: self.size, scaling: self.scaling, width, fill });
        self.x += (width / 1000.0 * self.size + self.letterspace) * self.scaling;
    }
}
