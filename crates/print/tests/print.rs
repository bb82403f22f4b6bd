//! Printing whole briefs through the public function.

use std::ops::ControlFlow;

use chancery_print::readback::struct_text;
use chancery_print::{Edition, Limits, Options, Paper, PrintError, Printed, Progress, Warning, print};
use chancery_proto::brief::v1::{
    Actor, Block, BriefContent, Callout, Citation, Confidence, Domain, Event, Figure, KeyJudgment,
    Likelihood, List, ListItem, LocalizedText, Paragraph, Relationship, RevisionDocument, Section, Source,
    Span, Statement, Table, TableCell, TableColumn, TableRow, Withheld, block::Kind,
};
use proptest::prelude::*;

const DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn edition(content: &BriefContent) -> Edition<'_> {
    Edition {
        content,
        brief: "workspaces/default/briefs/example",
        revision: 2,
        edition_digest: DIGEST,
        published_at: "2026-01-01T00:00:00Z",
        creator: "The desk",
        recipient: "",
        superseded_by: None,
        withdrawn: false,
    }
}

fn print_content(content: &BriefContent) -> Result<Printed, PrintError> {
    let mut observe = |_| ControlFlow::Continue(());
    print(&edition(content), &Options::default(), &Limits::default(), &mut observe)
}

fn sample() -> BriefContent {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/russia-iran/revision-2.json");
    let json = std::fs::read_to_string(path).expect("the sample is in the repository");
    let document: RevisionDocument = chancery_proto::json::from_str(&json).expect("the sample is valid");
    document.content.expect("the sample has content")
}

fn statement(id: &str, text: &str) -> Statement {
    Statement { id: id.to_owned(), text: text.to_owned(), ..Statement::default() }
}

fn paragraph(statements: Vec<Statement>) -> Block {
    Block { kind: Some(Kind::Paragraph(Paragraph { statements })), ..Block::default() }
}

#[test]
fn the_same_edition_prints_to_the_same_bytes() {
    let content = sample();
    let first = print_content(&content).unwrap();
    let second = std::thread::spawn(move || print_content(&content).unwrap()).join().unwrap();
    assert_eq!(first.bytes, second.bytes);
    assert!(first.pages > 5);
    assert_eq!(first.warnings, []);
}

#[test]
fn an_observer_can_stop_a_print_between_pages() {
    let content = sample();
    let mut seen = Vec::new();
    let mut observe = |progress| {
        seen.push(progress);
        if progress == Progress::Page(3) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let stopped = print(&edition(&content), &Options::default(), &Limits::default(), &mut observe);
    assert!(matches!(stopped, Err(PrintError::Cancelled)));
    assert_eq!(seen, [Progress::Composed, Progress::Page(1), Progress::Page(2), Progress::Page(3)]);
}

#[test]
fn a_brief_over_the_page_limit_is_refused() {
    let content = sample();
    let limits = Limits { max_pages: 4 };
    let refused = print(&edition(&content), &Options::default(), &limits, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(refused, Err(PrintError::TooManyPages { limit: 4 })));
}

#[test]
fn a_character_that_no_face_has_is_reported_and_does_not_stop_the_print() {
    let content = BriefContent {
        title: "日本".to_owned(),
        language: "en".to_owned(),
        bluf: vec![statement("s1", "A statement with \u{e000} in it.")],
        ..BriefContent::default()
    };
    let printed = print_content(&content).unwrap();
    let missing = |character| Warning::MissingGlyph { character };
    assert_eq!(printed.warnings, [missing('日'), missing('本'), missing('\u{e000}')]);
}

#[test]
fn a_justified_sentence_of_nothing_but_space_prints() {
    let blocks = vec![paragraph(vec![statement("s1", " \u{200c}")])];
    let content = BriefContent {
        title: "Space".to_owned(),
        language: "en".to_owned(),
        sections: vec![Section {
            id: "one".to_owned(),
            heading: "One".to_owned(),
            blocks,
            ..Section::default()
        }],
        ..BriefContent::default()
    };
    assert!(print_content(&content).is_ok());
}

#[test]
fn a_word_of_500_letters_and_a_row_taller_than_a_page_print() {
    let long = "x".repeat(500);
    let tall = "A sentence that is repeated until its cell is taller than a page. ".repeat(120);
    let row = |text: &str| TableRow {
        cells: vec![TableCell { text: long.clone() }, TableCell { text: text.to_owned() }],
        ..TableRow::default()
    };
    let table = Table {
        caption: "Rows".to_owned(),
        columns: vec![TableColumn::default(), TableColumn::default()],
        rows: vec![row("short"), row(&tall), row("short")],
        ..Table::default()
    };
    let blocks = vec![
        paragraph(vec![statement("s1", &long), statement("s2", &tall)]),
        Block { kind: Some(Kind::Table(table)), ..Block::default() },
    ];
    let section = Section { id: "one".to_owned(), heading: long.clone(), blocks, ..Section::default() };
    let content = BriefContent {
        title: long.clone(),
        language: "en".to_owned(),
        sections: vec![section],
        ..BriefContent::default()
    };
    assert!(print_content(&content).unwrap().pages > 3);
}

#[test]
fn a_superseded_revision_on_letter_paper_says_so_in_its_text() {
    let content = sample();
    let edition = Edition { superseded_by: Some(3), withdrawn: true, ..edition(&content) };
    let options = Options { paper: Paper::Letter };
    let printed = print(&edition, &options, &Limits::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    let text = struct_text(&printed.bytes).unwrap();
    assert!(text.contains("This revision is withdrawn."));
    assert!(text.contains("Superseded by revision 3."));
    for statement in content.bluf.iter().chain(content.key_judgments.iter().flat_map(|kj| &kj.statements)) {
        let words = statement.text.split_whitespace().next().unwrap();
        assert!(text.contains(words), "{words}");
    }
}

#[test]
fn the_samples_figures_are_drawn_and_their_data_is_not_printed_as_tables_again() {
    let content = sample();
    let text = struct_text(&print_content(&content).unwrap().bytes).unwrap();
    let times = |words: &str| text.matches(words).count();
    // In the figure and in the annex.
    for event in &content.events {
        assert_eq!(times(&event.title), 2, "{}", event.title);
    }
    for domain in content.domains.iter().filter(|domain| !domain.why.is_empty()) {
        assert_eq!(times(&domain.why), 1, "{}", domain.why);
    }
    assert_eq!(times("settles in own currency with"), 2);
    assert_eq!(times("where revision 1 said likely"), 1);
}

#[test]
fn a_figure_with_too_much_for_a_page_is_a_table() {
    let event = |number: usize| Event {
        title: format!("Event {number}"),
        date: "2024".to_owned(),
        ..Event::default()
    };
    let figure = Figure { kind: 1, title: "Much happened".to_owned(), ..Figure::default() };
    let block = Block { kind: Some(Kind::Figure(figure)), ..Block::default() };
    let content = BriefContent {
        title: "Much".to_owned(),
        language: "en".to_owned(),
        events: (0..90).map(event).collect(),
        sections: vec![Section {
            id: "one".to_owned(),
            heading: "One".to_owned(),
            blocks: vec![block],
            ..Section::default()
        }],
        ..BriefContent::default()
    };
    let text = struct_text(&print_content(&content).unwrap().bytes).unwrap();
    assert_eq!(text.matches("Much happened").count(), 1);
    assert_eq!(text.matches("Event 89").count(), 2);
}

#[test]
fn right_to_left_briefs_print() {
    let text = "روسیه و ایران شراکت و محدودیت‌های آن در سال‌های ۲۰۲۴ و 2025 (NATO) را سنجیدند.";
    let content = BriefContent {
        title: "روسیه و ایران".to_owned(),
        language: "fa".to_owned(),
        bluf: vec![statement("s1", text)],
        sections: vec![Section {
            id: "one".to_owned(),
            heading: "بخش".to_owned(),
            blocks: vec![paragraph(vec![statement("s2", &text.repeat(12))])],
            ..Section::default()
        }],
        ..BriefContent::default()
    };
    assert_eq!(print_content(&content).unwrap().warnings, []);
}

/// Any text that is left after controls were refused; now and then with what is hard to set.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "\\PC{0,60}",
        2 => "[a-z]{1,14}( [a-z,.]{1,12}){0,30}",
        1 => "[ء-ي ‌()0-9]{1,40}",
        1 => "[\u{300}-\u{36f}\u{200b}-\u{200f}\u{fe0f}a ]{0,12}",
    ]
}

fn any_statement() -> impl Strategy<Value = Statement> {
    let span =
        (0_u32..40, 0_u32..40, 1_i32..5, prop_oneof![Just("#s0"), Just("https://example.org/a"), Just("fa")])
            .prop_map(|(start, length, kind, target)| Span {
                start,
                end: start + length,
                kind,
                target: target.to_owned(),
            });
    let spans = prop::collection::vec(span, 0..3);
    (text(), spans, 0_usize..4, 0_i32..4, any::<bool>()).prop_map(|(text, spans, cited, status, withheld)| {
        if withheld {
            return Statement { withheld: Some(Withheld {}), ..Statement::default() };
        }
        Statement {
            id: "s0".to_owned(),
            text,
            spans,
            status,
            citations: vec![Citation { source_id: "src".to_owned(), ..Citation::default() }; cited],
            ..Statement::default()
        }
    })
}

fn any_block() -> impl Strategy<Value = Block> {
    let statements = prop::collection::vec(any_statement(), 0..4).boxed();
    let kind = prop_oneof![
        statements.clone().prop_map(|statements| Kind::Paragraph(Paragraph { statements })),
        (text(), statements.clone())
            .prop_map(|(title, statements)| Kind::Callout(Callout { title, statements })),
        (any::<bool>(), statements).prop_map(|(ordered, statements)| {
            let inner = ListItem { statements: statements.clone(), ..ListItem::default() };
            let list = Some(List { ordered: !ordered, items: vec![inner] });
            Kind::List(List { ordered, items: vec![ListItem { statements, list, ..ListItem::default() }] })
        }),
        (text(), prop::collection::vec(text(), 1..12), 1_usize..5).prop_map(|(caption, cells, columns)| {
            let rows = cells.chunks(columns).map(|row| TableRow {
                cells: row.iter().map(|text| TableCell { text: text.clone() }).collect(),
                ..TableRow::default()
            });
            let rows = rows.collect();
            let columns = vec![TableColumn { heading: caption.clone(), r#type: 1 }; columns];
            Kind::Table(Table { caption, columns, rows, ..Table::default() })
        }),
        (0_i32..6, text(), text()).prop_map(|(kind, title, source)| {
            Kind::Figure(Figure { kind, title, source, ..Figure::default() })
        }),
        Just(Kind::Withheld(Withheld {})),
    ];
    ("[A-Z]{0,4}", kind).prop_map(|(marking, kind)| Block { marking, kind: Some(kind), ..Block::default() })
}

prop_compose! {
    fn any_brief()(
        title in text().prop_map(|text| format!("Title {text}")),
        local in text(),
        language in prop_oneof![Just("en"), Just("fa"), Just("ru"), Just("de-CH")],
        bluf in prop::collection::vec(any_statement(), 0..3),
        judgment in prop::collection::vec(any_statement(), 0..2),
        blocks in prop::collection::vec(any_block(), 0..6),
        heading in text(),
        why in text(),
        names in prop::collection::vec((text(), 0_i32..6, any::<bool>()), 0..12),
        term in 0_i32..22,
    ) -> BriefContent {
        let confidence = Some(Confidence { level: 2, why });
        let section = Section { id: "sec".to_owned(), heading: heading.clone(), blocks, ..Section::default() };
        let deep = Section { id: "deep".to_owned(), heading, sections: vec![section], ..Section::default() };
        BriefContent {
            localized_titles: vec![LocalizedText { language: "ar".to_owned(), text: local.clone() }],
            domains: names
                .iter()
                .map(|(name, trend, _)| Domain { name: name.clone(), trend: *trend, why: local.clone(), ..Domain::default() })
                .collect(),
            actors: vec![Actor { id: "act".to_owned(), name: title.clone(), ..Actor::default() }],
            relationships: names.iter().map(|(name, status, symmetric)| Relationship {
                from_id: "act".to_owned(),
                to_id: name.clone(),
                r#type: "knows".to_owned(),
                status: *status,
                symmetric: *symmetric,
                item: local.clone(),
                ..Relationship::default()
            }).collect(),
            events: names.iter().map(|(title, month, dated)| Event {
                title: title.clone(),
                date: if *dated { format!("2024-0{}~", month + 1) } else { String::new() },
                ..Event::default()
            }).collect(),
            sources: vec![Source { id: "src".to_owned(), title: local, ..Source::default() }],
            key_judgments: vec![KeyJudgment {
                id: "kj".to_owned(),
                statements: judgment,
                rests_on: vec!["s0".to_owned(), "gone".to_owned()],
                confidence,
                likelihood: Some(Likelihood { term, low_percent: 20, high_percent: 40, point_percent: Some(30), ..Likelihood::default() }),
                ..KeyJudgment::default()
            }],
            title,
            language: language.to_owned(),
            bluf,
            sections: vec![deep],
            ..BriefContent::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_brief_prints(content in any_brief()) {
        let printed = print_content(&content);
        prop_assert!(printed.is_ok(), "{:?}", printed.err());
    }
}
