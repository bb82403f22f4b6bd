//! Numbers in the captions of figures and tables.

use chancery_print::testing::struct_text;
use chancery_print::{Locale, Options, TextSize};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{Domain, Figure, FigureKind, KeyJudgment, Likelihood, LikelihoodTerm, Trend};
use chancery_testkit::{content, pdf};

use crate::samples::{NUMBER, Page, TEXT, block, brief, print_brief, table};

fn figure(kind: FigureKind, title: &str) -> Kind {
    Kind::Figure(Figure { kind: kind.into(), title: title.into(), ..Figure::default() })
}

/// Returns a brief with two figures and two tables between ones without data.
fn numbered(language: &str) -> chancery_proto::brief::v1::BriefContent {
    let data = || Kind::Table(table(&[("A", TEXT), ("B", NUMBER)], &[vec!["C", "1"]]));
    let mut without_rows = table(&[("A", TEXT)], &[]);
    without_rows.caption = "No rows".into();
    let blocks = [
        figure(FigureKind::Timeline, "No events"),
        figure(FigureKind::DomainTrends, "Trends"),
        Kind::Table(without_rows),
        data(),
        figure(FigureKind::Likelihoods, "Odds"),
        data(),
    ];
    let domain =
        Domain { id: "d".into(), name: "Trade".into(), trend: Trend::Rising.into(), ..Domain::default() };
    let likelihood = Likelihood {
        term: LikelihoodTerm::Icd203Likely.into(),
        low_percent: 55,
        high_percent: 80,
        ..Likelihood::default()
    };
    let judgment = KeyJudgment {
        id: "kj".into(),
        statements: vec![content::statement("kj-s", "It will grow.")],
        likelihood: Some(likelihood),
        ..KeyJudgment::default()
    };
    let mut content = brief(language, blocks.into_iter().map(block).collect());
    content.domains = vec![domain];
    content.key_judgments = vec![judgment];
    content
}

/// Returns the structure text with single spaces.
fn text(content: &chancery_proto::brief::v1::BriefContent, options: &Options) -> String {
    let text = struct_text(&print_brief(content, options).bytes).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn figures_and_tables_with_data_are_numbered_in_reading_order() {
    for text_size in [TextSize::Normal, TextSize::Large] {
        let text = text(&numbered("en"), &Options { text_size, ..Options::default() });
        let captions = ["Figure 1 Trends", "Table 1 The caption", "Figure 2 Odds", "Table 2 The caption"];
        let places: Vec<_> = captions.iter().map(|caption| text.find(caption)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} {text}");
        assert!(
            !text.contains("Figure 3") && !text.contains("Table 3") && !text.contains("No rows"),
            "{text}"
        );
    }
}

#[test]
fn the_words_and_digits_of_a_number_are_the_readers() {
    for (language, figure, table) in [
        ("ru", "Рисунок 2 Odds", "Таблица 2 The caption"),
        ("fa", "شکل ۲ Odds", "جدول ۲ The caption"),
        ("ar", "الشكل ٢ Odds", "الجدول ٢ The caption"),
    ] {
        let text = text(&numbered(language), &Options::default());
        assert!(text.contains(figure) && text.contains(table), "{language}: {text}");
    }
    let text = text(&numbered("fa"), &Options { locale: Some(Locale::English), ..Options::default() });
    assert!(text.contains("Table 2 The caption"), "{text}");
}

#[test]
fn numbered_captions_conform() {
    let files: Vec<_> = ["en", "ru", "fa", "ar", "ur"]
        .iter()
        .map(|language| {
            Page::of(&format!("captions-{language}"), &numbered(language), &Options::default()).file
        })
        .collect();
    pdf::assert_conform("ua1,2a", &files);
}
