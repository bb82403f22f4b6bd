//! A listener as the metrics show it.

use std::sync::Arc;

use chancery_tls::ServerTls;

use super::open_connections::OpenConnections;

/// The countable parts of a listener.
#[derive(Debug)]
pub(crate) struct MeasuredListener {
    /// "public" or "workers".
    pub(crate) name: &'static str,
    pub(crate) connections: OpenConnections,
    pub(crate) tls: Option<Arc<ServerTls>>,
}
