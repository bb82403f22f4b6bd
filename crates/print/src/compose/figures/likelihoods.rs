//! Likelihood bars: the seven cells of the scale at their true widths, the range shaded, the point marked, and the
//! earlier revision's range as a hollow frame.

use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{BriefContent, Likelihood, LikelihoodTerm, Section, Statement};

use super::sketch::{Ruler, Sketch, SketchLabel, TALLEST, WIDTH, portion};
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::lexicon::Lexicon;
use crate::compose::prior_revision::RevisionStatements;
use crate::compose::scale_cells::{cells, to_edge};
use crate::compose::stylesheet::{ACCENT, FIGURE, FIGURE_SMALL, GUIDE, INK};
use crate::graphics::Rect;
use crate::layout::HAIRLINE;
use crate::units::Length;

/// Size of a bar.
const BAR: (Length, Length) = (Length::mm(60), Length::mm(3));
/// Start of the bars.
const BARS: Length = Length::pt(196);
/// Start of the terms.
const TERMS: Length = Length::pt(378);
/// Width of the judged texts.
const JUDGED: Length = Length::pt(184);
/// Space above and below a row's text.
const PADDING: Length = Length::milli_pt(2_500);
/// The height and half the width of a point's mark.
const POINT: Length = Length::milli_pt(3_000);

/// Overhang of a hollow frame over its bar, and its line width.
const HOLLOW: (Length, Length) = (Length::milli_pt(1_800), Length::milli_pt(900));

/// A judged text with its likelihood.
pub(super) struct Judged<'a> {
    /// Its lexicon, after its id where ids are printed.
    pub(super) text: String,
    pub(super) likelihood: &'a Likelihood,
    /// The earlier likelihood, if it differs.
    pub(super) before: Option<&'a Likelihood>,
}

/// Returns the key judgments with a likelihood, each followed by the statements it rests on that have one.
pub(super) fn judged<'a>(
    content: &'a BriefContent,
    prior: &RevisionStatements<'a>,
    show_ids: bool,
) -> Vec<Judged<'a>> {
    let statements: BTreeMap<&str, &Statement> =
        statements(content).map(|statement| (statement.id.as_str(), statement)).collect();
    let floor = &content.default_marking;
    let shown = |id: &'a str| if show_ids { id } else { "" };
    let mut judged = Vec::new();
    for judgment in &content.key_judgments {
        let Some(likelihood) = with_term(judgment.likelihood.as_ref()) else { continue };
        let words: Vec<&str> = judgment.statements.iter().map(|statement| statement.text.as_str()).collect();
        judged.push(Judged {
            text: named(shown(&judgment.id), &portion(&judgment.marking, floor), &words.join(" ")),
            likelihood,
            before: prior.changed_judgment_likelihood(judgment),
        });
        for statement in judgment.rests_on.iter().filter_map(|id| statements.get(id.as_str())) {
            let Some(likelihood) = with_term(statement.likelihood.as_ref()) else { continue };
            judged.push(Judged {
                text: named(shown(&statement.id), &portion(&statement.marking, floor), &statement.text),
                likelihood,
                before: prior.changed_statement_likelihood(statement),
            });
        }
    }
    judged
}

fn with_term(likelihood: Option<&Likelihood>) -> Option<&Likelihood> {
    likelihood.filter(|likelihood| lexicon::has_term(likelihood))
}

fn named(id: &str, portion: &str, text: &str) -> String {
    match (id, text.trim()) {
        (id, "") => id.to_owned(),
        ("", _) => format!("{portion}{text}"),
        _ => format!("{portion}{id}: {text}"),
    }
}

/// Returns the statements of the body's paragraphs, in order.
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

/// Draws one bar per text; `None` without any, or if they do not fit on a page.
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
        let term = ruler.lexicon.likelihood(likelihood).unwrap_or_default();
        let term = SketchLabel::new(&term, FIGURE.strong(), (TERMS, text), WIDTH - TERMS).own();
        let height = [&what, &term].map(|label| ruler.height(&label.text, label.kind, label.width));
        let (percent, below) = (ruler.lexicon.percentages(likelihood), (TERMS, text + height[1]));
        let percent = SketchLabel::new(&percent, FIGURE, below, WIDTH - TERMS).own();
        let mut odds_height = height[1] + ruler.height(&percent.text, FIGURE, percent.width);
        if let Some(before) = judged.before {
            let at = (TERMS, text + odds_height);
            let was = SketchLabel::new(&was(before, ruler.lexicon), FIGURE_SMALL, at, WIDTH - TERMS).own();
            odds_height += ruler.height(&was.text, FIGURE_SMALL, was.width);
            sketch.label(was);
        }
        let place = BarPosition { x: BARS, y: text + (FIGURE.leading - BAR.1) / 2, width: BAR.0 };
        bar(&mut sketch, likelihood, judged.before, place);
        for label in [what, term, percent] {
            sketch.label(label);
        }
        top = text + height[0].max(odds_height) + PADDING;
    }
    sketch.rule(Length::ZERO, WIDTH, top, GUIDE);
    if judged.iter().any(|judged| judged.before.is_some()) {
        top = legend(&mut sketch, top + PADDING, ruler);
    }
    sketch.height = top + HAIRLINE;
    (sketch.height <= TALLEST).then_some(sketch)
}

/// Draws the legend of the hollow frame; returns its bottom.
fn legend(sketch: &mut Sketch, top: Length, ruler: &mut Ruler) -> Length {
    let (width, gap) = (Length::pt(18), Length::pt(4));
    let y = top + (FIGURE_SMALL.leading - BAR.1) / 2;
    hollow(sketch, Rect { x: BARS, y, width, height: BAR.1 });
    let (start, text) = (BARS + width + gap, ruler.lexicon.labels().legend_earlier);
    let label = SketchLabel::new(text, FIGURE_SMALL, (start, top), WIDTH - start).own();
    let height = ruler.height(text, FIGURE_SMALL, label.width);
    sketch.label(label);
    top + height
}

fn term_of(likelihood: &Likelihood) -> LikelihoodTerm {
    LikelihoodTerm::try_from(likelihood.term).unwrap_or_default()
}

/// Returns the position of a percentage on a bar.
fn along(width: Length, percent: u32) -> Length {
    width * i64::from(percent.min(100)) / 100
}

/// Position and width of a bar.
#[derive(Clone, Copy)]
struct BarPosition {
    x: Length,
    y: Length,
    width: Length,
}

fn bar(sketch: &mut Sketch, likelihood: &Likelihood, before: Option<&Likelihood>, place: BarPosition) {
    let BarPosition { x, y, width } = place;
    let cell = |low: u32, high: u32| {
        let (left, right) = (along(width, low), along(width, high.max(low)));
        Rect { x: x + left, y, width: right - left, height: BAR.1 }
    };
    sketch.fill_rect(cell(likelihood.low_percent, to_edge(likelihood.high_percent)), ACCENT);
    for (low, high) in cells(term_of(likelihood)) {
        sketch.frame_rect(cell(low, high), INK, HAIRLINE);
    }
    if let Some(point) = likelihood.point_percent {
        let tip = x + along(width, point);
        sketch.fill(&[(tip - POINT, y - POINT), (tip + POINT, y - POINT), (tip, y)], INK);
    }
    if let Some(before) = before {
        hollow(sketch, cell(before.low_percent, to_edge(before.high_percent)));
    }
}

/// Draws the earlier revision's range: a frame that extends above and below the bar.
fn hollow(sketch: &mut Sketch, range: Rect) {
    let (out, thickness) = HOLLOW;
    let frame = Rect { y: range.y - out, height: range.height + out * 2, ..range };
    sketch.frame_rect(frame, INK, thickness);
}

/// Draws percentages at the cells' edges, as many as fit without overlapping.
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
        put(&edge.to_string(), Some(BARS + along(BAR.0, edge)), ruler);
    }
    put("%", None, ruler);
}

/// Returns the facts for the alternative text, such as "kj-1: It will rain: likely, 55–80 %".
pub(super) fn facts(judged: &[Judged], lexicon: Lexicon) -> Vec<String> {
    let fact = |judged: &Judged| {
        let text = judged.text.trim_end_matches('.');
        format!("{text}: {}", now_and_before(judged.likelihood, judged.before, lexicon))
    };
    judged.iter().map(fact).collect()
}

/// Formats the current and the previous likelihood, such as "very likely, 80–95 %; was likely, 55–80 %".
pub(super) fn now_and_before(
    likelihood: &Likelihood,
    before: Option<&Likelihood>,
    lexicon: Lexicon,
) -> String {
    let mut facts = vec![lexicon.short_odds(likelihood)];
    facts.extend(before.map(|before| was(before, lexicon)));
    facts.join("; ")
}

fn was(before: &Likelihood, lexicon: Lexicon) -> String {
    filled(lexicon.labels().was_likely, &[&lexicon.short_odds(before)])
}

#[cfg(test)]
mod tests {
    use chancery_brief::likelihood::{bounds, scale_terms};
    use chancery_proto::brief::v1::{Likelihood, LikelihoodScale, LikelihoodTerm};
    use proptest::prelude::*;

    use super::super::sketch::Sketch;
    use super::{BAR, BarPosition, Judged, bar, cells, facts, sketch};
    use crate::compose::figures::sketch::tests::{ENGLISH, ruled};
    use crate::graphics::{Paint, Segment};
    use crate::units::Length;

    fn likelihood(term: LikelihoodTerm, point_percent: Option<u32>) -> Likelihood {
        let (low_percent, high_percent) = bounds(term);
        Likelihood { term: term as i32, low_percent, high_percent, point_percent, ..Likelihood::default() }
    }

    const AT: BarPosition = BarPosition { x: Length::ZERO, y: Length::ZERO, width: BAR.0 };

    #[test]
    fn the_shaded_range_is_as_wide_as_its_share_of_the_bar() {
        let mut sketch = Sketch::new(BAR.0);
        bar(&mut sketch, &likelihood(LikelihoodTerm::Icd203Likely, None), None, AT);
        let shaded = sketch.paths.iter().find(|path| matches!(path.paint, Paint::Fill(_))).unwrap();
        let Segment::Rect(rect) = shaded.segments[0] else { panic!("the range is a rectangle") };
        assert_eq!((rect.x, rect.x + rect.width), (BAR.0 * 55 / 100, BAR.0 * 80 / 100));
        assert_eq!(BAR, (Length::mm(60), Length::mm(3)));
    }

    #[test]
    fn the_earlier_revisions_range_is_a_hollow_frame() {
        let (now, before) = (LikelihoodTerm::Icd203Likely, LikelihoodTerm::Icd203Unlikely);
        let mut sketch = Sketch::new(BAR.0);
        bar(&mut sketch, &likelihood(now, None), Some(&likelihood(before, None)), AT);
        let hollow = sketch.paths.last().unwrap();
        assert!(matches!(hollow.paint, Paint::Stroke { .. }));
        let Segment::Rect(rect) = hollow.segments[0] else { panic!("the range is a rectangle") };
        assert_eq!((rect.x, rect.x + rect.width), (BAR.0 * 20 / 100, BAR.0 * 45 / 100));
        assert!(rect.height > BAR.1 && rect.y < AT.y);
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
    fn the_alternative_text_has_term_range_and_point() {
        let likelihood = likelihood(LikelihoodTerm::Icd203Likely, Some(60));
        let judged = [Judged { text: "kj: It rains.".to_owned(), likelihood: &likelihood, before: None }];
        assert_eq!(facts(&judged, ENGLISH), ["kj: It rains: likely, 55\u{2013}80%, about 60%"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn labels_never_overlap(
            rows in prop::collection::vec(("[A-Z][a-z]{1,40}( [a-z]{1,9}){0,25}", 0_usize..7, prop::option::of(0_u32..101)), 1..9),
            phia in any::<bool>(),
            moved in any::<bool>(),
        ) {
            let scale = if phia { LikelihoodScale::Phia } else { LikelihoodScale::Icd203 };
            let likelihoods: Vec<Likelihood> =
                rows.iter().map(|(_, term, point)| likelihood(scale_terms(scale)[*term], *point)).collect();
            let before = likelihood(scale_terms(scale)[6], Some(99));
            let before = moved.then_some(&before);
            let judged: Vec<Judged> = rows
                .iter()
                .zip(&likelihoods)
                .map(|((text, ..), likelihood)| Judged { text: text.clone(), likelihood, before })
                .collect();
            let collision = ruled(|ruler| sketch(&judged, ruler)?.collision(ruler));
            prop_assert_eq!(collision, None);
        }
    }
}
