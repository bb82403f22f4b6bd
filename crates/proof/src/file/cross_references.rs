//! The cross-reference stream (ISO 32000-1, 7.5.8): it must be the one that follows from where the objects lie.

use sha2::{Digest as _, Sha256};

use crate::file::inflate::Inflater;
use crate::file::sections::StreamObject;
use crate::refusal::{Place, Refusal};
use crate::syntax::fields::{Fields, Spacing, number};
use crate::syntax::value::Value;

/// Bytes of an entry: type, offset or object stream, index.
const COLUMNS: usize = 7;
/// Bytes of an entry with its predictor.
const ROW: usize = COLUMNS + 1;

/// The trailer's entries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trailer {
    /// One more than the highest object number.
    pub(super) size: usize,
    pub(super) root: u32,
    pub(super) info: u32,
}

/// Location of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location {
    /// No object has the number.
    Free,
    Offset(usize),
    Compressed {
        container: u32,
        index: usize,
    },
}

/// Reads the trailer; checks the identifier against the file's bytes.
pub(super) fn trailer(bytes: &[u8], stream: &StreamObject) -> Result<Trailer, Refusal> {
    let place = stream.place();
    let mut fields = Fields::of(&stream.dict, Spacing::Own, &place);
    fields.exactly("Type", "XRef")?;
    let trailer = Trailer {
        size: fields.count("Size")?,
        root: fields.reference("Root")?,
        info: fields.reference("Info")?,
    };
    let widths: Vec<Option<i64>> = fields.spaced_array("W")?.items.iter().map(number).collect();
    let identifiers = fields.spaced_array("ID")?;
    let mut parameters = fields.dict("DecodeParms")?;
    let parameters_are = (parameters.count("Predictor")?, parameters.count("Columns")?);
    parameters.end()?;
    fields.exactly("Filter", "FlateDecode")?;
    fields.count("Length")?;
    fields.end()?;
    if widths != [Some(1000), Some(4000), Some(2000)] || parameters_are != (12, COLUMNS) {
        return Err(Refusal::new("CROSS_REFERENCES", place, "the cross-references have another form"));
    }
    let digest = Sha256::digest(bytes.get(..stream.offset).unwrap_or_default());
    let identifier = Value::String(digest[..16].into());
    if identifiers.items != [identifier.clone(), identifier] || identifiers.begins_tight {
        return Err(Refusal::new(
            "IDENTIFIER",
            place,
            "the file's identifier is not the digest of its bytes",
        ));
    }
    Ok(trailer)
}

/// Compares the table with the locations of all objects.
pub(super) fn check(
    stream: &StreamObject,
    locations: &[Location],
    inflater: &mut Inflater,
) -> Result<(), Refusal> {
    let place = stream.place();
    let table = inflater.inflate(stream.data, &place)?;
    if table.len() != locations.len() * ROW {
        return Err(Refusal::new(
            "CROSS_REFERENCES",
            place,
            "the cross-references have another number of entries",
        ));
    }
    let mut above = [0; COLUMNS];
    for ((number, location), row) in locations.iter().enumerate().zip(table.chunks_exact(ROW)) {
        let entry = entry(*location);
        let differences = entry.iter().zip(above).map(|(now, before)| now.wrapping_sub(before));
        if row[0] != 2 || !row[1..].iter().copied().eq(differences) {
            let object = u32::try_from(number).unwrap_or(u32::MAX);
            return Err(Refusal::new(
                "OFFSET",
                Place::Object(object),
                "the object does not lie where the file says",
            ));
        }
        above = entry;
    }
    Ok(())
}

fn entry(location: Location) -> [u8; COLUMNS] {
    let (kind, middle, last) = match location {
        Location::Free => (0, 0, u16::MAX),
        Location::Offset(offset) => (1, u32::try_from(offset).unwrap_or(u32::MAX), 0),
        Location::Compressed { container, index } => (2, container, u16::try_from(index).unwrap_or(u16::MAX)),
    };
    let mut entry = [kind; COLUMNS];
    entry[1..5].copy_from_slice(&middle.to_be_bytes());
    entry[5..].copy_from_slice(&last.to_be_bytes());
    entry
}
