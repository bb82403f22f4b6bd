//! The drawing: the inset of early events, the main axis, and below it one lane per field.

use std::cmp::Reverse;

use chancery_brief::edtf;
use chancery_proto::brief::v1::BriefContent;

use super::axis::{Axis, dense_years};
use super::entries::{Entries, Entry, Extent, Shape};
use super::inset::{self, InsetEvent};
use super::marks::{Mark, MarkKind, Sample, legend};
use super::placement::{Placed, RowMetrics, Rows};
use crate::compose::figure_notes::FigureNote;
use crate::compose::figures::sketch::{LabelDate, Ruler, Sketch, SketchLabel, TALLEST, WIDTH};
use crate::compose::labels::{TimelineLabels, filled};
use crate::compose::marked_names::marked_name;
use crate::compose::stylesheet::{GUIDE, INK, QUIET, TINT};
use crate::graphics::Rect;
use crate::layout::HAIRLINE;
use crate::units::Length;

/// Greatest number of events.
const MOST_EVENTS: usize = 25;
/// Greatest number of rows of a lane.
const MOST_ROWS: usize = 9;
/// Greatest height of all lanes.
const HIGHEST_LANES: Length = Length::pt(330);
/// Width of the lanes' names, and the space after them.
const NAMES: (Length, Length) = (Length::milli_pt(69_700), Length::pt(4));
/// Start and end of the main axis.
const AXIS: (Length, Length) = (Length::mm(26), WIDTH);
/// Space above and below the rows of a lane.
const PADDING: Length = Length::pt(5);
/// Space between the inset and the main axis.
const BELOW_INSET: Length = Length::pt(8);
/// Height of the main axis with its labels.
const AXIS_HEIGHT: Length = Length::pt(14);
/// Shortest piece of a year's line between labels; shorter ones look like marks.
const SHORTEST_GUIDE: Length = Length::pt(4);
/// Width of the line below the axis and the lanes.
const RULE: Length = Length::milli_pt(800);

/// Draws the events of a brief; `None` if they are too many or too long for a drawing.
pub(super) fn sketch(content: &BriefContent, highlight_ids: &[String], ruler: &mut Ruler) -> Option<Sketch> {
    if content.events.len() > MOST_EVENTS {
        return None;
    }
    let entries = Entries::of(content, highlight_ids, ruler.right_to_left)?;
    let timeline = Timeline::new(content, &entries, ruler);
    let mut sketch = Sketch::new(WIDTH);
    let mut top = timeline.draw_inset(&mut sketch, ruler)?;
    let lanes = timeline.lanes(ruler)?;
    let scale = (top, top + AXIS_HEIGHT);
    sketch.divisions.tops.extend(Some(top).filter(|top| *top > Length::ZERO));
    sketch.divisions.scale = scale;
    top = scale.1;
    lanes.iter().fold(top, |top, lane| {
        timeline.draw_ground(&mut sketch, lane, top);
        top + lane.height
    });
    timeline.draw_axis(&mut sketch, top, ruler);
    let last = lanes.len().saturating_sub(1);
    for (index, lane) in lanes.into_iter().enumerate() {
        top = lane.draw(&mut sketch, top);
        // The legend stays with the last lane.
        sketch.divisions.tops.extend((index < last).then_some(top));
    }
    sketch.height = legend(&mut sketch, &timeline.samples(), top + Length::pt(3), ruler);
    // The list's order is that of the labels: the order of time.
    sketch.labels.sort_by_key(|label| label.item.map_or(0, |item| item + 1));
    sketch.items = entries.dated.iter().map(|entry| entry.event.id.clone()).collect();
    sketch.notes = notes(&entries, timeline.labels, ruler.right_to_left);
    (sketch.height <= TALLEST).then_some(sketch)
}

/// The axes on which an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axes {
    Inset,
    Main,
    /// An interval that begins on the first axis and ends on the second.
    Both,
}

struct Timeline<'e> {
    content: &'e BriefContent,
    entries: &'e [Entry<'e>],
    axis: Axis,
    inset: Option<Axis>,
    /// The words of the first year of the main axis.
    first_year: String,
    /// The number of events on both axes.
    on_both: usize,
    /// Whether any event is emphasized, with or without a date.
    has_highlighted: bool,
    metrics: RowMetrics,
    labels: &'static TimelineLabels,
}

/// A lane with its placed events.
struct Lane {
    name: Option<SketchLabel>,
    placed: Vec<Placed>,
    metrics: RowMetrics,
    height: Length,
}

impl<'e> Timeline<'e> {
    fn new(content: &'e BriefContent, entries: &'e Entries<'e>, ruler: &mut Ruler) -> Self {
        let metrics = RowMetrics::of(ruler.right_to_left);
        let has_highlighted = entries.dated.iter().any(|entry| entry.is_highlighted)
            || entries.undated.iter().any(|event| event.is_highlighted);
        let entries = entries.dated.as_slice();
        let years = dense_years(entries, as_of_year(content));
        let axis = Axis::new(years, AXIS, label_room(years, metrics, ruler));
        let early = entries.iter().filter(|entry| axes(&entry.extent, years.0, &axis) != Axes::Main);
        let inset = early.map(|entry| entry.extent.year()).min().map(|first| {
            let years = (first, years.0 - 1);
            let room = label_room(years, metrics, ruler);
            Axis::new(years, inset::AXIS, room).starting_at_label(room)
        });
        let on_both = entries.iter().filter(|entry| axes(&entry.extent, years.0, &axis) == Axes::Both);
        Self {
            content,
            entries,
            axis,
            inset,
            first_year: ruler.lexicon.year(years.0),
            on_both: on_both.count(),
            has_highlighted,
            metrics,
            labels: ruler.lexicon.timeline(),
        }
    }

    fn axes(&self, entry: &Entry) -> Axes {
        axes(&entry.extent, self.axis.first_year(), &self.axis)
    }

    /// Returns the indexes and events on some axes, in order of time.
    fn on(&self, wanted: impl Fn(Axes) -> bool) -> impl Iterator<Item = (usize, &Entry<'e>)> {
        self.entries.iter().enumerate().filter(move |(_, entry)| wanted(self.axes(entry)))
    }

    /// Returns the mark that connects an interval on both axes with its label, if there are several such intervals.
    fn key(&self, index: usize, ruler: &Ruler) -> Option<String> {
        let number = self.on(|axes| axes == Axes::Both).position(|(other, _)| other == index)? + 1;
        (self.on_both > 1).then(|| format!("({})", ruler.lexicon.digits(&number.to_string())))
    }

    fn mark(&self, entry: &Entry, axis: &Axis) -> Mark {
        let is_on_both = self.axes(entry) == Axes::Both;
        let kind = if is_on_both { MarkKind::GrayBar } else { entry.extent.shape.into() };
        let is_interval = entry.extent.shape == Shape::Interval;
        let on_main = *axis == self.axis;
        let continues = (entry.extent.is_open.0, on_main && is_interval && axis.is_left_by(&entry.extent));
        Mark { kind, span: axis.span(&entry.extent), continues, is_ringed: entry.is_highlighted }
    }

    /// Returns the label of an event, not yet placed.
    fn label(&self, index: usize, (date, is_strong): (String, bool), ruler: &Ruler) -> SketchLabel {
        let (entry, kind) = (&self.entries[index], self.metrics.kind);
        let strong = |is_strong: bool| if is_strong { kind.strong() } else { kind };
        let at = (Length::ZERO, Length::ZERO);
        let mut label = SketchLabel::new(&entry.text, strong(entry.is_highlighted), at, Length::ZERO);
        let kind = if is_strong { kind.strong() } else { kind.colored(QUIET) };
        label.date = Some(LabelDate { text: date, kind, whole: ruler.lexicon.date(&entry.event.date) });
        label.item = Some(index);
        label
    }

    /// Draws the inset, if there are events before the main axis; returns where the main axis begins.
    fn draw_inset(&self, sketch: &mut Sketch, ruler: &mut Ruler) -> Option<Length> {
        let Some(axis) = &self.inset else { return Some(Length::ZERO) };
        let event = |(index, entry): (usize, &Entry)| {
            let date = ruler.lexicon.date(&entry.event.date);
            let date = self.key(index, ruler).map_or(date.clone(), |key| format!("{key} {date}"));
            InsetEvent { mark: self.mark(entry, axis), label: self.label(index, (date, true), ruler) }
        };
        let events = self.on(|axes| axes != Axes::Main).map(event).collect();
        let title = filled(self.labels.before, &[&self.first_year]);
        let height = inset::draw(sketch, (&title, events), axis, self.metrics, ruler)?;
        Some(height + BELOW_INSET)
    }

    /// Returns the lanes, those with most events first; `None` if they are too high.
    fn lanes(&self, ruler: &mut Ruler) -> Option<Vec<Lane>> {
        let mut fields: Vec<Option<usize>> =
            self.on(|axes| axes != Axes::Inset).map(|(_, entry)| entry.domain).collect();
        fields.sort_unstable();
        fields.dedup();
        let events = |field: Option<usize>| {
            self.on(|axes| axes == Axes::Main).filter(|(_, entry)| entry.domain == field).count()
        };
        fields.sort_by_key(|field| (field.is_none(), Reverse(events(*field)), *field));
        let lanes: Option<Vec<Lane>> = fields.into_iter().map(|field| self.lane(field, ruler)).collect();
        lanes.filter(|lanes| lanes.iter().map(|lane| lane.height).sum::<Length>() <= HIGHEST_LANES)
    }

    fn lane(&self, field: Option<usize>, ruler: &mut Ruler) -> Option<Lane> {
        let mut rows = Rows::new(self.metrics, AXIS);
        let mut placed = Vec::new();
        let of_field = |wanted: Axes| {
            self.on(move |axes| axes == wanted).filter(move |(_, entry)| entry.domain == field)
        };
        for (index, entry) in of_field(Axes::Both) {
            let key = self.key(index, ruler).map(|key| {
                let kind = self.metrics.kind.strong();
                SketchLabel::new(&key, kind, (Length::ZERO, Length::ZERO), Length::ZERO).own()
            });
            placed.push(rows.place_under(self.mark(entry, &self.axis), key, ruler));
        }
        for (index, entry) in of_field(Axes::Main) {
            let date = if self.axis.gives_years() {
                ruler.lexicon.date_without_year(&entry.event.date)
            } else {
                ruler.lexicon.date(&entry.event.date)
            };
            let label = self.label(index, (date, entry.is_highlighted), ruler);
            placed.push(rows.place(self.mark(entry, &self.axis), label, ruler));
        }
        if rows.count() > MOST_ROWS {
            return None;
        }
        let has_fields = self.entries.iter().any(|entry| entry.domain.is_some());
        // Without fields there is one lane, which needs no name.
        let name = has_fields.then(|| self.name(field));
        let kind = self.metrics.kind.strong();
        let name_height = name.as_ref().map_or(Length::ZERO, |name| ruler.height(&name.text, kind, NAMES.0));
        let height = name_height.max(self.metrics.height(rows.count())) + PADDING * 2;
        Some(Lane { name, placed, metrics: self.metrics, height })
    }

    fn name(&self, field: Option<usize>) -> SketchLabel {
        let (kind, at) = (self.metrics.kind.strong(), (Length::ZERO, Length::ZERO));
        let Some(domain) = field.and_then(|index| self.content.domains.get(index)) else {
            return SketchLabel::new(self.labels.no_field, kind, at, NAMES.0).own();
        };
        let name = marked_name(&domain.name, &domain.marking, &self.content.default_marking);
        SketchLabel::new(&name, kind, at, NAMES.0)
    }

    /// Draws the main axis above the lanes.
    fn draw_axis(&self, sketch: &mut Sketch, bottom: Length, ruler: &mut Ruler) {
        let kind = self.metrics.kind.strong();
        for tick in self.axis.ticks() {
            let height =
                if tick.label.is_some() { AXIS_HEIGHT - Length::pt(2) } else { Length::milli_pt(3_500) };
            sketch.line(&[(tick.place, bottom - height), (tick.place, bottom)], INK, HAIRLINE * 2, false);
            let Some(year) = tick.label else { continue };
            let text = ruler.lexicon.year(year);
            let width = ruler.width(&text, kind) + Length::pt(1);
            let at = (tick.place + Length::pt(3), bottom - AXIS_HEIGHT + Length::pt(1));
            if at.0 + width <= self.axis.end() {
                sketch.label(SketchLabel::new(&text, kind, at, width).own());
            }
        }
        sketch.line(&[(self.axis.start(), bottom), (self.axis.end(), bottom)], INK, RULE, false);
    }

    /// Draws what is behind a lane: the shade of the emphasized events' span, and the lines of the years, which labels
    /// interrupt.
    fn draw_ground(&self, sketch: &mut Sketch, lane: &Lane, top: Length) {
        let bottom = top + lane.height;
        if let Some((start, end)) = self.shade() {
            let (x, width, height) = (start, end - start, bottom - top);
            sketch.fill_rect(Rect { x, y: top, width, height }, TINT);
        }
        let years = self.axis.ticks().into_iter().filter(|tick| tick.label.is_some()).map(|tick| tick.place);
        let years = years.filter(|place| *place > self.axis.start());
        for x in years.chain([self.axis.start(), self.axis.end()]) {
            for (start, end) in lane.free_of_labels(x) {
                sketch.line(&[(x, top + start), (x, top + end)], GUIDE, HAIRLINE, false);
            }
        }
    }

    /// Returns the span of several emphasized events on the main axis.
    fn shade(&self) -> Option<(Length, Length)> {
        let highlighted = self.entries.iter().filter(|entry| entry.is_highlighted);
        let spans: Vec<_> = highlighted.map(|entry| self.axis.span(&entry.extent)).collect();
        let start = spans.iter().map(|span| span.0).min()?;
        let end = spans.iter().map(|span| span.1).max()?;
        (spans.len() > 1 && start < end).then_some((start, end))
    }

    fn samples(&self) -> Vec<(Sample, String)> {
        let marks: Vec<Mark> = self
            .entries
            .iter()
            .map(|entry| match (&self.inset, self.axes(entry)) {
                (Some(inset), Axes::Inset) => self.mark(entry, inset),
                _ => self.mark(entry, &self.axis),
            })
            .collect();
        let has = |kind: MarkKind| marks.iter().any(|mark| mark.kind == kind);
        let mark = |kind: MarkKind, text: &str| (has(kind), Sample::Mark(kind), text.to_owned());
        let began_before = filled(self.labels.began_before, &[&self.first_year]);
        let continues = marks.iter().any(|mark| mark.continues.0 || mark.continues.1);
        let samples = [
            mark(MarkKind::Dot, self.labels.day),
            mark(MarkKind::OpenDot, self.labels.imprecise),
            mark(MarkKind::Bar, self.labels.interval),
            mark(MarkKind::GrayBar, &began_before),
            (continues, Sample::Arrow, self.labels.continues.to_owned()),
            (self.has_highlighted, Sample::Ring, self.labels.ringed.to_owned()),
            (self.shade().is_some(), Sample::Shade, self.labels.shaded.to_owned()),
        ];
        samples.into_iter().filter(|(used, ..)| *used).map(|(_, sample, text)| (sample, text)).collect()
    }
}

impl Lane {
    /// Returns the ranges of heights in which a vertical line touches no label.
    fn free_of_labels(&self, x: Length) -> Vec<(Length, Length)> {
        let labels = self.placed.iter().filter_map(|placed| placed.label_at(x));
        let mut taken: Vec<_> = labels.map(|(top, bottom)| (top + PADDING, bottom + PADDING)).collect();
        taken.sort_unstable();
        taken.push((self.height, self.height));
        let mut free = Vec::with_capacity(taken.len());
        let mut end = Length::ZERO;
        for (top, bottom) in taken {
            free.extend((top - end >= SHORTEST_GUIDE).then_some((end, top)));
            end = end.max(bottom);
        }
        free
    }

    /// Draws the lane and the rule below it; returns its bottom.
    fn draw(self, sketch: &mut Sketch, top: Length) -> Length {
        let rows = top + PADDING;
        let text = self.metrics.text_top(0);
        if let Some(name) = self.name {
            sketch.label(SketchLabel { top: rows + text, ..name });
        }
        for Placed { row, mark, label, .. } in self.placed {
            let on_bar = label.as_ref().filter(|_| mark.kind == MarkKind::GrayBar);
            let gap = on_bar.map(|label| (label.start, label.start + label.width));
            mark.draw_around(sketch, rows + self.metrics.middle(row), gap);
            if let Some(label) = label {
                sketch.label(SketchLabel { top: rows + label.top, ..label });
            }
        }
        let bottom = top + self.height;
        sketch.line(&[(Length::ZERO, bottom), (WIDTH, bottom)], INK, RULE, false);
        bottom
    }
}

fn axes(extent: &Extent, first_year: i64, main: &Axis) -> Axes {
    let reaches = extent.shape == Shape::Interval && (extent.is_open.1 || extent.days.1 >= main.first_day());
    if extent.year() >= first_year {
        Axes::Main
    } else if reaches {
        Axes::Both
    } else {
        Axes::Inset
    }
}

/// Returns the distance of labels of years.
fn label_room(years: (i64, i64), metrics: RowMetrics, ruler: &mut Ruler) -> Length {
    let width = |year: i64, ruler: &mut Ruler| {
        let text = ruler.lexicon.year(year);
        ruler.width(&text, metrics.kind.strong())
    };
    (width(years.0, ruler).max(width(years.1, ruler)) + Length::pt(8)) * 3 / 2
}

fn as_of_year(content: &BriefContent) -> Option<i64> {
    let date = &content.as_of.as_ref()?.date;
    edtf::parse(date).ok()?.latest().map(|day| day.year)
}

/// Returns the line of events without a date and the meaning of the asterisk.
fn notes(entries: &Entries, labels: &TimelineLabels, right_to_left: bool) -> Vec<FigureNote> {
    let mut notes = Vec::new();
    if !entries.undated.is_empty() {
        notes.push(FigureNote::own(labels.undated));
    }
    let last = entries.undated.len().saturating_sub(1);
    let separator = if right_to_left { "\u{61b}" } else { ";" };
    for (index, event) in entries.undated.iter().enumerate() {
        let text = format!("{}{}", event.text, if index == last { "." } else { separator });
        notes.push(FigureNote::author(text, event.is_highlighted));
    }
    if entries.has_unsourced {
        notes.push(FigureNote::own(labels.no_source));
    }
    notes
}
