//! Each kind of difference, and the absence of differences between equal editions.

mod every_field;
mod other_parts;

use std::collections::BTreeSet;

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::part_difference::Part;
use chancery_proto::brief::v1::{
    Block, BriefContent, Change, Citation, Confidence, ConfidenceLevel, KeyJudgment, Likelihood, Paragraph,
    Section, Statement, StatementStatus,
};
use proptest::prelude::*;

use super::{DifferenceKind, differences};
use crate::arbitrary::canonical;

fn statement(id: &str, text: &str) -> Statement {
    Statement { id: id.into(), text: text.into(), ..Statement::default() }
}

fn section(id: &str, statements: Vec<Statement>) -> Section {
    let kind = Some(Kind::Paragraph(Paragraph { statements }));
    Section { id: id.into(), blocks: vec![Block { kind, ..Block::default() }], ..Section::default() }
}

fn brief(sections: Vec<Section>) -> BriefContent {
    BriefContent { sections, ..BriefContent::default() }
}

/// Summarises differences by id and kinds.
fn summary(before: &BriefContent, after: &BriefContent) -> Vec<(String, Vec<DifferenceKind>)> {
    let all = differences(before, after).into_iter();
    all.map(|one| {
        let kinds = one.kinds.iter().map(|kind| DifferenceKind::try_from(*kind).unwrap()).collect();
        (one.id, kinds)
    })
    .collect()
}

fn one(change: impl FnOnce(&mut Statement)) -> Vec<DifferenceKind> {
    let before = statement("s1", "Trade grew.");
    let mut after = before.clone();
    change(&mut after);
    let found = summary(&brief(vec![section("a", vec![before])]), &brief(vec![section("a", vec![after])]));
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap().1
}

#[test]
fn each_difference_has_its_kind() {
    assert_eq!(one(|s| s.text = "Trade fell.".into()), [DifferenceKind::Reworded]);
    let likelihood = Likelihood { low_percent: 55, high_percent: 80, ..Likelihood::default() };
    assert_eq!(one(|s| s.likelihood = Some(likelihood)), [DifferenceKind::Likelihood]);
    let confidence = Confidence { level: ConfidenceLevel::High.into(), ..Confidence::default() };
    assert_eq!(one(|s| s.confidence = Some(confidence)), [DifferenceKind::Confidence]);
    assert_eq!(one(|s| s.marking = "TLP:AMBER".into()), [DifferenceKind::Marking]);
    let citation = Citation { source_id: "src".into(), ..Citation::default() };
    assert_eq!(one(|s| s.citations.push(citation)), [DifferenceKind::Sources]);
    assert_eq!(one(|s| s.status = StatementStatus::Superseded.into()), [DifferenceKind::Status]);
    assert_eq!(one(|s| s.horizon = "2027".into()), [DifferenceKind::Date]);
    let both = one(|s| {
        s.marking = "TLP:RED".into();
        s.text = "Trade fell.".into();
    });
    assert_eq!(both, [DifferenceKind::Reworded, DifferenceKind::Marking]);
}

#[test]
fn added_parts_are_in_the_new_order_and_removed_ones_last() {
    let before = brief(vec![section("a", vec![statement("s1", "One."), statement("s2", "Two.")])]);
    let after = brief(vec![section("a", vec![statement("s3", "Three."), statement("s2", "Two.")])]);
    let expected =
        [("s3".to_owned(), vec![DifferenceKind::Added]), ("s1".to_owned(), vec![DifferenceKind::Removed])];
    assert_eq!(summary(&before, &after), expected);
}

#[test]
fn only_parts_out_of_order_or_in_another_section_moved() {
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|id| statement(id, "Same."));
    let before = brief(vec![section("x", vec![a.clone(), b.clone(), c.clone(), d.clone()])]);
    let first = brief(vec![section("x", vec![d.clone(), a.clone(), b.clone(), c.clone()])]);
    assert_eq!(summary(&before, &first), [("d".to_owned(), vec![DifferenceKind::Moved])]);
    let split = brief(vec![section("x", vec![a, b]), section("y", vec![c, d])]);
    let moved = vec![DifferenceKind::Moved];
    let added = ("y".to_owned(), vec![DifferenceKind::Added]);
    assert_eq!(summary(&before, &split), [added, ("c".to_owned(), moved.clone()), ("d".to_owned(), moved)]);
}

#[test]
fn key_judgments_and_their_statements_differ_independently() {
    let judgment = KeyJudgment {
        id: "kj1".into(),
        statements: vec![statement("s1", "It holds.")],
        rests_on: vec!["s2".into()],
        ..KeyJudgment::default()
    };
    let mut later = judgment.clone();
    later.rests_on.push("s3".into());
    later.statements[0].text = "It mostly holds.".into();
    let before = BriefContent { key_judgments: vec![judgment], ..BriefContent::default() };
    let after = BriefContent { key_judgments: vec![later], ..BriefContent::default() };
    let expected = [
        ("kj1".to_owned(), vec![DifferenceKind::Sources]),
        ("s1".to_owned(), vec![DifferenceKind::Reworded]),
    ];
    assert_eq!(summary(&before, &after), expected);
}

#[test]
fn only_parts_named_by_changes_are_declared() {
    let before = brief(vec![section("a", ["s1", "s2", "s3"].map(|id| statement(id, "Same.")).to_vec())]);
    let others = ["s1", "s2", "s3"].map(|id| statement(id, "Other."));
    let mut after = brief(vec![section("a", others.to_vec())]);
    let change = Change { statement_id: "s1".into(), replaced_by: vec!["s3".into()], ..Change::default() };
    after.changes = vec![change];
    let declared: Vec<bool> = differences(&before, &after).iter().map(|one| one.declared).collect();
    assert_eq!(declared, [true, false, true]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn equal_editions_have_no_differences(content in canonical()) {
        prop_assert_eq!(differences(content.content(), content.content()), []);
    }

    #[test]
    fn both_directions_report_the_same_parts(before in canonical(), after in canonical()) {
        // Of parts that swapped positions, either may be reported as moved, and of blocks that share their sentences,
        // either may be a pair.
        let ids = |before, after| -> BTreeSet<String> {
            let parts = differences(before, after).into_iter();
            let parts = parts.filter(|one| !matches!(one.part, Some(Part::Block(_))));
            parts.filter(|one| one.kinds != [DifferenceKind::Moved as i32]).map(|one| one.id).collect()
        };
        let (before, after) = (before.content(), after.content());
        prop_assert_eq!(ids(before, after), ids(after, before));
    }
}
