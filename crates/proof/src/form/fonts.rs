//! Embedded fonts (ISO 32000-1, 9.7), as printpdf writes them: a Type 0 font with one descendant, its descriptor,
//! program, widths, map from codes to glyphs, and `ToUnicode`. Whether they are subsets of the printer's faces is
//! compared with the faces, elsewhere.

use crate::form::to_unicode;
use crate::form::walk::Walk;
use crate::refusal::{Place, Refusal};
use crate::syntax::fields::{Fields, Spacing, number};
use crate::syntax::value::Value;

/// Highest index of a face; a print has at most 12 vendored and 64 added ones.
const LAST_FACE: usize = 75;

/// A font.
pub(crate) struct Font {
    pub(crate) id: u32,
    /// Index of its face, which is also in its resource name.
    pub(crate) face: usize,
    /// By code, from 1.
    pub(crate) codes: Vec<Code>,
    /// Object number of the font program.
    pub(crate) program: u32,
}

/// A character code.
pub(crate) struct Code {
    /// Its text, from `ToUnicode`.
    pub(crate) text: Box<str>,
    /// That text if it is one character.
    pub(crate) character: Option<char>,
    /// Its width in 1/1,000,000 em.
    pub(crate) width: i64,
    /// Its glyph in the font program.
    pub(crate) glyph: u16,
}

impl Code {
    fn new(text: Box<str>, width: i64, glyph: u16) -> Self {
        let mut characters = text.chars();
        let character = characters.next().filter(|_| characters.next().is_none());
        Self { text, character, width, glyph }
    }
}

/// Reads the font dictionary of the pages.
pub(crate) fn read<'o>(walk: &mut Walk<'o, 'o>, id: u32) -> Result<Vec<Font>, Refusal> {
    let named = walk.dict(id, Spacing::Own)?.named_references()?;
    let mut fonts: Vec<Font> = Vec::with_capacity(named.len());
    for (name, font) in named {
        let face = face_of(name).filter(|face| fonts.last().is_none_or(|before| before.face < *face));
        let face = face
            .ok_or_else(|| Refusal::new("FONT", Place::Object(id), "the fonts are named in another way"))?;
        fonts.push(read_font(walk, font, face)?);
    }
    Ok(fonts)
}

/// Returns the index of `T` and a number without leading zeros.
pub(crate) fn face_of(name: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(name.strip_prefix(b"T")?).ok()?;
    let index: usize = digits.parse().ok().filter(|index| *index <= LAST_FACE)?;
    (index.to_string() == digits).then_some(index)
}

fn read_font<'o>(walk: &mut Walk<'o, 'o>, id: u32, face: usize) -> Result<Font, Refusal> {
    let place = Place::Object(id);
    let wrong = |what: &str| Refusal::new("FONT", place.clone(), what);
    let mut fields = walk.dict(id, Spacing::Imported)?;
    fields.exactly("Type", "Font")?;
    fields.exactly("Subtype", "Type0")?;
    let name = fields.name("BaseFont")?;
    fields.exactly("Encoding", "Identity-H")?;
    let to_unicode = fields.reference("ToUnicode")?;
    let descendants = fields.array("DescendantFonts")?;
    fields.end()?;
    let [Value::Dict(descendant)] = descendants.items.as_slice() else {
        return Err(wrong("a font has not exactly one descendant"));
    };
    let parts = descendant_of(Fields::of(descendant, Spacing::Imported, &place), name)?;
    let texts = {
        let (stream, fields) = walk.stream(to_unicode)?;
        to_unicode::read(walk.inflated(stream, fields)?, face)
            .ok_or_else(|| wrong("ToUnicode has another form than the printer's"))?
    };
    let widths = widths(walk.array(parts.widths)?.items.as_slice())
        .ok_or_else(|| wrong("the widths have another form"))?;
    let glyphs = {
        let (stream, fields) = walk.stream(parts.glyphs)?;
        glyphs(walk.inflated(stream, fields)?)
    };
    let program = descriptor(walk, parts.descriptor, name)?;
    let count = texts.len();
    let is_complete = count > 0 && widths.len() == count;
    let glyphs = glyphs.filter(|glyphs| is_complete && glyphs.len() == count);
    let glyphs =
        glyphs.ok_or_else(|| wrong("the font's widths, glyphs and texts are not of the same codes"))?;
    let codes = texts.into_iter().zip(widths).zip(glyphs);
    let codes = codes.map(|((text, width), glyph)| Code::new(text, width, glyph)).collect();
    Ok(Font { id, face, codes, program })
}

struct Descendant {
    widths: u32,
    glyphs: u32,
    descriptor: u32,
}

fn descendant_of(mut fields: Fields, name: &[u8]) -> Result<Descendant, Refusal> {
    fields.exactly("Type", "Font")?;
    fields.equal("BaseFont", &Value::Name(name))?;
    fields.exactly("Subtype", "CIDFontType2")?;
    let mut system = fields.dict("CIDSystemInfo")?;
    system.equal("Registry", &Value::String(b"Adobe".as_slice().into()))?;
    system.equal("Ordering", &Value::String(b"Identity".as_slice().into()))?;
    system.equal("Supplement", &Value::Number(0))?;
    system.end()?;
    let widths = fields.reference("W")?;
    fields.equal("DW", &Value::Number(1_000_000))?;
    let descriptor = fields.reference("FontDescriptor")?;
    let glyphs = fields.reference("CIDToGIDMap")?;
    fields.end()?;
    Ok(Descendant { widths, glyphs, descriptor })
}

/// Reads `[1 [...]]`.
fn widths(items: &[Value]) -> Option<Vec<i64>> {
    let [Value::Number(1000), Value::Array(widths)] = items else { return None };
    // A width is below a hundred em.
    widths.items.iter().map(|width| number(width).filter(|width| (0..100_000_000).contains(width))).collect()
}

/// Reads the map from codes to glyphs; returns the glyphs of the codes from 1. Code 0 has glyph 0.
fn glyphs(map: &[u8]) -> Option<Vec<u16>> {
    let pairs = map.strip_prefix(&[0, 0])?.chunks_exact(2);
    let is_whole = pairs.remainder().is_empty();
    is_whole.then(|| pairs.map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect())
}

/// Reads the descriptor; returns the object number of the font program.
fn descriptor<'o>(walk: &mut Walk<'o, 'o>, id: u32, name: &[u8]) -> Result<u32, Refusal> {
    let mut fields = walk.dict(id, Spacing::Imported)?;
    fields.exactly("Type", "FontDescriptor")?;
    fields.equal("FontName", &Value::Name(name))?;
    for key in ["Ascent", "Descent", "CapHeight", "ItalicAngle", "Flags", "StemV"] {
        fields.integer(key)?;
    }
    fields.rectangle("FontBBox")?;
    let program = fields.reference("FontFile2")?;
    fields.end()?;
    let (stream, mut fields) = walk.stream(program)?;
    let length = fields.spaced("Length1").map(number)?;
    let content = walk.inflated(stream, fields)?;
    let stated = length.and_then(|milli| usize::try_from(milli / 1000).ok());
    if stated != Some(content.len()) {
        return Err(Refusal::new(
            "FONT",
            Place::Object(program),
            "the font program has another length than stated",
        ));
    }
    Ok(program)
}
