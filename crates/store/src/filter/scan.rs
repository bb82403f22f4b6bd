//! Splits a filter into pieces. The parser decides which piece may come next, because a colon ends a field's name but
//! may be part of a timestamp.

use unicode_normalization::UnicodeNormalization as _;

use crate::filter::error::FilterError;

/// How a field is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Has,
}

impl Comparator {
    /// Longer operators come first, because the shorter ones are their prefixes.
    const ALL: [(&'static str, Self); 7] = [
        ("!=", Self::NotEqual),
        ("<=", Self::LessOrEqual),
        (">=", Self::GreaterOrEqual),
        ("=", Self::Equal),
        ("<", Self::Less),
        (">", Self::Greater),
        (":", Self::Has),
    ];

    pub(super) fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, comparator)| *comparator == self).map_or("", |(text, _)| text)
    }
}

/// A piece of the caller's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) position: usize,
    pub(super) text: &'a str,
}

impl Piece<'_> {
    pub(super) fn refused(&self, description: impl Into<String>) -> FilterError {
        FilterError::new(self.position, self.text, description)
    }
}

/// The value in a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value<'a> {
    /// The text as written.
    pub(super) piece: Piece<'a>,
    /// The value without quotation marks and escapes, in NFC.
    pub(super) text: String,
    pub(super) is_quoted: bool,
}

/// The text and the current offset.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn take(&mut self, length: usize) -> Piece<'a> {
        let piece = Piece { position: self.at, text: &self.rest()[..length] };
        self.at += length;
        piece
    }

    pub(super) fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    pub(super) fn at_end(&self) -> bool {
        self.rest().is_empty()
    }

    /// Returns the text up to the next blank, for errors.
    pub(super) fn here(&self) -> Piece<'a> {
        let text = self.rest();
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        Piece { position: self.at, text: &text[..end] }
    }

    /// Consumes a character if it is next.
    pub(super) fn sign(&mut self, sign: char) -> Option<Piece<'a>> {
        self.rest().starts_with(sign).then(|| self.take(sign.len_utf8()))
    }

    /// Consumes a keyword if it is next. Requires a blank, or the start or end of the text, on both sides.
    pub(super) fn keyword(&mut self, keyword: &str) -> Result<bool, FilterError> {
        let word = self.name_here();
        if word != keyword {
            return Ok(false);
        }
        let before = self.text[..self.at].chars().next_back();
        let after = self.rest()[word.len()..].chars().next();
        let is_apart = |sign: Option<char>| sign.is_none_or(char::is_whitespace);
        if !(is_apart(before) || before == Some('(')) || !is_apart(after) {
            return Err(self.here().refused(format!("{keyword} must have a blank on both sides")));
        }
        self.take(word.len());
        Ok(true)
    }

    /// Consumes a field's name: letters, digits, `_` and `.`; empty when none is next.
    pub(super) fn name(&mut self) -> Piece<'a> {
        let length = self.name_here().len();
        self.take(length)
    }

    fn name_here(&self) -> &'a str {
        let is_part = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.');
        let text = self.rest();
        &text[..text.find(|sign| !is_part(sign)).unwrap_or(text.len())]
    }

    pub(super) fn comparator(&mut self) -> Option<Comparator> {
        let found = Comparator::ALL.iter().find(|(text, _)| self.rest().starts_with(text));
        found.map(|(text, comparator)| {
            self.take(text.len());
            *comparator
        })
    }

    /// Consumes a value, and normalises it to NFC as stored texts are.
    pub(super) fn value(&mut self) -> Result<Value<'a>, FilterError> {
        let mut value = if self.rest().starts_with('"') { self.quoted()? } else { self.bare()? };
        value.text = value.text.nfc().collect();
        match self.rest().chars().next() {
            None | Some(')') => Ok(value),
            Some(sign) if sign.is_whitespace() => Ok(value),
            Some('(') => Err(value.piece.refused("functions are not supported")),
            Some('*') => Err(self.here().refused("wildcards are not supported: quote the value")),
            Some(_) => Err(self.here().refused("unexpected character in a value: quote the value")),
        }
    }

    fn bare(&mut self) -> Result<Value<'a>, FilterError> {
        let is_end = |sign: char| {
            sign.is_whitespace()
                || matches!(sign, '(' | ')' | '"' | '\'' | ',' | '=' | '<' | '>' | '!' | '*' | '\\')
        };
        let text = self.rest();
        let length = text.find(is_end).unwrap_or(text.len());
        match &text[..length] {
            "" if text.starts_with('*') => {
                Err(self.here().refused("wildcards are not supported: quote the value"))
            }
            "" => Err(self.here().refused("expected a value; write an empty value as \"\"")),
            "AND" | "OR" | "NOT" => {
                Err(self.here().refused("expected a value; quote AND, OR and NOT to use them as values"))
            }
            word => {
                let text = word.to_owned();
                Ok(Value { piece: self.take(length), text, is_quoted: false })
            }
        }
    }

    fn quoted(&mut self) -> Result<Value<'a>, FilterError> {
        let (start, mut text) = (self.at, String::new());
        let mut signs = self.rest().char_indices().skip(1);
        while let Some((offset, sign)) = signs.next() {
            match sign {
                '"' => return Ok(Value { piece: self.take(offset + 1), text, is_quoted: true }),
                '\\' => {
                    let Some((_, escaped @ ('"' | '\\'))) = signs.next() else {
                        let piece = Piece { position: start + offset, text: "\\" };
                        return Err(piece.refused("in quotes, a backslash can only escape \" or \\"));
                    };
                    text.push(escaped);
                }
                other => text.push(other),
            }
        }
        Err(self.here().refused("unclosed quotation mark"))
    }
}
