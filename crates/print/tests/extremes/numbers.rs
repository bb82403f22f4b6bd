//! Numbers in running text and in cells: no line break divides one from its groups, sign, currency or unit.

use chancery_proto::brief::v1::{Table, TableCell, TableColumn, TableRow, block::Kind};
use chancery_testkit::pdf;

use crate::{Print, brief, long_formats, paragraph, section, statement};

const NUMBERS: [&str; 14] = [
    "1,234.5",
    "12.345,67",
    "12 345 678,90 €",
    "12\u{a0}345\u{a0}678",
    "12\u{2009}345\u{2009}678",
    "\u{2212}0.125 %",
    "5 %",
    "$ 3\u{2013}5 bn",
    "USD 12 million",
    "1.2 × 10⁶ km²",
    "2024/25",
    "1991\u{2013}2026",
    "20 °C",
    "5 млрд",
];

/// Returns a sentence whose filler moves the number over all places of a line.
fn sentences(number: &str) -> String {
    let filler = ["a", "at", "the", "once", "about", "nearly", "between"];
    let sentence = |count: usize| {
        let words: Vec<&str> = filler.iter().cycle().skip(count).take(6 + count % 9).copied().collect();
        format!("{} {number} then", words.join(" "))
    };
    (0..60).map(sentence).collect::<Vec<_>>().join(" ")
}

/// Returns a text without spaces: readers see a thin space as none.
fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn no_line_divides_a_number_or_parts_it_from_its_unit() {
    let mut files = Vec::new();
    for (format, options) in long_formats() {
        for (index, number) in NUMBERS.iter().enumerate() {
            let text = sentences(number);
            let cell = TableCell { text: format!("{number} or {number} and then {number}") };
            let table = Table {
                caption: "Figures".to_owned(),
                columns: vec![TableColumn { heading: "A".to_owned(), ..TableColumn::default() }; 5],
                rows: vec![TableRow { cells: vec![cell; 5], ..TableRow::default() }],
                ..Table::default()
            };
            let mut table_block = paragraph(Vec::new());
            table_block.kind = Some(Kind::Table(table));
            let blocks = vec![paragraph(vec![statement("s-1", &text)]), table_block];
            let content = brief("Numbers", vec![section("sec", "Body", blocks)]);
            let print = Print::new(&format!("numbers-{index}-{format}"), &content, &options);
            // Poppler ends a line of text where the page does; cells of a row end lines too.
            let on_lines: usize = pdf::extracted_text(&print.file)
                .lines()
                .map(|line| plain(line).matches(&plain(number)).count())
                .sum();
            let printed = plain(&print.text()).matches(&plain(number)).count();
            assert!(printed >= 75, "{number}, {format}: {printed}");
            assert_eq!(on_lines, printed, "{number}, {format}");
            if index % 5 == 0 {
                files.push(print.file);
            }
        }
    }
    pdf::assert_conform("ua1,2a", &files);
}
