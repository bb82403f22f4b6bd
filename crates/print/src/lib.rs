//! An edition in, PDF bytes out: `compose` (edition and options to a flow of blocks with a tag tree),
//! `layout` (flow to pages of placed items), `write` (pages to a PDF file through printpdf).
//!
//! Pure: the same edition, options and fonts give the same bytes on any machine, in any process.

pub mod document;
pub mod environment;
pub mod faces;
pub mod flow;
pub mod fonts;
pub mod images;
pub mod layout;
pub mod pages;
pub mod readback;
pub mod tags;
pub mod text;
pub mod units;
pub mod write;

mod compose;
mod job;
mod print;
mod request;
#[cfg(test)]
mod within;

pub use crate::compose::ThemeError;
pub use crate::fonts::{FontError, Fonts};
pub use crate::job::{
    Edition, Format, Images, Import, LikelihoodDisplay, Limits, Locale, NO_IMAGES, Options, Paper, Standing,
    TextSize, Theme,
};
pub use crate::print::{BlockHeight, Overflow, PrintError, Printed, Progress, Warning, print};
pub use crate::readback::{ExtractError, Extracted, extract};
pub use crate::request::UnknownOption;
