//! Any text is read to its end, in linear time, with a position for every problem.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]
#![allow(clippy::format_collect, clippy::format_push_string, reason = "short texts")]

#[path = "support/invariants.rs"]
mod invariants;
mod support;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use chancery_text::{Context, DIAGNOSTIC_LIMIT, Exchange, code, read, write};
use invariants::{FRONT_MATTER, PIECES, check};
use proptest::prelude::*;
use support::examples;

/// Returns the examples in the text form.
fn example_texts() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    let written = || examples().iter().map(|(_, content)| write(content, &Exchange::default())).collect();
    TEXTS.get_or_init(written)
}

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
        "Table: a\nb;c\n",
        "**a**\n\n",
        "- a\n{marking: TLP:RED}\n",
        "• a\n",
        "[1] ",
        "(TLP:RED) ",
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
