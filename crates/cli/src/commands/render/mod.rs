//! Commands that print briefs.

mod attached_edition;
mod draft_edition;
pub mod extract;
pub mod figure;
pub mod preview;
mod print_thread;
mod published_edition;
pub mod render_brief;
pub mod renders;
pub mod verify_pdf;
pub mod watch_preview;
