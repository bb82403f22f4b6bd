//! Runs other programs on finished files. A missing program fails the test with a remedy, so that a skipped check
//! cannot look like a passed one.
#![allow(dead_code, reason = "each test binary needs some of them")]
#![allow(clippy::unwrap_used, reason = "a test's helpers may fail as tests do")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Writes a file into the tests' temporary folder.
pub(crate) fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Runs a program; `remedy` says how to install it.
pub(crate) fn run<A: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    remedy: &str,
    arguments: impl IntoIterator<Item = A>,
) -> Output {
    let program = program.as_ref();
    let ran = Command::new(program).args(arguments).output();
    ran.unwrap_or_else(|error| panic!("{} cannot be run ({error}): {remedy}", program.display()))
}

/// Checks all files with veraPDF in one Java process; fails if one does not conform.
pub(crate) fn conform(flavours: &str, files: &[PathBuf]) {
    let Some(verapdf) = std::env::var_os("CHANCERY_VERAPDF") else {
        panic!(
            "CHANCERY_VERAPDF is not set, so veraPDF cannot look at files: run ./dev test, which sets it up"
        );
    };
    let arguments = [OsStr::new(flavours)].into_iter().chain(files.iter().map(|file| file.as_os_str()));
    let ran = run(verapdf, "run tools/verapdf/setup", arguments);
    let said = String::from_utf8_lossy(&ran.stdout);
    let failures: Vec<&str> = said.lines().filter(|line| !line.contains("\tPASS\t")).collect();
    let complaints = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && failures.is_empty(), "{}\n{complaints}", failures.join("\n"));
    assert_eq!(
        said.lines().count(),
        files.len() * flavours.split(',').count(),
        "one line a file and flavour"
    );
}

/// Checks the syntax and streams of a file with qpdf.
pub(crate) fn sound(file: &Path) {
    let ran =
        run("qpdf", "install qpdf (Debian), or run ./dev test", [OsStr::new("--check"), file.as_os_str()]);
    let (said, complaints) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(
        ran.status.success() && !complaints.contains("WARNING"),
        "{}: {said}{complaints}",
        file.display()
    );
}

/// Returns a file with all streams and objects uncompressed by qpdf.
pub(crate) fn unpacked(file: &Path) -> Vec<u8> {
    let plain = file.with_extension("qdf");
    let arguments =
        ["--qdf".as_ref(), "--object-streams=disable".as_ref(), file.as_os_str(), plain.as_os_str()];
    let ran = run("qpdf", "install qpdf (Debian), or run ./dev test", arguments);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    std::fs::read(plain).unwrap()
}

/// Returns the structure tree with its text, as read by poppler.
pub(crate) fn poppler_structure(file: &Path) -> String {
    let arguments = [OsStr::new("-struct-text"), OsStr::new("-enc"), OsStr::new("UTF-8"), file.as_os_str()];
    let ran = run("pdfinfo", "install poppler-utils (Debian), or run ./dev test", arguments);
    let complaints = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && complaints.is_empty(), "{}: {complaints}", file.display());
    String::from_utf8(ran.stdout).unwrap()
}

/// A page's number, width, height, and words with their left, top, right and bottom, in points.
pub(crate) type PageWords = (usize, f64, f64, Vec<(String, [f64; 4])>);

/// Returns the words of all pages with their positions, as seen by poppler.
pub(crate) fn words(file: &Path) -> Vec<PageWords> {
    let arguments = ["-bbox".as_ref(), file.as_os_str(), "-".as_ref()];
    let ran = run("pdftotext", "install poppler-utils (Debian), or run ./dev test", arguments);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let mut pages: Vec<PageWords> = Vec::new();
    for line in String::from_utf8(ran.stdout).unwrap().lines().map(str::trim) {
        let number = |name: &str| -> f64 {
            let value = line.split_once(&format!("{name}=\"")).unwrap().1;
            value.split_once('"').unwrap().0.parse().unwrap()
        };
        if line.starts_with("<page ") {
            pages.push((pages.len() + 1, number("width"), number("height"), Vec::new()));
        } else if line.starts_with("<word ") {
            let text = line.split_once('>').unwrap().1.trim_end_matches("</word>").to_owned();
            let edges = ["xMin", "yMin", "xMax", "yMax"].map(number);
            pages.last_mut().unwrap().3.push((text, edges));
        }
    }
    pages
}

/// Returns the text of all pages in the order of the content, as extracted by poppler.
pub(crate) fn poppler_text(file: &Path) -> String {
    let arguments = ["-raw".as_ref(), file.as_os_str(), "-".as_ref()];
    let ran = run("pdftotext", "install poppler-utils (Debian), or run ./dev test", arguments);
    let complaints = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && complaints.is_empty(), "{}: {complaints}", file.display());
    String::from_utf8(ran.stdout).unwrap()
}

/// Returns how often `PDFium` finds each text in a file.
pub(crate) fn pdfium_matches(file: &Path, texts: &[&str]) -> Vec<usize> {
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
    let remedy = "CHANCERY_PYTHON does not name a Python with pypdfium2: run ./dev test, which sets it up";
    let python = std::env::var_os("CHANCERY_PYTHON").unwrap_or_else(|| panic!("{remedy}"));
    let arguments = [OsStr::new("-c"), OsStr::new(SCRIPT), file.as_os_str()].into_iter();
    let ran = run(python, remedy, arguments.chain(texts.iter().map(OsStr::new)));
    assert!(ran.status.success(), "{remedy}\n{}", String::from_utf8_lossy(&ran.stderr));
    let counts: Vec<usize> =
        String::from_utf8(ran.stdout).unwrap().lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(counts.len(), texts.len());
    counts
}
