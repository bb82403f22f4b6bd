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
use proptest::test_runner::RngSeed;

/// Returns the configuration of a property test. `./dev fuzz --cases N --seed S` overrides the number of cases and the
/// seed; both are printed, so that the report of a failure says how to repeat it.
fn config(usual_cases: u32) -> ProptestConfig {
    let cases = number("CHANCERY_FUZZ_CASES").unwrap_or(usual_cases);
    let seed = number("CHANCERY_FUZZ_SEED").unwrap_or(0);
    println!("to repeat this: ./dev fuzz --cases {cases} --seed {seed}");
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(seed.into()),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn number(variable: &str) -> Option<u32> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is not a number: {text}")))
}
