//! Content streams of pages and forms, in the spelling of the printer.

mod artifact;
mod drawing;
mod fonts;
mod operands;
mod palette;
mod reader;
mod sequences;
mod text_state;

pub(crate) use self::fonts::Fonts;
pub(crate) use self::palette::is_legible_on_paper;
pub(crate) use self::reader::{Painted, Reader, Source};
pub(crate) use self::sequences::{
    ArtifactKind, FileColor, Mark, Paint, PaintedPath, Segment, Sequence, Shown,
};
