//! The opening: the blocks before the first page break, or before the one that the flow names. Their page references are to later pages, so their pages are
//! counted first and set last.

use std::ops::ControlFlow;

use crate::flow::{Block, Flow};
use crate::layout::geometry::Geometry;
use crate::layout::measure::measure_block;
use crate::layout::page_numbers::{pages_of, placeholder_pages, with_references};
use crate::layout::pagination::{ClosedPage, Paginator};
use crate::layout::{LayoutError, PageTexts};
use crate::pages::Anchors;
use crate::text::Typesetter;
use crate::text::inline::PageList;

/// Maximum number of page numbers or ranges in a reference; the second where the first makes the opening too long.
const MOST_RUNS: [usize; 3] = [3, 1, 0];

/// The blocks before the first page break, and the others. There is no opening without a page break.
pub(crate) struct Opening<'a> {
    flow: &'a Flow,
    blocks: &'a [Block],
    rest: &'a [Block],
}

impl<'a> Opening<'a> {
    pub(crate) fn of(flow: &'a Flow) -> Self {
        let first_break = || flow.blocks.iter().position(|block| matches!(block, Block::PageBreak));
        let end = flow.opening_end.or_else(first_break).unwrap_or(0);
        let (blocks, rest) = flow.blocks.split_at(end);
        Self { flow, blocks, rest }
    }

    /// Returns the blocks after the opening.
    pub(crate) const fn rest(&self) -> &'a [Block] {
        self.rest
    }

    /// Returns the number of pages, set with placeholders for page references, and the anchors on them. `observe` gets
    /// the number of pages as they are set and may stop the print.
    pub(crate) fn provisional_pages(
        &self,
        geometry: &Geometry,
        max_pages: usize,
        observe: &mut dyn FnMut(usize) -> ControlFlow<()>,
        typesetter: &mut Typesetter,
    ) -> Result<(usize, Anchors), LayoutError> {
        if self.blocks.is_empty() {
            return Ok((0, Anchors::new()));
        }
        let text_of = |list: PageList| {
            placeholder_pages(&self.flow.page_lists[list.0], self.flow.page_numbers, MOST_RUNS[0])
        };
        let paginator = Paginator::new(geometry, max_pages, observe);
        let (pages, anchors) = self.set(&text_of, usize::MAX, paginator, geometry, typesetter)?;
        Ok((pages.len(), anchors))
    }

    /// Returns the pages with their true page references, exactly `count`, and updates the anchors on them. `texts` gets
    /// the text of each reference.
    pub(crate) fn pages(
        &self,
        count: usize,
        anchors: &mut Anchors,
        texts: &PageTexts,
        geometry: &Geometry,
        max_pages: usize,
        typesetter: &mut Typesetter,
    ) -> Result<Vec<ClosedPage>, LayoutError> {
        if self.blocks.is_empty() {
            return Ok(Vec::new());
        }
        let known = anchors.clone();
        let mut limits = MOST_RUNS.into_iter();
        let mut most = limits.next().unwrap_or(1);
        // Later pages are numbered already. Where the true references need more pages than the placeholders, they are
        // shortened; where they need fewer, a late block begins the page that would be missing.
        let mut break_before = usize::MAX;
        loop {
            let text_of = |list: PageList| {
                let text = pages_of(&self.flow.page_lists[list.0], &known, self.flow.page_numbers, most);
                texts.borrow_mut().insert(list.0, text.clone());
                text
            };
            let mut unobserved = |_| ControlFlow::Continue(());
            let paginator = Paginator::new(geometry, max_pages, &mut unobserved);
            let (pages, own) = self.set(&text_of, break_before, paginator, geometry, typesetter)?;
            if pages.len() > count
                && let Some(fewer) = limits.next()
            {
                most = fewer;
            } else if pages.len() < count && break_before > 0 {
                break_before = self.break_above(break_before.min(self.blocks.len()) - 1);
            } else {
                anchors.extend(own);
                return Ok(pages);
            }
        }
    }

    /// Returns the index of a block or of the nearest one before it that need not stay with the block above it.
    fn break_above(&self, index: usize) -> usize {
        let stays = |block: &Block| match block {
            Block::Text(text) => text.keep_with_next,
            Block::Table(table) => table.keep_with_next,
            Block::Figure(figure) => figure.keep_with_next,
            _ => false,
        };
        (0..=index).rev().find(|at| *at == 0 || !stays(&self.blocks[at - 1])).unwrap_or(0)
    }

    fn set(
        &self,
        text_of: &dyn Fn(PageList) -> String,
        break_before: usize,
        mut paginator: Paginator,
        geometry: &Geometry,
        typesetter: &mut Typesetter,
    ) -> Result<(Vec<ClosedPage>, Anchors), LayoutError> {
        for (index, block) in self.blocks.iter().enumerate() {
            if index == break_before || matches!(block, Block::PageBreak) {
                paginator.break_page()?;
            }
            if matches!(block, Block::PageBreakUnlessFresh) {
                paginator.break_page_unless_fresh()?;
            }
            let with_references = with_references(block, text_of);
            let strips = measure_block(with_references.as_ref().unwrap_or(block), geometry, typesetter);
            strips.into_iter().try_for_each(|strip| paginator.push(strip))?;
        }
        paginator.end()?;
        Ok((paginator.take_closed(), paginator.into_anchors()))
    }
}
