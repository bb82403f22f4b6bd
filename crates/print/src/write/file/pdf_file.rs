//! File body: streams are written immediately, other objects are collected into object streams (ISO 32000-1, 7.5.7),
//! and a cross-reference stream (7.5.8) ends the file.

use flate2::{Compress, Compression, FlushCompress, Status};
use sha2::{Digest as _, Sha256};

use crate::write::file::syntax;
use crate::write::file::syntax::{Dict, Ref};
use crate::write::file::written::Written;

/// Size at which an object stream is written. Deflate looks back over 32 KB.
const OBJECT_STREAM_BYTES: usize = 32 * 1024;
/// Maximum number of objects of an object stream; an object's index is written in two bytes.
const OBJECT_STREAM_OBJECTS: usize = 1000;
/// Field widths of a cross-reference entry: type, offset or stream, index.
const XREF_WIDTHS: [i64; 3] = [1, 4, 2];
const XREF_COLUMNS: usize = 7;

/// Location of an object in the file.
#[derive(Clone, Copy)]
enum ObjectLocation {
    Free,
    Offset(u32),
    Compressed { stream: Ref, index: u16 },
}

/// Objects of the open object stream.
#[derive(Default)]
struct PendingObjects {
    ids: Vec<Ref>,
    offsets: Vec<usize>,
    content: Vec<u8>,
}

/// A PDF file being written.
pub(crate) struct PdfFile {
    bytes: Vec<u8>,
    /// Locations by object number; entry 0 is the head of the free list.
    locations: Vec<ObjectLocation>,
    pending: PendingObjects,
    /// `None` until a stream is deflated.
    deflater: Option<Deflater>,
    /// Streams that are recorded and not written.
    record: Option<Vec<Written>>,
}

impl PdfFile {
    pub(crate) fn new() -> Self {
        // Four bytes above 127 in the second line: ISO 19005-2, 6.1.2.
        let bytes = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        Self {
            bytes,
            locations: vec![ObjectLocation::Free],
            pending: PendingObjects::default(),
            deflater: None,
            record: None,
        }
    }

    /// Returns a file whose streams are recorded and not written.
    pub(crate) fn recording() -> Self {
        Self { record: Some(Vec::new()), ..Self::new() }
    }

    /// Returns the recorded streams, and the number of the cross-references that would follow.
    pub(crate) fn recorded(mut self) -> (Vec<Written>, u32) {
        self.flush();
        let end = self.reserve();
        (self.record.unwrap_or_default(), end.0)
    }

    /// Reserves a number for an object that is written later.
    pub(crate) fn reserve(&mut self) -> Ref {
        self.reserve_many(1)
    }

    /// Reserves consecutive numbers and returns the first.
    pub(crate) fn reserve_many(&mut self, count: usize) -> Ref {
        let first = u32::try_from(self.locations.len()).unwrap_or(u32::MAX);
        self.locations.resize(self.locations.len() + count, ObjectLocation::Free);
        Ref(first)
    }

    /// Writes an object that is not a stream.
    pub(crate) fn object(&mut self, id: Ref, write: impl FnOnce(&mut Vec<u8>)) {
        self.pending.ids.push(id);
        self.pending.offsets.push(self.pending.content.len());
        write(&mut self.pending.content);
        self.pending.content.push(b'\n');
        if self.pending.content.len() >= OBJECT_STREAM_BYTES
            || self.pending.ids.len() == OBJECT_STREAM_OBJECTS
        {
            self.flush();
        }
    }

    /// Writes a dictionary.
    pub(crate) fn dict(&mut self, id: Ref, fill: impl FnOnce(&mut Dict)) {
        self.object(id, |out| {
            let mut dict = Dict::begin(out);
            fill(&mut dict);
            dict.end();
        });
    }

    /// Writes a deflated stream.
    pub(crate) fn stream(&mut self, id: Ref, content: &[u8], fill: impl FnOnce(&mut Dict)) {
        let fill = |dict: &mut Dict| {
            fill(dict);
            dict.name("Filter", "FlateDecode");
        };
        if self.record.is_some() {
            return self.note(id, content, fill, true);
        }
        let compressed = self.deflater.get_or_insert_with(Deflater::new).deflate(content);
        self.plain_stream(id, &compressed, fill);
    }

    /// Records a stream.
    fn note(&mut self, id: Ref, content: &[u8], fill: impl FnOnce(&mut Dict), is_deflated: bool) {
        let mut entries = Vec::new();
        fill(&mut Dict::entries(&mut entries));
        let written = Written { number: id.0, entries, content: content.to_vec(), is_deflated };
        if let Some(record) = &mut self.record {
            record.push(written);
        }
    }

    /// Writes a stream without compressing it.
    pub(crate) fn plain_stream(&mut self, id: Ref, content: &[u8], fill: impl FnOnce(&mut Dict)) {
        if self.record.is_some() {
            return self.note(id, content, fill, false);
        }
        self.record_offset(id);
        syntax::integer(&mut self.bytes, i64::from(id.0));
        self.bytes.extend_from_slice(b" 0 obj\n");
        let mut dict = Dict::begin(&mut self.bytes);
        fill(&mut dict);
        dict.count("Length", content.len());
        dict.end();
        self.bytes.extend_from_slice(b"\nstream\n");
        self.bytes.extend_from_slice(content);
        self.bytes.extend_from_slice(b"\nendstream\nendobj\n");
    }

    fn record_offset(&mut self, id: Ref) {
        let offset = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.locations[id.0 as usize] = ObjectLocation::Offset(offset);
    }

    fn flush(&mut self) {
        if self.pending.ids.is_empty() {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        let stream = self.reserve();
        let mut content = Vec::with_capacity(pending.content.len() + pending.ids.len() * 10);
        for (index, (id, &offset)) in pending.ids.iter().zip(&pending.offsets).enumerate() {
            self.locations[id.0 as usize] =
                ObjectLocation::Compressed { stream, index: u16::try_from(index).unwrap_or(u16::MAX) };
            syntax::integer(&mut content, i64::from(id.0));
            content.push(b' ');
            syntax::count(&mut content, offset);
            content.push(b' ');
        }
        let first = content.len();
        content.extend_from_slice(&pending.content);
        self.stream(stream, &content, |dict| {
            dict.name("Type", "ObjStm");
            dict.count("N", pending.ids.len()).count("First", first);
        });
    }

    /// Finishes the file. Its identifier (14.4) is the digest of everything before it, so that equal content has equal
    /// identifiers.
    pub(crate) fn finish(mut self, root: Ref, info: Ref) -> Vec<u8> {
        self.flush();
        let digest = Sha256::digest(&self.bytes);
        let identifier = &digest[..16];
        let id = self.reserve();
        let start = self.bytes.len();
        self.record_offset(id);
        let table = self.cross_references();
        let size = self.locations.len();
        self.stream(id, &table, |dict| {
            dict.name("Type", "XRef").count("Size", size).reference("Root", root).reference("Info", info);
            syntax::array(dict.key("W"), &XREF_WIDTHS, |out, &width| syntax::integer(out, width));
            syntax::array(dict.key("ID"), &[identifier, identifier], |out, part| syntax::bytes(out, part));
            dict.dict("DecodeParms", |parms| {
                parms.integer("Predictor", 12).count("Columns", XREF_COLUMNS);
            });
        });
        self.bytes.extend_from_slice(b"startxref\n");
        syntax::count(&mut self.bytes, start);
        self.bytes.extend_from_slice(b"\n%%EOF\n");
        self.bytes
    }

    /// Returns the entries, each as the difference from the previous one (PNG filter `Up`), which deflates best.
    fn cross_references(&self) -> Vec<u8> {
        let mut table = Vec::with_capacity(self.locations.len() * (XREF_COLUMNS + 1));
        let mut above = [0; XREF_COLUMNS];
        for &place in &self.locations {
            let entry = entry(place);
            table.push(2);
            table.extend(entry.iter().zip(above).map(|(&now, before): (&u8, u8)| now.wrapping_sub(before)));
            above = entry;
        }
        table
    }
}

fn entry(place: ObjectLocation) -> [u8; XREF_COLUMNS] {
    let (kind, middle, last) = match place {
        // A reserved number that was not used is free.
        ObjectLocation::Free => (0, 0, u16::MAX),
        ObjectLocation::Offset(offset) => (1, offset, 0),
        ObjectLocation::Compressed { stream, index } => (2, stream.0, index),
    };
    let mut entry = [kind; XREF_COLUMNS];
    entry[1..5].copy_from_slice(&middle.to_be_bytes());
    entry[5..].copy_from_slice(&last.to_be_bytes());
    entry
}

/// Deflates at level 6; level 9 is slow for 2 % of the size. One state serves all streams: allocating its tables takes
/// longer than a small page.
struct Deflater {
    state: Compress,
}

impl Deflater {
    fn new() -> Self {
        Self { state: Compress::new(Compression::new(6), true) }
    }

    fn deflate(&mut self, content: &[u8]) -> Vec<u8> {
        self.state.reset();
        let mut compressed = Vec::with_capacity(content.len() / 2 + 64);
        loop {
            let read = usize::try_from(self.state.total_in()).unwrap_or(usize::MAX).min(content.len());
            match self.state.compress_vec(&content[read..], &mut compressed, FlushCompress::Finish) {
                Ok(Status::StreamEnd) => return compressed,
                Ok(_) => compressed.reserve(compressed.capacity().max(64)),
                // Unreachable: the only error is a wrongly initialised state.
                Err(_) => return Vec::new(),
            }
        }
    }
}
