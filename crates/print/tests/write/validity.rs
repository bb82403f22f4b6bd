//! Conformance of a written file, checked by other programs.

use chancery_testkit::pdf;

use crate::sample::sample;
use crate::temporary_files;

#[test]
fn verapdf_finds_the_file_to_be_pdf_ua_1_and_pdf_a_2a() {
    pdf::assert_conform("ua1,2a", &[temporary_files::file("validity.pdf", &sample().write().unwrap())]);
}

#[test]
fn qpdf_finds_no_syntax_error() {
    pdf::assert_sound(&temporary_files::file("syntax.pdf", &sample().write().unwrap()));
}
