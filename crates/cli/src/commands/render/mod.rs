//! Commands that print briefs.

pub mod extract;
pub mod preview;
pub mod render_brief;
pub mod renders;
