//! Flow to pages: blocks are measured into strips (a line of text, a table's row), strips are put on pages,
//! numbers that only pagination knows are filled in, and the running_elements is added. A page is handed on as soon as its
//! numbers are known: what a long brief needs at once is a few pages, not all.

mod drawing_marks;
pub(crate) mod figure_block;
mod geometry;
mod measure;
pub(crate) mod one_page_fit;
pub(crate) mod page_numbers;
pub(crate) mod pagination;
pub(crate) mod running_elements;
pub(crate) mod shapes;
mod strip;
pub(crate) mod table_block;
#[cfg(test)]
mod tests;
mod text_block;

use crate::layout::measure::measure_block;
use std::ops::ControlFlow;

use crate::flow::{Block, Flow, TextBlock};
pub use crate::layout::geometry::Geometry;
pub(crate) use crate::layout::one_page_fit::{Overfull, fit};
pub(crate) use crate::layout::page_numbers::pages_of;
use crate::layout::pagination::{ClosedPage, Paginator};
use crate::layout::running_elements::PlacedRunningElements;
pub(crate) use crate::layout::shapes::HAIRLINE;
use crate::pages::{Anchors, Page};
use crate::text::Typesetter;

/// Why a flow could not be laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutError {
    /// The observer asked to stop.
    Cancelled,
    /// More pages than allowed.
    TooManyPages {
        /// The limit that was met.
        limit: usize,
    },
}

/// What is known when all pages are handed on.
#[derive(Clone, Debug)]
pub struct LaidOut {
    /// How many pages there are.
    pub pages: usize,
    /// Where anchors stand.
    pub anchors: Anchors,
}

/// Takes a page, or more of it, by its number, counted from 0.
pub type Emit<'a, E> = dyn FnMut(usize, Page) -> Result<(), E> + 'a;

/// Lays a flow out. `observe` hears the number of finished pages and may stop the work; `emit` gets each page as soon
/// as it is whole but for the count of pages, not always in order, and that count when it is known.
pub fn layout<E: From<LayoutError>>(
    flow: &Flow,
    typesetter: &mut Typesetter,
    geometry: &Geometry,
    max_pages: usize,
    observe: &mut dyn FnMut(usize) -> ControlFlow<()>,
    emit: &mut Emit<E>,
) -> Result<LaidOut, E> {
    let running_elements = PlacedRunningElements::new(&flow.running_elements, geometry, typesetter);
    let mut paginator = Paginator::new(geometry, max_pages, observe);
    let mut pages = PageEmitter { running_elements, waiting: Vec::new(), emit };
    for block in &flow.blocks {
        let strips = match with_page_numbers(block, flow, &paginator) {
            Some(with_page_numbers) => text_block::measure(&with_page_numbers, geometry, typesetter),
            None => measure_block(block, geometry, typesetter),
        };
        match block {
            Block::PageBreak => paginator.break_page()?,
            Block::CommitPages => paginator.commit_open_page(),
            Block::Figure(figure) if figure.floats => paginator.float(strips)?,
            _ => strips.into_iter().try_for_each(|strip| paginator.push(strip))?,
        }
        pages.emit_closed(&mut paginator, typesetter)?;
    }
    paginator.end()?;
    pages.emit_closed(&mut paginator, typesetter)?;
    let laid_out = LaidOut { pages: paginator.count(), anchors: paginator.into_anchors() };
    pages.finish(&laid_out, typesetter)?;
    Ok(laid_out)
}

/// A text with the numbers of the pages that it names, if it names any.
fn with_page_numbers(block: &Block, flow: &Flow, paginator: &Paginator) -> Option<TextBlock> {
    let Block::Text(text) = block else { return None };
    let inline =
        crate::layout::page_numbers::with_page_numbers(&text.inline, &flow.page_lists, paginator.anchors())?;
    Some(TextBlock { inline, ..TextBlock::clone(text) })
}

/// Pages between the paginator and whoever takes them.
struct PageEmitter<'a, 'e, E> {
    running_elements: PlacedRunningElements<'a>,
    /// Pages with numbers that a later page decides: the contents.
    waiting: Vec<ClosedPage>,
    emit: &'a mut Emit<'e, E>,
}

impl<E> PageEmitter<'_, '_, E> {
    fn emit_closed(&mut self, paginator: &mut Paginator, typesetter: &mut Typesetter) -> Result<(), E> {
        for page in paginator.take_closed() {
            if crate::layout::page_numbers::is_known(&page, paginator.anchors()) {
                self.emit_page(page, paginator.anchors(), typesetter)?;
            } else {
                self.waiting.push(page);
            }
        }
        Ok(())
    }

    fn emit_page(
        &mut self,
        mut page: ClosedPage,
        anchors: &Anchors,
        typesetter: &mut Typesetter,
    ) -> Result<(), E> {
        crate::layout::page_numbers::fill(&mut page, anchors, typesetter);
        let mut items = self.running_elements.repeated();
        items.append(&mut page.items);
        (self.emit)(page.number, Page { size: self.running_elements.size(), items })
    }

    fn finish(mut self, laid_out: &LaidOut, typesetter: &mut Typesetter) -> Result<(), E> {
        for page in std::mem::take(&mut self.waiting) {
            self.emit_page(page, &laid_out.anchors, typesetter)?;
        }
        for number in 0..laid_out.pages {
            let items = self.running_elements.page_number(number + 1, laid_out.pages, typesetter);
            (self.emit)(number, Page { size: self.running_elements.size(), items })?;
        }
        Ok(())
    }
}
