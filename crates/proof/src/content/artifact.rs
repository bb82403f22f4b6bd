//! Property lists of marked-content sequences (ISO 32000-1, 14.6.2).

use crate::content::sequences::{ArtifactKind, Mark};
use crate::form::structure_type;
use crate::refusal::Place;
use crate::syntax::cursor::{Cursor, Mismatch};
use crate::syntax::fields::{Fields, Spacing};
use crate::syntax::value::Reader;

/// A sequence as it begins.
pub(super) struct Beginning {
    /// `None` for a replaced text inside an artifact.
    pub(super) mark: Option<Mark>,
    pub(super) actual_text: Option<Box<str>>,
}

/// Reads a property list after the tag.
pub(super) fn properties(tag: &[u8], cursor: &mut Cursor) -> Result<Beginning, Mismatch> {
    let foreign = Mismatch {
        code: "FOREIGN_SEQUENCE",
        ..cursor.mismatch("a sequence has other properties than the printer's")
    };
    if let Some(mcid) = only_mcid(cursor) {
        let kind = structure_type(tag).ok_or(foreign)?;
        return Ok(Beginning { mark: Some(Mark::Tagged { kind, mcid }), actual_text: None });
    }
    let dict = Reader::new(64).dict(cursor)?;
    let fields = Fields::of(&dict, Spacing::Own, &Place::File);
    if tag == b"Artifact" {
        return artifact(fields)
            .map(|kind| Beginning { mark: Some(Mark::Artifact(kind)), actual_text: None })
            .ok_or(foreign);
    }
    tagged(tag, fields).ok_or(foreign)
}

/// Reads a property list that has only the number of tagged content, as most do: the fast path.
fn only_mcid(cursor: &mut Cursor) -> Option<usize> {
    let mut ahead = *cursor;
    ahead.skip(b"<</MCID ").then_some(())?;
    let mcid = ahead.count().ok()?;
    ahead.skip(b">>").then_some(())?;
    *cursor = ahead;
    Some(mcid)
}

fn tagged(tag: &[u8], mut fields: Fields) -> Option<Beginning> {
    let kind = structure_type(tag)?;
    let mcid = if fields.has("MCID") { Some(fields.count("MCID").ok()?) } else { None };
    let text = fields.optional_string("ActualText").ok()?;
    fields.end().ok()?;
    let actual_text = match text {
        Some(text) => Some(text_string(text)?),
        None => None,
    };
    if actual_text.is_some() && kind != "Span" {
        return None;
    }
    match mcid {
        Some(mcid) => Some(Beginning { mark: Some(Mark::Tagged { kind, mcid }), actual_text }),
        None => actual_text.map(|text| Beginning { mark: None, actual_text: Some(text) }),
    }
}

fn artifact(mut fields: Fields) -> Option<ArtifactKind> {
    let kind = fields.one_of("Type", &["Pagination", "Layout"]).ok()?;
    let kind = if kind == "Layout" {
        ArtifactKind::Layout
    } else {
        match fields.one_of("Subtype", &["Header", "Footer", "Watermark"]).ok()? {
            "Header" => ArtifactKind::Header,
            "Footer" => ArtifactKind::Footer,
            _ => ArtifactKind::Watermark,
        }
    };
    let [left, bottom, right, top] = fields.rectangle("BBox").ok()?;
    fields.end().ok()?;
    (left <= right && bottom <= top).then_some(kind)
}

/// Decodes a text string (ISO 32000-1, 7.9.2.2) of the printer: ASCII, or UTF-16BE with a byte order mark.
pub(crate) fn text_string(bytes: &[u8]) -> Option<Box<str>> {
    let Some(units) = bytes.strip_prefix(b"\xFE\xFF") else {
        let text = std::str::from_utf8(bytes).ok()?;
        return text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()).then(|| text.into());
    };
    if units.len() % 2 != 0 {
        return None;
    }
    let units: Vec<u16> = units.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
    String::from_utf16(&units).ok().map(Into::into)
}
