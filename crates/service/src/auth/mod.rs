//! Who calls: credentials, permissions, and streams that look their caller up again.

pub(crate) mod identity;
pub(crate) mod stream_reauth;
