//! A violation of each rule, with its path and code.

mod body;
mod envelope;
mod network;

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{
    Actor, Block, BriefContent, Change, Domain, Event, Factor, KeyJudgment, Paragraph, Place, Relationship,
    Section, Source, Statement,
};

use super::canonicalize;
use crate::canonical::Canonical;
use crate::marking::Scheme;

/// A valid brief with one part of most kinds.
fn brief() -> BriefContent {
    BriefContent {
        kind: 1,
        title: "Title".into(),
        language: "en".into(),
        key_judgments: vec![KeyJudgment {
            id: "kj1".into(),
            statements: vec![statement("s1")],
            rests_on: vec!["s2".into()],
            ..KeyJudgment::default()
        }],
        sections: vec![section("sec1", vec![paragraph(vec![statement("s2"), statement("s3")])])],
        domains: vec![Domain { id: "d1".into(), name: "Domain".into(), ..Domain::default() }],
        factors: vec![Factor { id: "f1".into(), kind: 1, text: "Factor".into(), ..Factor::default() }],
        actors: vec![actor("a1"), actor("a2")],
        places: vec![Place { id: "p1".into(), name: "Place".into(), kind: 1, ..Place::default() }],
        relationships: vec![Relationship {
            id: "r1".into(),
            from_id: "a1".into(),
            to_id: "p1".into(),
            r#type: "trades-with".into(),
            ..Relationship::default()
        }],
        events: vec![Event { id: "e1".into(), title: "Event".into(), ..Event::default() }],
        sources: vec![Source { id: "src1".into(), title: "Source".into(), ..Source::default() }],
        changes: vec![Change { statement_id: "s2".into(), kind: 2, ..Change::default() }],
        ..BriefContent::default()
    }
}

fn statement(id: &str) -> Statement {
    Statement { id: id.into(), text: "It is so.".into(), r#type: 1, ..Statement::default() }
}

fn actor(id: &str) -> Actor {
    Actor { id: id.into(), name: "Actor".into(), kind: 1, ..Actor::default() }
}

fn section(id: &str, blocks: Vec<Block>) -> Section {
    Section { id: id.into(), heading: "Heading".into(), blocks, ..Section::default() }
}

fn block(kind: BlockKind) -> Block {
    Block { kind: Some(kind), ..Block::default() }
}

fn paragraph(statements: Vec<Statement>) -> Block {
    block(BlockKind::Paragraph(Paragraph { statements }))
}

/// The first statement of the first section, `S` in the paths below.
fn s2(content: &mut BriefContent) -> &mut Statement {
    match &mut content.sections[0].blocks[0].kind {
        Some(BlockKind::Paragraph(paragraph)) => &mut paragraph.statements[0],
        _ => unreachable!("the first block is a paragraph"),
    }
}

const S: &str = "sections[0].blocks[0].paragraph.statements[0]";

fn canonical(change: impl FnOnce(&mut BriefContent)) -> Canonical {
    let mut content = brief();
    change(&mut content);
    canonicalize(&content, Scheme::Tlp).unwrap()
}

/// Returns the violations of the brief after a modification, as codes with paths.
fn violations(change: impl FnOnce(&mut BriefContent)) -> Vec<(&'static str, String)> {
    let mut content = brief();
    change(&mut content);
    let error = canonicalize(&content, Scheme::Tlp).unwrap_err();
    error.violations.into_iter().map(|violation| (violation.code, violation.path)).collect()
}

#[track_caller]
fn refuses(code: &str, path: &str, change: impl FnOnce(&mut BriefContent)) {
    // `S.` at the start of a path is the statement.
    let path = path.strip_prefix("S.").map_or(path.to_owned(), |field| format!("{S}.{field}"));
    let violations = violations(change);
    let violations: Vec<_> = violations.iter().map(|(code, path)| (*code, path.as_str())).collect();
    assert_eq!(violations, [(code, path.as_str())]);
}
