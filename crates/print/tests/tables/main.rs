//! Tables of the author: widths, aligned numbers, parts of wide tables, continuations over pages, and captions.
//! Positions are those that poppler reads.
#![allow(clippy::unwrap_used, reason = "a test's helpers may fail as tests do")]

mod captions;
mod continuations;
mod numbers;
mod parts;
mod samples;
#[path = "../temporary_files/mod.rs"]
mod temporary_files;
mod widths;
