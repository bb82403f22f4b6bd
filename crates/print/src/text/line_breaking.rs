//! Total-fit line breaking (Knuth and Plass, "Breaking paragraphs into lines", 1981) on integers: all breaks of
//! a paragraph are chosen together, by the least sum of demerits. Ties go to the earlier break.

use std::ops::Sub;

/// Running totals over a paragraph, in units of [`Length`](crate::units::Length).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) width: i64,
    pub(crate) stretch: i64,
    pub(crate) shrink: i64,
    /// How far glyphs may widen or narrow, and letters move apart or together.
    pub(crate) flex: i64,
    /// Word spaces.
    pub(crate) spaces: i64,
}

impl Sub for Sums {
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
pub(crate) struct Break {
    /// The byte offset in the paragraph's text, after spaces at the line's end.
    pub(crate) at: usize,
    /// The first fragment of the next line; when `at` is inside one, that one.
    pub(crate) fragment: usize,
    /// Totals of what a line that ends here may hold, its last spaces left out.
    pub(crate) end: Sums,
    /// Totals of what lies before the next line.
    pub(crate) start: Sums,
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

impl Break {
    /// Whether a line that ends or begins here costs what it costs at another break. The letterspace of invisible
    /// characters between the two is no difference that counts.
    pub(crate) fn costs_as_much_as(&self, other: &Self) -> bool {
        let seen = |sums: Sums| Sums { flex: 0, ..sums };
        let cost = |found: &Self| {
            let (end, start) = (seen(found.end), seen(found.start));
            Self { at: 0, fragment: 0, end, start, ..*found }
        };
        cost(self) == cost(other)
    }
}

/// How lines are filled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fill {
    /// The measure.
    pub(crate) measure: i64,
    /// Flush on both sides by stretching spaces; else ragged, with this much play at the end of each line.
    pub(crate) rag: Option<i64>,
}

/// A chosen break, with whether the line that ends there is wider than the measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) index: usize,
    pub(crate) overfull: bool,
}

/// Added to every line, so that fewer lines win.
const LINE: i64 = 10;
/// For the second hyphen in a row, and the third.
const LADDER: [i64; 3] = [0, 4_000, 4_000_000];
/// For a hyphen at the end of the line before the last.
const LAST_HYPHEN: i64 = 6_000;
/// For neighbouring lines more than a class of tightness apart.
const UNEVEN: i64 = 4_000;
/// For a last line of a single word.
const SHORT_LAST: i64 = 30_000;
/// For a line wider than the measure; only when nothing else is left.
const OVERFULL: i64 = 1_000_000_000_000;
/// What a line costs whose glyphs are as wide or as narrow as they may be, in thousandths of a space's stretch.
const FLEX_PRICE: i64 = 250;
/// The loosest line of the first attempt, in thousandths of the stretch.
const TOLERANCE: i64 = 2_500;
/// The loosest line that counts as such; beyond it all are equally bad.
const LOOSEST: i64 = 20_000;

const CLASSES: usize = 4;
const LADDERS: usize = 3;
const STATES: usize = CLASSES * LADDERS;

/// The cheapest way to a break, with the last line's tightness and the hyphens in a row before it.
#[derive(Clone, Copy)]
struct Way {
    demerits: i64,
    from: u32,
    from_state: u8,
    overfull: bool,
}

const NO_WAY: Way = Way { demerits: i64::MAX, from: 0, from_state: 0, overfull: false };

/// Chooses the breaks at which lines end; `breaks` starts with the paragraph's start and ends with its end.
pub(crate) fn choose(breaks: &[Break], fill: Fill) -> Vec<Chosen> {
    let [first, .., last] = breaks else { return Vec::new() };
    // One line is cheaper than any two.
    if last.end.width - first.start.width + first.start_extra + last.end_extra <= fill.measure {
        return vec![Chosen { index: breaks.len() - 1, overfull: false }];
    }
    let ways = ways(breaks, fill, false);
    let last = ways.len() - 1;
    if cheapest(&ways[last]).is_some() {
        return trace(&ways);
    }
    // Emergency: any looseness is allowed, and what is too wide by itself stands out.
    trace(&self::ways(breaks, fill, true))
}

fn ways(breaks: &[Break], fill: Fill, emergency: bool) -> Vec<[Way; STATES]> {
    let mut ways = vec![[NO_WAY; STATES]; breaks.len()];
    ways[0][state(1, 0)].demerits = 0;
    for to in 1..breaks.len() {
        let mut best = [NO_WAY; STATES];
        for from in (0..to).rev() {
            let line = Line::new(breaks, from, to, fill);
            if line.too_wide {
                if line.surely_too_wide {
                    break;
                }
                continue;
            }
            if line.ratio <= TOLERANCE || emergency {
                extend(&ways[from], &mut best, from, &line);
            }
        }
        if emergency && cheapest(&best).is_none() {
            let mut line = Line::new(breaks, to - 1, to, fill);
            (line.ratio, line.overfull) = (0, true);
            extend(&ways[to - 1], &mut best, to - 1, &line);
        }
        ways[to] = best;
    }
    ways
}

/// A line between two breaks.
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own, named where it is set")]
struct Line {
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

impl Line {
    fn new(breaks: &[Break], from: usize, to: usize, fill: Fill) -> Self {
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
            extra += if sums.spaces < 1 { SHORT_LAST } else { 0 };
            extra += if start.hyphen { LAST_HYPHEN } else { 0 };
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

    const fn class(&self) -> usize {
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
        let line = LINE + badness;
        let overfull = if self.overfull { OVERFULL } else { 0 };
        line * line + self.penalty * self.penalty + self.extra + overfull
    }
}

/// Carries every way to a line's start on to its end.
fn extend(ways: &[Way; STATES], best: &mut [Way; STATES], from: usize, line: &Line) {
    let own = line.demerits();
    let class = line.class();
    for (index, way) in ways.iter().enumerate().filter(|(_, way)| way.demerits < i64::MAX) {
        let (class_before, ladder_before) = (index / LADDERS, index % LADDERS);
        let (ladder, price) =
            if line.hyphen { ((ladder_before + 1).min(2), LADDER[ladder_before]) } else { (0, 0) };
        let uneven = if class.abs_diff(class_before) > 1 { UNEVEN } else { 0 };
        let demerits = way.demerits.saturating_add(own + price + uneven);
        let target = &mut best[state(class, ladder)];
        // Breaks come from the latest to the earliest: an equal one is earlier and wins.
        if demerits < i64::MAX && demerits <= target.demerits {
            let from = u32::try_from(from).expect("a paragraph has fewer than 2^32 breaks");
            let from_state = u8::try_from(index).expect("there are twelve states");
            *target = Way { demerits, from, from_state, overfull: line.overfull };
        }
    }
}

const fn state(class: usize, ladder: usize) -> usize {
    class * LADDERS + ladder
}

fn cheapest(ways: &[Way; STATES]) -> Option<usize> {
    let best = (0..STATES).min_by_key(|index| ways[*index].demerits)?;
    (ways[best].demerits < i64::MAX).then_some(best)
}

fn trace(ways: &[[Way; STATES]]) -> Vec<Chosen> {
    let mut chosen = Vec::new();
    let mut index = ways.len() - 1;
    let mut state = cheapest(&ways[index]).unwrap_or(0);
    while index > 0 {
        let way = ways[index][state];
        chosen.push(Chosen { index, overfull: way.overfull });
        index = way.from as usize;
        state = usize::from(way.from_state);
    }
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Break, Chosen, Fill, Sums, choose};

    /// Words of the given widths with spaces of 100 that stretch by 50 and shrink by 30.
    fn paragraph(words: &[i64]) -> Vec<Break> {
        let mut breaks = vec![Break::default()];
        let mut sums = Sums::default();
        for (index, width) in words.iter().enumerate() {
            sums.width += width;
            let end = sums;
            sums.width += 100;
            sums.stretch += 50;
            sums.shrink += 30;
            sums.spaces += 1;
            breaks.push(Break { at: index + 1, fragment: index + 1, end, start: sums, ..Break::default() });
        }
        breaks
    }

    fn shrunk_width(breaks: &[Break], from: usize, to: usize) -> i64 {
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
            let chosen = choose(&breaks, Fill { measure, rag: None });
            prop_assert_eq!(chosen.last().map(|c| c.index), Some(words.len()));
            let mut from = 0;
            for Chosen { index, overfull } in chosen {
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
            for Chosen { index, .. } in choose(&breaks, Fill { measure: 1_000, rag: Some(300) }) {
                prop_assert!((breaks[index].end - breaks[from].start).width <= 1_000);
                from = index;
            }
        }
    }

    /// The cheapest of all ways to set a paragraph, found by trying each.
    fn least_unevenness(breaks: &[Break], measure: i64, from: usize) -> Option<i64> {
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
    fn looseness(breaks: &[Break], measure: i64, from: usize, to: usize) -> Option<i64> {
        let line = super::Line::new(breaks, from, to, Fill { measure, rag: None });
        (!line.too_wide && line.ratio <= super::TOLERANCE).then(|| line.demerits())
    }

    #[test]
    fn breaks_are_chosen_together_and_not_line_by_line() {
        let breaks = paragraph(&[400, 300, 250, 500, 420, 330, 470, 280, 390, 350]);
        let mut from = 0;
        let mut own = 0;
        for Chosen { index, .. } in choose(&breaks, Fill { measure: 1_400, rag: None }) {
            own += looseness(&breaks, 1_400, from, index).unwrap();
            from = index;
        }
        let least = least_unevenness(&breaks, 1_400, 0).unwrap();
        assert!(own <= least + 2 * super::UNEVEN, "{own} against {least}");
    }
}
