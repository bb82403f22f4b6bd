//! Content is the same after it was written and read.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod support;

use chancery_brief::arbitrary;
use chancery_brief::marking::Scheme;
use chancery_brief::validate::canonicalize;
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Block, BriefContent, BriefKind, Callout, Citation, CitationRole, DatePrecision, Indicator, Paragraph,
    Quote, RelationshipStatus, Section, Source, Statement, StatementType,
};
use chancery_text::{Context, Exchange, Positions, Reading, format, read, write};
use proptest::prelude::*;
use support::examples;

fn read_without_problems(text: &str) -> Reading {
    let reading = read(text, &Context::default());
    assert!(reading.diagnostics.is_empty(), "{:#?}\n{text}", reading.diagnostics);
    reading
}

/// Writes and reads content, and compares it in canonical form and the text with that of a second pass.
fn assert_round_trip(content: &BriefContent, scheme: Scheme) {
    let expected = canonicalize(content, scheme).unwrap();
    let exchange = Exchange { scheme, ..Exchange::default() };
    for written in [content, expected.content()] {
        let text = write(written, &exchange);
        let reading = read_without_problems(&text);
        let actual = canonicalize(&reading.content, scheme)
            .unwrap_or_else(|invalid| panic!("{:#?}\n{text}", invalid.violations));
        assert_same(actual.content(), expected.content(), &text);
        assert_eq!(reading.exchange, exchange);
        assert_eq!(write(&reading.content, &exchange), text, "the second text differs");
    }
}

fn assert_same(actual: &BriefContent, expected: &BriefContent, text: &str) {
    if actual == expected {
        return;
    }
    let (actual, expected) = (format!("{actual:#?}"), format!("{expected:#?}"));
    let differences: Vec<String> = actual
        .lines()
        .zip(expected.lines())
        .filter(|(actual, expected)| actual != expected)
        .take(10)
        .map(|(actual, expected)| format!("{} instead of {}", actual.trim(), expected.trim()))
        .collect();
    panic!("{differences:#?}\n{text}");
}

#[test]
fn the_examples_are_the_same() {
    let examples = examples();
    assert_eq!(examples.len(), 8);
    for (file, content) in examples {
        println!("{}", file.display());
        assert_round_trip(&content, Scheme::Tlp);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_content_is_the_same((content, scheme) in arbitrary::written()) {
        assert_round_trip(&content, scheme);
    }
}

#[test]
fn an_authored_text_is_read_as_valid_content() {
    let text = include_str!("red-sea.brief.md");
    let reading = read_without_problems(text);
    let canonical = canonicalize(&reading.content, Scheme::Tlp).unwrap();
    let content = canonical.content();
    assert_eq!(format(text, &Context::default()).text, text);
    assert_eq!((content.bluf.len(), content.key_judgments.len(), content.sections.len()), (1, 1, 1));
    assert_eq!(content.bluf[0].r#type(), StatementType::Forecast);
    assert_eq!(content.bluf[0].citations[0].locator, "ch. 2");
    assert_eq!(content.bluf[0].citations[1].role(), CitationRole::Corroborates);
    assert_eq!(content.key_judgments[0].rests_on, ["s-04", "s-05"]);
    let Some(Kind::Paragraph(paragraph)) = &content.sections[0].blocks[0].kind else {
        panic!("no paragraph")
    };
    let types: Vec<StatementType> = paragraph.statements.iter().map(Statement::r#type).collect();
    assert_eq!(
        types,
        [
            StatementType::Fact,
            StatementType::Assessment,
            StatementType::Assessment,
            StatementType::Assessment
        ]
    );
    assert_eq!(paragraph.statements[0].spans.len(), 1);
    assert_eq!(paragraph.statements[1].likelihood.as_ref().unwrap().high_percent, 75);
    assert_eq!(paragraph.statements[2].marking, "TLP:GREEN");
    assert_eq!(content.events[0].precision(), DatePrecision::Day);
    assert_eq!(content.relationships[0].status(), RelationshipStatus::Active);
    assert_eq!(content.scenarios.iter().map(|scenario| scenario.percent).sum::<u32>(), 100);
    assert_eq!(content.indicators[0].meaning, "Insurers expect calm");
    assert_round_trip(&reading.content, Scheme::Tlp);
}

#[test]
fn every_path_of_validation_leads_to_its_line() {
    let text = include_str!("red-sea.brief.md")
        .replace("actors: houthis}", "actors: huthis}")
        .replace("rests-on: s-03}", "rests-on: s-33}")
        .replace("date: 2026-11,", "date: 2026-13,")
        .replace("| 2024 | 34 | 6 |", "| 2024 | 34 |")
        .replace("{highlight: e-1}", "{highlight: e-9}")
        .replace("^s-06", "^s-05");
    let reading = read(&text, &Context::default());
    let invalid = canonicalize(&reading.content, Scheme::Tlp).unwrap_err();
    let positions = Positions::new(&text);
    let located: Vec<(usize, &str)> = invalid
        .violations
        .iter()
        .map(|violation| reading.paths.find(&violation.path))
        .map(|range| (positions.of(range.start).line, range.of(&text)))
        .collect();
    let expected =
        [(21, "huthis"), (23, "s-05"), (28, "| 2024 | 34 |"), (33, "e-9"), (36, "s-33"), (6, "2026-13")];
    assert_eq!(located, expected, "{:#?}", invalid.violations);
}

#[test]
fn the_type_of_a_sentence_is_kept_whatever_its_words() {
    const TEXTS: [&str; 7] = [
        "It fell.",
        "It will fall.",
        "It might fall (TLP:RED) soon.",
        "It is very likely to fall.",
        "Порт, вероятно, будет закрыт.",
        "بندر بسته خواهد شد.",
        "من المرجح أن يغلق الميناء.",
    ];
    const TYPES: [StatementType; 4] =
        [StatementType::Fact, StatementType::Assessment, StatementType::Forecast, StatementType::Narrative];
    for language in ["en", "en-GB", "ru", "fa-IR", "ar", "de"] {
        let mut statements = Vec::new();
        for (text, kind) in TEXTS.iter().flat_map(|text| TYPES.map(|kind| (*text, kind))) {
            for has_source in [true, false] {
                let mut statement = Statement { text: text.to_owned(), ..Statement::default() };
                statement.set_type(kind);
                let citation = Citation { source_id: "a".to_owned(), ..Citation::default() };
                statement.citations.extend(has_source.then_some(citation));
                statements.push(statement);
            }
        }
        let mut number = 0;
        let mut numbered = || {
            let mut statements = statements.clone();
            for statement in &mut statements {
                number += 1;
                statement.id = format!("s-{number}");
            }
            statements
        };
        let kinds = [
            Kind::Paragraph(Paragraph { statements: numbered() }),
            Kind::Callout(Callout { title: "Note".to_owned(), statements: numbered() }),
            Kind::Quote(Quote { statements: numbered(), attribution: "A minister".to_owned() }),
        ];
        let blocks = kinds.map(|kind| Block { kind: Some(kind), ..Block::default() });
        let section = Section {
            id: "h".to_owned(),
            heading: "H".to_owned(),
            blocks: blocks.into(),
            ..Section::default()
        };
        let mut content = BriefContent {
            title: "T".to_owned(),
            language: language.to_owned(),
            bluf: numbered(),
            sources: vec![Source { id: "a".to_owned(), title: "A".to_owned(), ..Source::default() }],
            sections: vec![section],
            ..BriefContent::default()
        };
        content.set_kind(BriefKind::Thematic);
        assert_round_trip(&content, Scheme::Tlp);
    }
}

#[test]
fn texts_that_read_as_marks_are_kept() {
    let text = "It fell, (TLP:RED) and (tlp:amber) and (C) and (S).";
    for scheme in Scheme::ALL {
        let indicators = ["- One", "* Two", "12. Three", "2026. Four", "+", "Five (TLP:RED) (S) here"];
        let indicators = indicators.iter().enumerate().map(|(number, text)| Indicator {
            id: format!("ind-{number}"),
            text: (*text).to_owned(),
            ..Indicator::default()
        });
        let mut statement = Statement { id: "s-1".to_owned(), text: text.to_owned(), ..Statement::default() };
        statement.set_type(StatementType::Assessment);
        let section = Section { id: "h".to_owned(), heading: text.to_owned(), ..Section::default() };
        let caption =
            Statement { id: "s-2".to_owned(), text: "Table 1: all of it.".to_owned(), ..statement.clone() };
        let mut content = BriefContent {
            title: "T".to_owned(),
            language: "en".to_owned(),
            bluf: vec![statement, caption],
            indicators: indicators.collect(),
            sections: vec![section],
            ..BriefContent::default()
        };
        content.set_kind(BriefKind::Thematic);
        assert_round_trip(&content, scheme);
    }
}
