//! Every print of every sample is proven.

use std::ops::ControlFlow;

use chancery_print::testing::edition;
use chancery_print::{Edition, Fonts, Limits, Options, RevisionState, Theme, print};
use chancery_proof::{check_form, prove};

use crate::samples::{fitting, samples, variants};

/// Proves a print with the same input.
fn proven(name: &str, pdf: &[u8], edition: &Edition, options: &Options) {
    let form = check_form(pdf).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    let proven = prove(pdf, edition, options, &Limits::default(), &Fonts::default());
    let proven = proven.unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    assert_eq!(form.pages, proven.pages, "{name}");
}

#[test]
fn every_sample_is_proven_in_every_format_at_every_clearance() {
    let mut refused = Vec::new();
    for sample in samples() {
        for variant in variants() {
            let name = format!("{}.{}", sample.name, variant.name);
            let Some(printed) = fitting(&name, &sample.content, &variant.options) else { continue };
            let edition = edition(&sample.content);
            let form = check_form(&printed.bytes).map(drop);
            let proven =
                prove(&printed.bytes, &edition, &variant.options, &Limits::default(), &Fonts::default());
            if let Err(refusal) = form.and(proven) {
                refused.push(format!("{name}: {refusal}"));
            }
        }
    }
    assert!(refused.is_empty(), "{} refused:\n{}", refused.len(), refused.join("\n"));
}
