//! Finds the place in a cell's number at which the numbers of a column are aligned: the end of its integer part.

/// Languages that write a decimal comma (Unicode CLDR), separated by spaces.
const COMMA_LANGUAGES: &str = "af az be bg bs ca cs da de el es et eu fi fr gl hr hu hy id is it ka kk ky lt lv mk \
    nb nl nn no pl pt ro ru sk sl sq sr sv tg tr uk uz vi";

/// The Arabic decimal separator.
const ARABIC_DECIMAL: char = '\u{66b}';

/// Returns the decimal sign of a language: a comma or a point.
pub(super) fn decimal_sign(language: &str) -> char {
    let primary = language.split('-').next().unwrap_or_default();
    if COMMA_LANGUAGES.split(' ').any(|of| of.eq_ignore_ascii_case(primary)) { ',' } else { '.' }
}

/// Returns the byte offset after the integer part of a cell's number, or `None` for a cell without a digit.
///
/// The first number of the cell counts, without sign, currency, unit, exponent or note; of a range, such as "3–5", the
/// last. A sign that may be either is read as the text suggests: "1,234.5" has a decimal point in any language,
/// "1,234" has one only where commas are decimal, and "4,9" has none that is a thousands separator.
pub(super) fn integer_end(text: &str, decimal: char) -> Option<usize> {
    let mut number = Number::first(text, 0)?;
    while let Some(next) =
        Number::first(text, number.end).filter(|next| is_range(&text[number.end..next.start]))
    {
        number = next;
    }
    Some(number.start + integer_length(&text[number.start..number.end], decimal))
}

/// The range of a number's digits and separators.
struct Number {
    start: usize,
    end: usize,
}

impl Number {
    /// Returns the first number at or after an offset.
    fn first(text: &str, from: usize) -> Option<Self> {
        let found = text[from..].char_indices().find(|(_, c)| is_digit(*c))?;
        let digit = from + found.0;
        let mut before = text[from..digit].chars().rev();
        // A number may begin with its decimal sign, as in ".5".
        let sign = before.next().filter(|c| matches!(*c, '.' | ',' | ARABIC_DECIMAL));
        let sign = sign.filter(|_| !before.next().is_some_and(char::is_alphanumeric));
        let start = sign.map_or(digit, |sign| digit - sign.len_utf8());
        let mut end = digit;
        let mut rest = text[digit..].chars();
        while let Some(c) = rest.next() {
            let continues = is_separator(c) && joins(c, rest.as_str());
            if !is_digit(c) && !continues {
                break;
            }
            end += c.len_utf8();
        }
        Some(Self { start, end })
    }
}

/// Returns whether a separator belongs to the number that `rest` continues: before a digit, and a space only before a
/// group of three.
fn joins(separator: char, rest: &str) -> bool {
    let digits = rest.chars().take_while(|c| is_digit(*c)).count();
    if separator == ' ' { digits == 3 } else { digits > 0 }
}

/// Returns the length of the integer part of a number.
fn integer_length(number: &str, decimal: char) -> usize {
    if let Some(at) = number.find(ARABIC_DECIMAL) {
        return at;
    }
    let Some(at) = number.rfind(['.', ',']) else { return number.len() };
    let (integer, fraction) = (&number[..at], &number[at + 1..]);
    let sign = &number[at..=at];
    if integer.contains(sign) {
        return number.len();
    }
    let is_first_group = (1..=3).contains(&integer.chars().count()) && integer != "0";
    let is_group = is_first_group && fraction.chars().count() == 3 && !sign.contains(decimal);
    if is_group { number.len() } else { at }
}

/// Returns whether the text between two numbers makes them a range: a dash, with nothing else than the first number's
/// unit or the second's currency.
fn is_range(between: &str) -> bool {
    let is_exponent = matches!(between, "e-" | "E-");
    let is_dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2014}');
    let belongs = |c: char| {
        is_dash(c)
            || c.is_alphabetic()
            || c.is_whitespace()
            || matches!(c, '%' | '\u{66a}' | '$' | '\u{a3}' | '\u{a5}' | '\u{20a0}'..='\u{20cf}')
    };
    !is_exponent && between.chars().filter(|c| is_dash(*c)).count() == 1 && between.chars().all(belongs)
}

/// Returns whether a character is a digit of any script, not a raised or lowered one.
fn is_digit(c: char) -> bool {
    let is_raised = matches!(c, '\u{b2}' | '\u{b3}' | '\u{b9}' | '\u{bc}'..='\u{be}' | '\u{2070}'..='\u{218b}')
        || matches!(c, '\u{2460}'..='\u{24ff}' | '\u{2776}'..='\u{2793}');
    c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric() && !is_raised)
}

/// Returns whether a character may be inside a number: a decimal sign, or a separator of thousands.
const fn is_separator(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | ' ' | '\'' | '\u{2019}' | '\u{a0}' | '\u{2009}' | '\u{202f}' | ARABIC_DECIMAL | '\u{66c}'
    )
}

#[cfg(test)]
mod tests {
    use super::{decimal_sign, integer_end};

    /// Returns a text with a bar where it is aligned.
    fn aligned(text: &str, language: &str) -> String {
        let Some(at) = integer_end(text, decimal_sign(language)) else { return text.to_owned() };
        format!("{}|{}", &text[..at], &text[at..])
    }

    #[test]
    fn numbers_are_aligned_at_the_end_of_their_integer_part() {
        for expected in [
            "1,234|.5",
            "12|",
            "\u{2212}0|.125",
            "1|.2\u{d7}10\u{2076}",
            "$ 3\u{2013}5| bn",
            "<1| %",
            "12|.25 %",
            "1|.2e-6",
            "1|.2E+06",
            "3|.5 \u{b1} 0.2",
            "12|.1 [10.0\u{2013}13.2]",
            "4|.9\u{b9}",
            "4|.9*",
            "5| %\u{a0}",
            "1,234,567|",
            "1\u{a0}234\u{a0}567|.25",
            "1 234|",
            "|.5",
            "USD 2|.7 bn",
            "2.5\u{2013}3|.5",
            "3 %\u{2013}5| %",
            "\u{20ac}3bn \u{2013} \u{20ac}5|bn",
            "10|\u{2076}",
            "2021\u{2013}2023|",
            "1,234|.567",
            "0|,125",
            "12|,5",
            "7| of 12",
            "1.234.567|",
            "1234567890123456789012345678901234567890|",
            "+3| / \u{2212}4",
            "1'234|.5",
            "n/a",
            "\u{2014}",
            "",
            "12| in 2024",
            "1,234|",
            "1|.234",
        ] {
            assert_eq!(aligned(&expected.replace('|', ""), "en"), expected);
        }
    }

    #[test]
    fn a_decimal_sign_is_the_languages_unless_the_number_shows_otherwise() {
        for expected in
            ["1|,234", "1.234|", "1.234|,5", "4|.9", "1\u{a0}234|,5", "1 234|,5", "0|.125", "12|,5 %"]
        {
            assert_eq!(aligned(&expected.replace('|', ""), "ru"), expected);
        }
        for expected in [
            "\u{6f1}\u{6f2}|\u{66b}\u{6f5}",
            "\u{661}\u{66c}\u{662}\u{663}\u{664}|\u{66b}\u{665}\u{66a}",
            "4|.9",
        ] {
            assert_eq!(aligned(&expected.replace('|', ""), "fa"), expected);
        }
        assert_eq!(
            ["ru-RU", "DE", "en", "", "fr-CA", "zh"].map(decimal_sign),
            [',', ',', '.', '.', ',', '.']
        );
    }
}
