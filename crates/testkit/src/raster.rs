//! Pages of PDF files as gray pictures, drawn by poppler.

use std::path::Path;

use crate::programs::run_tool;

/// A page as gray values in rows from the top, 0 for black.
pub struct GrayPage {
    /// Width in pixels.
    pub width: usize,
    /// The gray values.
    pub pixels: Vec<u8>,
}

impl GrayPage {
    /// Returns the rows from the top.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.pixels.chunks(self.width)
    }
}

/// Draws all pages of a file.
pub fn gray_pages(file: &Path, dots_per_inch: u32) -> Vec<GrayPage> {
    let dots = dots_per_inch.to_string();
    let ran = run_tool(
        "pdftoppm",
        "poppler-utils (Debian)",
        ["-gray", "-r", &dots].map(Path::new).into_iter().chain([file]),
    );
    assert!(ran.status.success(), "pdftoppm: {}", String::from_utf8_lossy(&ran.stderr));
    let mut pages = Vec::new();
    let mut rest = ran.stdout.as_slice();
    while !rest.is_empty() {
        let (page, after) = portable_graymap(rest);
        pages.push(page);
        rest = after;
    }
    pages
}

/// Reads a binary portable graymap; returns what follows it.
fn portable_graymap(bytes: &[u8]) -> (GrayPage, &[u8]) {
    let mut lines = bytes.splitn(4, |byte| *byte == b'\n');
    let [magic, size, depth] = [(); 3].map(|()| String::from_utf8_lossy(lines.next().unwrap_or_default()));
    assert!(magic == "P5" && depth == "255", "pdftoppm wrote {magic}, {depth}");
    let mut sides = size.split(' ').map(|side| side.parse::<usize>().expect("sides are numbers"));
    let (width, height) = (sides.next().expect("a width"), sides.next().expect("a height"));
    let (pixels, after) = lines.next().unwrap_or_default().split_at(width * height);
    (GrayPage { width, pixels: pixels.to_vec() }, after)
}
