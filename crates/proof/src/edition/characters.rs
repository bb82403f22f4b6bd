//! Characters as they are compared: what has no ink and what the printer adds or leaves out does not count.

/// Returns whether a character is one that a text is compared without: soft hyphens, bidi controls, and what
/// `ToUnicode` must not contain (ISO 19005-2, 6.2.11.7.2).
pub(super) const fn is_left_out(character: char) -> bool {
    matches!(character, '\u{AD}' | '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}' | '\0' | '\u{FEFF}' | '\u{FFFE}')
}

/// Returns whether a character is compared one by one.
pub(super) fn is_ink(character: char) -> bool {
    // Fast path: most characters are printable ASCII.
    matches!(character, '!'..='~') || (!is_left_out(character) && !character.is_whitespace())
}

/// Appends a text in the form in which texts are compared: white space as one space.
pub(super) fn append_squeezed(out: &mut String, text: &str) {
    for character in text.chars().filter(|character| !is_left_out(*character)) {
        if !character.is_whitespace() {
            out.push(character);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
}

/// Returns whether a text has a character of a script that is written from right to left, or one that makes others run so.
pub(super) fn has_right_to_left(text: &str) -> bool {
    text.chars().any(|character| {
        matches!(character, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
            | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}' | '\u{202B}' | '\u{202E}' | '\u{2067}')
    })
}

/// Returns whether a character is invisible in any font (Unicode `Default_Ignorable_Code_Point`, as far as it occurs).
pub(super) const fn is_ignorable(character: char) -> bool {
    matches!(character, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}
