//! Properties of whole drawings.

use chancery_proto::brief::v1::{BriefContent, Domain, Event, Statement};
use proptest::prelude::*;

use super::drawing::sketch;
use super::marks::{GRAY, Mark, MarkKind};
use super::placement::RowMetrics;
use crate::compose::figures::sketch::tests::{ENGLISH, ruled};
use crate::compose::figures::sketch::{Ruler, Sketch, SketchLabel};
use crate::compose::stylesheet::{ACCENT, GUIDE, INK, QUIET, TINT};
use crate::graphics::{Color, Paint, Path, Segment};
use crate::layout::HAIRLINE;
use crate::text::Typesetter;
use crate::units::Length;

fn content(dated: &[(String, String, usize)]) -> BriefContent {
    let domain = |index: usize| Domain {
        id: format!("d{index}"),
        name: format!("Field of study {index}"),
        ..Domain::default()
    };
    let statement = |index: usize| Statement {
        id: format!("s{index}"),
        domain: format!("d{index}"),
        ..Statement::default()
    };
    let event = |(index, (date, title, field)): (usize, &(String, String, usize))| Event {
        id: format!("e{index}"),
        date: date.clone(),
        title: title.clone(),
        statement_ids: vec![format!("s{field}")],
        ..Event::default()
    };
    BriefContent {
        domains: (0..4).map(domain).collect(),
        bluf: (0..4).map(statement).collect(),
        events: dated.iter().enumerate().map(event).collect(),
        ..BriefContent::default()
    }
}

fn event(date: &str, title: &str) -> (String, String, usize) {
    (date.to_owned(), title.to_owned(), 0)
}

fn rings(sketch: &Sketch) -> usize {
    let is_ring = |path: &&Path| {
        matches!(path.paint, Paint::Stroke { .. })
            && path.segments.iter().any(|segment| matches!(segment, Segment::Curve(_)))
    };
    sketch.paths.iter().filter(is_ring).count()
}

#[test]
fn only_highlighted_events_are_bold_and_ringed_with_their_span_shaded() {
    let content = content(&[event("2024-03-01", "e0"), event("2024-05-01", "e1"), event("2024-07-01", "e2")]);
    let drawn = |ids: &[&str]| {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let sketch = ruled(|ruler| sketch(&content, &ids, ruler)).unwrap();
        let legend = sketch.labels.iter().filter(|label| label.item.is_none());
        let legend: Vec<String> = legend.map(|label| label.text.clone()).collect();
        let bold = sketch.labels.iter().filter(|label| {
            label.item.is_some()
                && label.kind.style.weight == RowMetrics::of(false).kind.strong().style.weight
        });
        (rings(&sketch), bold.count(), legend.contains(&"shaded: their span".to_owned()))
    };
    assert_eq!(drawn(&[]), (0, 0, false));
    // The rings of the events, and one in the legend.
    assert_eq!(drawn(&["e1"]), (2, 1, false));
    assert_eq!(drawn(&["e0", "e2"]), (3, 2, true));
}

#[test]
fn an_interval_on_both_axes_has_one_label_and_a_bar_on_each() {
    let late = |month: usize| event(&format!("2024-{month:02}-01"), "Event");
    let war = event("2011/2024-12-08", "War");
    let one = content(&[vec![war.clone()], (1..9).map(late).collect()].concat());
    let texts = |content: &BriefContent| {
        let sketch = ruled(|ruler| sketch(content, &[], ruler)).unwrap();
        let texts = sketch.labels.iter().map(|label| {
            let date = label.date.as_ref().map(|date| format!("{} ", date.text)).unwrap_or_default();
            format!("{date}{}", label.text)
        });
        texts.collect::<Vec<_>>()
    };
    let labels = texts(&one);
    assert_eq!(labels.iter().filter(|text| text.contains("War")).count(), 1, "{labels:?}");
    assert!(labels.contains(&"2011 \u{2013} 8 December 2024 War*".to_owned()), "{labels:?}");
    assert!(labels.contains(&"began before 2024".to_owned()) && labels.contains(&"Before 2024".to_owned()));
    let two = content(&[vec![war, event("2014/2024-05", "Siege")], (1..9).map(late).collect()].concat());
    let labels = texts(&two);
    assert_eq!(labels.iter().filter(|text| text.starts_with("(2)")).count(), 2, "{labels:?}");
}

#[test]
fn more_events_than_a_drawing_has_are_not_measured() {
    let events: Vec<_> = (0..200).map(|index| event("2024-01-01", &format!("Event {index}"))).collect();
    let mut typesetter = Typesetter::default();
    let mut ruler =
        Ruler { typesetter: &mut typesetter, language: "en", lexicon: ENGLISH, right_to_left: false };
    assert!(sketch(&content(&events), &[], &mut ruler).is_none());
    assert_eq!(typesetter.shaped_bytes(), 0);
}

/// Returns the texts of labels that a line of a year crosses.
fn crossed_labels(sketch: &Sketch, ruler: &mut Ruler) -> Vec<String> {
    let is_guide = |path: &&Path| matches!(path.paint, Paint::Stroke { color: GUIDE, .. });
    let vertical = |path: &Path| match path.segments[..] {
        [Segment::Move(x, top), Segment::Line(_, bottom)] => (x, top, bottom),
        _ => panic!("{path:?}"),
    };
    let guides: Vec<_> = sketch.paths.iter().filter(is_guide).map(vertical).collect();
    assert!(!guides.is_empty());
    let is_crossed = |label: &&SketchLabel| {
        let bottom = label.top + label.kind.leading * ruler.label_lines(label, label.width);
        let meets = |(x, from, to): &(Length, Length, Length)| {
            label.start < *x && *x < label.start + label.width && *from < bottom && label.top < *to
        };
        label.item.is_some() && guides.iter().any(meets)
    };
    sketch.labels.iter().filter(is_crossed).map(|label| label.text.clone()).collect()
}

#[test]
fn lines_of_years_are_interrupted_by_labels_and_continue_between_them() {
    let date = |index: usize| format!("{}-{:02}-15", 2022 + index / 6, index % 6 * 2 + 1);
    let events: Vec<_> = (0..24).map(|index| event(&date(index), "The council meets")).collect();
    let long =
        "The council meets and adopts a report that is longer than one line of a label beside its mark";
    for content in [content(&events), content(&[&events[..8], &[event("2022-12-30", long)]].concat())] {
        let (crossed, guides) = ruled(|ruler| {
            let sketch = sketch(&content, &[], ruler).unwrap();
            (crossed_labels(&sketch, ruler), guides(&sketch))
        });
        assert_eq!(crossed, Vec::<String>::new());
        let height: Length = guides.iter().map(|(_, top, bottom)| *bottom - *top).sum();
        assert!(height > Length::pt(60), "{height:?}");
        let pieces = |x: Length| guides.iter().filter(|guide| guide.0 == x).count();
        assert!(guides.iter().any(|(x, ..)| pieces(*x) > 1), "a line continues below a label: {guides:?}");
    }
}

/// Returns the positions, tops and bottoms of the pieces of the lines of years.
fn guides(sketch: &Sketch) -> Vec<(Length, Length, Length)> {
    let guides = sketch.paths.iter().filter_map(|path| match (path.paint, &path.segments[..]) {
        (Paint::Stroke { color: GUIDE, .. }, [Segment::Move(x, top), Segment::Line(_, bottom)]) => {
            Some((*x, *top, *bottom))
        }
        _ => None,
    });
    guides.collect()
}

#[test]
fn lanes_that_are_too_high_together_are_a_table() {
    let on_one_day = |count: usize| -> Vec<(String, String, usize)> {
        (0..count).map(|index| ("2024-03-04".to_owned(), format!("Event {index}"), index % 5)).collect()
    };
    let is_drawn = |count: usize| ruled(|ruler| sketch(&content(&on_one_day(count)), &[], ruler)).is_some();
    assert!(is_drawn(15));
    assert!(!is_drawn(25), "five rows in each of five lanes");
}

#[test]
fn an_inset_that_is_too_high_is_a_table() {
    let is_drawn = |words: usize| {
        let title = ["council"; 30][..words].join(" ");
        let early = (0..6).map(|index| event(&(1991 + index).to_string(), &title));
        let late =
            (0..19).map(|index| event(&format!("2024-{:02}-{:02}", index % 12 + 1, index + 1), "Event"));
        let content = content(&early.chain(late).collect::<Vec<_>>());
        ruled(|ruler| sketch(&content, &[], ruler)).is_some()
    };
    assert!(is_drawn(2));
    assert!(!is_drawn(30));
}

#[test]
fn a_drawing_may_be_divided_below_its_inset_and_between_lanes() {
    let late = |index: usize| (format!("2024-{:02}-01", index + 1), "Event".to_owned(), index % 3);
    let early = event("1991", "A union ends");
    let content = content(&[vec![early], (0..9).map(late).collect()].concat());
    let sketch = ruled(|ruler| sketch(&content, &[], ruler)).unwrap();
    // The legend stays with the last of three lanes.
    assert_eq!(sketch.divisions.tops.len(), 3, "{:?}", sketch.divisions);
    assert_eq!(sketch.divisions.tops[0], sketch.divisions.scale.0);
    assert!(sketch.divisions.scale.1 - sketch.divisions.scale.0 > Length::pt(10), "the axis is repeated");
}

#[test]
fn nothing_is_hidden_by_a_ground_of_labels() {
    let late = |month: usize| event(&format!("2024-{month:02}-01"), "Event");
    let wars = vec![event("2011/2024-12-08", "War"), event("2014/2024-05", "Siege")];
    let content = content(&[wars, (1..9).map(late).collect()].concat());
    let sketch = ruled(|ruler| sketch(&content, &["e3".to_owned(), "e6".to_owned()], ruler)).unwrap();
    let is_white_box = |path: &&Path| {
        matches!(path.paint, Paint::Fill(Color(0xff, 0xff, 0xff)))
            && matches!(path.segments[..], [Segment::Rect(_)])
    };
    assert_eq!(sketch.paths.iter().filter(is_white_box).count(), 0);
    let bars = sketch.paths.iter().filter(|path| matches!(path.paint, Paint::Fill(GRAY)));
    // Each interval has a bar in the inset, and below it one on either side of its number.
    assert!(bars.count() >= 6);
}

#[test]
fn an_inset_is_as_high_as_its_labels() {
    let late = |month: usize| event(&format!("2024-{month:02}-01"), "Event");
    let height = |early: Vec<(String, String, usize)>| {
        let content = content(&[early, (1..10).map(late).collect()].concat());
        // The main axis is the scale that is repeated below the inset.
        ruled(|ruler| sketch(&content, &[], ruler)).unwrap().divisions.scale.0
    };
    let one = height(vec![event("1991", "A union ends")]);
    let three = height(["1991", "1992", "1993"].map(|year| event(year, "A union of states ends")).to_vec());
    assert!(one <= Length::pt(60), "{one:?}");
    assert!(one + Length::pt(18) <= three, "{one:?} {three:?}");
}

#[test]
fn the_legend_says_that_a_bar_begins_and_ends_with_days() {
    let content = content(&[event("2024-05-01/2024-05-04", "Exercise"), event("2024-03-01", "Talks")]);
    let sketch = ruled(|ruler| sketch(&content, &[], ruler)).unwrap();
    assert!(sketch.labels.iter().any(|label| label.text == "from first to last day"));
}

fn any_date() -> impl Strategy<Value = String> {
    let year = || prop_oneof![4 => 1990_i32..2030, 1 => 0_i32..9_999];
    prop_oneof![
        1 => Just(String::new()),
        1 => year().prop_map(|year| format!("{year:04}~")),
        1 => (1_i32..2_000).prop_map(|year| format!("-{year:04}")),
        6 => (year(), 1..13, 1..29).prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}")),
        1 => (year(), 1..13).prop_map(|(year, month)| format!("{year:04}-{month:02}/..")),
        1 => (year(), 0..40).prop_map(|(year, length)| format!("{year:04}/{:04}?", year + length)),
        1 => year().prop_map(|year| format!("/{year:04}")),
        1 => year().prop_map(|year| format!("../{year:04}")),
        1 => year().prop_map(|year| format!("{:03}X", year / 10)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn labels_never_overlap_and_marks_stay_in_the_drawing(
        dated in prop::collection::vec((any_date(), "[A-Z][a-z]{0,9}( [a-z]{1,12}){0,18}", 0_usize..5), 1..26),
    ) {
        let content = content(&dated);
        let highlighted: Vec<String> = content.events.iter().step_by(2).map(|event| event.id.clone()).collect();
        let dates = dated.iter().filter(|(date, ..)| !date.is_empty()).count();
        let (collision, outside, items) = ruled(|ruler| {
            let sketch = sketch(&content, &highlighted, ruler)?;
            // Rings and half of a short bar may reach into the margin.
            let (least, most) = (-HAIRLINE - Length::pt(6), sketch.width + HAIRLINE + Length::pt(6));
            let inside = |x: Length| x >= least && x <= most;
            let outside = sketch.paths.iter().flat_map(|path| &path.segments).any(|segment| match segment {
                Segment::Rect(rect) => !inside(rect.x) || !inside(rect.x + rect.width),
                Segment::Move(x, _) | Segment::Line(x, _) => !inside(*x),
                Segment::Curve(_) | Segment::Close => false,
            });
            let labelled: Vec<usize> = sketch.labels.iter().filter_map(|label| label.item).collect();
            let crossed = crossed_labels(&sketch, ruler);
            Some(((sketch.collision(ruler), crossed), outside, (labelled, sketch.items.len())))
        }).unwrap_or(((None, Vec::new()), false, ((0..dates).collect(), dates)));
        prop_assert_eq!(collision, (None, Vec::new()));
        prop_assert!(!outside);
        prop_assert_eq!(items, ((0..dates).collect::<Vec<_>>(), dates), "each event has one label, in order of time");
    }
}

#[test]
fn a_short_bar_is_visible_and_one_that_continues_has_arrowheads() {
    let drawn = |(start, end): (i64, i64), continues| {
        let mut sketch = Sketch::new(Length::pt(100));
        let span = (Length::pt(start), Length::pt(end));
        let mark = Mark { kind: MarkKind::Bar, span, continues, is_ringed: false };
        mark.draw(&mut sketch, Length::pt(9));
        sketch.paths.into_iter().flat_map(|path| path.segments).collect::<Vec<_>>()
    };
    let [Segment::Rect(bar)] = drawn((10, 10), (false, false))[..] else { panic!("it is one rectangle") };
    assert!(bar.width > Length::pt(3), "{bar:?}");
    let heads = |continues| {
        let segments = drawn((10, 60), continues);
        segments.iter().filter(|segment| matches!(segment, Segment::Move(..))).count()
    };
    assert_eq!([(false, false), (false, true), (true, true)].map(heads), [0, 1, 2]);
}

#[test]
fn each_two_marks_differ_on_a_gray_print() {
    let kinds = [MarkKind::Dot, MarkKind::OpenDot, MarkKind::Bar, MarkKind::GrayBar];
    let drawn = kinds.iter().flat_map(|kind| [false, true].map(|is_ringed| (*kind, is_ringed)));
    let shapes: Vec<Vec<String>> = drawn
        .map(|(kind, is_ringed)| {
            let mut sketch = Sketch::new(Length::pt(50));
            let span = (Length::pt(10), Length::pt(30));
            Mark { kind, span, continues: (false, false), is_ringed }.draw(&mut sketch, Length::pt(9));
            sketch.paths.iter().map(Path::without_color).collect()
        })
        .collect();
    for (index, shape) in shapes.iter().enumerate() {
        assert!(!shapes[..index].contains(shape), "{shape:?}");
    }
}

/// Relative luminance and contrast as in WCAG 2.2; a gray print has the luminance alone.
#[test]
fn text_and_marks_keep_their_contrast_on_a_gray_print() {
    #[expect(clippy::disallowed_methods, reason = "no position depends on it")]
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = |Color(red, green, blue): Color| {
        0.212_6 * linear(red) + 0.715_2 * linear(green) + 0.072_2 * linear(blue)
    };
    let contrast = |mark: Color, ground: Color| (luminance(ground) + 0.05) / (luminance(mark) + 0.05);
    for ground in [Color(0xff, 0xff, 0xff), TINT] {
        for text in [INK, QUIET, ACCENT] {
            assert!(contrast(text, ground) >= 4.5, "{text:?} on {ground:?}");
        }
        assert!(contrast(GRAY, ground) >= 3.0, "{}", contrast(GRAY, ground));
    }
}
