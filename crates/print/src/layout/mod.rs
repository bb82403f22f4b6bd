//! Lays a flow out on pages: blocks are measured into strips (a line of text, a table row), strips are placed on pages,
//! page numbers are filled in, and running elements are added. A page is emitted as soon as its numbers are known, so
//! that even a long brief needs only a few pages in memory.

mod columns_block;
mod drawing_marks;
pub(crate) mod figure_block;
mod geometry;
pub(crate) mod measure;
pub(crate) mod one_page_fit;
pub(crate) mod opening;
pub(crate) mod page_numbers;
pub(crate) mod pagination;
pub(crate) mod running_elements;
pub(crate) mod shapes;
mod strip;
pub(crate) mod table_block;
#[cfg(test)]
mod tests;
mod text_block;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::flow::{Block, Flow};
pub use crate::layout::geometry::Geometry;
use crate::layout::measure::measure_block;
pub(crate) use crate::layout::one_page_fit::{Overfull, check_fit};
use crate::layout::opening::Opening;
use crate::layout::page_numbers::pages_of;
use crate::layout::pagination::{ClosedPage, Paginator};
use crate::layout::running_elements::PlacedRunningElements;
pub(crate) use crate::layout::shapes::HAIRLINE;
use crate::layout::strip::Strip;
use crate::pages::{Anchors, Page};
use crate::text::Typesetter;
use crate::text::inline::PageList;

/// Errors of layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutError {
    /// The observer stopped the print.
    Cancelled,
    /// The flow has more pages than allowed.
    TooManyPages {
        /// Maximum number of pages.
        limit: usize,
    },
}

/// Result of layout.
#[derive(Clone, Debug)]
pub struct LaidOut {
    /// Number of pages.
    pub pages: usize,
    /// Positions of anchors.
    pub anchors: Anchors,
    /// Texts of the page references, by [`PageList`].
    pub page_texts: BTreeMap<usize, String>,
}

/// Texts of page references as they are determined.
type PageTexts = RefCell<BTreeMap<usize, String>>;

/// Receives a page, or further items of it, by its number from 0.
pub type Emit<'a, E> = dyn FnMut(usize, Page) -> Result<(), E> + 'a;

/// Lays out a flow. `observe` gets the number of finished pages and may stop the print. `emit` gets each page once all
/// but its page number is known, not always in order, and the page numbers at the end.
pub fn layout<E: From<LayoutError>>(
    flow: &Flow,
    typesetter: &mut Typesetter,
    geometry: &Geometry,
    max_pages: usize,
    observe: &mut dyn FnMut(usize) -> ControlFlow<()>,
    emit: &mut Emit<E>,
) -> Result<LaidOut, E> {
    let running_elements = PlacedRunningElements::new(&flow.running_elements, geometry, typesetter);
    let opening = Opening::of(flow);
    let (pages_of_opening, anchors) = opening.provisional_pages(geometry, max_pages, observe, typesetter)?;
    let texts = PageTexts::default();
    let mut paginator = Paginator::after(pages_of_opening, anchors, geometry, max_pages, observe);
    let mut pages = PageEmitter { flow, running_elements, waiting: Vec::new(), emit };
    let mut figures = FloatingFigures::default();
    for block in opening.rest() {
        let text_of = |list: PageList| {
            let reference = &flow.page_lists[list.0];
            let text = pages_of(reference, paginator.anchors(), flow.page_numbers, usize::MAX);
            texts.borrow_mut().insert(list.0, text.clone());
            text
        };
        let with_references = page_numbers::with_references(block, &text_of);
        let strips = measure_block(with_references.as_ref().unwrap_or(block), geometry, typesetter);
        match block {
            Block::PageBreak => paginator.break_page()?,
            Block::PageBreakUnlessFresh => paginator.break_page_unless_fresh()?,
            Block::CommitPages => paginator.commit_open_page(),
            Block::FloatPoint => paginator.float_point()?,
            Block::FloatBarrier => paginator.place_all_floats()?,
            _ => figures.place(block, strips, &mut paginator)?,
        }
        pages.emit_closed(&mut paginator, typesetter)?;
    }
    paginator.end()?;
    pages.emit_closed(&mut paginator, typesetter)?;
    let count = paginator.count();
    let mut anchors = paginator.into_anchors();
    let first_pages =
        opening.pages(pages_of_opening, &mut anchors, &texts, geometry, max_pages, typesetter)?;
    pages.waiting.extend(first_pages);
    let laid_out = LaidOut { pages: count, anchors, page_texts: texts.into_inner() };
    pages.finish(&laid_out, typesetter)?;
    Ok(laid_out)
}

/// Collects the strips of floating figures.
#[derive(Default)]
struct FloatingFigures {
    strips: Vec<Strip>,
    /// The number of blocks that belong to the figure and are still to come.
    blocks_to_come: usize,
}

impl FloatingFigures {
    /// Places the strips of a block; those of a floating figure once all of its blocks are there.
    fn place(
        &mut self,
        block: &Block,
        mut strips: Vec<Strip>,
        paginator: &mut Paginator,
    ) -> Result<(), LayoutError> {
        if self.blocks_to_come > 0 {
            self.blocks_to_come -= 1;
        } else if let Block::Figure(figure) = block
            && let Some(below) = figure.floats_with
        {
            self.blocks_to_come = below;
        } else {
            return strips.into_iter().try_for_each(|strip| paginator.push(strip));
        }
        self.strips.append(&mut strips);
        if self.blocks_to_come > 0 { Ok(()) } else { paginator.float(std::mem::take(&mut self.strips)) }
    }
}

/// Pages between the paginator and `emit`.
struct PageEmitter<'a, 'e, E> {
    flow: &'a Flow,
    running_elements: PlacedRunningElements<'a>,
    /// Pages that wait for page numbers of later pages: the contents.
    waiting: Vec<ClosedPage>,
    emit: &'a mut Emit<'e, E>,
}

impl<E> PageEmitter<'_, '_, E> {
    fn emit_closed(&mut self, paginator: &mut Paginator, typesetter: &mut Typesetter) -> Result<(), E> {
        for page in paginator.take_closed() {
            if page_numbers::is_known(&page, paginator.anchors()) {
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
        page_numbers::fill(&mut page, anchors, self.flow.page_numbers, typesetter);
        let mut items = self.running_elements.repeated(page.number);
        items.append(&mut page.items);
        (self.emit)(page.number, Page { size: self.running_elements.size(), items })
    }

    fn finish(mut self, laid_out: &LaidOut, typesetter: &mut Typesetter) -> Result<(), E> {
        for page in std::mem::take(&mut self.waiting) {
            self.emit_page(page, &laid_out.anchors, typesetter)?;
        }
        for number in 0..laid_out.pages {
            let style = self.flow.page_numbers;
            let items = self.running_elements.of_page(number, laid_out, style, typesetter);
            (self.emit)(number, Page { size: self.running_elements.size(), items })?;
        }
        Ok(())
    }
}
