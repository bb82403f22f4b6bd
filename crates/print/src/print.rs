//! The print pipeline from an edition to a file.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::compose::{Abridgement, compose};
use crate::edition::Edition;
use crate::error::PrintError;
use crate::flow::Flow;
use crate::fonts::Fonts;
use crate::layout::{Geometry, LaidOut, check_fit, layout};
use crate::options::{Format, Limits, Options};
use crate::pages::{Owner, Page};
use crate::readback;
use crate::readback::Expected;
use crate::text::Typesetter;
use crate::text::inline::{Deferred, PageList, PieceKind};
use crate::text::languages::is_right_to_left;
use crate::text::plain_text;
use crate::warnings::Warning;
use crate::write::Writer;

/// Progress of a print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The content is composed.
    Composed,
    /// This number of pages is laid out.
    Page(u32),
    /// All pages are laid out, and the file is being written.
    Writing,
}

/// A finished print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// The PDF file.
    pub bytes: Vec<u8>,
    /// Number of pages.
    pub pages: u32,
    /// Flaws that did not stop the print, in a stable order.
    pub warnings: Vec<Warning>,
}

/// Prints an edition. `observe` gets the progress and may stop the print between pages.
///
/// # Errors
///
/// Returns a [`PrintError`] if the options or the content cannot be printed, a limit is exceeded, or the observer stops
/// the print.
pub fn print(
    edition: &Edition,
    options: &Options,
    limits: &Limits,
    fonts: &Fonts,
    observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Printed, PrintError> {
    let mut typesetter = Typesetter::new(fonts);
    let geometry = Geometry::new(options.paper, is_right_to_left(&edition.content.language))
        .with_text_size(options.text_size);
    let (mut flow, warnings) = match options.format {
        Format::OnePage => one_page(edition, options, limits, &geometry, &mut typesetter)?,
        Format::Full | Format::Standard => {
            compose(edition, options, Abridgement::Nothing, limits, &mut typesetter)?
        }
    };
    without_soft_hyphens(&mut flow);
    check_cancelled(observe(Progress::Composed))?;
    let mut on_page = |page: usize| observe(Progress::Page(u32::try_from(page).unwrap_or(u32::MAX)));
    let max_pages = usize::try_from(limits.max_pages).unwrap_or(usize::MAX);
    let mut writer = Writer::new(fonts);
    let mut emit =
        |number, page: Page| -> Result<(), PrintError> { Ok(writer.place(&flow.tags, number, &page)?) };
    let laid_out = layout(&flow, &mut typesetter, &geometry, max_pages, &mut on_page, &mut emit)?;
    // Drops the typesetter's caches before the file is written: no text is set from here on.
    drop(typesetter);
    check_cancelled(observe(Progress::Writing))?;
    let bytes =
        writer.finish(&flow.tags, &laid_out.anchors, &flow.info, &flow.outline, &flow.anchor_names)?;
    readback::check(&bytes, &expected(&flow, &laid_out))?;
    let pages = u32::try_from(laid_out.pages).unwrap_or(u32::MAX);
    Ok(Printed { bytes, pages, warnings })
}

/// Takes the author's soft hyphens out of the outline and the metadata, which have no lines to break.
pub(crate) fn without_soft_hyphens(flow: &mut Flow) {
    let info = &mut flow.info;
    let metadata =
        [&mut info.title, &mut info.subject, &mut info.creator].into_iter().chain(&mut info.keywords);
    let titles = flow.outline.iter_mut().map(|entry| &mut entry.title);
    for text in metadata.chain(titles) {
        if let Cow::Owned(plain) = plain_text::without_soft_hyphens(text) {
            *text = plain;
        }
    }
}

/// Composes the one-page format, abridged as little as it takes to fit.
fn one_page(
    edition: &Edition,
    options: &Options,
    limits: &Limits,
    geometry: &Geometry,
    typesetter: &mut Typesetter,
) -> Result<(Flow, Vec<Warning>), PrintError> {
    let mut abridgement = Abridgement::Nothing;
    loop {
        let (flow, warnings) = compose(edition, options, abridgement, limits, typesetter)?;
        match (check_fit(&flow, typesetter, geometry), abridgement.next()) {
            (Ok(()), _) => return Ok((flow, warnings)),
            (Err(_), Some(next)) => abridgement = next,
            (Err(overfull), None) => return Err(overfull.into()),
        }
    }
}

/// Returns the expected text of each element, including the numbers that pagination determined.
pub(crate) fn expected<'a>(flow: &'a Flow, laid_out: &LaidOut) -> Expected<'a> {
    let mut expected = Expected::new(&flow.tags, &flow.info, &flow.outline, &flow.anchor_names);
    for inline in flow.inlines() {
        for piece in &inline.pieces {
            let Owner::Tagged { node, seq } = piece.owner else { continue };
            match piece.kind {
                PieceKind::Text => expected.text(node, seq, &inline.text[piece.range.clone()]),
                PieceKind::Deferred(Deferred::PageOf(anchor)) => {
                    let page = laid_out.anchors.get(&anchor).map_or(0, |(page, _)| page + 1);
                    expected.text(node, seq, (flow.page_numbers.digits)(&page.to_string()));
                }
                PieceKind::Deferred(Deferred::Pages(PageList(list))) => {
                    expected.text(node, seq, laid_out.page_texts.get(&list).cloned().unwrap_or_default());
                }
                // The element's attributes replace drawings.
                PieceKind::Missing | PieceKind::Withheld | PieceKind::Drawing(_) => {}
            }
        }
    }
    expected
}

fn check_cancelled(flow: ControlFlow<()>) -> Result<(), PrintError> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(PrintError::Cancelled),
    }
}
