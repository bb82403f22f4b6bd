//! Rules that every text keeps.

use chancery_brief::Canonical;
use chancery_brief::validate::{canonicalize, violations};
use chancery_text::{Context, DIAGNOSTIC_LIMIT, Positions, Reading, format, read, write};

/// Reads and formats a text, and checks what holds for every text.
pub(crate) fn check(text: &str) -> Reading {
    let reading = read(text, &Context::default());
    let positions = Positions::new(text);
    assert!(reading.diagnostics.len() <= DIAGNOSTIC_LIMIT);
    for diagnostic in &reading.diagnostics {
        let range = diagnostic.range;
        assert!(text.get(range.start..range.end).is_some(), "{diagnostic:?}");
        assert!(positions.of(range.start) <= positions.of(range.end), "{diagnostic:?}");
        if let Some(fix) = &diagnostic.fix {
            assert!(text.get(fix.range.start..fix.range.end).is_some(), "{diagnostic:?}");
        }
    }
    let starts: Vec<usize> = reading.diagnostics.iter().map(|diagnostic| diagnostic.range.start).collect();
    assert!(starts.is_sorted());
    if let Err(invalid) = violations(&reading.content, reading.exchange.scheme) {
        for violation in &invalid.violations {
            let range = reading.paths.find(&violation.path);
            assert!(text.get(range.start..range.end).is_some(), "{violation:?}");
        }
    }
    if !reading.has_errors()
        && let Ok(valid) = canonicalize(&reading.content, reading.exchange.scheme)
    {
        let written = write(&reading.content, &reading.exchange);
        let again = read(&written, &Context::default());
        let canonical = canonicalize(&again.content, reading.exchange.scheme);
        assert_eq!(canonical.as_ref().map(Canonical::content), Ok(valid.content()), "{written}");
        assert_eq!(write(&again.content, &again.exchange), written);
    }
    let checked = chancery_text::check(text, &Context::default(), None);
    for finding in &checked.findings {
        assert!(text.get(finding.range.start..finding.range.end).is_some(), "{finding:?}");
    }
    chancery_text::apply_safe_fixes(text, &checked.findings);
    let once = format(text, &Context::default()).text;
    let again = format(&once, &Context::default()).text;
    // A text with errors may have ids without a part, and the formatter may assign another one each time.
    if !reading.has_errors() {
        assert_eq!(again, once);
    }
    reading
}

pub(crate) const FRONT_MATTER: &str = "---\ntitle: T\nsources:\n  a: {title: A, reliability: B}\n---\n\n";

/// Pieces of texts, whole and broken.
pub(crate) const PIECES: [&str; 76] = [
    "---\n",
    "title: T\n",
    "sources:\n  a: {title: A}\n",
    "&a ",
    "*a",
    "!!str ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    ": ",
    "- ",
    "# ",
    "## ",
    "##### ",
    "\n",
    "\n\n",
    " ",
    "  ",
    "\t",
    "\r\n",
    "\r",
    "1. ",
    "> ",
    "> [!NOTE] ",
    "> -- by: ",
    "|",
    " | ",
    "|---|",
    "Table: ",
    "![a](timeline \"t\")",
    "![",
    "](",
    ")",
    "```events\n",
    "```changes\n",
    "```\n",
    "<!--",
    "-->",
    "<!-- / -->",
    "^s-1",
    " ^s-1\n",
    " ^",
    "[@a B2]",
    "[also @b, x]",
    "{fact}",
    "{likely; by 2027",
    "{!updated: x}",
    "{marking: TLP:RED} ^b\n",
    "*",
    "**",
    "***",
    "\\",
    "(TLP:RED) ",
    "(TLP:AMBR) ",
    "[TLP:RED] ",
    "（ТLＰ：RED） ",
    "**(TLP-RED)** ",
    "TLP RED ",
    "One. Two. ",
    "It will fall. ",
    " (TLP:RED) ",
    " | (TLP:RED)",
    "Table 1: T\n",
    "A\tB\tC\nD\tE\tF\n",
    "```indicators\n- A\n1. B\n```\n",
    "é",
    "中。",
    "\u{200f}",
    "\u{202e}",
    "\u{2067}",
    "\u{feff}",
    "\u{85}",
    "ایران ",
];
