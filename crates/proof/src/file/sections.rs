//! The file from its first byte to its last: the header, stream objects one after the other, and one cross-reference
//! stream.

use crate::refusal::{Place, Refusal};
use crate::syntax::cursor::{Cursor, Mismatch};
use crate::syntax::value::{Dict, Reader, Value};

const HEADER: &[u8] = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";

/// A stream object as it lies in the file.
#[derive(Debug)]
pub(crate) struct StreamObject<'a> {
    pub(crate) number: u32,
    /// Offset of its first byte.
    pub(crate) offset: usize,
    pub(crate) dict: Dict<'a>,
    /// The dictionary as it is spelled.
    pub(crate) spelled: &'a [u8],
    /// Its bytes as they are in the file.
    pub(crate) data: &'a [u8],
}

impl StreamObject<'_> {
    pub(crate) fn has_type(&self, name: &[u8]) -> bool {
        self.dict.get(b"Type") == Some(&Value::Name(name))
    }

    pub(crate) const fn place(&self) -> Place {
        Place::Object(self.number)
    }
}

/// The parts of a file.
#[derive(Debug)]
pub(crate) struct Sections<'a> {
    /// In the order of the file, without the cross-references.
    pub(crate) streams: Vec<StreamObject<'a>>,
    pub(crate) cross_references: StreamObject<'a>,
}

impl<'a> Sections<'a> {
    /// Reads a file to its last byte.
    pub(crate) fn read(bytes: &'a [u8], reader: &mut Reader<'a>) -> Result<Self, Refusal> {
        let mut cursor = Cursor::new(bytes);
        if !cursor.skip(HEADER) {
            return Err(Refusal::new(
                "HEADER",
                Place::Byte(0),
                "the file does not begin as the printer's do",
            ));
        }
        let mut streams = Vec::new();
        loop {
            let object = object(&mut cursor, reader)?;
            if object.has_type(b"XRef") {
                end(&mut cursor, object.offset)?;
                return Ok(Self { streams, cross_references: object });
            }
            streams.push(object);
        }
    }
}

fn object<'a>(cursor: &mut Cursor<'a>, reader: &mut Reader<'a>) -> Result<StreamObject<'a>, Refusal> {
    let offset = cursor.position();
    let number = number(cursor).ok_or_else(|| between(cursor, offset))?;
    let place = Place::Object(number);
    let at = |mismatch: Mismatch| Refusal::new(mismatch.code, Place::Byte(mismatch.at), mismatch.reason);
    let before = *cursor;
    let dict = reader.dict(cursor).map_err(at)?;
    let spelled = before.rest().get(..cursor.position() - before.position()).unwrap_or_default();
    let length = match dict.entries.last() {
        Some(entry) if entry.key == b"Length" && entry.is_spaced => match entry.value {
            Value::Number(milli) if milli % 1000 == 0 => usize::try_from(milli / 1000).ok(),
            _ => None,
        },
        _ => None,
    };
    let length = length.ok_or_else(|| {
        Refusal::new("STREAM_LENGTH", place.clone(), "a stream's dictionary does not end in its length")
    })?;
    let begins = cursor.skip(b"\nstream\n");
    let data = begins.then(|| cursor.take(length)).flatten();
    let data = data.filter(|_| cursor.skip(b"\nendstream\nendobj\n"));
    let data =
        data.ok_or_else(|| Refusal::new("STREAM_LENGTH", place, "a stream does not have its stated length"))?;
    Ok(StreamObject { number, offset, dict, spelled, data })
}

/// Reads the first line of an object.
fn number(cursor: &mut Cursor) -> Option<u32> {
    let number = cursor.count().ok().and_then(|number| u32::try_from(number).ok()).filter(|id| *id > 0);
    number.filter(|_| cursor.skip(b" 0 obj\n"))
}

/// Names what is between two objects.
fn between(cursor: &Cursor, offset: usize) -> Refusal {
    let place = Place::Byte(offset);
    match cursor.from(offset).peek() {
        None => Refusal::new("NO_END", place, "the file ends without cross-references"),
        Some(b'%') => Refusal::new("COMMENT", place, "there is a comment between two objects"),
        Some(_) => Refusal::new("GAP", place, "there are bytes between two objects"),
    }
}

/// Reads what follows the cross-references: their offset, and the end of the file.
fn end(cursor: &mut Cursor, offset: usize) -> Result<(), Refusal> {
    let at = Place::Byte(cursor.position());
    let found = cursor.skip(b"startxref\n").then(|| cursor.count().ok()).flatten();
    match found.filter(|_| cursor.skip(b"\n%%EOF\n")) {
        None => Err(Refusal::new("NO_END", at, "the cross-references are not followed by the file's end")),
        Some(found) if found != offset => {
            Err(Refusal::new("OFFSET", at, "the offset of the cross-references is wrong"))
        }
        Some(_) if !cursor.is_at_end() => {
            let message = "bytes follow the file's end: it was updated or extended";
            Err(Refusal::new("UPDATE", Place::Byte(cursor.position()), message))
        }
        Some(_) => Ok(()),
    }
}
