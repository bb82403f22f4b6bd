//! The gRPC service: handlers, identity, the render queue's wake-ups.
//!
//! One file a gRPC service; handlers only decode, authorise, call the domain and the store, and encode.

mod admin;
mod auth;
pub mod background;
mod briefs;
pub mod cache;
pub mod config;
mod knowledge;
pub mod observability;
pub mod renders;
mod rpc;
pub mod server;
pub mod shutdown;
mod workers;

use std::future::Future;
use std::pin::Pin;

/// The future of a layer's answer.
pub(crate) type BoxedAnswer<E> =
    Pin<Box<dyn Future<Output = Result<http::Response<tonic::body::Body>, E>> + Send>>;

/// The trailer, or header of an answer without a body, that holds a call's code (gRPC over HTTP/2, Responses).
pub(crate) const GRPC_STATUS: http::HeaderName = http::HeaderName::from_static("grpc-status");
