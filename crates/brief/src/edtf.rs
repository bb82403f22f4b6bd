//! EDTF level 1 (ISO 8601-2:2019, annex A): dates that may be uncertain (`?`), approximate (`~`) or both (`%`),
//! with unspecified digits (`19XX`, `2024-XX`), seasons (`2024-21`), years of more than four digits (`Y17000`)
//! and intervals with open (`..`) and unknown (empty) ends.

/// A parsed date or interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edtf {
    /// One date.
    Date(Date),
    /// An interval with inclusive bounds, at least one of which is a date.
    Interval(Bound, Bound),
}

/// A bound of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// A date.
    Date(Date),
    /// `..`: open.
    Open,
    /// Empty: unknown.
    Unknown,
}

/// A date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// Astronomical year: 0 is 1 BC. With unspecified digits, the lowest possible year.
    pub year: i64,
    /// Number of unspecified last digits of the year: 0, 1 or 2.
    pub unspecified_digits: u8,
    /// Precision below the year.
    pub precision: Precision,
    /// `?` or `%`: uncertain.
    pub uncertain: bool,
    /// `~` or `%`: approximate.
    pub approximate: bool,
    /// Time of day, for a complete date.
    pub time: Option<Time>,
}

/// The precision of a date below the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// The year only.
    Year,
    /// 21 spring, 22 summer, 23 autumn, 24 winter.
    Season(u8),
    /// The month, 1 to 12.
    Month(u8),
    /// The month and the day.
    Day(u8, u8),
    /// `XX`: some month.
    SomeMonth,
    /// `MM-XX`: some day of the month.
    SomeDay(u8),
    /// `XX-XX`: some day of the year.
    SomeDayOfYear,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// Minutes east of UTC; none for local time.
    pub offset_minutes: Option<i16>,
}

/// A day of the proleptic Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// The year, astronomical.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl Day {
    /// Returns the days since 1970-01-01 in the proleptic Gregorian calendar, negative before. Saturates beyond 64
    /// bits, which no EDTF year reaches.
    pub fn number(self) -> i64 {
        // Counting years from March puts the leap day last, so that months have the same offsets in all years.
        let (year, month) = match self.month {
            month @ 3.. => (i128::from(self.year), i128::from(month) - 3),
            month => (i128::from(self.year) - 1, i128::from(month) + 9),
        };
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        let number = 365 * year + leap_days + (153 * month + 2) / 5 + i128::from(self.day) - 1 - EPOCH;
        i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX })
    }
}

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i128 = 719_468;

/// The text is not EDTF level 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an EDTF level 1 date such as 2026-01-10, 2026-01, 2026 or 2025/2026: {0}")]
pub struct EdtfError(pub &'static str);

/// Parses a date or an interval.
pub fn parse(text: &str) -> Result<Edtf, EdtfError> {
    let Some((start, end)) = text.split_once('/') else { return date(text, true).map(Edtf::Date) };
    let (start, end) = (bound(start)?, bound(end)?);
    match (start.date(), end.date()) {
        (None, None) => Err(EdtfError("an interval needs at least one date")),
        (Some(start), Some(end)) if start.earliest() > end.latest() => {
            Err(EdtfError("the interval ends before its start"))
        }
        _ => Ok(Edtf::Interval(start, end)),
    }
}

impl Edtf {
    /// Returns the earliest possible day; none if the start is open or unknown.
    pub fn earliest(&self) -> Option<Day> {
        match self {
            Self::Date(date) => Some(date.earliest()),
            Self::Interval(start, _) => start.date().map(Date::earliest),
        }
    }

    /// Returns the latest possible day; none if the end is open or unknown.
    pub fn latest(&self) -> Option<Day> {
        match self {
            Self::Date(date) => Some(date.latest()),
            Self::Interval(_, end) => end.date().map(Date::latest),
        }
    }

    /// Orders dates by start, then by end. An open or unknown end sorts last; an interval without a start sorts by its end.
    pub fn sort_key(&self) -> (Day, Day) {
        const LAST: Day = Day { year: i64::MAX, month: 12, day: 31 };
        let latest = self.latest().unwrap_or(LAST);
        (self.earliest().unwrap_or(latest), latest)
    }
}

impl Bound {
    fn date(&self) -> Option<&Date> {
        match self {
            Self::Date(date) => Some(date),
            Self::Open | Self::Unknown => None,
        }
    }
}

impl Date {
    /// Returns the earliest possible day.
    pub fn earliest(&self) -> Day {
        let (month, day) = match self.precision {
            Precision::Year | Precision::SomeMonth | Precision::SomeDayOfYear => (1, 1),
            Precision::Season(season) => (3 * (season - 20), 1),
            Precision::Month(month) | Precision::SomeDay(month) => (month, 1),
            Precision::Day(month, day) => (month, day),
        };
        Day { year: self.year, month, day }
    }

    /// Returns the latest possible day. Winter lasts until the end of February of the next year.
    pub fn latest(&self) -> Day {
        let span = match self.unspecified_digits {
            0 => 0,
            1 => 9,
            _ => 99,
        };
        let year = self.year + span;
        let (year, month, day) = match self.precision {
            Precision::Year | Precision::SomeMonth | Precision::SomeDayOfYear => (year, 12, 31),
            Precision::Season(24) => (year + 1, 2, days_in(year + 1, 2)),
            Precision::Season(season) => (year, 3 * (season - 20) + 2, days_in(year, 3 * (season - 20) + 2)),
            Precision::Month(month) | Precision::SomeDay(month) => (year, month, days_in(year, month)),
            Precision::Day(month, day) => (year, month, day),
        };
        Day { year, month, day }
    }
}

fn bound(text: &str) -> Result<Bound, EdtfError> {
    match text {
        "" => Ok(Bound::Unknown),
        ".." => Ok(Bound::Open),
        date_text => date(date_text, false).map(Bound::Date),
    }
}

fn date(text: &str, may_have_time: bool) -> Result<Date, EdtfError> {
    if text.is_empty() {
        return Err(EdtfError("it is empty"));
    }
    // "T" in a word separates no time.
    let is_worded = text.contains(' ') || text.contains(|c: char| c.is_ascii_lowercase() || !c.is_ascii());
    if is_worded {
        return Err(EdtfError("a date is written in ASCII digits, the year first"));
    }
    if let Some((day, clock)) = text.split_once('T') {
        return if may_have_time {
            date_with_time(day, clock)
        } else {
            Err(EdtfError("an interval cannot contain a time of day"))
        };
    }
    let (plain, uncertain, approximate) = match text.as_bytes()[text.len() - 1] {
        b'?' => (&text[..text.len() - 1], true, false),
        b'~' => (&text[..text.len() - 1], false, true),
        b'%' => (&text[..text.len() - 1], true, true),
        _ => (text, false, false),
    };
    let (year, unspecified_digits, precision) = year_and_rest(plain)?;
    Ok(Date { year, unspecified_digits, precision, uncertain, approximate, time: None })
}

fn date_with_time(day: &str, clock: &str) -> Result<Date, EdtfError> {
    let date = date(day, false)?;
    let whole = matches!(date.precision, Precision::Day(..)) && !date.uncertain && !date.approximate;
    if !whole {
        return Err(EdtfError("a time of day needs an exact, certain date"));
    }
    Ok(Date { time: Some(time(clock)?), ..date })
}

fn year_and_rest(text: &str) -> Result<(i64, u8, Precision), EdtfError> {
    if let Some(digits) = text.strip_prefix('Y') {
        return long_year(digits).map(|year| (year, 0, Precision::Year));
    }
    let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (digits, rest) = unsigned.split_at_checked(4).ok_or(EdtfError("a year has four digits"))?;
    let (lowest, unspecified) = year_digits(digits, negative)?;
    match rest.strip_prefix('-') {
        None if rest.is_empty() => Ok((lowest, unspecified, Precision::Year)),
        None => Err(EdtfError("year, month and day must be joined by hyphens")),
        Some(_) if unspecified > 0 => Err(EdtfError("a year with X cannot have a month at level 1")),
        Some(rest) => below_year(lowest, rest).map(|precision| (lowest, 0, precision)),
    }
}

/// Parses a year of more than four digits.
fn long_year(text: &str) -> Result<i64, EdtfError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let fits = (5..=12).contains(&digits.len()) && !digits.starts_with('0');
    let year = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    year.filter(|_| fits).ok_or(EdtfError("Y must be followed by 5 to 12 digits"))
}

/// Parses digits to the lowest possible year and the number of unspecified digits.
fn year_digits(digits: &str, negative: bool) -> Result<(i64, u8), EdtfError> {
    let known = digits.trim_end_matches('X');
    let unspecified = match digits.len() - known.len() {
        0 => 0,
        1 => 1,
        2 => 2,
        _ => return Err(EdtfError("at most two digits of a year can be X")),
    };
    if !known.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(EdtfError("a year has four digits"));
    }
    let fill = if negative { "9" } else { "0" };
    let filled = format!("{known}{}", fill.repeat(unspecified.into()));
    let year: i64 = filled.parse().map_err(|_| EdtfError("a year has four digits"))?;
    match (negative, year) {
        (true, 0) => Err(EdtfError("there is no year -0000")),
        (true, year) => Ok((-year, unspecified)),
        (false, year) => Ok((year, unspecified)),
    }
}

fn below_year(year: i64, text: &str) -> Result<Precision, EdtfError> {
    let Some((month, day)) = text.split_once('-') else {
        return match text {
            "XX" => Ok(Precision::SomeMonth),
            _ => match two_digits(text) {
                Some(month @ 1..=12) => Ok(Precision::Month(month)),
                Some(season @ 21..=24) => Ok(Precision::Season(season)),
                _ => Err(EdtfError("months are 01 to 12, seasons 21 to 24")),
            },
        };
    };
    if (month, day) == ("XX", "XX") {
        return Ok(Precision::SomeDayOfYear);
    }
    let month =
        two_digits(month).filter(|month| (1..=12).contains(month)).ok_or(EdtfError("months are 01 to 12"))?;
    if day == "XX" {
        return Ok(Precision::SomeDay(month));
    }
    let day = two_digits(day).filter(|day| (1..=days_in(year, month)).contains(day));
    day.map(|day| Precision::Day(month, day)).ok_or(EdtfError("the month does not have this day"))
}

/// Parses a time: `hh:mm:ss`, then nothing, `Z`, `±hh` or `±hh:mm`.
fn time(text: &str) -> Result<Time, EdtfError> {
    let wrong = EdtfError("a time of day is hh:mm:ss, followed by Z, ±hh, ±hh:mm or nothing");
    let (clock, offset) = text.split_at_checked(8).ok_or(wrong)?;
    let mut fields = clock.split(':').map(two_digits);
    let mut field = |limit: u8| fields.next().flatten().filter(|value| *value < limit).ok_or(wrong);
    let (hour, minute, second) = (field(24)?, field(60)?, field(60)?);
    let offset_minutes = if offset.is_empty() { None } else { Some(minutes_east(offset).ok_or(wrong)?) };
    Ok(Time { hour, minute, second, offset_minutes })
}

fn minutes_east(text: &str) -> Option<i16> {
    let (sign, clock) = match text.split_at_checked(1)? {
        ("Z", "") => return Some(0),
        ("+", clock) => (1, clock),
        ("-", clock) => (-1, clock),
        _ => return None,
    };
    let (hours, minutes) = clock.split_once(':').unwrap_or((clock, "00"));
    let hours = two_digits(hours).filter(|hours| *hours <= 14)?;
    let minutes = two_digits(minutes).filter(|minutes| *minutes < 60)?;
    Some(sign * (i16::from(hours) * 60 + i16::from(minutes)))
}

fn two_digits(text: &str) -> Option<u8> {
    let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn days_in(year: i64, month: u8) -> u8 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::{Bound, Day, Edtf, Precision, parse};

    #[test]
    fn level_1_dates_are_parsed() {
        for text in [
            "1985",
            "1985-04",
            "1985-04-12",
            "1985-04-12T23:20:30",
            "1985-04-12T23:20:30Z",
            "1985-04-12T23:20:30-04",
            "1985-04-12T23:20:30+04:30",
            "Y170000002",
            "Y-170000002",
            "2001-21",
            "2001-24~",
            "1984?",
            "2004-06~",
            "2004-06-11%",
            "201X",
            "20XX",
            "2004-XX",
            "1985-04-XX",
            "1985-XX-XX",
            "-1985",
            "0000",
            "2024-02-29",
            "-05XX",
            "20XX~",
        ] {
            assert!(matches!(parse(text), Ok(Edtf::Date(_))), "{text}: {:?}", parse(text));
        }
    }

    fn number(year: i64, month: u8, day: u8) -> i64 {
        Day { year, month, day }.number()
    }

    #[test]
    fn days_are_numbered_from_1970() {
        assert_eq!(number(1970, 1, 1), 0);
        assert_eq!(number(1969, 12, 31), -1);
        assert_eq!(number(2000, 3, 1), 11_017);
        assert_eq!(number(2025, 6, 1), 20_240);
        assert_eq!(number(0, 1, 1), -719_528);
        assert_eq!(number(-1, 12, 31), -719_529);
    }

    #[test]
    fn day_numbers_are_consecutive() {
        for start in [-401, -5, -1, 0, 1599, 1896, 1999, 999_999_999_598] {
            let mut before = number(start, 1, 1) - 1;
            for year in start..start + 402 {
                for month in 1..=12 {
                    for day in 1..=super::days_in(year, month) {
                        assert_eq!(number(year, month, day), before + 1, "{year}-{month}-{day}");
                        before += 1;
                    }
                }
            }
        }
    }

    #[test]
    fn years_of_any_size_have_numbers() {
        let day = |text| parse(text).unwrap().latest().unwrap().number();
        assert_eq!(day("Y999999999999"), 365_242_499_280_471);
        assert!(day("Y-99999999999") < day("-9999"));
        assert_eq!((number(i64::MAX, 12, 31), number(i64::MIN, 1, 1)), (i64::MAX, i64::MIN));
    }

    #[test]
    fn level_1_intervals_are_parsed() {
        for text in [
            "1964/2008",
            "2004-06/2006-08",
            "2004-02-01/2005-02-08",
            "2004-02-01/2005",
            "1985-04-12/..",
            "1985-04/..",
            "1985/..",
            "../1985-04-12",
            "1985-04-12/",
            "/1985",
            "1984~/2004-06",
            "2011~/2024-12-08",
            "19XX/2024",
            "2024-12/2024",
            "2024-24/2025-01",
        ] {
            assert!(matches!(parse(text), Ok(Edtf::Interval(..))), "{text}: {:?}", parse(text));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "unknown",
            "85",
            "1985-4",
            "1985-13",
            "1985-00",
            "1985-04-31",
            "2023-02-29",
            "1985-20",
            "1985-25",
            "198X-04",
            "1XXX",
            "XXXX",
            "X985",
            "1985-X1",
            "1985-XX-12",
            "1985/",
            "2008/1964-",
            "2008/1964",
            "/",
            "../..",
            "/..",
            "1985/1986/1987",
            "Y1985",
            "Y",
            "Y12345-01",
            "?",
            "~1985",
            "1985??",
            "1985-04-12T",
            "1985-04T10:00:00",
            "1985-04-12T24:00:00",
            "1985-04-12T10:00",
            "1985-04-12T10:00:00+99",
            "1985-04-12T10:00:00Z/..",
            "-0000",
            "+1985",
            "１９８５",
            "1985 ",
            "[1985]",
            "1985-04-12-01",
            "1985年",
            "Y-012345",
        ] {
            // "1985/" is an interval with an unknown end; all others are rejected.
            assert_eq!(parse(text).is_ok(), text == "1985/", "{text}: {:?}", parse(text));
        }
    }

    #[test]
    fn a_date_spans_its_possible_days() {
        let days = |text: &str| {
            let parsed = parse(text).unwrap();
            let print = |day: Option<Day>| day.map(|day| format!("{}-{}-{}", day.year, day.month, day.day));
            (print(parsed.earliest()), print(parsed.latest()))
        };
        let some = |start: &str, end: &str| (Some(start.to_owned()), Some(end.to_owned()));
        assert_eq!(days("2024-02"), some("2024-2-1", "2024-2-29"));
        assert_eq!(days("19XX"), some("1900-1-1", "1999-12-31"));
        assert_eq!(days("-05XX"), some("-599-1-1", "-500-12-31"));
        assert_eq!(days("2024-22"), some("2024-6-1", "2024-8-31"));
        assert_eq!(days("2023-24"), some("2023-12-1", "2024-2-29"));
        assert_eq!(days("2011/2024-12-08"), some("2011-1-1", "2024-12-8"));
        assert_eq!(days("../2024"), (None, Some("2024-12-31".to_owned())));
        assert_eq!(days("2024/"), (Some("2024-1-1".to_owned()), None));
    }

    #[test]
    fn dates_sort_by_start_and_then_by_end() {
        let mut texts = ["2025/..", "2024-12-08", "2025", "-0044-03-15", "../1991", "2025-01-17", "2024-12"];
        texts.sort_by_key(|text| parse(text).unwrap().sort_key());
        assert_eq!(
            texts,
            ["-0044-03-15", "../1991", "2024-12", "2024-12-08", "2025", "2025/..", "2025-01-17"]
        );
    }

    #[test]
    fn qualifiers_and_bounds_are_distinguished() {
        let Ok(Edtf::Interval(Bound::Date(start), Bound::Open)) = parse("2000%/..") else { panic!() };
        assert!(start.uncertain && start.approximate && start.precision == Precision::Year);
        let Ok(Edtf::Interval(Bound::Unknown, Bound::Date(end))) = parse("/2004-06~") else { panic!() };
        assert!(!end.uncertain && end.approximate);
    }
}
