//! Figures and tables exported by themselves, as SVG and as PDF.
#![allow(clippy::unwrap_used, reason = "a test's helpers may fail as tests do")]

mod drawing;
mod refusals;
mod samples;
mod stamps;
mod svg_document;
#[path = "../temporary_files/mod.rs"]
mod temporary_files;
mod validity;
