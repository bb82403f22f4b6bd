//! Axes of whole years, and the years that the main axis has.

use chancery_brief::edtf::Day;

use super::entries::{Entry, Extent, Shape};
use crate::units::Length;

/// Steps of labels, in years.
const STEPS: [i64; 14] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000];
/// Minimum width of a year whose quarters are marked.
const QUARTERS: Length = Length::pt(60);
/// Minimum distance of marked years.
const MARKED_YEARS: Length = Length::pt(4);

/// An axis of whole years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    /// The first and the last year.
    years: (i64, i64),
    /// Positions of its start and its end.
    places: (Length, Length),
    /// Years between labels.
    step: i64,
}

/// A mark of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tick {
    pub(super) place: Length,
    /// The year, if it has a label.
    pub(super) label: Option<i64>,
}

impl Axis {
    /// Creates an axis whose labels are at least `label` apart.
    pub(super) fn new(years: (i64, i64), places: (Length, Length), label: Length) -> Self {
        let count = (years.1 - years.0 + 1).max(1);
        let fits = |step: &&i64| (places.1 - places.0) * **step / count >= label;
        let step = *STEPS.iter().find(fits).unwrap_or(&STEPS[STEPS.len() - 1]);
        Self { years, places, step }
    }

    /// Moves the start back to a year with a label.
    pub(super) fn starting_at_label(self, label: Length) -> Self {
        let first = (0..self.step).map(|back| self.years.0 - back).find(|year| self.is_labelled(*year));
        Self::new((first.unwrap_or(self.years.0), self.years.1), self.places, label)
    }

    pub(super) const fn start(&self) -> Length {
        self.places.0
    }

    pub(super) const fn end(&self) -> Length {
        self.places.1
    }

    /// Returns whether every year has a label, so that dates need no year.
    pub(super) const fn gives_years(&self) -> bool {
        self.step == 1
    }

    pub(super) const fn first_year(&self) -> i64 {
        self.years.0
    }

    /// Returns the first day.
    pub(super) fn first_day(&self) -> i64 {
        new_year(self.years.0)
    }

    /// Returns the position of a day's start; days beyond the axis are at its ends.
    pub(super) fn place(&self, day: i64) -> Length {
        let (from, to) = (self.first_day(), new_year(self.years.1 + 1));
        let along = day.clamp(from, to) - from;
        self.places.0 + (self.places.1 - self.places.0) * along / (to - from).max(1)
    }

    /// Returns where the mark of an event begins and ends: one point of a dot, two of a bar.
    pub(super) fn span(&self, extent: &Extent) -> (Length, Length) {
        match extent.shape {
            Shape::Day | Shape::Imprecise => {
                let at = (self.place(extent.middle()) + self.place(extent.middle() + 1)) / 2;
                (at, at)
            }
            Shape::Interval => {
                let start = if extent.is_open.0 { self.places.0 } else { self.place(extent.days.0) };
                let end = if extent.is_open.1 { self.places.1 } else { self.place(extent.days.1 + 1) };
                (start, end)
            }
        }
    }

    /// Returns whether an interval ends after the axis.
    pub(super) fn is_left_by(&self, extent: &Extent) -> bool {
        extent.is_open.1 || extent.days.1 >= new_year(self.years.1 + 1)
    }

    /// Returns the years with labels, and between them the years or quarters that have room.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let year_width = (self.places.1 - self.places.0) / (self.years.1 - self.years.0 + 1).max(1);
        let mut ticks = Vec::new();
        for year in self.years.0..=self.years.1 {
            let label = self.is_labelled(year).then_some(year);
            if label.is_some() || year_width >= MARKED_YEARS {
                ticks.push(Tick { place: self.place(new_year(year)), label });
            }
            if year_width >= QUARTERS {
                let quarters = [4, 7, 10].map(|month| Day { year, month, day: 1 }.number());
                ticks.extend(quarters.map(|day| Tick { place: self.place(day), label: None }));
            }
        }
        ticks
    }

    /// Before year 1, years count backwards: the label of -99 is "100 BC".
    const fn is_labelled(&self, year: i64) -> bool {
        let number = if year < 1 { 1 - year } else { year };
        number % self.step == 0
    }
}

fn new_year(year: i64) -> i64 {
    Day { year, month: 1, day: 1 }.number()
}

/// Returns the years of the main axis: the fewest that end with the last event and contain the beginnings of three
/// quarters of the events. Intervals end on the axis unless they end after `as_of`, the last year that the brief knows.
pub(super) fn dense_years(entries: &[Entry], as_of: Option<i64>) -> (i64, i64) {
    let mut beginnings: Vec<i64> = entries.iter().map(|entry| entry.extent.year()).collect();
    beginnings.sort_unstable_by(|a, b| b.cmp(a));
    let held = (beginnings.len() * 3).div_ceil(4).max(1);
    let (Some(&last), Some(&first)) = (beginnings.first(), beginnings.get(held - 1)) else { return (0, 0) };
    let is_known = |year: &i64| as_of.is_none_or(|as_of| *year <= as_of);
    let ends = entries.iter().map(|entry| entry.extent.years.1).filter(is_known);
    (first, ends.fold(last, i64::max))
}

#[cfg(test)]
mod tests {
    use chancery_brief::edtf::Day;
    use chancery_proto::brief::v1::{BriefContent, Event};
    use proptest::prelude::*;

    use super::{Axis, dense_years};
    use crate::compose::figures::timeline::entries::Entries;
    use crate::units::Length;

    const PLACES: (Length, Length) = (Length::pt(100), Length::pt(460));
    const LABEL: Length = Length::pt(24);

    fn years(dates: &[&str], as_of: Option<i64>) -> (i64, i64) {
        let event = |date: &&str| Event { date: (*date).to_owned(), ..Event::default() };
        let content = BriefContent { events: dates.iter().map(event).collect(), ..BriefContent::default() };
        dense_years(&Entries::of(&content, &[], false).unwrap().dated, as_of)
    }

    #[test]
    fn the_main_axis_has_the_last_three_quarters_of_the_events_in_whole_years() {
        assert_eq!(years(&["1991", "2023-05-01", "2024-01-01", "2025-12-17"], None), (2023, 2025));
        assert_eq!(years(&["1991", "2000", "2024-01-01", "2025-12-17"], None), (2000, 2025));
        assert_eq!(years(&["1991", "2025-12-17"], None), (1991, 2025));
        assert_eq!(years(&["-0043-03-15"], None), (-43, -43));
    }

    #[test]
    fn an_interval_ends_on_the_axis_unless_its_end_is_in_the_future() {
        assert_eq!(years(&["2011/2020"], Some(2026)), (2011, 2020));
        assert_eq!(years(&["2025-10-02/2045", "2024-01-01"], Some(2026)), (2024, 2025));
        assert_eq!(years(&["2011/.."], Some(2026)), (2011, 2011));
    }

    #[test]
    fn labels_are_round_years_and_quarters_are_marked_where_they_have_room() {
        let labels = |years| {
            let axis = Axis::new(years, PLACES, LABEL);
            let ticks = axis.ticks();
            (ticks.iter().filter_map(|tick| tick.label).collect::<Vec<_>>(), ticks.len())
        };
        assert_eq!(labels((2023, 2025)), (vec![2023, 2024, 2025], 12));
        assert_eq!(labels((1989, 2022)), (vec![1990, 1995, 2000, 2005, 2010, 2015, 2020], 34));
        assert_eq!(labels((1723, 2025)), (vec![1750, 1800, 1850, 1900, 1950, 2000], 6), "years are too near");
        // From 200 BC to 20 BC, then from AD 20.
        assert_eq!(labels((-205, 60)).0, [-199, -179, -159, -139, -119, -99, -79, -59, -39, -19, 20, 40, 60]);
    }

    #[test]
    fn an_interval_without_an_end_reaches_the_end_of_the_axis() {
        let axis = Axis::new((2023, 2025), PLACES, LABEL);
        let span = |date: &str| {
            let events = vec![Event { date: date.to_owned(), ..Event::default() }];
            let content = BriefContent { events, ..BriefContent::default() };
            axis.span(&Entries::of(&content, &[], false).unwrap().dated[0].extent)
        };
        let (begin, end) = span("2024-01/2024-06");
        assert!(PLACES.0 < begin && begin < end && end < PLACES.1);
        assert_eq!(span("2024-01/.."), (begin, PLACES.1));
        assert_eq!(span("../2024-06"), (PLACES.0, end));
    }

    #[test]
    fn an_axis_can_begin_at_a_label() {
        let axis = Axis::new((1991, 2022), PLACES, LABEL).starting_at_label(LABEL);
        assert_eq!(axis.ticks()[0].label, Some(1990));
        assert_eq!(axis.place(Day { year: 1990, month: 1, day: 1 }.number()), PLACES.0);
    }

    proptest! {
        #[test]
        fn later_days_are_never_left_of_earlier_ones_and_labels_are_apart(
            first in -9_999_i64..9_999,
            span in 0_i64..3_000,
            days in prop::collection::vec(-4_000_000_i64..4_000_000, 2..20),
        ) {
            let axis = Axis::new((first, first + span), PLACES, LABEL);
            let mut days = days;
            days.sort_unstable();
            for pair in days.windows(2) {
                prop_assert!(axis.place(pair[0]) <= axis.place(pair[1]));
                prop_assert!(axis.place(pair[0]) >= PLACES.0 && axis.place(pair[1]) <= PLACES.1);
            }
            let labels: Vec<Length> =
                axis.ticks().iter().filter(|tick| tick.label.is_some()).map(|tick| tick.place).collect();
            prop_assert!(labels.windows(2).all(|pair| pair[1] - pair[0] >= LABEL - Length::pt(1)));
        }
    }
}
