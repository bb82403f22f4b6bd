//! Numbers in running text. UAX #14 keeps their digits and separators on one line, but it breaks "12 345" at the space,
//! "3–5" after the dash, and "5 km" before the unit. Lines break there only in a column that is too narrow otherwise.

/// Units and words for powers of ten that stay with the number before them. Codes of currencies need no entry.
const UNITS: [&str; 92] = [
    "mm",
    "cm",
    "m",
    "km",
    "mm²",
    "cm²",
    "m²",
    "km²",
    "cm³",
    "m³",
    "km³",
    "ha",
    "in",
    "ft",
    "mi",
    "nm",
    "nmi",
    "mg",
    "g",
    "kg",
    "t",
    "kt",
    "Mt",
    "Gt",
    "lb",
    "oz",
    "ml",
    "l",
    "L",
    "hl",
    "bbl",
    "s",
    "ms",
    "min",
    "h",
    "d",
    "Hz",
    "kHz",
    "MHz",
    "GHz",
    "W",
    "kW",
    "MW",
    "GW",
    "TW",
    "Wh",
    "kWh",
    "MWh",
    "GWh",
    "TWh",
    "V",
    "kV",
    "A",
    "J",
    "kJ",
    "MJ",
    "GJ",
    "Pa",
    "kPa",
    "MPa",
    "bar",
    "K",
    "kn",
    "mph",
    "bpd",
    "pp",
    "k",
    "bn",
    "mn",
    "tn",
    "trn",
    "thousand",
    "million",
    "billion",
    "trillion",
    "percent",
    "тыс",
    "млн",
    "млрд",
    "трлн",
    "км",
    "м",
    "кг",
    "т",
    "га",
    "руб",
    "долл",
    "هزار",
    "میلیون",
    "میلیارد",
    "درصد",
    "كم",
];

/// Returns whether a line break at a byte offset would divide a number, or part it from its sign, currency or unit.
pub(crate) fn divides_number(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at(at);
    let kept = before.trim_end_matches(is_gap);
    let (Some(last), Some(next)) = (kept.chars().next_back(), after.chars().next()) else { return false };
    if !last.is_numeric() && !next.is_numeric() {
        return starts_number(after) && ends_range(kept);
    }
    if kept.len() == before.len() {
        return ends_range(kept) && starts_number(after) || is_prefix(last) && next.is_numeric();
    }
    if last.is_numeric() {
        return starts_group(after) && ends_group(kept) || starts_unit(after) || next == '×';
    }
    // A dash between spaces belongs to the sentence.
    let is_sign = is_prefix(last) && !matches!(last, '-' | '\u{2013}');
    next.is_numeric() && (last == '×' || is_sign || is_currency_code(last_token(kept)))
}

/// A space at which lines may break.
const fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200a}' | '\u{205f}')
}

/// Returns whether a text ends with a digit and a character that joins it with the next number: "3–", "2024/".
fn ends_range(text: &str) -> bool {
    let mut characters = text.chars().rev();
    let joins = characters.next().is_some_and(|c| matches!(c, '-' | '\u{2010}'..='\u{2013}' | '/' | '~'));
    joins && characters.next().is_some_and(char::is_numeric)
}

fn starts_number(text: &str) -> bool {
    let mut characters = text.chars().skip_while(|c| is_prefix(*c));
    characters.next().is_some_and(char::is_numeric)
}

/// Signs and symbols of currencies before a number.
const fn is_prefix(c: char) -> bool {
    matches!(
        c,
        '+' | '-' | '\u{2013}' | '\u{2212}' | '±' | '~' | '≈' | '<' | '>' | '≤' | '≥' | '№' | '§' | '#'
    ) || is_currency_symbol(c)
}

const fn is_currency_symbol(c: char) -> bool {
    matches!(c, '$' | '¢'..='¥' | '֏' | '؋' | '৳' | '฿' | '៛' | '\u{20a0}'..='\u{20cf}' | '\u{fdfc}')
}

fn starts_group(text: &str) -> bool {
    text.chars().take_while(|c| c.is_numeric()).count() == 3
}

fn ends_group(text: &str) -> bool {
    (1..=3).contains(&text.chars().rev().take_while(|c| c.is_numeric()).count())
}

/// Returns whether a text begins with a sign of percentage or degree, a currency, or a unit.
fn starts_unit(text: &str) -> bool {
    let is_sign = |c| matches!(c, '%' | '‰' | '\u{66a}' | '°' | '′' | '″') || is_currency_symbol(c);
    let end = text.find(|c: char| !is_in_unit(c)).unwrap_or(text.len());
    text.starts_with(is_sign) || UNITS.contains(&&text[..end]) || is_currency_code(&text[..end])
}

fn is_in_unit(c: char) -> bool {
    c.is_alphanumeric()
}

fn last_token(text: &str) -> &str {
    let start = text.trim_end_matches(is_in_unit).len();
    &text[start..]
}

/// The form of ISO 4217.
fn is_currency_code(token: &str) -> bool {
    token.len() == 3 && token.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::divides_number;

    /// Returns the parts of a text between breaks after its spaces and dashes that divide no number.
    fn parts(text: &str) -> Vec<&str> {
        text.split_inclusive([' ', '\u{2009}', '\u{2013}', '-', '/'])
            .scan(0, |end, part| {
                *end += part.len();
                Some(*end)
            })
            .filter(|end| !divides_number(text, *end))
            .scan(0, |start, end| Some(&text[std::mem::replace(start, end)..end]))
            .collect()
    }

    #[test]
    fn groups_of_digits_ranges_signs_currencies_and_units_stay_together() {
        for number in [
            "12 345 678,90 €",
            "12\u{2009}345\u{2009}678",
            "$ 3\u{2013}5 bn",
            "USD 3 million",
            "< 1 %",
            "\u{2212} 0.125 %",
            "\u{2013}5",
            "1.2 × 10⁶ km²",
            "2024/25",
            "2025-11-28",
            "1991\u{2013}2026",
            "۱۲ ۳۴۵ درصد",
            "5 млрд",
            "20 °C",
            "№ 5",
        ] {
            let text = format!("and {number} then");
            assert_eq!(parts(&text), ["and ", format!("{number} ").as_str(), "then"]);
        }
    }

    #[test]
    fn words_and_numbers_that_belong_to_no_other_are_apart() {
        assert_eq!(parts("in 2025 300 ships"), ["in ", "2025 ", "300 ", "ships"]);
        assert_eq!(parts("5 men or 5 12 and/or"), ["5 ", "men ", "or ", "5 ", "12 ", "and/", "or"]);
        assert_eq!(parts("Moscow\u{2013}Tehran 5"), ["Moscow\u{2013}", "Tehran ", "5"]);
    }
}
