//! Text strings (ISO 32000-1, 7.9.2.2).

use std::borrow::Cow;

/// Decodes a text string (ISO 32000-1, 7.9.2.2): UTF-16BE with a byte order mark, otherwise one byte per character,
/// which suffices for the writer's ASCII.
pub(super) fn text_string(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xFE, 0xFF, units @ ..] => {
            let units =
                units.chunks(2).map(|unit| u16::from_be_bytes([unit[0], unit.get(1).copied().unwrap_or(0)]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        _ => match std::str::from_utf8(bytes) {
            Ok(text) if text.is_ascii() => Cow::Borrowed(text),
            _ => bytes.iter().copied().map(char::from).collect(),
        },
    }
}
