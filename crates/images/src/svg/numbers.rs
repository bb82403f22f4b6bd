//! Numbers in attributes (SVG 1.1, 8.3.9), separated by white space, one comma, or nothing.

use super::Problem;

pub(super) struct Scanner<'a> {
    rest: &'a str,
}

/// Maximum number; no position on a page is larger.
const LARGEST: f64 = 1e9;

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.trim_ascii_start() }
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes the next character if it is a letter.
    pub(super) fn letter(&mut self) -> Option<u8> {
        let letter = self.rest.bytes().next().filter(u8::is_ascii_alphabetic)?;
        self.rest = self.rest[1..].trim_ascii_start();
        Some(letter)
    }

    /// Returns whether a number begins here.
    pub(super) fn is_at_number(&self) -> bool {
        self.rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'))
    }

    pub(super) fn number(&mut self) -> Result<f64, Problem> {
        let bytes = self.rest.as_bytes();
        let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
        let mut end = sign + digits(&bytes[sign..]);
        let mut has_digits = end > sign;
        if bytes.get(end) == Some(&b'.') {
            let fraction = digits(&bytes[end + 1..]);
            has_digits |= fraction > 0;
            end += 1 + fraction;
        }
        if let Some(b'e' | b'E') = bytes.get(end) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = bytes.get(end + 1 + sign..).map_or(0, digits);
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        let text = &self.rest[..end];
        let value: f64 = text.parse().ok().filter(|_| has_digits).ok_or_else(|| self.not_a_number())?;
        if value.abs() > LARGEST {
            return Err(format!("the number {text} is too large").into());
        }
        self.rest = &self.rest[end..];
        self.separator();
        Ok(value)
    }

    /// Returns an arc's flag: one digit, which the next number may follow without a space.
    pub(super) fn flag(&mut self) -> Result<bool, Problem> {
        let flag = match self.rest.bytes().next() {
            Some(b'0') => false,
            Some(b'1') => true,
            _ => return Err(self.not_a_number()),
        };
        self.rest = &self.rest[1..];
        self.separator();
        Ok(flag)
    }

    fn separator(&mut self) {
        let rest = self.rest.trim_ascii_start();
        self.rest = rest.strip_prefix(',').unwrap_or(rest).trim_ascii_start();
    }

    pub(super) fn not_a_number(&self) -> Problem {
        format!("expected a number at {:?}", self.rest.chars().take(12).collect::<String>()).into()
    }
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Parses a text that is one number.
pub(super) fn whole(text: &str) -> Result<f64, Problem> {
    let mut scanner = Scanner::new(text);
    let number = scanner.number()?;
    if scanner.is_at_end() { Ok(number) } else { Err(format!("{text:?} is not a number").into()) }
}

#[cfg(test)]
mod tests {
    use super::{Scanner, whole};

    #[test]
    fn numbers_may_follow_each_other_without_a_space() {
        let mut scanner = Scanner::new(" 1.5.5-2e1,+3 ");
        let numbers: Vec<f64> = std::iter::from_fn(|| scanner.number().ok()).collect();
        assert_eq!(numbers, [1.5, 0.5, -20.0, 3.0]);
    }

    #[test]
    fn only_finite_numbers_are_accepted() {
        for text in ["", "-", ".", "NaN", "inf", "1e309", "-1e309", "1e", "0x10", "1 2", "e5"] {
            assert!(whole(text).is_err(), "{text}");
        }
    }
}
