//! Assertions about PDF files, by independent programs.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::programs::{named_by, run_tool};

/// Package of pdftotext.
const POPPLER: &str = "poppler-utils (Debian)";

/// Package of qpdf.
const QPDF: &str = "qpdf (Debian)";

/// A rectangle on the page in points, from the top left corner.
#[derive(Debug, Clone, Copy)]
pub struct Crop {
    /// Distance from the left edge.
    pub x: u32,
    /// Distance from the top edge.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// The columns of an A4 page between running head and footer. In the order of the content, notes in the side column follow
/// the paragraph that they are beside.
pub const A4_COLUMNS: Crop = Crop { x: 55, y: 62, width: 485, height: 708 };

/// A whole A4 page.
pub const A4_PAGE: Crop = Crop { x: 0, y: 0, width: 596, height: 842 };

/// Extracts the normalised text of all pages within a crop, in the order of the content streams.
pub fn text(file: &Path, crop: Crop) -> String {
    normal_form(&raw_text(file, crop))
}

/// Extracts text like [`text`], page by page.
pub fn page_texts(file: &Path, crop: Crop) -> Vec<String> {
    raw_text(file, crop).split('\u{c}').map(normal_form).collect()
}

fn raw_text(file: &Path, crop: Crop) -> String {
    let Crop { x, y, width, height } = crop;
    let mut arguments: Vec<String> =
        vec!["-raw".into(), "-enc".into(), "UTF-8".into(), "-r".into(), "72".into()];
    for (name, value) in [("-x", x), ("-y", y), ("-W", width), ("-H", height)] {
        arguments.extend([name.to_owned(), value.to_string()]);
    }
    arguments.extend([file.display().to_string(), "-".to_owned()]);
    let ran = run_tool("pdftotext", POPPLER, arguments);
    assert!(ran.status.success(), "pdftotext: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

/// Normalises text: converts to NFC, removes soft hyphens with the white space after them and bidi controls, and collapses
/// white space.
pub fn normal_form(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut after_soft_hyphen = false;
    for character in text.nfc() {
        if after_soft_hyphen && character.is_whitespace() {
            continue;
        }
        after_soft_hyphen = character == '\u{ad}';
        if !after_soft_hyphen && !is_bidi_control(character) {
            plain.push(character);
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the file with decompressed streams, for searching.
pub fn unpacked(file: &Path) -> Vec<u8> {
    let target = file.with_extension("qdf");
    let arguments =
        ["--qdf".as_ref(), "--object-streams=disable".as_ref(), file.as_os_str(), target.as_os_str()];
    let ran = run_tool("qpdf", QPDF, arguments);
    assert!(ran.status.success(), "qpdf: {}", String::from_utf8_lossy(&ran.stderr));
    let bytes = fs::read(&target).expect("qpdf wrote it");
    fs::remove_file(target).expect("qpdf wrote it");
    bytes
}

/// Asserts that syntax and structure are valid.
pub fn assert_sound(file: &Path) {
    let ran = run_tool("qpdf", QPDF, ["--check".as_ref(), file.as_os_str()]);
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && !err.contains("WARNING"), "qpdf --check: {out}{err}");
}

/// Asserts conformance to PDF/UA-1 and PDF/A-2a.
pub fn assert_conforms(file: &Path) {
    assert_conforms_to("ua1,2a", file);
}

/// Asserts conformance to flavours of veraPDF.
pub fn assert_conforms_to(flavours: &str, file: &Path) {
    assert_conform(flavours, &[file.to_owned()]);
}

/// Asserts conformance of all files to flavours of veraPDF, in one Java process.
pub fn assert_conform(flavours: &str, files: &[PathBuf]) {
    let vera = named_by("CHANCERY_VERAPDF");
    let arguments = [OsStr::new(flavours)].into_iter().chain(files.iter().map(|file| file.as_os_str()));
    let ran = run_tool(&vera.display().to_string(), "it with tools/verapdf/setup", arguments);
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    let failures: Vec<&str> = out.lines().filter(|line| !line.contains("\tPASS\t")).collect();
    assert!(ran.status.success() && failures.is_empty(), "veraPDF: {}\n{err}", failures.join("\n"));
    let verdicts = files.len() * flavours.split(',').count();
    assert_eq!(out.lines().count(), verdicts, "veraPDF prints a line for each file and flavour");
}

/// Returns the structure tree with its text, as poppler reads it.
pub fn structure(file: &Path) -> String {
    let arguments = [OsStr::new("-struct-text"), OsStr::new("-enc"), OsStr::new("UTF-8"), file.as_os_str()];
    let ran = run_tool("pdfinfo", POPPLER, arguments);
    let err = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && err.is_empty(), "pdfinfo: {}: {err}", file.display());
    String::from_utf8(ran.stdout).expect("pdfinfo writes UTF-8")
}

/// A page's number, width, height, and words with their left, top, right and bottom edges, in points.
pub type PageWords = (usize, f64, f64, Vec<(String, [f64; 4])>);

/// Returns the words of all pages with their positions, as poppler sees them.
pub fn words(file: &Path) -> Vec<PageWords> {
    let ran = run_tool("pdftotext", POPPLER, ["-bbox".as_ref(), file.as_os_str(), "-".as_ref()]);
    assert!(ran.status.success(), "pdftotext: {}", String::from_utf8_lossy(&ran.stderr));
    let mut pages: Vec<PageWords> = Vec::new();
    for line in String::from_utf8(ran.stdout).expect("pdftotext writes UTF-8").lines().map(str::trim) {
        if line.starts_with("<page ") {
            pages.push((pages.len() + 1, attribute(line, "width"), attribute(line, "height"), Vec::new()));
        } else if line.starts_with("<word ") {
            let text = line.split_once('>').expect("a tag ends").1.trim_end_matches("</word>").to_owned();
            let edges = ["xMin", "yMin", "xMax", "yMax"].map(|name| attribute(line, name));
            pages.last_mut().expect("a word is on a page").3.push((text, edges));
        }
    }
    pages
}

fn attribute(line: &str, name: &str) -> f64 {
    let value = line.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
    let number = value.and_then(|(value, _)| value.parse().ok());
    number.unwrap_or_else(|| panic!("no number {name} in {line}"))
}

/// Returns the SHA-256 in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Whether bytes contain a text in any encoding of a PDF: UTF-8, Latin, UTF-16 or hexadecimal.
pub fn contains_text(bytes: &[u8], text: &str) -> bool {
    let lower = bytes.to_ascii_lowercase();
    let contains = |needle: &[u8]| lower.windows(needle.len()).any(|window| window == needle);
    let is_encoded = |text: &str| {
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let forms = [hex::encode(text), hex::encode(&utf16)];
        contains(&utf16.to_ascii_lowercase()) || forms.iter().any(|form| contains(form.as_bytes()))
    };
    let (lower_case, capitalised) = (text.to_ascii_lowercase(), capitalised(text));
    contains(lower_case.as_bytes()) || [text, &lower_case, &capitalised].into_iter().any(is_encoded)
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// UAX #9, table 4.
fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Extracts the text of all pages in the order of the content, as it is. Complaints of poppler fail the test.
pub fn extracted_text(file: &Path) -> String {
    let arguments = ["-raw".as_ref(), file.as_os_str(), "-".as_ref()];
    let ran = run_tool("pdftotext", POPPLER, arguments);
    let complaints = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && complaints.is_empty(), "{}: {complaints}", file.display());
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

/// Counts how often `PDFium` finds each text in a file.
pub fn pdfium_matches(file: &Path, texts: &[&str]) -> Vec<usize> {
    const SCRIPT: &str = "
import sys, pypdfium2
pages = [page.get_textpage() for page in pypdfium2.PdfDocument(sys.argv[1])]
for text in sys.argv[2:]:
    count = 0
    for page in pages:
        search = page.search(text, match_case=True)
        while search.get_next():
            count += 1
    print(count)
";
    let python = named_by("CHANCERY_PYTHON");
    let arguments = [OsStr::new("-c"), OsStr::new(SCRIPT), file.as_os_str()].into_iter();
    let ran = run_tool(
        &python.display().to_string(),
        "pypdfium2 (./dev test sets it up)",
        arguments.chain(texts.iter().map(OsStr::new)),
    );
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let counts: Vec<usize> =
        String::from_utf8_lossy(&ran.stdout).lines().filter_map(|line| line.parse().ok()).collect();
    assert_eq!(counts.len(), texts.len(), "a count of each text");
    counts
}

#[cfg(test)]
mod tests {
    use super::{contains_text, normal_form};

    #[test]
    fn the_normal_form_joins_hyphenated_words() {
        assert_eq!(normal_form("part\u{ad}\nner  ship\u{200f}"), "partner ship");
        assert_eq!(normal_form("u\u{308}ber"), "über");
    }

    #[test]
    fn a_text_is_found_in_each_encoding() {
        let utf16: Vec<u8> = "Zibeth".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [b"a Zibeth b".as_slice(), &utf16, b"<5A6962657468>", b"<005a00690062006500740068>"] {
            assert!(contains_text(bytes, "zibeth") && contains_text(bytes, "Zibeth"), "{bytes:?}");
        }
        assert!(!contains_text(b"nothing", "Zibeth"));
    }
}
