//! `RenderService`: requests for PDFs, their states, and downloads.

pub(crate) mod downloads;
pub(crate) mod list_renders;
pub(crate) mod messages;
pub(crate) mod render_watch;
pub mod service;
