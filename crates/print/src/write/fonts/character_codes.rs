//! Character codes. A code denotes a pair of glyph and text: a hyphen, a soft hyphen and U+2010 share a glyph but have
//! three codes, so that text extraction returns each unchanged.

use crate::fonts::FaceId;
use crate::write::WriteError;

/// The glyph and text of a code.
#[derive(Debug)]
pub(crate) struct Code {
    /// The glyph in the original face.
    pub(crate) glyph: u16,
    /// The text in `ToUnicode`; never empty.
    pub(crate) text: Box<str>,
    /// Previous code of the same glyph; 0 for none.
    earlier: u16,
}

/// Codes of one face in the order of first use. Code 0 is `.notdef`.
#[derive(Debug, Default)]
pub(crate) struct FaceCodes {
    codes: Vec<Code>,
    /// Last code of each glyph; 0 for none.
    by_glyph: Vec<u16>,
}

impl FaceCodes {
    /// Returns the code of a glyph with this text.
    pub(crate) fn code(&mut self, face: FaceId, glyph: u16, text: &str) -> Result<u16, WriteError> {
        let at = usize::from(glyph);
        if self.by_glyph.len() <= at {
            self.by_glyph.resize(at + 1, 0);
        }
        let earlier = self.by_glyph[at];
        let mut known = earlier;
        while known != 0 {
            let code = &self.codes[usize::from(known) - 1];
            if *code.text == *text {
                return Ok(known);
            }
            known = code.earlier;
        }
        let code = u16::try_from(self.codes.len() + 1).map_err(|_| WriteError::TooManyCodes { face })?;
        self.codes.push(Code { glyph, text: text.into(), earlier });
        self.by_glyph[at] = code;
        Ok(code)
    }

    /// Returns the codes in order, starting with code 1.
    pub(crate) fn codes(&self) -> &[Code] {
        &self.codes
    }
}

/// Maximum length of a code's text in `ToUnicode`, in UTF-16 units (ISO 32000-1, 9.10.3: 512 bytes).
const MAX_UNITS: usize = 256;

/// Returns whether `ToUnicode` suffices for this text. It must not contain U+0000, U+FEFF or U+FFFE, and text in a
/// private use area needs `ActualText` (ISO 19005-2, 6.2.11.7.2 and 6.2.11.7.3).
pub(crate) fn speaks_for_itself(text: &str) -> bool {
    !text.is_empty()
        && !text.chars().any(|c| is_forbidden(c) || is_private(c))
        && text.encode_utf16().count() <= MAX_UNITS
}

/// Returns a cluster's text without what `ToUnicode` must not contain, or `otherwise` if nothing is left.
pub(crate) fn mappable(text: &str, otherwise: &str) -> String {
    let mappable: String = text.chars().filter(|&c| !is_forbidden(c)).take(MAX_UNITS / 2).collect();
    if mappable.is_empty() { otherwise.to_owned() } else { mappable }
}

const fn is_forbidden(character: char) -> bool {
    matches!(character, '\0' | '\u{FEFF}' | '\u{FFFE}')
}

const fn is_private(character: char) -> bool {
    matches!(character, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}')
}

#[cfg(test)]
mod tests {
    use super::{FaceCodes, speaks_for_itself};
    use crate::fonts::FaceId;

    #[test]
    fn one_glyph_with_two_texts_has_two_codes() {
        let mut codes = FaceCodes::default();
        let hyphen = codes.code(FaceId::Serif, 7, "-").unwrap();
        let soft = codes.code(FaceId::Serif, 7, "\u{AD}").unwrap();
        assert_eq!((hyphen, soft), (1, 2));
        assert_eq!(codes.code(FaceId::Serif, 7, "-").unwrap(), hyphen);
    }

    #[test]
    fn private_use_and_empty_text_needs_actual_text() {
        assert!(speaks_for_itself("fi"));
        assert!(!speaks_for_itself("") && !speaks_for_itself("\u{E000}") && !speaks_for_itself("\0"));
    }
}
