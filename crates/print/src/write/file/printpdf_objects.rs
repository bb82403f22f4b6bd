//! Copies printpdf's objects into the file under new numbers.

use lopdf::{Dictionary, Document, Object, ObjectId};

use crate::write::file::pdf_file::PdfFile;
use crate::write::file::syntax;
use crate::write::file::syntax::{Dict, Ref};

/// Numbering of another document's objects: their own numbers plus an offset.
#[derive(Clone, Copy)]
pub(crate) struct ObjectImport {
    offset: u32,
}

impl ObjectImport {
    /// Reserves numbers for all objects of a document.
    pub(crate) fn reserve(file: &mut PdfFile, document: &Document) -> Self {
        let first = file.reserve_many(usize::try_from(document.max_id).unwrap_or(0));
        // Object numbers begin at 1.
        Self { offset: first.0.saturating_sub(1) }
    }

    /// Returns an object's number in the file.
    pub(crate) fn id(self, id: ObjectId) -> Ref {
        Ref(id.0 + self.offset)
    }

    /// Writes an object with everything it contains.
    pub(crate) fn write(self, file: &mut PdfFile, id: ObjectId, object: &Object) {
        match object {
            Object::Stream(stream) => file.stream(self.id(id), &stream.content, |dict| {
                self.entries(dict, &stream.dict);
            }),
            other => file.object(self.id(id), |out| self.value(out, other)),
        }
    }

    /// Writes a dictionary's entries.
    pub(crate) fn entries(self, dict: &mut Dict, entries: &Dictionary) {
        for (key, value) in entries {
            // The file writes lengths and filters itself.
            if key != b"Length" && key != b"Filter" {
                let out = dict.key(&String::from_utf8_lossy(key));
                self.value(out, value);
            }
        }
    }

    fn value(self, out: &mut Vec<u8>, value: &Object) {
        match value {
            Object::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Object::Integer(value) => syntax::integer(out, *value),
            // No copied object contains a real number.
            Object::Real(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Object::Name(name) => syntax::name(out, name),
            Object::String(bytes, _) => syntax::bytes(out, bytes),
            Object::Array(items) => syntax::array(out, items, |out, item| self.value(out, item)),
            Object::Dictionary(entries) => {
                let mut dict = Dict::begin(out);
                self.entries(&mut dict, entries);
                dict.end();
            }
            // Streams are always indirect objects (7.3.8) and never nested.
            Object::Null | Object::Stream(_) => out.extend_from_slice(b"null"),
            Object::Reference(id) => syntax::reference(out, self.id(*id)),
        }
    }
}
