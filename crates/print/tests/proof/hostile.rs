//! Excessive briefs: each prints correctly, as readback proves, or is refused with the element that exceeds a limit.

use chancery_brief::marking::Scheme;
use chancery_brief::validate::canonicalize;
use chancery_print::testing::struct_text;
use chancery_print::{Limits, Options, PrintError, Printed};
use chancery_proto::brief::v1::{
    Block, BriefContent, Citation, List, ListItem, Section, Source, Statement, Table, TableCell, TableColumn,
    TableRow, block::Kind,
};
use chancery_testkit::content::{self, paragraph};
use chancery_testkit::pdf;

use crate::samples::{fitting, printed, printed_within, variants};
use crate::temporary_files;

/// Returns a brief of one section.
fn brief(blocks: Vec<Block>) -> BriefContent {
    BriefContent {
        kind: 4,
        title: "Hostile".to_owned(),
        language: "en".to_owned(),
        sections: vec![Section {
            id: "one".to_owned(),
            heading: "One".to_owned(),
            blocks,
            ..Section::default()
        }],
        ..BriefContent::default()
    }
}

fn statement(id: usize, text: &str) -> Statement {
    content::statement(format!("s-{id}"), text)
}

fn block(kind: Kind) -> Block {
    Block { kind: Some(kind), ..Block::default() }
}

/// Returns a sentence of the given number of words.
fn words(count: usize) -> String {
    let words = ["harbour", "ledger", "a", "communiqué", "of", "interdependence", "and", "ice"];
    words.iter().cycle().take(count).copied().collect::<Vec<_>>().join(" ")
}

/// Validation accepts the brief; every format prints, with all boxes and texts in bounds.
fn prints(name: &str, content: &BriefContent, texts: &[&str]) {
    let valid =
        canonicalize(content, Scheme::Tlp).unwrap_or_else(|error| panic!("{name}: {:?}", error.violations));
    prints_unchecked(name, valid.content(), texts);
}

fn prints_unchecked(name: &str, content: &BriefContent, texts: &[&str]) {
    for variant in variants() {
        let name = format!("hostile/{name}.{}.pdf", variant.name);
        let Some(printed) = fitting(&name, content, &variant.options) else { continue };
        within_the_page(&name, &printed);
        let text = struct_text(&printed.bytes).unwrap().replace('\n', " ");
        if !variant.name.starts_with("one-page") {
            for expected in texts {
                assert!(text.contains(expected), "{name} lacks {expected:?}");
            }
        }
    }
}

/// Validation refuses the brief and names the element.
fn refused(content: &BriefContent, path: &str) {
    let refused = canonicalize(content, Scheme::Tlp).unwrap_err();
    let found = refused.violations.iter().any(|violation| violation.path == path);
    assert!(found, "{:?}", refused.violations);
}

/// Checks with poppler that no glyph is outside of the paper.
fn within_the_page(name: &str, printed: &Printed) {
    let file = temporary_files::file(name, &printed.bytes);
    for (page, width, height, boxes) in pdf::words(&file) {
        for (text, [left, top, right, bottom]) in boxes {
            let inside = left >= 0.0 && top >= 0.0 && right <= width && bottom <= height;
            assert!(
                inside,
                "{name}, page {page}: {text:?} at {left} {top} {right} {bottom} of {width} {height}"
            );
        }
    }
}

#[test]
fn a_table_of_forty_rows_with_a_cell_of_three_thousand_words_prints() {
    let long = words(3_000);
    let row = |number: usize| {
        let text = if number == 20 { long.clone() } else { format!("Row {number} says little.") };
        let cells = [format!("{number}"), text, "–".to_owned()];
        TableRow { cells: cells.map(|text| TableCell { text }).to_vec(), ..TableRow::default() }
    };
    let column = |heading: &str| TableColumn { heading: heading.to_owned(), r#type: 1 };
    let table = Table {
        caption: "Forty rows".to_owned(),
        columns: vec![column("Number"), column("What it says"), column("Note")],
        rows: (1..=40).map(row).collect(),
        row_headers: true,
        ..Table::default()
    };
    let content = brief(vec![block(Kind::Table(table))]);
    refused(&content, "sections[0].blocks[0].table.rows[19].cells[1].text");
    prints_unchecked("table", &content, &[&long, "Row 40 says little."]);
}

#[test]
fn a_word_of_five_hundred_letters_prints_in_every_position() {
    let word = "x".repeat(500);
    let mut content = brief(vec![
        paragraph(vec![statement(1, &word)]),
        block(Kind::List(List {
            items: vec![ListItem { statements: vec![statement(2, &word)], ..ListItem::default() }],
            ..List::default()
        })),
        block(Kind::Table(Table {
            caption: word.clone(),
            columns: vec![TableColumn { heading: word.clone(), r#type: 1 }; 3],
            rows: vec![TableRow { cells: vec![TableCell { text: word.clone() }; 3], ..TableRow::default() }],
            ..Table::default()
        })),
    ]);
    prints("word", &content, &[&word]);
    content.title.clone_from(&word);
    content.sections[0].heading.clone_from(&word);
    refused(&content, "title");
    prints_unchecked("word-in-title", &content, &[&word]);
}

#[test]
fn a_thousand_endnotes_print() {
    let source = |number: usize| Source {
        id: format!("src-{number}"),
        title: format!("The source called {number}"),
        ..Source::default()
    };
    let citing = |number: usize| Statement {
        citations: vec![Citation { source_id: format!("src-{number}"), ..Citation::default() }],
        ..statement(number, &format!("Statement {number} rests on a source of its own."))
    };
    let blocks = (0..100).map(|block| paragraph((1..=10).map(|at| citing(block * 10 + at)).collect()));
    let mut content = brief(blocks.collect());
    content.sources = (1..=1_000).map(source).collect();
    let printed = printed(&content, &Options::default()).unwrap();
    within_the_page("hostile/endnotes.pdf", &printed);
    let text = struct_text(&printed.bytes).unwrap();
    assert!(text.contains("Statement 1000 rests on a source of its own.1000"));
    assert!(text.contains("The source called 1000"));
}

#[test]
fn a_list_of_six_levels_prints() {
    let level = |inner: Option<List>, number: usize| List {
        ordered: number.is_multiple_of(2),
        items: vec![ListItem {
            statements: vec![statement(number, &format!("Level {number}: {}.", words(30)))],
            list: inner,
            ..ListItem::default()
        }],
    };
    let list = (1..=6).rev().fold(None, |inner, number| Some(level(inner, number)));
    prints("list", &brief(vec![block(Kind::List(list.unwrap()))]), &["Level 1:", "Level 6:"]);
}

#[test]
fn a_title_of_forty_thousand_characters_is_refused_as_too_long() {
    let content = BriefContent { title: words(6_000), ..brief(Vec::new()) };
    assert!(content.title.len() > 40_000);
    refused(&content, "title");
    // Unvalidated content prints; only texts too long for a PDF string (32,767 bytes) are shortened there.
    prints_unchecked("title", &content, &[&content.title]);
    pdf::assert_conform(
        "ua1,2a",
        &[temporary_files::file("hostile/title.pdf", &printed(&content, &Options::default()).unwrap().bytes)],
    );
}

#[test]
fn unclosed_isolates_and_mixed_directions_print() {
    let texts = [
        "\u{2067}an isolate that nothing ends, then עברית and العربية 123",
        "\u{2069}\u{2069}ends that nothing began \u{202e}and an override",
        "(روسیه [و {ایران) 12-34 ]a} \u{2066}\u{2067}\u{2068}",
    ];
    let statements = texts.iter().enumerate().map(|(at, text)| statement(at, text)).collect();
    let content = brief(vec![paragraph(statements)]);
    if let Err(refused) = canonicalize(&content, Scheme::Tlp) {
        let first = &refused.violations[0];
        assert!(first.path.starts_with("sections[0].blocks[0].paragraph.statements["), "{first:?}");
    }
    for language in ["en", "fa"] {
        let content = BriefContent { language: language.to_owned(), ..content.clone() };
        prints_unchecked(
            &format!("isolates-{language}"),
            &content,
            &["an isolate that nothing ends", "and an override"],
        );
    }
}

#[test]
fn a_brief_of_one_word_prints() {
    let content = BriefContent {
        kind: 4,
        title: "Word".to_owned(),
        language: "en".to_owned(),
        ..BriefContent::default()
    };
    prints("one-word", &content, &["Word"]);
}

#[test]
fn an_empty_brief_is_refused_by_validation_and_prints_or_fails_with_a_reason() {
    refused(&BriefContent::default(), "title");
    let error = printed(&BriefContent::default(), &Options::default()).unwrap_err();
    assert!(error.to_string().contains("language"), "{error}");
}

#[test]
fn the_page_limit_stops_a_long_brief_at_the_page_after_it() {
    let text = words(400);
    let content = brief((0..400).map(|number| paragraph(vec![statement(number, &text)])).collect());
    let limits = Limits { max_pages: 50, ..Limits::default() };
    let refused = printed_within(&content, &Options::default(), &limits);
    assert!(matches!(refused, Err(PrintError::TooManyPages { limit: 50 })));
    let limits = Limits { max_pages: 1_000, ..Limits::default() };
    let printed = printed_within(&content, &Options::default(), &limits).unwrap();
    assert!(printed.pages > 300, "{} pages", printed.pages);
}
