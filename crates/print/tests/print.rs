//! Printing of whole briefs through the public function.

mod temporary_files;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chancery_brief::digest::body_digest;
use chancery_print::testing::{edition, struct_text};
use chancery_print::{
    Edition, ExtractError, Fonts, Limits, Locale, Options, Paper, PrintError, Printed, Progress,
    RevisionState, TextSize, Warning, extract, print,
};
use chancery_proto::brief::v1::{
    Block, BriefContent, Event, Figure, RevisionBody, Section, Span, SpanKind, Statement, Table, TableCell,
    TableColumn, TableRow, block::Kind,
};
use chancery_testkit::content::{paragraph, statement};
use chancery_testkit::files;
use prost::Message as _;

fn print_content(content: &BriefContent) -> Result<Printed, PrintError> {
    let mut observe = |_| ControlFlow::Continue(());
    print(&edition(content), &Options::default(), &Limits::default(), &Fonts::default(), &mut observe)
}

fn sample() -> BriefContent {
    files::content("russia-iran", 2)
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
    let stopped =
        print(&edition(&content), &Options::default(), &Limits::default(), &Fonts::default(), &mut observe);
    assert!(matches!(stopped, Err(PrintError::Cancelled)));
    assert_eq!(seen, [Progress::Composed, Progress::Page(1), Progress::Page(2), Progress::Page(3)]);
}

#[test]
fn work_within_a_block_counts_before_its_first_page() {
    let word = "\u{643}\u{640}".repeat(400);
    let cells = vec![TableCell { text: word }; 4];
    let row = TableRow { cells, ..TableRow::default() };
    let columns = vec![TableColumn { heading: "Words".to_owned(), ..TableColumn::default() }; 4];
    let table = Table { columns, rows: vec![row], ..Table::default() };
    let block = Block { kind: Some(Kind::Table(table)), ..Block::default() };
    let sections =
        vec![Section { id: "s".into(), heading: "S".into(), blocks: vec![block], ..Section::default() }];
    let content =
        BriefContent { title: "T".into(), language: "ar".into(), sections, ..BriefContent::default() };
    let counter = Arc::new(AtomicU64::new(0));
    let mut at_composed = None;
    let mut at_page = None;
    let mut observe = |progress| {
        let count = counter.load(Ordering::Relaxed);
        match progress {
            Progress::Composed => at_composed = Some(count),
            // The table is on the page after the opening.
            Progress::Page(2) => at_page = Some(count),
            _ => {}
        }
        ControlFlow::Continue(())
    };
    chancery_print::activity::counted(Arc::clone(&counter), || {
        print(&edition(&content), &Options::default(), &Limits::default(), &Fonts::default(), &mut observe)
            .unwrap();
    });
    // The word is shaped whole once, and again around its line breaks.
    assert!(at_page.unwrap() > at_composed.unwrap() + 20, "{at_composed:?} {at_page:?}");
}

#[test]
fn a_brief_over_the_page_limit_is_refused() {
    let content = sample();
    let limits = Limits { max_pages: 4, ..Limits::default() };
    let refused = print(&edition(&content), &Options::default(), &limits, &Fonts::default(), &mut |_| {
        ControlFlow::Continue(())
    });
    assert!(matches!(refused, Err(PrintError::TooManyPages { limit: 4 })));
}

#[test]
fn a_missing_glyph_is_a_warning_and_does_not_stop_the_print() {
    let content = BriefContent {
        title: "日本".to_owned(),
        language: "en".to_owned(),
        bluf: vec![statement("s1", "A statement with \u{e000} in it.")],
        ..BriefContent::default()
    };
    let printed = print_content(&content).unwrap();
    let missing = |character, part_id: &str| Warning::MissingGlyph { character, part_id: part_id.to_owned() };
    assert_eq!(printed.warnings, [missing('日', ""), missing('本', ""), missing('\u{e000}', "s1")]);
}

#[test]
fn names_without_visible_characters_are_replaced_with_a_warning() {
    let linked = Statement {
        spans: vec![Span { start: 0, end: 3, kind: SpanKind::Link as i32, target: "#s2".to_owned() }],
        ..statement("s1", "See it.")
    };
    let blocks = vec![paragraph(vec![linked]), paragraph(vec![statement("s2", "\u{ad}")])];
    let section = |heading: &str| Section {
        id: "one".to_owned(),
        heading: heading.to_owned(),
        blocks: blocks.clone(),
        ..Section::default()
    };
    for blank in ["\u{ad}", "\u{200b}\u{2060}", "\u{ad}\u{a0}"] {
        let content = BriefContent {
            title: blank.to_owned(),
            language: "en".to_owned(),
            sections: vec![section(blank)],
            ..BriefContent::default()
        };
        let printed = print_content(&content).unwrap();
        let blank = |what, part_id: &str| Warning::BlankName { what, part_id: part_id.to_owned() };
        assert_eq!(printed.warnings, [blank("title", ""), blank("heading", "one")]);
        let file = chancery_testkit::pdf::unpacked(&temporary_files::file("blank.pdf", &printed.bytes));
        let title = "<rdf:li xml:lang=\"x-default\">example</rdf:li>";
        assert!(chancery_testkit::pdf::contains_text(&file, title));
    }
}

#[test]
fn a_justified_sentence_of_spaces_only_prints() {
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
fn a_superseded_revision_on_letter_paper_is_marked_as_superseded() {
    let content = sample();
    let edition = Edition { superseded_by: Some(3), state: RevisionState::Withdrawn, ..edition(&content) };
    let options = Options { paper: Paper::Letter, ..Options::default() };
    let printed =
        print(&edition, &options, &Limits::default(), &Fonts::default(), &mut |_| ControlFlow::Continue(()))
            .unwrap();
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
    // Once in the figure, once in the annex, and as evidence of changes.
    let evidence =
        |id: &String| content.changes.iter().filter(|change| change.evidence_ids.contains(id)).count();
    for event in &content.events {
        let most = 2 + evidence(&event.id) * 2;
        assert!((2..=most).contains(&times(&event.title)), "{}", event.title);
    }
    for domain in content.domains.iter().filter(|domain| !domain.why.is_empty()) {
        assert_eq!(times(&domain.why), 1, "{}", domain.why);
    }
    assert_eq!(times("settles in own currency with"), 1);
    assert_eq!(times("where revision 1 said likely"), 1);
}

#[test]
fn a_figure_too_tall_for_a_page_becomes_a_table() {
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
    // The annexes do not repeat the table.
    assert_eq!(text.matches("Event 89").count(), 1);
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
            blocks: vec![paragraph(vec![statement("s2", text.repeat(12))])],
            ..Section::default()
        }],
        ..BriefContent::default()
    };
    assert_eq!(print_content(&content).unwrap().warnings, []);
}

#[test]
fn large_print_has_no_side_column_and_sets_ids_after_their_paragraphs() {
    let content = sample();
    let options = Options { text_size: TextSize::Large, show_ids: true, ..Options::default() };
    let mut observe = |_| ControlFlow::Continue(());
    let printed =
        print(&edition(&content), &options, &Limits::default(), &Fonts::default(), &mut observe).unwrap();
    assert!(printed.pages > print_content(&content).unwrap().pages);
    let text = struct_text(&printed.bytes).unwrap();
    assert!(
        text.contains("[c-001\u{2009}\u{2013}\u{2009}c-002") || text.contains("[c-001 \u{2013} c-002"),
        "{text}"
    );
}

#[test]
fn labels_are_translated_and_terms_of_standards_are_not() {
    let content = sample();
    for (locale, heading, term) in [
        (Locale::Russian, "Ключевые выводы", "весьма вероятно (very likely)"),
        (Locale::Persian, "ارزیابی\u{200c}های کلیدی", "very likely"),
        (Locale::Arabic, "التقديرات الرئيسية", "very likely"),
    ] {
        let options = Options { locale: Some(locale), ..Options::default() };
        let mut observe = |_| ControlFlow::Continue(());
        let printed =
            print(&edition(&content), &options, &Limits::default(), &Fonts::default(), &mut observe).unwrap();
        let text = struct_text(&printed.bytes).unwrap();
        assert!(text.contains(heading) && text.contains(term), "{locale:?}");
        assert!(!text.contains("Key judgments") && !text.contains("Rests on"), "{locale:?}");
        assert_eq!(printed.warnings, [], "{locale:?}");
    }
}

#[test]
fn the_embedded_edition_is_extracted_with_its_digest() {
    let content = sample();
    let body = RevisionBody { brief_id: "example".into(), revision: 2, content: Some(content.clone()) };
    let digest = body_digest(&body.encode_to_vec()).to_string();
    let edition = Edition { edition_digest: &digest, ..edition(&content) };
    let options = Options { attach_data: true, ..Options::default() };
    let mut keep_going = |_| ControlFlow::Continue(());
    let printed = print(&edition, &options, &Limits::default(), &Fonts::default(), &mut keep_going).unwrap();
    let extracted = extract(&printed.bytes).unwrap();
    assert_eq!(extracted.brief, "workspaces/default/briefs/example");
    assert_eq!(extracted.edition_digest, digest);
    let back: RevisionBody = chancery_proto::json::from_str(&extracted.json).unwrap();
    assert_eq!(back, body);
    assert_eq!(body_digest(&back.encode_to_vec()).to_string(), digest);
}

#[test]
fn extraction_fails_without_data_and_for_damaged_files() {
    let printed = print_content(&sample()).unwrap();
    assert!(matches!(extract(&printed.bytes), Err(ExtractError::NoData)));
    assert!(matches!(extract(b"%PDF-1.7 nothing"), Err(ExtractError::Unreadable(_))));
    let cut = &printed.bytes[..printed.bytes.len() / 2];
    assert!(matches!(extract(cut), Err(ExtractError::Unreadable(_))));
}
