//! Reads tokens in their canonical spelling: no white space but what the caller expects, no leading or trailing zeros, no
//! needless escapes. What is spelled otherwise is refused, so that a value has one spelling only.

use std::borrow::Cow;

/// The largest magnitude of a number, in thousandths. The printer's own lengths are far smaller.
const LARGEST: i64 = 1_000_000_000_000_000;
/// Maximum length of a string in PDF/A, in bytes (ISO 19005-2, 6.1.13).
const MAX_STRING: usize = 32_767;
/// Maximum length of a name in PDF/A, in bytes.
const MAX_NAME: usize = 127;

/// A mismatch: the offset of the first byte that is not what the printer writes, the code and the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    pub(crate) at: usize,
    pub(crate) code: &'static str,
    pub(crate) reason: &'static str,
}

/// A position in bytes.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Returns a cursor at another position of the same bytes.
    pub(crate) const fn from(&self, at: usize) -> Self {
        Self { bytes: self.bytes, at }
    }

    pub(crate) const fn position(&self) -> usize {
        self.at
    }

    pub(crate) const fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(crate) const fn mismatch(&self, reason: &'static str) -> Mismatch {
        Mismatch { at: self.at, code: "SYNTAX", reason }
    }

    pub(crate) fn starts_with(&self, text: &[u8]) -> bool {
        self.rest().starts_with(text)
    }

    /// Skips a text if it comes next.
    pub(crate) fn skip(&mut self, text: &[u8]) -> bool {
        let is_next = self.starts_with(text);
        if is_next {
            self.at += text.len();
        }
        is_next
    }

    /// Skips a text that must come next.
    pub(crate) fn expect(&mut self, text: &[u8], reason: &'static str) -> Result<(), Mismatch> {
        if self.skip(text) { Ok(()) } else { Err(self.mismatch(reason)) }
    }

    /// Takes this many bytes.
    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn take_while(&mut self, is_wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let count = rest.iter().position(|&byte| !is_wanted(byte)).unwrap_or(rest.len());
        self.at += count;
        &rest[..count]
    }

    /// Reads a number with at most three decimals, in thousandths.
    pub(crate) fn milli(&mut self) -> Result<i64, Mismatch> {
        let start = self.at;
        let malformed =
            Mismatch { at: start, code: "SYNTAX", reason: "a number is not in its shortest spelling" };
        let negative = self.skip(b"-");
        let whole = self.take_while(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 12 || (whole.len() > 1 && whole.starts_with(b"0")) {
            return Err(malformed);
        }
        let mut value = whole.iter().fold(0_i64, |sum, digit| sum * 10 + i64::from(digit - b'0')) * 1000;
        if self.skip(b".") {
            let part = self.take_while(|byte| byte.is_ascii_digit());
            if part.is_empty() || part.len() > 3 || part.ends_with(b"0") {
                return Err(malformed);
            }
            let scale = [100, 10, 1];
            value +=
                part.iter().zip(scale).map(|(digit, scale)| i64::from(digit - b'0') * scale).sum::<i64>();
        }
        if (negative && value == 0) || value > LARGEST {
            return Err(malformed);
        }
        Ok(if negative { -value } else { value })
    }

    /// Reads an integer.
    pub(crate) fn integer(&mut self) -> Result<i64, Mismatch> {
        let before = *self;
        let value = self.milli()?;
        if value % 1000 == 0 && !self.bytes[before.at..self.at].contains(&b'.') {
            return Ok(value / 1000);
        }
        *self = before;
        Err(self.mismatch("a number is not an integer"))
    }

    /// Reads a count.
    pub(crate) fn count(&mut self) -> Result<usize, Mismatch> {
        let before = *self;
        usize::try_from(self.integer()?).map_err(|_| before.mismatch("a count is negative"))
    }

    /// Reads a name after its `/`, with its escapes as they are spelled.
    pub(crate) fn name(&mut self) -> Result<&'a [u8], Mismatch> {
        self.expect(b"/", "a name does not follow")?;
        let name = self.take_while(is_regular);
        let escapes =
            |name: &[u8]| name.iter().enumerate().all(|(at, byte)| *byte != b'#' || escape(name, at));
        if name.is_empty() || name.len() > MAX_NAME || !escapes(name) {
            return Err(self.mismatch("a name is empty, too long or escaped without need"));
        }
        Ok(name)
    }

    /// Reads a literal string after its `(`.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, [u8]>, Mismatch> {
        let mut unescaped = Vec::new();
        let plain = self.plain_string(&mut unescaped)?;
        Ok(plain.map_or(Cow::Owned(unescaped), Cow::Borrowed))
    }

    /// Reads a literal string after its `(`. One that has escapes is in the buffer.
    pub(crate) fn string_into<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Mismatch>
    where
        'a: 'b,
    {
        let plain = self.plain_string(buffer)?;
        Ok(plain.unwrap_or(buffer))
    }

    /// Reads a literal string; returns it as it is in the file, or `None` if `unescaped` is it.
    fn plain_string(&mut self, unescaped: &mut Vec<u8>) -> Result<Option<&'a [u8]>, Mismatch> {
        self.expect(b"(", "a string does not follow")?;
        let start = self.at;
        let plain = self.take_while(is_plain);
        if self.skip(b")") {
            return short(start, plain.len()).map(|()| Some(plain));
        }
        unescaped.clear();
        unescaped.extend_from_slice(plain);
        loop {
            match (self.peek(), self.bytes.get(self.at.saturating_add(1))) {
                (Some(b')'), _) => {
                    self.at += 1;
                    return short(start, unescaped.len()).map(|()| None);
                }
                (Some(b'\\'), Some(&escaped @ (b'(' | b')' | b'\\'))) => unescaped.push(escaped),
                (Some(b'\\'), Some(b'r')) => unescaped.push(b'\r'),
                _ => return Err(self.mismatch("a string is not closed, or escaped in another way")),
            }
            self.at += 2;
            unescaped.extend_from_slice(self.take_while(is_plain));
        }
    }
}

/// Returns whether a byte is in a string as it is.
const fn is_plain(byte: u8) -> bool {
    !matches!(byte, b'(' | b')' | b'\\' | b'\r')
}

/// Returns whether a byte may be in a name as it is: a graphic one that is not a delimiter (ISO 32000-1, 7.3.5).
const fn is_regular(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn short(start: usize, length: usize) -> Result<(), Mismatch> {
    if length <= MAX_STRING {
        return Ok(());
    }
    Err(Mismatch { at: start, code: "SYNTAX", reason: "a string is longer than PDF/A allows" })
}

/// Returns whether a byte that needs an escape is escaped at this place of a name.
fn escape(name: &[u8], at: usize) -> bool {
    let digit = |at: usize| match name.get(at)? {
        byte @ b'0'..=b'9' => Some(byte - b'0'),
        byte @ b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
    let byte = digit(at + 1).zip(digit(at + 2)).map(|(high, low)| high << 4 | low);
    byte.is_some_and(|byte| !is_regular(byte) || byte == b'#')
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn only_the_shortest_spelling_of_a_number_is_read() {
        for (text, value) in [("0", 0), ("1.5", 1500), ("-0.02", -20), ("595.276", 595_276), ("12", 12_000)] {
            assert_eq!(Cursor::new(text.as_bytes()).milli(), Ok(value), "{text}");
        }
        for text in ["", "-", "-0", "00", "01", "1.", "1.50", ".5", "1.2345", "+1", "9999999999999"] {
            let mut cursor = Cursor::new(text.as_bytes());
            assert!(cursor.milli().is_err(), "{text}");
        }
        assert!(Cursor::new(b"1.5").integer().is_err());
        assert!(Cursor::new(b"-1").count().is_err());
    }

    #[test]
    fn strings_and_names_have_no_needless_escapes() {
        assert_eq!(Cursor::new(b"(a\\(\\)\\\\\\r)").string().unwrap().as_ref(), b"a()\\\r");
        for text in [&b"(a\\n)"[..], b"(a(b))", b"(a", b"(\r)", b"(\\101)", b"(a\\"] {
            assert!(Cursor::new(text).string().is_err(), "{text:?}");
        }
        assert_eq!(Cursor::new(b"/A#20B ").name(), Ok(&b"A#20B"[..]));
        for text in [&b"/"[..], b"/#41", b"/#2", b"/#2f", b"A"] {
            assert!(Cursor::new(text).name().is_err(), "{text:?}");
        }
    }
}
