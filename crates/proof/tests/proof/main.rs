//! Honest prints are proven, and each forgery is refused by the rule that it breaks.
#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod edition;
mod forgery;
mod form;
mod honest;
mod mutation;
#[path = "../../../print/tests/proof/samples.rs"]
#[allow(dead_code, reason = "the printer's own tests use the rest")]
mod samples;
