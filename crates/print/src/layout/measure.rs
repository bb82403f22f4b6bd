//! Measures blocks.

use crate::flow::Block;
use crate::layout::geometry::Geometry;
use crate::layout::strip::Strip;
use crate::layout::{columns_block, figure_block, table_block, text_block};
use crate::text::Typesetter;

/// Returns the strips of a block.
pub(crate) fn measure_block(block: &Block, geometry: &Geometry, typesetter: &mut Typesetter) -> Vec<Strip> {
    match block {
        Block::Text(text) => text_block::measure(text, geometry, typesetter),
        Block::Table(table) => table_block::measure(table, geometry, typesetter),
        Block::Figure(figure) => figure_block::measure(figure, geometry, typesetter),
        Block::Columns(columns) => columns_block::measure(columns, geometry, typesetter),
        Block::PageBreak
        | Block::PageBreakUnlessFresh
        | Block::CommitPages
        | Block::FloatPoint
        | Block::FloatBarrier => Vec::new(),
    }
}
