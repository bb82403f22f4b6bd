//! Positions, codes and boxes in content streams.

use chancery_print::fonts::FaceId;
use chancery_print::pages::{Item, Owner};
use chancery_print::tags::{Role, TagTree};
use chancery_print::units::Length;

use crate::sample::{Pages, Sample, info, sample};
use crate::setter::{a4, run, tagged};

/// Returns a file of one page with one paragraph of runs.
fn one_paragraph(runs: Vec<chancery_print::pages::GlyphRun>) -> Sample {
    let mut tags = TagTree::new();
    let paragraph = tags.add(tags.root(), Role::P, None);
    let mut texts = Vec::new();
    let mut items = Vec::new();
    for run in runs {
        let seq = tags.next_seq();
        texts.push((paragraph, seq, run.text.to_string()));
        items.push(tagged(paragraph, seq, Item::Run(run)));
    }
    let pages = Pages { pages: vec![a4(items)], ..Pages::default() };
    Sample { pages, tags, info: info(), outline: Vec::new(), anchors: Vec::new(), texts }
}

fn content(sample: &Sample) -> String {
    let document = lopdf::Document::load_mem(&sample.write().unwrap()).unwrap();
    let page = document.get_pages()[&1];
    String::from_utf8_lossy(&document.get_page_content(page)).trim_end().to_owned()
}

#[test]
fn a_run_with_natural_advances_needs_no_adjustment() {
    let mut plain = run(FaceId::Serif, 10, 62, 700, "nnn");
    for glyph in &mut plain.glyphs {
        glyph.advance = glyph.natural;
    }
    let shown = content(&one_paragraph(vec![plain]));
    assert_eq!(
        shown,
        "BT\n0.067 0.067 0.067 rg\n/T0 10 Tf\n62 700 Td\n/P<</MCID 0>>BDC\n[(\0\u{1}\0\u{1}\0\u{1})]TJ\nEMC\nET"
    );
}

#[test]
fn an_adjustment_is_in_thousandths_of_the_size_and_errors_do_not_add_up() {
    let mut justified = run(FaceId::Serif, 10, 62, 700, "nnnnnnnnnn");
    for glyph in &mut justified.glyphs {
        // 0.0033 pt more each: a third of a thousandth of the size.
        glyph.advance = glyph.natural + Length::from_units(218);
    }
    let shown = content(&one_paragraph(vec![justified]));
    // Nine steps of 0.333 are three thousandths, wherever they are rounded.
    assert_eq!(shown.matches(")-1(").count(), 3, "{shown}");
}

#[test]
fn a_ligature_is_one_code_for_all_its_letters() {
    let ligature = run(FaceId::Serif, 10, 62, 700, "ffi");
    assert!(ligature.glyphs.len() < 3, "the face has a ligature");
    let sample = one_paragraph(vec![ligature]);
    assert_eq!(sample.prove().unwrap().text, "ffi");
    assert!(!content(&sample).contains("ActualText"));
}

#[test]
fn one_glyph_with_three_texts_is_extracted_as_each_of_them() {
    let mut runs = Vec::new();
    for (meaning, x) in [("-", 62), ("\u{2011}", 70), ("\u{2010}", 80)] {
        let mut hyphen = run(FaceId::Serif, 10, x, 700, "-");
        hyphen.glyphs[0].cluster = 0..meaning.len() as u32;
        hyphen.text = meaning.into();
        runs.push(hyphen);
    }
    assert_eq!(one_paragraph(runs).prove().unwrap().text, "-\u{2011}\u{2010}");
}

#[test]
fn right_to_left_text_is_shown_from_the_left_and_read_from_the_right() {
    let sample = one_paragraph(vec![run(FaceId::Vazirmatn, 11, 62, 700, "روز")]);
    assert_eq!(sample.prove().unwrap().text, "روز");
    assert_eq!(content(&sample).matches("MCID").count(), 3);
}

#[test]
fn pages_without_links_have_no_annotations() {
    let document = lopdf::Document::load_mem(&one_paragraph(Vec::new()).write().unwrap()).unwrap();
    let page = document.get_dictionary(document.get_pages()[&1]).unwrap();
    assert!(!page.has(b"Annots"));
    assert!(page.has(b"StructParents"));
}

#[test]
fn an_element_with_content_on_two_pages_refers_to_both() {
    let sample = sample();
    let spread = sample.tags.nodes().iter().position(|node| {
        node.role == Role::P && node.kids.iter().any(|&kid| sample.tags.node(kid).role == Role::Reference)
    });
    let on = |page: usize| {
        sample.pages.pages[page]
            .items
            .iter()
            .any(|placed| matches!(placed.owner, Owner::Tagged { node, .. } if Some(node.index()) == spread))
    };
    assert!(on(0) && on(1));
    assert!(sample.prove().unwrap().text.contains("note1. It continues here."));
}
