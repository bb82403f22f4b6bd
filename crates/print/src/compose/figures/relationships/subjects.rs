//! The ends of the relationships, and the two subjects that a brief compares.

use chancery_proto::brief::v1::{BriefContent, Relationship};

/// Returns the ids of actors and places with a relationship, in order of first mention.
pub(super) fn ends(relationships: &[Relationship]) -> Vec<&str> {
    let mut ends: Vec<&str> = Vec::new();
    for id in relationships.iter().flat_map(ends_of) {
        if !ends.contains(&id) {
            ends.push(id);
        }
    }
    ends
}

/// Returns the two subjects of a brief: the two that its `subject` names, if they take part in at least half of the
/// relationships.
///
/// In a brief without `subject` they are the only two that each take part in at least half of the relationships, if two
/// others or more have relationships with both.
pub(super) fn two_subjects(content: &BriefContent) -> Option<[&str; 2]> {
    let relationships = content.relationships.as_slice();
    let named = content.subject.as_ref().map_or(&[][..], |subject| subject.entity_ids.as_slice());
    match named {
        [] => unnamed_subjects(relationships),
        [first, second] => {
            let subjects = [first.as_str(), second.as_str()];
            let with_subject =
                relationships.iter().filter(|of| ends_of(of).iter().any(|id| subjects.contains(id)));
            let both_tied = subjects.iter().all(|subject| takes_part(relationships, subject) > 0);
            (both_tied && with_subject.count() * 2 >= relationships.len()).then_some(subjects)
        }
        _ => None,
    }
}

fn unnamed_subjects(relationships: &[Relationship]) -> Option<[&str; 2]> {
    let ends = ends(relationships);
    let central: Vec<&str> =
        ends.iter().copied().filter(|id| takes_part(relationships, id) * 2 >= relationships.len()).collect();
    let [first, second] = central.as_slice() else { return None };
    let tied =
        |a: &str, b: &str| relationships.iter().any(|of| ends_of(of) == [a, b] || ends_of(of) == [b, a]);
    let shared = ends.iter().filter(|id| !central.contains(id) && tied(id, first) && tied(id, second));
    (shared.count() >= 2).then_some([first, second])
}

fn takes_part(relationships: &[Relationship], id: &str) -> usize {
    relationships.iter().filter(|of| ends_of(of).contains(&id)).count()
}

fn ends_of(relationship: &Relationship) -> [&str; 2] {
    [relationship.from_id.as_str(), relationship.to_id.as_str()]
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{BriefContent, Relationship, Subject};

    use super::{ends, two_subjects};

    /// Returns a brief with relationships such as "ab", from a to b.
    fn brief(subjects: &[&str], pairs: &[&str]) -> BriefContent {
        let relationship = |pair: &&str| Relationship {
            from_id: pair[..1].to_owned(),
            to_id: pair[1..].to_owned(),
            ..Relationship::default()
        };
        let entity_ids = subjects.iter().map(|id| (*id).to_owned()).collect();
        BriefContent {
            subject: (!subjects.is_empty()).then_some(Subject { entity_ids }),
            relationships: pairs.iter().map(relationship).collect(),
            ..BriefContent::default()
        }
    }

    #[test]
    fn two_named_subjects_of_most_relationships_are_compared() {
        let subjects = |subjects: &[&str], pairs: &[&str]| {
            two_subjects(&brief(subjects, pairs)).map(|of| of.map(str::to_owned).join(""))
        };
        assert_eq!(subjects(&["a", "b"], &["ab"]).as_deref(), Some("ab"));
        assert_eq!(subjects(&["b", "a"], &["ac", "cb", "cd"]).as_deref(), Some("ba"));
        assert_eq!(subjects(&["a", "b"], &["ac", "cd", "de"]), None);
        assert_eq!(subjects(&["a", "b"], &["ac", "bc", "cd", "de", "ef"]), None);
        assert_eq!(subjects(&["a"], &["ab", "ac", "bc"]), None);
        assert_eq!(subjects(&["a", "b", "c"], &["ab", "ac", "bc"]), None);
    }

    #[test]
    fn without_named_subjects_two_actors_of_half_the_relationships_are_compared() {
        let subjects =
            |pairs: &[&str]| two_subjects(&brief(&[], pairs)).map(|of| of.map(str::to_owned).join(""));
        assert_eq!(subjects(&["ac", "bc", "da", "bd", "ab"]).as_deref(), Some("ab"));
        assert_eq!(subjects(&["ac", "bc", "ad", "bd", "ae", "be"]).as_deref(), Some("ab"));
        for ring_star_or_path in [
            &["ab", "bc", "cd", "de", "ea"][..],
            &["ab", "bc", "ca"],
            &["ab", "bc", "cd", "da"],
            &["ab", "ac", "ad", "ae"],
            &["ab", "bc", "cd"],
            &["ab"],
            &[],
        ] {
            assert_eq!(subjects(ring_star_or_path), None, "{ring_star_or_path:?}");
        }
    }

    #[test]
    fn ends_are_in_order_of_first_mention() {
        assert_eq!(ends(&brief(&[], &["ca", "ab", "cc"]).relationships), ["c", "a", "b"]);
    }
}
