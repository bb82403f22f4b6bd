//! Pictures in briefs: what is printed of them, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::format_collect,
    reason = "a test's helpers may fail as tests do, and need not be fast"
)]

mod brief;
mod drawings;
#[path = "../editions/mod.rs"]
mod editions;
mod figures;
mod look;
mod make;
mod reading;
mod validity;
