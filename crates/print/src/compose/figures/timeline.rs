//! The timeline: one row per event with its date and title, and its mark on a scaled axis. Rows keep labels apart
//! however close the events are.

use chancery_brief::edtf::{self, Bound, Date, Day, Edtf, Precision};
use chancery_proto::brief::v1::Event;

use super::scale::{Scale, TICK_WIDTH, day_number};
use super::sketch::{Ruler, Sketch, SketchLabel, TALLEST, WIDTH, portion};
use crate::compose::labels::{Labels, filled};
use crate::compose::stylesheet::{ACCENT, FIGURE, FIGURE_SMALL, GUIDE, INK, QUIET};
use crate::graphics::{Color, Rect};
use crate::layout::HAIRLINE;
use crate::text::paragraph_setup::Align;
use crate::units::Length;

const DATE_WIDTH: Length = Length::pt(64);
const TITLE: Length = Length::pt(67);
const TITLE_WIDTH: Length = Length::pt(228);
/// Start and end of the axis.
const AXIS: (Length, Length) = (Length::pt(304), Length::pt(464));
/// Space above and below a row's text.
const PADDING: Length = Length::milli_pt(1_200);
/// Half the height of a bar, and the radius of a day's disc.
const HALF: Length = Length::milli_pt(2_400);
/// The least width of a bar.
const NARROWEST: Length = Length::milli_pt(3_200);
/// Distance of an emphasized event's ring from its mark, and its line width.
const RING: Length = Length::milli_pt(1_600);
const RING_WIDTH: Length = Length::milli_pt(800);
const WHITE: Color = Color(0xff, 0xff, 0xff);

/// A drawn event.
pub(super) struct Entry {
    date: String,
    title: String,
    /// Its days; `None` for undated events and years of more than four digits.
    extent: Option<Extent>,
    /// Whether the figure emphasizes it.
    highlighted: bool,
}

/// A range of days, by [`day_number`].
#[derive(Clone, Copy)]
struct Extent {
    days: (Day, Day),
    kind: Kind,
    ends: (End, End),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A single day.
    Day,
    /// An unknown day of a month, year or the like.
    Within,
    /// The whole range.
    Throughout,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Sharp,
    /// Approximate or unknown.
    Fuzzy,
    /// No end.
    Open,
}

/// Returns the events by date, undated ones last.
pub(super) fn entries(
    events: &[Event],
    highlight_ids: &[String],
    floor: &str,
    labels: &Labels,
) -> Vec<Entry> {
    let mut events: Vec<(&Event, Option<Edtf>)> =
        events.iter().map(|event| (event, edtf::parse(&event.date).ok())).collect();
    events.sort_by_key(|(_, date)| (date.is_none(), date.map(|date| date.sort_key())));
    let entry = |(event, date): (&Event, Option<Edtf>)| Entry {
        date: if event.date.is_empty() { labels.undated.to_owned() } else { shown(&event.date, labels) },
        title: format!("{}{}", portion(&event.marking, floor), event.title),
        extent: date.and_then(|date| Extent::of(&date)),
        highlighted: highlight_ids.contains(&event.id),
    };
    events.into_iter().map(entry).collect()
}

/// Formats an interval with a dash, without the part of the end that it shares with the start.
pub(super) fn shown(date: &str, labels: &Labels) -> String {
    let Some((start, end)) = date.split_once('/') else { return date.to_owned() };
    let same_month = start.len() == 10 && end.len() == 10 && start.get(..8) == end.get(..8);
    let end = if same_month { end.get(8..).unwrap_or(end) } else { end };
    let (start, end) = (start.trim_start_matches(".."), end.trim_start_matches(".."));
    match (start, end) {
        ("", end) => filled(labels.date_to, &[end]),
        (start, "") => filled(labels.date_from, &[start]),
        (start, end) => format!("{start}\u{2013}{end}"),
    }
}

impl Extent {
    fn of(date: &Edtf) -> Option<Self> {
        let extent = match date {
            Edtf::Date(date) => {
                let kind =
                    if matches!(date.precision, Precision::Day(..)) { Kind::Day } else { Kind::Within };
                let end = sharpness(date);
                Self { days: (date.earliest(), date.latest()), kind, ends: (end, end) }
            }
            Edtf::Interval(start, end) => {
                let (from, to) = (bound(start), bound(end));
                let days = (from.1.or(to.1)?.0, to.1.or(from.1)?.1);
                Self { days, kind: Kind::Throughout, ends: (from.0, to.0) }
            }
        };
        let drawable = |day: Day| (-9_999..=9_999).contains(&day.year);
        (drawable(extent.days.0) && drawable(extent.days.1)).then_some(extent)
    }
}

fn sharpness(date: &Date) -> End {
    if date.approximate || date.uncertain { End::Fuzzy } else { End::Sharp }
}

fn bound(bound: &Bound) -> (End, Option<(Day, Day)>) {
    match bound {
        Bound::Date(date) => (sharpness(date), Some((date.earliest(), date.latest()))),
        Bound::Open => (End::Open, None),
        Bound::Unknown => (End::Fuzzy, None),
    }
}

/// Returns the facts for the alternative text, such as "1991: The union ends", with "(highlighted)" for emphasized
/// events.
pub(super) fn facts(entries: &[Entry], labels: &Labels) -> Vec<String> {
    let fact = |entry: &Entry| {
        let highlighted =
            if entry.highlighted { format!(" ({})", labels.legend_highlighted) } else { String::new() };
        format!("{}: {}{highlighted}", entry.date, entry.title.trim_end_matches('.'))
    };
    entries.iter().map(fact).collect()
}

/// Draws the events; `None` without any date, or if they do not fit on a page.
pub(super) fn sketch(entries: &[Entry], ruler: &mut Ruler) -> Option<Sketch> {
    let month = |day: Day| day.year * 12 + i64::from(day.month) - 1;
    let extents = entries.iter().filter_map(|entry| entry.extent);
    let months: Vec<i64> = extents.flat_map(|of| [month(of.days.0), month(of.days.1)]).collect();
    let scale = Scale::new(&months, AXIS)?;
    let mut sketch = Sketch::new(WIDTH);
    let axis = FIGURE_SMALL.leading + Length::pt(2);
    let mut rows = Vec::new();
    let mut top = axis;
    for entry in entries {
        let text = top + PADDING;
        let date = SketchLabel::new(&entry.date, FIGURE, (Length::ZERO, text), DATE_WIDTH).own();
        let kind = if entry.highlighted { FIGURE.strong() } else { FIGURE };
        let title = SketchLabel::new(&entry.title, kind, (TITLE, text), TITLE_WIDTH);
        let height = [&date, &title].map(|label| ruler.height(&label.text, label.kind, label.width));
        rows.push((entry, text + FIGURE.leading / 2));
        sketch.label(date);
        sketch.label(title);
        top = text + height[0].max(height[1]) + PADDING;
        sketch.rule(Length::ZERO, WIDTH, top, GUIDE);
    }
    draw_axis(&mut sketch, &scale, (axis, top), ruler.lexicon.labels());
    for (entry, y) in &rows {
        mark(&mut sketch, &scale, entry, *y);
    }
    draw_break(&mut sketch, &scale, axis, top);
    sketch.height = legend(&mut sketch, entries, scale.broken_at().is_some(), top, ruler);
    (sketch.height <= TALLEST).then_some(sketch)
}

/// Draws the axis with its labels, and a vertical line at each.
fn draw_axis(sketch: &mut Sketch, scale: &Scale, (top, bottom): (Length, Length), labels: &Labels) {
    sketch.rule(Length::ZERO, AXIS.0 - Length::pt(8), top, GUIDE);
    sketch.line(&[(AXIS.0, top), (WIDTH, top)], INK, HAIRLINE * 2, false);
    for tick in scale.ticks(labels) {
        sketch.line(&[(tick.place, top), (tick.place, bottom)], GUIDE, HAIRLINE, false);
        let at = (tick.place - TICK_WIDTH / 2, Length::ZERO);
        let label = SketchLabel::new(&tick.text, FIGURE_SMALL, at, TICK_WIDTH).aligned(Align::Centered);
        sketch.label(label.own());
    }
}

/// Draws a white gap across the rows, and two slanted strokes where it crosses the axis and the last rule.
fn draw_break(sketch: &mut Sketch, scale: &Scale, top: Length, bottom: Length) {
    let Some((left, right)) = scale.broken_at() else { return };
    let (left, right) = (left + Length::pt(2), right - Length::pt(2));
    let over = Length::pt(1);
    let gap = Rect { x: left, y: top - over, width: right - left, height: bottom - top + over * 2 };
    sketch.fill_rect(gap, WHITE);
    for y in [top, bottom] {
        strokes(sketch, (left, right), y);
    }
}

/// Draws the mark of a break.
fn strokes(sketch: &mut Sketch, (left, right): (Length, Length), y: Length) {
    let (slant, rise) = (Length::milli_pt(1_300), Length::milli_pt(2_800));
    for x in [left, right] {
        sketch.line(&[(x - slant, y + rise), (x + slant, y - rise)], INK, HAIRLINE * 2, false);
    }
}

fn mark(sketch: &mut Sketch, scale: &Scale, entry: &Entry, y: Length) {
    let Some(extent) = entry.extent else {
        return sketch.line(&[(AXIS.0, y), (AXIS.1, y)], QUIET, HAIRLINE, true);
    };
    let left = if extent.ends.0 == End::Open { AXIS.0 } else { scale.place(day_number(extent.days.0)) };
    let right = if extent.ends.1 == End::Open {
        WIDTH - Length::pt(3)
    } else {
        scale.place(day_number(extent.days.1) + 1)
    };
    if extent.kind == Kind::Day {
        let x = (left + right) / 2;
        sketch.disc((x, y), HALF);
        if entry.highlighted {
            sketch.ring((x, y), HALF + RING, RING_WIDTH);
        }
        return fuzz(sketch, extent.ends, (x - HALF, x + HALF), y);
    }
    // Bars that are too short to be visible are widened around their centre.
    let lacking = (NARROWEST - (right - left)).max(Length::ZERO) / 2;
    let (left, right) = (left - lacking, right + lacking);
    let (height, top) = (HALF * 2, y - HALF);
    let bar = Rect { x: left, y: top, width: right - left, height };
    if extent.kind == Kind::Within {
        sketch.fill_rect(bar, WHITE);
        sketch.frame_rect(bar, INK, HAIRLINE * 2);
    } else {
        sketch.fill_rect(bar, ACCENT);
    }
    if entry.highlighted {
        let around =
            Rect { x: left - RING, y: top - RING, width: bar.width + RING * 2, height: height + RING * 2 };
        sketch.frame_rect(around, INK, RING_WIDTH);
    }
    fuzz(sketch, extent.ends, (left, right), y);
    arrow(sketch, extent.ends, (left, right), y);
}

/// Draws thinning strokes beyond an end that is not sharp.
fn fuzz(sketch: &mut Sketch, ends: (End, End), (left, right): (Length, Length), y: Length) {
    for (end, edge, outward) in [(ends.0, left, -1), (ends.1, right, 1)] {
        if end != End::Fuzzy {
            continue;
        }
        for step in 1..=3 {
            let x = edge + Length::milli_pt(1_400) * step * outward;
            let width = Length::milli_pt(1_000) - Length::milli_pt(250) * step;
            sketch.line(&[(x, y - HALF), (x, y + HALF)], INK, width, false);
        }
    }
}

/// Draws an arrowhead at an open end.
fn arrow(sketch: &mut Sketch, ends: (End, End), (left, right): (Length, Length), y: Length) {
    let (length, half) = (Length::pt(5), HALF * 3 / 2);
    for (end, edge, outward) in [(ends.0, left, -1), (ends.1, right, 1)] {
        if end == End::Open {
            let tip = edge + length * outward / 2;
            let back = tip - length * outward;
            sketch.fill(&[(back, y - half), (tip, y), (back, y + half)], ACCENT);
        }
    }
}

/// Draws the legend of the marks in use; returns its bottom.
fn legend(sketch: &mut Sketch, entries: &[Entry], broken: bool, top: Length, ruler: &mut Ruler) -> Length {
    let labels = ruler.lexicon.labels();
    let extents: Vec<Extent> = entries.iter().filter_map(|entry| entry.extent).collect();
    let kind = |kind: Kind| extents.iter().any(|extent| extent.kind == kind);
    let end = |end: End| extents.iter().any(|extent| extent.ends.0 == end || extent.ends.1 == end);
    let samples = [
        (kind(Kind::Day), labels.legend_day, Sample::Bar(Kind::Day, End::Sharp)),
        (kind(Kind::Within), labels.legend_within, Sample::Bar(Kind::Within, End::Sharp)),
        (kind(Kind::Throughout), labels.legend_throughout, Sample::Bar(Kind::Throughout, End::Sharp)),
        (end(End::Fuzzy), labels.legend_fuzzy, Sample::Bar(Kind::Within, End::Fuzzy)),
        (end(End::Open), labels.legend_open, Sample::Bar(Kind::Throughout, End::Open)),
        (entries.iter().any(|entry| entry.highlighted), labels.legend_highlighted, Sample::Ring),
        (broken, labels.legend_break, Sample::Break),
    ];
    let mut y = top + Length::pt(3);
    let mut x = Length::ZERO;
    for (_, text, sample) in samples.into_iter().filter(|(used, ..)| *used) {
        let width = ruler.width(text, FIGURE_SMALL) + Length::pt(2);
        if x > Length::ZERO && x + Length::pt(21) + width > WIDTH {
            (x, y) = (Length::ZERO, y + FIGURE_SMALL.leading);
        }
        sample.draw(sketch, (x + Length::pt(9), y + FIGURE_SMALL.leading / 2));
        x += Length::pt(21);
        sketch.label(SketchLabel::new(text, FIGURE_SMALL, (x, y), width).own());
        x += width + Length::pt(8);
    }
    y + FIGURE_SMALL.leading
}

/// A mark of the legend.
enum Sample {
    Bar(Kind, End),
    Ring,
    Break,
}

impl Sample {
    fn draw(&self, sketch: &mut Sketch, (x, y): (Length, Length)) {
        let reach = Length::pt(4);
        match self {
            Self::Bar(Kind::Day, _) => sketch.disc((x, y), HALF),
            Self::Bar(kind, end) => {
                let bar = Rect { x: x - reach, y: y - HALF, width: reach * 2, height: HALF * 2 };
                if *kind == Kind::Within {
                    sketch.frame_rect(bar, INK, HAIRLINE * 2);
                } else {
                    sketch.fill_rect(bar, ACCENT);
                }
                fuzz(sketch, (End::Sharp, *end), (x - reach, x + reach), y);
                arrow(sketch, (End::Sharp, *end), (x - reach, x + reach), y);
            }
            Self::Ring => {
                sketch.disc((x, y), HALF);
                sketch.ring((x, y), HALF + RING, RING_WIDTH);
            }
            Self::Break => strokes(sketch, (x - reach / 2, x + reach / 2), y),
        }
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::Event;
    use proptest::prelude::*;

    use super::{End, Kind, entries, facts, shown, sketch};
    use crate::compose::figures::sketch::tests::{ENGLISH, ruled};
    use crate::graphics::{Paint, Path, Segment};
    use crate::layout::HAIRLINE;
    use crate::units::Length;

    fn event(date: &str, title: &str) -> Event {
        Event { date: date.to_owned(), title: title.to_owned(), ..Event::default() }
    }

    #[test]
    fn events_are_sorted_by_date_with_undated_ones_last() {
        let events = [
            event("", "Some day"),
            event("2011/2024-12-08", "War"),
            event("1991", "End"),
            event("2000~", "Rise"),
        ];
        let entries = entries(&events, &[], "", ENGLISH.labels());
        let expected = ["1991: End", "2000~: Rise", "2011\u{2013}2024-12-08: War", "undated: Some day"];
        assert_eq!(facts(&entries, ENGLISH.labels()), expected);
        let ends: Vec<_> =
            entries.iter().filter_map(|entry| entry.extent).map(|of| (of.kind, of.ends)).collect();
        assert_eq!(ends[1], (Kind::Within, (End::Fuzzy, End::Fuzzy)));
        assert_eq!(ends[2], (Kind::Throughout, (End::Sharp, End::Sharp)));
    }

    #[test]
    fn intervals_are_shown_short() {
        assert_eq!(shown("2025-06-13/2025-06-24", ENGLISH.labels()), "2025-06-13\u{2013}24");
        assert_eq!(shown("../1991", ENGLISH.labels()), "to 1991");
        assert_eq!(shown("2011/..", ENGLISH.labels()), "from 2011");
        assert_eq!(shown("2025-10-02/2045", ENGLISH.labels()), "2025-10-02\u{2013}2045");
    }

    #[test]
    fn a_timeline_without_dates_is_not_drawn() {
        let events = [event("", "Some day"), event("Y17000", "Far ahead")];
        assert!(ruled(|ruler| sketch(&entries(&events, &[], "", ENGLISH.labels()), ruler).is_none()));
    }

    #[test]
    fn only_highlighted_events_have_a_ring_and_are_described_as_highlighted() {
        let events = ["e1", "e2"].map(|id| Event { id: id.to_owned(), ..event("2024-03-01", id) });
        let drawn = |highlight_ids: &[String]| {
            let entries = entries(&events, highlight_ids, "", ENGLISH.labels());
            let rings = ruled(|ruler| {
                let sketch = sketch(&entries, ruler)?;
                let is_ring = |path: &&Path| {
                    matches!(path.paint, Paint::Stroke { .. })
                        && path.segments.iter().any(|segment| matches!(segment, Segment::Curve(_)))
                };
                Some((sketch.paths.iter().filter(is_ring).count(), sketch.labels.len()))
            });
            (rings.unwrap(), facts(&entries, ENGLISH.labels()))
        };
        let (without, link_contents) = drawn(&[]);
        assert_eq!((without.0, link_contents[1].as_str()), (0, "2024-03-01: e2"));
        let (with, link_contents) = drawn(&["e2".to_owned()]);
        // One ring on the axis, and one in the legend with its label.
        assert_eq!(with, (2, without.1 + 1));
        assert_eq!(link_contents, ["2024-03-01: e1", "2024-03-01: e2 (highlighted)"]);
    }

    fn any_date() -> impl Strategy<Value = String> {
        let year = || prop_oneof![4 => 1990_i32..2030, 1 => 0_i32..9_999];
        prop_oneof![
            Just(String::new()),
            year().prop_map(|year| format!("{year:04}~")),
            (year(), 1..13, 1..29).prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}")),
            (year(), 1..13).prop_map(|(year, month)| format!("{year:04}-{month:02}/..")),
            (year(), 0..40).prop_map(|(year, length)| format!("{year:04}/{:04}?", year + length)),
            year().prop_map(|year| format!("/{year:04}")),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn labels_never_overlap_and_marks_stay_in_the_drawing(
            dated in prop::collection::vec((any_date(), "[A-Z][a-z]{0,9}( [a-z]{1,12}){0,14}"), 1..30),
        ) {
            let events: Vec<Event> = dated
                .iter()
                .enumerate()
                .map(|(index, (date, title))| Event { id: format!("e{index}"), ..event(date, title) })
                .collect();
            let highlighted: Vec<String> = events.iter().step_by(2).map(|event| event.id.clone()).collect();
            let entries = entries(&events, &highlighted, "", ENGLISH.labels());
            prop_assert_eq!(entries.len(), events.len());
            let (collision, outside) = ruled(|ruler| {
                let sketch = sketch(&entries, ruler)?;
                let reach = sketch.width + HAIRLINE + Length::pt(6);
                let inside = |x: Length| x >= Length::ZERO && x <= reach;
                let outside = sketch.paths.iter().flat_map(|path| &path.segments).any(|segment| match segment {
                    Segment::Rect(rect) => !inside(rect.x) || !inside(rect.x + rect.width),
                    Segment::Move(x, _) | Segment::Line(x, _) => !inside(*x),
                    Segment::Curve(_) | Segment::Close => false,
                });
                Some((sketch.collision(ruler), outside))
            }).unwrap_or_default();
            prop_assert_eq!(collision, None);
            prop_assert!(!outside);
        }
    }
}
