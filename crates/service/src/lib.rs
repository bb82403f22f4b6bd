//! The gRPC service: handlers, identity, the render queue's wake-ups.
//!
//! One file a gRPC service; handlers only decode, authorise, call the domain and the store, and encode.

pub mod admin_service;
mod answers;
mod artifact_upload;
mod attachments;
mod brief_messages;
mod brief_reads;
pub mod brief_service;
mod brief_writes;
pub mod config;
mod cursors;
mod database_health;
mod deadline;
mod differences;
pub mod errors;
mod fields;
pub mod freshness;
mod hot_briefs;
pub mod identity;
mod knowledge_lists;
mod knowledge_messages;
pub mod knowledge_service;
mod lifecycle;
pub mod log;
mod pages;
pub mod probe;
mod queue_messages;
mod rechecks;
mod render_lists;
mod render_messages;
pub mod render_service;
pub mod render_worker_service;
mod request_ids;
mod search;
pub mod server;
pub mod shutdown;
mod sweep;
pub mod telemetry;
mod unmanned;
mod views;
pub mod wakeups;
pub mod watch;
mod worker_notes;

use std::future::Future;
use std::pin::Pin;

/// The future of a layer's answer.
pub(crate) type BoxedAnswer<E> =
    Pin<Box<dyn Future<Output = Result<http::Response<tonic::body::Body>, E>> + Send>>;

/// The trailer, or header of an answer without a body, that holds a call's code (gRPC over HTTP/2, Responses).
pub(crate) const GRPC_STATUS: http::HeaderName = http::HeaderName::from_static("grpc-status");
