//! Forged files of the printer's form that say something else than the edition, each refused by the rule that it breaks.

use chancery_print::testing::edition;
use chancery_print::{Fonts, Limits, Options};
use chancery_proof::{Refusal, check_form, prove};

use crate::forgery::{Forgery, find, replace};
use crate::form::print;
use crate::samples::sample;

fn options() -> Options<'static> {
    Options { attach_data: true, watermark: "Copy", ..Options::default() }
}

/// Proves a file against the sample that [`print()`] shows.
pub(crate) fn proof(file: &[u8]) -> Result<u32, Refusal> {
    let sample = sample("amber-demo-1");
    let proven = prove(file, &edition(&sample.content), &options(), &Limits::default(), &Fonts::default())?;
    Ok(proven.pages)
}

/// The form is the printer's, but the edition says something else.
#[track_caller]
fn refused(code: &str, forged: &Forgery) {
    let file = forged.file();
    if let Err(refusal) = check_form(&file) {
        panic!("the form check refuses it already: {refusal}");
    }
    match proof(&file) {
        Err(refusal) => assert_eq!(refusal.code(), code, "{refusal}"),
        Ok(_) => panic!("a file that breaks {code} was accepted"),
    }
}

fn forgery() -> Forgery {
    Forgery::of(print())
}

#[test]
fn the_print_itself_is_proven() {
    assert!(proof(print()).is_ok());
}

#[test]
fn another_edition_and_other_options_are_refused() {
    let other = sample("amber-demo-1.TLP-CLEAR.omit");
    let found = prove(print(), &edition(&other.content), &options(), &Limits::default(), &Fonts::default());
    assert!(found.is_err());
    let sample = sample("amber-demo-1");
    for options in [
        Options { attach_data: false, ..options() },
        Options { watermark: "", ..options() },
        Options { recipient: "Someone", ..options() },
        Options { text_size: chancery_print::TextSize::Large, ..options() },
        Options { paper: chancery_print::Paper::Letter, ..options() },
        Options { format: chancery_print::Format::Standard, ..options() },
    ] {
        let edition = edition(&sample.content);
        assert!(
            prove(print(), &edition, &options, &Limits::default(), &Fonts::default()).is_err(),
            "{options:?}"
        );
    }
    let other = chancery_print::Edition { revision: 3, ..edition(&sample.content) };
    assert!(prove(print(), &other, &options(), &Limits::default(), &Fonts::default()).is_err());
}

/// Returns the first two codes that differ in a shown string of a tagged sequence, and their place.
fn swap_codes(content: &mut [u8]) {
    let tagged = find(content, b"<</MCID ").unwrap();
    let mut at = tagged + find(&content[tagged..], b"BDC\n[(").unwrap() + 6;
    while content[at..at + 2] == content[at + 2..at + 4]
        || content[at..at + 4].iter().any(|byte| b"()\\".contains(byte))
    {
        at += 2;
    }
    content.swap(at, at + 2);
    content.swap(at + 1, at + 3);
}

#[test]
fn other_text_on_a_page_is_refused() {
    refused("TEXT", &forgery().content(0, |content| swap_codes(content)));
}

#[test]
fn text_of_another_style_is_refused() {
    let forged = forgery().content(0, |content| {
        let tagged = find(content, b"<</MCID 0>>BDC\n").unwrap();
        let text = tagged + find(&content[tagged..], b"BDC\n[").unwrap() + 4;
        content.splice(text..text, b"0.122 0.306 0.475 rg\n".iter().copied());
    });
    refused("STYLE", &forged);
}

#[test]
fn a_glyph_with_the_text_of_another_is_refused() {
    // Two entries of ToUnicode swapped: search finds one letter where readers see the other.
    let mut forged = forgery();
    forged.swap_texts();
    let file = forged.file();
    check_form(&file).unwrap();
    let code = proof(&file).unwrap_err();
    assert_eq!(code.code(), "GLYPH", "{code}");
}

#[test]
fn other_outlines_are_refused() {
    let forged = forgery().stream("/Length1", |program| {
        let middle = program.len() / 2;
        program[middle] ^= 0x10;
    });
    let file = forged.file();
    check_form(&file).unwrap();
    let refusal = proof(&file).unwrap_err();
    assert!(["GLYPH", "REWRITTEN"].contains(&refusal.code()), "{refusal}");
}

#[test]
fn other_metadata_attachments_and_attributes_are_refused() {
    refused("REWRITTEN", &forgery().stream("/Metadata", |xmp| replace(xmp, "TLP:AMBER", "TLP:CLEAR")));
    refused(
        "REWRITTEN",
        &forgery().stream("/Metadata", |xmp| replace(xmp, "pdfuaid:part>1", "pdfuaid:part>2")),
    );
    refused(
        "REWRITTEN",
        &forgery().stream("/Metadata", |xmp| replace(xmp, "rdf:about=\"\"", "rdf:about=\"x\"")),
    );
    refused("REWRITTEN", &forgery().stream("/EmbeddedFile", |json| replace(json, "\"title\"", "\"other\"")));
    refused("REWRITTEN", &forgery().replace("/Author(The desk)", "/Author(Nobody)"));
    refused("REWRITTEN", &forgery().replace("/Lang(en)", "/Lang(fr)"));
    refused("REWRITTEN", &forgery().replace("/Desc(", "/Desc(x"));
    refused("REWRITTEN", &forgery().replace("/Contents(", "/Contents(x"));
    refused("REWRITTEN", &forgery().replace("/Scope/Row", "/Scope/Column"));
    refused("REWRITTEN", &forgery().replace("/Alt(", "/Alt(x"));
    refused("REWRITTEN", &forgery().replace("URI(https:", "URI(https:x"));
    refused("REWRITTEN", &forgery().replace("<</Title(", "<</Title(x"));
    refused("REWRITTEN", &forgery().replace("/Flags 34", "/Flags 35"));
    refused("REWRITTEN", &forgery().replace("/PageMode/UseOutlines/Names", "/Names"));
}

#[test]
fn other_artifacts_are_refused() {
    // The page number of the second page: its first string's codes change places.
    let forged = forgery().content(1, |content| {
        let footer = find(content, b"/Artifact<</Type/Pagination/Subtype/Footer/BBox[62").unwrap();
        let text = footer + find(&content[footer..], b"BDC\n[(").unwrap() + 6;
        content[text + 1] = content[text + 1].wrapping_add(1);
    });
    let file = forged.file();
    let refusal = check_form(&file).map(drop).and_then(|()| proof(&file).map(drop)).unwrap_err();
    assert!(["ARTIFACT", "UNUSED_CODE", "UNKNOWN_CODE"].contains(&refusal.code()), "{refusal}");
    // A header that is missing, and a white box over the page.
    let forged = forgery().content(0, |content| {
        let header = find(content, b"/Artifact<</Type/Pagination/Subtype/Header").unwrap();
        let end = header + find(&content[header..], b"EMC\n").unwrap() + 4;
        content.drain(header..end);
    });
    let file = forged.file();
    let refusal = check_form(&file).map(drop).and_then(|()| proof(&file).map(drop)).unwrap_err();
    assert!(["ARTIFACT", "UNUSED_FORM"].contains(&refusal.code()), "{refusal}");
    let boxed = |at_end: bool| {
        forgery().content(0, |content| {
            let cover =
                b"/Artifact<</Type/Layout/BBox[60 60 500 700]>>BDC\n1 1 1 rg\n60 60 440 640 re\nf\nEMC\n";
            let at = if at_end { content.len() } else { 0 };
            content.splice(at..at, cover.iter().copied());
        })
    };
    refused("ARTIFACT", &boxed(true));
    refused("ARTIFACT", &boxed(false));
}

#[test]
fn links_and_destinations_in_other_places_are_refused() {
    let mut forged = forgery();
    forged.swap_link_areas();
    let file = forged.file();
    let refusal = check_form(&file).map(drop).and_then(|()| proof(&file).map(drop)).unwrap_err();
    assert_eq!(refusal.code(), "LINK_AREA", "{refusal}");
    let forged = forgery().replace("/XYZ null 7", "/XYZ null 1");
    refused("DESTINATION", &forged);
}
