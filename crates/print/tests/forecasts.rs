//! Forecasts, scenarios and indicators before the body, printed through the public function.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod temporary_files;

use std::ops::ControlFlow;

use chancery_print::testing::{edition, struct_text};
use chancery_print::{Edition, Fonts, Format, Limits, Options, Paper, Printed, TextSize, print};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Block, BriefContent, Change, ChangeKind, Confidence, ConfidenceLevel, Indicator, KeyJudgment, Likelihood,
    LikelihoodScale, LikelihoodTerm, Paragraph, Period, Scenario, Section, Statement, StatementStatus,
    StatementType,
};
use chancery_testkit::pdf;

const LIKELY: (LikelihoodTerm, u32, u32) = (LikelihoodTerm::Icd203Likely, 55, 80);
const UNLIKELY: (LikelihoodTerm, u32, u32) = (LikelihoodTerm::Icd203Unlikely, 20, 45);

fn likelihood((term, low_percent, high_percent): (LikelihoodTerm, u32, u32)) -> Likelihood {
    let scale = LikelihoodScale::Icd203 as i32;
    Likelihood { scale, term: term as i32, low_percent, high_percent, ..Likelihood::default() }
}

fn forecast(id: &str, text: &str, horizon: &str) -> Statement {
    Statement {
        id: id.to_owned(),
        text: text.to_owned(),
        r#type: StatementType::Forecast as i32,
        horizon: horizon.to_owned(),
        likelihood: Some(likelihood(LIKELY)),
        ..Statement::default()
    }
}

/// Returns a brief with statements in the section "The body".
fn brief(statements: Vec<Statement>) -> BriefContent {
    let kind = Some(Kind::Paragraph(Paragraph { statements }));
    let section = Section {
        id: "body".to_owned(),
        heading: "The body".to_owned(),
        blocks: vec![Block { kind, ..Block::default() }],
        ..Section::default()
    };
    BriefContent {
        title: "Forecasts".to_owned(),
        language: "en".to_owned(),
        sections: vec![section],
        ..BriefContent::default()
    }
}

fn printed(edition: &Edition, options: &Options) -> Printed {
    let mut observe = |_| ControlFlow::Continue(());
    print(edition, options, &Limits::default(), &Fonts::default(), &mut observe).unwrap()
}

/// Returns the text of the parts before the body, after the contents.
fn before_the_body(edition: &Edition, options: &Options, heading: &str) -> String {
    let text = struct_text(&printed(edition, options).bytes).unwrap();
    let standard = options.format == Format::Standard;
    assert!(standard, "only the standard format has no contents, which have the headings too");
    let (_, part) = text.split_once(heading).unwrap_or_else(|| panic!("{heading}: {text}"));
    part.split("The body").next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn standard() -> Options<'static> {
    Options { format: Format::Standard, ..Options::default() }
}

fn predictions(content: &BriefContent) -> String {
    before_the_body(&edition(content), &standard(), "What this brief predicts")
}

#[track_caller]
fn assert_in_order(text: &str, expected: &[&str]) {
    let mut rest = text;
    for part in expected {
        let (_, after) =
            rest.split_once(part).unwrap_or_else(|| panic!("{part:?} is not in {rest:?} of {text:?}"));
        rest = after;
    }
}

#[test]
fn judgments_come_first_then_the_nearest_horizon_then_the_likeliest() {
    let unlikely = |of: Statement| Statement { likelihood: Some(likelihood(UNLIKELY)), ..of };
    let level = ConfidenceLevel::High as i32;
    let sure = Some(Confidence { level, ..Confidence::default() });
    let ended = Statement {
        status: StatementStatus::Superseded as i32,
        ..forecast("s-9", "Superseded one.", "2026")
    };
    let content = BriefContent {
        key_judgments: vec![
            KeyJudgment { id: "kj-1".to_owned(), ..KeyJudgment::default() },
            KeyJudgment {
                id: "kj-2".to_owned(),
                statements: vec![Statement { likelihood: None, ..forecast("kj-2-s", "Judged one.", "") }],
                likelihood: Some(likelihood(UNLIKELY)),
                confidence: Some(Confidence { level: ConfidenceLevel::Low as i32, ..Confidence::default() }),
                ..KeyJudgment::default()
            },
        ],
        ..brief(vec![
            forecast("s-1", "Unstated one.", ""),
            forecast("s-2", "Open one.", "2026/.."),
            forecast("s-3", "Late one.", "2027-12-31"),
            unlikely(forecast("s-4", "Early unlikely one.", "2026-06")),
            forecast("s-5", "Early likely one.", "2026-06"),
            Statement { confidence: sure, ..forecast("s-6", "Early likely and sure one.", "2026-06") },
            Statement { likelihood: None, ..forecast("s-7", "Early one without odds.", "2026-06") },
            ended,
        ])
    };
    let text = predictions(&content);
    let expected = [
        "8 forecasts. 5 of 8 have a horizon. None states how it will be settled.",
        "Judged one.",
        "judgment\u{a0}2",
        "unlikely, 20–45%",
        "not stated",
        "low",
        "Early likely and sure one.",
        "likely, 55–80%",
        "June 2026",
        "high",
        "Early likely one.",
        "Early unlikely one.",
        "Early one without odds.",
        "not stated",
        "June 2026",
        "not stated",
        "Late one.",
        "31 December 2027",
        "Open one.",
        "from 2026, open-ended",
        "Unstated one.",
    ];
    let expected: Vec<String> = expected.iter().map(|text| text.replace('\u{a0}', " ")).collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    assert_in_order(&text.replace('\u{a0}', " "), &expected);
    assert!(!text.contains("Superseded one."), "{text}");
}

#[test]
fn every_horizon_is_in_words_and_an_open_period_stands_in_for_none() {
    let horizons = [
        ("2026", "2026"),
        ("2026-03-09", "9 March 2026"),
        ("2026-03/2026-05", "March–May 2026"),
        ("../2027-12-31", "until 31 December 2027"),
        ("2027~", "about 2027"),
        ("2027?", "2027"),
        ("202X", "2020s"),
        ("2028-22", "summer 2028"),
        ("2029/", "2029"),
        ("when the war ends", "when the war ends"),
    ];
    for (horizon, words) in horizons {
        let text = predictions(&brief(vec![forecast("s", "It will rain.", horizon)]));
        let (_, after) = text.split_once("55–80%").unwrap();
        assert!(after.to_lowercase().contains(&words.to_lowercase()), "{horizon}: {after}");
        assert!(!after.contains('/') && !after.contains(".."), "{horizon}: {after}");
    }
    let period = Some(Period { edtf: "2026/..".to_owned(), ..Period::default() });
    let open = Statement { period, ..forecast("s", "It will rain.", "") };
    assert!(predictions(&brief(vec![open])).contains("open-ended"));
}

#[test]
fn the_introduction_agrees_with_the_number_of_forecasts() {
    let of = |count: usize, horizon: &str| -> BriefContent {
        brief((0..count).map(|number| forecast(&format!("s-{number}"), "It will rain.", horizon)).collect())
    };
    let one = predictions(&of(1, "2026"));
    assert!(one.trim().starts_with("1 forecast. It does not state how it will be settled."), "{one}");
    assert!(predictions(&of(2, "2026")).contains("2 forecasts. All have a horizon."));
    assert!(predictions(&of(2, "")).contains("2 forecasts. None has a horizon."));
    assert_eq!(predictions(&of(60, "2026")).matches("It will rain.").count(), 60);
    let none = struct_text(&printed(&edition(&of(0, "")), &standard()).bytes).unwrap();
    assert!(!none.contains("What this brief predicts"));
}

#[test]
fn a_forecast_names_its_criterion_its_marking_and_the_letter_of_its_change() {
    let statement = Statement {
        resolution_criteria: "Two agencies report it.".to_owned(),
        ..forecast("s-1", "It will rain.", "2026")
    };
    let mut content = brief(vec![statement]);
    content.default_marking = "TLP:CLEAR".to_owned();
    content.sections[0].marking = "TLP:AMBER".to_owned();
    content.changes = vec![Change {
        statement_id: "s-1".to_owned(),
        kind: ChangeKind::Downgraded as i32,
        was: "It will pour.".to_owned(),
        ..Change::default()
    }];
    let before = brief(vec![Statement {
        likelihood: Some(likelihood(UNLIKELY)),
        ..forecast("s-1", "It will pour.", "2026")
    }]);
    let edition = Edition { earlier: Some(&before), ..edition(&content) };
    let text = before_the_body(&edition, &standard(), "What this brief predicts");
    assert_in_order(&text, &["(TLP:AMBER)", "It will rain.", "p. 2, A settled by: Two agencies report it."]);
    assert!(!text.contains("how it will be settled"), "{text}");
    // The earlier range is in the alternative text of the bar.
    let file = temporary_files::file("forecast-change.pdf", &printed(&edition, &standard()).bytes);
    let plain = String::from_utf8_lossy(&pdf::unpacked(&file)).into_owned();
    let alt = |text: &str| text.encode_utf16().fold(String::new(), |hex, unit| hex + &format!("{unit:04x}"));
    let was = alt("was unlikely");
    assert!(plain.to_lowercase().contains(&was) || plain.contains("was unlikely"), "no alternative text");
}

fn scenarios(percents: &[u32]) -> BriefContent {
    let scenario = |(index, percent): (usize, &u32)| Scenario {
        id: format!("sc-{index}"),
        set: "To the end of 2027".to_owned(),
        title: format!("Scenario {index}"),
        text: if index == 0 { "It happens.".to_owned() } else { String::new() },
        percent: *percent,
        statement_ids: vec!["s-1".to_owned()],
        indicator_ids: if index == 0 { vec!["ind-1".to_owned(), "ind-2".to_owned()] } else { Vec::new() },
        marking: if index == 0 { "TLP:GREEN".to_owned() } else { String::new() },
    };
    let indicator = |number: usize| Indicator {
        id: format!("ind-{number}"),
        text: format!("Sign {number}"),
        meaning: if number == 1 { "It begins".to_owned() } else { String::new() },
        statement_ids: vec!["s-1".to_owned()],
        marking: if number == 2 { "TLP:GREEN".to_owned() } else { String::new() },
    };
    BriefContent {
        default_marking: "TLP:CLEAR".to_owned(),
        scenarios: percents.iter().enumerate().map(scenario).collect(),
        indicators: vec![indicator(1), indicator(2)],
        ..brief(vec![Statement { r#type: StatementType::Fact as i32, ..forecast("s-1", "It rains.", "") }])
    }
}

#[test]
fn every_field_of_scenarios_and_indicators_is_before_the_body() {
    let content = scenarios(&[65, 35]);
    let text = before_the_body(&edition(&content), &standard(), "Scenarios");
    let expected = [
        "To the end of 2027",
        "65%",
        "(TLP:GREEN)",
        "Scenario 0.",
        "It happens.",
        "p. 2",
        "watch 1, 2",
        "35%",
        "Scenario 1.",
        "p. 2",
        "What to watch",
        "1",
        "Sign 1",
        "p. 2",
        "means: It begins",
        "2",
        "(TLP:GREEN)",
        "Sign 2",
        "p. 2",
    ];
    assert_in_order(&text.replace('\u{a0}', " "), &expected);
    assert!(!text.contains("sc-0") && !text.contains("ind-1"), "{text}");
    let with_ids = Options { show_ids: true, ..standard() };
    let text = before_the_body(&edition(&content), &with_ids, "Scenarios");
    assert_in_order(&text, &["[sc-0]", "[sc-1]", "[ind-1]", "[ind-2]"]);
}

#[test]
fn sets_are_tables_in_the_order_of_their_first_scenarios() {
    let mut content = scenarios(&[50, 60, 50, 40]);
    for index in [1, 3] {
        content.scenarios[index].set = "A later set".to_owned();
    }
    let text = before_the_body(&edition(&content), &standard(), "Scenarios");
    let expected = [
        "To the end",
        "Scenario 0.",
        "Scenario 2.",
        "A later set",
        "Scenario 1.",
        "Scenario 3.",
        "What to watch",
    ];
    assert_in_order(&text, &expected);
}

/// Returns the widths and heights of rectangles in the content streams, in points.
fn rectangles(name: &str, printed: &Printed) -> Vec<(f64, f64)> {
    let file = temporary_files::file(name, &printed.bytes);
    let plain = String::from_utf8_lossy(&pdf::unpacked(&file)).into_owned();
    let words: Vec<&str> = plain.split_ascii_whitespace().collect();
    let number = |word: &str| word.parse::<f64>().ok();
    words
        .windows(3)
        .filter(|words| words[2] == "re")
        .filter_map(|words| Some((number(words[0])?, number(words[1])?)))
        .collect()
}

#[test]
fn a_scenarios_bar_is_as_wide_as_its_percentage() {
    let content = scenarios(&[0, 65, 100]);
    let widths: Vec<f64> = rectangles("scenario-bars.pdf", &printed(&edition(&content), &standard()))
        .into_iter()
        .filter(|(_, height)| (height.abs() - 7.0).abs() < 0.01)
        .map(|(width, _)| width)
        .collect();
    // Each bar has an outline of 50 mm; that of 0% has no filling.
    let whole = 50.0 * 72.0 / 25.4;
    let count = |share: f64| widths.iter().filter(|width| (**width - whole * share).abs() < 0.01).count();
    assert_eq!((count(1.0), count(0.65), widths.len()), (4, 1, 5), "{widths:?}");
}

#[test]
fn a_forecasts_bar_fills_its_range_of_39_millimetres() {
    let content = brief(vec![forecast("s", "It will rain.", "2026")]);
    let widths: Vec<f64> = rectangles("forecast-bar.pdf", &printed(&edition(&content), &standard()))
        .into_iter()
        .filter(|(_, height)| (height.abs() - 5.5).abs() < 0.01)
        .map(|(width, _)| width)
        .collect();
    let whole = 39.0 * 72.0 / 25.4;
    let expected = [whole * 0.25, whole];
    assert!(
        widths.len() == 2
            && widths.iter().zip(expected).all(|(width, expected)| (width - expected).abs() < 0.01),
        "{widths:?}, not {expected:?}"
    );
}

#[test]
fn long_texts_and_many_rows_print_in_every_way() {
    let long = "It will rain for as long as the winter lasts, and longer. ".repeat(60);
    let word = "x".repeat(400);
    let mut content = scenarios(&[0, 100, 50]);
    content.scenarios[0].text.clone_from(&long);
    content.scenarios[1].title.clone_from(&word);
    content.scenarios[2].set.clone_from(&long);
    content.indicators[0].text.clone_from(&word);
    content.indicators[1].meaning.clone_from(&long);
    let section = &mut content.sections[0];
    let statements = (0..60).map(|number| Statement {
        resolution_criteria: if number % 7 == 0 { long.clone() } else { String::new() },
        ..forecast(&format!("f-{number}"), if number == 3 { &word } else { "It will rain." }, "2026/..")
    });
    let kind = Some(Kind::Paragraph(Paragraph { statements: statements.collect() }));
    section.blocks.push(Block { kind, ..Block::default() });
    for language in ["en", "fa"] {
        content.language = language.to_owned();
        for (paper, text_size) in [(Paper::A4, TextSize::Normal), (Paper::Letter, TextSize::Large)] {
            let options = Options { paper, text_size, ..standard() };
            let printed = printed(&edition(&content), &options);
            assert!(struct_text(&printed.bytes).unwrap().matches(&word[..200]).count() >= 3);
        }
    }
}

#[test]
fn forecasts_scenarios_and_indicators_conform() {
    let mut content = scenarios(&[65, 0]);
    let statement = forecast("f-1", "It will rain.", "2026");
    content.key_judgments =
        vec![KeyJudgment { id: "kj-1".to_owned(), statements: vec![statement], ..KeyJudgment::default() }];
    let mut files = Vec::new();
    for (name, format) in
        [("full", Format::Full), ("standard", Format::Standard), ("one-page", Format::OnePage)]
    {
        let options = Options { format, ..Options::default() };
        let bytes = printed(&edition(&content), &options).bytes;
        files.push(temporary_files::file(&format!("forecasts/{name}.pdf"), &bytes));
    }
    pdf::assert_conform("ua1,2a", &files);
}
