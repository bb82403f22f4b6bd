//! The edition as an embedded file (ISO 32000-1, 7.11.4): one file of one name, or none.

use crate::form::walk::Walk;
use crate::refusal::{Place, Refusal};
use crate::syntax::fields::{Fields, Spacing};
use crate::syntax::value::Value;

/// Name of the embedded file.
const FILE_NAME: &[u8] = b"edition.json";

/// Returns the file specification of the only name.
pub(crate) fn named(files: &mut Fields) -> Result<u32, Refusal> {
    let names = files.array("Names")?;
    match names.items.as_slice() {
        [Value::String(name), Value::Reference(id)] if names.begins_tight && name.as_ref() == FILE_NAME => {
            Ok(*id)
        }
        _ => Err(files.refusal("ATTACHMENT", "there is another embedded file than the edition")),
    }
}

/// Checks the file specification and its stream.
pub(crate) fn check<'o>(walk: &mut Walk<'o, 'o>, id: u32) -> Result<(), Refusal> {
    let wrong = |what: &str| Refusal::new("ATTACHMENT", Place::Object(id), what);
    let mut fields = walk.dict(id, Spacing::Own)?;
    fields.exactly("Type", "Filespec")?;
    let names = [fields.string("F")?, fields.string("UF")?];
    if names.iter().any(|name| name.as_ref() != FILE_NAME) {
        return Err(wrong("the embedded file has another name"));
    }
    fields.string("Desc")?;
    fields.exactly("AFRelationship", "Source")?;
    let mut files = fields.dict("EF")?;
    let streams = [files.reference("F")?, files.reference("UF")?];
    files.end()?;
    fields.end()?;
    if streams[0] != streams[1] {
        return Err(wrong("the embedded file has two contents"));
    }
    let (stream, mut fields) = walk.stream(streams[0])?;
    fields.exactly("Type", "EmbeddedFile")?;
    fields.exactly("Subtype", "application#2Fjson")?;
    let mut parameters = fields.dict("Params")?;
    let size = parameters.count("Size")?;
    parameters.optional_string("ModDate")?;
    parameters.end()?;
    let content = walk.inflated(stream, fields)?;
    if content.len() != size || std::str::from_utf8(content).is_err() {
        return Err(wrong("the embedded file has another size than stated, or is not text"));
    }
    Ok(())
}
