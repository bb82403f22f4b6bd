//! Property tests that `./dev fuzz` runs with more cases.

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// Returns the configuration of a property test. `--cases N` and `--seed S` of the command override the number of cases and
/// the seed; both are printed, so that the report of a failure says how to repeat it.
pub fn config(command: &str, usual_cases: u32) -> ProptestConfig {
    let cases = number("CHANCERY_FUZZ_CASES").unwrap_or(usual_cases);
    let seed = number("CHANCERY_FUZZ_SEED").unwrap_or(0);
    println!("to repeat this: {command} --cases {cases} --seed {seed}");
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
