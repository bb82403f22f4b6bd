//! The printer as the worker drives it.

use std::ops::ControlFlow;

use chancery_proto::render::v1::{PrintWarning, RenderPhase};
use chancery_proto::worker::v1::PrintEnvironment;
use prost::bytes::Bytes;

use crate::queue::PrintInput;

/// How far a print is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What the printer is doing.
    pub phase: RenderPhase,
    /// Pages laid out so far.
    pub pages: u32,
}

/// A finished print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The PDF.
    pub bytes: Bytes,
    /// Its number of pages.
    pub pages: u32,
    /// What the printer could not do as asked, as the service takes it: bounded in number and size.
    pub warnings: Vec<PrintWarning>,
}

/// Why there is no print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrintFailure {
    /// The observer asked to stop.
    Stopped,
    /// The input cannot be printed; the same input would fail again.
    Failed {
        /// A stable reason in upper snake case.
        reason: String,
        /// For people; names the element where there is one.
        message: String,
    },
}

/// Prints. Called on a thread of the press, several at once.
pub trait Printer: Send + Sync + 'static {
    /// What decides the bytes besides the input.
    fn environment(&self) -> PrintEnvironment;

    /// Prints one input. `observe` is called often, at least once a page, and stops the print when it breaks.
    fn print(
        &self,
        input: &PrintInput,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Printed, PrintFailure>;
}
