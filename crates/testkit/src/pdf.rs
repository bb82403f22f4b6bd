//! Assertions about PDF files, checked by other programs than the printer.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::programs::{named_by, run_tool};

/// Debian's package of pdftotext.
const POPPLER: &str = "poppler-utils (Debian)";

/// Debian's package of qpdf.
const QPDF: &str = "qpdf (Debian)";

/// A rectangle on the page in points, from the top left corner.
#[derive(Debug, Clone, Copy)]
pub struct Crop {
    /// The distance from the left edge.
    pub x: u32,
    /// The distance from the top edge.
    pub y: u32,
    /// The width.
    pub width: u32,
    /// The height.
    pub height: u32,
}

/// The main column of an A4 page between marking bands and footers: 122 mm from 22 mm on. It excludes the side column,
/// whose ids and marks would otherwise appear between sentences.
pub const A4_MAIN_COLUMN: Crop = Crop { x: 62, y: 62, width: 346, height: 708 };

/// The whole of an A4 page.
pub const A4_PAGE: Crop = Crop { x: 0, y: 0, width: 596, height: 842 };

/// Returns the text of all pages within a rectangle, in the order of their content streams, normalized.
pub fn text(file: &Path, crop: Crop) -> String {
    normal_form(&raw_text(file, crop))
}

/// Returns the same text, page by page.
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

/// Normalizes to NFC; removes soft hyphens with the white space after them, and bidi controls; collapses white space.
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

/// Returns the file with its streams decompressed, so that nothing is hidden by compression.
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

/// Checks the file's syntax and structure.
pub fn assert_sound(file: &Path) {
    let ran = run_tool("qpdf", QPDF, ["--check".as_ref(), file.as_os_str()]);
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && !err.contains("WARNING"), "qpdf --check: {out}{err}");
}

/// Checks that the file conforms to PDF/UA-1 and PDF/A-2a.
pub fn assert_conforms(file: &Path) {
    assert_conforms_to("ua1,2a", file);
}

/// Checks that the file conforms to veraPDF's flavours with these names.
pub fn assert_conforms_to(flavours: &str, file: &Path) {
    let vera = named_by("CHANCERY_VERAPDF");
    let ran = run_tool(
        &vera.display().to_string(),
        "it with tools/verapdf/setup",
        [flavours.as_ref(), file.as_os_str()],
    );
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "veraPDF: {out}{err}");
}

/// Returns the SHA-256 in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Returns whether bytes contain a text in any encoding that a PDF uses: UTF-8 and Latin, UTF-16, hexadecimal.
pub fn holds(bytes: &[u8], text: &str) -> bool {
    let lower = bytes.to_ascii_lowercase();
    let found = |needle: &[u8]| lower.windows(needle.len()).any(|window| window == needle);
    let written_in = |text: &str| {
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let forms = [hex::encode(text), hex::encode(&utf16)];
        found(&utf16.to_ascii_lowercase()) || forms.iter().any(|form| found(form.as_bytes()))
    };
    let (lower_case, capitalised) = (text.to_ascii_lowercase(), capitalised(text));
    found(lower_case.as_bytes()) || [text, &lower_case, &capitalised].into_iter().any(written_in)
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// Returns whether a character is a bidi control (UAX #9, table 4).
fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{holds, normal_form};

    #[test]
    fn normalization_joins_words_hyphenated_at_a_line_break() {
        assert_eq!(normal_form("part\u{ad}\nner  ship\u{200f}"), "partner ship");
        assert_eq!(normal_form("u\u{308}ber"), "über");
    }

    #[test]
    fn a_text_is_found_in_each_encoding() {
        let utf16: Vec<u8> = "Zibeth".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [b"a Zibeth b".as_slice(), &utf16, b"<5A6962657468>", b"<005a00690062006500740068>"] {
            assert!(holds(bytes, "zibeth") && holds(bytes, "Zibeth"), "{bytes:?}");
        }
        assert!(!holds(b"nothing", "Zibeth"));
    }
}
