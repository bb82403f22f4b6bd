//! The way from an edition to its bytes.

use std::ops::ControlFlow;

use chancery_proto::brief::v1::BriefContent;

use crate::compose::compose;
use crate::flow::Flow;
use crate::layout::{Geometry, LayoutError, Paper, layout};
use crate::pages::{Anchors, Owner, Page};
use crate::readback::{self, Expected, ProofError};
use crate::text::Typesetter;
use crate::text::inline::{Deferred, PieceKind};
use crate::text::languages::is_right_to_left;
use crate::write::{WriteError, Writer};

/// What is printed: one clearance's content of a revision, with its publish record.
#[derive(Clone, Copy, Debug)]
pub struct Edition<'a> {
    /// The content, filtered for its reader.
    pub content: &'a BriefContent,
    /// The brief's resource name.
    pub brief: &'a str,
    /// The revision's number.
    pub revision: u32,
    /// The edition's digest: 64 hexadecimal digits.
    pub edition_digest: &'a str,
    /// When the revision was published, RFC 3339 in UTC.
    pub published_at: &'a str,
    /// Who published it.
    pub creator: &'a str,
    /// Whom the copy is for; empty when nobody is named.
    pub recipient: &'a str,
    /// The revision that took its place, if the reader may know of one.
    pub superseded_by: Option<u32>,
    /// Whether the revision was taken back.
    pub withdrawn: bool,
}

/// How it is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The paper.
    pub paper: Paper,
}

/// How much work a print may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most pages.
    pub max_pages: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_pages: 2_000 }
    }
}

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
    /// What a publisher should know.
    pub warnings: Vec<Warning>,
}

/// Something that printed otherwise than the author may expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// No face has the character; a box stands for it, and extraction yields the character.
    MissingGlyph {
        /// The character.
        character: char,
    },
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
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The finished file does not say what the edition says: a fault of the printer. Nothing is handed out.
    #[error("the finished file does not read back: {0}")]
    ReadBack(#[from] ProofError),
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
    observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Printed, PrintError> {
    let mut typesetter = Typesetter::default();
    let (flow, warnings) = compose(edition, &mut typesetter);
    go_on(observe(Progress::Composed))?;
    let geometry = Geometry::new(options.paper, is_right_to_left(&edition.content.language));
    let mut on_page = |page: usize| observe(Progress::Page(u32::try_from(page).unwrap_or(u32::MAX)));
    let max_pages = usize::try_from(limits.max_pages).unwrap_or(usize::MAX);
    let mut writer = Writer::new();
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

/// What the file has to say: the flow's text by element, with the numbers that pagination decided.
fn expected<'a>(flow: &'a Flow, anchors: &Anchors) -> Expected<'a> {
    let mut expected = Expected::new(&flow.tags, &flow.info, &flow.outline, &flow.anchor_names);
    for inline in flow.inlines() {
        for piece in &inline.pieces {
            let Owner::Tagged { node, seq } = piece.owner else { continue };
            match piece.kind {
                PieceKind::Text => expected.text(node, seq, &inline.text[piece.range.clone()]),
                PieceKind::Deferred(Deferred::PageOf(anchor, _)) => {
                    let page = anchors.get(&anchor).map_or(0, |(page, _)| page + 1);
                    expected.text(node, seq, page.to_string());
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
