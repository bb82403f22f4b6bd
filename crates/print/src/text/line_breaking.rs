//! Total-fit line breaking (Knuth and Plass, "Breaking paragraphs into lines", 1981) on integers: all breaks of
//! a paragraph are chosen together, by the least sum of demerits. Ties go to the earlier break.

use std::ops::Sub;

/// Running totals over a paragraph, in units of [`Length`](crate::units::Length).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) width: i64,
    pub(crate) stretch: i64,
    pub(crate) shrink: i64,
    /// How far glyphs may widen or narrow, and letters move apart or together.
    pub(crate) flex: i64,
    /// Word spaces.
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

/// A place where a line may end and the next begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Breakpoint {
    /// The byte offset in the paragraph's text, after spaces at the line's end.
    pub(crate) at: usize,
    /// The first fragment of the next line; when `at` is inside one, that one.
    pub(crate) fragment: usize,
    /// Totals of what a line that ends here may hold, its last spaces left out.
    pub(crate) end: Totals,
    /// Totals of what lies before the next line.
    pub(crate) start: Totals,
    /// What a line gains by ending here: a hyphen, and kerning undone.
    pub(crate) end_extra: i64,
    /// What a line gains by beginning here.
    pub(crate) start_extra: i64,
    /// The price of ending a line here.
    pub(crate) penalty: i64,
    /// Whether the line then ends in a hyphen.
    pub(crate) hyphen: bool,
    /// Whether that hyphen has to be added.
    pub(crate) adds_hyphen: bool,
}

impl Breakpoint {
    /// Whether a line that ends or begins here costs what it costs at another break. The letterspace of invisible
    /// characters between the two is no difference that counts.
    pub(crate) fn costs_the_same_as(&self, other: &Self) -> bool {
        let seen = |sums: Totals| Totals { flex: 0, ..sums };
        let cost = |found: &Self| {
            let (end, start) = (seen(found.end), seen(found.start));
            Self { at: 0, fragment: 0, end, start, ..*found }
        };
        cost(self) == cost(other)
    }
}

/// How lines are filled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineFill {
    /// The measure.
    pub(crate) measure: i64,
    /// Flush on both sides by stretching spaces; else ragged, with this much play at the end of each line.
    pub(crate) rag: Option<i64>,
}

/// A chosen break, with whether the line that ends there is wider than the measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LineBreak {
    pub(crate) index: usize,
    pub(crate) overfull: bool,
}

/// Added to every line, so that fewer lines win.
const LINE_PENALTY: i64 = 10;
/// For the second hyphen in a row, and the third.
const LADDER_DEMERITS: [i64; 3] = [0, 4_000, 4_000_000];
/// For a hyphen at the end of the line before the last.
const LAST_HYPHEN_DEMERITS: i64 = 6_000;
/// For neighbouring lines more than a fitness_class of tightness apart.
const FITNESS_DEMERITS: i64 = 4_000;
/// For a last line of a single word.
const SHORT_LAST_LINE_DEMERITS: i64 = 30_000;
/// For a line wider than the measure; only when nothing else is left.
const OVERFULL_DEMERITS: i64 = 1_000_000_000_000;
/// What a line costs whose glyphs are as wide or as narrow as they may be, in thousandths of a space's stretch.
const FLEX_PRICE: i64 = 250;
/// The loosest line of the first attempt, in thousandths of the stretch.
const TOLERANCE: i64 = 2_500;
/// The loosest line that counts as such; beyond it all are equally bad.
const LOOSEST: i64 = 20_000;

const FITNESS_CLASSES: usize = 4;
const LADDER_LENGTHS: usize = 3;
const STATES: usize = FITNESS_CLASSES * LADDER_LENGTHS;

/// The cheapest node to a break, with the last line's tightness and the hyphens in a row before it.
#[derive(Clone, Copy)]
struct Node {
    demerits: i64,
    from: u32,
    from_state: u8,
    overfull: bool,
}

const UNREACHED: Node = Node { demerits: i64::MAX, from: 0, from_state: 0, overfull: false };

/// Chooses the breaks at which lines end; `breaks` starts with the paragraph's start and ends with its end.
pub(crate) fn choose_breaks(breaks: &[Breakpoint], fill: LineFill) -> Vec<LineBreak> {
    let [first, .., last] = breaks else { return Vec::new() };
    // One line is cheaper than any two.
    if last.end.width - first.start.width + first.start_extra + last.end_extra <= fill.measure {
        return vec![LineBreak { index: breaks.len() - 1, overfull: false }];
    }
    let nodes = nodes(breaks, fill, false);
    let last = nodes.len() - 1;
    if cheapest(&nodes[last]).is_some() {
        return trace_back(&nodes);
    }
    // Emergency: any looseness is allowed, and what is too wide by itself stands out.
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

/// A line between two breaks.
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own, named where it is set")]
struct CandidateLine {
    /// How far its spaces stretch (or shrink, below zero), in thousandths of what they may.
    ratio: i64,
    /// It does not fit, however far its spaces shrink.
    too_wide: bool,
    /// No line from an earlier break can fit either.
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
        // A line that holds nothing but space ends before it starts: there is nothing in it to bend.
        let flex = sums.flex.max(0);
        let (shrink, flex) = if fill.rag.is_some() { (0, 0) } else { (sums.shrink, flex) };
        // Glyphs take what they may; spaces get the rest, and they are what the eye sees.
        let by_glyphs = left.clamp(-flex, flex);
        let by_spaces = left - by_glyphs;
        let eased = by_glyphs * FLEX_PRICE / flex.max(1);
        let ratio = match left {
            0.. if last => 0,
            0.. => eased + by_spaces * 1000 / fill.rag.unwrap_or(sums.stretch).max(1),
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

/// Carries every node to a line's start on to its end.
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

    /// Words of the given widths with spaces of 100 that stretch by 50 and shrink by 30.
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
        fn lines_cover_the_text_in_order_and_none_is_too_wide_unless_it_says_so(
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

    /// The cheapest of all nodes to set a paragraph, found by trying each.
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

    /// The square of a line's badness, without what depends on its neighbours.
    fn looseness(breaks: &[Breakpoint], measure: i64, from: usize, to: usize) -> Option<i64> {
        let line = super::CandidateLine::new(breaks, from, to, LineFill { measure, rag: None });
        (!line.too_wide && line.ratio <= super::TOLERANCE).then(|| line.demerits())
    }

    #[test]
    fn breaks_are_chosen_together_and_not_line_by_line() {
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
