//! Dates in the reader's language. No EDTF or RFC 3339 notation reaches the page.

mod patterns;
mod solar_hijri;
#[cfg(test)]
mod tests;

use chancery_brief::edtf::{self, Bound, Date, Day, Edtf, Precision};

use crate::Locale;
use crate::compose::dates::patterns::{BoundPatterns, Patterns};
use crate::compose::labels::filled;
use crate::compose::numerals;

/// The language and order of dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateStyle {
    /// Day, month and year in the locale's language.
    Locale(Locale),
    /// English: month, day and year.
    AmericanEnglish,
}

impl DateStyle {
    /// Returns the style of a locale for content in a language (BCP 47): English labels with content in `en-US` have
    /// American dates.
    pub(crate) fn of(locale: Locale, content_language: &str) -> Self {
        match locale {
            Locale::English if is_american(content_language) => Self::AmericanEnglish,
            _ => Self::Locale(locale),
        }
    }

    const fn locale(self) -> Locale {
        match self {
            Self::Locale(locale) => locale,
            Self::AmericanEnglish => Locale::English,
        }
    }

    fn patterns(self) -> &'static Patterns {
        match self {
            Self::Locale(Locale::English) => &patterns::ENGLISH,
            Self::AmericanEnglish => &patterns::AMERICAN_ENGLISH,
            Self::Locale(Locale::Russian) => &patterns::RUSSIAN,
            Self::Locale(Locale::Persian) => &patterns::PERSIAN,
            Self::Locale(Locale::Arabic) => &patterns::ARABIC,
        }
    }
}

fn is_american(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    subtags.next().is_some_and(|language| language.eq_ignore_ascii_case("en"))
        && subtags.any(|subtag| subtag.eq_ignore_ascii_case("us"))
}

/// Formats an EDTF level 1 date or interval or an RFC 3339 time: "3 March 2025", "about 2000", "January–September 2025",
/// "until 8 December 2024". The time of day is not printed, and the day is that of the time's own offset.
///
/// Returns texts of other forms unchanged.
pub(crate) fn in_words(text: &str, style: DateStyle) -> String {
    written(text, style, Years::Written)
}

/// Formats a date as [`in_words`], but with short months and without its year: "3 Mar", "about Oct", "27–28 Sep".
/// Years, seasons, and intervals over several years stay as in [`in_words`].
pub(crate) fn without_year(text: &str, style: DateStyle) -> String {
    let one_year = match parsed(text) {
        Some(Edtf::Interval(Bound::Date(start), Bound::Date(end))) => start.year == end.year,
        _ => true,
    };
    written(text, style, if one_year { Years::Omitted } else { Years::Written })
}

/// Formats a year: "2025", "AD 44", "50 BC". Years from 1000 to 9999 are bare numbers in every language.
pub(crate) fn year(year: i64, style: DateStyle) -> String {
    let writer = Writer { style, patterns: style.patterns(), years: Years::Written };
    if is_modern(year) { writer.number(year) } else { writer.year(year) }
}

fn written(text: &str, style: DateStyle, years: Years) -> String {
    let writer = Writer { style, patterns: style.patterns(), years };
    match parsed(text) {
        Some(Edtf::Date(date)) => writer.date(&date),
        Some(Edtf::Interval(start, end)) => writer.interval(&start, &end),
        None => text.to_owned(),
    }
}

/// Formats a date as [`in_words`]; Persian adds the Solar Hijri date of a day: "۳۱ دسامبر ۲۰۲۵ (۱۰ دی ۱۴۰۴)".
pub(crate) fn with_solar_hijri(text: &str, style: DateStyle) -> String {
    let words = in_words(text, style);
    let Some(Edtf::Date(Date {
        year, precision: Precision::Day(month, day), uncertain, approximate, ..
    })) = parsed(text).filter(|_| style == DateStyle::Locale(Locale::Persian))
    else {
        return words;
    };
    match solar_hijri::solar_hijri(Day { year, month, day }) {
        Some(date) if !uncertain && !approximate => {
            let month = patterns::SOLAR_HIJRI_MONTHS[usize::from(date.month) - 1];
            let [day, year] = [i64::from(date.day), i64::from(date.year)]
                .map(|number| numerals::number(number, Locale::Persian));
            format!("{words} ({day} {month} {year})")
        }
        _ => words,
    }
}

fn parsed(text: &str) -> Option<Edtf> {
    edtf::parse(text).ok().or_else(|| day_of_time(text))
}

/// Parses the day of an RFC 3339 time that is not EDTF, such as one with fractions of a second.
fn day_of_time(text: &str) -> Option<Edtf> {
    let (day, clock) = text.split_at_checked(10)?;
    let clock = clock.strip_prefix(['T', 't', ' '])?.as_bytes();
    let has_minutes = clock.len() >= 5 && clock[2] == b':';
    let date = edtf::parse(day).ok().filter(|_| has_minutes)?;
    matches!(
        date,
        Edtf::Date(Date { precision: Precision::Day(..), uncertain: false, approximate: false, .. })
    )
    .then_some(date)
}

/// The grammatical case of a date, which decides inflection in Russian and the article of decades and centuries in English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Nominative,
    /// After a preposition.
    Genitive,
}

/// How certain a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Certainty {
    Certain,
    Approximate,
    Uncertain,
    UncertainAndApproximate,
}

impl Certainty {
    const fn of(date: &Date) -> Self {
        match (date.uncertain, date.approximate) {
            (false, false) => Self::Certain,
            (false, true) => Self::Approximate,
            (true, false) => Self::Uncertain,
            (true, true) => Self::UncertainAndApproximate,
        }
    }

    const fn is_uncertain(self) -> bool {
        matches!(self, Self::Uncertain | Self::UncertainAndApproximate)
    }
}

/// Whether days and months have their year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Years {
    Written,
    Omitted,
}

struct Writer {
    style: DateStyle,
    patterns: &'static Patterns,
    years: Years,
}

impl Writer {
    /// Writes a date with its qualifiers, such as "about 8 April 2025".
    fn date(&self, date: &Date) -> String {
        let patterns = self.patterns;
        let (pattern, case) = match Certainty::of(date) {
            Certainty::Certain => return self.unqualified(date, Case::Nominative),
            Certainty::Approximate => (patterns.about, Case::Genitive),
            Certainty::Uncertain => (patterns.perhaps, Case::Nominative),
            Certainty::UncertainAndApproximate => (patterns.perhaps_about, Case::Genitive),
        };
        filled(pattern, &[&self.unqualified(date, case)])
    }

    fn interval(&self, start: &Bound, end: &Bound) -> String {
        match (start, end) {
            (Bound::Date(start), Bound::Date(end)) => self.closed_interval(start, end),
            (Bound::Date(start), Bound::Open) => self.half_open(&self.patterns.from, start),
            (Bound::Date(start), _) => {
                filled(self.patterns.end_unknown, &[&self.half_open(&self.patterns.from, start)])
            }
            (Bound::Open, Bound::Date(end)) => self.half_open(&self.patterns.until, end),
            (_, Bound::Date(end)) => {
                filled(self.patterns.start_unknown, &[&self.half_open(&self.patterns.until, end)])
            }
            // The parser refuses intervals without a date.
            _ => String::new(),
        }
    }

    fn half_open(&self, patterns: &BoundPatterns, bound: &Date) -> String {
        let pattern = match Certainty::of(bound) {
            Certainty::Certain if matches!(bound.precision, Precision::Day(_, 2)) => patterns.second_day,
            Certainty::Certain => patterns.certain,
            Certainty::Approximate => patterns.about,
            Certainty::Uncertain => patterns.perhaps,
            Certainty::UncertainAndApproximate => patterns.perhaps_about,
        };
        filled(pattern, &[&self.unqualified(bound, Case::Genitive)])
    }

    fn closed_interval(&self, start: &Date, end: &Date) -> String {
        if start == end {
            return self.date(start);
        }
        let certainties = [Certainty::of(start), Certainty::of(end)];
        if certainties == [Certainty::Certain; 2]
            && let Some(short) = self.shortened_interval(start, end)
        {
            return short;
        }
        let pattern = if certainties.into_iter().any(Certainty::is_uncertain) {
            self.patterns.interval_with_uncertain_bound
        } else {
            self.patterns.interval
        };
        filled(pattern, &[&self.date(start), &self.date(end)])
    }

    /// Writes an interval without repeating the parts that both ends share.
    fn shortened_interval(&self, start: &Date, end: &Date) -> Option<String> {
        let patterns = self.patterns;
        if start.unspecified_digits > 0 || end.unspecified_digits > 0 {
            return None;
        }
        match (start.precision, end.precision) {
            (Precision::Day(first_month, first), Precision::Day(month, last))
                if self.years == Years::Omitted && first_month == month =>
            {
                let days = [first, last].map(|day| self.number(day));
                let month = patterns.short_month_after_day(month);
                Some(filled(patterns.days_of_month, &[&days[0], &days[1], month]))
            }
            _ if self.years == Years::Omitted => None,
            (Precision::Year, Precision::Year) => self.year_span(start.year, end.year),
            (Precision::Month(first), Precision::Month(last)) if start.year == end.year => {
                let (first, last) = (patterns.month_alone(first), patterns.month_before_year(last));
                Some(filled(patterns.months, &[first, last, &self.year(start.year)]))
            }
            (Precision::Day(first_month, first), Precision::Day(month, last))
                if (start.year, first_month) == (end.year, month) =>
            {
                let days = [first, last].map(|day| self.number(day));
                let month = patterns.month_after_day(month);
                Some(filled(patterns.days, &[&days[0], &days[1], month, &self.year(start.year)]))
            }
            _ => None,
        }
    }

    fn unqualified(&self, date: &Date, case: Case) -> String {
        let patterns = self.patterns;
        match date.unspecified_digits {
            0 => {}
            1 => return self.decade(date.year, case),
            _ => return self.century(date.year, case),
        }
        if self.years == Years::Omitted
            && let Some(short) = self.within_year(date.precision, case)
        {
            return short;
        }
        let year = self.year(date.year);
        match date.precision {
            Precision::Year => year,
            Precision::Season(season) => self.season(season, date.year, case),
            Precision::Month(month) => {
                let month = match case {
                    Case::Nominative => patterns.month_before_year(month),
                    Case::Genitive => patterns.month_after_day(month),
                };
                filled(patterns.month, &[month, &year])
            }
            Precision::Day(month, day) => {
                filled(patterns.day, &[&self.number(day), patterns.month_after_day(month), &year])
            }
            Precision::SomeMonth => filled(patterns.some_month.of(case), &[&year]),
            Precision::SomeDay(month) => {
                filled(patterns.some_day.of(case), &[patterns.month_after_day(month), &year])
            }
            Precision::SomeDayOfYear => filled(patterns.some_day_of_year.of(case), &[&year]),
        }
    }

    /// Writes a day or month without its year.
    fn within_year(&self, precision: Precision, case: Case) -> Option<String> {
        let patterns = self.patterns;
        match precision {
            Precision::Day(month, day) => {
                let month = patterns.short_month_after_day(month);
                Some(filled(patterns.day_of_month, &[&self.number(day), month]))
            }
            Precision::Month(month) => Some(match case {
                Case::Nominative => patterns.short_month_alone(month).to_owned(),
                Case::Genitive => patterns.short_month_after_day(month).to_owned(),
            }),
            _ => None,
        }
    }

    /// Writes a year; those before 1000 and after 9999 name their era.
    fn year(&self, year: i64) -> String {
        let patterns = self.patterns;
        if year < 1 {
            return filled(patterns.year_before_era, &[&self.grouped(1 - year)]);
        }
        let pattern = if is_modern(year) { patterns.year } else { patterns.year_of_era };
        filled(pattern, &[&self.grouped(year)])
    }

    fn year_span(&self, first: i64, last: i64) -> Option<String> {
        let is_short = is_modern(first) && is_modern(last);
        is_short.then(|| filled(self.patterns.years, &[&self.number(first), &self.number(last)]))
    }

    /// Writes a decade; those that a reader would not recognise, such as the first of a century, are intervals.
    fn decade(&self, first: i64, case: Case) -> String {
        if is_modern(first) && first % 100 != 0 {
            return filled(self.patterns.decade.of(case), &[&self.number(first)]);
        }
        let last = first + 9;
        self.year_span(first, last)
            .unwrap_or_else(|| filled(self.patterns.interval, &[&self.year(first), &self.year(last)]))
    }

    /// Writes the century with the given first year: 1900 is in the 20th, -599 (600 BC) in the 6th before the era.
    fn century(&self, first: i64, case: Case) -> String {
        let (pattern, century) = match first {
            ..0 => (&self.patterns.century_before_era, -first / 100 + 1),
            0..1_000 => (&self.patterns.century_of_era, first / 100 + 1),
            _ => (&self.patterns.century, first / 100 + 1),
        };
        let century = match self.style.locale() {
            Locale::English => english_ordinal(century),
            Locale::Russian => roman(century),
            Locale::Persian | Locale::Arabic => self.number(century),
        };
        filled(pattern.of(case), &[&century])
    }

    /// Writes a season. Winter begins in December and ends in the next year.
    fn season(&self, season: u8, year: i64, case: Case) -> String {
        let name = self.patterns.seasons[usize::from(season.saturating_sub(21)) % 4].of(case);
        if season == 24 && is_modern(year) && is_modern(year + 1) {
            return filled(self.patterns.winter, &[name, &self.number(year), &self.number(year + 1)]);
        }
        filled(self.patterns.month, &[name, &self.year(year)])
    }

    fn number(&self, number: impl Copy + ToString) -> String {
        numerals::number(number, self.style.locale())
    }

    /// Writes a number in groups of three digits from 10,000.
    fn grouped(&self, number: i64) -> String {
        let text = number.to_string();
        if text.len() < 5 {
            return self.number(&text);
        }
        let mut grouped = String::new();
        for (index, digit) in text.chars().enumerate() {
            if index > 0 && (text.len() - index).is_multiple_of(3) {
                grouped.push(self.patterns.group_separator);
            }
            grouped.push(digit);
        }
        self.number(&grouped)
    }
}

/// Returns whether a year is recognised as one without its era.
fn is_modern(year: i64) -> bool {
    (1_000..=9_999).contains(&year)
}

fn english_ordinal(number: i64) -> String {
    let suffix = match (number % 100, number % 10) {
        (0..=10 | 14.., 1) => "st",
        (0..=10 | 14.., 2) => "nd",
        (0..=10 | 14.., 3) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

/// Returns a century, at most 100, in Roman numerals.
fn roman(mut number: i64) -> String {
    const NUMERALS: [(i64, &str); 9] =
        [(100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];
    let mut text = String::new();
    for (value, numeral) in NUMERALS {
        while number >= value {
            text.push_str(numeral);
            number -= value;
        }
    }
    text
}
