//! Differences of parts other than statements and key judgments, by field.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::other_part::Part as Other;
use chancery_proto::brief::v1::part_difference::Part;
use chancery_proto::brief::v1::{
    Actor, Assumption, BriefContent, DifferenceKind, Dissent, Domain, Event, Factor, Indicator,
    InformationGap, OtherPart, OtherPartPair, PartDifference, Place, Relationship, Scenario, Source,
};

use super::wording;

/// A part that is compared by fields.
trait ComparedPart: Clone {
    fn id(&self) -> &str;
    /// Returns the title, name or main text.
    fn main_text(&self) -> &str;
    /// Returns the names of the fields that differ, except the id.
    fn differing(&self, other: &Self) -> Vec<&'static str>;
    fn wrapped(self) -> Other;
}

macro_rules! compared {
    ($($part:ident, $list:ident, main_text($($text:ident)?), [$($field:ident),+];)+) => {
        $(impl ComparedPart for $part {
            fn id(&self) -> &str {
                &self.id
            }

            fn main_text(&self) -> &str {
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

        /// The compared fields by kind.
        #[cfg(test)]
        const COMPARED: &[(&str, &[&str])] = &[$((stringify!($part), &[$(stringify!($field)),+]),)+];

        /// Lists the differences of all kinds in document order.
        pub(super) fn differences(before: &BriefContent, after: &BriefContent) -> Vec<PartDifference> {
            let mut differences = Vec::new();
            $(compare(&before.$list, &after.$list, &mut differences);)+
            differences
        }
    };
    (@text $self:ident $text:ident) => { &$self.$text };
    (@text $self:ident) => { "" };
}

compared! {
    Domain, domains, main_text(name), [name, section, trend, why, marking];
    Factor, factors, main_text(text), [kind, text, statement_ids, marking];
    Actor, actors, main_text(name), [name, kind, short_name, labels, country_code, role, member_of, period, successor_id, place_id, note, marking];
    Place, places, main_text(name), [name, kind, labels, country_code, latitude_e6, longitude_e6, note, marking];
    Relationship, relationships, main_text(), [from_id, to_id, r#type, symmetric, period, status, statement_ids, item, domain, place_id, note, marking, polarity];
    Event, events, main_text(title), [title, date, precision, r#type, actor_ids, place_ids, statement_ids, source_ids, note, marking];
    Source, sources, main_text(title), [title, publisher, date, url, r#type, reliability, descriptor, marking, short_title, accessed];
    Scenario, scenarios, main_text(title), [set, title, text, percent, statement_ids, indicator_ids, marking];
    Indicator, indicators, main_text(text), [text, meaning, statement_ids, marking];
    Assumption, assumptions, main_text(text), [text, if_wrong, statement_ids, marking];
    InformationGap, information_gaps, main_text(text), [text, marking];
    Dissent, dissents, main_text(text), [text, holder, statement_ids, marking];
}

fn compare<T: ComparedPart>(before: &[T], after: &[T], differences: &mut Vec<PartDifference>) {
    let old: BTreeMap<&str, &T> = before.iter().map(|part| (part.id(), part)).collect();
    let new: BTreeMap<&str, &T> = after.iter().map(|part| (part.id(), part)).collect();
    for part in after {
        match old.get(part.id()) {
            Some(earlier) => differences.extend(changed(*earlier, part)),
            None => differences.push(difference(None, Some(part), &[DifferenceKind::Added])),
        }
    }
    for part in before.iter().filter(|part| !new.contains_key(part.id())) {
        differences.push(difference(Some(part), None, &[DifferenceKind::Removed]));
    }
}

fn changed<T: ComparedPart>(before: &T, after: &T) -> Option<PartDifference> {
    let fields = before.differing(after);
    if fields.is_empty() {
        return None;
    }
    let is_reworded = before.main_text() != after.main_text();
    let kind = |field: &&str| match *field {
        "text" | "title" | "name" if is_reworded && !after.main_text().is_empty() => DifferenceKind::Reworded,
        "marking" => DifferenceKind::Marking,
        "statement_ids" | "source_ids" => DifferenceKind::Sources,
        "status" => DifferenceKind::Status,
        _ => DifferenceKind::Other,
    };
    let mut kinds: Vec<DifferenceKind> = fields.iter().map(kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    Some(PartDifference {
        replacements: wording::replacements(before.main_text(), after.main_text()),
        fields: fields.into_iter().map(str::to_owned).collect(),
        ..difference(Some(before), Some(after), &kinds)
    })
}

fn difference<T: ComparedPart>(
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

    fn relationship(polarity: RelationshipPolarity) -> BriefContent {
        let mut relationship = Relationship { id: "r1".into(), ..Relationship::default() };
        relationship.set_polarity(polarity);
        BriefContent { relationships: vec![relationship], ..BriefContent::default() }
    }

    fn summary(differences: &[PartDifference]) -> Vec<(&str, Vec<DifferenceKind>, Vec<&str>)> {
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
        assert_eq!(summary(&found), [("src1", vec![DifferenceKind::Other], vec!["short_title", "accessed"])]);
        let found = differences(
            &relationship(RelationshipPolarity::Supportive),
            &relationship(RelationshipPolarity::Adverse),
        );
        assert_eq!(summary(&found), [("r1", vec![DifferenceKind::Other], vec!["polarity"])]);
        assert_eq!(differences(&after, &after), []);
    }

    #[test]
    fn a_new_title_is_compared_by_words() {
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
        assert_eq!(summary(&found), [("sce1", vec![DifferenceKind::Reworded], vec!["title"])]);
        assert_eq!(found[0].replacements.len(), 1);
    }

    #[test]
    fn parts_of_different_kinds_with_one_id_are_not_compared() {
        let after = BriefContent {
            relationships: vec![Relationship { id: "src1".into(), ..Relationship::default() }],
            ..BriefContent::default()
        };
        let found = differences(&with_source(source("", "")), &after);
        let kinds: Vec<_> = summary(&found).into_iter().map(|(_, kinds, _)| kinds).collect();
        assert_eq!(kinds, [vec![DifferenceKind::Added], vec![DifferenceKind::Removed]]);
    }

    #[test]
    fn a_change_declares_another_part_by_its_id() {
        let before = relationship(RelationshipPolarity::Supportive);
        let mut after = relationship(RelationshipPolarity::Mixed);
        assert_eq!(undeclared(&before, &after).len(), 1);
        after.changes = vec![Change { part_id: "r1".into(), ..Change::default() }];
        assert_eq!(undeclared(&before, &after), []);
        assert!(differences(&before, &after)[0].declared);
        // Added and removed parts differ but need no declaration.
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
