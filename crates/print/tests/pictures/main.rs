//! Printing and refusal of images in briefs.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::format_collect,
    reason = "a test's helpers may fail as tests do, and need not be fast"
)]

mod accepted;
mod brief;
mod figures;
mod look;
#[path = "../../../images/tests/make/mod.rs"]
mod make;
mod orientation;
#[path = "../temporary_files/mod.rs"]
mod temporary_files;
mod validity;
