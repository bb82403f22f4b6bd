//! Every code has its line in docs/lint/README.md, every lint code a page whose examples show it.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fmt::Write as _;
use std::path::PathBuf;

use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_brief::lint::{self, lint_revision};
use chancery_brief::validate::{self, canonicalize};
use chancery_proto::brief::v1::BriefContent;
use chancery_text::{Context, code, read};

/// The codes of prints, whose crate tests that they are listed.
const PRINT: [(&str, &str); 3] = [
    ("MISSING_GLYPH", "No font has a glyph for a character, so a box is printed in its place."),
    ("BLANK_NAME", "A name or title has no visible characters, so a substitute is printed."),
    ("MORE_WARNINGS", "There are more warnings than are listed."),
];

/// The codes of images that a figure cannot show, which the service checks.
const IMAGES: [(&str, &str); 3] = [
    ("UNKNOWN_ATTACHMENT", "A figure shows an image that is not in the workspace."),
    ("ATTACHMENT_ABOVE_BLOCK", "The image of a figure is marked above its block."),
    ("UNPRINTABLE_ATTACHMENT", "The image of a figure cannot be printed; also a warning of `lint`."),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/lint")
}

/// Returns the example below a heading of a page.
fn example<'p>(page: &'p str, heading: &str) -> Option<&'p str> {
    let (_, below) = page.split_once(&format!("\n## {heading}\n\n````text\n"))?;
    below.split_once("\n````\n").map(|(example, _)| example)
}

fn content(code: &str, text: &str) -> BriefContent {
    let reading = read(&format!("{text}\n"), &Context::default());
    let errors = reading.diagnostics.iter().map(|found| found.message.as_str()).collect::<Vec<_>>();
    assert!(!reading.has_errors(), "{code}: {errors:?}");
    let canonical = canonicalize(&reading.content, chancery_brief::marking::Scheme::Tlp);
    canonical.unwrap_or_else(|error| panic!("{code}: {:?}", error.violations)).into_content()
}

#[test]
fn the_examples_of_a_page_show_its_code() {
    let latin: GlyphCoverage = ('\u{20}'..='\u{17f}').collect();
    for (code, _) in lint::CODES {
        let page = std::fs::read_to_string(folder().join(format!("{code}.md")));
        let page = page.unwrap_or_else(|error| panic!("write docs/lint/{code}.md: {error}"));
        assert!(page.starts_with(&format!("# {code}\n")), "{code}: the title is the code");
        let earlier = example(&page, "Earlier revision").map(|text| content(code, text));
        let warnings = |heading: &str| {
            let text = example(&page, heading).unwrap_or_else(|| panic!("{code}: no example {heading:?}"));
            let found = lint_revision(&content(code, text), earlier.as_ref(), Some(&latin));
            found.into_iter().map(|warning| warning.code).collect::<Vec<_>>()
        };
        assert!(warnings("Bad").contains(code), "{code}: the bad example has {:?}", warnings("Bad"));
        assert_eq!(warnings("Good"), Vec::<&str>::new(), "{code}: the good example");
    }
}

#[test]
fn every_page_has_a_code() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let code = name.trim_end_matches(".md");
        let is_known = code == "README" || lint::CODES.iter().any(|(known, _)| *known == code);
        assert!(is_known, "docs/lint/{name} has no code: remove or rename it");
    }
}

/// Writes the list of all codes.
fn index() -> String {
    let mut text = String::from(
        "# Codes\n\nThe codes of warnings and errors, each with its meaning. They are stable. This page is generated: \
         `CHANCERY_UPDATE_DOCS=1 cargo nextest run -p chancery-text -E \"binary(lint_pages)\"` \
         writes it.\n\n\
         ## Warnings of `lint`\n\nTradecraft, and characters that a print cannot show. Each code has a page with examples.\n\n",
    );
    let mut table = |heading: &str, codes: &[(&str, &str)], has_pages: bool| {
        text.push_str(heading);
        text.push_str("| code | meaning |\n|---|---|\n");
        for (code, meaning) in codes {
            let name = if has_pages { format!("[{code}]({code}.md)") } else { format!("`{code}`") };
            writeln!(text, "| {name} | {} |", meaning.trim()).unwrap();
        }
    };
    table("", lint::CODES, true);
    table(
        "\n## Rules of the content\n\nContent that breaks one is rejected.\n\n",
        validate::code::CODES,
        false,
    );
    table("\n## Images of figures\n\nPublishing is refused.\n\n", &IMAGES, false);
    table("\n## Prints\n\nWarnings of a print.\n\n", &PRINT, false);
    table("\n## The text form\n\nErrors and warnings of a `.brief.md` file.\n\n", code::CODES, false);
    text
}

#[test]
fn the_index_lists_every_code() {
    let path = folder().join("README.md");
    if std::env::var_os("CHANCERY_UPDATE_DOCS").is_some() {
        std::fs::write(&path, index()).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap() == index(),
        "docs/lint/README.md is not up to date: run with CHANCERY_UPDATE_DOCS=1"
    );
}
