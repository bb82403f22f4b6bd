//! All text anywhere in a file, read with another library than the printer's readback.

use std::collections::{BTreeMap, BTreeSet};

use chancery_print::testing::struct_text;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};
use read_fonts::{FontRef, TableProvider as _};

/// Every name, string and stream of a file, uncompressed, and its texts decoded by its fonts.
pub(crate) fn everything(bytes: &[u8]) -> String {
    let document = Document::load_mem(bytes).unwrap();
    // Joins lines, because a word may be hyphenated.
    let mut all_text = struct_text(bytes).unwrap();
    all_text.push('\n');
    for object in document.objects.values() {
        append(object, &mut all_text);
    }
    for shown in shown(&document).into_values() {
        all_text.push_str(&shown.text);
        all_text.push('\n');
    }
    all_text
}

fn append(object: &Object, all_text: &mut String) {
    match object {
        Object::Name(name) => line(all_text, &String::from_utf8_lossy(name)),
        Object::String(text, _) => {
            line(all_text, &String::from_utf8_lossy(text));
            if text.starts_with(&[0xFE, 0xFF]) {
                let units: Vec<u16> =
                    text[2..].chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
                line(all_text, &String::from_utf16_lossy(&units));
            }
        }
        Object::Array(items) => items.iter().for_each(|item| append(item, all_text)),
        Object::Dictionary(entries) => dictionary(entries, all_text),
        Object::Stream(stream) => {
            dictionary(&stream.dict, all_text);
            line(all_text, &String::from_utf8_lossy(&plain(stream)));
        }
        _ => {}
    }
}

fn dictionary(entries: &Dictionary, all_text: &mut String) {
    for (key, value) in entries {
        line(all_text, &String::from_utf8_lossy(key));
        append(value, all_text);
    }
}

fn line(all_text: &mut String, text: &str) {
    all_text.push_str(text);
    all_text.push('\n');
}

fn plain(stream: &Stream) -> Vec<u8> {
    stream.decompressed_content().unwrap_or_else(|_| stream.content.clone())
}

/// A font of a file.
pub(crate) struct Font {
    pub(crate) name: String,
    /// Codes that pages show.
    pub(crate) shown: BTreeSet<u16>,
    /// Codes in its `ToUnicode` map.
    pub(crate) mapped: BTreeSet<u16>,
    /// Number of its glyphs with an outline.
    pub(crate) outlines: usize,
}

/// Codes and texts that content shows in one font.
#[derive(Default)]
struct Shown {
    codes: BTreeSet<u16>,
    text: String,
}

/// Returns the fonts of a file.
pub(crate) fn fonts(bytes: &[u8]) -> Vec<Font> {
    let document = Document::load_mem(bytes).unwrap();
    let shown = shown(&document);
    let fonts = document.objects.iter().filter_map(|(id, object)| {
        let dict = object
            .as_dict()
            .ok()
            .filter(|dict| is(dict, b"Type", b"Font") && is(dict, b"Subtype", b"Type0"))?;
        Some(Font {
            name: String::from_utf8_lossy(dict.get(b"BaseFont").unwrap().as_name().unwrap()).into_owned(),
            shown: shown.get(id).map(|shown| shown.codes.clone()).unwrap_or_default(),
            mapped: map(&document, dict).into_keys().collect(),
            outlines: outlines(&document, dict),
        })
    });
    fonts.collect()
}

fn is(dict: &Dictionary, key: &[u8], name: &[u8]) -> bool {
    dict.get(key).and_then(Object::as_name).is_ok_and(|found| found == name)
}

/// Returns the codes and texts of pages and forms by font.
fn shown(document: &Document) -> BTreeMap<ObjectId, Shown> {
    let mut shown = BTreeMap::new();
    for page in document.get_pages().into_values() {
        let dict = document.get_dictionary(page).unwrap();
        let resources = resolved(document, dict.get(b"Resources").unwrap());
        content(document, &document.get_page_content(page), resources, &mut shown);
    }
    for object in document.objects.values() {
        let Ok(stream) = object.as_stream() else { continue };
        if let (true, Ok(resources)) = (is(&stream.dict, b"Subtype", b"Form"), stream.dict.get(b"Resources"))
        {
            content(document, &plain(stream), resolved(document, resources), &mut shown);
        }
    }
    shown
}

fn resolved<'d>(document: &'d Document, object: &'d Object) -> &'d Dictionary {
    document.dereference(object).unwrap().1.as_dict().unwrap()
}

fn content(document: &Document, bytes: &[u8], resources: &Dictionary, shown: &mut BTreeMap<ObjectId, Shown>) {
    let Ok(fonts) = resources.get(b"Font") else { return };
    let fonts = resolved(document, fonts);
    let mut font = None;
    for operation in lopdf::content::Content::decode(bytes).unwrap().operations {
        if operation.operator == "Tf" {
            let id = fonts.get(operation.operands[0].as_name().unwrap()).unwrap().as_reference().unwrap();
            font = Some((id, map(document, document.get_dictionary(id).unwrap())));
        }
        let Some((id, map)) = &font else { continue };
        let shown = shown.entry(*id).or_default();
        for code in operation.operands.iter().flat_map(codes) {
            shown.codes.insert(code);
            shown.text.push_str(map.get(&code).map_or("\u{fffd}", String::as_str));
        }
    }
}

/// Returns the two-byte codes of strings in an operand.
fn codes(operand: &Object) -> Vec<u16> {
    match operand {
        Object::String(bytes, _) => {
            bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
        }
        Object::Array(items) => items.iter().flat_map(codes).collect(),
        _ => Vec::new(),
    }
}

/// Parses a font's `ToUnicode` map: `<0001> <0041>` lines between `beginbfchar` and `endbfchar`.
fn map(document: &Document, font: &Dictionary) -> BTreeMap<u16, String> {
    let stream = document.dereference(font.get(b"ToUnicode").unwrap()).unwrap().1.as_stream().unwrap();
    let text = String::from_utf8(plain(stream)).unwrap();
    let mut map = BTreeMap::new();
    for section in text.split("beginbfchar").skip(1) {
        let section = section.split("endbfchar").next().unwrap();
        let hex: Vec<&str> = section.split(['<', '>']).skip(1).step_by(2).collect();
        for pair in hex.chunks_exact(2) {
            let units: Vec<u16> = (0..pair[1].len() / 4)
                .map(|at| u16::from_str_radix(&pair[1][at * 4..at * 4 + 4], 16).unwrap())
                .collect();
            map.insert(u16::from_str_radix(pair[0], 16).unwrap(), String::from_utf16(&units).unwrap());
        }
    }
    assert!(!map.is_empty() && !text.contains("beginbfrange"), "{text}");
    map
}

/// Returns the number of a font's glyphs with an outline.
fn outlines(document: &Document, font: &Dictionary) -> usize {
    let descendants =
        document.dereference(font.get(b"DescendantFonts").unwrap()).unwrap().1.as_array().unwrap();
    let descriptor = resolved(document, resolved(document, &descendants[0]).get(b"FontDescriptor").unwrap());
    let file = document.dereference(descriptor.get(b"FontFile2").unwrap()).unwrap().1.as_stream().unwrap();
    let bytes = plain(file);
    let loca = FontRef::new(&bytes).unwrap().loca(None).unwrap();
    (0..loca.len()).filter(|&glyph| loca.get_raw(glyph) < loca.get_raw(glyph + 1)).count()
}
