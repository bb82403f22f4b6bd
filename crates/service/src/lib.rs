//! The gRPC service: handlers, identity, the cache, and the render queue's wake-ups.
//!
//! `server` assembles the listeners. Each gRPC service has a folder with its handlers in `service.rs`; a handler decodes
//! and authorizes, calls the domain and the store, and encodes.

mod admin;
pub mod admission;
mod auth;
pub mod background;
mod briefs;
mod cache;
pub mod config;
mod durations;
mod knowledge;
pub mod listener;
pub mod observability;
pub mod renders;
mod rpc;
pub mod server;
pub mod shutdown;
mod workers;
