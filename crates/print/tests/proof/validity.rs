//! Every sample in every format conforms to PDF/UA-1 and PDF/A-2a.

use chancery_testkit::pdf;

use crate::samples::{fitting, samples, variants};
use crate::temporary_files;

/// One Java process checks all files: it takes longer to start than to check a file.
#[test]
fn every_sample_in_every_form_is_pdf_ua_1_and_pdf_a_2a() {
    let mut files = Vec::new();
    for sample in samples() {
        for variant in variants() {
            let name = format!("matrix/{}.{}.pdf", sample.name, variant.name);
            let printed = fitting(&name, &sample.content, &variant.options);
            files.extend(printed.map(|printed| temporary_files::file(&name, &printed.bytes)));
        }
    }
    pdf::assert_conform("ua1,2a", &files);
    // Paper and text size do not affect what qpdf checks.
    let looked_at = files.iter().filter(|file| file.to_string_lossy().ends_with(".full.pdf"));
    looked_at.for_each(|file| pdf::assert_sound(file));
}

#[test]
fn one_page_holds_each_sample() {
    for sample in samples() {
        let variant = variants().into_iter().find(|variant| variant.name == "one-page").unwrap();
        let printed = fitting(&sample.name, &sample.content, &variant.options);
        assert_eq!(printed.map(|printed| printed.pages), Some(1), "{}", sample.name);
    }
}
