//! Every print of every sample is proven, and so are arbitrary editions printed in arbitrary ways.

use std::ops::ControlFlow;

use chancery_print::graphics::Color;
use chancery_print::testing::edition;
use chancery_print::{
    Edition, Fonts, Format, Images, Limits, Options, PrintError, RevisionState, TextSize, Theme, print,
};
use chancery_proof::{Refusal, check_form, prove};
use chancery_testkit::files;
use sha2::{Digest as _, Sha256};

use crate::samples::{documents, fitting, samples, variants};

/// Proves a print with the same input.
pub(crate) fn proven(
    pdf: &[u8],
    edition: &Edition,
    options: &Options,
    fonts: &Fonts,
) -> Result<u32, Refusal> {
    let form = check_form(pdf)?;
    let proven = prove(pdf, edition, options, &Limits::default(), fonts)?;
    assert_eq!(form.pages, proven.pages);
    Ok(proven.pages)
}

/// Prints an edition and proves the file; `None` if it does not fit on one page.
pub(crate) fn printed_and_proven(
    edition: &Edition,
    options: &Options,
    fonts: &Fonts,
) -> Option<Result<u32, Refusal>> {
    match print(edition, options, &Limits::default(), fonts, &mut |_| ControlFlow::Continue(())) {
        Ok(printed) => Some(proven(&printed.bytes, edition, options, fonts)),
        Err(PrintError::PageOverfull { .. } | PrintError::UnknownSection { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn every_sample_is_proven_in_every_format_at_every_clearance() {
    let mut refused = Vec::new();
    for sample in samples() {
        for variant in variants() {
            let name = format!("{}.{}", sample.name, variant.name);
            let Some(printed) = fitting(&name, &sample.content, &variant.options) else { continue };
            let found =
                proven(&printed.bytes, &edition(&sample.content), &variant.options, &Fonts::default());
            refused.extend(found.err().map(|refusal| format!("{name}: {refusal}")));
        }
    }
    assert!(refused.is_empty(), "{} refused:\n{}", refused.len(), refused.join("\n"));
}

#[test]
fn drafts_withdrawn_revisions_and_comparisons_are_proven_with_every_option() {
    let documents = documents();
    let logo = std::fs::read(files::root().join("examples/theme/logo.svg")).unwrap();
    let digest = hex(&logo);
    let images: Images = [(digest.clone(), logo)].into();
    let mut refused = Vec::new();
    for pair in documents.windows(2) {
        let (name, document) = &pair[1];
        let content = document.content.as_ref().unwrap();
        let follows = pair[0].1.brief_id == document.brief_id;
        let earlier = pair[0].1.content.as_ref().filter(|_| follows);
        for (number, state) in
            [RevisionState::Published, RevisionState::Draft, RevisionState::Withdrawn].into_iter().enumerate()
        {
            for (format, text_size) in [
                (Format::Full, TextSize::Normal),
                (Format::Standard, TextSize::Large),
                (Format::OnePage, TextSize::Normal),
            ] {
                let edition = Edition {
                    state,
                    withdraw_reason: if state == RevisionState::Withdrawn {
                        "An error in a source."
                    } else {
                        ""
                    },
                    superseded_by: (number == 2).then_some(7),
                    earlier,
                    images: &images,
                    ..edition(content)
                };
                let theme = Theme {
                    accent: Some(Color(0x60, 0x10, 0x20)),
                    organisation: "The desk for long names of organisations",
                    footer: "An imprint that says who published this and where they are, at some length for a footer",
                    logo: if number == 0 { &digest } else { "" },
                };
                let options = Options {
                    format,
                    text_size,
                    theme,
                    attach_data: number == 1,
                    show_ids: number == 0,
                    recipient: "The press desk",
                    watermark: if number == 2 { "Copy for the press desk" } else { "" },
                    ..Options::default()
                };
                let found = printed_and_proven(&edition, &options, &Fonts::default());
                let refusal = found.and_then(Result::err);
                refused.extend(refusal.map(|refusal| format!("{name} {state:?} {format:?}: {refusal}")));
            }
        }
    }
    assert!(refused.is_empty(), "{} refused:\n{}", refused.len(), refused.join("\n"));
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}
