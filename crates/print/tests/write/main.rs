//! Tests of the writer and of readback on a hand-made document.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test's helpers may fail as tests do"
)]

mod oracle;
mod proofs;
mod refusals;
mod same_bytes;
mod sample;
mod setter;
mod shown;
#[path = "../temporary_files/mod.rs"]
mod temporary_files;
mod validity;
