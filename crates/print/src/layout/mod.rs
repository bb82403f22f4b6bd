//! Flow to pages: blocks are measured into strips (a line of text, a table's row), strips are put on pages,
//! numbers that only pagination knows are filled in, and the furniture is added.

mod deferred;
mod drawing;
mod figure;
mod furniture;
mod geometry;
mod paginate;
mod strip;
mod table;
mod text_block;

use std::ops::ControlFlow;

use crate::flow::{Block, Flow};
pub(crate) use crate::layout::drawing::HAIRLINE;
pub use crate::layout::geometry::{Geometry, Paper};
use crate::layout::paginate::Paginator;
use crate::pages::Pages;
use crate::text::Typesetter;

/// Why a flow could not be laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutError {
    /// The observer asked to stop.
    Cancelled,
    /// More pages than allowed.
    TooManyPages,
}

/// Lays a flow out. `observe` hears the number of finished pages and may stop the work.
pub fn layout(
    flow: &Flow,
    typesetter: &mut Typesetter,
    geometry: &Geometry,
    max_pages: usize,
    observe: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<Pages, LayoutError> {
    let mut paginator = Paginator::new(geometry, max_pages, observe);
    for block in &flow.blocks {
        match block {
            Block::Text(text) => {
                for strip in text_block::measure(text, geometry, typesetter) {
                    paginator.push(strip)?;
                }
            }
            Block::Table(table) => {
                for strip in table::measure(table, geometry, typesetter) {
                    paginator.push(strip)?;
                }
            }
            Block::Figure(figure) => {
                for strip in figure::measure(figure, geometry, typesetter) {
                    paginator.push(strip)?;
                }
            }
            Block::PageBreak => paginator.break_page()?,
        }
    }
    let mut laid_out = paginator.finish()?;
    deferred::fill(&mut laid_out, typesetter);
    furniture::add(&mut laid_out.pages, &flow.furniture, geometry, typesetter);
    Ok(laid_out.pages)
}
