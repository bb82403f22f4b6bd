//! The content as a whole: limits, title, languages, markings, canonical form.

use chancery_proto::brief::v1::{AsOf, LikelihoodScale, LocalizedText, Subject, TranslationOf};

use super::{brief, canonical, refuses, s2, section, violations};
use crate::marking::{Rank, Scheme};
use crate::validate::{CONTENT_LIMIT, VIOLATION_LIMIT, canonicalize, code};

#[test]
fn the_plain_brief_is_valid() {
    canonical(|_| {});
}

#[test]
fn content_above_the_limit_is_refused_as_a_whole() {
    let filler = "x".repeat(CONTENT_LIMIT);
    refuses(code::TOO_LARGE, "", |content| content.subtitle.clone_from(&filler));
}

#[test]
fn title_kind_and_language_are_required() {
    refuses(code::REQUIRED, "kind", |content| content.kind = 0);
    refuses(code::UNKNOWN_VALUE, "kind", |content| content.kind = 99);
    refuses(code::REQUIRED, "title", |content| content.title = " ".into());
    refuses(code::TOO_LONG, "title", |content| content.title = "é".repeat(301));
    canonical(|content| content.title = "é".repeat(300));
    refuses(code::REQUIRED, "language", |content| content.language.clear());
    refuses(code::INVALID_LANGUAGE, "language", |content| content.language = "english_".into());
    refuses(code::UNKNOWN_VALUE, "likelihood_scale", |content| content.likelihood_scale = 9);
}

#[test]
fn texts_have_length_limits() {
    refuses(code::TOO_LONG, "subtitle", |content| content.subtitle = "é".repeat(2_001));
    refuses(code::TOO_LONG, "S.text", |content| s2(content).text = "é".repeat(4_001));
    canonical(|content| s2(content).text = "é".repeat(4_000));
    refuses(code::TOO_LONG, "change_summary", |content| content.change_summary = "x".repeat(2_001));
}

#[test]
fn titles_have_distinct_languages_and_are_sorted() {
    let text = |language: &str| LocalizedText { language: language.into(), text: "Titel".into() };
    let canonical = canonical(|content| content.localized_titles = vec![text("ru"), text("ar")]);
    assert_eq!(canonical.content().localized_titles[0].language, "ar");
    refuses(code::DUPLICATE_LANGUAGE, "localized_titles[1].language", |content| {
        content.localized_titles = vec![text("ru"), text("RU")];
    });
    refuses(code::INVALID_LANGUAGE, "localized_titles[0].language", |content| {
        content.localized_titles = vec![text("r")];
    });
    refuses(code::REQUIRED, "actors[0].labels[0].text", |content| {
        content.actors[0].labels = vec![LocalizedText { language: "ru".into(), text: String::new() }];
    });
}

#[test]
fn subject_regions_dates_and_the_original_are_checked() {
    refuses(code::WRONG_REFERENCE, "subject.entity_ids[1]", |content| {
        content.subject = Some(Subject { entity_ids: vec!["a1".into(), "s2".into()] });
    });
    refuses(code::UNKNOWN_REFERENCE, "regions[0]", |content| content.regions = vec!["p9".into()]);
    refuses(code::INVALID_DATE, "as_of.date", |content| {
        content.as_of = Some(AsOf { date: "31.12.2025".into(), note: String::new() });
    });
    refuses(code::INVALID_ID, "translation_of.brief_id", |content| {
        content.translation_of = Some(TranslationOf { brief_id: "No Id".into(), revision: 1 });
    });
    refuses(code::REQUIRED, "translation_of.revision", |content| {
        content.translation_of = Some(TranslationOf { brief_id: "b1".into(), revision: 0 });
    });
}

#[test]
fn labels_are_sorted_sets_in_nfc() {
    let canonical = canonical(|content| {
        content.tags = vec!["zeta".into(), "cafe\u{301}".into(), "zeta".into()];
        s2(content).topics = vec!["b".into(), "a".into()];
    });
    assert_eq!(canonical.content().tags, ["café", "zeta"]);
    refuses(code::REQUIRED, "tags[1]", |content| content.tags = vec!["a".into(), String::new()]);
    refuses(code::REQUIRED, "S.topics[0]", |content| s2(content).topics = vec![String::new()]);
}

#[test]
fn every_effective_marking_is_written_out() {
    let canonical = canonical(|content| {
        content.marking = "whatever a client sent".into();
        content.sections[0].marking = "TLP:AMBER".into();
        content.key_judgments[0].marking = "TLP:GREEN".into();
    });
    let content = canonical.content();
    assert_eq!(content.default_marking, "TLP:CLEAR");
    assert_eq!(content.marking, "TLP:AMBER");
    assert_eq!(content.sections[0].blocks[0].marking, "TLP:AMBER");
    assert_eq!(s2(&mut content.clone()).marking, "TLP:AMBER");
    assert_eq!(content.key_judgments[0].statements[0].marking, "TLP:GREEN");
    assert_eq!(content.sources[0].marking, "TLP:CLEAR");
    assert_eq!(content.changes[0].was_marking, "TLP:AMBER");
    assert_eq!((canonical.floor(), canonical.highest()), (Rank::from(0), Rank::from(2)));
    assert_eq!(canonical.scheme(), Scheme::Tlp);
}

#[test]
fn markings_are_at_or_above_the_enclosing_one() {
    refuses(code::UNKNOWN_MARKING, "default_marking", |content| content.default_marking = "SECRET".into());
    refuses(code::UNKNOWN_MARKING, "S.marking", |content| s2(content).marking = "tlp:red".into());
    refuses(code::MARKING_TOO_LOW, "events[0].marking", |content| {
        content.default_marking = "TLP:GREEN".into();
        content.events[0].marking = "TLP:CLEAR".into();
    });
    refuses(code::MARKING_TOO_LOW, "sections[0].sections[0].marking", |content| {
        content.sections[0].marking = "TLP:RED".into();
        content.sections[0].sections = vec![chancery_proto::brief::v1::Section {
            marking: "TLP:AMBER".into(),
            ..section("sec2", vec![])
        }];
    });
    refuses(code::MARKING_TOO_LOW, "key_judgments[0].statements[0].marking", |content| {
        content.key_judgments[0].marking = "TLP:AMBER".into();
        content.key_judgments[0].statements[0].marking = "TLP:GREEN".into();
    });
}

#[test]
fn quoted_text_keeps_its_earlier_marking() {
    let quoting = |was: &str, was_marking: &str| {
        canonical(|content| {
            content.changes[0].was = was.into();
            content.changes[0].was_marking = was_marking.into();
        })
    };
    let red = quoting("Old.", "TLP:RED");
    assert_eq!(
        (red.content().changes[0].was_marking.as_str(), red.content().marking.as_str()),
        ("TLP:RED", "TLP:RED")
    );
    // Without a quote, the marking is the default.
    let nothing = quoting("", "TLP:RED");
    assert_eq!(nothing.content().changes[0].was_marking, "TLP:CLEAR");
    assert_eq!(nothing.content().marking, "TLP:CLEAR");
    refuses(code::UNKNOWN_MARKING, "changes[0].was_marking", |content| {
        content.changes[0].was = "Old.".into();
        content.changes[0].was_marking = "RED".into();
    });
}

#[test]
fn the_briefs_scale_is_written_out() {
    assert_eq!(canonical(|_| {}).content().likelihood_scale(), LikelihoodScale::Icd203);
}

#[test]
fn violations_are_in_document_order_up_to_a_limit() {
    let violations = violations(|content| {
        content.title.clear();
        content.key_judgments[0].rests_on = vec!["nothing".into()];
        s2(content).text.clear();
        content.sources[0].url = "ftp://example.org".into();
        content.changes[0].kind = 0;
    });
    let paths: Vec<&str> = violations.iter().map(|(_, path)| path.as_str()).collect();
    let statement = format!("{}.text", super::S);
    assert_eq!(
        paths,
        ["title", "key_judgments[0].rests_on[0]", &statement, "sources[0].url", "changes[0].kind"]
    );

    let mut content = brief();
    content.tags = vec![String::new(); 500];
    let error = canonicalize(&content, Scheme::Tlp).unwrap_err();
    assert_eq!(error.violations.len(), VIOLATION_LIMIT);
    assert!(error.to_string().starts_with("the content breaks 500 rule(s), first at \"tags[0]\""), "{error}");
}
