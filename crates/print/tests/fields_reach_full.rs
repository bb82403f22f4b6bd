//! Every field of the analytic messages changes the text of a full print, or is on a short list with its reason.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use chancery_print::testing::{edition, struct_text};
use chancery_print::{Edition, Fonts, Limits, Options, print};
use chancery_proto::brief::v1::{
    Assumption, Block, BriefContent, Change, ChangeKind, Citation, CitationRole, Confidence, ConfidenceLevel,
    Dissent, Event, Indicator, KeyJudgment, Likelihood, LikelihoodScale, LikelihoodTerm, Paragraph, Period,
    Scenario, Section, Source, SourceReliability, SourceType, Span, SpanKind, Statement, StatementStatus,
    StatementType, block::Kind,
};
use chancery_proto::descriptors;
use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind as FieldKind, ReflectMessage, Value};

/// Fields that no text of a full print depends on, with the reason.
const NOT_PRINTED: [(&str, &str); 8] = [
    ("KeyJudgment.id", "a destination; printed with show_ids"),
    ("Scenario.id", "a destination; printed with show_ids"),
    ("Assumption.id", "a destination; printed with show_ids"),
    ("Dissent.id", "a destination; printed with show_ids"),
    ("Statement.spans", "styles and links of the text, not its words"),
    ("Likelihood.scale", "its term names the scale"),
    ("KeyJudgment.revises_id", "selects the judgment to compare with; tested in judgment_changes"),
    ("Change.part_id", "excludes statement_id, whose part is set here"),
];

/// The messages whose fields are tested, each with the path of an instance in the brief.
const INSTANCES: [(&str, &[&str]); 12] = [
    ("Statement", &["sections", "0", "blocks", "0", "paragraph", "statements", "0"]),
    ("Citation", &["sections", "0", "blocks", "0", "paragraph", "statements", "0", "citations", "0"]),
    ("Likelihood", &["sections", "0", "blocks", "0", "paragraph", "statements", "0", "likelihood"]),
    ("Confidence", &["sections", "0", "blocks", "0", "paragraph", "statements", "0", "confidence"]),
    ("Period", &["sections", "0", "blocks", "0", "paragraph", "statements", "0", "period"]),
    ("Source", &["sources", "0"]),
    ("KeyJudgment", &["key_judgments", "0"]),
    ("Scenario", &["scenarios", "0"]),
    ("Indicator", &["indicators", "0"]),
    ("Assumption", &["assumptions", "0"]),
    ("Dissent", &["dissents", "0"]),
    ("Change", &["changes", "0"]),
];

fn statement(id: &str, text: &str) -> Statement {
    Statement {
        id: id.into(),
        text: text.into(),
        r#type: StatementType::Forecast as i32,
        status: StatementStatus::Active as i32,
        marking: "TLP:CLEAR".into(),
        ..Statement::default()
    }
}

fn likelihood() -> Likelihood {
    Likelihood {
        scale: LikelihoodScale::Icd203 as i32,
        term: LikelihoodTerm::Icd203Likely as i32,
        low_percent: 55,
        high_percent: 80,
        point_percent: Some(60),
        origin: "Derived by the desk".into(),
    }
}

fn confidence() -> Confidence {
    Confidence { level: ConfidenceLevel::Moderate as i32, why: "Two sources agree".into() }
}

/// Returns a section whose first statement has every field.
fn section() -> Section {
    let clear = || "TLP:CLEAR".to_owned();
    let own = Statement {
        spans: vec![Span { start: 0, end: 3, kind: SpanKind::Strong as i32, target: String::new() }],
        likelihood: Some(likelihood()),
        confidence: Some(confidence()),
        domain: "Trade".into(),
        actor_ids: vec!["act-1".into()],
        place_ids: vec!["place-1".into()],
        period: Some(Period { edtf: "2024-05/2025-03".into(), label: "the first year".into() }),
        citations: vec![Citation {
            source_id: "src-1".into(),
            credibility: 2,
            role: CitationRole::States as i32,
            locator: "page 12".into(),
            marking: clear(),
        }],
        horizon: "2027-12-31".into(),
        resolution_criteria: "The registry shows it".into(),
        topics: vec!["shipping".into()],
        ..statement("s-1", "The port will handle more than before.")
    };
    Section {
        id: "sec-1".into(),
        heading: "The port".into(),
        blocks: vec![Block {
            id: "b-1".into(),
            kind: Some(Kind::Paragraph(Paragraph {
                statements: vec![own, statement("s-2", "The mole was finished in time.")],
            })),
            ..Block::default()
        }],
        ..Section::default()
    }
}

fn source(id: &str, title: &str) -> Source {
    Source {
        id: id.into(),
        title: title.into(),
        publisher: "Harbour Board".into(),
        date: "2024-06-01".into(),
        url: "https://example.org/report".into(),
        r#type: SourceType::Primary as i32,
        reliability: SourceReliability::B as i32,
        descriptor: "A yearly account".into(),
        marking: "TLP:CLEAR".into(),
        short_title: "Harbour report".into(),
        accessed: "2024-07-01".into(),
    }
}

/// Returns a brief in which every tested field is set.
fn brief() -> BriefContent {
    let clear = || "TLP:CLEAR".to_owned();
    let mut content = BriefContent {
        title: "The port".into(),
        language: "en".into(),
        default_marking: clear(),
        sections: vec![section()],
        sources: vec![source("src-1", "Harbour report of 2024"), source("src-2", "Another report")],
        key_judgments: vec![KeyJudgment {
            id: "kj-1".into(),
            statements: vec![statement("s-3", "The port grows.")],
            rests_on: vec!["s-1".into()],
            likelihood: Some(likelihood()),
            confidence: Some(confidence()),
            marking: clear(),
            revises_id: "kj-0".into(),
            revision_note: "Sharper than before".into(),
        }],
        scenarios: ["sc-1", "sc-2"].map(scenario).to_vec(),
        indicators: ["in-1", "in-2"].map(indicator).to_vec(),
        assumptions: vec![Assumption {
            id: "as-1".into(),
            text: "The channel stays open".into(),
            if_wrong: "No ship arrives".into(),
            statement_ids: vec!["s-1".into()],
            marking: clear(),
        }],
        dissents: vec![Dissent {
            id: "di-1".into(),
            text: "Traffic falls".into(),
            holder: "The pilots".into(),
            statement_ids: vec!["s-2".into()],
            marking: clear(),
        }],
        events: vec![
            Event {
                id: "ev-1".into(),
                title: "The mole opens".into(),
                date: "2024-02-03".into(),
                ..Event::default()
            },
            Event {
                id: "ev-2".into(),
                title: "A dredger leaves".into(),
                date: "2024-02-04".into(),
                ..Event::default()
            },
        ],
        changes: vec![Change {
            statement_id: "s-1".into(),
            kind: ChangeKind::Corrected as i32,
            was: "The port will handle less.".into(),
            was_marking: clear(),
            now: "More goods come".into(),
            why: "A count was wrong".into(),
            confidence_before: ConfidenceLevel::Low as i32,
            confidence_after: ConfidenceLevel::High as i32,
            replaced_by: vec!["s-2".into()],
            evidence_ids: vec!["ev-1".into()],
            marking: clear(),
            part_id: String::new(),
        }],
        ..BriefContent::default()
    };
    content.actors = ["act-1", "act-2"]
        .map(|id| chancery_proto::brief::v1::Actor {
            id: id.into(),
            name: format!("Name of {id}"),
            ..Default::default()
        })
        .to_vec();
    content.places = ["place-1", "place-2"]
        .map(|id| chancery_proto::brief::v1::Place {
            id: id.into(),
            name: format!("Name of {id}"),
            ..Default::default()
        })
        .to_vec();
    content
}

fn scenario(id: &str) -> Scenario {
    Scenario {
        id: id.into(),
        set: "Until 2027".into(),
        title: format!("Title of {id}"),
        text: "It goes well".into(),
        percent: 50,
        statement_ids: vec!["s-1".into()],
        indicator_ids: vec!["in-1".into()],
        marking: "TLP:CLEAR".into(),
    }
}

fn indicator(id: &str) -> Indicator {
    Indicator {
        id: id.into(),
        text: format!("Text of {id}"),
        meaning: "Traffic grows".into(),
        statement_ids: vec!["s-1".into()],
        marking: "TLP:CLEAR".into(),
    }
}

fn text(content: &BriefContent, before: &BriefContent) -> String {
    let edition = Edition { earlier: Some(before), ..edition(content) };
    let options = Options::default();
    let mut observe = |_| ControlFlow::Continue(());
    let printed = print(&edition, &options, &Limits::default(), &Fonts::default(), &mut observe).unwrap();
    struct_text(&printed.bytes).unwrap()
}

/// Returns another valid value of a field.
fn another(field: &FieldDescriptor, now: &Value) -> Value {
    if field.is_list() {
        let items = match field.name() {
            "actor_ids" => vec![Value::String("act-2".into())],
            "place_ids" => vec![Value::String("place-2".into())],
            "indicator_ids" => vec![Value::String("in-2".into())],
            "evidence_ids" => vec![Value::String("ev-2".into())],
            "replaced_by" => vec![Value::String("s-3".into())],
            // Without any, a reference to their pages is absent as well.
            "citations" | "statements" | "spans" | "statement_ids" | "rests_on" => Vec::new(),
            _ => vec![Value::String("altered".into())],
        };
        return Value::List(items);
    }
    match field.kind() {
        FieldKind::String => Value::String(match field.name() {
            "marking" | "was_marking" => "TLP:GREEN".into(),
            "source_id" => "src-2".into(),
            "statement_id" => "s-2".into(),
            "horizon" => "2028".into(),
            "edtf" => "2023".into(),
            "date" | "accessed" => "2023-01-02".into(),
            "url" => "https://example.org/other".into(),
            name if name == "id" || name.ends_with("_id") => "altered-id".into(),
            _ => format!("Altered {}", now.as_str().unwrap_or_default()),
        }),
        FieldKind::Enum(of) => {
            let number = now.as_enum_number().unwrap_or(0);
            let other = of.values().map(|value| value.number()).find(|value| *value != 0 && *value != number);
            Value::EnumNumber(other.unwrap_or(0))
        }
        FieldKind::Uint32 => Value::U32(now.as_u32().unwrap_or(0) + 1),
        FieldKind::Message(of) => Value::Message(DynamicMessage::new(of)),
        other => panic!("{}: no other value of {other:?}", field.full_name()),
    }
}

/// Applies a change to the message at a path.
fn alter(message: &mut DynamicMessage, path: &[&str], change: &mut dyn FnMut(&mut DynamicMessage)) {
    let Some((name, rest)) = path.split_first() else { return change(message) };
    match message.get_field_by_name_mut(name).unwrap() {
        Value::Message(inner) => alter(inner, rest, change),
        Value::List(items) => {
            let Value::Message(inner) = &mut items[rest[0].parse::<usize>().unwrap()] else {
                panic!("{path:?}")
            };
            alter(inner, &rest[1..], change);
        }
        other => panic!("{path:?} is {other:?}"),
    }
}

#[test]
fn every_field_of_the_analytic_messages_changes_the_full_print() {
    let content = brief();
    let before = BriefContent { key_judgments: Vec::new(), changes: Vec::new(), ..content.clone() };
    let base = text(&content, &before);
    let descriptor = descriptors::message("chancery.brief.v1.BriefContent").unwrap();
    let (mut missing, mut stale) = (Vec::new(), Vec::new());
    let excepted: BTreeSet<&str> = NOT_PRINTED.iter().map(|(name, _)| *name).collect();
    for (message, path) in INSTANCES {
        let of = descriptors::message(&format!("chancery.brief.v1.{message}")).unwrap();
        for field in of.fields() {
            let name = format!("{message}.{}", field.name());
            let mut dynamic =
                DynamicMessage::decode(descriptor.clone(), content.encode_to_vec().as_slice()).unwrap();
            alter(&mut dynamic, path, &mut |instance| {
                assert_eq!(instance.descriptor().name(), message);
                let now = instance.get_field(&field).into_owned();
                instance.set_field(&field, another(&field, &now));
            });
            let altered: BriefContent = dynamic.transcode_to().unwrap();
            assert_ne!(altered, content, "{name} was not altered");
            let changed = text(&altered, &before) != base;
            match (changed, excepted.contains(name.as_str())) {
                (false, false) => missing.push(name),
                (true, true) => stale.push(name),
                _ => {}
            }
        }
    }
    assert!(missing.is_empty(), "not in the print: {missing:?}");
    assert!(stale.is_empty(), "in the print after all: {stale:?}");
}
