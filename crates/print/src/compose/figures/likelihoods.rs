//! Likelihood bars: the scale's seven cells at their true widths, the range shaded, the point marked.

use std::collections::{BTreeMap, BTreeSet};

use chancery_brief::likelihood::{bounds, row, scale, scale_terms};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    BriefContent, Likelihood, LikelihoodScale, LikelihoodTerm, Section, Statement,
};

use super::sketch::{Ruler, Sketch, SketchLabel, TALLEST, WIDTH, portion};
use crate::compose::judgments::percentages;
use crate::compose::styles::{ACCENT, FIGURE, FIGURE_SMALL, GUIDE, INK};
use crate::compose::words;
use crate::layout::HAIRLINE;
use crate::pages::Rect;
use crate::units::Length;

/// A bar's size.
const BAR: (Length, Length) = (Length::mm(60), Length::mm(3));
/// Where the bars begin.
const BARS: Length = Length::pt(196);
/// Where the terms begin.
const TERMS: Length = Length::pt(378);
/// The width of what is judged.
const JUDGED: Length = Length::pt(184);
/// Space above and below a row's text.
const PADDING: Length = Length::milli_pt(2_500);
/// The height and half the width of a point's mark.
const POINT: Length = Length::milli_pt(3_000);

/// Something judged, and how likely it is.
pub(super) struct Judged<'a> {
    /// Its id and its words.
    pub(super) text: String,
    pub(super) likelihood: &'a Likelihood,
}

/// The key judgments that say how likely they are, each with those of the statements under it that do.
pub(super) fn judged(content: &BriefContent) -> Vec<Judged<'_>> {
    let statements: BTreeMap<&str, &Statement> =
        statements(content).map(|statement| (statement.id.as_str(), statement)).collect();
    let floor = &content.default_marking;
    let mut judged = Vec::new();
    for judgment in &content.key_judgments {
        let Some(likelihood) = said(judgment.likelihood.as_ref()) else { continue };
        let words: Vec<&str> = judgment.statements.iter().map(|statement| statement.text.as_str()).collect();
        judged.push(Judged {
            text: named(&judgment.id, &portion(&judgment.marking, floor), &words.join(" ")),
            likelihood,
        });
        for statement in judgment.rests_on.iter().filter_map(|id| statements.get(id.as_str())) {
            let Some(likelihood) = said(statement.likelihood.as_ref()) else { continue };
            judged.push(Judged {
                text: named(&statement.id, &portion(&statement.marking, floor), &statement.text),
                likelihood,
            });
        }
    }
    judged
}

fn said(likelihood: Option<&Likelihood>) -> Option<&Likelihood> {
    likelihood.filter(|likelihood| words::likelihood(likelihood.term).is_some())
}

fn named(id: &str, portion: &str, text: &str) -> String {
    if text.trim().is_empty() { id.to_owned() } else { format!("{portion}{id}: {text}") }
}

/// The statements of the body's paragraphs, in order.
fn statements(content: &BriefContent) -> impl Iterator<Item = &Statement> {
    let mut open: Vec<&Section> = content.sections.iter().rev().collect();
    let sections = std::iter::from_fn(move || {
        let section = open.pop()?;
        open.extend(section.sections.iter().rev());
        Some(section)
    });
    sections.flat_map(|section| &section.blocks).flat_map(|block| match &block.kind {
        Some(Kind::Paragraph(paragraph)) => paragraph.statements.as_slice(),
        _ => &[],
    })
}

/// Draws a bar for each; nothing when there are none, or too many for a page.
pub(super) fn sketch(judged: &[Judged], ruler: &mut Ruler) -> Option<Sketch> {
    let mut sketch = Sketch::new(WIDTH);
    let first = term_of(judged.first()?.likelihood);
    let mut top = Length::ZERO;
    if judged.iter().all(|judged| cells(term_of(judged.likelihood)) == cells(first)) {
        ticks(&mut sketch, first, ruler);
        top += FIGURE_SMALL.leading;
    }
    for judged in judged {
        sketch.rule(Length::ZERO, WIDTH, top, GUIDE);
        let text = top + PADDING;
        let likelihood = judged.likelihood;
        let what = SketchLabel::new(&judged.text, FIGURE, (Length::ZERO, text), JUDGED);
        let term = words::likelihood(likelihood.term).unwrap_or_default();
        let term = SketchLabel::new(term, FIGURE.strong(), (TERMS, text), WIDTH - TERMS).own();
        let height = [&what, &term].map(|label| ruler.height(&label.text, label.kind, label.width));
        let (percent, below) = (percentages(likelihood), (TERMS, text + height[1]));
        let percent = SketchLabel::new(&percent, FIGURE, below, WIDTH - TERMS).own();
        let odds_height = height[1] + ruler.height(&percent.text, FIGURE, percent.width);
        bar(&mut sketch, likelihood, (BARS, text + (FIGURE.leading - BAR.1) / 2));
        for label in [what, term, percent] {
            sketch.label(label);
        }
        top = text + height[0].max(odds_height) + PADDING;
    }
    sketch.rule(Length::ZERO, WIDTH, top, GUIDE);
    sketch.height = top + HAIRLINE;
    (sketch.height <= TALLEST).then_some(sketch)
}

/// One bar by itself.
pub(super) fn alone(likelihood: &Likelihood) -> Sketch {
    let mut sketch = Sketch::new(BAR.0);
    let top = if likelihood.point_percent.is_some() { POINT + HAIRLINE } else { HAIRLINE };
    bar(&mut sketch, likelihood, (Length::ZERO, top));
    sketch.height = top + BAR.1 + Length::pt(2);
    sketch
}

fn term_of(likelihood: &Likelihood) -> LikelihoodTerm {
    LikelihoodTerm::try_from(likelihood.term).unwrap_or_default()
}

/// The bounds of the scale's cells in percent, rising.
fn cells(term: LikelihoodTerm) -> Vec<(u32, u32)> {
    let terms = scale_terms(scale(term).unwrap_or(LikelihoodScale::Icd203));
    let terms = terms.iter().filter(|other| row(**other) == row(term));
    terms
        .map(|term| {
            let (low, high) = bounds(*term);
            (low, to_edge(high))
        })
        .collect()
}

/// "Below 50" is drawn up to 50.
const fn to_edge(percent: u32) -> u32 {
    if percent == 49 { 50 } else { percent }
}

/// How far along the bar a percentage stands.
fn along(percent: u32) -> Length {
    BAR.0 * i64::from(percent.min(100)) / 100
}

fn bar(sketch: &mut Sketch, likelihood: &Likelihood, (x, y): (Length, Length)) {
    let stretch = |low: u32, high: u32| {
        let (left, right) = (along(low), along(high.max(low)));
        Rect { x: x + left, y, width: right - left, height: BAR.1 }
    };
    sketch.fill_rect(stretch(likelihood.low_percent, to_edge(likelihood.high_percent)), ACCENT);
    for (low, high) in cells(term_of(likelihood)) {
        sketch.frame_rect(stretch(low, high), INK, HAIRLINE);
    }
    if let Some(point) = likelihood.point_percent {
        let tip = x + along(point);
        sketch.fill(&[(tip - POINT, y - POINT), (tip + POINT, y - POINT), (tip, y)], INK);
    }
}

/// The percentages at the cells' edges, as many as stand clear of each other.
fn ticks(sketch: &mut Sketch, term: LikelihoodTerm, ruler: &mut Ruler) {
    let clear = Length::milli_pt(1_500);
    let mut free = Length::ZERO;
    let mut put = |text: &str, middle: Option<Length>, ruler: &mut Ruler| {
        let width = ruler.width(text, FIGURE_SMALL) + Length::pt(1);
        let start = middle.map_or(free, |middle| middle - width / 2);
        if start >= free {
            free = start + width + clear;
            sketch.label(SketchLabel::new(text, FIGURE_SMALL, (start, Length::ZERO), width).own());
        }
    };
    let edges: BTreeSet<u32> = cells(term).into_iter().flat_map(|(low, high)| [low, high]).collect();
    for edge in edges {
        put(&edge.to_string(), Some(BARS + along(edge)), ruler);
    }
    put("%", None, ruler);
}

/// What a listener hears: "kj-1: It will rain: likely, 55–80 %".
pub(super) fn facts(judged: &[Judged]) -> Vec<String> {
    let fact = |judged: &Judged| {
        let text = judged.text.trim_end_matches('.');
        format!("{text}: {}", odds(judged.likelihood))
    };
    judged.iter().map(fact).collect()
}

/// "likely, 55–80 %".
pub(super) fn odds(likelihood: &Likelihood) -> String {
    format!("{}, {}", words::likelihood(likelihood.term).unwrap_or_default(), percentages(likelihood))
}

#[cfg(test)]
mod tests {
    use chancery_brief::likelihood::{bounds, scale_terms};
    use chancery_proto::brief::v1::{Likelihood, LikelihoodScale, LikelihoodTerm};
    use proptest::prelude::*;

    use super::{BAR, Judged, alone, cells, facts, sketch};
    use crate::compose::figures::sketch::tests::ruled;
    use crate::pages::{Paint, Segment};
    use crate::units::Length;

    fn likelihood(term: LikelihoodTerm, point_percent: Option<u32>) -> Likelihood {
        let (low_percent, high_percent) = bounds(term);
        Likelihood { term: term as i32, low_percent, high_percent, point_percent, ..Likelihood::default() }
    }

    #[test]
    fn the_shaded_range_is_as_wide_as_its_share_of_the_bar() {
        let sketch = alone(&likelihood(LikelihoodTerm::Icd203Likely, None));
        let shaded = sketch.paths.iter().find(|path| matches!(path.paint, Paint::Fill(_))).unwrap();
        let Segment::Rect(rect) = shaded.segments[0] else { panic!("the range is a rectangle") };
        assert_eq!((rect.x, rect.x + rect.width), (BAR.0 * 55 / 100, BAR.0 * 80 / 100));
        assert_eq!(BAR, (Length::mm(60), Length::mm(3)));
    }

    #[test]
    fn both_scales_have_seven_cells_and_phia_its_gaps() {
        assert_eq!(cells(LikelihoodTerm::Icd203NearlyCertain).len(), 7);
        let phia = cells(LikelihoodTerm::PhiaUnlikely);
        assert_eq!(phia.len(), 7);
        assert!(phia.windows(2).all(|pair| pair[0].1 < pair[1].0), "{phia:?}");
        assert_eq!(phia[3], (40, 50));
    }

    #[test]
    fn a_listener_hears_term_range_and_point() {
        let likelihood = likelihood(LikelihoodTerm::Icd203Likely, Some(60));
        let judged = [Judged { text: "kj: It rains.".to_owned(), likelihood: &likelihood }];
        assert_eq!(facts(&judged), ["kj: It rains: likely, 55\u{2013}80\u{a0}%, about 60\u{a0}%"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn labels_never_meet(
            rows in prop::collection::vec(("[A-Z][a-z]{1,40}( [a-z]{1,9}){0,25}", 0_usize..7, prop::option::of(0_u32..101)), 1..9),
            phia in any::<bool>(),
        ) {
            let scale = if phia { LikelihoodScale::Phia } else { LikelihoodScale::Icd203 };
            let likelihoods: Vec<Likelihood> =
                rows.iter().map(|(_, term, point)| likelihood(scale_terms(scale)[*term], *point)).collect();
            let judged: Vec<Judged> = rows
                .iter()
                .zip(&likelihoods)
                .map(|((text, ..), likelihood)| Judged { text: text.clone(), likelihood })
                .collect();
            let collision = ruled(|ruler| sketch(&judged, ruler)?.collision(ruler));
            prop_assert_eq!(collision, None);
        }
    }
}
