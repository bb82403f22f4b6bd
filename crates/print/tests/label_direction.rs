//! The printer's words where they run against the page: English ones in an Urdu brief, which the printer has no words for,
//! and Persian ones in an English brief.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod temporary_files;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use chancery_print::testing::edition;
use chancery_print::{Fonts, Format, Limits, Locale, Options, print};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    AsOf, Block, BriefContent, Citation, KeyJudgment, Likelihood, LikelihoodTerm, Paragraph, Section, Source,
    SourceReliability, Statement,
};

fn brief(language: &str, sentence: &str) -> BriefContent {
    let source = |id: &str| Source {
        id: id.into(),
        title: format!("Report {id}"),
        reliability: SourceReliability::A.into(),
        ..Source::default()
    };
    let cites = |id: &str| Citation { source_id: id.into(), credibility: 1, ..Citation::default() };
    let judgment = KeyJudgment {
        id: "kj".into(),
        statements: vec![Statement { id: "k".into(), text: sentence.into(), ..Statement::default() }],
        likelihood: Some(Likelihood {
            term: LikelihoodTerm::Icd203VeryLikely.into(),
            low_percent: 80,
            high_percent: 95,
            ..Likelihood::default()
        }),
        rests_on: vec!["s".into()],
        ..KeyJudgment::default()
    };
    let statement = Statement {
        id: "s".into(),
        text: sentence.into(),
        citations: vec![cites("one"), cites("two")],
        ..Statement::default()
    };
    let paragraph = Kind::Paragraph(Paragraph { statements: vec![statement] });
    let block = Block { kind: Some(paragraph), ..Block::default() };
    BriefContent {
        title: sentence.into(),
        language: language.into(),
        default_marking: "TLP:CLEAR".into(),
        as_of: Some(AsOf { date: "2025-03-17".into(), ..AsOf::default() }),
        key_judgments: vec![judgment],
        sections: vec![Section {
            id: "sec".into(),
            heading: sentence.into(),
            blocks: vec![block],
            ..Section::default()
        }],
        sources: vec![source("one"), source("two")],
        ..BriefContent::default()
    }
}

fn file(name: &str, content: &BriefContent, locale: Option<Locale>) -> PathBuf {
    let options = Options { format: Format::Standard, locale, ..Options::default() };
    let mut observe = |_| ControlFlow::Continue(());
    let printed = print(&edition(content), &options, &Limits::default(), &Fonts::default(), &mut observe);
    temporary_files::file(&format!("label-direction/{name}.pdf"), &printed.unwrap().bytes)
}

fn urdu() -> PathBuf {
    file("urdu", &brief("ur", "معاہدہ ہونے کا امکان ہے۔"), None)
}

fn english_with_persian_words() -> PathBuf {
    file("english", &brief("en", "A treaty is very likely."), Some(Locale::Persian))
}

/// Returns the left edges of words on one line of the first page, on the line of the first occurrence of the first word
/// that has all of them.
fn left_edges(file: &Path, expected: &[&str]) -> Vec<f64> {
    let (_, _, _, words) = &chancery_testkit::pdf::words(file)[0];
    // Extraction keeps isolates, some of them between words.
    let without_isolates =
        |word: &str| word.replace(|c| matches!(c, '\u{2066}'..='\u{2069}'), "").trim().to_owned();
    let words: Vec<(String, f64, f64)> =
        words.iter().map(|(word, [left, top, ..])| (without_isolates(word), *left, *top)).collect();
    let on_line = |top: f64| -> Option<Vec<f64>> {
        let edge = |word: &&str| {
            let found = words.iter().find(|(of, _, own)| of == *word && (own - top).abs() < 3.0);
            found.map(|(_, left, _)| *left)
        };
        expected.iter().map(edge).collect()
    };
    let lines = words.iter().filter(|(word, ..)| *word == expected[0]).map(|(_, _, top)| *top);
    lines.into_iter().find_map(on_line).unwrap_or_else(|| panic!("{expected:?} is on no line of {words:?}"))
}

/// Returns where the filled part of the only bar has its middle, as a share of the bar from its left edge.
fn filled_part(file: &Path) -> f64 {
    let content = String::from_utf8_lossy(&chancery_testkit::pdf::unpacked(file)).into_owned();
    let rectangles: Vec<(f64, f64)> = content
        .lines()
        .filter_map(|line| {
            let numbers: Vec<f64> = line
                .strip_suffix(" re")?
                .split_whitespace()
                .map_while(|number| number.parse().ok())
                .collect();
            let [x, _, width, height] = numbers.as_slice() else { return None };
            ((height.abs() - 6.5).abs() < 0.01).then_some((x.min(x + width), width.abs()))
        })
        .collect();
    let outline = rectangles.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    let filled = rectangles.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    (filled.0 + filled.1 / 2.0 - outline.0) / outline.1
}

#[test]
fn english_words_in_an_urdu_brief_run_from_left_to_right() {
    let file = urdu();
    for phrase in [
        &["As", "of", "17", "March", "2025"][..],
        &["2", "sources,", "A1"],
        &["very", "likely,\u{a0}80\u{2013}95%"],
        &["Bar:", "0", "to"],
        &["Evidence:", "2", "sources,", "rated"],
    ] {
        let edges = left_edges(&file, phrase);
        assert!(edges.is_sorted(), "{phrase:?} {edges:?}");
    }
}

#[test]
fn persian_words_in_an_english_brief_run_from_right_to_left() {
    // Extraction has Arabic letters in the order of the page.
    let edges = left_edges(&english_with_persian_words(), &["۲", "عبنم", "A1"]);
    assert!(edges.is_sorted_by(|before, after| before > after), "{edges:?}");
}

#[test]
fn bars_run_like_their_axis() {
    let urdu = urdu();
    let axis = left_edges(&urdu, &["0", "100%"]);
    assert!(axis.is_sorted() && filled_part(&urdu) > 0.8, "{axis:?} {}", filled_part(&urdu));
    let english = english_with_persian_words();
    let axis = left_edges(&english, &["۰", "۱۰۰٪"]);
    assert!(axis[0] > axis[1] && filled_part(&english) < 0.2, "{axis:?} {}", filled_part(&english));
}

#[test]
fn both_conform() {
    chancery_testkit::pdf::assert_conform("2a,ua1", &[urdu(), english_with_persian_words()]);
}
