//! The timeline's axis maps days to positions. If a few early events would squeeze many recent ones, the axis is broken
//! into two segments with separate scales.

use chancery_brief::edtf::Day;

use crate::compose::labels::Labels;
use crate::units::Length;

/// Width of a break.
pub(super) const BREAK: Length = Length::pt(9);
/// Minimum distance between the centres of labels.
pub(super) const TICK_WIDTH: Length = Length::pt(24);
/// Minimum gain of a break, in thousandths of the axis' width for the recent events.
const MIN_BREAK_GAIN: i64 = 300;
/// Minimum number of starts and ends (two per event) that can crowd.
const FEW: usize = 8;
/// Steps of labels, in months.
const STEPS: [i64; 13] = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 2_400, 6_000, 24_000];

/// Returns the days since 1 March of year 0 in the proleptic Gregorian calendar. Counting years from March puts leap
/// days last.
pub(super) fn day_number(day: Day) -> i64 {
    let (year, month) = (day.year, i64::from(day.month));
    let year = if month < 3 { year - 1 } else { year };
    let month = (month + 9) % 12;
    year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + i64::from(day.day)
        - 1
}

/// Returns the first day of a month counted from January of the year 0.
fn month_start(month: i64) -> i64 {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    day_number(Day { year, month: u8::try_from(month).unwrap_or(1), day: 1 })
}

/// A segment of the axis with one scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AxisSegment {
    /// Months since January of year 0, the end excluded.
    months: (i64, i64),
    places: (Length, Length),
}

/// The axis.
#[derive(Debug)]
pub(super) struct Scale {
    /// One segment, or two with a break between them, in chronological order.
    segments: Vec<AxisSegment>,
}

/// A label of the axis with its centre.
pub(super) struct Tick {
    pub(super) text: String,
    pub(super) place: Length,
}

impl Scale {
    /// Creates an axis between two positions for the months in which events begin or end; `None` without months.
    pub(super) fn new(months: &[i64], places: (Length, Length)) -> Option<Self> {
        let first = *months.iter().min()?;
        let last = *months.iter().max()?;
        // Rounds to years, or to months if all events are within two years.
        let whole = if last - first > 24 { 12 } else { 1 };
        let first = first.div_euclid(whole) * whole;
        let last = (last.div_euclid(whole) + 1) * whole;
        let segments = match best_break(months, first, last) {
            None => vec![AxisSegment { months: (first, last), places }],
            Some(at) => {
                let room = places.1 - places.0 - BREAK;
                let middle = places.0 + room / 4;
                vec![
                    AxisSegment { months: (first, at), places: (places.0, middle) },
                    AxisSegment { months: (at, last), places: (middle + BREAK, places.1) },
                ]
            }
        };
        Some(Self { segments })
    }

    /// Returns the two edges of the break.
    pub(super) fn broken_at(&self) -> Option<(Length, Length)> {
        match self.segments.as_slice() {
            [early, late] => Some((early.places.1, late.places.0)),
            _ => None,
        }
    }

    /// Returns the position of a day number; days beyond the axis are at its end.
    pub(super) fn place(&self, day: i64) -> Length {
        let inside = |segment: &&AxisSegment| day < month_start(segment.months.1);
        let Some(segment) = self.segments.iter().find(inside).or(self.segments.last()) else {
            return Length::ZERO;
        };
        let (from, to) = (month_start(segment.months.0), month_start(segment.months.1));
        let width = segment.places.1 - segment.places.0;
        let along = day.clamp(from, to) - from;
        segment.places.0 + width * along / (to - from).max(1)
    }

    /// Returns labels that do not overlap, preferring those of the later segment.
    pub(super) fn ticks(&self, labels: &Labels) -> Vec<Tick> {
        let mut ticks: Vec<Tick> = Vec::new();
        for segment in self.segments.iter().rev() {
            for tick in segment.ticks(labels) {
                let clear = |other: &Tick| {
                    let apart = other.place - tick.place;
                    apart.max(-apart) >= TICK_WIDTH
                };
                if ticks.iter().all(clear) {
                    ticks.push(tick);
                }
            }
        }
        ticks
    }
}

impl AxisSegment {
    fn ticks(&self, labels: &Labels) -> Vec<Tick> {
        let (from, to) = self.months;
        let width = self.places.1 - self.places.0;
        let place = |month: i64| self.places.0 + width * (month - from) / (to - from).max(1);
        let wide = |step: &&i64| width * **step / (to - from).max(1) >= TICK_WIDTH;
        let step = *STEPS.iter().find(wide).unwrap_or(&STEPS[STEPS.len() - 1]);
        let first = from.div_euclid(step) + i64::from(from.rem_euclid(step) > 0);
        let months = (first..).map(|index| index * step).take_while(|month| *month < to);
        months.map(|month| Tick { text: tick_text(month, labels), place: place(month) }).collect()
    }
}

/// Returns the year for January, and the month's name otherwise.
fn tick_text(month: i64, labels: &Labels) -> String {
    match usize::try_from(month.rem_euclid(12)) {
        Ok(of_year @ 1..) => labels.months[of_year].to_owned(),
        _ => month.div_euclid(12).to_string(),
    }
}

/// Returns the start of the year from which most events crowd into little time and a break gains the most width.
fn best_break(months: &[i64], first: i64, last: i64) -> Option<i64> {
    if months.len() < FEW {
        return None;
    }
    let span = last - first;
    let count = i64::try_from(months.len()).ok()?;
    let gain = |at: i64| {
        let later = i64::try_from(months.iter().filter(|month| **month >= at).count()).unwrap_or(0);
        later * 1000 / count - (last - at) * 1000 / span.max(1)
    };
    // Only years with events can win: between two of them, the gain only falls.
    let mut years: Vec<i64> = months.iter().map(|month| month.div_euclid(12) * 12).collect();
    years.sort_unstable();
    years.dedup();
    let candidates = years.into_iter().filter(|at| *at > first && *at < last);
    let best = candidates.map(|at| (gain(at), at)).max()?;
    (best.0 >= MIN_BREAK_GAIN && span > 72).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use chancery_brief::edtf::Day;
    use proptest::prelude::*;

    use super::{Scale, TICK_WIDTH, day_number, month_start};
    use crate::compose::figures::sketch::tests::ENGLISH;
    use crate::units::Length;

    #[test]
    fn days_are_counted_over_leap_years_and_centuries() {
        let day = |year, month, day| day_number(Day { year, month, day });
        assert_eq!(day(2024, 3, 1) - day(2024, 2, 28), 2);
        assert_eq!(day(1900, 3, 1) - day(1900, 2, 28), 1);
        assert_eq!(day(2000, 1, 1) - day(1600, 1, 1), 146_097);
        assert_eq!(day(-1, 12, 31) + 1, day(0, 1, 1));
    }

    #[test]
    fn a_few_early_events_break_the_axis_before_the_many_recent_ones() {
        let recent = [2023 * 12 + 4, 2024 * 12 + 1, 2025 * 12 + 2, 2025 * 12 + 11];
        let months = [[1991 * 12, 1991 * 12, 2000 * 12, 2000 * 12], recent, recent].concat();
        let scale = Scale::new(&months, (Length::ZERO, Length::pt(180))).unwrap();
        let (early, late) = scale.broken_at().unwrap();
        assert!(early < late && scale.place(month_start(2023 * 12)) == late);
        assert!(late < Length::pt(60));
        let few = Scale::new(&months[2..6], (Length::ZERO, Length::pt(180))).unwrap();
        assert_eq!(few.broken_at(), None);
    }

    proptest! {
        #[test]
        fn later_days_are_never_left_of_earlier_ones_and_labels_never_overlap(
            years in prop::collection::vec((-9_999_i64..=9_999, 0_i64..12), 1..30),
            days in prop::collection::vec(-4_000_000_i64..4_000_000, 2..20),
        ) {
            let months: Vec<i64> = years.iter().map(|(year, month)| year * 12 + month).collect();
            let places = (Length::pt(100), Length::pt(280));
            let scale = Scale::new(&months, places).unwrap();
            let mut days = days;
            days.sort_unstable();
            for pair in days.windows(2) {
                prop_assert!(scale.place(pair[0]) <= scale.place(pair[1]));
                prop_assert!(scale.place(pair[0]) >= places.0 && scale.place(pair[1]) <= places.1);
            }
            let mut ticks: Vec<Length> = scale.ticks(ENGLISH.labels()).iter().map(|tick| tick.place).collect();
            ticks.sort_unstable();
            prop_assert!(ticks.windows(2).all(|pair| pair[1] - pair[0] >= TICK_WIDTH));
        }
    }
}
