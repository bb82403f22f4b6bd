//! Normal form for comparing texts.

use unicode_normalization::UnicodeNormalization as _;

/// Returns text in NFC, without bidi controls and soft hyphens, and with every run of white space as one space. Joiners stay, because they change the text.
pub fn normal_form(text: &str) -> String {
    if text.chars().all(is_settled) {
        squeezed(text.chars(), text.len())
    } else {
        squeezed(text.nfc(), text.len())
    }
}

/// Returns whether a character is NFC in every context. Most texts have no others: Latin below the first combining
/// mark, Cyrillic and Arabic letters, digits, joiners, dashes, quotation marks, and the placeholder of elements.
const fn is_settled(character: char) -> bool {
    matches!(character, ..'\u{300}' | '\u{400}'..='\u{482}' | '\u{620}'..='\u{64A}' | '\u{660}'..='\u{66F}'
        | '\u{671}'..='\u{6D3}' | '\u{6F0}'..='\u{6FF}' | '\u{200B}'..='\u{2027}' | '\u{FFFC}')
}

fn squeezed(characters: impl Iterator<Item = char>, length: usize) -> String {
    let mut normal = String::with_capacity(length);
    for character in characters.filter(|&c| c != '\u{AD}' && !is_bidi_control(c)) {
        if !character.is_whitespace() {
            normal.push(character);
        } else if !normal.ends_with(' ') {
            normal.push(' ');
        }
    }
    normal
}

const fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::normal_form;

    #[test]
    fn soft_hyphens_bidi_controls_and_further_spaces_are_left_out() {
        assert_eq!(normal_form("hy\u{AD}phen"), "hyphen");
        assert_eq!(normal_form("a \n\t\u{A0}b"), "a b");
        assert_eq!(normal_form("e\u{301}\u{200F}"), "é");
        assert_eq!(normal_form("می\u{200C}رود"), "می\u{200C}رود");
    }

    #[test]
    fn the_fast_path_equals_full_normalization() {
        use unicode_normalization::UnicodeNormalization as _;
        let settled: Vec<char> = ('\0'..=char::MAX).filter(|&c| super::is_settled(c)).collect();
        for &character in &settled {
            let text = String::from(character);
            assert!(text.nfc().eq(text.chars()), "{character:?}");
        }
        let text: String = settled.iter().flat_map(|&c| [c, 'a', c]).collect();
        assert!(text.nfc().eq(text.chars()));
    }

    #[test]
    fn white_space_around_a_soft_hyphen_stays() {
        assert_eq!(normal_form("a \u{AD}b\u{AD} c"), "a b c");
    }
}
