//! `docs/TEXT_REFERENCE.md`: the words of the text form, as the reader lists them.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fmt::Write as _;
use std::path::PathBuf;

use chancery_brief::likelihood::{range, row, scale_terms, words};
use chancery_brief::translations;
use chancery_proto::brief::v1::LikelihoodScale;
use chancery_text::{Context, check};

/// The fenced blocks with an entry of each, whose annotations or columns are wrong.
const BLOCKS: [(&str, &str, &str); 12] = [
    ("events", "`DATE \\| TITLE`; the date is EDTF, or `undated`", "2026 | It fell"),
    (
        "relationships",
        "`FROM \\| TYPE \\| TO`; ids of actors or places, and a type such as `trades-with`",
        "a | trades-with | b",
    ),
    ("scenarios", "`70% \\| TITLE \\| TEXT`; the text may be left out", "70% | It falls"),
    ("indicators", "`INDICATOR`", "It falls"),
    ("assumptions", "`ASSUMPTION`", "It falls"),
    ("information-gaps", "`GAP`", "It falls"),
    ("dissents", "`VIEW`; `rests-on` names the sentence that is disputed", "It rises"),
    ("drivers", "`FACTOR`", "It falls"),
    ("constraints", "`FACTOR`", "It falls"),
    ("implications-regional", "`FACTOR`", "It falls"),
    ("implications-global", "`FACTOR`", "It falls"),
    ("outlook", "`FACTOR`", "It falls"),
];

/// Keys that every part has, for changes.
const OF_CHANGES: [&str; 9] = [
    "change-marking",
    "confidence-now",
    "confidence-was",
    "evidence",
    "now",
    "replaced-by",
    "was",
    "was-marking",
    "marking",
];

/// Returns the list of a message about an unknown word: what it expected in its place.
fn expected(text: &str) -> Vec<String> {
    let checked = check(text, &Context::default(), None);
    let mut lists =
        checked.findings.iter().filter(|found| matches!(found.code, "UNKNOWN_KEY" | "UNKNOWN_VALUE"));
    let list = lists.find_map(|found| found.message.split_once("expected one of "));
    let (_, list) = list.unwrap_or_else(|| panic!("{text}: {:?}", checked.findings));
    list.split(", ").map(str::to_owned).collect()
}

fn front_matter(fields: &str) -> String {
    format!("---\ntitle: T\n{fields}---\n\n# A ^sec-1\n\nIt fell. ^s-1\n")
}

/// Returns keys as code, without those of changes.
fn own_keys(keys: &[String]) -> String {
    let own = keys.iter().filter(|key| !OF_CHANGES.contains(&key.as_str()));
    own.map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

fn code(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn reference() -> String {
    let mut page = String::from(
        "# Reference of the text form\n\nThe words of the [text form](AUTHORING.md). They are English and ASCII in every \
         language. This page is generated: `CHANCERY_UPDATE_DOCS=1 cargo nextest run -p chancery-text -E \
         \"binary(text_reference)\"` writes it.\n\n",
    );
    likelihoods(&mut page);
    confidences(&mut page);
    annotations(&mut page);
    blocks(&mut page);
    values(&mut page);
    page
}

fn likelihoods(page: &mut String) {
    page.push_str(
        "## Likelihoods\n\nThe scale is ICD 203, or PHIA with `scale: phia` in the front matter. A term means its range; \
         `{likely 60-70%}` and `{likely 60-70% at 65%}` narrow it. A brief uses one row of one scale. The print shows the term \
         and, in Russian, Persian and Arabic, its meaning beside it.\n\n\
         | scale | term | percent | Russian | Persian | Arabic |\n|---|---|---|---|---|---|\n",
    );
    for (at, (name, scale)) in
        [("ICD 203", LikelihoodScale::Icd203), ("PHIA", LikelihoodScale::Phia)].into_iter().enumerate()
    {
        let mut ranks = [0_usize; 3];
        for term in scale_terms(scale) {
            let row = usize::from(row(*term));
            let rank = ranks[row];
            ranks[row] += 1;
            let other = if row == 2 { ", second row" } else { "" };
            write!(page, "| {name}{other} | `{}` | {} |", words(*term), range(*term)).unwrap();
            for language in translations::ALL {
                write!(page, " {} |", language.likelihood[at][rank]).unwrap();
            }
            page.push('\n');
        }
    }
}

fn confidences(page: &mut String) {
    page.push_str(
        "\n## Confidence\n\nThe reason follows a colon: `{moderate confidence: one of two sources is late}`.\n\n\
         | confidence | Russian | Persian | Arabic |\n|---|---|---|---|\n",
    );
    for (rank, level) in [(1, "high"), (2, "moderate"), (3, "low")] {
        let printed = translations::ALL.map(|language| language.confidence[rank]);
        writeln!(page, "| `{level} confidence` | {} |", printed.join(" | ")).unwrap();
    }
}

fn annotations(page: &mut String) {
    page.push_str(
        "\n## Annotations\n\nEvery part has `marking` and, for a declared change, `!KIND: why` with `was`, `now`, `was-marking`, \
         `confidence-was`, `confidence-now`, `replaced-by`, `evidence` and `change-marking`.\n\n| part | annotations |\n|---|---|\n",
    );
    let parts = [
        ("sentence", "# A ^sec-1\n\nIt fell. {zzzzzzzz: x} ^s-1\n"),
        ("key judgment, on its own line", "1. It fell. ^s-1\n   {zzzzzzzz: x} ^kj-1\n"),
        ("section", "# A {zzzzzzzz: x} ^sec-1\n"),
        ("table", "# A ^sec-1\n\nTable: T {zzzzzzzz: x} ^t-1\n| A |\n|---|\n"),
        ("figure", "# A ^sec-1\n\n![](timeline \"T\") {zzzzzzzz: x} ^f-1\n"),
    ];
    for (part, body) in parts {
        let keys = expected(&format!("---\ntitle: T\n---\n\n{body}"));
        let claims = match part {
            "sentence" | "key judgment, on its own line" => "a term, a confidence, ",
            _ => "",
        };
        writeln!(page, "| {part} | {claims}{} |", own_keys(&keys)).unwrap();
    }
}

fn blocks(page: &mut String) {
    page.push_str(
        "\n## Fenced blocks\n\nOne entry a line, its columns in this order with ` | ` between them. `rests-on` lists ids of \
         sentences, `sources`, `actors`, `places` and `indicators` ids of such parts.\n\n| block | columns | annotations |\n|---|---|---|\n",
    );
    for (block, columns, entry) in BLOCKS {
        let text =
            format!("---\ntitle: T\n---\n\n# A ^sec-1\n\n```{block}\n{entry} {{zzzzzzzz: x}} ^x-1\n```\n");
        let checked = check(&text, &Context::default(), None);
        let wrong: Vec<_> = checked.findings.iter().filter(|found| found.code == "WRONG_COLUMNS").collect();
        assert!(wrong.is_empty(), "{block}: {wrong:?}");
        let keys = own_keys(&expected(&text));
        writeln!(page, "| `{block}` | {columns} | {} |", if keys.is_empty() { "none" } else { &keys })
            .unwrap();
    }
    page.push_str("| `changes` | `PART-ID` | `!KIND: why`, and what belongs to a change |\n");
}

fn values(page: &mut String) {
    page.push_str("\n## Values\n\n| field | values |\n|---|---|\n");
    let fields = [
        ("kind of a brief", front_matter("kind: zzzzzzzz\n")),
        ("`type` of a source", front_matter("sources:\n  a: {title: A, type: zzzzzzzz}\n")),
        ("`reliability` of a source", front_matter("sources:\n  a: {title: A, reliability: zzzzzzzz}\n")),
        ("`kind` of an actor", front_matter("actors:\n  a: {name: A, kind: zzzzzzzz}\n")),
        ("`kind` of a place", front_matter("places:\n  a: {name: A, kind: zzzzzzzz}\n")),
        ("`trend` of a domain", front_matter("domains:\n  a: {name: A, trend: zzzzzzzz}\n")),
        ("fields of a source", front_matter("sources:\n  a: {title: A, zzzzzzzz: x}\n")),
        ("fields of an actor", front_matter("actors:\n  a: {name: A, kind: state, zzzzzzzz: x}\n")),
        ("fields of a place", front_matter("places:\n  a: {name: A, kind: site, zzzzzzzz: x}\n")),
        ("fields of a domain", front_matter("domains:\n  a: {name: A, trend: unknown, zzzzzzzz: x}\n")),
    ];
    for (field, text) in fields {
        writeln!(page, "| {field} | {} |", code(&expected(&text))).unwrap();
    }
    let entries = [
        ("`type` of an event", "events", "2026 | It fell {type: zzzzzzzz}"),
        ("`precision` of an event", "events", "2026 | It fell {precision: zzzzzzzz}"),
        ("`status` of a relationship", "relationships", "a | trades-with | b {status: zzzzzzzz}"),
        ("`polarity` of a relationship", "relationships", "a | trades-with | b {polarity: zzzzzzzz}"),
        ("kind of a change", "indicators", "It fell {!zzzzzzzz: why}"),
    ];
    for (field, block, entry) in entries {
        let text = format!("---\ntitle: T\n---\n\n# A ^sec-1\n\n```{block}\n{entry} ^x-1\n```\n");
        writeln!(page, "| {field} | {} |", code(&expected(&text))).unwrap();
    }
}

#[test]
fn the_reference_lists_the_words_of_the_reader() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/TEXT_REFERENCE.md");
    let page = reference();
    if std::env::var_os("CHANCERY_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == page,
        "docs/TEXT_REFERENCE.md is not up to date: run with CHANCERY_UPDATE_DOCS=1"
    );
}
