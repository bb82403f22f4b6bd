//! Prints an edition to PDF: `compose` turns an edition and options into a flow of blocks with a tag tree, `layout`
//! places the flow on pages, `write` makes a PDF file with fonts embedded through printpdf, and `readback` proves that
//! the finished file contains the edition's text and nothing else.
//!
//! The crate is pure: the same edition, options and fonts give the same bytes on any machine, in any process.

pub mod activity;
pub mod document_info;
pub mod environment;
pub mod expected_content;
pub mod flow;
pub mod fonts;
pub mod graphics;
pub mod layout;
pub mod pages;
pub mod tags;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
pub mod units;
pub mod write;

mod column_widths;
mod compose;
mod edition;
mod error;
mod figure_export;
mod glyph_coverage;
mod hexadecimal;
mod images;
mod options;
mod print;
mod readback;
mod task_input;
mod warnings;

pub use crate::edition::{Edition, Images, Import, NO_IMAGES, RevisionState};
pub use crate::error::{BlockHeight, ImageProblem, Overflow, PrintError, ThemeError};
pub use crate::figure_export::{ExportableFigures, ExportedFigure, FigureError, FigureFormat, export_figure};
pub use crate::fonts::{FontError, Fonts};
pub use crate::options::from_request::UnknownOption;
pub use crate::options::{Format, LikelihoodDisplay, Limits, Locale, Options, Paper, TextSize, Theme};
pub use crate::print::{Printed, Progress, print};
pub use crate::readback::{ExtractError, Extracted, ProofError, ReadError, Stated, extract, read_stated};
pub use crate::task_input::TaskInput;
pub use crate::warnings::{MAX_PRINT_WARNINGS, Warning, print_warnings};
