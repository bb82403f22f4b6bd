//! The proof of the print: every sample in every form, as other programs and an independent reading of the content
//! see it. docs/PRINTING.md says which test proves what.
#![allow(clippy::unwrap_used, reason = "a test's helpers may fail as tests do")]

mod any_processes;
mod blocks_without_data;
mod canaries;
#[path = "../editions/mod.rs"]
mod editions;
mod file_text;
mod fuzz;
mod hostile;
mod poppler;
mod said;
mod samples;
#[path = "../tools/mod.rs"]
mod tools;
mod validity;
mod wild;

/// How many cases a property is tried with; `./dev fuzz --cases N` asks for more.
fn cases(usually: u32) -> u32 {
    let asked = std::env::var("CHANCERY_FUZZ_CASES").ok();
    asked.map_or(usually, |number| number.parse().expect("CHANCERY_FUZZ_CASES is a number"))
}
