//! Values of objects, with the white space between their parts.

use std::borrow::Cow;

use crate::syntax::cursor::{Cursor, Mismatch};

/// Maximum nesting of arrays and dictionaries; the printer nests four.
const MAX_DEPTH: usize = 8;
/// Number of entries of a dictionary up to which all pairs of keys are compared.
const FEW_ENTRIES: usize = 12;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Null,
    Boolean(bool),
    /// In thousandths.
    Number(i64),
    /// Without its `/`, escapes as they are spelled.
    Name(&'a [u8]),
    String(Cow<'a, [u8]>),
    Array(Array<'a>),
    Dict(Dict<'a>),
    Reference(u32),
}

/// An array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Array<'a> {
    pub(crate) items: Vec<Value<'a>>,
    /// Whether the first two items adjoin. Other items are separated by one space.
    pub(crate) begins_tight: bool,
}

/// A dictionary with its entries in the file's order. No key occurs twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dict<'a> {
    pub(crate) entries: Vec<Entry<'a>>,
}

/// An entry of a dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    pub(crate) key: &'a [u8],
    /// Whether a space separates key and value.
    pub(crate) is_spaced: bool,
    pub(crate) value: Value<'a>,
}

impl<'a> Dict<'a> {
    /// Returns the value of a key.
    pub(crate) fn get(&self, key: &[u8]) -> Option<&Value<'a>> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    fn has_duplicate(&self) -> bool {
        // Fast path: sorting takes memory, and the printer's dictionaries are small.
        if self.entries.len() <= FEW_ENTRIES {
            let mut rest = self.entries.as_slice();
            while let Some((entry, others)) = rest.split_first() {
                if others.iter().any(|other| other.key == entry.key) {
                    return true;
                }
                rest = others;
            }
            return false;
        }
        let mut keys: Vec<&[u8]> = self.entries.iter().map(|entry| entry.key).collect();
        keys.sort_unstable();
        keys.windows(2).any(|pair| pair[0] == pair[1])
    }
}

/// Reads values. What a file's values take in memory is bounded by their number.
pub(crate) struct Reader<'a> {
    values_left: usize,
    /// The entries of the open dictionaries, so that a dictionary takes memory once and only for its entries.
    entries: Vec<Entry<'a>>,
}

impl<'a> Reader<'a> {
    /// Returns a reader of at most this many values.
    pub(crate) const fn new(most_values: usize) -> Self {
        Self { values_left: most_values, entries: Vec::new() }
    }

    /// Reads a value.
    pub(crate) fn value(&mut self, cursor: &mut Cursor<'a>) -> Result<Value<'a>, Mismatch> {
        self.nested(cursor, 0)
    }

    /// Reads a dictionary.
    pub(crate) fn dict(&mut self, cursor: &mut Cursor<'a>) -> Result<Dict<'a>, Mismatch> {
        self.dict_at(cursor, 0)
    }

    fn nested(&mut self, cursor: &mut Cursor<'a>, depth: usize) -> Result<Value<'a>, Mismatch> {
        if depth == MAX_DEPTH {
            return Err(cursor.mismatch("a value is nested too deeply"));
        }
        let too_many =
            Mismatch { code: "TOO_MANY_VALUES", ..cursor.mismatch("the file has too many values") };
        self.values_left = self.values_left.checked_sub(1).ok_or(too_many)?;
        match cursor.peek() {
            Some(b'<') => self.dict_at(cursor, depth).map(Value::Dict),
            Some(b'[') => self.array(cursor, depth).map(Value::Array),
            Some(b'/') => cursor.name().map(Value::Name),
            Some(b'(') => cursor.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => number(cursor),
            _ => keyword(cursor),
        }
    }

    fn array(&mut self, cursor: &mut Cursor<'a>, depth: usize) -> Result<Array<'a>, Mismatch> {
        cursor.expect(b"[", "an array does not follow")?;
        let mut array = Array::default();
        while !cursor.skip(b"]") {
            let spaced = cursor.skip(b" ");
            match array.items.len() {
                0 if spaced => return Err(cursor.mismatch("a space begins an array")),
                0 => {}
                1 => array.begins_tight = !spaced,
                _ if !spaced => return Err(cursor.mismatch("no space separates the items of an array")),
                _ => {}
            }
            array.items.push(self.nested(cursor, depth + 1)?);
        }
        Ok(array)
    }

    fn dict_at(&mut self, cursor: &mut Cursor<'a>, depth: usize) -> Result<Dict<'a>, Mismatch> {
        let start = cursor.position();
        cursor.expect(b"<<", "a dictionary does not follow")?;
        let first = self.entries.len();
        while !cursor.skip(b">>") {
            let key = cursor.name()?;
            let is_spaced = cursor.skip(b" ");
            let value = self.nested(cursor, depth + 1)?;
            self.entries.push(Entry { key, is_spaced, value });
        }
        let dict = Dict { entries: self.entries.drain(first..).collect() };
        if dict.has_duplicate() {
            return Err(Mismatch {
                at: start,
                code: "DUPLICATE_KEY",
                reason: "a dictionary has a key twice",
            });
        }
        Ok(dict)
    }
}

fn keyword<'a>(cursor: &mut Cursor<'a>) -> Result<Value<'a>, Mismatch> {
    for (word, value) in
        [(&b"null"[..], Value::Null), (b"true", Value::Boolean(true)), (b"false", Value::Boolean(false))]
    {
        if cursor.skip(word) {
            return Ok(value);
        }
    }
    if cursor.peek() == Some(b'%') {
        return Err(Mismatch { code: "COMMENT", ..cursor.mismatch("there is a comment") });
    }
    Err(cursor.mismatch("there is no value"))
}

/// Reads a number or a reference, whose generation is 0.
fn number<'a>(cursor: &mut Cursor<'a>) -> Result<Value<'a>, Mismatch> {
    let before = *cursor;
    let milli = cursor.milli()?;
    if cursor.skip(b" 0 R") {
        let id = u32::try_from(milli / 1000).ok().filter(|id| *id > 0 && milli % 1000 == 0);
        return id.map(Value::Reference).ok_or(before.mismatch("a reference has no object number"));
    }
    Ok(Value::Number(milli))
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Mismatch, Reader, Value};

    fn value<'a>(cursor: &mut Cursor<'a>) -> Result<Value<'a>, Mismatch> {
        Reader::new(1000).value(cursor)
    }

    fn code(text: &[u8]) -> Option<&'static str> {
        value(&mut Cursor::new(text)).err().map(|mismatch| mismatch.code)
    }

    #[test]
    fn a_value_has_one_spelling() {
        let Ok(Value::Dict(dict)) = value(&mut Cursor::new(b"<</S/P/K [1 2]/P 3 0 R/B true>>")) else {
            panic!("the dictionary is canonical")
        };
        assert_eq!(dict.get(b"P"), Some(&Value::Reference(3)));
        assert!(dict.entries[1].is_spaced && !dict.entries[0].is_spaced);
        for text in
            [&b"<< /S/P>>"[..], b"<</S/P >>", b"[1  2]", b"[ 1]", b"[1 2 ]", b"<</S>>", b"3 1 R]", b"nul"]
        {
            let read = value(&mut Cursor::new(text));
            assert!(read.is_err() || read == Ok(Value::Number(3_000)), "{text:?}");
        }
    }

    #[test]
    fn duplicate_keys_comments_and_deep_nesting_are_refused() {
        assert_eq!(code(b"<</S/P/T/Q/S/R>>"), Some("DUPLICATE_KEY"));
        assert_eq!(code(b"<</S %x\n/P>>"), Some("COMMENT"));
        assert_eq!(code(&b"[".repeat(100_000)), Some("SYNTAX"));
        assert_eq!(code(&b"<</A".repeat(100_000)), Some("SYNTAX"));
    }
}
