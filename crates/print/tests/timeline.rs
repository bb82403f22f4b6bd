//! Timelines printed through the public function: what is drawn, what becomes a table, and what screen readers read.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod temporary_files;

use std::ops::ControlFlow;
use std::path::PathBuf;

use chancery_brief::marking::{Clearance, Policy, Scheme};
use chancery_brief::{redact, validate};
use chancery_print::testing::{edition, struct_text};
use chancery_print::{Fonts, Format, Limits, Locale, Options, Paper, TextSize, print};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    AsOf, Block, BriefContent, Domain, Event, Figure, FigureKind, Section, Statement,
};
use chancery_testkit::{content, files, pdf};

const TITLE: &str = "What happened";

fn event(id: usize, date: &str, title: &str) -> Event {
    Event { id: format!("ev-{id}"), date: date.into(), title: title.into(), ..Event::default() }
}

fn figure(highlight_ids: &[&str]) -> Block {
    let figure = Figure {
        kind: FigureKind::Timeline.into(),
        title: TITLE.into(),
        source: "Source: the desk.".into(),
        highlight_ids: highlight_ids.iter().map(|id| (*id).to_owned()).collect(),
        ..Figure::default()
    };
    Block { kind: Some(Kind::Figure(figure)), ..Block::default() }
}

fn brief(language: &str, events: Vec<Event>) -> BriefContent {
    let section = Section {
        id: "body".into(),
        heading: "Course".into(),
        blocks: vec![figure(&[])],
        ..Section::default()
    };
    BriefContent {
        language: language.into(),
        default_marking: "TLP:CLEAR".into(),
        as_of: Some(AsOf { date: "2026-01-10".into(), ..AsOf::default() }),
        events,
        ..content::brief("A course of events", vec![section])
    }
}

/// Returns events with titles of a number of words, spread over three years.
fn events(count: usize, first_year: usize, words: usize) -> Vec<Event> {
    let title = |index: usize| format!("{} number {index}", vec!["talks"; words].join(" "));
    let date = |index: usize| {
        let month = index * 36 / count;
        format!("{}-{:02}-{:02}", first_year + month / 12, month % 12 + 1, index % 28 + 1)
    };
    (0..count).map(|index| event(index, &date(index), &title(index))).collect()
}

fn printed(content: &BriefContent, options: &Options) -> Vec<u8> {
    let mut observe = |_| ControlFlow::Continue(());
    print(&edition(content), options, &Limits::default(), &Fonts::default(), &mut observe).unwrap().bytes
}

fn of(format: Format) -> Options<'static> {
    Options { format, ..Options::default() }
}

fn text(content: &BriefContent, options: &Options) -> String {
    struct_text(&printed(content, options)).unwrap().replace(['\u{a0}', '\u{2009}'], " ")
}

/// Returns the elements' types and texts as poppler reads them.
fn structure(name: &str, content: &BriefContent, options: &Options) -> String {
    pdf::structure(&temporary_files::file(name, &printed(content, options)))
}

fn sample() -> BriefContent {
    files::content("russia-iran", 2)
}

fn is_drawn(content: &BriefContent) -> bool {
    let text = text(content, &of(Format::Standard));
    assert_eq!(text.matches(TITLE).count(), 1, "{text}");
    !text.contains("Rests on")
}

#[test]
fn screen_readers_read_each_event_once_in_order_of_time_with_its_whole_date() {
    let content = sample();
    let text = text(&content, &of(Format::Standard));
    let expected = [
        "1991 Soviet Union ends",
        "about 2000 Putin becomes Russia's leader",
        "2011 – 8 December 2024 Syrian civil war, with Russian and Iranian help for Assad",
        "2016 S-300 deliveries to Iran completed",
        "10 March 2023 Saudi Arabia and Iran agree",
        "17 May 2023 Russia and Iran agree to build the Rasht-Astara line*",
        "about October 2023 Russia-Israel relations sour",
        "8 December 2024 Assad government falls; Assad flees to Russia",
        "27–28 September 2025 UN sanctions on Iran return",
        "17 December 2025 Foreign ministers sign",
        "Undated: Joint exercises (series); Nagorno-Karabakh conflict.",
        "* No source is cited for this event.",
    ];
    let mut rest = text.as_str();
    for part in expected {
        let (before, after) = rest.split_once(part).unwrap_or_else(|| panic!("{part} is not in {rest}"));
        assert!(!before.contains(TITLE));
        rest = after;
    }
}

#[test]
fn the_page_has_dates_without_the_year_that_the_axis_gives() {
    let file = temporary_files::file("timeline.sample.pdf", &printed(&sample(), &of(Format::Standard)));
    let page = pdf::text(&file, pdf::A4_PAGE);
    for visible in
        ["8 Dec Assad government falls", "27–28 Sep UN sanctions", "about Oct Russia-Israel", "Before 2023"]
    {
        assert!(page.contains(visible), "{visible}: {page}");
    }
    assert!(!page.contains("December 2024 Assad government"));
}

#[test]
fn a_list_of_the_events_follows_the_figure() {
    let content = brief("en", events(5, 2023, 2));
    let structure = structure("timeline.list.pdf", &content, &of(Format::Standard));
    let (_, figure) = structure.split_once("Figure").unwrap();
    let (figure, list) = figure.split_once("\n      L").unwrap_or_else(|| panic!("{structure}"));
    assert!(figure.contains(TITLE) && !figure.contains("talks"), "{figure}");
    assert_eq!(list.matches("LBody").count(), 5, "{list}");
    let file = printed(&content, &of(Format::Standard));
    let alt = "What happened. Timeline of 5 events, which follow as a list in order of time.";
    assert!(has_alternative_text(&file, alt));
}

fn has_alternative_text(file: &[u8], alt: &str) -> bool {
    let unpacked = pdf::unpacked(&temporary_files::file("timeline.alt.pdf", file));
    String::from_utf8_lossy(&unpacked).contains(alt) || pdf::contains_text(&unpacked, alt)
}

#[test]
fn the_alternative_text_has_the_dates_of_highlighted_events_in_order_of_time() {
    let mut content = brief("en", events(5, 2023, 2));
    content.sections[0].blocks = vec![figure(&["ev-3", "ev-1"])];
    let alt = "Timeline of 5 events, which follow as a list in order of time. Highlighted: 2 August 2023; 4 October 2024.";
    assert!(has_alternative_text(&printed(&content, &of(Format::Standard)), alt));
}

#[test]
fn events_are_in_the_lane_of_the_field_of_their_first_statement() {
    let mut content = brief("en", Vec::new());
    let statement =
        |id: &str, domain: &str| Statement { domain: domain.into(), ..content::statement(id, "It is so.") };
    content.sections[0]
        .blocks
        .push(content::paragraph(vec![statement("s-a", "d-a"), statement("s-b", "d-b")]));
    let domain = |id: &str, name: &str| Domain { id: id.into(), name: name.into(), ..Domain::default() };
    content.domains = vec![domain("d-a", "Trade"), domain("d-b", "Energy"), domain("d-c", "Unused")];
    let on = |id: usize, date: &str, statements: &[&str]| Event {
        statement_ids: statements.iter().map(|id| (*id).to_owned()).collect(),
        ..event(id, date, &format!("Event {id}"))
    };
    content.events = vec![
        on(0, "2025-01-10", &["s-a"]),
        on(1, "2025-02-10", &["s-b", "s-a"]),
        on(2, "2025-03-10", &["s-b"]),
        on(3, "2025-04-10", &[]),
    ];
    let file = temporary_files::file("timeline.lanes.pdf", &printed(&content, &of(Format::Standard)));
    let mut pages = pdf::words(&file).into_iter().map(|page| page.3);
    let words = pages.rfind(|words| words.iter().any(|(word, _)| word == "given")).unwrap();
    // The table of trends above the figure has the names of the fields too.
    let title = words.iter().find(|(word, _)| word == "happened").unwrap().1[1];
    let words: Vec<_> = words.into_iter().filter(|(_, edges)| edges[1] > title).collect();
    let top =
        |word: &str| words.iter().find(|(text, _)| text == word).unwrap_or_else(|| panic!("{word}")).1[1];
    let (energy, trade, none) = (top("Energy"), top("Trade"), top("field"));
    assert!(energy < trade && trade < none, "{energy} {trade} {none}");
    let event = |number: &str| words.iter().find(|(text, _)| text == number).unwrap().1[1];
    assert!(event("2*") < trade, "two events are about energy");
    assert!(event("0*") >= trade - 1.0 && event("0*") < none);
    assert!(event("3*") >= none - 1.0);
    assert!(!words.iter().any(|(text, _)| text == "Unused"));
}

/// Lets events rest on statements of five fields in turn.
fn in_five_fields(mut content: BriefContent) -> BriefContent {
    let domain = |index: usize| Domain {
        id: format!("d-{index}"),
        name: format!("Field {index}"),
        ..Domain::default()
    };
    let statement = |index: usize| Statement {
        domain: format!("d-{index}"),
        ..content::statement(format!("s-{index}"), format!("Statement {index} holds."))
    };
    content.domains = (0..5).map(domain).collect();
    content.sections[0].blocks.push(content::paragraph((0..5).map(statement).collect()));
    for (index, event) in content.events.iter_mut().enumerate() {
        event.statement_ids = vec![format!("s-{}", index % 5)];
    }
    content
}

#[test]
fn up_to_25_events_are_drawn_and_more_are_a_table_without_a_copy_in_the_annexes() {
    let drawn = in_five_fields(brief("en", events(25, 2023, 1)));
    assert!(is_drawn(&drawn));
    // The list of the figure, and the annex with actors and statements.
    assert_eq!(text(&drawn, &of(Format::Full)).matches("talks number 24").count(), 2);
    for count in [26, 60, 200] {
        let table = in_five_fields(brief("en", events(count, 2023, 1)));
        for options in [of(Format::Full), Options { annexes: Some(true), ..of(Format::Standard) }] {
            let text = text(&table, &options);
            assert!(text.contains("Rests on"));
            assert_eq!(text.matches("talks number 24").count(), 1, "{count}: {text}");
            assert!(!text.contains("Timeline"), "{count}: no annex of events");
        }
    }
}

#[test]
fn events_that_do_not_fit_into_their_lane_are_a_table() {
    let on_one_day = |count: usize| {
        brief(
            "en",
            (0..count)
                .map(|index| event(index, "2026-03-04", &format!("Event {index} of one day")))
                .collect(),
        )
    };
    assert!(is_drawn(&on_one_day(9)));
    assert!(!is_drawn(&on_one_day(10)));
    assert!(is_drawn(&brief("en", events(2, 2024, 20))));
    assert!(!is_drawn(&brief("en", events(9, 2024, 60))), "nine rows of text are too high");
}

#[test]
fn a_change_of_an_event_links_to_the_table_in_the_body() {
    let mut content = brief("en", events(30, 2023, 2));
    content.changes = vec![chancery_proto::brief::v1::Change {
        part_id: "ev-4".into(),
        kind: chancery_proto::brief::v1::ChangeKind::Updated.into(),
        now: "It moved.".into(),
        ..Default::default()
    }];
    let bytes = printed(&content, &of(Format::Full));
    let unpacked = pdf::unpacked(&temporary_files::file("timeline.links.pdf", &bytes));
    assert!(String::from_utf8_lossy(&unpacked).contains("(ev-4)"), "the event is a destination");
}

/// Returns briefs with few, crowded, far apart, imprecise and long events.
fn kinds() -> Vec<(&'static str, Vec<Event>)> {
    let dated = |dates: &[&str]| {
        dates
            .iter()
            .enumerate()
            .map(|(index, date)| event(index, date, &format!("Event {index}")))
            .collect::<Vec<_>>()
    };
    let long = "The two governments agreed on the third attempt, after mediators had twice failed, to reopen the crossing for goods";
    let short_and_long = |index: usize| if index.is_multiple_of(2) { "War" } else { long };
    let days: Vec<String> = (1..9).map(|day| format!("2025-06-{day:02}")).collect();
    let centuries: Vec<String> = (0..12).map(|index| format!("{}-05-01", 1725 + index * 25)).collect();
    vec![
        ("one", dated(&["2025-06-01"])),
        ("one-interval", dated(&["2011/2020"])),
        ("two", dated(&["1991", "2025-06-01"])),
        ("same-day", dated(&["2026-03-04"; 8])),
        ("one-month", dated(&days.iter().map(String::as_str).collect::<Vec<_>>())),
        ("centuries", dated(&centuries.iter().map(String::as_str).collect::<Vec<_>>())),
        ("years", dated(&["2019", "2020", "2021~", "2022?", "2023%", "202X"])),
        ("open", dated(&["2019/..", "../2020", "/2021", "2022/", "2023-01/2045", "2023-24", "2024-21"])),
        ("old", dated(&["-0043-03-15", "-0205", "0079-08-24", "0410", "-05XX"])),
        (
            "wars",
            dated(&[
                "2001/2021-08",
                "2011~/2024-12-08",
                "1990/..",
                "2023-01-05",
                "2023-02-05",
                "2023-03-05",
                "2023-04-05",
                "2023-05-05",
                "2023-06-05",
                "2023-07-05",
                "2023-08-05",
                "2024-12-05",
            ]),
        ),
        (
            "lengths",
            (0..8)
                .map(|index| event(index, &format!("2025-{:02}-14", index + 1), short_and_long(index)))
                .collect(),
        ),
        (
            "inset",
            (0..20)
                .map(|index| {
                    let date = if index < 5 {
                        format!("{}", 1990 + index * 6)
                    } else {
                        format!("{}-{:02}-03", 2023 + index % 3, index % 12 + 1)
                    };
                    event(index, &date, short_and_long(if index < 5 { index } else { 0 }))
                })
                .collect(),
        ),
        (
            "undated",
            [dated(&["2025-01-01", "2025-02-01"]), vec![event(7, "", "Exercises"), event(8, "", "Unrest")]]
                .concat(),
        ),
        ("crowd", events(20, 2023, 1)),
        ("table", events(26, 2023, 2)),
        ("many", events(200, 2023, 2)),
    ]
}

fn translated(language: &str, events: Vec<Event>) -> BriefContent {
    let word = match language {
        "fa" => "رویداد",
        "ar" => "حدث",
        "ru" => "Событие",
        _ => "Event",
    };
    let titled = |event: Event| Event { title: event.title.replace("Event", word), ..event };
    brief(language, events.into_iter().map(titled).collect())
}

#[test]
fn every_kind_of_timeline_conforms_in_both_directions_and_on_both_papers() {
    let mut files: Vec<PathBuf> = Vec::new();
    for ((name, events), other) in kinds().into_iter().zip(["ru", "fa", "ar", "ur"].into_iter().cycle()) {
        for language in ["en", other] {
            let mut content = translated(language, events.clone());
            content.sections[0].blocks.push(figure(&["ev-0", "ev-1"]));
            let paper = if language == "ru" { Paper::Letter } else { Paper::A4 };
            let options = Options { paper, ..of(Format::Standard) };
            let bytes = printed(&content, &options);
            files.push(temporary_files::file(&format!("timeline.{name}.{language}.pdf"), &bytes));
        }
    }
    pdf::assert_conform("ua1,2a", &files);
}

#[test]
fn no_word_of_a_timeline_touches_another_or_leaves_the_columns() {
    for (name, events) in kinds() {
        for language in ["en", "fa"] {
            let mut content = translated(language, events.clone());
            let ids: Vec<&str> = events.iter().step_by(3).map(|event| event.id.as_str()).collect();
            content.sections[0].blocks = vec![figure(&ids)];
            let bytes = printed(&content, &of(Format::Standard));
            let file = temporary_files::file(&format!("timeline.words.{name}.{language}.pdf"), &bytes);
            for (page, width, _, words) in pdf::words(&file) {
                for (index, (word, edges)) in words.iter().enumerate() {
                    let inside = edges[0] > 58.0 && edges[2] < width - 58.0;
                    assert!(inside, "{name} {language}, page {page}: {word} at {edges:?}");
                    // Poppler's boxes are as high as the font; lines that meet have the same middle.
                    let middle = |of: &[f64; 4]| f64::midpoint(of[1], of[3]);
                    let meets = |(other, at): &&(String, [f64; 4])| {
                        (middle(at) - middle(edges)).abs() < 5.0
                            && at[0] < edges[2] - 0.5
                            && edges[0] < at[2] - 0.5
                            && !other.is_empty()
                    };
                    let met = words[..index].iter().find(meets);
                    assert!(
                        met.is_none(),
                        "{name} {language}, page {page}: {word} at {edges:?} meets {met:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn an_event_above_the_reader_leaves_no_trace_even_if_it_was_highlighted() {
    let mut content = brief("en", events(6, 2023, 2));
    content.sections[0].blocks =
        vec![figure(&["ev-2", "ev-4"]), content::paragraph(vec![content::statement("s-1", "It is so.")])];
    let mut without = content.clone();
    content.events[4].marking = "TLP:AMBER".into();
    without.events.remove(4);
    without.sections[0].blocks[0] = figure(&["ev-2"]);
    let edition_of = |content: &BriefContent, policy: Policy| {
        let canonical = validate::canonicalize(content, Scheme::Tlp).unwrap();
        redact::edition(&canonical, Clearance(canonical.floor()), policy).unwrap()
    };
    for policy in [Policy::Omit, Policy::Mark] {
        for options in [
            of(Format::Full),
            of(Format::Standard),
            Options { text_size: TextSize::Large, ..of(Format::Full) },
        ] {
            let reader = printed(&edition_of(&content, policy), &options);
            assert!(reader == printed(&edition_of(&without, policy), &options), "{policy:?}");
            assert!(!pdf::contains_text(
                &pdf::unpacked(&temporary_files::file("timeline.reader.pdf", &reader)),
                "number 4"
            ));
        }
    }
}

#[test]
fn dates_and_labels_are_in_the_words_of_the_readers_language() {
    for (locale, expected) in [
        (
            Locale::Russian,
            ["8 декабря 2024 г. Assad government", "Без даты:", "* Для этого события источник не указан."],
        ),
        (
            Locale::Persian,
            ["۸ دسامبر ۲۰۲۴ Assad government", "بی\u{200c}تاریخ:", "* برای این رویداد منبعی ذکر نشده است."],
        ),
        (Locale::Arabic, ["٨ ديسمبر ٢٠٢٤ Assad government", "بلا تاريخ:", "* لم يُذكر مصدر لهذا الحدث."]),
    ] {
        let text = text(&sample(), &Options { locale: Some(locale), ..of(Format::Standard) });
        for words in expected {
            assert!(text.contains(words), "{locale:?}: {words}");
        }
    }
}

#[test]
fn large_print_has_the_table_of_events_once() {
    let options = Options { text_size: TextSize::Large, ..of(Format::Full) };
    let text = text(&brief("en", events(5, 2023, 2)), &options);
    assert!(text.contains("Rests on"));
    assert_eq!(text.matches("talks talks number 4").count(), 1, "{text}");
}
