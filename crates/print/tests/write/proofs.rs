//! Differences that readback detects.

use std::sync::Arc;

use chancery_print::ProofError;
use chancery_print::pages::{ArtifactKind, Item, Owner, Page};
use chancery_print::tags::Role;
use chancery_print::testing::{normal_form, prove, struct_text};
use chancery_print::write::{WriteError, Writer};

use crate::sample::sample;
use crate::setter::artifact;

#[test]
fn the_file_has_the_expected_text_in_reading_order() {
    let proof = sample().prove().unwrap();
    let lines: Vec<&str> = proof.text.lines().collect();
    assert_eq!(lines[..2], ["Russia & Iran", "Key judgments"]);
    assert!(proof.text.contains(
        "made an affirmation, AV To. Tight and wide, with a soft hyphen. See the source, and the note1. It continues here."
    ));
    assert!(proof.text.contains("سلام به لاله") && proof.text.contains("کتابِ بزرگ"));
    assert!(proof.text.contains("A box: \u{25A1}\u{E000}"));
    assert!(proof.text.ends_with("Notes\n1\nMinistry of Trade, é combined."));
    assert_eq!(proof.pages, 2);
    assert_eq!(proof.artifacts[0], ["TLP:GREEN", "russia-iran · 1/2"]);
}

#[test]
fn struct_text_equals_the_proven_text() {
    let sample = sample();
    assert_eq!(struct_text(&sample.write().unwrap()).unwrap(), sample.prove().unwrap().text);
}

#[test]
fn painting_order_does_not_change_reading_order() {
    let mut sample = sample();
    let before = sample.prove().unwrap().text;
    for page in &mut sample.pages.pages {
        page.items.reverse();
    }
    assert_eq!(sample.prove().unwrap().text, before);
}

#[test]
fn a_changed_word_is_reported_with_its_element_and_both_texts() {
    let sample = sample();
    let mut expected = sample.expected();
    let heading = sample.tags.nodes().iter().position(|node| node.role == Role::H(2)).unwrap();
    let (node, seq, _) = sample.texts.iter().find(|(node, ..)| node.index() == heading).unwrap();
    expected.text(*node, *seq, " withheld");
    match prove(&sample.write().unwrap(), &expected) {
        Err(ProofError::Text { element, expected, found }) => {
            assert_eq!(element, "Document/Sect[1]/H2[0]");
            assert_eq!((expected.as_str(), found.as_str()), ("Notes withheld", "Notes"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn untagged_text_on_a_page_is_found() {
    let mut sample = sample();
    let bytes = sample.write().unwrap();
    // With the last text as an artifact, the tree lacks it; with an additional text, the page has too much.
    let last = sample.pages.pages[1].items.last_mut().unwrap();
    last.owner = Owner::Artifact(ArtifactKind::Layout);
    assert!(matches!(sample.prove(), Err(ProofError::Text { .. })));
    sample.texts.pop();
    assert!(matches!(prove(&bytes, &sample.expected()), Err(ProofError::Text { .. })));
}

#[test]
fn swapped_positions_are_found() {
    let mut sample = sample();
    let items = &mut sample.pages.pages[0].items;
    let runs: Vec<usize> = (0..items.len()).filter(|&index| is_tagged_run(&items[index])).collect();
    let first = runs.iter().copied().find(|&index| text(&items[index]).contains("affirmation")).unwrap();
    let second = runs.iter().copied().find(|&index| text(&items[index]).contains("phen")).unwrap();
    let owner = items[first].owner.clone();
    items[first].owner = std::mem::replace(&mut items[second].owner, owner);
    assert!(matches!(sample.prove(), Err(ProofError::Text { .. })));
}

fn is_tagged_run(placed: &chancery_print::pages::PlacedItem) -> bool {
    matches!((&placed.item, &placed.owner), (Item::Run(_), Owner::Tagged { .. }))
}

fn text(placed: &chancery_print::pages::PlacedItem) -> &str {
    match &placed.item {
        Item::Run(run) => &run.text,
        _ => "",
    }
}

#[test]
fn metadata_and_outline_are_proven() {
    let written = sample();
    let bytes = written.write().unwrap();
    let mut meant = sample();
    meant.info.marking = "TLP:RED".into();
    assert!(matches!(prove(&bytes, &meant.expected()), Err(ProofError::Metadata(fact)) if fact == "TLP:RED"));
    meant.info.marking = String::new();
    assert!(matches!(prove(&bytes, &meant.expected()), Err(ProofError::Stray(fact)) if fact == "TLP:GREEN"));
    let mut meant = sample();
    meant.outline[1].level = 1;
    assert!(matches!(prove(&bytes, &meant.expected()), Err(ProofError::Outline { entry: 1, .. })));
    meant.outline.clear();
    assert!(matches!(
        prove(&bytes, &meant.expected()),
        Err(ProofError::Outline { entry: 0, expected: None, .. })
    ));
}

#[test]
fn a_destination_without_a_name_is_found() {
    let written = sample();
    let bytes = written.write().unwrap();
    let mut meant = sample();
    meant.anchors.truncate(1);
    meant.outline.pop();
    assert!(prove(&bytes, &meant.expected()).is_err());
}

#[test]
fn damaged_files_are_refused_without_a_panic() {
    let bytes = sample().write().unwrap();
    for cut in (0..bytes.len()).step_by(bytes.len() / 60) {
        let _ = struct_text(&bytes[..cut]);
        let mut damaged = bytes.clone();
        damaged[cut] ^= 0x55;
        let _ = struct_text(&damaged);
    }
}

#[test]
fn running_elements_are_not_text() {
    let mut sample = sample();
    let run = crate::setter::run(chancery_print::fonts::FaceId::Sans, 40, 100, 400, "DRAFT");
    sample.pages.pages[0].items.insert(0, artifact(ArtifactKind::Watermark, Item::Run(run)));
    let proof = sample.prove().unwrap();
    assert!(!proof.text.contains("DRAFT"));
    assert_eq!(proof.artifacts[0][0], "DRAFT");
    assert_eq!(normal_form(&proof.artifacts[0][1]), "TLP:GREEN");
}

#[test]
fn running_elements_are_written_once_and_are_not_text() {
    let mut sample = sample();
    let run = crate::setter::run(chancery_print::fonts::FaceId::Sans, 8, 100, 400, "On every page");
    let repeated: Arc<[Item]> = Arc::from([Item::Run(run)]);
    for page in &mut sample.pages.pages {
        page.items.insert(0, artifact(ArtifactKind::Header, Item::Repeated(Arc::clone(&repeated))));
    }
    let proof = sample.prove().unwrap();
    assert!(!proof.text.contains("On every page"));
    assert!(proof.artifacts.iter().all(|page| page[0] == "On every page"), "{:?}", proof.artifacts);
    let file = lopdf::Document::load_mem(&sample.write().unwrap()).unwrap();
    let forms = file.objects.values().filter(|object| {
        let dict = object.as_stream().map(|stream| &stream.dict);
        dict.is_ok_and(|dict| {
            dict.get(b"Subtype").is_ok_and(|name| name.as_name().is_ok_and(|name| name == b"Form"))
        })
    });
    assert_eq!(forms.count(), 1);
}

#[test]
fn pages_may_arrive_in_any_order_and_in_parts() {
    let sample = sample();
    let mut writer = Writer::new(&chancery_print::Fonts::default());
    for (number, page) in sample.pages.pages.iter().enumerate().rev() {
        let (first, rest) = page.items.split_at(page.items.len() / 2);
        for part in [first, rest] {
            let part = Page { items: part.to_vec(), ..page.clone() };
            writer.place(&sample.tags, number, &part).unwrap();
        }
    }
    let (anchors, outline) = (&sample.pages.anchors, &sample.outline);
    let bytes = writer.finish(&sample.tags, anchors, &sample.info, outline, &sample.anchors).unwrap();
    let proof = prove(&bytes, &sample.expected()).unwrap();
    assert_eq!(proof.text, sample.prove().unwrap().text);
}

#[test]
fn a_missing_page_is_refused() {
    let sample = sample();
    let mut writer = Writer::new(&chancery_print::Fonts::default());
    writer.place(&sample.tags, 1, &sample.pages.pages[1]).unwrap();
    let (anchors, outline) = (&sample.pages.anchors, &sample.outline);
    let written = writer.finish(&sample.tags, anchors, &sample.info, outline, &sample.anchors);
    assert!(matches!(written, Err(WriteError::PageSize { page: 0 })), "{written:?}");
}
