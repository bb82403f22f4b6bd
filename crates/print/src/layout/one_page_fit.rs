//! Checks that the one-page format fits: its blocks are measured as usual, and their total height must not exceed a page.

use crate::flow::Flow;
use crate::layout::geometry::Geometry;
use crate::layout::measure::measure_block;
use crate::layout::strip::Strip;
use crate::text::Typesetter;
use crate::units::Length;

/// The overflow of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Overfull {
    /// Groups with their heights in lines.
    pub(crate) groups: Vec<(&'static str, usize)>,
    /// Number of lines too many.
    pub(crate) excess: usize,
    /// Number of lines that fit.
    pub(crate) most: usize,
}

/// Checks that a flow fits on one page.
pub(crate) fn check_fit(
    flow: &Flow,
    typesetter: &mut Typesetter,
    geometry: &Geometry,
) -> Result<(), Overfull> {
    let strips: Vec<Vec<Strip>> =
        flow.blocks.iter().map(|block| measure_block(block, geometry, typesetter)).collect();
    let heights: Vec<Length> = strips.iter().map(|strips| height(strips)).collect();
    let ends = flow.groups.iter().skip(1).map(|group| group.first).chain([heights.len()]);
    let groups: Vec<(&'static str, Length)> = flow
        .groups
        .iter()
        .zip(ends)
        .map(|(group, end)| (group.name, heights[group.first..end].iter().copied().sum()))
        .collect();
    let all: Length = groups.iter().map(|(_, height)| *height).sum();
    // The space after the last block may reach into the margin.
    let after = strips.iter().rev().find_map(|strips| strips.last()).map_or(Length::ZERO, |last| last.after);
    let excess = all - after - geometry.height;
    if excess <= Length::ZERO {
        return Ok(());
    }
    let lines = |height: Length| {
        let lines = height.ceil_to(geometry.grid).units() / geometry.grid.units();
        usize::try_from(lines).unwrap_or(0)
    };
    let groups = groups.into_iter().map(|(name, height)| (name, lines(height))).collect();
    let most = usize::try_from(geometry.height.units() / geometry.grid.units()).unwrap_or(0);
    Err(Overfull { groups, excess: lines(excess), most })
}

/// Returns the height of strips that do not begin a page.
fn height(strips: &[Strip]) -> Length {
    strips.iter().map(|strip| strip.before + strip.height).sum()
}
