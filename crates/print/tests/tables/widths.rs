//! A table is as wide as its content, and at most as wide as the page's columns.

use chancery_print::{Options, Paper, TextSize};

use crate::samples::{NUMBER, Page, TEXT, table};

/// The page's columns on A4 and on Letter.
const COLUMNS: [(Paper, f64, f64); 2] = [(Paper::A4, 62.3, 533.0), (Paper::Letter, 70.7, 541.4)];

#[test]
fn a_narrow_table_keeps_its_numbers_beside_their_labels() {
    let rows = [vec!["2022", "4.9"], vec!["2023", "4.0"], vec!["2024", "14.8"]];
    for row_headers in [true, false] {
        let mut table = table(&[("Year", TEXT), ("Value", NUMBER)], &rows);
        table.row_headers = row_headers;
        let page = Page::of_table("narrow", "en", table, &Options::default());
        for row in &rows {
            let (label, number) = (page.word(row[0]), page.word(row[1]));
            assert!((label.top - number.top).abs() < 0.1, "{label:?} {number:?}");
            assert!(number.left - label.right < 35.0, "{label:?} {number:?}");
        }
    }
}

#[test]
fn a_column_of_names_is_not_squeezed_by_a_column_of_sentences() {
    let sentence = "Ministries reported steady volumes through the corridor in the third quarter. ".repeat(5);
    let rows = [vec!["Inspection_of_older_ships", &*sentence], vec!["Toll", "Short."]];
    let page = Page::of_table(
        "names",
        "en",
        table(&[("Measure", TEXT), ("Detail", TEXT)], &rows),
        &Options::default(),
    );
    let label = page.word("Inspection_of_older_ships");
    let first = page.all("Ministries").next().unwrap();
    assert!((label.top - first.top).abs() < 1.0 && first.left - label.right < 12.0, "{label:?} {first:?}");
    let right =
        page.words.iter().filter(|word| word.top > label.top).map(|word| word.right).fold(0.0, f64::max);
    assert!(right > 500.0, "the sentences use the page: {right}");
}

#[test]
fn no_table_leaves_the_columns_and_no_word_of_usual_length_is_broken() {
    let long = format!("https://example.org/{}", "x".repeat(300));
    let text = "Conscientiousness ".repeat(280);
    for columns in [1, 2, 5, 12] {
        for (cell, what) in [("Interdepartmental", "word"), (&*long, "address"), (&*text, "text")] {
            let heads: Vec<String> = (0..columns).map(|column| format!("Head{column}")).collect();
            let heads: Vec<_> = heads.iter().map(|head| (head.as_str(), TEXT)).collect();
            let mut row = vec!["Short"; columns];
            row[columns - 1] = cell;
            let table = table(&heads, &[row.clone(), row]);
            for (paper, left, right) in COLUMNS {
                for text_size in [TextSize::Normal, TextSize::Large] {
                    let options = Options { paper, text_size, ..Options::default() };
                    let page = Page::of_table(&format!("{what}-{columns}"), "en", table.clone(), &options);
                    for word in page.words.iter().filter(|word| word.text != "TLP:CLEAR") {
                        assert!(
                            word.left >= left - 1.0 && word.right <= right + 4.0,
                            "{what} {columns} {word:?}"
                        );
                    }
                    if what == "word" {
                        assert_eq!(page.count(cell), 2, "{columns} {text_size:?}");
                    }
                }
            }
        }
    }
}
