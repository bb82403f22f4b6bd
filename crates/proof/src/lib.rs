//! Proves that a PDF from an untrusted worker is the unaltered print of an edition.
mod check_form;
mod content;
mod edition;
mod file;
mod form;
mod prove;
mod refusal;
mod syntax;

pub use crate::check_form::{Form, check_form};
pub use crate::prove::{Proven, prove};
pub use crate::refusal::{Place, Refusal};
