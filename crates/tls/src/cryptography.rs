//! The cryptography of all connections.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;

/// Returns ring.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
