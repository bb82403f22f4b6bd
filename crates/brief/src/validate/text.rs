//! Texts: allowed code points and normalisation.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::code;

/// The reason that a text is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: &'static str,
    pub(super) message: String,
}

/// Canonicalises a text. Code points that no font can show become U+FFFD, one for one. The text is normalised to NFC;
/// with spans, which count its code points and would shift, a text that is not in NFC is rejected.
pub(super) fn clean(text: &str, has_spans: bool) -> Result<Cow<'_, str>, Fault> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Ok(Cow::Borrowed(text));
    }
    refuse_controls(text)?;
    refuse_unbalanced_bidi(text)?;
    let shown: Cow<'_, str> = if text.chars().any(is_unshowable) {
        text.chars().map(|c| if is_unshowable(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
    } else {
        Cow::Borrowed(text)
    };
    if is_nfc(&shown) {
        return Ok(shown);
    }
    if has_spans {
        let message =
            "a text with spans must be in Unicode normalisation form C, because spans count its code points";
        return Err(Fault { code: code::NOT_NFC, message: message.to_owned() });
    }
    Ok(Cow::Owned(shown.nfc().collect()))
}

/// Rejects control characters (Cc), and separators that would break a line inside a sentence.
fn refuse_controls(text: &str) -> Result<(), Fault> {
    let control = |c: &char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let Some((index, character)) = text.chars().enumerate().find(|(_, c)| control(c)) else { return Ok(()) };
    let message =
        format!("U+{:04X} at code point {index} is a control character: remove it", u32::from(character));
    Err(Fault { code: code::CONTROL_CHARACTER, message })
}

/// Rejects embeddings, overrides and isolates (UAX #9) that do not close or that cross, because they would reorder text
/// around them on the page: another sentence, a marking, a number.
fn refuse_unbalanced_bidi(text: &str) -> Result<(), Fault> {
    const POP_EMBEDDING: char = '\u{202c}';
    const POP_ISOLATE: char = '\u{2069}';
    let mut open = Vec::new();
    for (index, character) in text.chars().enumerate() {
        match character {
            '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => {
                open.push((POP_EMBEDDING, index, character));
            }
            '\u{2066}'..='\u{2068}' => open.push((POP_ISOLATE, index, character)),
            POP_EMBEDDING | POP_ISOLATE if open.pop().is_none_or(|(closer, ..)| closer != character) => {
                return Err(unbalanced(index, character));
            }
            _ => {}
        }
    }
    open.last().map_or(Ok(()), |(_, index, character)| Err(unbalanced(*index, *character)))
}

fn unbalanced(index: usize, character: char) -> Fault {
    let name = match character {
        '\u{202a}' => "left-to-right embedding",
        '\u{202b}' => "right-to-left embedding",
        '\u{202c}' => "pop directional formatting",
        '\u{202d}' => "left-to-right override",
        '\u{202e}' => "right-to-left override",
        '\u{2066}' => "left-to-right isolate",
        '\u{2067}' => "right-to-left isolate",
        '\u{2068}' => "first strong isolate",
        _ => "pop directional isolate",
    };
    let message = format!(
        "the direction control U+{:04X}, {name}, at code point {index} is not paired within the text: close it or remove it",
        u32::from(character)
    );
    Fault { code: code::UNBALANCED_BIDI, message }
}

/// Returns whether a code point is unassigned, a noncharacter (both Cn) or the byte order mark.
fn is_unshowable(character: char) -> bool {
    character == '\u{feff}' || character.general_category() == GeneralCategory::Unassigned
}

#[cfg(test)]
mod tests {
    use super::{clean, code};

    #[test]
    fn unshowable_code_points_become_replacement_characters() {
        assert_eq!(
            clean("a\u{feff}b\u{fffe}c\u{1ffff}d\u{0378}e", true).unwrap(),
            "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e"
        );
        assert_eq!(clean("private \u{e000} stays", false).unwrap(), "private \u{e000} stays");
    }

    #[test]
    fn a_text_without_spans_is_normalised() {
        assert_eq!(clean("cafe\u{301}", false).unwrap(), "café");
        assert_eq!(clean("cafe\u{301}", true).unwrap_err().code, code::NOT_NFC);
        assert_eq!(clean("café", true).unwrap(), "café");
    }

    #[test]
    fn control_characters_and_line_separators_are_refused() {
        for text in ["a\tb", "a\nb", "\0", "\u{7f}", "\u{85}", "\u{2028}", "é\u{1b}"] {
            assert_eq!(clean(text, false).unwrap_err().code, code::CONTROL_CHARACTER, "{text:?}");
        }
        assert_eq!(
            clean("ab\u{7}", false).unwrap_err().message,
            "U+0007 at code point 2 is a control character: remove it"
        );
    }

    #[test]
    fn direction_controls_must_be_paired() {
        for text in ["\u{2067}a", "a\u{2069}", "\u{202e}a", "a\u{202c}", "\u{2067}\u{202a}a\u{2069}\u{202c}"]
        {
            assert_eq!(clean(text, false).unwrap_err().code, code::UNBALANCED_BIDI, "{text:?}");
        }
        for text in ["\u{2067}ایران\u{2069}", "\u{202b}a\u{2066}b\u{2069}\u{202c}", "می\u{200c}شود\u{200f}"]
        {
            assert_eq!(clean(text, false).unwrap(), text);
        }
    }
}
