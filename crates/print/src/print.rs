//! The way from an edition to its bytes.

use std::ops::ControlFlow;

use crate::compose::{ComposeError, Density, ImageProblem, ThemeError, UnknownSection, compose};
use crate::flow::Flow;
use crate::fonts::Fonts;
use crate::job::{Edition, Format, Limits, Options};
use crate::layout::{Geometry, LayoutError, Overfull, fit, layout, pages_of};
use crate::pages::{Anchors, Owner, Page};
use crate::readback::{self, Expected, ProofError};
use crate::text::Typesetter;
use crate::text::inline::{Deferred, PageList, PieceKind};
use crate::text::languages::is_right_to_left;
use crate::warnings::Warning;
use crate::write::{WriteError, Writer};

/// How far a print has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The content is composed; pages follow.
    Composed,
    /// So many pages are laid out.
    Page(u32),
    /// All pages are laid out; the file is being written.
    Writing,
}

/// A finished print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// The PDF file.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: u32,
    /// Flaws that did not stop the print, in a stable order.
    pub warnings: Vec<Warning>,
}

/// Why a brief could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The observer asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// The brief is longer than allowed; cut it or raise the limit.
    #[error("more than {limit} pages")]
    TooManyPages {
        /// The limit that was met.
        limit: u32,
    },
    /// A section was asked for that the edition has not; ask for those that it has.
    #[error("the edition has no section {id:?}")]
    UnknownSection {
        /// The id that was asked for.
        id: String,
    },
    /// The theme or the watermark cannot be printed as it is.
    #[error("theme: {0}")]
    Theme(#[from] ThemeError),
    /// A picture cannot be printed; replace it, or take the element out.
    #[error("{element}: {why}")]
    Image {
        /// Where it stands, and its digest.
        element: String,
        /// What is wrong with it.
        why: ImageProblem,
    },
    /// One page does not hold it; cut what is named, or take another format.
    #[error("one page does not hold it: {}", listed(overflows))]
    PageOverfull {
        /// What is too long.
        overflows: Vec<Overflow>,
    },
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The finished file does not say what the edition says: a fault of the printer. Nothing is handed out.
    #[error("the finished file does not read back: {0}")]
    ReadBack(#[from] ProofError),
}

/// What one page does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Overflow {
    /// The bottom line is too long for a reader in a hurry.
    #[error("the bottom line has {words} words, {most} are the most")]
    BottomLine {
        /// How many words it has.
        words: usize,
        /// How many it may have.
        most: usize,
    },
    /// The key judgments are too many.
    #[error("there are {count} key judgments, {most} are the most")]
    KeyJudgments {
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// All together is too high, however closely it is set.
    #[error("{excess} lines too many: {}", listed(blocks))]
    Lines {
        /// What stands on the page, from the top.
        blocks: Vec<BlockHeight>,
        /// How many lines are too many.
        excess: usize,
    },
}

/// A part of one page and its height.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} {lines}")]
pub struct BlockHeight {
    /// What it is.
    pub name: &'static str,
    /// Its height in lines of text, its spacing included, rounded up.
    pub lines: usize,
}

fn listed<T: std::fmt::Display>(things: &[T]) -> String {
    things.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

impl From<ComposeError> for PrintError {
    fn from(error: ComposeError) -> Self {
        match error {
            ComposeError::UnknownSection(UnknownSection { id }) => Self::UnknownSection { id },
            ComposeError::Overflows(overflows) => Self::PageOverfull { overflows },
            ComposeError::Refused(refused) => refused,
        }
    }
}

impl From<Overfull> for PrintError {
    fn from(Overfull { groups, excess }: Overfull) -> Self {
        let blocks = groups.into_iter().map(|(name, lines)| BlockHeight { name, lines }).collect();
        Self::PageOverfull { overflows: vec![Overflow::Lines { blocks, excess }] }
    }
}

impl From<LayoutError> for PrintError {
    fn from(error: LayoutError) -> Self {
        match error {
            LayoutError::Cancelled => Self::Cancelled,
            LayoutError::TooManyPages { limit } => {
                Self::TooManyPages { limit: u32::try_from(limit).unwrap_or(u32::MAX) }
            }
        }
    }
}

/// Prints an edition. `observe` hears of progress and may stop the work between pages.
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
    let (flow, warnings) = match options.format {
        Format::OnePage => one_page(edition, options, limits, &geometry, &mut typesetter)?,
        Format::Full | Format::Standard => compose(edition, options, Density::Even, limits, &mut typesetter)?,
    };
    go_on(observe(Progress::Composed))?;
    let mut on_page = |page: usize| observe(Progress::Page(u32::try_from(page).unwrap_or(u32::MAX)));
    let max_pages = usize::try_from(limits.max_pages).unwrap_or(usize::MAX);
    let mut writer = Writer::with_fonts(fonts);
    let mut emit =
        |number, page: Page| -> Result<(), PrintError> { Ok(writer.place(&flow.tags, number, &page)?) };
    let laid_out = layout(&flow, &mut typesetter, &geometry, max_pages, &mut on_page, &mut emit)?;
    // Nothing is set from here on.
    drop(typesetter);
    go_on(observe(Progress::Writing))?;
    let bytes =
        writer.finish(&flow.tags, &laid_out.anchors, &flow.info, &flow.outline, &flow.anchor_names)?;
    readback::check(&bytes, &expected(&flow, &laid_out.anchors))?;
    let pages = u32::try_from(laid_out.pages).unwrap_or(u32::MAX);
    Ok(Printed { bytes, pages, warnings })
}

/// The roomiest page that holds everything.
fn one_page(
    edition: &Edition,
    options: &Options,
    limits: &Limits,
    geometry: &Geometry,
    typesetter: &mut Typesetter,
) -> Result<(Flow, Vec<Warning>), PrintError> {
    let mut densities = Density::ALL.into_iter().peekable();
    loop {
        let density = densities.next().unwrap_or(Density::Tight);
        let (mut flow, warnings) = compose(edition, options, density, limits, typesetter)?;
        match fit(&mut flow, typesetter, geometry) {
            Ok(()) => return Ok((flow, warnings)),
            Err(overfull) if densities.peek().is_none() => return Err(overfull.into()),
            Err(_) => {}
        }
    }
}

/// What the file has to say: the flow's text by element, with the numbers that pagination decided.
fn expected<'a>(flow: &'a Flow, anchors: &Anchors) -> Expected<'a> {
    let mut expected = Expected::new(&flow.tags, &flow.info, &flow.outline, &flow.anchor_names);
    for inline in flow.inlines() {
        for piece in &inline.pieces {
            let Owner::Tagged { node, seq } = piece.owner else { continue };
            match piece.kind {
                PieceKind::Text => expected.text(node, seq, &inline.text[piece.range.clone()]),
                PieceKind::Deferred(Deferred::PageOf(anchor)) => {
                    let page = anchors.get(&anchor).map_or(0, |(page, _)| page + 1);
                    expected.text(node, seq, page.to_string());
                }
                PieceKind::Deferred(Deferred::Pages(PageList(list))) => {
                    expected.text(node, seq, pages_of(&flow.page_lists[list], anchors));
                }
                // The element's own attributes speak for what is drawn.
                PieceKind::Missing | PieceKind::Withheld => {}
            }
        }
    }
    expected
}

fn go_on(flow: ControlFlow<()>) -> Result<(), PrintError> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(PrintError::Cancelled),
    }
}
