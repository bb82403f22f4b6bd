//! The events as the timeline shows them.

use std::collections::BTreeMap;

use chancery_brief::edtf::{Bound, Date, Edtf, Precision};
use chancery_brief::reading_order;
use chancery_proto::brief::v1::{BriefContent, Event, Statement};

use crate::compose::content_facts::events_in_time_order;
use crate::compose::marked_names::portion;
use crate::text::runs_right_to_left;

/// Years that the axis can have.
const DRAWABLE_YEARS: std::ops::RangeInclusive<i64> = -9_999..=9_999;

/// A drawn event.
pub(super) struct Entry<'c> {
    pub(super) event: &'c Event,
    /// Title with its portion marking, and an asterisk if no source is cited.
    pub(super) text: String,
    pub(super) extent: Extent,
    /// Index of its field among the brief's domains.
    pub(super) domain: Option<usize>,
    /// Whether the figure emphasizes it.
    pub(super) is_highlighted: bool,
}

/// An event without a date.
pub(super) struct Undated {
    pub(super) text: String,
    pub(super) is_highlighted: bool,
}

/// The events of a figure in time order.
pub(super) struct Entries<'c> {
    pub(super) dated: Vec<Entry<'c>>,
    pub(super) undated: Vec<Undated>,
    /// Whether any event has no source.
    pub(super) has_unsourced: bool,
}

/// A range of days, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) days: (i64, i64),
    pub(super) years: (i64, i64),
    pub(super) shape: Shape,
    /// Whether it has no start, and whether it has no end.
    pub(super) is_open: (bool, bool),
}

/// How an event is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A dot: a day.
    Day,
    /// An open dot: an approximate date, or one that is not known to the day.
    Imprecise,
    /// A bar: an interval.
    Interval,
}

impl<'c> Entries<'c> {
    /// Returns the events of a brief; `None` if an axis cannot show one of them, or if none has a date.
    pub(super) fn of(
        content: &'c BriefContent,
        highlight_ids: &[String],
        right_to_left: bool,
    ) -> Option<Self> {
        let support = Support::of(content);
        let mut entries = Self { dated: Vec::new(), undated: Vec::new(), has_unsourced: false };
        for (event, date) in events_in_time_order(&content.events) {
            let is_highlighted = highlight_ids.contains(&event.id);
            let is_sourced = support.is_sourced(event);
            entries.has_unsourced |= !is_sourced;
            let text = text(event, is_sourced, &content.default_marking, right_to_left);
            if event.date.is_empty() {
                entries.undated.push(Undated { text, is_highlighted });
                continue;
            }
            let extent = Extent::of(&date?)?;
            let domain = support.field_of(event);
            entries.dated.push(Entry { event, text, extent, domain, is_highlighted });
        }
        (!entries.dated.is_empty()).then_some(entries)
    }
}

fn text(event: &Event, is_sourced: bool, floor: &str, right_to_left: bool) -> String {
    let title = format!("{}{}", portion(&event.marking, floor), event.title);
    // The date before it and the asterisk after it keep their places beside a title in another direction (UAX #9).
    let isolated = if right_to_left || runs_right_to_left([title.as_str()], false) {
        format!("\u{2068}{title}\u{2069}")
    } else {
        title
    };
    if is_sourced { isolated } else { isolated + "*" }
}

/// The fields and sources of the statements that support events.
struct Support<'c> {
    by_id: BTreeMap<&'c str, usize>,
    statements: BTreeMap<&'c str, &'c Statement>,
}

impl<'c> Support<'c> {
    fn of(content: &'c BriefContent) -> Self {
        let statements = reading_order::statements(content).into_iter();
        Self {
            by_id: content
                .domains
                .iter()
                .zip(0..)
                .map(|(domain, index)| (domain.id.as_str(), index))
                .collect(),
            statements: statements.map(|of| (of.id.as_str(), of)).collect(),
        }
    }

    /// Returns the field of the first statement that supports an event.
    fn field_of(&self, event: &Event) -> Option<usize> {
        let statement = self.statements.get(event.statement_ids.first()?.as_str())?;
        self.by_id.get(statement.domain.as_str()).copied()
    }

    /// Returns whether an event, or a statement that supports it, cites a source.
    fn is_sourced(&self, event: &Event) -> bool {
        let statements = event.statement_ids.iter().filter_map(|id| self.statements.get(id.as_str()));
        !event.source_ids.is_empty() || statements.into_iter().any(|of| !of.citations.is_empty())
    }
}

impl Extent {
    fn of(date: &Edtf) -> Option<Self> {
        let (dates, shape, is_open) = match date {
            Edtf::Date(date) => ((date, date), shape(date), (false, false)),
            Edtf::Interval(Bound::Date(start), Bound::Date(end)) => {
                ((start, end), Shape::Interval, (false, false))
            }
            Edtf::Interval(Bound::Date(start), Bound::Open) => {
                ((start, start), Shape::Interval, (false, true))
            }
            Edtf::Interval(Bound::Open, Bound::Date(end)) => ((end, end), Shape::Interval, (true, false)),
            // Of an interval with an unknown bound only the other is on the axis.
            Edtf::Interval(Bound::Date(known), _) | Edtf::Interval(_, Bound::Date(known)) => {
                ((known, known), Shape::Imprecise, (false, false))
            }
            Edtf::Interval(..) => return None,
        };
        let (first, last) = (dates.0.earliest(), dates.1.latest());
        let drawable = [first, last].iter().all(|day| DRAWABLE_YEARS.contains(&day.year));
        drawable.then_some(Self {
            days: (first.number(), last.number()),
            years: (first.year, last.year),
            shape,
            is_open,
        })
    }

    /// Returns the year in which it begins, or the middle of the years in which it may have been.
    pub(super) const fn year(&self) -> i64 {
        match self.shape {
            Shape::Interval => self.years.0,
            Shape::Day | Shape::Imprecise => (self.years.0 + self.years.1).div_euclid(2),
        }
    }

    /// Returns the day in its middle.
    pub(super) const fn middle(&self) -> i64 {
        (self.days.0 + self.days.1).div_euclid(2)
    }
}

const fn shape(date: &Date) -> Shape {
    match date.precision {
        Precision::Day(..) if !date.approximate && !date.uncertain => Shape::Day,
        _ => Shape::Imprecise,
    }
}

#[cfg(test)]
mod tests {
    use chancery_brief::edtf;
    use chancery_proto::brief::v1::{BriefContent, Event};

    use super::{Entries, Extent, Shape};

    fn event(date: &str, title: &str) -> Event {
        Event { date: date.to_owned(), title: title.to_owned(), ..Event::default() }
    }

    #[test]
    fn events_are_in_time_order_with_undated_ones_apart() {
        let events = ["2011/2024-12-08", "", "1991", "-0043-03-15", "2000~"].map(|date| event(date, date));
        let content = BriefContent { events: events.to_vec(), ..BriefContent::default() };
        let entries = Entries::of(&content, &[], false).unwrap();
        let dates: Vec<&str> = entries.dated.iter().map(|entry| entry.event.date.as_str()).collect();
        assert_eq!(dates, ["-0043-03-15", "1991", "2000~", "2011/2024-12-08"]);
        assert_eq!((entries.undated.len(), entries.has_unsourced), (1, true));
    }

    #[test]
    fn an_event_that_no_axis_can_show_leaves_the_figure_to_the_table() {
        for dates in [&["Y17000", "2024"][..], &["soon"], &[""], &[]] {
            let events = dates.iter().map(|date| event(date, "An event")).collect();
            let content = BriefContent { events, ..BriefContent::default() };
            assert!(Entries::of(&content, &[], false).is_none(), "{dates:?}");
        }
    }

    #[test]
    fn only_a_certain_day_is_a_dot_and_only_an_interval_a_bar() {
        let shape = |date| Extent::of(&edtf::parse(date).unwrap()).unwrap().shape;
        for day in ["2024-03-01", "2024-03-01T10:00:00Z"] {
            assert_eq!(shape(day), Shape::Day, "{day}");
        }
        for imprecise in
            ["2024-03", "2024", "2024-03-01~", "2024-03-01?", "202X", "2024-21", "/2024", "2024-03/"]
        {
            assert_eq!(shape(imprecise), Shape::Imprecise, "{imprecise}");
        }
        for interval in ["2024/2025", "2024-03-01/..", "../2024", "2024~/2025?"] {
            assert_eq!(shape(interval), Shape::Interval, "{interval}");
        }
    }

    #[test]
    fn titles_in_another_direction_are_isolated_between_date_and_asterisk() {
        let text = |title: &str, right_to_left| {
            let sourced = Event { source_ids: vec!["s1".to_owned()], ..event("2024", title) };
            let events = vec![sourced, event("2024", title)];
            let content = BriefContent { events, ..BriefContent::default() };
            let entries = Entries::of(&content, &[], right_to_left).unwrap();
            entries.dated.into_iter().map(|entry| entry.text).collect::<Vec<_>>()
        };
        assert_eq!(text("War", false), ["War", "War*"]);
        assert_eq!(text("War", true), ["\u{2068}War\u{2069}", "\u{2068}War\u{2069}*"]);
        assert_eq!(text("جنگ", false), ["\u{2068}جنگ\u{2069}", "\u{2068}جنگ\u{2069}*"]);
    }
}
