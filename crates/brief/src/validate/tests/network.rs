//! Domains, factors, actors, places, relationships, events, sources, scenarios and changes.

use chancery_proto::brief::v1::{Assumption, BriefContent, Dissent, Indicator, InformationGap, Scenario};

use super::{canonical, refuses};
use crate::validate::code;

#[test]
fn domains_and_factors_refer_to_sections_and_statements() {
    refuses(code::WRONG_REFERENCE, "domains[0].section", |content| content.domains[0].section = "d1".into());
    refuses(code::REQUIRED, "domains[0].name", |content| content.domains[0].name.clear());
    refuses(code::UNKNOWN_VALUE, "domains[0].trend", |content| content.domains[0].trend = 6);
    refuses(code::REQUIRED, "factors[0].kind", |content| content.factors[0].kind = 0);
    refuses(code::WRONG_REFERENCE, "factors[0].statement_ids[0]", |content| {
        content.factors[0].statement_ids = vec!["a1".into()];
    });
}

#[test]
fn actors_and_places_have_names_and_valid_coordinates() {
    refuses(code::REQUIRED, "actors[1].name", |content| content.actors[1].name.clear());
    refuses(code::REQUIRED, "actors[1].kind", |content| content.actors[1].kind = 0);
    refuses(code::INVALID_FORM, "actors[0].country_code", |content| {
        content.actors[0].country_code = "ru".into();
    });
    refuses(code::SELF_REFERENCE, "actors[0].member_of", |content| {
        content.actors[0].member_of = vec!["a1".into()];
    });
    refuses(code::SELF_REFERENCE, "actors[0].successor_id", |content| {
        content.actors[0].successor_id = "a1".into();
    });
    refuses(code::WRONG_REFERENCE, "actors[0].place_id", |content| content.actors[0].place_id = "a2".into());
    refuses(code::REQUIRED, "places[0].longitude_e6", |content| content.places[0].latitude_e6 = Some(1));
    refuses(code::OUT_OF_RANGE, "places[0].latitude_e6", |content| {
        (content.places[0].latitude_e6, content.places[0].longitude_e6) =
            (Some(-90_000_001), Some(180_000_000));
    });
    refuses(code::OUT_OF_RANGE, "places[0].longitude_e6", |content| {
        (content.places[0].latitude_e6, content.places[0].longitude_e6) = (Some(90_000_000), Some(i32::MIN));
    });
}

#[test]
fn relationships_connect_actors_and_places() {
    canonical(|content| content.relationships[0].to_id = "a2".into());
    refuses(code::REQUIRED, "relationships[0].from_id", |content| content.relationships[0].from_id.clear());
    refuses(code::WRONG_REFERENCE, "relationships[0].to_id", |content| {
        content.relationships[0].to_id = "e1".into();
    });
    refuses(code::INVALID_FORM, "relationships[0].type", |content| {
        content.relationships[0].r#type = "Ally of".into();
    });
    refuses(code::UNKNOWN_REFERENCE, "relationships[0].statement_ids[0]", |content| {
        content.relationships[0].statement_ids = vec!["s9".into()];
    });
}

#[test]
fn events_and_sources_have_valid_dates_and_urls() {
    refuses(code::INVALID_DATE, "events[0].date", |content| content.events[0].date = "unknown".into());
    refuses(code::WRONG_REFERENCE, "events[0].source_ids[0]", |content| {
        content.events[0].source_ids = vec!["s2".into()];
    });
    refuses(code::INVALID_URL, "sources[0].url", |content| {
        content.sources[0].url = "file:///etc/passwd".into();
    });
    refuses(code::INVALID_URL, "sources[0].url", |content| {
        content.sources[0].url = format!("https://example.org/{}", "a".repeat(2_000));
    });
    refuses(code::REQUIRED, "sources[0].title", |content| content.sources[0].title.clear());
    let encoded = canonical(|content| content.sources[0].url = "https://example.org/ا".into());
    assert_eq!(encoded.content().sources[0].url, "https://example.org/%D8%A7");
}

#[test]
fn the_other_annexes_are_checked() {
    refuses(code::OUT_OF_RANGE, "scenarios[0].percent", |content| {
        let (id, title) = ("sce1".into(), "Scenario".into());
        content.scenarios = vec![Scenario { id, title, percent: 101, ..Scenario::default() }];
    });
    refuses(code::WRONG_REFERENCE, "scenarios[0].indicator_ids[0]", |content| {
        let (id, title, indicator_ids) = ("sce1".into(), "Scenario".into(), vec!["s2".into()]);
        content.scenarios = vec![Scenario { id, title, indicator_ids, ..Scenario::default() }];
    });
    refuses(code::REQUIRED, "indicators[0].text", |content| {
        content.indicators = vec![Indicator { id: "i1".into(), ..Indicator::default() }];
    });
    refuses(code::REQUIRED, "assumptions[0].text", |content| {
        content.assumptions = vec![Assumption { id: "as1".into(), ..Assumption::default() }];
    });
    refuses(code::REQUIRED, "information_gaps[0].text", |content| {
        content.information_gaps = vec![InformationGap { id: "g1".into(), ..InformationGap::default() }];
    });
    refuses(code::REQUIRED, "dissents[0].text", |content| {
        content.dissents = vec![Dissent { id: "dis1".into(), ..Dissent::default() }];
    });
}

#[test]
fn a_change_names_one_part_of_this_revision_or_of_its_parent() {
    refuses(code::REQUIRED, "changes[0].statement_id", |content| {
        content.changes[0].statement_id = String::new();
    });
    refuses(code::NOT_APPLICABLE, "changes[0].part_id", |content| {
        content.changes[0].part_id = "e1".into();
    });
    refuses(code::INVALID_ID, "changes[0].statement_id", |content| {
        content.changes[0].statement_id = "no id".into();
    });
    refuses(code::WRONG_REFERENCE, "changes[0].statement_id", |content| {
        content.changes[0].statement_id = "e1".into();
    });
    let by_part = |id: &'static str| {
        move |content: &mut BriefContent| {
            content.changes[0].statement_id = String::new();
            content.changes[0].part_id = id.into();
        }
    };
    refuses(code::INVALID_ID, "changes[0].part_id", by_part("0"));
    for id in ["s2", "kj1", "sec1", "d1", "f1", "a1", "p1", "r1", "e1", "src1", "gone"] {
        canonical(by_part(id));
    }
    refuses(code::SELF_REFERENCE, "changes[0].replaced_by", |content| {
        by_part("s2")(content);
        content.changes[0].replaced_by = vec!["s2".into()];
    });
    refuses(code::REQUIRED, "changes[0].kind", |content| content.changes[0].kind = 0);
    refuses(code::SELF_REFERENCE, "changes[0].replaced_by", |content| {
        content.changes[0].replaced_by = vec!["s2".into()];
    });
    canonical(|content| content.changes[0].evidence_ids = vec!["e1".into(), "src1".into()]);
    refuses(code::WRONG_REFERENCE, "changes[0].evidence_ids[0]", |content| {
        content.changes[0].evidence_ids = vec!["s3".into()];
    });
}

#[test]
fn a_source_s_short_title_says_something_and_its_access_date_is_one_date() {
    refuses(code::REQUIRED, "sources[0].short_title", |content| content.sources[0].short_title = "  ".into());
    refuses(code::INVALID_DATE, "sources[0].accessed", |content| {
        content.sources[0].accessed = "2026-01-01/2026-01-10".into();
    });
    canonical(|content| content.sources[0].accessed = "2026-01".into());
}

#[test]
fn a_relationships_polarity_is_a_value_of_the_enum() {
    for polarity in 0..=4 {
        canonical(|content| content.relationships[0].polarity = polarity);
    }
    refuses(code::UNKNOWN_VALUE, "relationships[0].polarity", |content| {
        content.relationships[0].polarity = 5;
    });
}

#[test]
fn a_source_has_a_bounded_short_title_and_an_edtf_access_date() {
    canonical(|content| content.sources[0].short_title = "\u{e9}".repeat(60));
    refuses(code::TOO_LONG, "sources[0].short_title", |content| {
        content.sources[0].short_title = "a".repeat(61);
    });
    refuses(code::CONTROL_CHARACTER, "sources[0].short_title", |content| {
        content.sources[0].short_title = "a\tb".into();
    });
    let composed = canonical(|content| content.sources[0].short_title = "Cafe\u{301}".into());
    assert_eq!(composed.content().sources[0].short_title, "Café");
    for date in ["2025-03-03", "2025-03", "2025", "2025~", ""] {
        canonical(|content| content.sources[0].accessed = date.into());
    }
    for date in ["3 March 2025", "2025-3-3", "2025-02-30", "yesterday"] {
        refuses(code::INVALID_DATE, "sources[0].accessed", |content| {
            content.sources[0].accessed = date.into();
        });
    }
}
