//! Texts: which code points may stand in one, and in which form.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::code;

/// Why a text is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: &'static str,
    pub(super) message: String,
}

/// The text as it is kept. What no font could show becomes U+FFFD, code point for code point. A text that is not
/// in NFC is normalised, unless spans count its code points: then it is refused, because they would move.
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
            "a text with spans must be in Unicode normalisation form C, because they count its code points";
        return Err(Fault { code: code::NOT_NFC, message: message.to_owned() });
    }
    Ok(Cow::Owned(shown.nfc().collect()))
}

/// Control characters (Cc), and the separators that would break the line inside a sentence.
fn refuse_controls(text: &str) -> Result<(), Fault> {
    let control = |c: &char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let Some((place, found)) = text.chars().enumerate().find(|(_, c)| control(c)) else { return Ok(()) };
    let message = format!("U+{:04X} at code point {place} is a control character", u32::from(found));
    Err(Fault { code: code::CONTROL_CHARACTER, message })
}

/// Embeddings, overrides and isolates (UAX #9) that do not close, or that cross, would reorder what stands
/// around the text on the page: another sentence, a marking, a number.
fn refuse_unbalanced_bidi(text: &str) -> Result<(), Fault> {
    const POP_EMBEDDING: char = '\u{202c}';
    const POP_ISOLATE: char = '\u{2069}';
    let mut open = Vec::new();
    for (place, character) in text.chars().enumerate() {
        match character {
            '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => open.push((POP_EMBEDDING, place)),
            '\u{2066}'..='\u{2068}' => open.push((POP_ISOLATE, place)),
            POP_EMBEDDING | POP_ISOLATE if open.pop().is_none_or(|(closer, _)| closer != character) => {
                return Err(unbalanced(place));
            }
            _ => {}
        }
    }
    open.last().map_or(Ok(()), |(_, place)| Err(unbalanced(*place)))
}

fn unbalanced(place: usize) -> Fault {
    let message = format!("the direction control at code point {place} is not paired within the text");
    Fault { code: code::UNBALANCED_BIDI, message }
}

/// Unassigned code points, noncharacters (both Cn) and the byte order mark.
fn is_unshowable(character: char) -> bool {
    character == '\u{feff}' || character.general_category() == GeneralCategory::Unassigned
}

#[cfg(test)]
mod tests {
    use super::{clean, code};

    #[test]
    fn what_no_font_shows_becomes_the_replacement_character_one_for_one() {
        assert_eq!(
            clean("a\u{feff}b\u{fffe}c\u{1ffff}d\u{0378}e", true).unwrap(),
            "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e"
        );
        assert_eq!(clean("private \u{e000} stays", false).unwrap(), "private \u{e000} stays");
    }

    #[test]
    fn a_text_is_normalised_unless_spans_count_its_code_points() {
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
            "U+0007 at code point 2 is a control character"
        );
    }

    #[test]
    fn direction_controls_must_pair_within_the_text() {
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
