//! Commands that write briefs.

pub mod attach;
pub mod check;
pub mod draft;
pub mod fmt;
pub mod import;
pub mod lint;
mod local_images;
pub mod lsp;
pub mod new;
mod scaffold;
