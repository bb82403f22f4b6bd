//! TLS for listeners and for connections to them.
//!
//! - One cryptography, ring. TLS 1.3, and 1.2 for older peers.
//! - [`ServerTls`] and [`ClientTls`] read certificates and keys from files and read them again when the files change. A
//!   change that cannot be used is logged and counted, and the old certificate stays in use.
//! - [`Connector`] opens connections of gRPC channels. It refuses to send anything unencrypted to another machine unless
//!   the caller allows it.

mod any_server;
mod client;
mod connector;
mod cryptography;
mod error;
mod explanation;
mod followed;
mod identity;
mod pem_file;
mod server;
mod validity;

pub use crate::client::{ClientFiles, ClientTls};
pub use crate::connector::{Connector, PlainText, Stream, UnencryptedConnection};
pub use crate::error::{CertificatePurpose, TlsError};
pub use crate::explanation::{explain, explain_unencrypted, unencrypted};
pub use crate::followed::ReloadCounts;
pub use crate::identity::IdentityFiles;
pub use crate::server::{AcceptedTls, Protocols, ServerFiles, ServerTls, client_key};
