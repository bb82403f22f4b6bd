//! Proofs of the print: every sample in every format, as read by other programs and by an independent reading of the
//! content. docs/PRINTING.md lists what each test proves.
#![allow(clippy::unwrap_used, reason = "a test's helpers may fail as tests do")]

mod any_processes;
mod blocks_without_data;
mod canaries;
mod dressed;
mod file_content;
mod file_text;
mod fuzz;
mod hostile;
mod poppler;
mod samples;
#[path = "../temporary_files/mod.rs"]
mod temporary_files;
#[path = "../fonts/tiny.rs"]
mod tiny;
mod validity;
mod wild;

use proptest::prelude::ProptestConfig;

/// Returns the configuration of a property test.
fn config(usual_cases: u32) -> ProptestConfig {
    chancery_testkit::fuzz::config("./dev fuzz", usual_cases)
}
