//! Conformance of a written file, checked by other programs.

use crate::sample::sample;
use crate::tools;

#[test]
fn verapdf_finds_the_file_to_be_pdf_ua_1_and_pdf_a_2a() {
    tools::conform("ua1,2a", &[tools::file("validity.pdf", &sample().write().unwrap())]);
}

#[test]
fn qpdf_finds_no_syntax_error() {
    tools::sound(&tools::file("syntax.pdf", &sample().write().unwrap()));
}
