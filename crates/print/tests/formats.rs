//! Content of each format, printed through the public function.

use std::ops::ControlFlow;

use chancery_print::testing::{edition, struct_text};
use chancery_print::{
    Edition, Fonts, Format, Limits, Options, Paper, PrintError, Printed, RevisionState, print,
};
use chancery_proto::brief::v1::BriefContent;
use chancery_testkit::files;

fn sample(revision: u32) -> BriefContent {
    files::content("russia-iran", revision)
}

fn printed(edition: &Edition, options: &Options) -> Result<Printed, PrintError> {
    let mut observe = |_| ControlFlow::Continue(());
    print(edition, options, &Limits::default(), &Fonts::default(), &mut observe)
}

fn text(edition: &Edition, options: &Options) -> String {
    let printed = printed(edition, options).expect("it prints");
    struct_text(&printed.bytes).expect("it reads back")
}

fn of(format: Format) -> Options<'static> {
    Options { format, ..Options::default() }
}

#[test]
fn one_page_is_one_page_with_every_fact_once() {
    let content = sample(2);
    for paper in [Paper::A4, Paper::Letter] {
        let options = Options { paper, recipient: "The Minister", ..of(Format::OnePage) };
        let edition = edition(&content);
        let printed = printed(&edition, &options).unwrap();
        assert_eq!(printed.pages, 1);
        let text = struct_text(&printed.bytes).unwrap();
        for fact in ["Revision 2", "TLP:CLEAR", "31 December 2025", "The Minister", "1 January 2026"] {
            assert_eq!(text.matches(fact).count(), 1, "{fact}");
        }
        // The metadata has these.
        for fact in [edition.brief, edition.edition_digest, "2025-12-31"] {
            assert!(!text.contains(fact), "{fact}");
        }
        assert!(text.contains("What changed since revision 1"));
        for domain in &content.domains {
            assert!(text.contains(&domain.name), "{}", domain.name);
        }
    }
}

#[test]
fn the_standard_format_ends_with_the_endnotes() {
    let content = sample(2);
    let full = printed(&edition(&content), &of(Format::Full)).unwrap();
    let standard = printed(&edition(&content), &of(Format::Standard)).unwrap();
    assert!(standard.pages < full.pages);
    let text = struct_text(&standard.bytes).unwrap();
    for absent in ["Contents", "Annexes", "About this brief", "Drivers"] {
        assert!(!text.contains(absent), "{absent}");
    }
    for present in
        ["Bottom line", "What changed", "Why this matters", "Information gaps", "Sources", "Rating and pages"]
    {
        assert!(text.contains(present), "{present}");
    }
    let with = Options { annexes: Some(true), ..of(Format::Standard) };
    assert!(self::text(&edition(&content), &with).contains("Annexes"));
    let without = Options { annexes: Some(false), ..of(Format::Full) };
    let text = self::text(&edition(&content), &without);
    assert!(!text.contains("Annexes") && text.contains("Contents") && text.contains("Sources"));
}

#[test]
fn a_print_of_some_sections_numbers_the_sources_that_they_cite() {
    let content = sample(2);
    let sections = ["sec-limits".to_owned()];
    let options = Options { sections: &sections, ..of(Format::Full) };
    let text = text(&edition(&content), &options);
    // References may name a section that is not printed, but its text is absent.
    assert!(text.contains("Limits and friction") && !text.contains("goes back several hundred years"));
    assert!(!text.contains("Not cited in this edition"));
    let strange = ["sec-nowhere".to_owned()];
    let refused = printed(&edition(&content), &Options { sections: &strange, ..Options::default() });
    assert!(matches!(refused, Err(PrintError::UnknownSection { id }) if id == "sec-nowhere"));
}

#[test]
fn every_format_prints_the_publication_state() {
    let content = sample(2);
    for format in [Format::Full, Format::Standard, Format::OnePage] {
        let draft = Edition {
            state: RevisionState::Draft,
            published_at: "",
            revision: 0,
            creator: "",
            import: None,
            ..edition(&content)
        };
        let text = text(&draft, &of(format));
        assert!(text.contains("Draft: not published."), "{format:?}");
        assert!(!text.contains("Published") && !text.contains("Revision 0"), "{format:?}");
        let withdrawn =
            Edition { state: RevisionState::Withdrawn, superseded_by: Some(3), ..edition(&content) };
        let text = self::text(&withdrawn, &of(format));
        assert!(text.contains("This revision is withdrawn.") && text.contains("Superseded by revision 3."));
    }
}

#[test]
fn a_changed_likelihood_is_drawn_and_described_with_its_earlier_value() {
    let (content, before) = (sample(2), sample(1));
    let edition = Edition { earlier: Some(&before), ..edition(&content) };
    for format in [Format::Full, Format::Standard, Format::OnePage] {
        let printed = printed(&edition, &of(format)).unwrap();
        let text = struct_text(&printed.bytes).unwrap();
        assert!(text.contains("was likely, 55\u{2013}80%"), "{format:?}");
    }
    let alone = self::text(&self::edition(&content), &Options::default());
    assert!(!alone.contains("was likely, 55"));
}

#[test]
fn the_previous_text_of_a_changed_statement_comes_from_the_earlier_revision() {
    let mut content = sample(2);
    let mut before = sample(1);
    let change = content.changes.iter_mut().find(|change| change.statement_id == "c-082").unwrap();
    change.was.clear();
    // This revision does not have the statement.
    content
        .sections
        .iter_mut()
        .for_each(|section| section.sections.retain(|inner| inner.id != "sec-geopolitics"));
    content.sections.retain(|section| section.id != "sec-geopolitics");
    before.change_summary.clear();
    let with = Edition { earlier: Some(&before), ..edition(&content) };
    let earlier = "\u{201c}That help decided whether";
    let (without, with) = (text(&edition(&content), &Options::default()), text(&with, &Options::default()));
    assert!(with.matches(earlier).count() > without.matches(earlier).count(), "{with}");
}

#[test]
fn only_the_full_format_opens_with_its_outline() {
    let content = sample(2);
    let opens = |format| {
        let bytes = printed(&edition(&content), &of(format)).unwrap().bytes;
        let file = lopdf::Document::load_mem(&bytes).unwrap();
        file.catalog().unwrap().has(b"PageMode")
    };
    assert!(opens(Format::Full) && !opens(Format::Standard) && !opens(Format::OnePage));
}

#[test]
fn a_heading_that_no_font_has_is_printed_in_the_contents() {
    let mut content = sample(2);
    content.sections[0].heading = "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{4e2d} \u{e01}".into();
    let bytes = printed(&edition(&content), &of(Format::Full)).unwrap().bytes;
    let text = struct_text(&bytes).unwrap();
    assert!(text.matches('\u{4e2d}').count() >= 2, "the contents and the section have it");
}
