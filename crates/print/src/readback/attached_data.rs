//! Extraction of the embedded edition.

use crate::ExtractError;
use crate::readback::document_strings::{read_packet, unescaped};
use crate::readback::error::{ProofError, ReadError};
use crate::readback::expected::Expected;
use crate::readback::objects::{Objects, Value};
use crate::readback::structure_text::FileText;

/// The embedded edition and the file's statements about it. Nothing of it is verified: compare the digest of the
/// `RevisionBody` in the JSON before trusting it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted {
    /// JSON of a `RevisionBody`.
    pub json: String,
    /// The brief's resource name.
    pub brief: String,
    /// Stated digest of the printed edition, in hexadecimal.
    pub edition_digest: String,
}

/// Extracts the edition from a printed file. Memory is limited by the largest stream that the printer writes.
///
/// # Errors
/// [`ExtractError`], whatever the bytes are.
pub fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let objects = Objects::read(bytes)?;
    let data = attached(&objects)?.ok_or(ExtractError::NoData)?;
    let json = String::from_utf8(data).map_err(|_| ExtractError::NotText)?;
    let stated = stated(&objects)?;
    Ok(Extracted { json, brief: stated.brief, edition_digest: stated.edition_digest })
}

/// What a printed file states of its edition in its metadata. Nothing of it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The brief's resource name.
    pub brief: String,
    /// The revision's number; 0 for a draft that follows none.
    pub revision: u32,
    /// Digest of the printed edition, in hexadecimal.
    pub edition_digest: String,
}

/// Reads what a printed file states of its edition.
///
/// # Errors
/// [`ReadError`], whatever the bytes are.
pub fn read_stated(bytes: &[u8]) -> Result<Stated, ReadError> {
    stated(&Objects::read(bytes)?)
}

fn stated(objects: &Objects) -> Result<Stated, ReadError> {
    let packet = read_packet(objects)?;
    let fact = |name: &str| {
        let (_, rest) = packet.split_once(&format!("<chancery:{name}>"))?;
        rest.split_once('<').map(|(value, _)| unescaped(value))
    };
    let required = |name| fact(name).ok_or(ReadError::Damaged("metadata that does not describe the brief"));
    let revision = fact("revision").map_or(Ok(0), |revision| revision.parse());
    Ok(Stated {
        brief: required("brief")?,
        revision: revision.map_err(|_| ReadError::Damaged("metadata with a revision that is no number"))?,
        edition_digest: required("editionDigest")?,
    })
}

/// Returns the bytes of the associated file, or `None` without one.
fn attached(objects: &Objects) -> Result<Option<Vec<u8>>, ReadError> {
    let catalog = objects.catalog()?;
    let Some(Value::Array(files)) = catalog.get(b"AF") else { return Ok(None) };
    let [Value::Reference(specification)] = files.as_slice() else {
        return Err(ReadError::Damaged("associated files that the printer did not write"));
    };
    let specification = objects.dict(*specification)?;
    let streams =
        objects.entry(&specification, b"EF")?.ok_or(ReadError::Damaged("an attached file without bytes"))?;
    let stream = streams.reference(b"F").ok_or(ReadError::Damaged("an attached file without bytes"))?;
    objects.stream(stream).map(|(_, bytes)| Some(bytes))
}

/// Checks that the file has exactly the expected data.
pub(super) fn check(file: &FileText, expected: &Expected) -> Result<(), ProofError> {
    let found = attached(&file.objects)?;
    let given = expected.info.data.as_ref().map(|data| data.json.as_bytes());
    if found.as_deref() == given { Ok(()) } else { Err(ProofError::Data) }
}
