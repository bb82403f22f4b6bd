//! The Solar Hijri calendar, official in Iran since 1304 (1925).
//!
//! The year begins on the day of the March equinox if that falls before noon in Tehran time (52.5° E), else on the next
//! day. From 1178 to 1501 the leap years that follow from this are those of a 33-year cycle (ICU4X,
//! `calendrical_calculations::persian`); 1502 is the first that departs from it. Dates are converted from 1304 to 1501.

use chancery_brief::edtf::Day;

/// A date of the Solar Hijri calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SolarHijri {
    /// 1304 to 1501.
    pub(crate) year: u16,
    /// 1 (Farvardin) to 12 (Esfand).
    pub(crate) month: u8,
    /// 1 to 31.
    pub(crate) day: u8,
}

const FIRST_YEAR: i64 = 1304;
const LAST_YEAR: i64 = 1501;

/// 1 Farvardin 1304.
const FIRST_DAY: Day = Day { year: 1925, month: 3, day: 21 };

/// Days of the first six months, which have 31 days each.
const FIRST_HALF: i64 = 6 * 31;

/// Converts a day of the Gregorian calendar; `None` before 21 March 1925 and after 20 March 2123.
pub(crate) fn solar_hijri(day: Day) -> Option<SolarHijri> {
    let mut day_of_year = day.number().checked_sub(FIRST_DAY.number()).filter(|days| *days >= 0)?;
    let mut year = FIRST_YEAR;
    while day_of_year >= days_in_year(year) {
        day_of_year -= days_in_year(year);
        year += 1;
        if year > LAST_YEAR {
            return None;
        }
    }
    let (month, day) = if day_of_year < FIRST_HALF {
        (day_of_year / 31, day_of_year % 31)
    } else {
        ((day_of_year - FIRST_HALF) / 30 + 6, (day_of_year - FIRST_HALF) % 30)
    };
    Some(SolarHijri {
        year: u16::try_from(year).ok()?,
        month: u8::try_from(month + 1).ok()?,
        day: u8::try_from(day + 1).ok()?,
    })
}

const fn days_in_year(year: i64) -> i64 {
    // Eight years of 33 are leap.
    let is_leap = (25 * year + 11).rem_euclid(33) < 8;
    if is_leap { 366 } else { 365 }
}

#[cfg(test)]
mod tests {
    use super::{Day, days_in_year, solar_hijri};

    fn converted(year: i64, month: u8, day: u8) -> Option<(u16, u8, u8)> {
        solar_hijri(Day { year, month, day }).map(|date| (date.year, date.month, date.day))
    }

    #[test]
    fn known_dates_are_converted() {
        for ((year, month, day), expected) in [
            // Nowruz, as the University of Tehran's Institute of Geophysics publishes it.
            ((1925, 3, 21), (1304, 1, 1)),
            ((1979, 3, 21), (1358, 1, 1)),
            ((1996, 3, 20), (1375, 1, 1)),
            ((1997, 3, 21), (1376, 1, 1)),
            ((2000, 3, 20), (1379, 1, 1)),
            ((2017, 3, 21), (1396, 1, 1)),
            ((2020, 3, 20), (1399, 1, 1)),
            ((2021, 3, 21), (1400, 1, 1)),
            ((2022, 3, 21), (1401, 1, 1)),
            ((2023, 3, 21), (1402, 1, 1)),
            ((2024, 3, 20), (1403, 1, 1)),
            ((2025, 3, 21), (1404, 1, 1)),
            ((2026, 3, 21), (1405, 1, 1)),
            ((2029, 3, 20), (1408, 1, 1)),
            ((2030, 3, 21), (1409, 1, 1)),
            // The last days of leap and common years.
            ((2021, 3, 20), (1399, 12, 30)),
            ((2025, 3, 20), (1403, 12, 30)),
            ((2030, 3, 20), (1408, 12, 30)),
            ((2024, 3, 19), (1402, 12, 29)),
            ((2026, 3, 20), (1404, 12, 29)),
            // Dates of record: 22 Bahman, 27 Tir (Resolution 598), 29 Esfand (oil), 28 Mordad, and others.
            ((1979, 2, 11), (1357, 11, 22)),
            ((1988, 7, 18), (1367, 4, 27)),
            ((1951, 3, 20), (1329, 12, 29)),
            ((1953, 8, 19), (1332, 5, 28)),
            ((2025, 6, 13), (1404, 3, 23)),
            ((2025, 12, 31), (1404, 10, 10)),
            ((2026, 1, 15), (1404, 10, 25)),
            // Around the change from months of 31 to months of 30 days.
            ((2025, 9, 22), (1404, 6, 31)),
            ((2025, 9, 23), (1404, 7, 1)),
            ((2025, 10, 22), (1404, 7, 30)),
            ((2025, 10, 23), (1404, 8, 1)),
            // The last day of the range.
            ((2123, 3, 20), (1501, 12, 29)),
        ] {
            assert_eq!(converted(year, month, day), Some(expected), "{year}-{month}-{day}");
        }
    }

    #[test]
    fn leap_years_are_those_of_the_official_calendar() {
        let leap: Vec<i64> = (1304..=1440).filter(|year| days_in_year(*year) == 366).collect();
        assert_eq!(
            leap,
            [
                1304, 1309, 1313, 1317, 1321, 1325, 1329, 1333, 1337, 1342, 1346, 1350, 1354, 1358, 1362,
                1366, 1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420, 1424,
                1428, 1432, 1436,
            ]
        );
    }

    #[test]
    fn days_out_of_range_are_not_converted() {
        assert_eq!(converted(1925, 3, 20), None);
        assert_eq!(converted(2123, 3, 21), None);
        assert_eq!(converted(-44, 3, 15), None);
        assert_eq!(converted(i64::MAX, 12, 31), None);
        assert_eq!(converted(i64::MIN, 1, 1), None);
    }

    #[test]
    fn consecutive_days_have_consecutive_dates() {
        let mut before = (1304, 1, 0);
        for year in 1925..=2122 {
            for (month, day) in (1..=12).flat_map(|month| (1..=31).map(move |day| (month, day))) {
                let valid = chancery_brief::edtf::parse(&format!("{year}-{month:02}-{day:02}")).is_ok();
                let Some(date) = converted(year, month, day).filter(|_| valid) else { continue };
                let next_day = (before.0, before.1, before.2 + 1);
                let next_month = (before.0, before.1 + 1, 1);
                let next_year = (before.0 + 1, 1, 1);
                assert!([next_day, next_month, next_year].contains(&date), "{year}-{month}-{day}: {date:?}");
                before = date;
            }
        }
        assert_eq!(before, (1501, 10, 10));
    }
}
