//! The one-page format: order, abridgement and refusal, printed through the public function.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod temporary_files;

use std::ops::ControlFlow;

use chancery_print::testing::{edition, struct_text};
use chancery_print::{
    Edition, Fonts, Format, Limits, Options, Overflow, Paper, PrintError, Printed, TextSize, print,
};
use chancery_proto::brief::v1::{
    BriefContent, Change, ChangeKind, Dissent, Domain, Indicator, KeyJudgment, Scenario, Statement, Trend,
};
use chancery_testkit::{files, pdf};

fn sample(revision: u32) -> BriefContent {
    files::content("russia-iran", revision)
}

fn one_page() -> Options<'static> {
    Options { format: Format::OnePage, ..Options::default() }
}

fn printed(edition: &Edition, options: &Options) -> Result<Printed, PrintError> {
    let mut observe = |_| ControlFlow::Continue(());
    print(edition, options, &Limits::default(), &Fonts::default(), &mut observe)
}

/// Returns the text in structure order with plain spaces.
fn text_of(printed: &Printed) -> String {
    let text = struct_text(&printed.bytes).unwrap();
    assert_eq!(printed.pages, 1);
    text.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn text(edition: &Edition, options: &Options) -> String {
    text_of(&printed(edition, options).unwrap_or_else(|error| panic!("{error}")))
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

fn scenario(number: u32) -> Scenario {
    Scenario {
        id: format!("sc-{number}"),
        set: "To the end of 2027".to_owned(),
        title: format!("Scenario {number}"),
        percent: number * 10,
        indicator_ids: vec!["ind-1".to_owned()],
        statement_ids: vec!["n-001".to_owned()],
        ..Scenario::default()
    }
}

fn indicator() -> Indicator {
    Indicator {
        id: "ind-1".to_owned(),
        text: "First concrete".to_owned(),
        meaning: "delivery catches up".to_owned(),
        ..Indicator::default()
    }
}

fn short_brief(judgments: usize) -> BriefContent {
    let statement = |id: String| Statement { id, text: "It rains.".to_owned(), ..Statement::default() };
    BriefContent {
        title: "Rain".to_owned(),
        language: "en".to_owned(),
        bluf: vec![statement("b".to_owned())],
        key_judgments: (1..=judgments)
            .map(|number| KeyJudgment {
                id: format!("kj-{number}"),
                statements: vec![statement(format!("kj-{number}-s"))],
                ..KeyJudgment::default()
            })
            .collect(),
        ..BriefContent::default()
    }
}

#[test]
fn the_page_has_its_parts_in_the_order_of_the_mock_up() {
    let (content, before) = (sample(2), sample(1));
    let compared = Edition { earlier: Some(&before), ..edition(&content) };
    let text = text(&compared, &one_page());
    let expected = [
        "Russia and Iran: a partnership and its limits",
        "As of 31 December 2025",
        "TLP:CLEAR",
        "Bottom line",
        "Key judgments",
        "Since revision 1",
        "reversed",
        "see A below",
        "What changed since revision 1",
        "A no longer holds",
        "B corrected",
        "C corrected",
        "5 more reversals; 7 statements scaled back or disputed; 36 changes in all: see the full brief.",
        "Which way the fields are moving",
        "rising as before Trade and integration Money and payments",
        "mixed all were rising Military",
        "steady was rising Transport",
        "falling Geopolitical alignment was rising Domestic politics and leadership was unknown",
        "Bar:",
        "Dots:",
        "Evidence:",
        "Not carried over from revision 1:",
    ];
    assert_in_order(&text, &expected);
    assert!(!text.contains(" p. ") && !text.contains("pp. "), "a single page has no page references: {text}");
    assert!(!text.contains(compared.edition_digest) && !text.contains(compared.brief), "{text}");
    assert_eq!(text.matches("TLP:CLEAR").count(), 1);
}

#[test]
fn scenarios_and_indicators_are_before_the_trends_without_page_references() {
    let content = BriefContent {
        scenarios: vec![scenario(6), scenario(4)],
        indicators: vec![indicator()],
        ..sample(2)
    };
    let text = text(&edition(&content), &one_page());
    let expected = [
        "Key judgments",
        "What changed",
        "Scenarios",
        "60%",
        "Scenario 6. watch 1",
        "40%",
        "Scenario 4. watch 1",
        "What to watch",
        "1",
        "First concrete means: delivery catches up",
        "Which way the fields are moving",
    ];
    assert_in_order(&text, &expected);
    assert!(!text.contains(" p. "), "{text}");
}

#[test]
fn a_longer_bottom_line_first_drops_the_reversals_then_the_columns_of_trends_then_the_trends() {
    let before = sample(1);
    let mut seen = Vec::new();
    for words in (0..60).step_by(2) {
        let mut content = sample(2);
        content.bluf[0].text += &" much too long a bottom line".repeat(words);
        let edition = Edition { earlier: Some(&before), ..edition(&content) };
        let state = match printed(&edition, &one_page()) {
            Err(PrintError::PageOverfull { overflows }) => {
                let message = PrintError::PageOverfull { overflows }.to_string();
                assert!(
                    message.contains("bottom line ") && message.contains("too many for a page of 50"),
                    "{message}"
                );
                "refused"
            }
            Err(error) => panic!("{error}"),
            Ok(printed) => {
                let text = text_of(&printed);
                let reversals = text.contains("see A below");
                assert_eq!(reversals, text.contains("A no longer holds"));
                // The summary stays.
                assert!(text.contains("Assad fell") && text.contains("36 changes in all"), "{text}");
                let in_lines = text.contains("rising: Trade and integration; Money and payments");
                let omission = "Not on this page: Which way the fields are moving.";
                match (reversals, text.contains("rising as before"), in_lines, text.contains(omission)) {
                    (true, true, false, false) => "whole",
                    (false, true, false, false) => "without reversals",
                    (false, false, true, false) => "trends in lines",
                    (false, false, false, true) => "without trends",
                    found => panic!("{found:?}: {text}"),
                }
            }
        };
        seen.push(state);
    }
    seen.dedup();
    assert_eq!(seen, ["whole", "without reversals", "trends in lines", "without trends", "refused"]);
}

#[test]
fn seven_judgments_fit_and_eight_are_refused_by_number() {
    let text = text(&edition(&short_brief(7)), &one_page());
    assert_eq!(text.matches("It rains.").count(), 8);
    let refused = printed(&edition(&short_brief(8)), &one_page()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the content does not fit on one page: there are 8 key judgments; the maximum is 7"
    );
}

#[test]
fn an_overfull_page_names_its_parts_their_lines_and_the_limit() {
    let mut content = short_brief(2);
    content.bluf[0].text = "It rains on the port. ".repeat(300).trim().to_owned();
    let Err(PrintError::PageOverfull { overflows }) = printed(&edition(&content), &one_page()) else {
        panic!("it does not fit");
    };
    let [Overflow::Lines { blocks, excess, most: 50 }] = overflows.as_slice() else {
        panic!("{overflows:?}")
    };
    let names: Vec<&str> = blocks.iter().map(|block| block.name).collect();
    assert_eq!(names, ["title block", "bottom line", "key judgments", "notes"]);
    let lines = |name: &str| blocks.iter().find(|block| block.name == name).unwrap().lines;
    let all: usize = blocks.iter().map(|block| block.lines).sum();
    assert!(lines("bottom line") > 60 && lines("notes") == 0, "{overflows:?}");
    assert!(all.abs_diff(excess + 50) <= blocks.len(), "{overflows:?}");
}

#[test]
fn a_page_without_room_for_its_scenarios_names_them() {
    let mut content = short_brief(2);
    content.indicators =
        (0..60).map(|number| Indicator { id: format!("i-{number}"), ..indicator() }).collect();
    content.scenarios = vec![scenario(10)];
    content.domains = vec![Domain { id: "d".to_owned(), name: "Trade".to_owned(), ..Domain::default() }];
    let text = text(&edition(&content), &one_page());
    assert!(!text.contains("Scenario 1") && !text.contains("First concrete"), "{text}");
    let omission = "Not on this page: Scenarios; What to watch; Which way the fields are moving.";
    assert!(text.ends_with(omission), "{text}");
}

#[test]
fn a_brief_with_a_likelihood_for_every_judgment_has_one_page() {
    let (content, before) = (files::content("suez-2021", 2), files::content("suez-2021", 1));
    let text = text(&Edition { earlier: Some(&before), ..edition(&content) }, &one_page());
    assert_in_order(&text, &["very unlikely, 5\u{2013}20%", "What changed since revision 1", "Evidence:"]);
    assert_eq!(text.matches("A differing view").count(), content.dissents.len());
}

#[test]
fn a_reversal_that_is_not_shown_is_not_referred_to() {
    let mut content = short_brief(2);
    let ids = ["s-1", "s-2", "s-3", "s-4"];
    let change = |id: &str| Change {
        statement_id: id.to_owned(),
        kind: ChangeKind::Superseded as i32,
        was: format!("It was {id}."),
        now: "It is not.".to_owned(),
        ..Change::default()
    };
    content.changes = ids.map(change).to_vec();
    // All rest on a changed statement, so the order of the changes decides.
    content.key_judgments[0].rests_on = vec!["s-1".to_owned(), "s-2".to_owned(), "s-3".to_owned()];
    content.key_judgments[1].rests_on = vec!["s-4".to_owned()];
    let before = short_brief(0);
    let edition = Edition { earlier: Some(&before), ..edition(&content) };
    let text = text(&edition, &one_page());
    assert_eq!(text.matches("reversed").count(), 2, "{text}");
    assert!(text.contains("see A below") && !text.contains("see D"), "{text}");
    assert!(text.contains("1 more reversal; 4 changes in all: see the full brief."), "{text}");
}

#[test]
fn the_trends_name_fields_without_an_earlier_trend_plainly() {
    let domain = |id: &str, trend: Trend| Domain {
        id: id.to_owned(),
        name: format!("Field {id}"),
        trend: trend as i32,
        marking: if id == "c" { "TLP:GREEN".to_owned() } else { String::new() },
        ..Domain::default()
    };
    let content = BriefContent {
        default_marking: "TLP:CLEAR".to_owned(),
        domains: vec![
            domain("a", Trend::Falling),
            domain("b", Trend::Unspecified),
            domain("c", Trend::Falling),
            domain("d", Trend::Steady),
        ],
        ..short_brief(1)
    };
    let before = BriefContent { domains: vec![domain("a", Trend::Falling)], ..short_brief(1) };
    let compared = Edition { earlier: Some(&before), ..edition(&content) };
    let strip = |text: &str| text.split_once("Which way the fields are moving").unwrap().1.trim().to_owned();
    let expected = ["steady Field d", "falling Field a as before (TLP:GREEN) Field c", "unknown Field b"];
    assert_in_order(&strip(&text(&compared, &one_page())), &expected);
    let alone = strip(&text(&edition(&content), &one_page()));
    assert!(
        alone.starts_with("steady Field d falling Field a (TLP:GREEN) Field c unknown Field b"),
        "{alone}"
    );
}

#[test]
fn a_dissent_on_a_judgment_is_below_the_table() {
    let mut content = short_brief(2);
    content.dissents = vec![Dissent {
        id: "d-1".to_owned(),
        text: "It does not rain.".to_owned(),
        holder: "the port office".to_owned(),
        statement_ids: vec!["kj-2-s".to_owned()],
        ..Dissent::default()
    }];
    let text = text(&edition(&content), &one_page());
    assert_in_order(
        &text,
        &["A differing view", "the port office; disputes judgment 2", "It does not rain."],
    );
}

#[test]
fn persian_letter_large_print_and_the_us_scheme_have_one_page() {
    let persian = files::content("russia-iran-fa", 1);
    let mut secret = short_brief(3);
    secret.marking = "S".to_owned();
    secret.default_marking = "C".to_owned();
    secret.scenarios = vec![Scenario { marking: "S".to_owned(), ..scenario(10) }];
    let sample = sample(2);
    let letter = Options { paper: Paper::Letter, ..one_page() };
    let large = Options { text_size: TextSize::Large, ..one_page() };
    let mut small = short_brief(3);
    small.scenarios = vec![scenario(10)];
    small.indicators = vec![indicator()];
    small.domains = [Trend::Rising, Trend::Falling]
        .map(|trend| Domain {
            id: format!("d-{}", trend as i32),
            name: "Trade".to_owned(),
            trend: trend as i32,
            ..Domain::default()
        })
        .to_vec();
    let prints = [
        ("persian", &persian, one_page(), "روند حوزه\u{200c}ها"),
        ("us", &secret, one_page(), "(S) Scenario 10."),
        ("letter", &sample, letter, "Which way the fields are moving"),
        ("large", &small, large, "falling Trade"),
    ];
    let mut files = Vec::new();
    for (name, content, options, expected) in prints {
        let printed = printed(&edition(content), &options).unwrap_or_else(|error| panic!("{name}: {error}"));
        let text = text_of(&printed);
        assert!(text.contains(expected), "{name}: {text}");
        files.push(temporary_files::file(&format!("one-page/{name}.pdf"), &printed.bytes));
    }
    for file in &files {
        for (_, width, height, words) in pdf::words(file) {
            let inside = |edges: &[f64; 4]| {
                edges[0] >= 0.0 && edges[1] >= 0.0 && edges[2] <= width && edges[3] <= height
            };
            assert!(words.iter().all(|(_, edges)| inside(edges)), "{}", file.display());
        }
    }
    pdf::assert_conform("ua1,2a", &files);
}

#[test]
fn the_marking_of_a_quoted_reversal_or_earlier_trend_raises_the_banner() {
    let banner = |content: &BriefContent, before: &BriefContent| {
        let edition = Edition { earlier: Some(before), ..edition(content) };
        let text = text(&edition, &one_page());
        ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER"].into_iter().rfind(|label| text.contains(label)).unwrap()
    };
    let clear = |content: BriefContent| BriefContent { default_marking: "TLP:CLEAR".to_owned(), ..content };
    let plain = clear(short_brief(1));
    assert_eq!(banner(&plain, &plain), "TLP:CLEAR");
    let mut changed = plain.clone();
    changed.changes = vec![Change {
        statement_id: "s-1".to_owned(),
        kind: ChangeKind::Superseded as i32,
        was: "It was dry.".to_owned(),
        was_marking: "TLP:AMBER".to_owned(),
        ..Change::default()
    }];
    assert_eq!(banner(&changed, &plain), "TLP:AMBER");
    let domain = |marking: &str| Domain {
        id: "d".to_owned(),
        name: "Trade".to_owned(),
        marking: marking.to_owned(),
        ..Domain::default()
    };
    let now = BriefContent { domains: vec![domain("")], ..plain.clone() };
    let before = BriefContent { domains: vec![domain("TLP:GREEN")], ..plain.clone() };
    assert_eq!(banner(&now, &before), "TLP:GREEN");
    let mut left = plain.clone();
    left.key_judgments[0].id = "kj-gone".to_owned();
    left.key_judgments[0].marking = "TLP:GREEN".to_owned();
    assert_eq!(banner(&plain, &left), "TLP:GREEN");
}
