//! The service over the wire, against a real Postgres.
#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod admin;
mod artifact_stores;
mod attachments;
mod brief_request_ids;
mod briefs;
mod deletions;
mod differences;
mod identity;
mod knowledge;
mod knowledge_scene;
mod leak_answers;
mod leak_list;
mod leak_renders;
mod leak_scene;
mod leak_worlds;
mod leaks;
mod lists;
mod operators;
mod pages;
mod process;
mod publishing;
mod purges;
mod queue_limit;
mod queue_scene;
mod render_endings;
mod renders;
mod request_ids;
mod scene;
mod search;
mod watch;
mod wire;
mod withdrawals;
mod workers;
