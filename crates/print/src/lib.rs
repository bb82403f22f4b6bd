//! An edition in, PDF bytes out: `compose` (edition and options to a flow of blocks with a tag tree),
//! `layout` (flow to pages of placed items), `write` (pages to a PDF file through printpdf).
//!
//! Pure: the same edition, options and fonts give the same bytes on any machine, in any process.

pub mod document;
pub mod environment;
pub mod faces;
pub mod flow;
pub mod layout;
pub mod pages;
pub mod readback;
pub mod tags;
pub mod text;
pub mod units;
pub mod write;

mod compose;
mod print;

pub use crate::layout::Paper;
pub use crate::print::{Edition, Limits, Options, PrintError, Printed, Progress, Warning, print};
