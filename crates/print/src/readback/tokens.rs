//! Lexer for content streams and objects of the printer (ISO 32000-1, 7.2 and 7.8.2).

use std::borrow::Cow;

/// A token.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    Operator(&'a [u8]),
    Name(&'a [u8]),
    Number(&'a [u8]),
    String(Cow<'a, [u8]>),
    /// `[`, `]`, `<<` or `>>`.
    Delimiter(&'static str),
}

/// Splits a content stream into tokens.
pub(super) struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub(super) const fn new(content: &'a [u8]) -> Self {
        Self { rest: content }
    }

    /// Returns the unread content.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(count.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    /// Reads up to white space or a delimiter.
    fn word(&mut self) -> &'a [u8] {
        let end = self.rest.iter().position(|&byte| is_white(byte) || is_delimiter(byte));
        self.take(end.unwrap_or(self.rest.len()))
    }

    /// Reads a literal string after its `(` (7.3.4.2), borrowed unless it has escapes.
    fn literal(&mut self) -> Cow<'a, [u8]> {
        let end = self.rest.iter().position(|byte| matches!(byte, b'(' | b')' | b'\\'));
        match end {
            Some(end) if self.rest[end] == b')' => {
                let string = self.take(end);
                self.take(1);
                Cow::Borrowed(string)
            }
            _ => Cow::Owned(self.escaped_literal()),
        }
    }

    fn escaped_literal(&mut self) -> Vec<u8> {
        let mut string = Vec::new();
        let mut depth = 0;
        while let [byte, rest @ ..] = self.rest {
            self.rest = rest;
            match byte {
                b'(' => depth += 1,
                b')' if depth == 0 => break,
                b')' => depth -= 1,
                b'\\' => {
                    self.escaped(&mut string);
                    continue;
                }
                _ => {}
            }
            string.push(*byte);
        }
        string
    }

    fn escaped(&mut self, string: &mut Vec<u8>) {
        let [byte, rest @ ..] = self.rest else { return };
        self.rest = rest;
        match byte {
            b'n' => string.push(b'\n'),
            b'r' => string.push(b'\r'),
            b't' => string.push(b'\t'),
            b'b' => string.push(8),
            b'f' => string.push(12),
            b'\n' => {}
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    let [digit @ b'0'..=b'7', rest @ ..] = self.rest else { break };
                    value = value * 8 + u32::from(digit - b'0');
                    self.rest = rest;
                }
                string.push((value & 0xFF) as u8);
            }
            other => string.push(*other),
        }
    }

    /// Reads a hexadecimal string after its `<` (7.3.4.3).
    fn hexadecimal(&mut self) -> Vec<u8> {
        let end = self.rest.iter().position(|&byte| byte == b'>').unwrap_or(self.rest.len());
        let digits: Vec<u8> = self.take(end).iter().filter_map(|&byte| digit(byte)).collect();
        self.take(1);
        digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let start = self.rest.iter().position(|&byte| !is_white(byte))?;
        self.take(start);
        Some(match self.rest {
            [b'<', b'<', ..] => {
                self.take(2);
                Token::Delimiter("<<")
            }
            [b'>', b'>', ..] => {
                self.take(2);
                Token::Delimiter(">>")
            }
            [b'[', ..] => {
                self.take(1);
                Token::Delimiter("[")
            }
            [b']', ..] => {
                self.take(1);
                Token::Delimiter("]")
            }
            [b'(', ..] => {
                self.take(1);
                Token::String(self.literal())
            }
            [b'<', ..] => {
                self.take(1);
                Token::String(self.hexadecimal().into())
            }
            [b'/', ..] => {
                self.take(1);
                Token::Name(self.word())
            }
            [b'0'..=b'9' | b'-' | b'+' | b'.', ..] => Token::Number(self.word()),
            _ => match self.word() {
                // Skips a stray delimiter.
                [] => Token::Operator(self.take(1)),
                word => Token::Operator(word),
            },
        })
    }
}

const fn is_white(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::{Token, Tokens};

    #[test]
    fn strings_are_read_with_their_escapes() {
        let tokens: Vec<Token> = Tokens::new(b"[(a\\(\\)\\\\\\r\\101)-12<00F>]TJ").collect();
        assert_eq!(
            tokens,
            [
                Token::Delimiter("["),
                Token::String(b"a()\\\rA".into()),
                Token::Number(b"-12"),
                Token::String(vec![0, 0xF0].into()),
                Token::Delimiter("]"),
                Token::Operator(b"TJ"),
            ]
        );
    }

    #[test]
    fn reading_ends_for_malformed_input() {
        for content in [&b"((("[..], b"<<<", b")", b"{}", b"\\", b"/", b"(\\"] {
            assert!(Tokens::new(content).count() <= 4);
        }
    }
}
