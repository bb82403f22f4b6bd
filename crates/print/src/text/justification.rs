//! Justification of one line. Three means are used in order of how little a reader notices them: glyphs widen or narrow
//! by up to 2 %, then letterspace changes by up to 0.0083 em, and word spaces (or glue) take the remainder.

use std::ops::Range;

use crate::text::elasticity::{
    AS_DESIGNED, EXPANSION, flex, floor_to_milli_pt, has_glue, widest_letterspace,
};
use crate::text::inline::Inline;
use crate::text::itemise::FragmentKind;
use crate::text::line_part::LinePart;
use crate::text::shaping::scale;
use crate::units::Length;

/// Minimum word space of an overfull line, in hundredths of an em.
const NARROWEST: i64 = 15;

/// Maximum space that justification adds to a word space or to glue, in hundredths of an em. A line that needs more, beside
/// an address or a long number, stays ragged: holes in it are worse.
const WIDEST_ADDITION: i64 = 75;

/// Distributes the difference between the measure and the line's width, negative for lines that are too wide.
pub(crate) fn justify_line(inline: &Inline, parts: &mut [LinePart], left_over: Length) {
    if is_too_loose(inline, parts, left_over) {
        return;
    }
    let left_over = left_over - expand(inline, parts, left_over);
    let left_over = left_over - letterspace(inline, parts, left_over);
    stretch_spaces(inline, parts, left_over);
}

/// Returns whether glyphs, letterspace and spaces cannot fill the line without holes.
fn is_too_loose(inline: &Inline, parts: &[LinePart], left_over: Length) -> bool {
    let gaps = stretchable_glyphs(parts, left_over);
    let room = parts.iter().zip(gaps).map(|(part, gaps)| {
        let size = inline.pieces[part.piece].style.size;
        let by_glyphs = if part.bends() { flex(part.width(inline), part.word.glyphs.len(), size) } else { 0 };
        let count = i64::try_from(gaps.len()).unwrap_or(0);
        size * WIDEST_ADDITION / 100 * count + Length::from_units(by_glyphs)
    });
    left_over > room.sum()
}

/// Scales all glyphs of the line by one factor; returns the width gained.
fn expand(inline: &Inline, parts: &mut [LinePart], left_over: Length) -> Length {
    let width: i64 = parts.iter().filter(|part| part.bends()).map(|part| part.width(inline).units()).sum();
    if width == 0 {
        return Length::ZERO;
    }
    let designed = i64::from(AS_DESIGNED);
    // Rounded down, so that a line without spaces never exceeds the measure.
    let change = (left_over.units() * designed).div_euclid(width).clamp(-EXPANSION, EXPANSION);
    let expansion = u32::try_from(designed + change).unwrap_or(AS_DESIGNED);
    gain(inline, parts, |part| part.expansion = expansion)
}

/// Adds letterspace in proportion to each part's size; returns the width gained.
fn letterspace(inline: &Inline, parts: &mut [LinePart], left_over: Length) -> Length {
    let most = |part: &LinePart| widest_letterspace(inline.pieces[part.piece].style.size);
    let room: i64 = parts
        .iter()
        .filter(|part| part.bends())
        .map(|part| most(part) * i64::try_from(part.word.glyphs.len()).unwrap_or(0))
        .sum();
    if room == 0 {
        return Length::ZERO;
    }
    let expansion = parts.iter().find(|part| part.bends()).map_or(AS_DESIGNED, |part| part.expansion);
    let scaled = left_over.units() * i64::from(AS_DESIGNED) / i64::from(expansion);
    let share = (scaled * 1000).div_euclid(room).clamp(-1000, 1000);
    gain(inline, parts, |part| {
        part.letterspace = Length::from_units(floor_to_milli_pt((most(part) * share).div_euclid(1000)));
    })
}

/// Applies a change to the flexible parts; returns the width gained.
fn gain(inline: &Inline, parts: &mut [LinePart], change: impl Fn(&mut LinePart)) -> Length {
    let mut gained = Length::ZERO;
    // Trailing spaces change with their neighbours, so that they stay in one run; their width does not count.
    for part in parts.iter_mut().filter(|part| part.flexible) {
        let before = part.width(inline);
        change(part);
        if !part.trailing {
            gained += part.width(inline) - before;
        }
    }
    gained
}

/// Distributes the remainder equally over word spaces and glue. Shares are whole thousandths of the type size, the
/// precision of `TJ`; the first gaps get one thousandth more, and the first gap also the rounding error.
fn stretch_spaces(inline: &Inline, parts: &mut [LinePart], left_over: Length) {
    let stretchable_glyphs = stretchable_glyphs(parts, left_over);
    let count: i64 = stretchable_glyphs.iter().map(|gap| i64::try_from(gap.len()).unwrap_or(0)).sum();
    let Some(first) =
        parts.iter().zip(&stretchable_glyphs).find(|(_, gap)| !gap.is_empty()).map(|(part, _)| part)
    else {
        return;
    };
    let thousandth = inline.pieces[first.piece].style.size.units() * i64::from(first.expansion);
    let per_unit = 1000 * i64::from(AS_DESIGNED);
    let wide = |steps: i64| (steps * thousandth).div_euclid(per_unit);
    let steps = (left_over.units() * per_unit).div_euclid(thousandth.max(1));
    let (each, mut more) = (steps.div_euclid(count), steps.rem_euclid(count));
    let mut finer = left_over.units() - wide(each) * (count - more) - wide(each + 1) * more;
    for (part, gap) in parts.iter_mut().zip(stretchable_glyphs) {
        let size = inline.pieces[part.piece].style.size;
        part.added.resize(gap.end, Length::ZERO);
        for index in gap {
            let share = wide(each + i64::from(more > 0)) + std::mem::take(&mut finer);
            more -= 1;
            // `Tz` scales the added space too. An overfull line keeps its words apart.
            let added = share * i64::from(AS_DESIGNED) / i64::from(part.expansion);
            let advance = part.word.glyphs[index].advance;
            let natural = scale(part.setting.face, size, advance) + part.letterspace;
            let narrowest = size * NARROWEST / 100 * i64::from(AS_DESIGNED) / i64::from(part.expansion);
            let least = (narrowest - natural).min(Length::ZERO);
            part.added[index] = Length::from_units(added).max(least);
        }
    }
}

/// Returns the glyphs of each part that take a share of the remainder: word spaces, and characters with glue unless
/// they end the line. Glue never shrinks while there are spaces to shrink.
fn stretchable_glyphs(parts: &[LinePart], left_over: Length) -> Vec<Range<usize>> {
    let is_space = |part: &LinePart| part.kind == FragmentKind::Space && !part.trailing;
    let last = parts.iter().rposition(|part| !part.trailing);
    let no_glue = left_over < Length::ZERO && parts.iter().any(is_space);
    let gap = |(index, part): (usize, &LinePart)| {
        let glyphs = part.word.glyphs.len();
        match part.kind {
            FragmentKind::Space if !part.trailing => 0..glyphs,
            FragmentKind::Word if has_glue(part.setting.script) && !no_glue => {
                0..glyphs - usize::from(Some(index) == last).min(glyphs)
            }
            _ => 0..0,
        }
    };
    parts.iter().enumerate().map(gap).collect()
}
