//! The store against a real Postgres. Each test has its own database.
#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod agreement;
mod artifact_expiry;
mod artifact_stores;
mod artifacts;
mod attachments;
mod batched_reads;
mod change_log;
mod database_tls;
mod dead_tasks;
mod drafts;
mod editions;
mod filters;
mod fixture;
mod glyph_coverage;
mod imports;
mod knowledge;
mod knowledge_properties;
mod lease_holders;
mod leases;
mod projections;
mod proof_refusals;
mod queue_limit;
mod queue_order;
mod queue_scene;
mod reindex;
mod render_endings;
mod render_requesters;
mod render_requests;
mod schema;
mod search;
mod task_model;
mod task_properties;
mod tokens;
mod verify;
mod workers;
