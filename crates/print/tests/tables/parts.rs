//! A table that is too wide is set in a narrower type, then in parts that each have the first column.

use chancery_print::testing::struct_text;
use chancery_print::{Options, Paper, TextSize};
use chancery_proto::brief::v1::Source;
use chancery_proto::brief::v1::block::Kind;
use chancery_testkit::pdf;

use crate::samples::{NUMBER, Page, TEXT, block, brief, print_brief, table};

/// Returns the table of a wide matrix: `columns` columns of numbers beside the labels.
fn matrix(language: &str, columns: usize, rows: usize) -> chancery_proto::brief::v1::Table {
    let heads: Vec<String> = (1..=columns).map(|column| format!("Q{column}")).collect();
    let label = if language == "en" { "Port" } else { "بندر" };
    let mut heads: Vec<_> = heads.iter().map(|head| (head.as_str(), NUMBER)).collect();
    heads.insert(0, (label, TEXT));
    let cells: Vec<Vec<String>> = (0..rows)
        .map(|row| {
            let numbers = (1..=columns).map(|column| format!("{}.5", 100_000 + row * 100 + column));
            [format!("{label}_{row}")].into_iter().chain(numbers).collect()
        })
        .collect();
    let cells: Vec<Vec<&str>> = cells.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    table(&heads, &cells)
}

#[test]
fn twelve_columns_stay_in_one_part_in_a_narrower_type() {
    let page = Page::of_table("twelve", "en", matrix("en", 10, 2), &Options::default());
    assert_eq!(page.count("Port_0"), 1);
    assert_eq!(page.count("continued"), 0);
    let tops: Vec<f64> =
        page.words.iter().filter(|word| word.text.starts_with("1000")).map(|word| word.top).collect();
    assert_eq!(tops.len(), 10);
    assert!(tops.iter().all(|top| (top - tops[0]).abs() < 0.1), "{tops:?}");
    let number = page.word("100001.5");
    let digits_per_point = 7.5 / (number.right - number.left);
    assert!(digits_per_point < 0.27, "the type is at least 7 points: {digits_per_point}");
}

#[test]
fn the_source_of_a_table_in_parts_is_below_the_last_one() {
    let mut wide = matrix("en", 29, 2);
    wide.source_id = "src".into();
    let mut content = brief("en", vec![block(Kind::Table(wide))]);
    content.sources = vec![Source {
        id: "src".into(),
        title: "Yearbook of ports".into(),
        short_title: "Portbook".into(),
        ..Source::default()
    }];
    let text = struct_text(&print_brief(&content, &Options::default()).bytes).unwrap();
    assert!(text.matches("Table 1, continued").count() > 1, "{text}");
    assert_eq!(text.matches("Portbook, ").count(), 1, "{text}");
    let (before, _) = text.split_once("Portbook, ").unwrap();
    assert!(before.contains("100129.5"), "it is below the last column: {text}");
}

#[test]
fn thirty_columns_are_parts_with_the_labels_in_each() {
    let mut files = Vec::new();
    for (language, paper, text_size) in [
        ("en", Paper::A4, TextSize::Normal),
        ("en", Paper::Letter, TextSize::Normal),
        ("en", Paper::A4, TextSize::Large),
        ("fa", Paper::A4, TextSize::Normal),
    ] {
        let options = Options { paper, text_size, ..Options::default() };
        let name = format!("thirty-{language}-{paper:?}-{text_size:?}");
        let page = Page::of_table(&name, language, matrix(language, 29, 3), &options);
        let text = struct_text(&page.bytes).unwrap();
        let (label, continued) = if language == "en" {
            ("Port_", "Table 1, continued")
        } else {
            ("بندر_", "ادامهٔ جدول ۱")
        };
        let parts = text.matches(&format!("{label}0")).count();
        assert!(parts > 2 && text.matches(continued).count() == parts - 1, "{name}: {parts} {text}");
        for row in 0..3 {
            assert_eq!(text.matches(&format!("{label}{row}")).count(), parts, "{name}");
            for column in 1..30 {
                let number = format!("{}.5", 100_000 + row * 100 + column);
                assert_eq!(text.matches(&number).count(), 1, "{name}: {number}");
            }
        }
        assert_eq!(text.matches("The caption").count(), 1, "{name}");
        let structure = pdf::structure(&page.file);
        let tables = structure.split("Table (block)").filter(|of| of.contains("Q1") || of.contains("Q2"));
        assert_eq!(tables.filter(|of| of.contains("THead") && of.contains("TBody")).count(), parts, "{name}");
        files.push(page.file);
    }
    pdf::assert_conform("ua1,2a", &files);
}
