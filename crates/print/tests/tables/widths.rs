//! A table is as wide as its content, and at most as wide as the page's columns.

use chancery_print::{Options, Paper, TextSize};
use chancery_proto::brief::v1::{TableRow, Withheld};
use chancery_testkit::pdf;

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
fn a_column_is_as_wide_as_its_heading() {
    let rows = [vec!["1", "2", "3"]];
    let columns = [("Interdepartmental", TEXT), ("Transshipments", NUMBER), ("Reclassification", TEXT)];
    let page = Page::of_table("headings", "en", table(&columns, &rows), &Options::default());
    for (heading, _) in columns {
        let word = page.word(heading);
        assert!(word.right - word.left > 45.0, "{word:?} is on one line");
    }
}

#[test]
fn a_long_address_in_one_column_does_not_narrow_the_type_of_the_others() {
    let address = format!("https://example.org/{}", "x".repeat(300));
    let width = |other: &str| {
        let columns = [("Measure", TEXT), ("Detail", TEXT)];
        let page = Page::of_table(
            "address",
            "en",
            table(&columns, &[vec!["Inspection", other]]),
            &Options::default(),
        );
        let word = page.word("Inspection");
        word.right - word.left
    };
    assert!((width(&address) - width("Short")).abs() < 0.05);
}

#[test]
fn a_first_column_has_room_for_the_markings_and_the_bars_of_its_rows() {
    let rows = [vec!["Toll", "First"], vec!["Levy", "Second"]];
    let page = |name: &str, change: fn(&mut TableRow)| {
        let mut table = table(&[("A", TEXT), ("Detail", TEXT)], &rows);
        change(&mut table.rows[1]);
        Page::of_table(name, "en", table, &Options::default())
    };
    let plain = page("first-plain", |_| {}).word("First").left;
    let marked = page("first-marked", |row| row.marking = "TLP:AMBER".into());
    assert!((marked.word("(TLP:AMBER)").top - marked.word("Levy").top).abs() < 2.0, "{:?}", marked.words);
    assert!(marked.word("First").left > plain + 20.0);
    let withheld = page("first-withheld", |row| {
        row.cells.clear();
        row.withheld = Some(Withheld::default());
    });
    assert!(withheld.word("First").left > plain + 4.0, "the bar is wider than the label");
    let figures = pdf::structure(&withheld.file).matches("Figure").count();
    assert_eq!(figures, 1, "a withheld row has one bar");
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
