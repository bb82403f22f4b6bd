//! Proofs of the print: every sample in every format, as read by other programs and by an independent reading of the
//! content. docs/PRINTING.md lists what each test proves.
#![allow(clippy::unwrap_used, reason = "a test's helpers may fail as tests do")]

mod any_processes;
mod blocks_without_data;
mod canaries;
mod file_content;
mod file_text;
mod fuzz;
mod hostile;
mod poppler;
mod samples;
#[path = "../temporary_files/mod.rs"]
mod temporary_files;
mod validity;
mod wild;

/// Returns the number of cases of a property test; `./dev fuzz --cases N` overrides it.
fn cases(usually: u32) -> u32 {
    let requested = std::env::var("CHANCERY_FUZZ_CASES").ok();
    requested.map_or(usually, |number| number.parse().expect("CHANCERY_FUZZ_CASES is a number"))
}
