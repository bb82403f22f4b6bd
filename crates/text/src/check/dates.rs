//! Dates in words and in other digits, as EDTF.

use chancery_brief::edtf;
use chancery_proto::lookalikes::in_ascii;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Returns the date that a text can only mean; none if it could be another one, such as 03/04/2025.
pub(super) fn proposed(given: &str) -> Option<String> {
    let ascii = in_ascii(given).unwrap_or_else(|| given.to_owned());
    let date = if edtf::parse(&ascii).is_ok() { ascii } else { of_words(&ascii)? };
    edtf::parse(&date).is_ok().then_some(date)
}

/// Returns the two dates that numbers such as 03/04/2025 may mean, the one with the day first before the other; none where
/// only one order of day and month gives a date.
pub(super) fn readings(given: &str) -> Option<[String; 2]> {
    let ascii = in_ascii(given).unwrap_or_else(|| given.to_owned());
    let parts: Vec<&str> = ascii.split(['/', '-', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let &[one, two, year] = parts.as_slice() else { return None };
    let month = |part: &str| part.parse().ok().filter(|month| (1..=12).contains(month));
    let dates = [complete(year, month(two)?, one)?, complete(year, month(one)?, two)?];
    dates.iter().all(|date| edtf::parse(date).is_ok()).then_some(dates)
}

fn of_words(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [month_name, year] | [year, month_name] if month(month_name).is_some() => {
            Some(format!("{}-{:02}", four_digits(year)?, month(month_name)?))
        }
        [one, two, year] if month(one).is_some() => complete(year, month(one)?, two),
        [one, two, year] if month(two).is_some() => complete(year, month(two)?, one),
        [year, two, day] if four_digits(year).is_some() => {
            complete(year, month(two).or_else(|| two.parse().ok())?, day)
        }
        [one, two, year] => {
            let (one, two): (u32, u32) = (one.parse().ok()?, two.parse().ok()?);
            // Day and month can be distinguished only where one of them is no month, or the parts are in the German order.
            match (one > 12, two > 12, lower.contains('.')) {
                (true, false, _) | (false, false, true) => complete(year, two, &one.to_string()),
                (false, true, _) => complete(year, one, &two.to_string()),
                _ => None,
            }
        }
        [year, month] => Some(format!("{}-{:02}", four_digits(year)?, month.parse::<u32>().ok()?)),
        _ => None,
    }
}

fn complete(year: &str, month: u32, day: &str) -> Option<String> {
    let digits = day.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let has_ending = matches!(&day[digits.len()..], "" | "st" | "nd" | "rd" | "th");
    let day: u32 = digits.parse().ok().filter(|_| has_ending)?;
    Some(format!("{}-{month:02}-{day:02}", four_digits(year)?))
}

fn four_digits(year: &str) -> Option<&str> {
    (year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit())).then_some(year)
}

/// Returns the number of a month by its English name, whole or abbreviated.
fn month(name: &str) -> Option<u32> {
    let at = MONTHS.iter().position(|month| *month == name || name.len() >= 3 && month.starts_with(name))?;
    u32::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::{proposed, readings};

    #[test]
    fn a_date_that_can_mean_one_day_is_proposed() {
        for (given, expected) in [
            ("January 2025", "2025-01"),
            ("2025 Jan", "2025-01"),
            ("20 April 2023", "2023-04-20"),
            ("April 20th, 2023", "2023-04-20"),
            ("2023/4/2", "2023-04-02"),
            ("2023-4", "2023-04"),
            ("31/12/2025", "2025-12-31"),
            ("02.03.2025", "2025-03-02"),
            ("۲۰۲۴-۰۵-۱۳", "2024-05-13"),
        ] {
            assert_eq!(proposed(given).as_deref(), Some(expected), "{given}");
        }
        for given in ["03/04/2025", "end of 2026", "soon", "31 June 2025", "May", "2025-13", "", "1 2 3 4"] {
            assert_eq!(proposed(given), None, "{given}");
        }
    }

    #[test]
    fn a_date_of_numbers_that_can_mean_two_days_has_both_readings() {
        let both = |first: &str, second: &str| Some([first.to_owned(), second.to_owned()]);
        assert_eq!(readings("03/04/2025"), both("2025-04-03", "2025-03-04"));
        assert_eq!(readings("3-4-2025"), both("2025-04-03", "2025-03-04"));
        assert_eq!(readings("٠٣/٠٤/٢٠٢٥"), both("2025-04-03", "2025-03-04"));
        for given in ["31/12/2025", "03/04/25", "2025/03/04", "03/2025", "00/01/2025", "soon"] {
            assert_eq!(readings(given), None, "{given}");
        }
    }
}
