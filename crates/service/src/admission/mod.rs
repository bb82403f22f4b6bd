//! Admits calls: how many at once of each kind, in all and of one token, how slowly and with how many bytes a request may
//! arrive, and how many bytes of responses may be unread.

mod held_body;
mod kind;
mod limits;
mod listener_admission;
mod paced_body;
mod received;
mod settings;
mod slowed;
mod token_shares;
mod unread;

pub(crate) use held_body::hold_while_open;
pub(crate) use kind::{Kind, Method};
pub use limits::CallLimits;
pub(crate) use listener_admission::Admission;
pub(crate) use paced_body::paced;
pub(crate) use received::{Received, received};
pub use settings::CallSettings;
pub(crate) use slowed::Slowed;
