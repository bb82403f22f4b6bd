//! Objects of a file, parsed on demand. lopdf loads all of them at once, which takes ten times the memory of the file's
//! structure; the proof needs each object once and retains its text only.

use std::borrow::Cow;
use std::cell::RefCell;

use flate2::{Decompress, FlushDecompress, Status};

use crate::readback::error::ReadError;
use crate::readback::tokens::{Token, Tokens};

/// A non-stream object (ISO 32000-1, 7.3), with names and strings as in the file. Booleans and null carry no text and
/// become `Null`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Integer(i64),
    Name(&'a [u8]),
    String(Cow<'a, [u8]>),
    Array(Vec<Value<'a>>),
    Dict(Dict<'a>),
    Reference(u32),
}

/// A dictionary in the file's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dict<'a>(Vec<(&'a [u8], Value<'a>)>);

impl<'a> Dict<'a> {
    pub(super) fn get(&self, key: &[u8]) -> Option<&Value<'a>> {
        self.0.iter().find(|(other, _)| *other == key).map(|(_, value)| value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(&'a [u8], Value<'a>)> {
        self.0.iter()
    }

    pub(super) fn integer(&self, key: &[u8]) -> Option<i64> {
        match self.get(key)? {
            Value::Integer(value) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn string(&self, key: &[u8]) -> Option<&[u8]> {
        match self.get(key)? {
            Value::String(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn name(&self, key: &[u8]) -> Option<&[u8]> {
        match self.get(key)? {
            Value::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn reference(&self, key: &[u8]) -> Option<u32> {
        match self.get(key)? {
            Value::Reference(id) => Some(*id),
            _ => None,
        }
    }

    fn count(&self, key: &[u8]) -> Option<usize> {
        usize::try_from(self.integer(key)?).ok()
    }
}

/// Maximum nesting of objects.
const MAX_NESTING: usize = 32;
/// Maximum size of an inflated stream.
const MAX_STREAM: usize = 1 << 28;

/// A file and the locations of its objects.
pub(super) struct Objects<'a> {
    bytes: &'a [u8],
    locations: Vec<ObjectLocation>,
    /// Inflated object streams.
    containers: Vec<Container>,
    /// The cross-reference stream's dictionary.
    pub(super) trailer: Dict<'a>,
    /// Allocated once for all streams.
    inflater: RefCell<Decompress>,
}

#[derive(Clone, Copy)]
enum ObjectLocation {
    Free,
    Offset(usize),
    Compressed { container: usize, index: usize },
}

struct Container {
    content: Vec<u8>,
    /// Offset of the first object.
    first: usize,
    starts: Vec<usize>,
}

impl<'a> Objects<'a> {
    /// Reads the cross-reference stream and inflates the object streams.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let tail =
            bytes.windows(9).rposition(|window| window == b"startxref").ok_or(damaged("no startxref"))?;
        let start = match Tokens::new(&bytes[tail + 9..]).next() {
            Some(Token::Number(number)) => integer(number).and_then(|start| usize::try_from(start).ok()),
            _ => None,
        };
        let start = start.ok_or(damaged("no offset of the cross-reference stream"))?;
        let mut objects = Self {
            bytes,
            locations: Vec::new(),
            containers: Vec::new(),
            trailer: Dict::default(),
            inflater: RefCell::new(Decompress::new(true)),
        };
        let (trailer, table) = objects.stream_at(start)?;
        objects.locations(&table)?;
        objects.trailer = trailer;
        Ok(objects)
    }

    /// Reads the cross-reference entries: fields of 1, 4 and 2 bytes with PNG filter `Up`, as the writer has them.
    fn locations(&mut self, table: &[u8]) -> Result<(), ReadError> {
        let mut above = [0_u8; 7];
        let mut containers: Vec<u32> = Vec::new();
        let mut locations = Vec::with_capacity(table.len() / 8);
        for row in table.chunks_exact(8) {
            for (byte, difference) in above.iter_mut().zip(&row[1..]) {
                *byte = byte.wrapping_add(*difference);
            }
            let middle = u32::from_be_bytes([above[1], above[2], above[3], above[4]]);
            let index = usize::from(u16::from_be_bytes([above[5], above[6]]));
            locations.push(match above[0] {
                1 => ObjectLocation::Offset(middle as usize),
                2 => {
                    let known = containers.iter().rposition(|&id| id == middle);
                    let container = known.unwrap_or_else(|| {
                        containers.push(middle);
                        containers.len() - 1
                    });
                    ObjectLocation::Compressed { container, index }
                }
                _ => ObjectLocation::Free,
            });
        }
        self.locations = locations;
        for id in containers {
            let container = self.container(id)?;
            self.containers.push(container);
        }
        Ok(())
    }

    fn container(&self, id: u32) -> Result<Container, ReadError> {
        let (dict, content) = self.stream(id)?;
        let (first, count) = (dict.count(b"First").unwrap_or(0), dict.count(b"N").unwrap_or(0));
        let header = content.get(..first).ok_or(damaged("an object stream without its numbers"))?;
        let numbers = Tokens::new(header).filter_map(|token| match token {
            Token::Number(number) => integer(number).and_then(|number| usize::try_from(number).ok()),
            _ => None,
        });
        let starts =
            numbers.skip(1).step_by(2).take(count).map(|start| first.saturating_add(start)).collect();
        Ok(Container { content, first, starts })
    }

    /// Returns the dictionaries of all streams.
    pub(super) fn stream_dicts(&self) -> impl Iterator<Item = Result<Dict<'a>, ReadError>> {
        self.locations.iter().filter_map(|place| match *place {
            ObjectLocation::Offset(start) => Some(self.dict_at(start).map(|(dict, _)| dict)),
            ObjectLocation::Free | ObjectLocation::Compressed { .. } => None,
        })
    }

    /// Returns the tokens of all objects in object streams.
    pub(super) fn compressed_tokens(&self) -> impl Iterator<Item = Token<'_>> {
        self.containers
            .iter()
            .flat_map(|container| Tokens::new(container.content.get(container.first..).unwrap_or_default()))
    }

    /// Returns the catalog.
    pub(super) fn catalog(&self) -> Result<Dict<'_>, ReadError> {
        self.dict(self.trailer.reference(b"Root").ok_or(damaged("no catalog"))?)
    }

    /// Returns an object, or the dictionary of a stream.
    pub(super) fn get(&self, id: u32) -> Result<Value<'_>, ReadError> {
        match self.locations.get(id as usize).copied().unwrap_or(ObjectLocation::Free) {
            ObjectLocation::Free => Ok(Value::Null),
            ObjectLocation::Offset(start) => Ok(Value::Dict(self.dict_at(start)?.0)),
            ObjectLocation::Compressed { container, index } => {
                let container = self.containers.get(container);
                let object = container
                    .and_then(|container| container.content.get(*container.starts.get(index)?..))
                    .ok_or(damaged("an object outside its stream"))?;
                value(&mut Tokens::new(object))
            }
        }
    }

    /// Returns a dictionary.
    pub(super) fn dict(&self, id: u32) -> Result<Dict<'_>, ReadError> {
        match self.get(id)? {
            Value::Dict(dict) => Ok(dict),
            _ => Err(damaged("something else where a dictionary should be")),
        }
    }

    /// Returns an entry's dictionary, direct or by reference.
    pub(super) fn entry<'s>(&'s self, dict: &Dict<'s>, key: &[u8]) -> Result<Option<Dict<'s>>, ReadError> {
        match dict.get(key) {
            Some(Value::Dict(entry)) => Ok(Some(entry.clone())),
            Some(Value::Reference(id)) => self.dict(*id).map(Some),
            _ => Ok(None),
        }
    }

    /// Returns a stream's dictionary and its inflated content.
    pub(super) fn stream(&self, id: u32) -> Result<(Dict<'a>, Vec<u8>), ReadError> {
        match self.locations.get(id as usize) {
            Some(&ObjectLocation::Offset(start)) => self.stream_at(start),
            _ => Err(damaged("something else where a stream should be")),
        }
    }

    fn dict_at(&self, start: usize) -> Result<(Dict<'a>, &'a [u8]), ReadError> {
        let object = self.bytes.get(start..).ok_or(damaged("an object outside the file"))?;
        let mut tokens = Tokens::new(object);
        // `n 0 obj`
        let _ = tokens.by_ref().take(3).count();
        match value(&mut tokens)? {
            Value::Dict(dict) => Ok((dict, tokens.rest())),
            _ => Err(damaged("something else where a stream should be")),
        }
    }

    fn stream_at(&self, start: usize) -> Result<(Dict<'a>, Vec<u8>), ReadError> {
        let (dict, rest) = self.dict_at(start)?;
        let content = rest.strip_prefix(b"\nstream\n").ok_or(damaged("a stream without content"))?;
        let length = dict.count(b"Length").ok_or(damaged("a stream without a length"))?;
        let content = content.get(..length).ok_or(damaged("a stream longer than the file"))?;
        if dict.get(b"Filter").is_none() {
            return Ok((dict, content.to_vec()));
        }
        Ok((dict, self.inflate(content)?))
    }

    fn inflate(&self, packed: &[u8]) -> Result<Vec<u8>, ReadError> {
        let mut inflater = self.inflater.borrow_mut();
        inflater.reset(true);
        let mut plain = Vec::with_capacity(packed.len().saturating_mul(4).max(64));
        loop {
            let read = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX).min(packed.len());
            match inflater.decompress_vec(&packed[read..], &mut plain, FlushDecompress::Finish) {
                Ok(Status::StreamEnd) => return Ok(plain),
                Ok(_) if plain.len() == plain.capacity() && plain.len() < MAX_STREAM => {
                    plain.reserve(plain.len());
                }
                _ => return Err(damaged("a stream that does not inflate")),
            }
        }
    }
}

const fn damaged(what: &'static str) -> ReadError {
    ReadError::Damaged(what)
}

fn integer(number: &[u8]) -> Option<i64> {
    std::str::from_utf8(number).ok()?.parse().ok()
}

/// Parses a value. A reference is two numbers and an `R`; arrays and dictionaries combine them.
fn value<'a>(tokens: &mut Tokens<'a>) -> Result<Value<'a>, ReadError> {
    let token = tokens.next().ok_or(damaged("an object that ends too early"))?;
    nested(token, tokens, 0)
}

fn nested<'a>(token: Token<'a>, tokens: &mut Tokens<'a>, depth: usize) -> Result<Value<'a>, ReadError> {
    if depth > MAX_NESTING {
        return Err(damaged("objects nested too deep"));
    }
    match token {
        Token::Name(name) => Ok(Value::Name(name)),
        Token::String(bytes) => Ok(Value::String(bytes)),
        // Decimal numbers are coordinates and carry no text.
        Token::Number(number) => Ok(integer(number).map_or(Value::Null, Value::Integer)),
        Token::Delimiter("[") => items(tokens, "]", depth).map(Value::Array),
        Token::Delimiter("<<") => {
            let mut entries = Vec::new();
            let mut items = items(tokens, ">>", depth)?.into_iter();
            while let (Some(Value::Name(key)), Some(value)) = (items.next(), items.next()) {
                entries.push((key, value));
            }
            Ok(Value::Dict(Dict(entries)))
        }
        Token::Operator(_) | Token::Delimiter(_) => Ok(Value::Null),
    }
}

fn items<'a>(tokens: &mut Tokens<'a>, end: &'static str, depth: usize) -> Result<Vec<Value<'a>>, ReadError> {
    let mut items = Vec::new();
    loop {
        match tokens.next().ok_or(damaged("an object that ends too early"))? {
            Token::Delimiter(delimiter) if delimiter == end => return Ok(items),
            Token::Operator(b"R") => {
                let (_generation, id) = (items.pop(), items.pop());
                match id {
                    Some(Value::Integer(id)) => items.push(Value::Reference(u32::try_from(id).unwrap_or(0))),
                    _ => return Err(damaged("a reference to nothing")),
                }
            }
            token => items.push(nested(token, tokens, depth + 1)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Objects, Tokens, Value, value};

    #[test]
    fn references_are_distinguished_from_numbers() {
        let Ok(Value::Dict(dict)) = value(&mut Tokens::new(b"<</K[1 2 0 R 3]/P 7 0 R/N -4/B true/F 1.5>>"))
        else {
            panic!("a dictionary");
        };
        let kids = vec![Value::Integer(1), Value::Reference(2), Value::Integer(3)];
        assert_eq!(dict.get(b"K"), Some(&Value::Array(kids)));
        assert_eq!((dict.reference(b"P"), dict.integer(b"N")), (Some(7), Some(-4)));
    }

    #[test]
    fn input_that_is_not_a_file_is_refused() {
        for bytes in [&b""[..], b"startxref", b"startxref 0 %%EOF", b"startxref 99999999999999999999"] {
            assert!(Objects::read(bytes).is_err());
        }
    }
}
