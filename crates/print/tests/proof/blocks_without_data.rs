//! Figures, lists and tables without data: they are in no edition and on no page, and no file with them violates
//! PDF/UA-1.

use std::fs;

use chancery_brief::marking::{Clearance, Policy, Scheme};
use chancery_brief::{redact, validate};
use chancery_print::testing::struct_text;
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Block, BriefContent, Figure, FigureKind, List, ListItem, Table, TableColumn,
};
use chancery_testkit::{files, pdf};

use crate::samples::{fitting, variants};
use crate::temporary_files;

/// Titles of blocks without data.
const TITLES: [&str; 2] = ["Nothing to draw", "No rows"];

fn read(file: &str) -> BriefContent {
    let path = files::root().join("tests/data/blocks-without-data").join(file);
    if file.ends_with("revision-1.json") {
        files::document(&path).content.unwrap()
    } else {
        chancery_proto::json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    }
}

/// Returns every kind of block without data, beside a sentence.
fn all_kinds() -> BriefContent {
    let mut content = read("empty-timeline.json");
    let blocks = &mut content.sections[0].blocks;
    for kind in [FigureKind::ActorNetwork, FigureKind::DomainTrends, FigureKind::Likelihoods] {
        let figure = Figure { kind: kind.into(), title: TITLES[0].into(), ..Figure::default() };
        blocks.push(Block { kind: Some(Kind::Figure(figure)), ..Block::default() });
    }
    let table =
        Table { caption: TITLES[1].into(), columns: vec![TableColumn::default()], ..Table::default() };
    let inner = ListItem { list: Some(List::default()), ..ListItem::default() };
    let kinds = [
        Kind::Table(table),
        Kind::List(List::default()),
        Kind::List(List { items: vec![inner, ListItem::default()], ..List::default() }),
    ];
    blocks.extend(kinds.map(|kind| Block { kind: Some(kind), ..Block::default() }));
    content
}

fn contents() -> [(&'static str, BriefContent); 4] {
    [
        ("empty-timeline", read("empty-timeline.json")),
        ("table-without-rows", read("table-without-rows.json")),
        ("withheld-events", read("withheld-events-revision-1.json")),
        ("all-kinds", all_kinds()),
    ]
}

#[test]
fn no_edition_prints_an_empty_frame_and_every_file_conforms() {
    let mut files = Vec::new();
    for (name, content) in contents() {
        let canonical = validate::canonicalize(&content, Scheme::Tlp).unwrap();
        for policy in [Policy::Omit, Policy::Mark] {
            let edition = redact::edition(&canonical, Clearance(canonical.floor()), policy).unwrap();
            for variant in variants() {
                let file = format!("without-data/{name}.{}.{}.pdf", policy.as_str(), variant.name);
                let Some(printed) = fitting(&file, &edition, &variant.options) else { continue };
                let struct_tree_text = struct_text(&printed.bytes).unwrap();
                assert!(
                    TITLES.iter().all(|title| !struct_tree_text.contains(title)),
                    "{file}: {struct_tree_text}"
                );
                files.push(temporary_files::file(&file, &printed.bytes));
            }
        }
    }
    pdf::assert_conform("ua1,2a", &files);
}

/// The printer omits such blocks itself, because its input need not be an edition.
#[test]
fn unvalidated_content_prints_without_empty_tables_and_lists() {
    let mut files = Vec::new();
    for (name, mut content) in contents() {
        content.events.clear();
        for variant in variants() {
            let file = format!("without-data/raw.{name}.{}.pdf", variant.name);
            let Some(printed) = fitting(&file, &content, &variant.options) else { continue };
            files.push(temporary_files::file(&file, &printed.bytes));
        }
    }
    pdf::assert_conform("ua1,2a", &files);
}
