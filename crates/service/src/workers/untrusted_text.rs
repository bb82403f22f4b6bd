//! Text of workers, which operators and callers see in terminals.

/// Returns whether a character is a control character, or one that is not seen and changes how others are: of direction,
/// joining and line breaks.
pub(crate) fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Returns at most so many characters of a text, on one line, with a replacement character for each that is unprintable.
pub(crate) fn printable(text: &str, limit: usize) -> String {
    let shown = |character| if is_unprintable(character) { char::REPLACEMENT_CHARACTER } else { character };
    text.chars().take(limit).map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn terminals_get_no_control_and_no_format_characters() {
        let hostile = "a\u{1b}[2Jb\nc\u{7}\u{202e}d\u{200b}e\u{9b}f";
        assert_eq!(printable(hostile, 100), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}\u{fffd}d\u{fffd}e\u{fffd}f");
        assert_eq!(printable("Überlänge — ok", 9), "Überlänge");
    }
}
