//! Admits calls: how many at once of each kind, in all and of one token, and how slowly a request may arrive.

mod held_body;
mod kind;
mod paced_body;
mod permits;
mod settings;
mod token_shares;

pub(crate) use kind::Kind;
pub(crate) use paced_body::paced;
pub use permits::CallLimits;
pub(crate) use permits::Permits;
pub use settings::CallSettings;
pub(crate) use token_shares::TokenShares;
