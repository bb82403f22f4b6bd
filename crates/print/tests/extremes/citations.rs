//! Marks of many citations on one sentence.

use chancery_proto::brief::v1::{BriefContent, Citation, Source};
use chancery_testkit::pdf;

use crate::{Print, SENTENCE, brief, long_formats, paragraph, section, statement};

const COUNTS: [usize; 5] = [1, 2, 12, 60, 300];

fn source(number: usize) -> Source {
    Source {
        id: format!("src-{number}"),
        title: format!("Report {number}"),
        publisher: "Agency".to_owned(),
        ..Source::default()
    }
}

fn cites(numbers: impl Iterator<Item = usize>) -> Vec<Citation> {
    numbers.map(|number| Citation { source_id: format!("src-{number}"), ..Citation::default() }).collect()
}

/// Returns a brief whose last sentence cites `count` sources: every one, or every second of twice as many.
fn citing(count: usize, step: usize) -> BriefContent {
    let mut first = statement("s-1", "All of them.");
    first.citations = cites(1..=count * step);
    let mut last = statement("s-2", &format!("{SENTENCE} Marked."));
    last.citations = cites((1..=count * step).step_by(step));
    let blocks = vec![paragraph(vec![first]), paragraph(vec![last])];
    let sources = (1..=count * step).map(source).collect();
    BriefContent { sources, ..brief("Citations", vec![section("sec", "Body", blocks)]) }
}

/// Returns the printed marks after the word "Marked", line by line.
fn marks(print: &Print) -> Vec<String> {
    let text = pdf::extracted_text(&print.file);
    let (_, after) = text.split_once("Marked.").unwrap();
    let is_mark = |line: &&str| {
        let line = line.trim();
        !line.is_empty()
            && line.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '\u{2013}' | '\u{200b}'))
    };
    // The names beside the paragraph or below it follow; the footer of a page may be in between.
    let of_paragraph = after.lines().take_while(|line| !line.contains("Agency"));
    of_paragraph.filter(is_mark).map(|line| line.trim().replace('\u{200b}', "")).collect()
}

#[test]
fn a_row_of_sources_is_a_range() {
    let mut files = Vec::new();
    for (format, options) in long_formats() {
        for count in COUNTS {
            let print = Print::new(&format!("row-{count}-{format}"), &citing(count, 1), &options);
            let expected = match count {
                1 => "1".to_owned(),
                2 => "1,2".to_owned(),
                _ => format!("1\u{2013}{count}"),
            };
            assert_eq!(marks(&print), [expected], "{format}");
            files.push(print.file);
        }
    }
    pdf::assert_conform("ua1,2a", &files);
}

#[test]
fn every_second_source_has_its_own_mark_and_none_is_divided() {
    let mut files = Vec::new();
    for (format, options) in long_formats() {
        for count in COUNTS {
            let print = Print::new(&format!("second-{count}-{format}"), &citing(count, 2), &options);
            let lines = marks(&print);
            let numbers: Vec<usize> = lines
                .iter()
                .flat_map(|line| line.split(','))
                .filter(|mark| !mark.is_empty())
                .map(|mark| mark.parse().unwrap())
                .collect();
            let expected: Vec<usize> = (1..=count * 2).step_by(2).collect();
            assert_eq!(numbers, expected, "{format}");
            // A line of marks ends after a comma, not before one.
            let (last, others) = lines.split_last().unwrap();
            assert!(others.iter().all(|line| line.ends_with(',')) && !last.starts_with(','), "{lines:?}");
            files.push(print.file);
        }
    }
    pdf::assert_conform("ua1,2a", &files);
}

#[test]
fn numbers_of_hundreds_of_sources_are_not_divided() {
    for (format, options) in long_formats() {
        let print = Print::new(&format!("hundreds-{format}"), &citing(60, 2), &options);
        let words = pdf::words(&print.file).into_iter().flat_map(|(_, _, _, words)| words);
        let at_left: Vec<String> =
            words.filter(|(_, [left, ..])| *left < 75.0).map(|(word, _)| word).collect();
        for number in 100..=120 {
            assert!(at_left.contains(&number.to_string()), "{format}: {number}");
        }
    }
}
