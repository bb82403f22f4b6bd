//! The fit of one page: blocks are measured as anywhere, and their heights have to sum to a page's at most. What room
//! is left goes between the groups, and to the last one's head: it stands at the page's foot.

use crate::flow::Flow;
use crate::layout::geometry::Geometry;
use crate::layout::measure::measure_block;
use crate::text::Typesetter;
use crate::units::Length;

/// The most that is added between two groups.
const MOST_BETWEEN: Length = Length::pt(8);

/// By how much a page is overfull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Overfull {
    /// The groups with their heights in lines.
    pub(crate) groups: Vec<(&'static str, usize)>,
    /// The lines that are too many.
    pub(crate) excess: usize,
}

/// Fits a flow of groups to a page.
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

/// The height that strips take when none of them begins the page.
fn height(strips: &[crate::layout::strip::Strip]) -> Length {
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
