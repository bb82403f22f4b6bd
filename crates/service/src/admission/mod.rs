//! Admits calls: how many at once of each kind, in all and of one token, and how slowly a request may arrive.

mod held_body;
mod kind;
mod limits;
mod listener_admission;
mod paced_body;
mod settings;
mod token_shares;

pub(crate) use kind::{Kind, request_limit};
pub use limits::CallLimits;
pub(crate) use listener_admission::Admission;
pub(crate) use paced_body::paced;
pub use settings::CallSettings;
