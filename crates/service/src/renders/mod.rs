//! `RenderService`: requests for PDFs.

pub(crate) mod lists;
pub(crate) mod messages;
pub mod service;
