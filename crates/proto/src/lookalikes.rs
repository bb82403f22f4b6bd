//! Characters that look like ASCII ones, or do their work in another script: keyboards write them where the text form has
//! ASCII.

/// The commas of other scripts.
pub const COMMAS: [char; 4] = ['،', '，', '、', '﹐'];

/// The semicolons of other scripts, and the Greek question mark, which looks like one.
pub const SEMICOLONS: [char; 4] = ['؛', '；', '﹔', '\u{37e}'];

/// The first digit of each script that keyboards write.
const ZEROS: [char; 20] =
    ['٠', '۰', '߀', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '༠', '၀', '០', '᠐', '０', '𝟎'];

/// Letters of other scripts that look like the Latin ones.
const LETTERS: [(&str, &str); 2] =
    [("АВЕКМНОРСТХаеорсухіјѕІЈЅ", "ABEKMHOPCTXaeopcyxijsIJS"), ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo")];

/// Returns the value of a digit of any script.
pub fn digit(c: char) -> Option<char> {
    if c.is_ascii_digit() {
        return Some(c);
    }
    let value = ZEROS
        .iter()
        .find_map(|zero| u32::from(c).checked_sub(u32::from(*zero)).filter(|value| *value < 10))?;
    char::from_digit(value, 10)
}

/// Returns whether a character is invisible: a mark of direction, or one that joins or separates letters.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Returns the ASCII character for another one; none if there is none.
fn ascii(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c);
    }
    let letter = |(others, latin): &(&str, &str)| {
        others.chars().position(|other| other == c).and_then(|at| latin.chars().nth(at))
    };
    digit(c).or_else(|| LETTERS.iter().find_map(letter)).or(match c {
        '٪' | '％' | '﹪' => Some('%'),
        c if COMMAS.contains(&c) => Some(','),
        c if SEMICOLONS.contains(&c) => Some(';'),
        '\u{2010}'..='\u{2015}' | '−' | '﹣' => Some('-'),
        // The full-width forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        c if c.is_whitespace() => Some(' '),
        _ => None,
    })
}

/// Returns a text in ASCII, without invisible characters; none if it is ASCII already, or has other characters.
pub fn in_ascii(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    text.chars().filter(|c| !is_invisible(*c)).map(ascii).collect()
}

/// Names the first character of a text that is not ASCII, for messages.
pub fn described(text: &str) -> String {
    let Some(c) = text.chars().find(|c| !c.is_ascii()) else { return String::new() };
    let code = format!("U+{:04X}", u32::from(c));
    match c {
        c if is_invisible(c) => format!("the invisible character {code}"),
        c if digit(c).is_some() => format!("the digit {c} ({code})"),
        '\u{370}'..='\u{3ff}' => format!("the Greek letter {c} ({code})"),
        '\u{400}'..='\u{4ff}' => format!("the Cyrillic letter {c} ({code})"),
        c if c.is_alphabetic() => format!("the letter {c} ({code})"),
        c => format!("the sign {c} ({code})"),
    }
}

#[cfg(test)]
mod tests {
    use super::{described, digit, in_ascii};

    #[test]
    fn digits_signs_and_letters_have_ascii_ones() {
        assert_eq!(in_ascii("likely ۶۰–۷۵٪").as_deref(), Some("likely 60-75%"));
        assert_eq!(in_ascii("А1").as_deref(), Some("A1"));
        assert_eq!(in_ascii("Ｂ２\u{200c}").as_deref(), Some("B2"));
        assert_eq!(in_ascii("بخش"), None);
        assert_eq!(in_ascii("B2"), None);
        assert_eq!((digit('٩'), digit('５'), digit('x')), (Some('9'), Some('5'), None));
    }

    #[test]
    fn the_first_other_character_is_named() {
        assert_eq!(described("А1"), "the Cyrillic letter А (U+0410)");
        assert_eq!(described("60٪"), "the sign ٪ (U+066A)");
        assert_eq!(described("s-04\u{200c}"), "the invisible character U+200C");
        assert_eq!(described("s-۰۴"), "the digit ۰ (U+06F0)");
    }
}
