//! The marking of an exported figure, and the state of its revision.

use chancery_print::testing::{edition, struct_text};
use chancery_print::{Edition, FigureFormat, Options, RevisionState};
use chancery_testkit::pdf;
use roxmltree::Document;

use crate::samples::{exported, sample};
use crate::svg_document::{svg, text_of};
use crate::temporary_files;

#[test]
fn the_marking_is_the_editions_even_if_the_figure_is_marked_lower() {
    let mut sample = sample("russia-iran-2.fig-trends");
    sample.content.marking = "TLP:AMBER".into();
    let document = sample.exported(FigureFormat::Svg);
    let document = Document::parse(svg(&document)).unwrap();
    assert!(text_of(&document, "desc").starts_with("TLP:AMBER\n"));
    let file = sample.exported(FigureFormat::Pdf);
    assert!(struct_text(&file).unwrap().starts_with("TLP:AMBER\n"));
    let unpacked = pdf::unpacked(&temporary_files::file("figure-export/marking.pdf", &file));
    assert!(pdf::contains_text(&unpacked, "<chancery:marking>TLP:AMBER"));
}

/// TLP 2.0: the label is at the right, in its colour on black, whatever the direction of the text. Markings of the
/// scheme `us` are in the middle.
#[test]
fn the_marking_is_where_its_scheme_wants_it() {
    for (name, marking, is_label) in [
        ("russia-iran-2.fig-network", "TLP:RED", true),
        ("russia-iran-fa-1.fig-network", "TLP:RED", true),
        ("suez-2021-2.tab-ship", "TLP:GREEN", true),
        ("suez-2021-2.tab-ship", "RESTRICTED", true),
        ("russia-iran-2.fig-network", "S", false),
    ] {
        let mut sample = sample(name);
        sample.content.marking = marking.into();
        let file = temporary_files::file("figure-export/place.pdf", &sample.exported(FigureFormat::Pdf));
        let (_, width, _, words) = pdf::words(&file).remove(0);
        let (_, [left, top, right, _]) = words.into_iter().find(|(word, _)| word == marking).unwrap();
        assert!(top < 20.0, "{name}: {marking} is {top} below the top");
        let (from, to) =
            if is_label { (right, width - 16.0) } else { (f64::midpoint(left, right), width / 2.0) };
        assert!((from - to).abs() < 0.5, "{name}: {marking} at {left} to {right} of {width}");
        let bytes = sample.exported(FigureFormat::Svg);
        let is_black = svg(&bytes).contains("fill=\"#000000\"");
        assert_eq!(is_black, is_label, "{name}: {marking}");
    }
}

#[test]
fn a_draft_and_a_withdrawn_or_superseded_revision_are_stamped() {
    let sample = sample("suez-2021-2.tab-ship");
    let plain = edition(&sample.content);
    let text = |edition: &Edition| {
        struct_text(&exported(edition, &sample.id, &Options::default(), FigureFormat::Pdf).unwrap()).unwrap()
    };
    assert!(text(&Edition { state: RevisionState::Draft, ..plain }).contains("Draft: not published."));
    let withdrawn = Edition { state: RevisionState::Withdrawn, withdraw_reason: "Wrong figures", ..plain };
    let withdrawn = text(&withdrawn);
    assert!(withdrawn.contains("withdrawn") && withdrawn.contains("Wrong figures"), "{withdrawn}");
    assert!(text(&Edition { superseded_by: Some(7), ..plain }).contains("revision 7"));
    let second = text(&plain).lines().nth(1).unwrap().to_owned();
    assert_eq!(second, sample.title, "the title has no number");
}

#[test]
fn a_table_names_its_source() {
    let sample = sample("suez-2021-2.tab-traffic");
    let text = struct_text(&sample.exported(FigureFormat::Pdf)).unwrap();
    let source = text.lines().last().unwrap();
    assert!(
        source.starts_with("Source: ") && !source.ends_with(|last: char| last.is_ascii_digit()),
        "{text}"
    );
}
