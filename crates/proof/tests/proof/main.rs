//! Honest prints are proven, and each forgery is refused by the rule that it breaks.
#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

#[path = "../../../print/tests/proof/dressed.rs"]
#[allow(dead_code, reason = "the printer's own tests use the rest")]
mod dressed;
mod edition;
mod forgery;
mod form;
mod fuzz;
mod honest;
mod mutation;
mod oracle;
#[path = "../../../print/tests/proof/samples.rs"]
#[allow(dead_code, reason = "the printer's own tests use the rest")]
mod samples;
#[path = "../../../print/tests/fonts/tiny.rs"]
#[allow(dead_code, reason = "the printer's own tests use the rest")]
mod tiny;
#[path = "../../../print/tests/proof/wild.rs"]
#[allow(dead_code, reason = "the printer's own tests use the rest")]
mod wild;

use proptest::prelude::ProptestConfig;

/// Returns the configuration of a property test.
fn config(usual_cases: u32) -> ProptestConfig {
    chancery_testkit::fuzz::config("./dev fuzz proof", usual_cases)
}
