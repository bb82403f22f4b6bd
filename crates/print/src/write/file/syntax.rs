//! PDF syntax (ISO 32000-1, 7.2 and 7.3). Numbers are written from integers, so that the same value has the same digits
//! on every machine.

use crate::hexadecimal;

/// The number of an indirect object; its generation is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ref(pub(crate) u32);

impl Ref {
    /// Returns the reference `count` numbers later. A file has fewer than 2^32 objects: more would not fit in memory.
    pub(crate) fn plus(self, count: usize) -> Self {
        Self(self.0.saturating_add(u32::try_from(count).unwrap_or(u32::MAX)))
    }
}

/// Writes a count.
pub(crate) fn count(out: &mut Vec<u8>, count: usize) {
    unsigned(out, count as u64);
}

/// Writes an integer.
pub(crate) fn integer(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    unsigned(out, value.unsigned_abs());
}

fn unsigned(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[first..]);
}

/// Writes thousandths as a decimal without trailing zeros: 1,500 is `1.5`.
pub(crate) fn milli(out: &mut Vec<u8>, thousandths: i64) {
    if thousandths < 0 {
        out.push(b'-');
    }
    let magnitude = thousandths.unsigned_abs();
    unsigned(out, magnitude / 1000);
    let fraction = magnitude % 1000;
    if fraction > 0 {
        let digits = [fraction / 100, fraction / 10 % 10, fraction % 10];
        let last = digits.iter().rposition(|&digit| digit > 0).unwrap_or(0);
        out.push(b'.');
        out.extend(digits[..=last].iter().map(|&digit| b'0' + (digit % 10) as u8));
    }
}

/// Writes a name (7.3.5): delimiters, white space and bytes outside of ASCII's graphic range as `#xx`.
pub(crate) fn name(out: &mut Vec<u8>, name: &[u8]) {
    out.push(b'/');
    for &byte in name {
        if byte.is_ascii_graphic() && !b"()<>[]{}/%#".contains(&byte) {
            out.push(byte);
        } else {
            out.push(b'#');
            out.extend(hexadecimal::upper(byte));
        }
    }
}

/// Writes a literal string of bytes (7.3.4.2).
pub(crate) fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'(');
    if bytes.iter().any(|byte| matches!(byte, b'(' | b')' | b'\\' | b'\r')) {
        for &byte in bytes {
            string_byte(out, byte);
        }
    } else {
        out.extend_from_slice(bytes);
    }
    out.push(b')');
}

/// Writes one byte of a literal string. Readers take an unescaped carriage return for a line feed.
pub(crate) fn string_byte(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'(' | b')' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
        b'\r' => out.extend_from_slice(b"\\r"),
        _ => out.push(byte),
    }
}

/// Returns the bytes of a text string (7.9.2.2): ASCII, where `PDFDocEncoding` agrees with it, or UTF-16BE.
pub(crate) fn text_bytes(text: &str) -> Vec<u8> {
    if is_plain(text) {
        return text.as_bytes().to_vec();
    }
    let mut bytes = vec![0xFE, 0xFF];
    for unit in text.encode_utf16() {
        bytes.extend_from_slice(&unit.to_be_bytes());
    }
    bytes
}

/// Writes a text string.
pub(crate) fn text(out: &mut Vec<u8>, text: &str) {
    if is_plain(text) {
        bytes(out, text.as_bytes());
    } else {
        bytes(out, &text_bytes(text));
    }
}

/// Returns whether a text has the same bytes in `PDFDocEncoding`: spaces and graphic ASCII.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

/// Writes an indirect reference.
pub(crate) fn reference(out: &mut Vec<u8>, target: Ref) {
    integer(out, i64::from(target.0));
    out.extend_from_slice(b" 0 R");
}

/// Writes an array of lengths in thousandths of a point.
pub(crate) fn milli_array(out: &mut Vec<u8>, values: &[i64]) {
    array(out, values, |out, &value| milli(out, value));
}

/// Writes an array with its items separated by spaces.
pub(crate) fn array<T>(out: &mut Vec<u8>, items: &[T], mut each: impl FnMut(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        each(out, item);
    }
    out.push(b']');
}

/// Writer of a dictionary; [`Dict::end`] closes it.
pub(crate) struct Dict<'a> {
    out: &'a mut Vec<u8>,
}

impl<'a> Dict<'a> {
    pub(crate) fn begin(out: &'a mut Vec<u8>) -> Self {
        out.extend_from_slice(b"<<");
        Self { out }
    }

    /// Writes entries without the brackets around them.
    pub(crate) const fn entries(out: &'a mut Vec<u8>) -> Self {
        Self { out }
    }

    /// Writes a key; the caller writes the value.
    pub(crate) fn key(&mut self, key: &str) -> &mut Vec<u8> {
        name(self.out, key.as_bytes());
        self.out.push(b' ');
        self.out
    }

    /// Writes a key whose value begins with a delimiter, so that no space is needed.
    pub(crate) fn tight_key(&mut self, key: &str) -> &mut Vec<u8> {
        name(self.out, key.as_bytes());
        self.out
    }

    pub(crate) fn name(&mut self, key: &str, value: &str) -> &mut Self {
        let out = self.tight_key(key);
        name(out, value.as_bytes());
        self
    }

    pub(crate) fn integer(&mut self, key: &str, value: i64) -> &mut Self {
        integer(self.key(key), value);
        self
    }

    pub(crate) fn count(&mut self, key: &str, value: usize) -> &mut Self {
        count(self.key(key), value);
        self
    }

    pub(crate) fn boolean(&mut self, key: &str, value: bool) -> &mut Self {
        self.key(key).extend_from_slice(if value { b"true" } else { b"false" });
        self
    }

    pub(crate) fn text(&mut self, key: &str, value: &str) -> &mut Self {
        text(self.tight_key(key), value);
        self
    }

    pub(crate) fn bytes(&mut self, key: &str, value: &[u8]) -> &mut Self {
        bytes(self.tight_key(key), value);
        self
    }

    pub(crate) fn reference(&mut self, key: &str, value: Ref) -> &mut Self {
        reference(self.key(key), value);
        self
    }

    pub(crate) fn milli_array(&mut self, key: &str, values: &[i64]) -> &mut Self {
        milli_array(self.tight_key(key), values);
        self
    }

    pub(crate) fn references(&mut self, key: &str, values: &[Ref]) -> &mut Self {
        array(self.tight_key(key), values, |out, &value| reference(out, value));
        self
    }

    /// Writes a dictionary as the value.
    pub(crate) fn dict(&mut self, key: &str, fill: impl FnOnce(&mut Dict)) -> &mut Self {
        let mut inner = Dict::begin(self.tight_key(key));
        fill(&mut inner);
        inner.end();
        self
    }

    pub(crate) fn end(self) {
        self.out.extend_from_slice(b">>");
    }
}

#[cfg(test)]
mod tests {
    use super::{Dict, bytes, milli, name, text};

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn decimals_lose_their_trailing_zeros_and_keep_their_leading_ones() {
        for (value, expected) in [(0, "0"), (1500, "1.5"), (-20, "-0.02"), (595_276, "595.276"), (7, "0.007")]
        {
            assert_eq!(written(|out| milli(out, value)), expected);
        }
        assert_eq!(written(|out| milli(out, i64::MIN)), "-9223372036854775.808");
    }

    #[test]
    fn delimiters_are_escaped() {
        assert_eq!(written(|out| bytes(out, b"a(b)\\\r")), "(a\\(b\\)\\\\\\r)");
        assert_eq!(written(|out| name(out, b"A B#")), "/A#20B#23");
        assert_eq!(written(|out| text(out, "plain")), "(plain)");
    }

    #[test]
    fn dictionaries_nest() {
        let dict = written(|out| {
            let mut dict = Dict::begin(out);
            dict.name("S", "P").dict("A", |a| {
                a.integer("N", -3);
            });
            dict.end();
        });
        assert_eq!(dict, "<</S/P/A<</N -3>>>>");
    }
}
