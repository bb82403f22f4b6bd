//! The relationships of a brief with two subjects, in groups of the parties that they lead to.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use chancery_proto::brief::v1::{Domain, Relationship};

use super::tie_signs::TieSign;

/// The relationships of two subjects with others, with each other, and of others. Each is in it once.
#[derive(Debug)]
pub(super) struct Comparison<'a> {
    pub(super) subjects: [&'a str; 2],
    /// The other parties of the subjects' relationships, by group; empty groups are omitted.
    pub(super) groups: Vec<(PartyGroup, Vec<Party<'a>>)>,
    /// The relationships between the subjects, by domain; `None` for those of no domain, which come first.
    pub(super) mutual: Vec<(Option<&'a Domain>, Vec<&'a Relationship>)>,
    /// Relationships without a subject, by their ends.
    pub(super) others: Vec<([&'a str; 2], Vec<&'a Relationship>)>,
}

/// How the relationships of the two subjects with a party compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartyGroup {
    SameSign,
    DifferentSigns,
    OneSubject,
}

/// A party with its relationships with each subject.
#[derive(Debug)]
pub(super) struct Party<'a> {
    pub(super) id: &'a str,
    pub(super) ties: [Vec<&'a Relationship>; 2],
}

impl Party<'_> {
    fn group(&self) -> PartyGroup {
        let [first, second] = self
            .ties
            .each_ref()
            .map(|ties| ties.iter().copied().map(TieSign::of).collect::<BTreeSet<TieSign>>());
        if first.is_empty() || second.is_empty() {
            PartyGroup::OneSubject
        } else if first == second {
            PartyGroup::SameSign
        } else {
            PartyGroup::DifferentSigns
        }
    }
}

impl<'a> Comparison<'a> {
    pub(super) fn new(
        subjects: [&'a str; 2],
        relationships: &'a [Relationship],
        domains: &'a [Domain],
    ) -> Self {
        let mut parties: Vec<Party> = Vec::new();
        let (mut between, mut others) = (Vec::new(), Vec::new());
        for relationship in relationships {
            let ends = [relationship.from_id.as_str(), relationship.to_id.as_str()];
            let [from, to] = ends.map(|end| subjects.iter().position(|subject| *subject == end));
            match (from, to) {
                (Some(_), Some(_)) => between.push(relationship),
                (Some(subject), None) => party(&mut parties, ends[1]).ties[subject].push(relationship),
                (None, Some(subject)) => party(&mut parties, ends[0]).ties[subject].push(relationship),
                (None, None) => others.push((ends, relationship)),
            }
        }
        Self {
            subjects,
            groups: grouped(parties),
            mutual: by_domain(&between, domains),
            others: by_ends(others),
        }
    }
}

fn party<'p, 'a>(parties: &'p mut Vec<Party<'a>>, id: &'a str) -> &'p mut Party<'a> {
    let known = parties.iter().position(|party| party.id == id);
    let index = known.unwrap_or_else(|| {
        parties.push(Party { id, ties: [Vec::new(), Vec::new()] });
        parties.len() - 1
    });
    &mut parties[index]
}

/// Groups parties; those with most relationships are first in their group.
fn grouped(mut parties: Vec<Party>) -> Vec<(PartyGroup, Vec<Party>)> {
    parties.sort_by_key(|party| Reverse(party.ties.iter().map(Vec::len).sum::<usize>()));
    let mut groups = Vec::new();
    for group in [PartyGroup::SameSign, PartyGroup::DifferentSigns, PartyGroup::OneSubject] {
        let (inside, outside): (Vec<Party>, Vec<Party>) =
            parties.into_iter().partition(|party| party.group() == group);
        parties = outside;
        if !inside.is_empty() {
            groups.push((group, inside));
        }
    }
    groups
}

fn by_domain<'a>(
    relationships: &[&'a Relationship],
    domains: &'a [Domain],
) -> Vec<(Option<&'a Domain>, Vec<&'a Relationship>)> {
    let domain_of =
        |relationship: &Relationship| domains.iter().find(|domain| domain.id == relationship.domain);
    let id = |domain: Option<&Domain>| domain.map(|domain| domain.id.clone());
    let of = |domain: Option<&'a Domain>| {
        let inside = relationships.iter().copied().filter(|tie| id(domain_of(tie)) == id(domain));
        (domain, inside.collect::<Vec<_>>())
    };
    let groups = [None].into_iter().chain(domains.iter().map(Some)).map(of);
    groups.filter(|(_, ties)| !ties.is_empty()).collect()
}

fn by_ends<'a>(
    relationships: Vec<([&'a str; 2], &'a Relationship)>,
) -> Vec<([&'a str; 2], Vec<&'a Relationship>)> {
    let mut pairs: Vec<([&str; 2], Vec<&Relationship>)> = Vec::new();
    for (ends, relationship) in relationships {
        let [from, to] = ends;
        match pairs.iter_mut().find(|(known, _)| *known == ends || *known == [to, from]) {
            Some((_, ties)) => ties.push(relationship),
            None => pairs.push((ends, vec![relationship])),
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{Domain, Relationship, RelationshipPolarity as Polarity};
    use proptest::prelude::*;

    use super::{Comparison, PartyGroup};

    fn tie(id: &str, ends: &str, polarity: Polarity, domain: &str) -> Relationship {
        Relationship {
            id: id.to_owned(),
            from_id: ends[..1].to_owned(),
            to_id: ends[1..].to_owned(),
            polarity: polarity.into(),
            domain: domain.to_owned(),
            ..Relationship::default()
        }
    }

    fn ids(ties: &[&Relationship]) -> String {
        ties.iter().map(|tie| tie.id.as_str()).collect()
    }

    #[test]
    fn parties_are_grouped_by_the_signs_of_both_subjects() {
        use Polarity::{Adverse, Supportive, Unspecified};
        let ties = [
            tie("1", "ac", Supportive, ""),
            tie("2", "cb", Supportive, ""),
            tie("3", "ad", Adverse, ""),
            tie("4", "bd", Unspecified, ""),
            tie("5", "ea", Adverse, ""),
            tie("6", "af", Adverse, ""),
            tie("7", "fb", Adverse, ""),
            tie("8", "fb", Adverse, ""),
            tie("9", "cd", Adverse, ""),
        ];
        let comparison = Comparison::new(["a", "b"], &ties, &[]);
        let groups: Vec<_> = comparison
            .groups
            .iter()
            .map(|(group, parties)| {
                let parties: Vec<_> = parties
                    .iter()
                    .map(|party| format!("{}:{}/{}", party.id, ids(&party.ties[0]), ids(&party.ties[1])))
                    .collect();
                (*group, parties.join(" "))
            })
            .collect();
        let expected = [
            (PartyGroup::SameSign, "f:6/78 c:1/2".to_owned()),
            (PartyGroup::DifferentSigns, "d:3/4".to_owned()),
            (PartyGroup::OneSubject, "e:5/".to_owned()),
        ];
        assert_eq!(groups, expected);
        assert_eq!(comparison.others.len(), 1);
    }

    #[test]
    fn mutual_relationships_are_in_the_order_of_the_domains() {
        let domain = |id: &str| Domain { id: id.to_owned(), ..Domain::default() };
        let domains = [domain("x"), domain("y")];
        let ties = [
            tie("1", "ab", Polarity::Mixed, "y"),
            tie("2", "ba", Polarity::Mixed, "x"),
            tie("3", "ab", Polarity::Mixed, ""),
            tie("4", "ab", Polarity::Mixed, "gone"),
            tie("5", "aa", Polarity::Mixed, "y"),
        ];
        let comparison = Comparison::new(["a", "b"], &ties, &domains);
        let groups: Vec<_> = comparison
            .mutual
            .iter()
            .map(|(domain, ties)| (domain.map_or("", |domain| domain.id.as_str()), ids(ties)))
            .collect();
        assert_eq!(groups, [("", "34".to_owned()), ("x", "2".to_owned()), ("y", "15".to_owned())]);
    }

    proptest! {
        #[test]
        fn every_relationship_is_in_the_comparison_once(ends in prop::collection::vec("[a-e]{2}", 0..20)) {
            let ties: Vec<_> = ends
                .iter()
                .enumerate()
                .map(|(index, ends)| tie(&index.to_string(), ends, Polarity::Mixed, ""))
                .collect();
            let comparison = Comparison::new(["a", "b"], &ties, &[]);
            let parties = comparison.groups.iter().flat_map(|(_, parties)| parties);
            let shown = parties.flat_map(|party| party.ties.iter().flatten());
            let mutual = comparison.mutual.iter().flat_map(|(_, ties)| ties);
            let others = comparison.others.iter().flat_map(|(_, ties)| ties);
            let mut all: Vec<usize> =
                shown.chain(mutual).chain(others).map(|tie| tie.id.parse().unwrap()).collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..ties.len()).collect::<Vec<_>>());
        }
    }
}
