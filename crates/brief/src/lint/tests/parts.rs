//! Lints of facts, sentences, sources, unused parts and earlier judgments.

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{
    Actor, Block, BriefContent, Change, Citation, Confidence, ConfidenceLevel, Event, KeyJudgment, Place,
    Quote, Relationship, Source, SourceReliability, Statement, StatementType,
};

use super::{brief, codes, judgment, one, source, statements};
use crate::lint::{self, lint, lint_revision};

fn fact(id: &str) -> Statement {
    let mut fact = Statement { citations: Vec::new(), ..judgment(id, "It held.") };
    fact.set_type(StatementType::Fact);
    fact
}

#[test]
fn a_fact_in_a_section_cites_a_source() {
    assert_eq!(codes(&brief(vec![fact("s1")])), one(lint::FACT_WITHOUT_SOURCE, "s1"));
    let mut narrative = fact("s1");
    narrative.set_type(StatementType::Narrative);
    assert_eq!(codes(&brief(vec![narrative])), []);
    assert_eq!(codes(&BriefContent { bluf: vec![fact("s1")], ..brief(vec![]) }), []);
    // The words of a quote are those of the source that it names.
    let quote = |attribution: &str| {
        let kind = BlockKind::Quote(Quote { statements: vec![fact("s1")], attribution: attribution.into() });
        let mut content = brief(vec![]);
        content.sections[0].blocks = vec![Block { kind: Some(kind), ..Block::default() }];
        content
    };
    assert_eq!(codes(&quote("The minister")), []);
    assert_eq!(codes(&quote("")), one(lint::FACT_WITHOUT_SOURCE, "s1"));
}

#[test]
fn a_statement_is_one_sentence() {
    let two = brief(vec![judgment("s1", "It holds. It grows.")]);
    assert_eq!(codes(&two), one(lint::SEVERAL_SENTENCES, "s1"));
    let message = "the statement has 2 sentences, which share one type, likelihood, marking and list of sources: make each \
                   sentence a statement";
    assert_eq!(lint(&two, None)[0].message, message);
    for text in ["Dr. Ali left the U.S. in May.", "It rose by 3.5 p.c. in No. 10.", "Why? they asked."] {
        assert_eq!(codes(&brief(vec![judgment("s1", text)])), [], "{text}");
    }
    let russian = BriefContent {
        language: "ru".into(),
        ..brief(vec![judgment("s1", "Это так. Это не так.")])
    };
    assert_eq!(codes(&russian), one(lint::SEVERAL_SENTENCES, "s1"));
}

#[test]
fn high_confidence_needs_a_good_source() {
    let with = |reliability: SourceReliability, credibility: u32, level: ConfidenceLevel| {
        let mut statement = judgment("s1", "It holds.");
        statement.citations[0].credibility = credibility;
        let mut confidence = Confidence::default();
        confidence.set_level(level);
        statement.confidence = Some(confidence);
        let mut source = source("src1");
        source.set_reliability(reliability);
        BriefContent { sources: vec![source], ..brief(vec![statement]) }
    };
    let weak = one(lint::HIGH_CONFIDENCE_ON_WEAK_SOURCES, "s1");
    assert_eq!(codes(&with(SourceReliability::F, 2, ConfidenceLevel::High)), weak);
    assert_eq!(codes(&with(SourceReliability::A, 4, ConfidenceLevel::High)), weak);
    assert_eq!(codes(&with(SourceReliability::F, 2, ConfidenceLevel::Moderate)), []);
    assert_eq!(codes(&with(SourceReliability::D, 3, ConfidenceLevel::High)), []);
    let mut content = with(SourceReliability::F, 6, ConfidenceLevel::High);
    let second = chancery_proto::brief::v1::Citation { source_id: "src2".into(), ..Default::default() };
    statements(&mut content)[0].citations.push(second);
    content.sources.push(source("src2"));
    assert_eq!(codes(&content), []);
}

#[test]
fn a_source_in_use_has_a_date_and_a_reliability() {
    let with =
        |source: Source| BriefContent { sources: vec![source], ..brief(vec![judgment("s1", "It holds.")]) };
    assert_eq!(codes(&with(source("src1"))), []);
    let mut undated = Source { date: String::new(), ..source("src1") };
    assert_eq!(codes(&with(undated.clone())), one(lint::SOURCE_WITHOUT_DATE, "src1"));
    undated.accessed = "2026-01-01".into();
    assert_eq!(codes(&with(undated)), []);
    let without_grade = Source { reliability: 0, ..source("src1") };
    assert_eq!(codes(&with(without_grade)), one(lint::SOURCE_WITHOUT_RELIABILITY, "src1"));
    assert_eq!(codes(&with(source("src9"))), one(lint::UNUSED_SOURCE, "src9"));
}

#[test]
fn a_relationship_in_another_language_than_english_has_a_label() {
    let labelled = |language: &str, label: &str| {
        let mut content = brief(vec![judgment("s1", "It holds.")]);
        content.language = language.into();
        content.actors = ["a1", "a2"].map(|id| Actor { id: id.into(), ..Actor::default() }).into();
        content.relationships = vec![Relationship {
            id: "r1".into(),
            from_id: "a1".into(),
            to_id: "a2".into(),
            statement_ids: vec!["s1".into()],
            label: label.into(),
            ..Relationship::default()
        }];
        codes(&content)
    };
    assert_eq!(labelled("en-GB", ""), []);
    assert_eq!(labelled("fa", ""), one(lint::RELATIONSHIP_WITHOUT_LABEL, "r1"));
    assert_eq!(labelled("fa", "همکار"), []);
}

#[test]
fn actors_places_relationships_and_events_are_used() {
    let mut content = brief(vec![judgment("s1", "It holds.")]);
    content.actors = vec![
        Actor { id: "a1".into(), place_id: "p1".into(), ..Actor::default() },
        Actor { id: "a2".into(), ..Actor::default() },
    ];
    content.places = ["p1", "p2"].map(|id| Place { id: id.into(), ..Place::default() }).into();
    content.relationships = vec![Relationship {
        id: "r1".into(),
        from_id: "a1".into(),
        to_id: "p1".into(),
        ..Relationship::default()
    }];
    content.events = vec![Event { id: "e1".into(), ..Event::default() }];
    let unused = [
        one(lint::UNUSED_ACTOR, "a2"),
        one(lint::UNUSED_PLACE, "p2"),
        one(lint::UNUSED_RELATIONSHIP, "r1"),
        one(lint::UNUSED_EVENT, "e1"),
    ];
    assert_eq!(codes(&content), unused.concat());
    statements(&mut content)[0].actor_ids = vec!["a2".into()];
    content.regions = vec!["p2".into()];
    content.relationships[0].statement_ids = vec!["s1".into()];
    content.changes = vec![Change { evidence_ids: vec!["e1".into()], ..Change::default() }];
    assert_eq!(codes(&content), []);
}

#[test]
fn an_earlier_key_judgment_is_kept_revised_or_named() {
    let with = |judgments: &[(&str, &str)]| {
        let judgment = |(id, revises): &(&str, &str)| KeyJudgment {
            id: (*id).into(),
            revises_id: (*revises).into(),
            ..KeyJudgment::default()
        };
        BriefContent { key_judgments: judgments.iter().map(judgment).collect(), ..BriefContent::default() }
    };
    let dropped = |content: &BriefContent| {
        let found = lint_revision(content, Some(&with(&[("kj1", "")])), None);
        found.into_iter().map(|warning| (warning.code, warning.part_id)).collect::<Vec<_>>()
    };
    assert_eq!(dropped(&with(&[("kj2", "")])), one(lint::JUDGMENT_DROPPED, "kj1"));
    assert_eq!(dropped(&with(&[("kj1", "")])), []);
    assert_eq!(dropped(&with(&[("kj2", "kj1")])), []);
    let mut named = with(&[]);
    named.changes = vec![Change { part_id: "kj1".into(), ..Change::default() }];
    assert_eq!(dropped(&named), []);
    assert_eq!(codes(&with(&[])), []);
}

#[test]
fn a_statement_is_marked_as_high_as_the_lowest_of_its_sources() {
    let with = |own: &str, sources: &[&str]| {
        let mut statement = Statement { marking: own.into(), ..judgment("s1", "It holds.") };
        statement.citations = Vec::new();
        let mut content = BriefContent { default_marking: "TLP:GREEN".into(), ..brief(vec![]) };
        for (number, marking) in sources.iter().enumerate() {
            let id = format!("src{number}");
            statement.citations.push(Citation { source_id: id.clone(), ..Citation::default() });
            content.sources.push(Source { marking: (*marking).into(), ..source(&id) });
        }
        *statements(&mut content) = vec![statement];
        content
    };
    let below = one(lint::MARKING_BELOW_SUPPORT, "s1");
    assert_eq!(codes(&with("", &["TLP:AMBER"])), below);
    assert_eq!(codes(&with("TLP:AMBER", &["TLP:RED", "TLP:AMBER+STRICT"])), below);
    for (own, sources) in
        [("", &["TLP:AMBER", ""][..]), ("TLP:AMBER", &["TLP:AMBER"]), ("TLP:RED", &["TLP:AMBER"])]
    {
        assert_eq!(codes(&with(own, sources)), [], "{own} {sources:?}");
    }
    // The marking of the block counts for its statements.
    let mut content = with("", &["TLP:AMBER"]);
    content.sections[0].blocks[0].marking = "TLP:AMBER".into();
    assert_eq!(codes(&content), []);
    // The judgment rests on a statement of a higher marking only.
    content.key_judgments =
        vec![KeyJudgment { id: "kj".into(), rests_on: vec!["s1".into()], ..KeyJudgment::default() }];
    assert!(codes(&content).contains(&(lint::MARKING_BELOW_SUPPORT, "kj".into())));
    content.key_judgments[0].marking = "TLP:AMBER".into();
    assert!(!codes(&content).contains(&(lint::MARKING_BELOW_SUPPORT, "kj".into())));
}
