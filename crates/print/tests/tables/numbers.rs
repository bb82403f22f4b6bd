//! Numbers of a column are aligned at the end of their integer parts and never broken.

use chancery_print::{Options, TextSize};

use crate::samples::{NUMBER, Page, TEXT, Word, table};

/// Checks that words begin with so many digits left of one position, given the width of a digit.
fn assert_aligned(page: &Page, digit: f64, numbers: &[(&str, u8)]) {
    let edges: Vec<f64> =
        numbers.iter().map(|(text, digits)| page.word(text).left + digit * f64::from(*digits)).collect();
    let spread =
        edges.iter().copied().fold(f64::MIN, f64::max) - edges.iter().copied().fold(f64::MAX, f64::min);
    assert!(spread < 0.05, "{numbers:?} {edges:?}");
}

fn width(word: &Word) -> f64 {
    word.right - word.left
}

#[test]
fn decimal_points_are_below_each_other() {
    let rows = [
        vec!["A", "4.9", "5 %"],
        vec!["B", "12", "12.25 %"],
        vec!["C", "103.125", "n/a"],
        vec!["D", "77", "\u{2014}"],
        vec!["E", "8.8\u{b9}", "999 %"],
    ];
    let columns = [("What", TEXT), ("Value", NUMBER), ("Share", NUMBER)];
    for text_size in [TextSize::Normal, TextSize::Large] {
        let options = Options { text_size, ..Options::default() };
        let page = Page::of_table("decimals", "en", table(&columns, &rows), &options);
        let digit = width(page.word("12")) / 2.0;
        assert_aligned(&page, digit, &[("4.9", 1), ("12", 2), ("103.125", 3), ("77", 2), ("8.8\u{b9}", 1)]);
        assert_aligned(&page, digit, &[("5", 1), ("12.25", 2), ("999", 3)]);
        let (number, percent) = (page.word("999"), page.all("%").last().unwrap());
        assert!(percent.left > number.right && (percent.top - number.top).abs() < 0.1);
        assert!(page.word("n/a").left > page.word("103.125").right, "it is in its own column");
        let ends = ["n/a", "\u{2014}"].map(|text| page.word(text).right);
        assert!((ends[0] - ends[1]).abs() < 0.5, "cells without a digit are at the column's end: {ends:?}");
    }
}

#[test]
fn signs_ranges_and_exponents_do_not_disturb_the_alignment() {
    let numbers = [
        "11",
        "\u{2212}1.1",
        "$ 11\u{2013}1.11 bn",
        "<1",
        "1.1\u{d7}10\u{2076}",
        "\u{20ac}\u{a0}111",
        "1,111.1",
    ];
    let rows: Vec<_> = numbers.iter().map(|number| vec!["Row", *number]).collect();
    let page = Page::of_table(
        "signs",
        "en",
        table(&[("What", TEXT), ("Value", NUMBER)], &rows),
        &Options::default(),
    );
    let digit = width(page.word("11")) / 2.0;
    let point = page.word("11").right;
    let fraction_of = |text: &str, after: f64| (page.word(text).right - after * digit - point).abs();
    // The period is about half as wide as a digit.
    let period = width(page.word("\u{2212}1.1")) - width(page.word("&lt;1")) - digit;
    assert!(period < digit, "signs have the width of a digit in tabular figures");
    assert!(fraction_of("&lt;1", 0.0) < 0.05 && fraction_of("111", 0.0) < 0.05);
    assert!(fraction_of("\u{2212}1.1", 1.0) - period < 0.05 && fraction_of("1,111.1", 1.0) - period < 0.05);
    assert!(fraction_of("11\u{2013}1.11", 2.0) - period < 0.05);
}

#[test]
fn a_decimal_comma_is_aligned_where_the_language_has_one() {
    let rows = [vec!["A", "4,9"], vec!["B", "1\u{a0}234,25"], vec!["C", "12"]];
    let page = Page::of_table(
        "comma",
        "ru",
        table(&[("Что", TEXT), ("Сколько", NUMBER)], &rows),
        &Options::default(),
    );
    let digit = width(page.word("12")) / 2.0;
    assert_aligned(&page, digit, &[("4,9", 1), ("234,25", 3), ("12", 2)]);
}

#[test]
fn numbers_of_a_right_to_left_table_are_aligned_and_at_the_end_of_their_column() {
    let rows = [vec!["الف", "11"], vec!["ب", "1.1"], vec!["پ", "111.11"]];
    let page =
        Page::of_table("rtl", "fa", table(&[("چه", TEXT), ("مقدار", NUMBER)], &rows), &Options::default());
    let digit = width(page.word("11")) / 2.0;
    assert_aligned(&page, digit, &[("11", 2), ("1.1", 1), ("111.11", 3)]);
}

#[test]
fn no_number_is_broken_or_divided_from_its_unit() {
    let digits = |count: usize| -> String { "1234567890".chars().cycle().take(count).collect() };
    let long = [digits(3), digits(12), digits(25), digits(40), format!("{}.{}", digits(20), digits(15))];
    for columns in [2, 4, 8] {
        let heads = vec![("A long heading of a column", NUMBER); columns - 1];
        let heads = [vec![("What", TEXT)], heads].concat();
        let spaced = "EUR 12 345 678,25 million";
        let mut rows: Vec<Vec<&str>> =
            long.iter().map(|number| [vec!["Row"], vec![&**number; columns - 1]].concat()).collect();
        rows.push([vec!["Unit"], vec![spaced; columns - 1]].concat());
        for text_size in [TextSize::Normal, TextSize::Large] {
            let options = Options { text_size, ..Options::default() };
            let page = Page::of_table("long-numbers", "en", table(&heads, &rows), &options);
            for number in &long {
                assert_eq!(page.count(number), columns - 1, "{number} {columns} {text_size:?}");
            }
            for unit in page.all("million") {
                let is_beside = |word: &&Word| (word.top - unit.top).abs() < 0.1 && word.right < unit.left;
                let number = page.all("678,25").filter(is_beside).map(|word| word.right).fold(0.0, f64::max);
                assert!(unit.left - number < 6.0, "{unit:?} {number}");
            }
            assert_eq!(page.count("million"), columns - 1);
        }
    }
}

#[test]
fn a_sentence_in_a_number_column_is_set_in_lines() {
    let sentence = "not reported by 12 of the 27 ministries in any of the quarters of the year ".repeat(60);
    let rows = [vec!["A", "4.9"], vec!["B", &*sentence]];
    let page = Page::of_table(
        "sentence",
        "en",
        table(&[("What", TEXT), ("Value", NUMBER)], &rows),
        &Options::default(),
    );
    assert_eq!(page.count("ministries"), 60);
    assert!(page.words.iter().all(|word| word.right < 534.0));
    let rows = [vec!["A", "4.9", "First"], vec!["B", "12.25", "Second"], vec!["C", &*sentence, "Third"]];
    let columns = [("What", TEXT), ("Value", NUMBER), ("Remark", TEXT)];
    let page = Page::of_table("sentence-beside", "en", table(&columns, &rows), &Options::default());
    assert_eq!((page.count("What"), page.count("Remark")), (1, 1), "the table is not divided");
    let digit = width(page.word("12.25")) / 4.5;
    assert_aligned(&page, digit, &[("4.9", 1), ("12.25", 2)]);
}
