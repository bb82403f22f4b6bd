//! Tables and rows that continue on further pages.

use chancery_print::testing::struct_text;
use chancery_print::{Options, TextSize};
use chancery_testkit::pdf;

use crate::samples::{NUMBER, Page, TEXT, table};

#[test]
fn a_table_of_300_rows_repeats_its_head_below_its_number_on_each_page() {
    let rows: Vec<[String; 2]> = (0..300).map(|row| [format!("Row_{row}"), format!("{row}.5")]).collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let table = table(&[("Label", TEXT), ("Amount", NUMBER)], &rows);
    let mut files = Vec::new();
    for (language, continued, word) in [
        ("en", "Table 1, continued", "continued"),
        ("ru", "Продолжение таблицы 1", "Продолжение"),
        ("fa", "ادامهٔ جدول ۱", "جدول"),
        ("ar", "تابع الجدول ١", "تابع"),
    ] {
        let page = Page::of_table(&format!("rows-{language}"), language, table.clone(), &Options::default());
        let pages = |text: &str| -> Vec<usize> { page.all(text).map(|word| word.page).collect() };
        let first = page.word("Row_0").page;
        let last = page.word("Row_299").page;
        assert!(last > first + 3, "{language}");
        assert_eq!(pages("Amount"), (first..=last).collect::<Vec<_>>(), "{language}");
        let read = pdf::page_texts(&page.file, pdf::A4_COLUMNS);
        for (number, read) in (1..).zip(&read).filter(|(number, _)| (first + 1..=last).contains(number)) {
            assert!(read.contains(word), "{language} page {number}: {read}");
        }
        let text = struct_text(&page.bytes).unwrap();
        assert!(!text.contains(continued) && text.matches("Amount").count() == 1, "{language}: artifacts");
        files.push(page.file);
    }
    pdf::assert_conform("ua1,2a", &files);
}

#[test]
fn a_row_that_continues_repeats_its_label() {
    let text = "Ministries reported steady volumes through the corridor. ".repeat(90);
    let rows =
        [vec!["Toll", "Short."], vec!["Inspection", &*text], vec!["Quota", &*text], vec!["Levy", "Short."]];
    for row_headers in [true, false] {
        for text_size in [TextSize::Normal, TextSize::Large] {
            let mut table = table(&[("Measure", TEXT), ("Detail", TEXT)], &rows);
            table.row_headers = row_headers;
            let options = Options { text_size, ..Options::default() };
            let page = Page::of_table("tall-rows", "en", table, &options);
            let continued = page.words.iter().filter(|word| word.text == "Measure").skip(1);
            for head in continued {
                let below =
                    |word: &&crate::samples::Word| word.page == head.page && word.top > head.top + 4.0;
                let label = page.words.iter().filter(below).min_by(|a, b| a.top.total_cmp(&b.top)).unwrap();
                let labels: Vec<_> = page
                    .words
                    .iter()
                    .filter(below)
                    .filter(|word| (word.top - label.top).abs() < 1.5)
                    .collect();
                let is_label = |text: &str| ["Inspection", "Quota", "Levy"].contains(&text);
                assert!(labels.iter().any(|word| is_label(&word.text)), "{labels:?}");
            }
            let read = struct_text(&page.bytes).unwrap();
            for label in ["Toll", "Inspection", "Quota", "Levy"] {
                assert_eq!(read.matches(label).count(), 1, "{label}: {read}");
            }
            assert!(page.count("Inspection") > 1 || page.count("Quota") > 1);
        }
    }
}

#[test]
fn a_tall_row_does_not_leave_the_page_before_it_blank() {
    let text = "Ministries reported steady volumes through the corridor. ".repeat(70);
    let rows = [vec!["Toll", "Short."], vec!["Inspection", &*text], vec!["Quota", &*text]];
    let columns = [("Measure", TEXT), ("State", TEXT), ("Detail", TEXT)];
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| vec![row[0], "In force", row[1]]).collect();
    let page = Page::of_table("no-blank", "en", table(&columns, &rows), &Options::default());
    let last = page.words.iter().map(|word| word.page).max().unwrap();
    let first = page.word("Toll").page;
    for number in first..last {
        let body = page.words.iter().filter(|word| word.page == number && word.top < 770.0);
        let bottom = body.map(|word| word.top).fold(0.0, f64::max);
        assert!(bottom > 500.0, "page {number} ends at {bottom}");
    }
}
