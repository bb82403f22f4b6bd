//! Domain trends: one row per domain, with a mark whose shape repeats the word beside it.

use chancery_proto::brief::v1::{Domain, Trend};

use super::sketch::{Ruler, Sketch, SketchLabel, TALLEST, WIDTH, portion};
use crate::compose::lexicon::Lexicon;
use crate::compose::stylesheet::{ACCENT, FIGURE, GUIDE, INK};
use crate::layout::HAIRLINE;
use crate::text::paragraph_setup::Align;
use crate::units::Length;

/// Width of the names' column.
const NAME: Length = Length::pt(138);
/// Centre of the marks.
const MARK: Length = Length::pt(152);
/// Start and width of the trends' words.
const WORD: Length = Length::pt(162);
const WORD_WIDTH: Length = Length::pt(44);
/// Start of the reasons.
const WHY: Length = Length::pt(206);
/// Space above and below a row's text.
const PADDING: Length = Length::milli_pt(2_000);
/// Half the width of a mark.
const HALF: Length = Length::milli_pt(3_600);

/// Draws the domains; `None` if they do not fit on a page.
pub(super) fn sketch(domains: &[Domain], floor: &str, ruler: &mut Ruler) -> Option<Sketch> {
    let mut sketch = Sketch::new(WIDTH);
    let mut top = Length::ZERO;
    for domain in domains {
        sketch.rule(Length::ZERO, WIDTH, top, GUIDE);
        let text = top + PADDING;
        let name = SketchLabel::new(&named(domain, floor), FIGURE.strong(), (Length::ZERO, text), NAME);
        let word =
            SketchLabel::new(ruler.lexicon.trend(domain.trend), FIGURE, (WORD, text), WORD_WIDTH).own();
        let why = SketchLabel::new(&domain.why, FIGURE, (WHY, text), WIDTH - WHY);
        let height = [&name, &why].map(|label| ruler.height(&label.text, label.kind, label.width));
        let height = height.into_iter().fold(FIGURE.leading, Length::max);
        sketch.label(name);
        mark(&mut sketch, domain.trend, (MARK, text + FIGURE.leading / 2));
        sketch.label(word);
        sketch.label(why);
        top = text + height + PADDING;
    }
    sketch.rule(Length::ZERO, WIDTH, top, GUIDE);
    sketch.height = top + HAIRLINE;
    (!domains.is_empty() && sketch.height <= TALLEST).then_some(sketch)
}

/// Draws the mark of a trend: up, steady, down, mixed or unknown, distinguished by shape alone.
fn mark(sketch: &mut Sketch, trend: i32, (x, y): (Length, Length)) {
    let at = |right: i64, down: i64| (x + HALF * right, y + HALF * down * 9 / 10);
    match Trend::try_from(trend).unwrap_or_default() {
        Trend::Rising => sketch.fill(&[at(-1, 1), at(0, -1), at(1, 1)], ACCENT),
        Trend::Steady => sketch.fill(&[at(-1, -1), at(1, 0), at(-1, 1)], ACCENT),
        Trend::Falling => sketch.fill(&[at(-1, -1), at(1, -1), at(0, 1)], ACCENT),
        Trend::Mixed => sketch.fill(&[at(0, -1), at(1, 0), at(0, 1), at(-1, 0)], ACCENT),
        Trend::Unspecified | Trend::Unknown => {
            // The mark is a question mark of the same size.
            let mark = SketchLabel::new(
                "?",
                FIGURE.strong().colored(INK),
                (x - HALF, y - FIGURE.leading / 2),
                HALF * 2,
            );
            sketch.label(mark.aligned(Align::Centered).own());
        }
    }
}

/// Returns the facts for the alternative text, such as "Military: mixed (Drills continue)".
pub(super) fn facts(domains: &[Domain], floor: &str, lexicon: Lexicon) -> Vec<String> {
    let why = |domain: &Domain| match domain.why.trim_end_matches('.') {
        "" => String::new(),
        why => format!(" ({why})"),
    };
    domains.iter().map(|domain| fact(domain, floor, lexicon) + &why(domain)).collect()
}

/// Returns a fact such as "Military: mixed".
pub(super) fn fact(domain: &Domain, floor: &str, lexicon: Lexicon) -> String {
    format!("{}: {}", named(domain, floor), lexicon.trend(domain.trend))
}

fn named(domain: &Domain, floor: &str) -> String {
    format!("{}{}", portion(&domain.marking, floor), domain.name)
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::Domain;
    use proptest::prelude::*;

    use super::{facts, sketch};
    use crate::compose::figures::sketch::tests::{ENGLISH, ruled};

    fn domain(name: &str, trend: i32, why: &str) -> Domain {
        Domain { name: name.to_owned(), trend, why: why.to_owned(), ..Domain::default() }
    }

    #[test]
    fn each_trend_has_its_own_shape_and_its_word() {
        let domains: Vec<Domain> = (1..=5).map(|trend| domain("Trade", trend, "")).collect();
        let sketch = ruled(|ruler| sketch(&domains, "", ruler)).unwrap();
        // Four polygons and the question mark; the rules are paths too.
        assert_eq!(sketch.paths.len(), 4 + domains.len() + 1);
        let words: Vec<&str> = sketch.labels.iter().map(|label| label.text.as_str()).collect();
        assert_eq!(words[..4], ["Trade", "rising", "Trade", "steady"]);
        assert_eq!(words[8..], ["Trade", "?", "unknown"]);
        assert_eq!(facts(&[domain("Trade", 3, "It shrank.")], "", ENGLISH), ["Trade: falling (It shrank)"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn labels_never_overlap(
            rows in prop::collection::vec(("[A-Z][a-z]{1,40}( [a-z]{1,9}){0,5}", 0_i32..6, "([a-z]{1,11} ){0,40}"), 1..12),
        ) {
            let domains: Vec<Domain> = rows.iter().map(|(name, trend, why)| domain(name, *trend, why)).collect();
            let collision = ruled(|ruler| sketch(&domains, "", ruler)?.collision(ruler));
            prop_assert_eq!(collision, None);
        }
    }
}
