//! Examples of each rule, then properties of random revisions.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::{Change, ChangeKind, ConfidenceLevel};
use proptest::prelude::*;

use super::{DeclaredChanges, combine};
use crate::marking::Scheme;
use crate::references::change_subject;

fn change(id: &str, kind: ChangeKind, was: &str, now: &str) -> Change {
    Change {
        statement_id: id.to_owned(),
        kind: kind.into(),
        was: was.to_owned(),
        now: now.to_owned(),
        marking: "TLP:CLEAR".to_owned(),
        ..Change::default()
    }
}

fn declared(changes: &[Change]) -> DeclaredChanges<'_> {
    DeclaredChanges { changes, follows_gap: false }
}

fn combined(revisions: &[&[Change]]) -> Vec<Change> {
    combine(revisions.iter().map(|changes| declared(changes)), Scheme::Tlp)
}

fn kinds(sequence: &[ChangeKind]) -> Vec<ChangeKind> {
    let revisions: Vec<[Change; 1]> =
        sequence.iter().map(|kind| [change("s1", *kind, "Before.", "After.")]).collect();
    let revisions: Vec<&[Change]> = revisions.iter().map(<[Change; 1]>::as_slice).collect();
    combined(&revisions).iter().map(Change::kind).collect()
}

#[test]
fn a_part_that_changed_twice_is_one_change_from_its_first_text_to_its_last() {
    let mut first = change("s1", ChangeKind::Corrected, "Ten.", "Eleven.");
    first.why = "A recount.".to_owned();
    first.was_marking = "TLP:CLEAR".to_owned();
    first.set_confidence_before(ConfidenceLevel::Low);
    first.set_confidence_after(ConfidenceLevel::Moderate);
    first.evidence_ids = vec!["src-1".to_owned()];
    first.marking = "TLP:AMBER".to_owned();
    let mut second = change("s1", ChangeKind::Updated, "Eleven.", "Twelve.");
    second.was_marking = "TLP:GREEN".to_owned();
    second.set_confidence_before(ConfidenceLevel::Moderate);
    second.set_confidence_after(ConfidenceLevel::High);
    second.evidence_ids = vec!["src-1".to_owned(), "src-2".to_owned()];
    let one = combined(&[&[first], &[second]]);
    let mut expected = change("s1", ChangeKind::Updated, "Ten.", "Twelve.");
    expected.was_marking = "TLP:CLEAR".to_owned();
    expected.why = "A recount.".to_owned();
    expected.set_confidence_before(ConfidenceLevel::Low);
    expected.set_confidence_after(ConfidenceLevel::High);
    expected.evidence_ids = vec!["src-1".to_owned(), "src-2".to_owned()];
    expected.marking = "TLP:AMBER".to_owned();
    assert_eq!(one, [expected]);
}

#[test]
fn a_quote_of_a_missing_revision_is_not_passed_off_as_the_earlier_one() {
    let before_gap = [change("s1", ChangeKind::Updated, "One.", "Two.")];
    let mut after_gap = vec![
        change("s1", ChangeKind::Updated, "Three.", "Four."),
        change("s2", ChangeKind::Updated, "Three.", "Four."),
    ];
    after_gap[1].was_marking = "TLP:CLEAR".to_owned();
    after_gap[1].set_confidence_before(ConfidenceLevel::Low);
    let last =
        [change("s2", ChangeKind::Updated, "Four.", "Five."), change("s3", ChangeKind::Updated, "x", "y")];
    let revisions =
        [declared(&before_gap), DeclaredChanges { changes: &after_gap, follows_gap: true }, declared(&last)];
    let expected = [
        change("s1", ChangeKind::Updated, "One.", "Four."),
        change("s2", ChangeKind::Updated, "", "Five."),
        change("s3", ChangeKind::Updated, "", "y"),
    ];
    assert_eq!(combine(revisions, Scheme::Tlp), expected);
}

#[test]
fn kinds_combine_to_what_changed_between_the_first_and_the_last_revision() {
    use ChangeKind::{
        Added, Confirmed, Contested, Downgraded, Missed, Superseded, Updated, Upgraded, Withdrawn,
    };
    let cases: &[(&[ChangeKind], &[ChangeKind])] = &[
        (&[Added, Withdrawn], &[]),
        (&[Added, Confirmed, Withdrawn], &[]),
        (&[Added, Updated], &[Added]),
        (&[Added, Superseded], &[Added]),
        (&[Added, Confirmed], &[Added]),
        (&[Withdrawn, Added], &[Updated]),
        (&[Superseded, Added], &[Updated]),
        (&[Updated, Confirmed], &[Updated]),
        (&[Confirmed, Confirmed], &[Confirmed]),
        (&[Confirmed, Contested], &[Contested]),
        (&[Upgraded, Downgraded], &[Updated]),
        (&[Downgraded, Updated, Upgraded], &[Updated]),
        (&[Upgraded, Upgraded], &[Upgraded]),
        (&[Updated, Missed], &[Missed]),
        (&[Updated, Withdrawn], &[Withdrawn]),
    ];
    for (sequence, expected) in cases {
        assert_eq!(kinds(sequence), *expected, "{sequence:?}");
    }
}

#[test]
fn an_unquoted_first_text_is_not_replaced_by_a_later_quote() {
    let revisions = [
        change("s1", ChangeKind::Updated, "", "Eleven."),
        change("s1", ChangeKind::Updated, "Eleven.", "Twelve."),
    ];
    let one = combined(&[&revisions[..1], &revisions[1..]]);
    assert_eq!((one[0].was.as_str(), one[0].now.as_str()), ("", "Twelve."));
}

#[test]
fn a_bare_confirmation_keeps_the_text_before_it() {
    let mut superseded = change("s1", ChangeKind::Superseded, "Ten.", "No longer.");
    superseded.replaced_by = vec!["s2".to_owned()];
    let one = combined(&[&[superseded], &[change("s1", ChangeKind::Confirmed, "", "")]]);
    assert_eq!((one[0].kind(), one[0].now.as_str()), (ChangeKind::Superseded, "No longer."));
    assert_eq!(one[0].replaced_by, ["s2"]);
}

#[test]
fn several_changes_of_a_part_in_one_revision_stay_as_declared() {
    let revision =
        [change("s1", ChangeKind::Updated, "a", "b"), change("s1", ChangeKind::Quantified, "b", "c")];
    assert_eq!(combined(&[&[], &revision, &[]]), revision);
}

#[test]
fn statements_and_other_parts_are_distinguished_by_id_alone() {
    let part = Change { part_id: "src-1".to_owned(), kind: ChangeKind::Updated.into(), ..Change::default() };
    let both = combined(&[
        std::slice::from_ref(&part),
        &[change("s1", ChangeKind::Updated, "a", "b"), part.clone()],
    ]);
    assert_eq!(both.iter().map(change_subject).collect::<Vec<_>>(), ["src-1", "s1"]);
    assert!(both[0].statement_id.is_empty());
}

fn any_change() -> impl Strategy<Value = Change> {
    let marking = prop::sample::select(Scheme::Tlp.labels());
    let level = 0..4_i32;
    (0..5_u8, 1..16_i32, "[ab]?", "[cd]?", "[ef]?", marking, (level.clone(), level), any::<bool>()).prop_map(
        |(id, kind, was, now, why, marking, (before, after), is_part)| {
            let id = format!("s{id}");
            let (statement_id, part_id) = if is_part { (String::new(), id) } else { (id, String::new()) };
            Change {
                statement_id,
                part_id,
                kind,
                was,
                was_marking: marking.to_owned(),
                now,
                why,
                confidence_before: before,
                confidence_after: after,
                marking: marking.to_owned(),
                ..Change::default()
            }
        },
    )
}

fn any_revisions() -> impl Strategy<Value = Vec<Vec<Change>>> {
    prop::collection::vec(prop::collection::vec(any_change(), 0..6), 0..5)
}

fn all(revisions: &[Vec<Change>]) -> Vec<Change> {
    combine(revisions.iter().map(|changes| declared(changes)), Scheme::Tlp)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_revision_keeps_its_changes_with_those_of_a_part_together(
        changes in prop::collection::vec(any_change(), 0..8),
    ) {
        let first = |change: &Change| changes.iter().position(|other| change_subject(other) == change_subject(change));
        let mut expected = changes.clone();
        expected.sort_by_key(first);
        prop_assert_eq!(all(std::slice::from_ref(&changes)), expected);
    }

    #[test]
    fn a_revision_without_changes_makes_no_difference(revisions in any_revisions(), place in 0..6_usize) {
        let mut with = revisions.clone();
        with.insert(place.min(revisions.len()), Vec::new());
        prop_assert_eq!(all(&with), all(&revisions));
    }

    #[test]
    fn only_parts_added_and_withdrawn_are_dropped(revisions in any_revisions()) {
        let combined = all(&revisions);
        let declared: Vec<&Change> = revisions.iter().flatten().collect();
        for change in &combined {
            let of_part: Vec<&&Change> =
                declared.iter().filter(|other| change_subject(other) == change_subject(change)).collect();
            prop_assert!(of_part.iter().any(|other| other.was == change.was));
            prop_assert!(of_part.iter().any(|other| other.now == change.now));
            prop_assert!(of_part.iter().any(|other| other.why == change.why));
            prop_assert!(of_part.iter().any(|other| other.marking == change.marking));
        }
        let ids = |changes: &[Change]| changes.iter().map(|of| change_subject(of).to_owned()).collect::<BTreeSet<_>>();
        let remaining = ids(&combined);
        for id in ids(&declared.iter().map(|change| (*change).clone()).collect::<Vec<_>>()).difference(&remaining) {
            let kinds: Vec<ChangeKind> = declared
                .iter()
                .filter(|change| change_subject(change) == id)
                .map(|change| change.kind())
                .filter(|kind| *kind != ChangeKind::Confirmed)
                .collect();
            prop_assert_eq!(kinds.first(), Some(&ChangeKind::Added));
            prop_assert_eq!(kinds.last(), Some(&ChangeKind::Withdrawn));
        }
    }

    #[test]
    fn a_combined_change_is_marked_at_least_as_high_as_its_sources(revisions in any_revisions()) {
        for change in all(&revisions) {
            let rank = |change: &Change| Scheme::Tlp.rank(&change.marking).unwrap();
            let in_several = revisions
                .iter()
                .filter(|changes| changes.iter().any(|other| change_subject(other) == change_subject(&change)))
                .count() > 1;
            let mut others = revisions.iter().flatten().filter(|other| change_subject(other) == change_subject(&change));
            prop_assert!(!in_several || others.all(|other| rank(other) <= rank(&change)));
        }
    }

    #[test]
    fn a_part_that_changed_in_several_revisions_has_one_change(revisions in any_revisions()) {
        let combined = all(&revisions);
        for change in &combined {
            let revisions_with = revisions
                .iter()
                .filter(|changes| changes.iter().any(|other| change_subject(other) == change_subject(change)))
                .count();
            let count = combined.iter().filter(|other| change_subject(other) == change_subject(change)).count();
            prop_assert!(revisions_with == 1 || count == 1);
        }
    }
}
