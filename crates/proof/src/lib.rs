//! Proves that a PDF from an untrusted worker is the unaltered print of an edition.
mod check_form;
mod content;
mod file;
mod form;
mod refusal;
mod syntax;

pub use crate::check_form::{Form, check_form};
pub use crate::refusal::{Place, Refusal};
