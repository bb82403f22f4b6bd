//! Total-fit line breaking (Knuth and Plass, "Breaking paragraphs into lines", 1981) on integers.
//!
//! A greedy algorithm fills each line before it looks at the next and cannot avoid a bad line later. Total-fit breaking
//! chooses all breaks of a paragraph together. Every candidate line between two breakpoints has a *ratio*: how far its
//! spaces stretch (or shrink) relative to their limits. The ratio gives the line's *badness* (its cube), and badness,
//! penalties and penalties for awkward neighbours give its *demerits*. The best paragraph is the one with the least sum
//! of demerits.
//!
//! Dynamic programming finds it: the best way to end a line at a breakpoint extends the best way to some earlier
//! breakpoint. Demerits also depend on the line before (its fitness class, and the number of hyphens in a row), so each
//! breakpoint keeps the best way per state instead of a single one. If no sequence of lines is loose enough for the
//! tolerance, a second pass allows any looseness, and a word that is wider than the measure gets an overfull line.
//!
//! Ties go to the earlier break, so that the result does not depend on iteration order.

use std::ops::Sub;

/// Running totals over a paragraph, in units of [`Length`](crate::units::Length). The width of a line is the difference
/// of two totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) width: i64,
    pub(crate) stretch: i64,
    pub(crate) shrink: i64,
    /// Stretch and shrink by glyph width and letterspace.
    pub(crate) flex: i64,
    /// Number of word spaces.
    pub(crate) spaces: i64,
}

impl Sub for Totals {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            width: self.width - other.width,
            stretch: self.stretch - other.stretch,
            shrink: self.shrink - other.shrink,
            flex: self.flex - other.flex,
            spaces: self.spaces - other.spaces,
        }
    }
}

/// A position at which a line may end and the next one begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Breakpoint {
    /// The byte offset in the paragraph's text, after spaces at the line's end.
    pub(crate) at: usize,
    /// The first fragment of the next line; if `at` is inside a fragment, that fragment.
    pub(crate) fragment: usize,
    /// Totals at the end of a line that ends here, without its trailing spaces.
    pub(crate) end: Totals,
    /// Totals at the start of the next line.
    pub(crate) start: Totals,
    /// Extra width of a line that ends here: an added hyphen, undone kerning, less overhang.
    pub(crate) end_extra: i64,
    /// Extra width of a line that begins here.
    pub(crate) start_extra: i64,
    /// Penalty for ending a line here.
    pub(crate) penalty: i64,
    /// Whether a line that ends here ends in a hyphen.
    pub(crate) hyphen: bool,
    /// Whether the hyphen is added, as opposed to being in the text.
    pub(crate) adds_hyphen: bool,
}

impl Breakpoint {
    /// Returns whether lines that end or begin at the two breakpoints cost the same. The letterspace of invisible
    /// characters between them does not count.
    pub(crate) fn costs_the_same_as(&self, other: &Self) -> bool {
        let seen = |sums: Totals| Totals { flex: 0, ..sums };
        let cost = |found: &Self| {
            let (end, start) = (seen(found.end), seen(found.start));
            Self { at: 0, fragment: 0, end, start, ..*found }
        };
        cost(self) == cost(other)
    }
}

/// Measure and alignment of the lines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineFill {
    /// The measure.
    pub(crate) measure: i64,
    /// `None` justifies lines by stretching spaces; otherwise lines are ragged, with this much stretch at their ends.
    pub(crate) rag: Option<i64>,
}

/// A chosen break, and whether the line that ends there is wider than the measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LineBreak {
    pub(crate) index: usize,
    pub(crate) overfull: bool,
}

/// Base demerits of every line, so that fewer lines win.
const LINE_PENALTY: i64 = 10;
/// Demerits by the number of hyphenated lines directly before a hyphenated line.
const LADDER_DEMERITS: [i64; 3] = [0, 4_000, 4_000_000];
/// Demerits for a hyphen at the end of the last line but one.
const LAST_HYPHEN_DEMERITS: i64 = 6_000;
/// Demerits for adjacent lines more than one fitness class apart.
const FITNESS_DEMERITS: i64 = 4_000;
/// Demerits for a last line of a single word.
const SHORT_LAST_LINE_DEMERITS: i64 = 30_000;
/// Demerits for a line wider than the measure, used only when nothing else is possible.
const OVERFULL_DEMERITS: i64 = 10_000_000_000_000_000;
/// Ratio of a line whose glyphs are at their width limit, in thousandths of a space's stretch.
const FLEX_PRICE: i64 = 250;
/// Maximum ratio in the first pass, in thousandths of the stretch.
const TOLERANCE: i64 = 2_500;
/// Maximum ratio that is distinguished; looser lines are equally bad.
const LOOSEST: i64 = 60_000;
/// Ratio above which a justified line is set ragged; the fuller of two such lines is better.
const RAGGED: i64 = 20_000;

const FITNESS_CLASSES: usize = 4;
const LADDER_LENGTHS: usize = 3;
const STATES: usize = FITNESS_CLASSES * LADDER_LENGTHS;

/// The cheapest sequence of lines to a breakpoint in one state: the last line's fitness class and the number of hyphens
/// in a row before it.
#[derive(Clone, Copy)]
struct Node {
    demerits: i64,
    from: u32,
    from_state: u8,
    overfull: bool,
}

const UNREACHED: Node = Node { demerits: i64::MAX, from: 0, from_state: 0, overfull: false };

/// Chooses the breaks at which lines end. `breaks` starts with the paragraph's start and ends with its end.
pub(crate) fn choose_breaks(breaks: &[Breakpoint], fill: LineFill) -> Vec<LineBreak> {
    let [first, .., last] = breaks else { return Vec::new() };
    if last.end.width - first.start.width + first.start_extra + last.end_extra <= fill.measure {
        return vec![LineBreak { index: breaks.len() - 1, overfull: false }];
    }
    let nodes = nodes(breaks, fill, false);
    let last = nodes.len() - 1;
    if cheapest(&nodes[last]).is_some() {
        return trace_back(&nodes);
    }
    // Emergency pass: any looseness is allowed, and a word wider than the measure sticks out.
    trace_back(&self::nodes(breaks, fill, true))
}

fn nodes(breaks: &[Breakpoint], fill: LineFill, emergency: bool) -> Vec<[Node; STATES]> {
    let mut nodes = vec![[UNREACHED; STATES]; breaks.len()];
    nodes[0][state(1, 0)].demerits = 0;
    for to in 1..breaks.len() {
        let mut best = [UNREACHED; STATES];
        for from in (0..to).rev() {
            let line = CandidateLine::new(breaks, from, to, fill);
            if line.too_wide {
                if line.surely_too_wide {
                    break;
                }
                continue;
            }
            if line.ratio <= TOLERANCE || emergency {
                extend(&nodes[from], &mut best, from, &line);
            }
        }
        if emergency && cheapest(&best).is_none() {
            let mut line = CandidateLine::new(breaks, to - 1, to, fill);
            (line.ratio, line.overfull) = (0, true);
            extend(&nodes[to - 1], &mut best, to - 1, &line);
        }
        nodes[to] = best;
    }
    nodes
}

/// A line between two breakpoints.
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own, named where it is set")]
struct CandidateLine {
    /// Stretch of its spaces (negative: shrink), in thousandths of their limit.
    ratio: i64,
    /// The line does not fit even with its spaces at their minimum.
    too_wide: bool,
    /// No line from an earlier breakpoint fits either.
    surely_too_wide: bool,
    hyphen: bool,
    penalty: i64,
    extra: i64,
    overfull: bool,
}

impl CandidateLine {
    fn new(breaks: &[Breakpoint], from: usize, to: usize, fill: LineFill) -> Self {
        let (start, end) = (&breaks[from], &breaks[to]);
        let sums = end.end - start.start;
        let left = fill.measure - sums.width - start.start_extra - end.end_extra;
        let last = to == breaks.len() - 1;
        // A line of nothing but space ends before it starts and has no flexible width.
        let flex = sums.flex.max(0);
        let (shrink, flex) = if fill.rag.is_some() { (0, 0) } else { (sums.shrink, flex) };
        // Glyph width and letterspace change first; spaces, whose change is visible, take the remainder.
        let by_glyphs = left.clamp(-flex, flex);
        let by_spaces = left - by_glyphs;
        let eased = by_glyphs * FLEX_PRICE / flex.max(1);
        let ratio = match left {
            0.. if last => 0,
            0.. => {
                let ratio = eased + by_spaces * 1000 / fill.rag.unwrap_or(sums.stretch).max(1);
                if ratio > RAGGED { RAGGED + left * (LOOSEST - RAGGED) / fill.measure.max(1) } else { ratio }
            }
            _ => eased + by_spaces.saturating_mul(1000) / shrink.max(1),
        };
        let mut extra = 0;
        if last && from > 0 {
            extra += if sums.spaces < 1 { SHORT_LAST_LINE_DEMERITS } else { 0 };
            extra += if start.hyphen { LAST_HYPHEN_DEMERITS } else { 0 };
        }
        Self {
            ratio: ratio.min(LOOSEST),
            too_wide: left + shrink + flex < 0,
            surely_too_wide: sums.width - shrink - flex > fill.measure,
            hyphen: end.hyphen,
            penalty: end.penalty,
            extra,
            overfull: false,
        }
    }

    const fn fitness_class(&self) -> usize {
        match self.ratio {
            ..-500 => 0,
            -500..=500 => 1,
            501..=1000 => 2,
            _ => 3,
        }
    }

    fn demerits(&self) -> i64 {
        let ratio = self.ratio.abs();
        let badness = ratio * ratio * ratio / 10_000_000;
        let line = LINE_PENALTY + badness;
        let overfull = if self.overfull { OVERFULL_DEMERITS } else { 0 };
        line * line + self.penalty * self.penalty + self.extra + overfull
    }
}

/// Extends every sequence that ends at the line's start by the line.
fn extend(nodes: &[Node; STATES], best: &mut [Node; STATES], from: usize, line: &CandidateLine) {
    let own = line.demerits();
    let fitness_class = line.fitness_class();
    for (index, node) in nodes.iter().enumerate().filter(|(_, node)| node.demerits < i64::MAX) {
        let (class_before, ladder_before) = (index / LADDER_LENGTHS, index % LADDER_LENGTHS);
        let (ladder, price) =
            if line.hyphen { ((ladder_before + 1).min(2), LADDER_DEMERITS[ladder_before]) } else { (0, 0) };
        let uneven = if fitness_class.abs_diff(class_before) > 1 { FITNESS_DEMERITS } else { 0 };
        let demerits = node.demerits.saturating_add(own + price + uneven);
        let target = &mut best[state(fitness_class, ladder)];
        // BreakpointCollector come from the latest to the earliest: an equal one is earlier and wins.
        if demerits < i64::MAX && demerits <= target.demerits {
            let from = u32::try_from(from).expect("a paragraph has fewer than 2^32 breaks");
            let from_state = u8::try_from(index).expect("there are twelve states");
            *target = Node { demerits, from, from_state, overfull: line.overfull };
        }
    }
}

const fn state(fitness_class: usize, ladder: usize) -> usize {
    fitness_class * LADDER_LENGTHS + ladder
}

fn cheapest(nodes: &[Node; STATES]) -> Option<usize> {
    let best = (0..STATES).min_by_key(|index| nodes[*index].demerits)?;
    (nodes[best].demerits < i64::MAX).then_some(best)
}

fn trace_back(nodes: &[[Node; STATES]]) -> Vec<LineBreak> {
    let mut chosen = Vec::new();
    let mut index = nodes.len() - 1;
    let mut state = cheapest(&nodes[index]).unwrap_or(0);
    while index > 0 {
        let node = nodes[index][state];
        chosen.push(LineBreak { index, overfull: node.overfull });
        index = node.from as usize;
        state = usize::from(node.from_state);
    }
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Breakpoint, LineBreak, LineFill, Totals, choose_breaks};

    /// Builds words of the given widths with spaces of 100 that stretch by 50 and shrink by 30.
    fn paragraph(words: &[i64]) -> Vec<Breakpoint> {
        let mut breaks = vec![Breakpoint::default()];
        let mut sums = Totals::default();
        for (index, width) in words.iter().enumerate() {
            sums.width += width;
            let end = sums;
            sums.width += 100;
            sums.stretch += 50;
            sums.shrink += 30;
            sums.spaces += 1;
            breaks.push(Breakpoint {
                at: index + 1,
                fragment: index + 1,
                end,
                start: sums,
                ..Breakpoint::default()
            });
        }
        breaks
    }

    fn shrunk_width(breaks: &[Breakpoint], from: usize, to: usize) -> i64 {
        let sums = breaks[to].end - breaks[from].start;
        sums.width - sums.shrink
    }

    proptest! {
        #[test]
        fn lines_cover_the_text_in_order_and_only_overfull_lines_are_too_wide(
            words in prop::collection::vec(1_i64..2_500, 1..60),
            measure in 500_i64..3_000,
        ) {
            let breaks = paragraph(&words);
            let chosen = choose_breaks(&breaks, LineFill { measure, rag: None });
            prop_assert_eq!(chosen.last().map(|c| c.index), Some(words.len()));
            let mut from = 0;
            for LineBreak { index, overfull } in chosen {
                prop_assert!(index > from);
                prop_assert!(overfull || shrunk_width(&breaks, from, index) <= measure);
                prop_assert!(!overfull || index == from + 1);
                from = index;
            }
        }

        #[test]
        fn ragged_lines_never_shrink(
            words in prop::collection::vec(1_i64..900, 1..60),
        ) {
            let breaks = paragraph(&words);
            let mut from = 0;
            for LineBreak { index, .. } in choose_breaks(&breaks, LineFill { measure: 1_000, rag: Some(300) }) {
                prop_assert!((breaks[index].end - breaks[from].start).width <= 1_000);
                from = index;
            }
        }
    }

    /// Returns the cheapest of all nodes to set a paragraph, found by trying each.
    fn least_unevenness(breaks: &[Breakpoint], measure: i64, from: usize) -> Option<i64> {
        let last = breaks.len() - 1;
        if from == last {
            return Some(0);
        }
        (from + 1..=last)
            .filter_map(|to| {
                Some(looseness(breaks, measure, from, to)? + least_unevenness(breaks, measure, to)?)
            })
            .min()
    }

    /// Returns the square of a line's badness, without what depends on its neighbours.
    fn looseness(breaks: &[Breakpoint], measure: i64, from: usize, to: usize) -> Option<i64> {
        let line = super::CandidateLine::new(breaks, from, to, LineFill { measure, rag: None });
        (!line.too_wide && line.ratio <= super::TOLERANCE).then(|| line.demerits())
    }

    #[test]
    fn breaks_minimise_the_demerits_of_the_whole_paragraph() {
        let breaks = paragraph(&[400, 300, 250, 500, 420, 330, 470, 280, 390, 350]);
        let mut from = 0;
        let mut own = 0;
        for LineBreak { index, .. } in choose_breaks(&breaks, LineFill { measure: 1_400, rag: None }) {
            own += looseness(&breaks, 1_400, from, index).unwrap();
            from = index;
        }
        let least = least_unevenness(&breaks, 1_400, 0).unwrap();
        assert!(own <= least + 2 * super::FITNESS_DEMERITS, "{own} against {least}");
    }
}
