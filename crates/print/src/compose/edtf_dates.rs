//! EDTF dates in the reader's language.

use chancery_brief::edtf::{self, Date, Edtf, Precision};

use crate::Locale;
use crate::compose::labels::{Labels, filled};

/// Formats a date, such as "3 March 2025" or "about 2000". Other forms, such as seasons and intervals, stay EDTF.
pub(crate) fn in_words(edtf: &str, locale: Locale) -> String {
    match edtf::parse(edtf) {
        Ok(Edtf::Date(date)) => date_in_words(&date, locale).unwrap_or_else(|| edtf.to_owned()),
        Ok(Edtf::Interval(..)) | Err(_) => edtf.to_owned(),
    }
}

fn date_in_words(date: &Date, locale: Locale) -> Option<String> {
    if date.unspecified_digits > 0 || !(1..=9_999).contains(&date.year) {
        return None;
    }
    let labels = Labels::of(locale);
    let year = digits(&date.year.to_string(), locale);
    let words = match date.precision {
        Precision::Day(month, day) => {
            let day = digits(&day.to_string(), locale);
            filled(labels.date_of_day, &[&day, month_name(&labels.months_after_day, month)?, &year])
        }
        Precision::Month(month) => {
            filled(labels.date_of_month, &[month_name(&labels.months_alone, month)?, &year])
        }
        Precision::Year => filled(labels.date_of_year, &[&year]),
        Precision::Season(_) | Precision::SomeMonth | Precision::SomeDay(_) | Precision::SomeDayOfYear => {
            return None;
        }
    };
    let words = if date.approximate { filled(labels.date_about, &[&words]) } else { words };
    Some(if date.uncertain { format!("{words} (?)") } else { words })
}

fn month_name(names: &[&'static str; 12], month: u8) -> Option<&'static str> {
    names.get(usize::from(month).checked_sub(1)?).copied()
}

/// Converts ASCII digits to the locale's digits.
fn digits(number: &str, locale: Locale) -> String {
    let zero = match locale {
        Locale::English | Locale::Russian => return number.to_owned(),
        Locale::Persian => '\u{6f0}',
        Locale::Arabic => '\u{660}',
    };
    let local = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(u32::from(zero) + digit));
    number.chars().map(|c| local(c).unwrap_or(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::in_words;
    use crate::Locale;

    #[test]
    fn a_date_is_formatted_in_each_language() {
        let day = |locale| in_words("2025-03-03", locale);
        assert_eq!(day(Locale::English), "3 March 2025");
        assert_eq!(day(Locale::Russian), "3 марта 2025 г.");
        assert_eq!(day(Locale::Persian), "۳ مارس ۲۰۲۵");
        assert_eq!(day(Locale::Arabic), "٣ مارس ٢٠٢٥");
        assert_eq!(in_words("2025-03", Locale::Russian), "март 2025 г.");
    }

    #[test]
    fn a_qualified_date_is_marked_and_other_forms_stay_edtf() {
        assert_eq!(in_words("2000~", Locale::English), "about 2000");
        assert_eq!(in_words("2025-03?", Locale::English), "March 2025 (?)");
        for other in ["19XX", "2024-21", "2024-01-01/2024-02-01", "2024-XX", "Y17000", "soon"] {
            assert_eq!(in_words(other, Locale::English), other);
        }
    }
}
