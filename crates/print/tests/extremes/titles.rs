//! Titles and headings of one letter, of a few lines, and of one long word.

use chancery_print::{Format, Options, Paper};
use chancery_proto::brief::v1::{AsOf, BriefContent, LocalizedText, Section};
use chancery_testkit::pdf;

use crate::{Print, SENTENCE, brief, options, paragraph, section, statement};

/// Number of sections: more than a page of contents entries stays below a long title.
const SECTIONS: usize = 12;

fn titles() -> Vec<(&'static str, String)> {
    let words = format!("{SENTENCE} {SENTENCE} {SENTENCE}");
    let cut = |length: usize| words.chars().take(length).collect::<String>().trim_end().to_owned();
    vec![
        ("one-letter", "A".to_owned()),
        ("one-line", cut(60)),
        ("two-lines", cut(120)),
        ("longest", cut(300)),
        ("longer-than-valid", cut(400)),
        ("one-word", "Donaudampfschifffahrtsgesellschaftskapitaen".repeat(6)),
        ("persian", "روسیه و ایران شراکت و محدودیت‌های آن در سال‌های گذشته ".repeat(5).trim().to_owned()),
    ]
}

/// Returns a brief with a title, and headings that begin like it.
fn titled(title: &str) -> BriefContent {
    let heading = |number: usize| {
        let heading: String = title.chars().take(300).collect();
        if number.is_multiple_of(2) { format!("{number} {heading}") } else { format!("Part {number}") }
    };
    let sections: Vec<Section> = (1..=SECTIONS)
        .map(|number| {
            let sentences = vec![statement(&format!("s-{number}"), &SENTENCE.repeat(12))];
            let heading: String = heading(number).chars().take(300).collect();
            section(&format!("sec-{number}"), &heading, vec![paragraph(sentences)])
        })
        .collect();
    let localized = |language: &str| LocalizedText { language: language.to_owned(), text: title.to_owned() };
    BriefContent {
        subtitle: SENTENCE.to_owned(),
        as_of: Some(AsOf { date: "2026-11-28".to_owned(), note: String::new() }),
        localized_titles: ["ar", "de", "fa", "fr", "ru"].map(localized).to_vec(),
        ..brief(title, sections)
    }
}

fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{ad}').collect()
}

/// Returns the words of a page whose lower edges are between two distances from the paper's top.
fn band(print: &Print, page: usize, from: f64, to: f64) -> Vec<(String, [f64; 4])> {
    let words = &print.pages[page].3;
    words.iter().filter(|(_, edges)| edges[3] > from && edges[3] <= to).cloned().collect()
}

fn joined(words: &[(String, [f64; 4])]) -> String {
    words.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_title_is_printed_whole_and_leaves_room_for_the_facts_of_head_and_footer() {
    let mut files = Vec::new();
    for (name, title) in titles() {
        for format in [Format::Full, Format::Standard] {
            for paper in [Paper::A4, Paper::Letter] {
                let options = Options { paper, ..options(format) };
                let label = format!("title-{name}-{format:?}-{paper:?}").to_lowercase();
                let print = Print::new(&label, &titled(&title), &options);
                assert!(compact(&print.text()).contains(&compact(&title)), "{label}");
                for page in 1..print.pages.len() {
                    let height = print.pages[page].2;
                    let head = joined(&band(&print, page, 0.0, 50.0));
                    let foot = joined(&band(&print, page, height - 55.0, height)).to_lowercase();
                    assert!(head.contains(" \u{b7} "), "{label}, page {}: {head}", page + 1);
                    let facts = ["28 november 2026", "revision 2"];
                    assert!(
                        facts.iter().all(|fact| foot.contains(fact)),
                        "{label}, page {}: {foot}",
                        page + 1
                    );
                }
                files.push(print.file);
            }
        }
    }
    pdf::assert_conform("ua1,2a", &files);
}

#[test]
fn the_contents_of_long_headings_stay_together() {
    for (name, title) in titles() {
        let print = Print::new(&format!("contents-{name}"), &titled(&title), &options(Format::Full));
        let text: Vec<String> = pdf::page_texts(&print.file, pdf::A4_COLUMNS);
        let pages: Vec<usize> =
            (0..text.len()).filter(|page| text[*page].contains("About this brief")).collect();
        assert!(!pages.is_empty(), "{name}");
        // Either the contents fit below the title, or they have their page and more than a line on it.
        let first = text.iter().position(|page| page.contains("Contents")).unwrap();
        let entries = |page: usize| text[page].matches("Part ").count();
        let on_next = text[first + 1].split("Part 1 ").next().unwrap_or_default();
        assert!(entries(first) >= 2, "{name}: the heading of the contents has its entries: {}", text[first]);
        assert!(on_next.is_empty() || on_next.len() > 40, "{name}: {on_next}");
    }
}

#[test]
fn one_page_has_room_for_a_long_title() {
    let mut files = Vec::new();
    for (name, title) in titles() {
        let content = BriefContent { localized_titles: Vec::new(), ..titled(&title) };
        let print = Print::new(&format!("one-page-{name}"), &content, &options(Format::OnePage));
        assert!(compact(&print.text()).contains(&compact(&title)), "{name}");
        assert_eq!(print.pages.len(), 1);
        files.push(print.file);
    }
    pdf::assert_conform("ua1,2a", &files);
}
