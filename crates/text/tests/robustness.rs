//! Any text is read to its end, in linear time, with a position for every problem.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]
#![allow(clippy::format_collect, clippy::format_push_string, reason = "short texts")]

mod support;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use chancery_brief::Canonical;
use chancery_brief::validate::{canonicalize, violations};
use chancery_text::{Context, DIAGNOSTIC_LIMIT, Exchange, Positions, Reading, code, format, read, write};
use proptest::prelude::*;
use support::examples;

/// Returns the examples in the text form.
fn example_texts() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    let written = || examples().iter().map(|(_, content)| write(content, &Exchange::default())).collect();
    TEXTS.get_or_init(written)
}

/// Reads and formats a text, and checks what holds for every text.
fn check(text: &str) -> Reading {
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

const FRONT_MATTER: &str = "---\ntitle: T\nsources:\n  a: {title: A, reliability: B}\n---\n\n";

/// Pieces of texts, whole and broken.
const PIECES: [&str; 70] = [
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
    "é",
    "中。",
    "\u{200f}",
    "\u{202e}",
    "\u{2067}",
    "\u{feff}",
    "\u{85}",
    "ایران ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_characters_are_read(text in any::<String>()) {
        check(&text);
        check(&(FRONT_MATTER.to_owned() + &text));
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn broken_pieces_are_read(pieces in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..40)) {
        let text = pieces.concat();
        check(&text);
        check(&(FRONT_MATTER.to_owned() + &text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_examples_are_read(
        example in 0..8_usize,
        mutations in proptest::collection::vec(
            (any::<prop::sample::Index>(), 0..12_usize, proptest::sample::select(PIECES.to_vec())),
            1..6,
        ),
    ) {
        let mut text = example_texts()[example].clone();
        for (at, removed, inserted) in mutations {
            let mut start = at.index(text.len());
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            let mut end = (start + removed).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            text.replace_range(start..end, inserted);
        }
        check(&text);
    }
}

#[test]
fn large_texts_of_every_kind_take_linear_time() {
    const SIZE: usize = 64 * 1024;
    let pieces = [
        "a",
        "a ",
        "a. ",
        "a.\n",
        "a.\n\n",
        "{",
        "}",
        "{a;",
        "{a: \"",
        "{a: “",
        "[@a",
        "[@a;",
        "[@a] ",
        "[",
        "]",
        "](",
        "](#",
        "[a](#b)",
        "*",
        "*a ",
        "**a",
        "*a* ",
        "***",
        "\\",
        "^",
        " ^s-1",
        " ^s-1\n",
        "<!--",
        "<!--\n",
        "<!-- -->\n",
        "- a\n",
        "- ",
        "1. a\n",
        "# a\n",
        "> ",
        "> a\n",
        "|",
        "|\n",
        "| a |\n",
        "Table: a\n",
        "![",
        "![a](b \"",
        "![a](b)\n",
        "```\n",
        "```events\n",
        "```events\na | b\n```\n",
        "(",
        "(TLP:",
        "(TLP:RED) ",
        "[(**",
        "TLP ",
        "\t",
        "\t\n",
        "é",
        "\u{200f}",
        "\u{202e}",
        "中。",
        "...",
        ".)))",
        "\"",
        "{fact}\n",
        "{empty: list}\n",
        "{fact} ^b\n\n",
        "\r\n",
        "---\n",
        "key: [",
        "key: {",
    ];
    for piece in pieces {
        for (prefix, separator) in [(FRONT_MATTER, ""), ("---\n", ""), (FRONT_MATTER, "# H\n\n- ")] {
            let body = piece.repeat(SIZE / piece.len());
            let text = format!("{prefix}{separator}{body}");
            let start = Instant::now();
            read(&text, &Context::default());
            let taken = start.elapsed();
            // Ten times what the slowest takes without optimisation; quadratic time takes longer.
            assert!(taken < Duration::from_secs(10), "{piece:?} behind {prefix:?}{separator:?}: {taken:?}");
        }
    }
}

#[test]
fn deep_nesting_is_read() {
    let indented: String = (0..1_000).map(|depth| format!("{}- a\n", " ".repeat(2 * depth))).collect();
    let texts = [
        "[".repeat(100_000),
        format!("---\na: {}", "[".repeat(100_000)),
        format!("---\na: {}", "{b: ".repeat(100_000)),
        (0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>(),
        format!("{FRONT_MATTER}# H\n\n{indented}"),
        format!("{FRONT_MATTER}{}", "> ".repeat(100_000)),
        format!("{FRONT_MATTER}{}", "[a".repeat(50_000) + &"](#b)".repeat(50_000)),
    ];
    for text in texts {
        read(&text, &Context::default());
    }
}

#[test]
fn aliases_do_not_multiply() {
    let mut bomb = "---\na: &a [x, x, x, x, x, x, x, x]\n".to_owned();
    for (one, other) in ["ab", "bc", "cd", "de", "ef", "fg", "gh"].iter().map(|pair| pair.split_at(1)) {
        bomb += &format!("{other}: &{other} [*{one}, *{one}, *{one}, *{one}, *{one}, *{one}]\n");
    }
    let reading = check(&(bomb + "---\n"));
    assert!(reading.diagnostics.iter().any(|diagnostic| diagnostic.code == code::YAML_FEATURE));
}

#[test]
fn texts_over_the_limit_are_refused_and_problems_counted() {
    let huge = "a".repeat(chancery_text::TEXT_LIMIT + 1);
    assert_eq!(read(&huge, &Context::default()).diagnostics[0].code, code::TOO_LARGE);
    let many = format!("{FRONT_MATTER}# H ^h\n\n{}", "A. {nonsense} ^1\n".repeat(2_000));
    let reading = check(&many);
    assert_eq!(reading.diagnostics.len(), DIAGNOSTIC_LIMIT);
    assert!(reading.omitted > 1_000 && reading.has_errors());
}

#[test]
fn ten_megabytes_are_read() {
    let text = &example_texts()[6];
    let body = text.split_once("\n# ").unwrap().1;
    let long = format!("{text}\n{}", format!("# {body}\n").repeat(10_000_000 / body.len()));
    assert!(read(&long, &Context::default()).content.sections.len() > 1_000);
}
