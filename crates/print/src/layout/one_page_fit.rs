//! Fitting of the one-page format. Blocks are measured as usual, and their total height must not exceed a page.
//! Remaining space goes between the groups, and the rest above the last group, which is at the foot of the page.

use crate::flow::Flow;
use crate::layout::geometry::Geometry;
use crate::layout::measure::measure_block;
use crate::layout::strip::Strip;
use crate::text::Typesetter;
use crate::units::Length;

/// Maximum space added between two groups.
const MOST_BETWEEN: Length = Length::pt(8);

/// The overflow of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Overfull {
    /// Groups with their heights in lines.
    pub(crate) groups: Vec<(&'static str, usize)>,
    /// Number of lines too many.
    pub(crate) excess: usize,
}

/// Fits a flow to one page.
pub(crate) fn fit(flow: &mut Flow, typesetter: &mut Typesetter, geometry: &Geometry) -> Result<(), Overfull> {
    let heights: Vec<Length> = flow
        .blocks
        .iter()
        .map(|block| measure_block(block, geometry, typesetter))
        .map(|of| height(&of))
        .collect();
    let ends = flow.groups.iter().skip(1).map(|group| group.first).chain([heights.len()]);
    let groups: Vec<(&'static str, Length)> = flow
        .groups
        .iter()
        .zip(ends)
        .map(|(group, end)| (group.name, heights[group.first..end].iter().copied().sum()))
        .collect();
    let all: Length = groups.iter().map(|(_, height)| *height).sum();
    let left = geometry.height - all;
    if left < Length::ZERO {
        let lines = |height: Length| {
            let lines = height.ceil_to(geometry.grid).units() / geometry.grid.units();
            usize::try_from(lines).unwrap_or(0)
        };
        let groups = groups.into_iter().map(|(name, height)| (name, lines(height))).collect();
        return Err(Overfull { groups, excess: lines(all - geometry.height) });
    }
    spread(flow, left);
    Ok(())
}

/// Returns the height of strips that do not begin a page.
fn height(strips: &[Strip]) -> Length {
    strips.iter().map(|strip| strip.before + strip.height).sum()
}

fn spread(flow: &mut Flow, left: Length) {
    let firsts: Vec<usize> = flow.groups.iter().skip(1).map(|group| group.first).collect();
    let Some((foot, inner)) = firsts.split_last() else { return };
    let between = i64::try_from(inner.len() + 1).map_or(left, |count| left / count).min(MOST_BETWEEN);
    for first in inner {
        flow.blocks[*first].lower(between);
    }
    let spent = between * i64::try_from(inner.len()).unwrap_or(0);
    if let Some(block) = flow.blocks.get_mut(*foot) {
        block.lower(left - spent);
    }
}
