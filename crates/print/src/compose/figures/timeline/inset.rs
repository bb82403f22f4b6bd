//! The inset: the events before the main axis on an axis of their own, with leaders to their labels.

use super::axis::Axis;
use super::marks::{Mark, MarkKind};
use super::placement::{RowMetrics, narrowest};
use crate::compose::figures::sketch::{Ruler, Sketch, SketchLabel, WIDTH};
use crate::compose::stylesheet::{FIGURE_SMALL, INK};
use crate::graphics::Rect;
use crate::layout::HAIRLINE;
use crate::text::paragraph_setup::Align;
use crate::units::Length;

/// Greatest height; events that need more are a table.
const HIGHEST: Length = Length::pt(160);
/// Distance of the axis from the bottom.
const AXIS_ABOVE_BOTTOM: Length = Length::milli_pt(15_500);
/// Distance of the first bar from the axis, and between bars.
const BARS: Length = Length::pt(7);
/// Distance of the labels from the axis or the last bar.
const LABELS: Length = Length::pt(6);
/// Distance of a label from its leader and from other labels.
const GAP: Length = Length::pt(2);
/// Distance from the frame.
const PADDING: Length = Length::pt(5);
/// Width up to which a label has one line where it can, and the most that a long one needs.
const ONE_LINE: Length = Length::pt(150);
const WIDEST: Length = Length::pt(230);
/// Lines of a label that has room for them; without that room it has more.
const MOST_LINES: i64 = 8;
/// Start and end of its axis.
pub(super) const AXIS: (Length, Length) = (Length::pt(14), Length::milli_pt(469_500));

/// An event of the inset.
pub(super) struct InsetEvent {
    pub(super) mark: Mark,
    pub(super) label: SketchLabel,
}

/// A label with its leader. Heights are above the axis.
struct Flag {
    event: InsetEvent,
    /// Position of the leader.
    leader: Length,
    /// Whether the label ends at the leader, because it would pass the edge.
    is_before: bool,
    width: Length,
    height: Length,
    /// Height of the mark.
    mark_at: Length,
    /// Height of the label's bottom.
    bottom: Length,
}

impl Flag {
    /// Returns the range of the label and its leader.
    fn span(&self) -> (Length, Length) {
        let reach = self.width + GAP * 2;
        if self.is_before { (self.leader - reach, self.leader) } else { (self.leader, self.leader + reach) }
    }

    fn top(&self) -> Length {
        self.bottom + self.height
    }
}

/// Draws the inset with its frame at the top of a sketch; returns its height, or `None` if it is too high. Events are in
/// order of time.
pub(super) fn draw(
    sketch: &mut Sketch,
    (title, events): (&str, Vec<InsetEvent>),
    axis: &Axis,
    metrics: RowMetrics,
    ruler: &mut Ruler,
) -> Option<Length> {
    let flags = flags(events, metrics, ruler);
    let title = title_label(title, metrics, ruler);
    let under_title = |flag: &Flag| flag.span().0 < title.start + title.width + PADDING;
    let needed = |flag: &Flag| {
        let above = if under_title(flag) { title.kind.leading } else { Length::ZERO };
        flag.top() + above + PADDING + AXIS_ABOVE_BOTTOM
    };
    let height = flags.iter().map(needed).fold(Length::ZERO, Length::max);
    if height > HIGHEST {
        return None;
    }
    let frame = Rect { x: Length::ZERO, y: Length::ZERO, width: WIDTH, height };
    sketch.frame_rect(frame, INK, HAIRLINE);
    sketch.label(title);
    let y = height - AXIS_ABOVE_BOTTOM;
    sketch.line(&[(axis.start(), y), (axis.end(), y)], INK, HAIRLINE * 2, false);
    draw_ticks(sketch, axis, y, ruler);
    for flag in &flags {
        sketch.line(&[(flag.leader, y - flag.mark_at), (flag.leader, y - flag.top())], INK, HAIRLINE, false);
    }
    for flag in flags {
        flag.event.mark.draw(sketch, y - flag.mark_at);
        let (top, width, is_before) = (y - flag.top(), flag.width, flag.is_before);
        let start = if is_before { flag.leader - GAP - width } else { flag.leader + GAP };
        let align = if is_before { Align::End } else { Align::Start };
        sketch.label(SketchLabel { start, top, width, align, ..flag.event.label });
    }
    Some(height)
}

fn title_label(title: &str, metrics: RowMetrics, ruler: &mut Ruler) -> SketchLabel {
    let kind = metrics.kind.strong();
    let width = ruler.width(title, kind) + Length::pt(1);
    SketchLabel::new(title, kind, (PADDING, Length::pt(3)), width).own()
}

fn draw_ticks(sketch: &mut Sketch, axis: &Axis, y: Length, ruler: &mut Ruler) {
    for tick in axis.ticks() {
        let length = if tick.label.is_some() { Length::pt(3) } else { Length::milli_pt(1_500) };
        sketch.line(&[(tick.place, y), (tick.place, y + length)], INK, HAIRLINE, false);
        let Some(year) = tick.label else { continue };
        let text = ruler.lexicon.year(year);
        let width = ruler.width(&text, FIGURE_SMALL) + Length::pt(1);
        let start = (tick.place - width / 2).max(GAP).min(WIDTH - GAP - width);
        let at = (start, y + Length::pt(4));
        sketch.label(SketchLabel::new(&text, FIGURE_SMALL, at, width).aligned(Align::Centered).own());
    }
}

/// Arranges labels so that no leader crosses a label. Those that would pass the edge, and all later ones, end at their
/// leader; the others begin at it and end before the first leader of those.
fn flags(events: Vec<InsetEvent>, metrics: RowMetrics, ruler: &mut Ruler) -> Vec<Flag> {
    let widths: Vec<Length> =
        events.iter().map(|event| ruler.label_width(&event.label) + Length::pt(1)).collect();
    let leaders: Vec<Length> = events.iter().map(|event| event.mark.span.0).collect();
    let (first_before, edge) = first_before(&leaders, &widths);
    let bars = bar_heights(&events);
    let floor = bars.iter().copied().fold(Length::ZERO, Length::max) + LABELS;
    let mut flags: Vec<Flag> = Vec::with_capacity(events.len());
    for (index, event) in events.into_iter().enumerate() {
        let (leader, is_before) = (leaders[index], index >= first_before);
        let room = if is_before { room_before(leader) } else { edge - leader - GAP * 2 };
        let width = label_width(&event.label, widths[index], room, ruler);
        let height = metrics.kind.leading * ruler.label_lines(&event.label, width);
        flags.push(Flag { event, leader, is_before, width, height, mark_at: bars[index], bottom: floor });
    }
    raise(&mut flags, first_before);
    flags
}

fn room_before(leader: Length) -> Length {
    leader - PADDING - GAP
}

/// Returns the index of the first label that ends at its leader, and the end of the labels before it.
fn first_before(leaders: &[Length], widths: &[Length]) -> (usize, Length) {
    let (mut first, mut edge) = (leaders.len(), WIDTH - PADDING);
    loop {
        let passes_edge = |index: &usize| {
            let room = edge - leaders[*index] - GAP * 2;
            room < least_width(widths[*index]) && room_before(leaders[*index]) > room
        };
        let Some(found) = (0..first).rev().find(passes_edge) else { return (first, edge) };
        (first, edge) = (found, leaders[found]);
    }
}

/// Returns the width that a label needs on two lines.
fn least_width(whole: Length) -> Length {
    (whole / 2 + Length::pt(10)).min(whole).min(WIDEST)
}

fn label_width(label: &SketchLabel, whole: Length, room: Length, ruler: &mut Ruler) -> Length {
    if whole <= room.min(ONE_LINE) {
        return whole;
    }
    (2..=MOST_LINES).find_map(|lines| narrowest(label, whole, lines, room, ruler)).unwrap_or(room)
}

/// Returns the height of each mark: dots are on the axis, bars above it, in rows where they overlap.
fn bar_heights(events: &[InsetEvent]) -> Vec<Length> {
    let mut rows: Vec<Length> = Vec::new();
    let height = |event: &InsetEvent| {
        if matches!(event.mark.kind, MarkKind::Dot | MarkKind::OpenDot) {
            return Length::ZERO;
        }
        let (start, end) = event.mark.reach();
        let row = rows.iter().position(|taken| *taken < start).unwrap_or(rows.len());
        rows.resize(rows.len().max(row + 1), Length::ZERO);
        rows[row] = end;
        BARS * i64::try_from(row + 1).unwrap_or(1)
    };
    events.iter().map(height).collect()
}

/// Raises each label above all that it or its leader would cross.
fn raise(flags: &mut [Flag], first_before: usize) {
    let order = (0..first_before).rev().chain(first_before..flags.len());
    let mut raised: Vec<usize> = Vec::with_capacity(flags.len());
    for index in order {
        let (start, end) = flags[index].span();
        let below = raised.iter().map(|other| &flags[*other]).filter(|other| {
            let span = other.span();
            start <= span.1 && span.0 <= end
        });
        let bottom = below.map(|other| other.top() + GAP).fold(flags[index].bottom, Length::max);
        flags[index].bottom = bottom;
        raised.push(index);
    }
}

#[cfg(test)]
mod tests {
    use super::{AXIS, BARS, InsetEvent, PADDING, bar_heights, first_before};
    use crate::compose::figures::sketch::{SketchLabel, WIDTH};
    use crate::compose::figures::timeline::marks::{Mark, MarkKind};
    use crate::compose::stylesheet::EVENT;
    use crate::units::Length;

    #[test]
    fn bars_that_overlap_are_above_each_other_and_dots_are_on_the_axis() {
        let event = |kind, (start, end): (i64, i64)| {
            let span = (Length::pt(start), Length::pt(end));
            let mark = Mark { kind, span, continues: (false, false), is_ringed: false };
            InsetEvent { mark, label: SketchLabel::new("War", EVENT, span, Length::ZERO) }
        };
        let events = [
            event(MarkKind::Bar, (10, 100)),
            event(MarkKind::Dot, (30, 30)),
            event(MarkKind::GrayBar, (50, 200)),
            event(MarkKind::Bar, (120, 150)),
        ];
        assert_eq!(bar_heights(&events), [BARS, Length::ZERO, BARS * 2, BARS]);
    }

    #[test]
    fn labels_at_the_edge_end_at_their_leader_and_the_others_end_before_it() {
        let at = |points: &[i64]| points.iter().map(|x| Length::pt(*x)).collect::<Vec<_>>();
        assert_eq!(first_before(&at(&[20, 150]), &at(&[140, 300])), (2, WIDTH - PADDING));
        assert_eq!(first_before(&at(&[20, 430]), &at(&[140, 100])), (1, Length::pt(430)));
        // The first would have too little room before the leader of the second.
        assert_eq!(first_before(&at(&[380, 430]), &at(&[100, 100])), (0, Length::pt(380)));
        assert!(AXIS.1 <= WIDTH);
    }
}
