//! Authentication and authorization: tokens, permissions, the identity layer, and re-authentication of streams.

pub(crate) mod identity;
pub(crate) mod permissions;
pub(crate) mod stream_reauth;
pub(crate) mod token_resolver;
mod unknown_tokens;
