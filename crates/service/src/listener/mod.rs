//! The listeners' connections: which are accepted, how many, and what they must do to stay open.

mod accept;
mod connection;
mod error;
mod falling_count;
mod measured;
mod open_connections;
pub(crate) mod open_files;
mod security;
mod settings;

pub(crate) use accept::Listener;
pub(crate) use connection::Peer;
pub use error::ListenerError;
pub(crate) use falling_count::FallingCount;
pub(crate) use measured::MeasuredListener;
pub use open_connections::{ConnectionCounts, ConnectionLimits};
pub(crate) use open_connections::{OpenConnections, network};
pub use settings::ConnectionSettings;
