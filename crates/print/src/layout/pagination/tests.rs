//! Tests of the paginator.

use std::ops::{ControlFlow, Range};
use std::rc::Rc;

use proptest::prelude::*;

use super::{Anchors, Paginator, Snap, Strip};
use crate::layout::LayoutError;
use crate::layout::geometry::Geometry;
use crate::options::Paper;
use crate::tags::AnchorId;
use crate::units::Length;

fn paginate(strips: Vec<Strip>, geometry: &Geometry) -> Result<Anchors, LayoutError> {
    let mut keep_going = |_| ControlFlow::Continue(());
    let mut paginator = Paginator::new(geometry, 2_000, &mut keep_going);
    for strip in strips {
        paginator.push(strip)?;
    }
    paginator.end()?;
    Ok(paginator.into_anchors())
}

fn strip(index: usize, points: i64, may_break_after: bool) -> Strip {
    let anchors = vec![AnchorId(u32::try_from(index).unwrap())];
    Strip { height: Length::pt(points), may_break_after, anchors, ..Strip::default() }
}

/// Returns each strip's page and its top's distance from the columns' top.
fn places(laid_out: &Anchors, geometry: &Geometry) -> Vec<(usize, Length)> {
    let top = geometry.size.1 - geometry.top;
    laid_out.values().map(|(page, y)| (*page, top - *y)).collect()
}

#[test]
fn a_strip_kept_with_the_next_moves_to_the_next_page_with_it() {
    let geometry = Geometry::new(Paper::A4, false);
    let mut strips: Vec<Strip> = (0..49).map(|index| strip(index, 14, true)).collect();
    strips.push(strip(49, 14, false));
    strips.push(strip(50, 14, true));
    let laid_out = paginate(strips, &geometry).unwrap();
    let places = places(&laid_out, &geometry);
    assert_eq!(places[48].0, 0);
    assert_eq!(places[49], (1, Length::ZERO));
    assert_eq!(places[50], (1, Length::pt(14)));
}

#[test]
fn a_table_header_is_repeated_on_a_new_page() {
    let geometry = Geometry::new(Paper::A4, false);
    let header = Some(Rc::new(Strip { height: Length::pt(17), ..Strip::default() }));
    let strips = (0..60).map(|index| Strip { header: header.clone(), ..strip(index, 14, true) }).collect();
    let laid_out = paginate(strips, &geometry).unwrap();
    let places = places(&laid_out, &geometry);
    let first_on_second = places.iter().find(|(page, _)| *page == 1).unwrap();
    assert_eq!(first_on_second.1, Length::pt(17));
}

/// Pushes strips of 14 points, each a block of its own.
fn push_blocks(paginator: &mut Paginator, indices: Range<usize>) {
    for index in indices {
        paginator.float_point().unwrap();
        paginator.push(strip(index, 14, true)).unwrap();
    }
}

#[test]
fn a_figure_that_does_not_fit_moves_to_the_next_page_while_the_text_continues() {
    let geometry = Geometry::new(Paper::A4, false);
    let mut keep_going = |_| ControlFlow::Continue(());
    let mut paginator = Paginator::new(&geometry, 9, &mut keep_going);
    push_blocks(&mut paginator, 0..40);
    paginator.float(vec![strip(40, 20, false), strip(41, 200, true)]).unwrap();
    push_blocks(&mut paginator, 42..60);
    paginator.end().unwrap();
    let places = places(&paginator.into_anchors(), &geometry);
    assert_eq!(places[40], (1, Length::ZERO));
    assert_eq!(places[51], (0, Length::pt(49 * 14)), "the page is filled");
    assert_eq!(places[52], (1, Length::pt(220)));
}

#[test]
fn a_figure_waits_for_the_end_of_a_block_that_continues_on_the_next_page() {
    let geometry = Geometry::new(Paper::A4, false);
    let mut keep_going = |_| ControlFlow::Continue(());
    let mut paginator = Paginator::new(&geometry, 9, &mut keep_going);
    push_blocks(&mut paginator, 0..40);
    paginator.float(vec![strip(40, 200, true)]).unwrap();
    paginator.float_point().unwrap();
    let header = Some(Rc::new(Strip { height: Length::pt(17), ..Strip::default() }));
    (41..60).for_each(|index| {
        paginator.push(Strip { header: header.clone(), ..strip(index, 14, true) }).unwrap();
    });
    push_blocks(&mut paginator, 60..61);
    paginator.end().unwrap();
    let places = places(&paginator.into_anchors(), &geometry);
    assert_eq!((places[50].0, places[51]), (0, (1, Length::pt(17))), "the table continues");
    assert_eq!(places[40], (1, Length::pt(17 + 9 * 14)), "the figure is below the table");
    assert_eq!(places[60], (1, Length::pt(17 + 9 * 14 + 200)));
}

#[test]
fn figures_that_wait_at_the_end_of_a_section_are_placed_before_the_next() {
    let geometry = Geometry::new(Paper::A4, false);
    let mut keep_going = |_| ControlFlow::Continue(());
    let mut paginator = Paginator::new(&geometry, 9, &mut keep_going);
    push_blocks(&mut paginator, 0..45);
    paginator.float(vec![strip(45, 400, true)]).unwrap();
    paginator.float(vec![strip(46, 400, true)]).unwrap();
    paginator.place_all_floats().unwrap();
    push_blocks(&mut paginator, 47..48);
    paginator.end().unwrap();
    assert_eq!(paginator.count(), 3);
    let places = places(&paginator.into_anchors(), &geometry);
    assert_eq!((places[45].0, places[46].0), (1, 2));
    assert_eq!(places[47], (2, Length::pt(400)));
}

/// Places text, a section of `lines` blocks of one line after a heading, and a figure at its end.
fn section_with_figure(before: usize, lines: usize, figure: Vec<Strip>) -> Vec<(usize, Length)> {
    let geometry = Geometry::new(Paper::A4, false);
    let mut keep_going = |_| ControlFlow::Continue(());
    let mut paginator = Paginator::new(&geometry, 9, &mut keep_going);
    push_blocks(&mut paginator, 0..before);
    paginator.place_all_floats().unwrap();
    paginator.push(strip(before, 14, false)).unwrap();
    push_blocks(&mut paginator, before + 1..before + 1 + lines);
    paginator.float(figure).unwrap();
    paginator.place_all_floats().unwrap();
    push_blocks(&mut paginator, 90..91);
    paginator.end().unwrap();
    places(&paginator.into_anchors(), &geometry)
}

#[test]
fn a_figure_that_would_leave_the_page_blank_moves_above_text_of_its_section() {
    let places = section_with_figure(10, 20, vec![strip(80, 400, true)]);
    assert_eq!(places[31], (0, Length::pt(21 * 14)), "the figure is as low as it can be");
    assert_eq!(places[20], (0, Length::pt(20 * 14)), "ten blocks are above it");
    assert_eq!(places[21].0, 1, "the others are on the next page");
    assert_eq!(places[32], (1, Length::pt(10 * 14)), "the next section follows");
}

#[test]
fn a_figure_that_would_leave_little_blank_does_not_move() {
    let places = section_with_figure(10, 34, vec![strip(80, 100, true)]);
    assert_eq!(places[45], (1, Length::ZERO));
}

#[test]
fn a_figure_with_an_image_shrinks_to_the_rest_of_the_page_but_not_too_much() {
    let image = |height: i64| Strip { least_height: Some(Length::pt(200)), ..strip(81, height, true) };
    let top = |height: i64| {
        let places = section_with_figure(20, 9, vec![strip(80, 14, false), image(height)]);
        (places[30], places[31])
    };
    assert_eq!(top(266).1, (0, Length::pt(31 * 14)), "it fits as it is");
    assert_eq!(top(320), ((0, Length::pt(30 * 14)), (0, Length::pt(31 * 14))));
    let too_small = Strip { least_height: Some(Length::pt(400)), ..image(600) };
    let places = section_with_figure(20, 9, vec![strip(80, 14, false), too_small]);
    assert_eq!(places[30].0, 1, "its caption moves with it: {places:?}");
}

#[test]
fn a_figure_is_divided_only_where_it_has_no_place_as_a_whole() {
    let figure = |first: i64| vec![strip(80, 14, false), strip(81, first, true), strip(82, 350, true)];
    let places = section_with_figure(20, 9, figure(150));
    assert_eq!((places[30].0, places[31].0, places[32].0), (0, 0, 1), "it is divided");
    let places = section_with_figure(20, 9, figure(300));
    assert_eq!((places[30].0, places[31].0, places[32].0), (1, 1, 1), "its first part does not fit");
    let places = section_with_figure(5, 24, figure(150));
    assert_eq!((places[30].0, places[31].0, places[32].0), (0, 0, 0), "it moves up instead");
}

#[test]
fn body_text_returns_to_the_grid_after_an_unaligned_block() {
    let geometry = Geometry::new(Paper::A4, false);
    let strips = vec![strip(0, 23, true), Strip { snap: Snap::Top, ..strip(1, 14, true) }];
    let laid_out = paginate(strips, &geometry).unwrap();
    assert_eq!(places(&laid_out, &geometry)[1].1, Length::pt(28));
}

/// A block of a section.
#[derive(Clone, Debug)]
enum Part {
    /// Text of so many lines.
    Text(usize),
    /// A figure of this height in points, under a caption.
    Figure(i64),
}

fn sections() -> impl Strategy<Value = Vec<Vec<Part>>> {
    let part = prop_oneof![
        3 => (1_usize..70).prop_map(Part::Text),
        1 => (30_i64..600).prop_map(Part::Figure),
    ];
    prop::collection::vec(prop::collection::vec(part, 0..9), 1..8)
}

/// The strips of a laid-out part, by index.
struct LaidOutPart {
    section: usize,
    is_figure: bool,
    strips: Range<usize>,
}

proptest! {
    #[test]
    fn figures_stay_in_their_section_in_order_and_interrupt_no_block(sections in sections()) {
        let geometry = Geometry::new(Paper::A4, false);
        let mut keep_going = |_| ControlFlow::Continue(());
        let mut paginator = Paginator::new(&geometry, 2_000, &mut keep_going);
        let mut heights = Vec::new();
        let mut parts = Vec::new();
        for (section, blocks) in sections.iter().enumerate() {
            let mut add = |height: i64, may_break_after: bool| {
                heights.push(height);
                strip(heights.len() - 1, height, may_break_after)
            };
            let heading = add(30, false);
            let mut first = usize::try_from(heading.anchors[0].0).unwrap();
            parts.push(LaidOutPart { section, is_figure: false, strips: first..first + 1 });
            paginator.push(heading).unwrap();
            for block in blocks {
                paginator.float_point().unwrap();
                let (is_figure, strips): (bool, Vec<Strip>) = match block {
                    Part::Text(lines) => (false, (0..*lines).map(|_| add(14, true)).collect()),
                    Part::Figure(height) => (true, vec![add(12, false), add(*height, true)]),
                };
                first += parts.last().unwrap().strips.len();
                parts.push(LaidOutPart { section, is_figure, strips: first..first + strips.len() });
                if is_figure {
                    paginator.float(strips).unwrap();
                } else {
                    for strip in strips {
 paginator.push(strip).unwrap();
}
                }
            }
            paginator.place_all_floats().unwrap();
        }
        paginator.end().unwrap();
        let places = places(&paginator.into_anchors(), &geometry);
        prop_assert_eq!(places.len(), heights.len());
        for (place, height) in places.iter().zip(&heights) {
            prop_assert!(place.1 + Length::pt(*height) <= geometry.height);
        }
        let (figures, texts): (Vec<_>, Vec<_>) = parts.iter().partition(|part| part.is_figure);
        let first = |part: &LaidOutPart| places[part.strips.start];
        let last = |part: &LaidOutPart| places[part.strips.end - 1];
        prop_assert!(figures.windows(2).all(|pair| last(pair[0]) < first(pair[1])), "figures keep their order");
        for figure in figures {
            prop_assert_eq!(first(figure).0, last(figure).0, "a figure is on the page of its caption");
            for text in &texts {
                let before = last(text) < first(figure);
                let after = first(text) > last(figure);
                prop_assert!(before || after, "a figure interrupts a block");
                let precedes = text.strips.start < figure.strips.start;
                let moved = text.section == figure.section && first(text).0 <= first(figure).0 + 1;
                prop_assert!(before || !precedes || moved, "a figure is far above text that it follows");
                prop_assert!(after || text.section <= figure.section, "a figure is in a later section");
            }
        }
    }

    #[test]
    fn strips_keep_their_order_stay_on_the_page_and_break_only_where_allowed(
        parts in prop::collection::vec((1_i64..90, any::<bool>(), 0_i64..30), 1..160),
    ) {
        let geometry = Geometry::new(Paper::A4, false);
        let strips = parts.iter().enumerate().map(|(index, (height, may_break, before))| {
            Strip { before: Length::pt(*before), ..strip(index, *height, *may_break) }
        });
        let laid_out = paginate(strips.collect(), &geometry).unwrap();
        let places = places(&laid_out, &geometry);
        prop_assert_eq!(places.len(), parts.len());
        for (place, (height, ..)) in places.iter().zip(&parts) {
            prop_assert!(place.1 + Length::pt(*height) <= geometry.height);
        }
        let mut kept = Length::ZERO;
        for (pair, (height, may_break, before)) in places.windows(2).zip(&parts) {
            prop_assert!(pair[0] < pair[1]);
            // Height since the last allowed break.
            kept += Length::pt(*height + *before);
            let broken = pair[1].0 > pair[0].0;
            prop_assert!(!broken || *may_break || kept + Length::pt(120) > geometry.height);
            if *may_break || broken {
                kept = Length::ZERO;
            }
        }
    }
}
