//! Parts that are neither statements nor key judgments: what of them differs, field by field.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::other_part::Part as Other;
use chancery_proto::brief::v1::part_difference::Part;
use chancery_proto::brief::v1::{
    Actor, Assumption, BriefContent, DifferenceKind, Dissent, Domain, Event, Factor, Indicator,
    InformationGap, OtherPart, OtherPartPair, PartDifference, Place, Relationship, Scenario, Source,
};

use super::wording;

/// A kind of part that has an id and fields.
trait Compared: Clone {
    fn id(&self) -> &str;
    /// The text that it is known by.
    fn known_by(&self) -> &str;
    /// The names of the fields that differ, but for the id's.
    fn differing(&self, other: &Self) -> Vec<&'static str>;
    fn wrapped(self) -> Other;
}

macro_rules! compared {
    ($($part:ident, $list:ident, known_by($($text:ident)?), [$($field:ident),+];)+) => {
        $(impl Compared for $part {
            fn id(&self) -> &str {
                &self.id
            }

            fn known_by(&self) -> &str {
                compared!(@text self $($text)?)
            }

            fn differing(&self, other: &Self) -> Vec<&'static str> {
                let fields = [$((self.$field != other.$field, stringify!($field)),)+];
                let differing = fields.into_iter().filter(|(differs, _)| *differs);
                differing.map(|(_, name)| name.trim_start_matches("r#")).collect()
            }

            fn wrapped(self) -> Other {
                Other::$part(self)
            }
        })+

        /// The fields that are compared, by kind.
        #[cfg(test)]
        const COMPARED: &[(&str, &[&str])] = &[$((stringify!($part), &[$(stringify!($field)),+]),)+];

        /// The differences of all kinds, in the order of the content.
        pub(super) fn differences(before: &BriefContent, after: &BriefContent) -> Vec<PartDifference> {
            let mut found = Vec::new();
            $(compare(&before.$list, &after.$list, &mut found);)+
            found
        }
    };
    (@text $self:ident $text:ident) => { &$self.$text };
    (@text $self:ident) => { "" };
}

compared! {
    Domain, domains, known_by(name), [name, section, trend, why, marking];
    Factor, factors, known_by(text), [kind, text, statement_ids, marking];
    Actor, actors, known_by(name), [name, kind, short_name, labels, country_code, role, member_of, period, successor_id, place_id, note, marking];
    Place, places, known_by(name), [name, kind, labels, country_code, latitude_e6, longitude_e6, note, marking];
    Relationship, relationships, known_by(), [from_id, to_id, r#type, symmetric, period, status, statement_ids, item, domain, place_id, note, marking, polarity];
    Event, events, known_by(title), [title, date, precision, r#type, actor_ids, place_ids, statement_ids, source_ids, note, marking];
    Source, sources, known_by(title), [title, publisher, date, url, r#type, reliability, descriptor, marking, short_title, accessed];
    Scenario, scenarios, known_by(title), [set, title, text, percent, statement_ids, indicator_ids, marking];
    Indicator, indicators, known_by(text), [text, meaning, statement_ids, marking];
    Assumption, assumptions, known_by(text), [text, if_wrong, statement_ids, marking];
    InformationGap, information_gaps, known_by(text), [text, marking];
    Dissent, dissents, known_by(text), [text, holder, statement_ids, marking];
}

fn compare<T: Compared>(before: &[T], after: &[T], found: &mut Vec<PartDifference>) {
    let old: BTreeMap<&str, &T> = before.iter().map(|part| (part.id(), part)).collect();
    let new: BTreeMap<&str, &T> = after.iter().map(|part| (part.id(), part)).collect();
    for part in after {
        match old.get(part.id()) {
            Some(earlier) => found.extend(changed(*earlier, part)),
            None => found.push(difference(None, Some(part), &[DifferenceKind::Added])),
        }
    }
    for part in before.iter().filter(|part| !new.contains_key(part.id())) {
        found.push(difference(Some(part), None, &[DifferenceKind::Removed]));
    }
}

fn changed<T: Compared>(before: &T, after: &T) -> Option<PartDifference> {
    let fields = before.differing(after);
    if fields.is_empty() {
        return None;
    }
    let is_reworded = before.known_by() != after.known_by();
    let kind = |field: &&str| match *field {
        "text" | "title" | "name" if is_reworded && !after.known_by().is_empty() => DifferenceKind::Reworded,
        "marking" => DifferenceKind::Marking,
        "statement_ids" | "source_ids" => DifferenceKind::Sources,
        "status" => DifferenceKind::Status,
        _ => DifferenceKind::Other,
    };
    let mut kinds: Vec<DifferenceKind> = fields.iter().map(kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    Some(PartDifference {
        replacements: wording::replacements(before.known_by(), after.known_by()),
        fields: fields.into_iter().map(str::to_owned).collect(),
        ..difference(Some(before), Some(after), &kinds)
    })
}

fn difference<T: Compared>(
    before: Option<&T>,
    after: Option<&T>,
    kinds: &[DifferenceKind],
) -> PartDifference {
    let wrapped = |part: &T| OtherPart { part: Some(part.clone().wrapped()) };
    let id = after.or(before).map(|part| part.id().to_owned()).unwrap_or_default();
    let pair = OtherPartPair { before: before.map(wrapped), after: after.map(wrapped) };
    PartDifference {
        id,
        kinds: kinds.iter().map(|kind| (*kind).into()).collect(),
        part: Some(Part::OtherPart(pair)),
        ..PartDifference::default()
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{
        BriefContent, Change, DifferenceKind, PartDifference, Relationship, RelationshipPolarity, Scenario,
        Source,
    };
    use chancery_proto::descriptors;

    use super::COMPARED;
    use crate::diff::{differences, undeclared};

    fn source(short_title: &str, accessed: &str) -> Source {
        Source {
            id: "src1".into(),
            title: "Report".into(),
            short_title: short_title.into(),
            accessed: accessed.into(),
            ..Source::default()
        }
    }

    fn with_source(source: Source) -> BriefContent {
        BriefContent { sources: vec![source], ..BriefContent::default() }
    }

    fn tie(polarity: RelationshipPolarity) -> BriefContent {
        let mut tie = Relationship { id: "r1".into(), ..Relationship::default() };
        tie.set_polarity(polarity);
        BriefContent { relationships: vec![tie], ..BriefContent::default() }
    }

    fn told(differences: &[PartDifference]) -> Vec<(&str, Vec<DifferenceKind>, Vec<&str>)> {
        let all = differences.iter();
        all.map(|one| {
            (one.id.as_str(), one.kinds().collect(), one.fields.iter().map(String::as_str).collect())
        })
        .collect()
    }

    #[test]
    fn a_differing_field_is_named() {
        let before = with_source(source("", "2025-01-01"));
        let after = with_source(source("Report", "2025-03-03"));
        let found = differences(&before, &after);
        assert_eq!(told(&found), [("src1", vec![DifferenceKind::Other], vec!["short_title", "accessed"])]);
        let found = differences(&tie(RelationshipPolarity::Supportive), &tie(RelationshipPolarity::Adverse));
        assert_eq!(told(&found), [("r1", vec![DifferenceKind::Other], vec!["polarity"])]);
        assert_eq!(differences(&after, &after), []);
    }

    #[test]
    fn a_new_title_is_told_word_by_word_and_the_text_beside_it_as_a_field() {
        let scenario = |title: &str, text: &str| BriefContent {
            scenarios: vec![Scenario {
                id: "sce1".into(),
                title: title.into(),
                text: text.into(),
                ..Scenario::default()
            }],
            ..BriefContent::default()
        };
        let found = differences(&scenario("Trade grows", "So."), &scenario("Trade shrinks", "So."));
        assert_eq!(told(&found), [("sce1", vec![DifferenceKind::Reworded], vec!["title"])]);
        assert_eq!(found[0].replacements.len(), 1);
    }

    #[test]
    fn a_part_of_another_kind_with_the_same_id_is_another_part() {
        let after = BriefContent {
            relationships: vec![Relationship { id: "src1".into(), ..Relationship::default() }],
            ..BriefContent::default()
        };
        let found = differences(&with_source(source("", "")), &after);
        let kinds: Vec<_> = told(&found).into_iter().map(|(_, kinds, _)| kinds).collect();
        assert_eq!(kinds, [vec![DifferenceKind::Added], vec![DifferenceKind::Removed]]);
    }

    #[test]
    fn a_change_declares_another_part_by_its_id() {
        let before = tie(RelationshipPolarity::Supportive);
        let mut after = tie(RelationshipPolarity::Mixed);
        assert_eq!(undeclared(&before, &after).len(), 1);
        after.changes = vec![Change { part_id: "r1".into(), ..Change::default() }];
        assert_eq!(undeclared(&before, &after), []);
        assert!(differences(&before, &after)[0].declared);
        // What was added or removed is a difference, but not one to declare.
        let nothing = BriefContent::default();
        assert_eq!((differences(&nothing, &before).len(), undeclared(&nothing, &before).len()), (1, 0));
        assert_eq!((differences(&before, &nothing).len(), undeclared(&before, &nothing).len()), (1, 0));
    }

    #[test]
    fn every_field_of_every_kind_is_compared() {
        let other = descriptors::message("chancery.brief.v1.OtherPart").unwrap();
        let kinds: Vec<_> = other.fields().map(|field| field.kind()).collect();
        assert_eq!(kinds.len(), COMPARED.len());
        for (kind, (name, compared)) in kinds.iter().zip(COMPARED) {
            let message = kind.as_message().unwrap();
            let fields = message.fields().map(|field| field.name().to_owned()).filter(|field| field != "id");
            let compared: Vec<&str> = compared.iter().map(|field| field.trim_start_matches("r#")).collect();
            assert_eq!(
                (message.name(), compared),
                (*name, fields.collect::<Vec<_>>().iter().map(String::as_str).collect())
            );
        }
    }
}
