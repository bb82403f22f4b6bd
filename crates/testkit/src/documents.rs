//! Generated parts of pages of the documentation.

use std::path::Path;

/// Checks that a page has a generated part, between the comments `<!-- begin: NAME -->` and `<!-- end: NAME -->`. Writes it
/// instead where the variable `CHANCERY_UPDATE_DOCS` is set. `page` is a path within `docs/`.
///
/// # Panics
/// If the page lacks the comments or has another text between them.
#[track_caller]
pub fn assert_generated_part(page: &str, name: &str, part: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    let text = std::fs::read_to_string(&path).expect("the page can be read");
    let (begin, end) = (format!("<!-- begin: {name} -->\n"), format!("<!-- end: {name} -->\n"));
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("docs/{page} has no {begin}"));
    let (found, after) = rest.split_once(&end).unwrap_or_else(|| panic!("docs/{page} has no {end}"));
    if std::env::var_os("CHANCERY_UPDATE_DOCS").is_some() {
        std::fs::write(&path, [before, &begin, part, &end, after].concat()).expect("the page can be written");
        return;
    }
    assert!(found == part, "docs/{page} is not up to date: run this test with CHANCERY_UPDATE_DOCS=1");
}
