//! Tests that nothing runs off the page, whatever the brief contains.

use std::ops::ControlFlow;

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Block, BriefContent, Callout, Citation, Indicator, KeyJudgment, List, ListItem, LocalizedText, Paragraph,
    Section, Source, Statement, Table, TableCell, TableColumn, TableRow,
};

use crate::compose::{Abridgement, compose};
use crate::graphics::Segment;
use crate::layout::{Geometry, LayoutError, layout};
use crate::pages::{Item, Owner, Page};
use crate::text::Typesetter;
use crate::text::languages::is_right_to_left;
use crate::units::Length;
use crate::{Edition, Format, Limits, NO_IMAGES, Options, Paper, PrintError, RevisionState, TextSize};

/// Maximum overhang of hanging punctuation and long list numbers into the margin.
const HANGING: Length = Length::pt(14);

/// Lays out a brief and checks every page; returns the number of pages.
fn all_within(content: &BriefContent, options: &Options) -> usize {
    let edition = Edition {
        content,
        brief: "workspaces/default/briefs/example",
        revision: 2,
        edition_digest: "0123",
        published_at: "",
        creator: "",
        import: None,
        state: RevisionState::Draft,
        withdraw_reason: "",
        superseded_by: None,
        earlier: None,
        earlier_revision: 0,
        combined_changes: None,
        images: &NO_IMAGES,
    };
    let mut typesetter = Typesetter::default();
    let Ok((flow, _)) =
        compose(&edition, options, Abridgement::TrendColumns, &Limits::default(), &mut typesetter)
    else {
        panic!("it composes");
    };
    let geometry =
        Geometry::new(options.paper, is_right_to_left(&content.language)).with_text_size(options.text_size);
    let mut seen = 0;
    let mut emit = |number: usize, page: Page| -> Result<(), LayoutError> {
        seen += 1;
        for placed in &page.items {
            let tagged = matches!(placed.owner, Owner::Tagged { .. });
            check(&placed.item, tagged, &geometry).unwrap_or_else(|what| panic!("page {number}: {what}"));
        }
        Ok(())
    };
    let keep_going = &mut |_| ControlFlow::Continue(());
    layout(&flow, &mut typesetter, &geometry, 2_000, keep_going, &mut emit).unwrap();
    assert!(seen > 0);
    seen / 2
}

fn check(item: &Item, tagged: bool, geometry: &Geometry) -> Result<(), String> {
    let (width, height) = geometry.size;
    // Tagged content must stay in the columns, artifacts on the paper.
    let (left, right) = if tagged {
        (geometry.side - HANGING, width - geometry.side + HANGING)
    } else {
        (Length::ZERO, width)
    };
    let (low, high) = if tagged {
        (height - geometry.top - geometry.height, height - geometry.top)
    } else {
        (Length::ZERO, height)
    };
    let inside = |x: Length, y: Length| left <= x && x <= right && low <= y && y <= high;
    match item {
        Item::Run(run) => {
            let advances: Length = run.glyphs.iter().map(|glyph| glyph.advance + run.letterspace).sum();
            let end = run.x + advances * i64::from(run.expansion) / 100_000;
            let fits = inside(run.x, run.y) && inside(end, run.y + run.size * 6 / 10);
            if fits { Ok(()) } else { Err(format!("{:?} at {:?} to {end:?}, {:?}", run.text, run.x, run.y)) }
        }
        Item::Path(path) => path.segments.iter().try_for_each(|segment| {
            let fits = match *segment {
                Segment::Rect(rect) => {
                    inside(rect.x, rect.y) && inside(rect.x + rect.width, rect.y + rect.height)
                }
                Segment::Move(x, y) | Segment::Line(x, y) => inside(x, y),
                Segment::Curve(points) => points.iter().all(|(x, y)| inside(*x, *y)),
                Segment::Close => true,
            };
            if fits { Ok(()) } else { Err(format!("{segment:?}")) }
        }),
        Item::Repeated(items) => items.iter().try_for_each(|item| check(item, false, geometry)),
        Item::Image { rect, .. } => {
            let fits = inside(rect.x, rect.y) && inside(rect.x + rect.width, rect.y + rect.height);
            if fits { Ok(()) } else { Err(format!("a picture at {rect:?}")) }
        }
        Item::LinkArea { rect, .. } => {
            let fits = inside(rect.x, rect.y) && inside(rect.x + rect.width, rect.y);
            if fits { Ok(()) } else { Err(format!("a link at {rect:?}")) }
        }
    }
}

fn in_every_way(content: &BriefContent) -> usize {
    let mut most = 0;
    for paper in [Paper::A4, Paper::Letter] {
        for text_size in [TextSize::Normal, TextSize::Large] {
            for format in [Format::Full, Format::Standard] {
                most = most
                    .max(all_within(content, &Options { format, paper, text_size, ..Options::default() }));
            }
        }
    }
    most
}

fn brief(title: &str, blocks: Vec<Block>) -> BriefContent {
    let heading = "One".to_owned();
    let section = Section { id: "one".to_owned(), heading, blocks, ..Section::default() };
    BriefContent {
        title: title.to_owned(),
        language: "en".to_owned(),
        sections: vec![section],
        ..BriefContent::default()
    }
}

fn block(kind: Kind) -> Block {
    Block { kind: Some(kind), ..Block::default() }
}

fn statement(id: &str, text: &str) -> Statement {
    Statement { id: id.to_owned(), text: text.to_owned(), ..Statement::default() }
}

fn sentences(count: usize) -> String {
    "Nothing of this runs off the page. ".repeat(count)
}

#[test]
fn an_empty_brief_and_a_brief_of_one_word_have_a_page() {
    let empty = BriefContent { language: "en".to_owned(), ..BriefContent::default() };
    assert!(in_every_way(&empty) >= 1);
    let word =
        brief("Rain", vec![block(Kind::Paragraph(Paragraph { statements: vec![statement("s", "Rain.")] }))]);
    assert!(in_every_way(&word) >= 1);
}

#[test]
fn a_title_of_40_000_characters_continues_over_pages() {
    let title = sentences(40_000 / 35);
    let local =
        LocalizedText { language: "fa".to_owned(), text: "\u{628}\u{627}\u{631}\u{627}\u{646} ".repeat(500) };
    let content =
        BriefContent { localized_titles: vec![local], subtitle: sentences(200), ..brief(&title, Vec::new()) };
    assert!(in_every_way(&content) > 10);
}

#[test]
fn a_row_taller_than_a_page_continues_below_a_repeated_header() {
    let cell = |text: &str| TableCell { text: text.to_owned() };
    let tall = "word ".repeat(3_000);
    let rows = (0..40).map(|row| TableRow {
        cells: vec![cell(&format!("Row {row}")), cell(if row == 20 { &tall } else { "short" })],
        ..TableRow::default()
    });
    let heading = |heading: &str| TableColumn { heading: heading.to_owned(), ..TableColumn::default() };
    let columns = vec![heading("Name"), heading("What it says")];
    let table = Table { caption: "Rows".to_owned(), columns, rows: rows.collect(), ..Table::default() };
    assert!(in_every_way(&brief("Rows", vec![block(Kind::Table(table))])) > 6);
}

#[test]
fn a_table_header_taller_than_a_page_is_divided() {
    let long = "x".repeat(500);
    let columns = vec![TableColumn { heading: long.clone(), ..TableColumn::default() }; 12];
    let row = TableRow { cells: vec![TableCell { text: long }; 12], ..TableRow::default() };
    let table = Table { caption: sentences(400), columns, rows: vec![row; 3], ..Table::default() };
    assert!(in_every_way(&brief("Wide", vec![block(Kind::Table(table))])) > 6);
}

#[test]
fn a_callout_taller_than_a_page_is_divided() {
    let callout = Callout { title: sentences(60), statements: vec![statement("s", &sentences(700))] };
    assert!(in_every_way(&brief("Callout", vec![block(Kind::Callout(callout))])) > 4);
}

#[test]
fn six_levels_of_lists_with_long_words_and_high_numbers_stay_on_the_page() {
    let word = "x".repeat(500);
    let mut list = List { ordered: true, items: Vec::new() };
    for level in 0..6 {
        let inner = (level > 0).then_some(list);
        let item = |number: usize, list: Option<List>| ListItem {
            statements: vec![statement(
                &format!("s{level}-{number}"),
                if number == 120 { &word } else { "No." },
            )],
            list,
            ..ListItem::default()
        };
        let mut items: Vec<ListItem> = (0..120).map(|number| item(number, None)).collect();
        items.push(item(120, inner));
        list = List { ordered: true, items };
    }
    assert!(all_within(&brief("Lists", vec![block(Kind::List(list))]), &Options::default()) > 3);
}

#[test]
fn more_ids_than_a_paragraph_has_lines_and_a_long_marking_stay_in_their_column() {
    let statements = (0..900).map(|number| statement(&format!("a-long-id-{}", number * 2), "No.")).collect();
    let marking = "TOP SECRET//".repeat(20);
    let mut paragraph = block(Kind::Paragraph(Paragraph { statements }));
    paragraph.marking.clone_from(&marking);
    let content =
        BriefContent { marking, default_marking: "CLEAR".to_owned(), ..brief("Ids", vec![paragraph]) };
    assert!(in_every_way(&content) > 1);
}

#[test]
fn a_source_that_every_page_cites_names_them_all() {
    let cited = |number: usize| {
        let citation = Citation { source_id: "src".to_owned(), ..Citation::default() };
        let text = sentences(30);
        let statement = Statement { citations: vec![citation], ..statement(&format!("s-{number}"), &text) };
        block(Kind::Paragraph(Paragraph { statements: vec![statement] }))
    };
    let sources = vec![Source { id: "src".to_owned(), title: "All".to_owned(), ..Source::default() }; 1];
    let content = BriefContent { sources, ..brief("Cited", (0..60).map(cited).collect()) };
    assert!(in_every_way(&content) > 10);
}

#[test]
fn one_page_with_everything_at_its_longest_keeps_to_its_columns() {
    let long = "x".repeat(500);
    let judgment = |number: usize| KeyJudgment {
        id: format!("kj-{number}"),
        statements: vec![statement(&format!("kj-{number}-s"), &long)],
        revision_note: long.clone(),
        ..KeyJudgment::default()
    };
    let indicator =
        Indicator { id: "ind".to_owned(), text: long.clone(), meaning: long.clone(), ..Indicator::default() };
    let content = BriefContent {
        bluf: vec![statement("b", &long)],
        key_judgments: (0..5).map(judgment).collect(),
        indicators: vec![indicator],
        change_summary: long.clone(),
        ..brief(&long, Vec::new())
    };
    for paper in [Paper::A4, Paper::Letter] {
        all_within(&content, &Options { paper, format: Format::OnePage, ..Options::default() });
    }
}

#[test]
fn eight_judgments_are_reported_as_an_overflow() {
    let content =
        BriefContent { key_judgments: vec![KeyJudgment::default(); 8], ..brief("Much", Vec::new()) };
    let options = Options { format: Format::OnePage, ..Options::default() };
    let edition = Edition {
        content: &content,
        brief: "b",
        revision: 1,
        edition_digest: "",
        published_at: "",
        creator: "",
        import: None,
        state: RevisionState::Published,
        withdraw_reason: "",
        superseded_by: None,
        earlier: None,
        earlier_revision: 0,
        combined_changes: None,
        images: &NO_IMAGES,
    };
    let composed =
        compose(&edition, &options, Abridgement::Nothing, &Limits::default(), &mut Typesetter::default());
    let Err(PrintError::PageOverfull { overflows }) = composed else { panic!("it is refused") };
    let messages: Vec<String> = overflows.iter().map(ToString::to_string).collect();
    assert_eq!(messages, ["there are 8 key judgments; the maximum is 7"]);
}
