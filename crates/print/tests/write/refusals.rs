//! Errors of the writer, which never panics.

use std::sync::Arc;

use chancery_print::fonts::FaceId;
use chancery_print::graphics::{Color, Paint, Path, Segment};
use chancery_print::pages::{ArtifactKind, Glyph, GlyphRun, Item, Owner, Page, PlacedItem};
use chancery_print::tags::{AnchorId, LinkTarget, ListNumbering, Role, TagId, TagTree};
use chancery_print::units::Length;
use chancery_print::write::WriteError;
use proptest::prelude::*;

use crate::sample::{Sample, sample};
use crate::setter::{rect, tagged};

/// Returns the first run of the sample.
fn first_run(sample: &mut Sample) -> &mut GlyphRun {
    let run = sample.pages.pages[0].items.iter_mut().find_map(|placed| match &mut placed.item {
        Item::Run(run) => Some(run),
        _ => None,
    });
    run.unwrap()
}

#[test]
fn a_missing_title_language_or_page_is_reported() {
    let mut untitled = sample();
    untitled.info.title = " ".into();
    assert!(matches!(untitled.write(), Err(WriteError::NoTitle)));
    let mut speechless = sample();
    speechless.info.language.clear();
    assert!(matches!(speechless.write(), Err(WriteError::NoLanguage)));
    let mut empty = sample();
    empty.pages.pages.clear();
    assert!(matches!(empty.write(), Err(WriteError::NoPages)));
}

#[test]
fn glyphs_that_cannot_be_shown_are_reported() {
    let mut notdef = sample();
    first_run(&mut notdef).glyphs[0].id = 0;
    assert!(matches!(notdef.write(), Err(WriteError::NotDef { page: 0, text, .. }) if text == "T"));
    let mut unknown = sample();
    first_run(&mut unknown).glyphs[0].id = 65_000;
    assert!(matches!(unknown.write(), Err(WriteError::UnknownGlyph { glyph: 65_000, .. })));
    let mut astray = sample();
    first_run(&mut astray).glyphs[0].cluster = 5..900;
    assert!(matches!(astray.write(), Err(WriteError::Cluster { start: 5, end: 900, .. })));
    let mut flat = sample();
    first_run(&mut flat).size = Length::ZERO;
    assert!(matches!(flat.write(), Err(WriteError::Size { page: 0 })));
}

#[test]
fn invalid_link_targets_and_sources_are_reported() {
    let mut nowhere = sample();
    nowhere.pages.anchors.remove(&AnchorId(1));
    assert!(matches!(nowhere.write(), Err(WriteError::UnplacedAnchor { anchor: 1 })));
    let mut unnamed = sample();
    unnamed.anchors.pop();
    assert!(matches!(unnamed.write(), Err(WriteError::UnnamedAnchor { anchor: 1 })));
    let mut twice = sample();
    twice.anchors[1] = twice.anchors[0].clone();
    assert!(matches!(twice.write(), Err(WriteError::TwoAnchors { .. })));
    let mut off_page = sample();
    off_page.pages.anchors.insert(AnchorId(1), (9, Length::ZERO));
    assert!(matches!(off_page.write(), Err(WriteError::AnchorPage { page: 9, .. })));
    let mut no_link = sample();
    let root = no_link.tags.root();
    no_link.pages.pages[0].items.push(tagged(root, 0, Item::LinkArea { link: root, rect: rect(0, 0, 1, 1) }));
    assert!(matches!(no_link.write(), Err(WriteError::NotALink { node: 0, .. })));
}

#[test]
fn missing_alternative_texts_are_reported() {
    for (role, expected) in [
        (Role::Figure { alt: " ".into() }, "has no alternative text"),
        (Role::Note { id: "note-1".into() }, "is empty or not unique"),
        (Role::Figure { alt: "\u{E9}".repeat(16_383) }, "Alt of 32768 bytes is too long"),
    ] {
        let mut sample = sample();
        let root = sample.tags.root();
        sample.tags.add(root, role, None);
        assert!(sample.write().unwrap_err().to_string().contains(expected));
    }
    let mut silent = sample();
    let root = silent.tags.root();
    let paragraph = silent.tags.add(root, Role::P, None);
    let target = LinkTarget::Uri("https://example.org".into());
    silent.tags.add(paragraph, Role::Link { target, contents: String::new() }, None);
    assert!(matches!(silent.write(), Err(WriteError::NoContents { .. })));
}

#[test]
fn a_table_without_a_body_and_a_list_without_items_are_reported() {
    let with = |build: fn(&mut TagTree, TagId)| {
        let mut sample = sample();
        let root = sample.tags.root();
        build(&mut sample.tags, root);
        sample.write().unwrap_err()
    };
    let bare = with(|tags, root| {
        tags.add(root, Role::Table, None);
    });
    assert!(matches!(bare, WriteError::EmptyTable { .. }), "{bare}");
    let head_alone = with(|tags, root| {
        let table = tags.add(root, Role::Table, None);
        let head = tags.add(table, Role::THead, None);
        tags.add(head, Role::Tr, None);
    });
    assert!(matches!(head_alone, WriteError::EmptyTable { .. }), "{head_alone}");
    let body_without_rows = with(|tags, root| {
        let table = tags.add(root, Role::Table, None);
        tags.add(table, Role::TBody, None);
    });
    assert!(matches!(body_without_rows, WriteError::EmptyTable { .. }), "{body_without_rows}");
    let list = with(|tags, root| {
        tags.add(root, Role::L(ListNumbering::Disc), None);
    });
    assert!(matches!(list, WriteError::EmptyList { .. }), "{list}");
}

#[test]
fn the_longest_alternative_text_is_written() {
    let mut sample = sample();
    let root = sample.tags.root();
    sample.tags.add(root, Role::Figure { alt: "\u{E9}".repeat(16_382) }, None);
    assert!(sample.prove().is_ok());
}

fn lengths() -> impl Strategy<Value = Length> {
    prop_oneof![-2000_i64..2000, any::<i64>()]
        .prop_map(|value| Length::from_units(if value.abs() < 2000 { value * 65_536 / 3 } else { value }))
}

fn glyphs() -> impl Strategy<Value = Vec<Glyph>> {
    let glyph = (any::<u8>(), lengths(), lengths(), lengths(), 0_u32..6, 0_u32..3);
    let glyph = glyph.prop_map(|(id, advance, right, up, start, length)| Glyph {
        id: u16::from(id),
        natural: advance,
        advance,
        offset: (right, up),
        cluster: start..start + length,
    });
    proptest::collection::vec(glyph, 0..8)
}

fn items(node: TagId) -> impl Strategy<Value = PlacedItem> {
    let run = (lengths(), lengths(), lengths(), lengths(), any::<u32>(), glyphs()).prop_map(
        |(size, x, y, letterspace, expansion, glyphs)| {
            let text = Arc::from("سلaé\u{E000} ");
            let color = Color(1, 2, 3);
            Item::Run(GlyphRun {
                face: FaceId::Serif,
                size,
                x,
                y,
                color,
                expansion,
                letterspace,
                text,
                glyphs,
                actual_texts: Vec::new(),
            })
        },
    );
    let path = (lengths(), lengths(), lengths(), any::<bool>()).prop_map(|(x, y, width, filled)| {
        let segments =
            vec![Segment::Move(x, y), Segment::Curve([(x, y), (y, x), (width, x)]), Segment::Close];
        let color = Color(0, 0, 0);
        let stroke = Paint::Stroke { color, width, dash: Some((x, y)) };
        Item::Path(Path { segments, paint: if filled { Paint::Fill(color) } else { stroke } })
    });
    let owner = (any::<bool>(), 0_u32..4).prop_map(move |(tagged, seq)| {
        if tagged { Owner::Tagged { node, seq } } else { Owner::Artifact(ArtifactKind::Layout) }
    });
    (owner, prop_oneof![run, path]).prop_map(|(owner, item)| PlacedItem { owner, item })
}

proptest! {
    #[test]
    fn no_pages_make_the_writer_panic(
        items in proptest::collection::vec(items(TagTree::new().root()), 0..12),
        size in (lengths(), lengths()),
    ) {
        let mut sample = sample();
        sample.pages.pages.truncate(2);
        sample.pages.pages.push(Page { size, items: items.clone() });
        let _ = sample.write();
        sample.pages.pages[2].size = (Length::pt(100), Length::pt(100));
        if let Ok(bytes) = sample.write() {
            prop_assert!(chancery_print::testing::struct_text(&bytes).is_ok());
        }
    }
}
