//! One page that is as wide and as high as its content.

use std::ops::ControlFlow;

use crate::error::PrintError;
use crate::figure_export::error::FigureError;
use crate::flow::Flow;
use crate::fonts::Fonts;
use crate::layout::{Geometry, LaidOut, LayoutError, layout};
use crate::options::Options;
use crate::pages::Page;
use crate::text::Typesetter;
use crate::units::Length;
use crate::write::content::bounding_box::Bounds;
use crate::write::fonts::font_book::FontBook;
use crate::write::{PAGE_EDGE, WriteError};

/// Space around the content.
const MARGIN: Length = Length::pt(12);
/// Maximum height of a page.
const HIGHEST: Length = Length::milli_pt(*PAGE_EDGE.end());

/// The page, and where its anchors are.
pub(super) struct SinglePage {
    pub(super) page: Page,
    pub(super) laid_out: LaidOut,
}

/// Lays a flow out on the highest page, and then on a page of the height that it takes.
pub(super) fn lay_out(
    flow: &Flow,
    id: &str,
    width: Length,
    options: &Options,
    fonts: &Fonts,
    typesetter: &mut Typesetter,
) -> Result<SinglePage, FigureError> {
    let paper = Geometry::new(options.paper, flow.right_to_left).with_text_size(options.text_size);
    let geometry = |height: Length| Geometry {
        size: (width + MARGIN * 2, height),
        top: MARGIN,
        side: MARGIN,
        height: HIGHEST - MARGIN * 2,
        main: width,
        gutter: Length::ZERO,
        narrow: Length::ZERO,
        ..paper.clone()
    };
    let too_high = || FigureError::TooHigh { id: id.to_owned(), limit: HIGHEST.units() / Length::PER_POINT };
    let mut page_of = |height: Length| match on_one_page(flow, &geometry(height), typesetter) {
        Err(LayoutError::TooManyPages { .. }) => Err(too_high()),
        laid_out => laid_out.map_err(|error| FigureError::Print(error.into())),
    };
    let bottom = bottom(&page_of(HIGHEST)?.page, fonts).map_err(PrintError::from)?;
    // A part that cannot be divided may reach below the page.
    if bottom < MARGIN {
        return Err(too_high());
    }
    page_of(HIGHEST - bottom + MARGIN)
}

/// Lays a flow out on a page; fails if it needs another one.
fn on_one_page(
    flow: &Flow,
    geometry: &Geometry,
    typesetter: &mut Typesetter,
) -> Result<SinglePage, LayoutError> {
    let mut page = Page { size: geometry.size, items: Vec::new() };
    let mut emit = |_: usize, part: Page| -> Result<(), LayoutError> {
        page.items.extend(part.items);
        Ok(())
    };
    let never_cancel = &mut |_| ControlFlow::Continue(());
    let laid_out = layout(flow, typesetter, geometry, 1, never_cancel, &mut emit)?;
    Ok(SinglePage { page, laid_out })
}

/// Returns the lower edge of a page's content.
fn bottom(page: &Page, fonts: &Fonts) -> Result<Length, WriteError> {
    let mut fonts = FontBook::new(fonts);
    let mut content = None;
    for placed in &page.items {
        content = Bounds::of_both(content, Bounds::of_item(&placed.item, &mut fonts)?);
    }
    Ok(content.map_or(page.size.1, |content| Length::milli_pt(content.bottom())))
}
