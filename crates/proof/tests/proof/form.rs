//! Forged files that the form check refuses, each by the rule that it breaks.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use chancery_print::Options;
use chancery_proof::check_form;

use crate::forgery::{Forgery, deflated, find, replace};
use crate::samples::{printed, sample};

/// A print with everything that a file can have.
pub(crate) fn print() -> &'static [u8] {
    static PRINT: OnceLock<Vec<u8>> = OnceLock::new();
    PRINT.get_or_init(|| {
        let options = Options { attach_data: true, watermark: "Copy", ..Options::default() };
        printed(&sample("amber-demo-1").content, &options).unwrap().bytes
    })
}

fn forgery() -> Forgery {
    Forgery::of(print())
}

#[track_caller]
fn refused(code: &str, file: &[u8]) {
    match check_form(file) {
        Err(refusal) => assert_eq!(refusal.code(), code, "{refusal}"),
        Ok(_) => panic!("a file that breaks {code} was accepted"),
    }
}

#[test]
fn a_file_that_is_put_together_without_a_change_is_accepted() {
    assert!(forgery().file() == print(), "the helper changes the file");
    check_form(print()).unwrap();
}

#[test]
fn bytes_that_belong_to_nothing_are_refused() {
    let file = print();
    let second = find(file, b"\nendobj\n").unwrap() + 8;
    let inserted = |at: usize, bytes: &[u8]| [&file[..at], bytes, &file[at..]].concat();
    refused("GAP", &inserted(second, b"\n"));
    refused("GAP", &inserted(second, b"hidden text"));
    refused("COMMENT", &inserted(second, b"% hidden text\n"));
    refused("UPDATE", &inserted(file.len(), b"\n"));
    refused("HEADER", &inserted(0, b"\n"));
    refused("HEADER", b"");
    refused("NO_END", &file[..second]);
    let update = b"1 0 obj\n<<>>\nendobj\nxref\n0 0\ntrailer\n<</Prev 5>>\nstartxref\n9\n%%EOF\n";
    refused("UPDATE", &[file, &update[..]].concat());
}

#[test]
fn gaps_and_comments_inside_object_streams_are_refused() {
    let forged = forgery();
    refused("GAP", &forged.clone().gap().file());
    refused("COMMENT", &forged.clone().replace(">>\n", ">>%hidden\n").file());
    refused("SYNTAX", &forged.clone().replace("/Type/Page/", "/Type/Page /").file());
    refused("SPACING", &forged.replace("/Type/Page/", "/Type /Page/").file());
}

#[test]
fn values_that_are_spelled_in_another_way_are_refused() {
    refused("SYNTAX", &forgery().replace("/StructParents 0", "/StructParents 00").file());
    refused("SYNTAX", &forgery().replace("/StructParents 0", "/StructParents +0").file());
    refused("SYNTAX", &forgery().replace("/MediaBox[0 0 ", "/MediaBox[0  0 ").file());
    refused("SYNTAX", &forgery().replace("/Tabs/S", "/Tabs/#53").file());
    refused("SYNTAX", &forgery().replace("/Title(", "/Title(\\101").file());
}

#[test]
fn duplicate_keys_and_objects_are_refused() {
    refused("DUPLICATE_KEY", &forgery().replace("/Tabs/S", "/Tabs/S/Tabs/S").file());
    let mut forged = forgery();
    let number = forged.add("<<>>");
    let file = forged.file();
    let twice = format!("\n{number} 0 obj");
    assert!(find(&file, twice.as_bytes()).is_none());
    let mut forged = forgery();
    let stream = forged.add_stream("/N 3/Filter/FlateDecode", b"x");
    let again = forged.parts.last().unwrap().clone();
    forged.parts.push(again);
    let _ = stream;
    refused("DUPLICATE_OBJECT", &forged.file());
}

#[test]
fn objects_that_nothing_refers_to_are_refused() {
    let mut forged = forgery();
    forged.add("<</Type/Hidden/Text(withheld)>>");
    refused("UNREACHABLE_OBJECT", &forged.file());
    let mut forged = forgery();
    forged.add_stream("/Type/Hidden/Filter/FlateDecode", b"withheld");
    refused("UNREACHABLE_OBJECT", &forged.file());
}

#[test]
fn wrong_offsets_lengths_and_identifiers_are_refused() {
    let file = print();
    let start = find(file, b"startxref\n").unwrap();
    let mut moved = file[..start].to_vec();
    moved.extend_from_slice(b"startxref\n17\n%%EOF\n");
    refused("OFFSET", &moved);
    // Two page contents swapped in the table alone.
    let mut forged = forgery();
    let file = forged.file();
    let mut swapped = file.clone();
    let at = find(&swapped, b"/Length ").unwrap() + 8;
    swapped[at] = if swapped[at] == b'9' { b'8' } else { b'9' };
    refused("STREAM_LENGTH", &swapped);
    forged.trailer = forged.trailer.replace("/Root", "/Prev 15/Root");
    refused("FOREIGN_KEY", &forged.file());
    let mut identified = file;
    let at = find(&identified, b"/ID [(").unwrap() + 7;
    identified[at] = identified[at].wrapping_add(1) | 0x80;
    refused("IDENTIFIER", &identified);
}

#[test]
fn active_content_is_refused() {
    for entry in [
        "/OpenAction<</S/JavaScript/JS(app.alert)>>",
        "/AA<<>>",
        "/AcroForm<<>>",
        "/OCProperties<<>>",
        "/URI<<>>",
        "/Perms<<>>",
    ] {
        refused(
            "FOREIGN_KEY",
            &forgery().replace("/MarkInfo<</Marked", &format!("{entry}/MarkInfo<</Marked")).file(),
        );
    }
    refused("FOREIGN_KEY", &forgery().replace("/Tabs/S", "/Tabs/S/AA<<>>").file());
    refused("FOREIGN_KEY", &forgery().replace("/Tabs/S", "/Tabs/S/Thumb 5 0 R").file());
    refused("FOREIGN_KEY", &forgery().replace("/Names<<", "/Names<</JavaScript<<>>").file());
    for action in ["JavaScript", "Launch", "GoToR", "SubmitForm", "GoToE"] {
        let forged = forgery().replace("/A<</S/URI/URI(", &format!("/A<</S/{action}/URI("));
        refused("FOREIGN_ACTION", &forged.file());
    }
    let forged = forgery().replace("/A<</S/URI/URI(https:", "/A<</S/URI/URI(javascript:");
    refused("FOREIGN_ACTION", &forged.file());
    refused("FOREIGN_ANNOTATION", &forgery().replace("/Subtype/Link", "/Subtype/FreeText").file());
}

#[test]
fn other_embedded_files_are_refused() {
    refused("ATTACHMENT", &forgery().replace("[(edition.json)", "[(malware.exe)").file());
    refused("ATTACHMENT", &forgery().replace("/F(edition.json)", "/F(malware.exe)").file());
    let mut forged = forgery();
    let stream = forged.add_stream("/Type/EmbeddedFile/Filter/FlateDecode", b"x");
    let forged = forged.replace("[(edition.json)", &format!("[(a) {stream} 0 R (edition.json) "));
    refused("ATTACHMENT", &forged.file());
    let forged = forgery().stream("/EmbeddedFile", |content| content.push(b' '));
    refused("ATTACHMENT", &forged.file());
}

#[test]
fn foreign_operators_are_refused() {
    for (from, to) in [
        ("BT\n", "BT\n3 Tr\n"),
        ("BT\n", "BT\n1 0 0 1 5 5 Tm\n"),
        ("BT\n", "BT\n12 TL\n"),
        ("BT\n", "/GS0 gs\nBT\n"),
        ("BT\n", "q\nBT\n"),
        ("BT\n", "0 g\nBT\n"),
        ("BT\n", "W n\nBT\n"),
        ("f\n", "f*\n"),
    ] {
        let file = forgery().content(0, |content| replace(content, from, to)).file();
        let refusal = check_form(&file).unwrap_err();
        assert!(["FOREIGN_OPERATOR", "SYNTAX"].contains(&refusal.code()), "{to:?}: {refusal}");
    }
    let file = forgery().content(0, |content| replace(content, "BT\n", "%hidden\nBT\n")).file();
    refused("COMMENT", &file);
    let file = forgery().content(0, |content| replace(content, "BT\n", "BI /W 1 ID x EI\nBT\n")).file();
    refused("FOREIGN_OPERATOR", &file);
}

/// Adds an operator before the first shown text of a tagged sequence on the first page.
fn before_text(operators: &str) -> Vec<u8> {
    let forged = forgery().content(0, |content| {
        let tagged = find(content, b"<</MCID 0>>BDC\n").unwrap();
        let text = tagged + find(&content[tagged..], b"BDC\n[").unwrap() + 4;
        content.splice(text..text, operators.bytes());
    });
    forged.file()
}

#[test]
fn text_that_cannot_be_seen_is_refused() {
    refused("PALE_TEXT", &before_text("1 1 1 rg\n"));
    refused("PALE_TEXT", &before_text("0.933 0.949 0.965 rg\n"));
    refused("COLOR", &before_text("0.5005 0.5 0.5 rg\n".replace("0.5005", "0.501").as_str()));
    refused("SMALL_TEXT", &before_text("/T0 2 Tf\n10 10 Td\n"));
    refused("SMALL_TEXT", &before_text("/T0 3.999 Tf\n10 10 Td\n"));
    refused("OUTSIDE_PAGE", &before_text("0 9000 Td\n"));
    refused("OUTSIDE_PAGE", &before_text("-700 0 Td\n"));
    refused("FOREIGN_OPERATOR", &before_text("3 Tr\n"));
    refused("FOREIGN_OPERATOR", &before_text("10 Tz\n"));
}

#[test]
fn content_outside_of_sequences_and_unknown_glyphs_are_refused() {
    let file =
        forgery().content(0, |content| content.extend_from_slice(b"0 0 0 rg\n0 0 10 10 re\nf\n")).file();
    refused("UNTAGGED", &file);
    let file = forgery().content(0, |content| replace(content, "<</MCID 0>>", "<</MCID 99>>")).file();
    refused("MARKED_CONTENT", &file);
    let file = forgery().content(0, |content| content.extend_from_slice(b"/X99 Do\n")).file();
    refused("FOREIGN_FORM", &file);
    let code = before_text("[(\u{7f}\u{7f})]TJ\n");
    refused("UNKNOWN_CODE", &code);
    let file = forgery().content(0, |content| replace(content, "<</MCID 0>>", "<</MCID 0/Lang(en)>>")).file();
    refused("FOREIGN_SEQUENCE", &file);
}

#[test]
fn large_curves_of_artifacts_are_refused() {
    let curve = b"/Artifact<</Type/Layout/BBox[60 60 500 500]>>BDC\n0 0 0 rg\n60 60 m\n60 400 400 400 400 60 c\nf\nEMC\n";
    refused(
        "CURVE",
        &forgery().content(0, |content| drop(content.splice(0..0, curve.iter().copied()))).file(),
    );
}

#[test]
fn foreign_objects_below_the_pages_are_refused() {
    let mut forged = forgery();
    let form =
        forged.add_stream("/Type/XObject/Subtype/Form/BBox[0 0 595.276 841.89]/Filter/FlateDecode", b"");
    let forged = forged.replace("/XObject<</X0", &format!("/XObject<</Fm0 {form} 0 R/X0"));
    refused("RESOURCES", &forged.file());
    let mut forged = forgery();
    let image = forged.add_stream(
        "/Type/XObject/Subtype/Image/Width 65535/Height 65535/ColorSpace/DeviceGray/BitsPerComponent 8\
         /Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 1/Columns 65535>>",
        &deflated(b""),
    );
    let forged = forged.replace_in_resources(&format!("/I0 {image} 0 R>>"));
    refused("IMAGE", &forged.file());
    refused("FOREIGN_KEY", &forgery().replace("/Font ", "/ExtGState<<>>/Font ").file());
    refused("PAGES", &forgery().replace("/StructParents 1/", "/StructParents 0/").file());
}

#[test]
fn structure_that_disagrees_with_itself_is_refused() {
    refused("STRUCTURE", &forgery().replace("<</S/P/P ", "<</S/LI/P ").file());
    refused("FOREIGN_VALUE", &forgery().replace("<</S/P/P ", "<</S/Private/P ").file());
    refused("DESTINATION", &forgery().replace("/Dest(part.", "/Dest(gone.").file());
    refused("XMP", &forgery().stream("/Metadata", |xmp| replace(xmp, "<rdf:RDF", "<!--x--><rdf:RDF")).file());
    refused("XMP", &forgery().stream("/Metadata", |xmp| replace(xmp, "<rdf:RDF", "<?x y?><rdf:RDF")).file());
    refused("PROFILE", &forgery().stream("/N 3", |profile| profile[100] ^= 1).file());
    refused("FOREIGN_KEY", &forgery().replace("/Creator(", "/Trapped/True/Creator(").file());
}

#[test]
fn bombs_are_refused_in_time() {
    let zeros = vec![0; 300 << 20];
    let mut content = forgery();
    content.add_stream("/Filter/FlateDecode", &zeros);
    let page =
        forgery().content(0, |content| content.splice(0..0, zeros.iter().map(|_| b' ')).for_each(drop));
    let nested = forgery().replace("/Tabs/S", &format!("/Tabs{}", "[".repeat(30_000)));
    let long = forgery().replace("/Tabs/S", &format!("/Tabs[{}]", "1 ".repeat(5_000_000)));
    for (name, file) in [
        ("stream", content.file()),
        ("page", page.file()),
        ("nested", nested.file()),
        ("values", long.file()),
    ] {
        let started = Instant::now();
        let refusal = check_form(&file).unwrap_err();
        let spent = started.elapsed();
        println!("{name}: {refusal} in {spent:?}, {} bytes", file.len());
        // A debug build takes a multiple of a release build's time.
        assert!(spent < Duration::from_secs(3), "{name} took {spent:?}");
    }
}
