//! Printed form of web addresses. Links keep the encoded form.

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::is_nfc;

use crate::hexadecimal;
use crate::text::is_default_ignorable;

/// Returns an address as a reader knows it: without `https://`, and with percent-encoding decoded where a font covers
/// the character (RFC 3987, 3.2). Spaces, reserved, invisible and bidi characters stay encoded, so that the text is
/// still the address.
pub(crate) fn readable(url: &str, covers: impl Fn(char) -> bool) -> String {
    let url = url.strip_prefix("https://").filter(|rest| !rest.is_empty()).unwrap_or(url);
    let mut text = String::with_capacity(url.len());
    let mut rest = url;
    while let Some(c) = rest.chars().next() {
        let escaped = escaped_bytes(rest);
        if !escaped.is_empty() {
            decode(&mut text, &escaped, &covers);
            rest = &rest[escaped.len() * 3..];
            continue;
        }
        if c.is_ascii_graphic() || is_printed(c, text.chars().next_back(), &covers) {
            text.push(c);
        } else {
            encode(&mut text, c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        rest = &rest[c.len_utf8()..];
    }
    // Characters that a later normalisation would compose or reorder are another address.
    if is_nfc(&text) { text } else { url.to_owned() }
}

/// Appends decoded bytes; what is not printed is encoded again.
fn decode(text: &mut String, bytes: &[u8], covers: &impl Fn(char) -> bool) {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_unreserved(c) || (!c.is_ascii() && is_printed(c, text.chars().next_back(), covers)) {
                text.push(c);
            } else {
                encode(text, c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        encode(text, chunk.invalid());
    }
}

fn encode(text: &mut String, bytes: &[u8]) {
    for &byte in bytes {
        text.push('%');
        text.extend(hexadecimal::upper(byte).map(char::from));
    }
}

/// Decodes the percent-encoded bytes at the start of a text.
fn escaped_bytes(text: &str) -> Vec<u8> {
    let escaped = |triplet: &[u8]| match triplet {
        [b'%', digits @ ..] if digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit) => {
            u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
        }
        _ => None,
    };
    text.as_bytes().chunks(3).map_while(escaped).collect()
}

/// Returns whether a character means the same encoded and decoded (RFC 3986, 2.3).
const fn is_unreserved(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~')
}

/// Returns whether a character outside of ASCII is printed as itself after another.
fn is_printed(c: char, before: Option<char>, covers: &impl Fn(char) -> bool) -> bool {
    let is_mark = canonical_combining_class(c) != 0;
    !c.is_ascii()
        && !c.is_control()
        && !c.is_whitespace()
        && !is_default_ignorable(c)
        && !is_private_or_special(c)
        && !looks_reserved(c)
        && !(is_mark && before.is_none_or(|before| before.is_ascii() && !before.is_ascii_alphanumeric()))
        && covers(c)
}

/// Private use, and U+FFF9 to U+FFFD.
const fn is_private_or_special(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fff9}'..='\u{fffd}' | '\u{f0000}'..)
}

/// Returns whether a character could be taken for a delimiter of an address.
const fn looks_reserved(c: char) -> bool {
    matches!(c, '\u{2024}' | '\u{2044}' | '\u{2215}' | '\u{2236}' | '\u{29f8}' | '\u{3002}' | '\u{a789}'
        | '\u{ff01}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

#[cfg(test)]
mod tests {
    use super::readable;

    fn printed(url: &str) -> String {
        readable(url, |c| !('\u{900}'..'\u{a00}').contains(&c))
    }

    #[test]
    fn letters_and_dashes_are_shown_and_the_rest_stays_encoded() {
        for (url, expected) in [
            ("https://a.ir/%D8%A7%DB%8C/%20x?q=%25", "a.ir/\u{627}\u{6cc}/%20x?q=%25"),
            ("http://a/Iran%E2%80%93Russia_%C2%ABx%C2%BB", "http://a/Iran–Russia_«x»"),
            ("https://a/b%2Fc%3F%7Ed%41", "a/b%2Fc%3F~dA"),
            ("https://a/%D8%A7%E2%80%AE", "a/\u{627}%E2%80%AE"),
            ("https://a/\u{631}\u{200c}\u{627}\u{a0}x", "a/\u{631}%E2%80%8C\u{627}%C2%A0x"),
            ("https://a/%e2%81%84%EF%BC%8F", "a/%E2%81%84%EF%BC%8F"),
            ("https://a/%D8", "a/%D8"),
            ("https://", "https://"),
            ("100%", "100%"),
            ("%zz%d0%b0", "%zz\u{430}"),
        ] {
            assert_eq!(printed(url), expected, "{url}");
        }
    }

    #[test]
    fn characters_without_a_glyph_stay_encoded() {
        assert_eq!(printed("https://a/%E0%A4%95%d0%b0"), "a/%E0%A4%95\u{430}");
    }

    #[test]
    fn marks_do_not_combine_with_delimiters_nor_change_the_address() {
        assert_eq!(printed("https://a/%CC%81x"), "a/%CC%81x");
        assert_eq!(printed("https://a/e%CC%81"), "a/e%CC%81");
    }
}
