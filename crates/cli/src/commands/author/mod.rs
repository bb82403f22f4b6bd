//! Commands that write briefs.

pub mod attach;
pub mod check;
pub mod convert;
pub mod draft;
mod draft_reset;
pub mod draft_resource;
pub mod fmt;
pub mod import;
pub mod lint;
mod local_images;
pub mod lsp;
pub mod new;
pub mod scaffold;
