//! The printer interface that the worker drives.

use std::ops::ControlFlow;

use chancery_proto::render::v1::{PrintWarning, RenderPhase};
use chancery_proto::worker::v1::PrintEnvironment;
use prost::bytes::Bytes;

use crate::queue::print_input::PrintInput;

/// Progress of a print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Current phase.
    pub phase: RenderPhase,
    /// Number of pages laid out so far.
    pub pages: u32,
}

/// A finished print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The PDF.
    pub bytes: Bytes,
    /// Number of pages.
    pub pages: u32,
    /// Warnings, bounded in number and size as the service requires.
    pub warnings: Vec<PrintWarning>,
}

/// Failure of a print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrintFailure {
    /// The observer stopped the print.
    Stopped,
    /// The input cannot be printed; a retry would fail again.
    Failed {
        /// Stable reason in upper snake case.
        reason: String,
        /// Human-readable message; names the element, if any.
        message: String,
    },
}

/// Prints inputs. Called on the threads of the print pool, concurrently.
pub trait Printer: Send + Sync + 'static {
    /// Returns the printer version and fonts, which together with the input determine the bytes.
    fn environment(&self) -> PrintEnvironment;

    /// Prints one input. Calls `observe` at least once a page; breaking stops the print.
    fn print(
        &self,
        input: &PrintInput,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Printed, PrintFailure>;
}
