//! Checks changes of parts that only an earlier revision has.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::{BriefContent, Change};

use super::{VIOLATION_LIMIT, Violation, code};
use crate::canonical::Canonical;
use crate::marking::{Policy, Rank, Scheme};
use crate::part::{FRONT_MATTER, Ids, PartKind, change_subject};
use crate::redact;

/// Returns the indices of the changes whose part is not in the content, and so must be in an earlier revision.
pub fn changes_of_earlier_parts(content: &BriefContent) -> Vec<usize> {
    if content.changes.is_empty() {
        return Vec::new();
    }
    let ids = Ids::of(content);
    let changes = content.changes.iter().enumerate();
    let is_earlier =
        |change: &Change| change.part_id != FRONT_MATTER && ids.kind(change_subject(change)).is_none();
    changes.filter(|(_, change)| is_earlier(change)).map(|(index, _)| index).collect()
}

/// Checks the changes of parts that are not in the content against the earlier revisions visible to the author: one of
/// those must have the part, and the marking of the change must be at least the clearance from which the part was visible
/// there. A part that is not visible to the author is reported exactly like one that never existed.
pub fn unknown_earlier_parts(content: &Canonical, earlier: &[Canonical], policy: Policy) -> Vec<Violation> {
    let indices = changes_of_earlier_parts(content.content());
    if indices.is_empty() {
        return Vec::new();
    }
    let earlier: Vec<EarlierRevision> =
        earlier.iter().map(|revision| EarlierRevision::of(revision, policy)).collect();
    let check = |index: &usize| violation(content, *index, &earlier);
    indices.iter().filter_map(check).take(VIOLATION_LIMIT).collect()
}

/// The parts of an earlier revision.
struct EarlierRevision {
    ids: Ids,
    visible_from: BTreeMap<String, Rank>,
}

impl EarlierRevision {
    fn of(revision: &Canonical, policy: Policy) -> Self {
        let visible_from = redact::visible_from(revision, policy).parts;
        Self { ids: Ids::of(revision.content()), visible_from }
    }
}

fn violation(content: &Canonical, index: usize, earlier: &[EarlierRevision]) -> Option<Violation> {
    let change = &content.content().changes[index];
    let id = change_subject(change);
    let is_statement = !change.statement_id.is_empty();
    let field = if is_statement { "statement_id" } else { "part_id" };
    let fault = |field: &str, code, message| {
        Some(Violation { path: format!("changes[{index}].{field}"), code, message })
    };
    let matching = earlier.iter().filter_map(|revision| {
        let from = revision.visible_from.get(id)?;
        Some((revision.ids.kind(id)?, *from))
    });
    let matching: Vec<(PartKind, Rank)> = matching.collect();
    let is_allowed = |kind: PartKind| !is_statement || kind == PartKind::Statement;
    let Some(from) = matching.iter().filter(|(kind, _)| is_allowed(*kind)).map(|(_, from)| *from).min()
    else {
        let message = match matching.first() {
            Some((kind, _)) => format!(
                "{id:?} is the id of {} of an earlier revision; name it in part_id, or name a statement",
                kind.with_article()
            ),
            None => format!(
                "neither this revision nor its parent has a part with the id {id:?}: name a part of either, or remove \
                 the change"
            ),
        };
        let code = if matching.is_empty() { code::UNKNOWN_REFERENCE } else { code::WRONG_REFERENCE };
        return fault(field, code, message);
    };
    let scheme: Scheme = content.scheme();
    if scheme.rank(&change.marking).is_some_and(|marking| marking < from) {
        let label = scheme.label(from);
        let message = format!(
            "{} is below {label}, the lowest marking at which the earlier revision showed {id:?}: mark the change {label} or higher",
            change.marking
        );
        return fault("marking", code::MARKING_TOO_LOW, message);
    }
    None
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::block::Kind;
    use chancery_proto::brief::v1::{
        Block, BriefContent, Change, Event, Paragraph, Section, Source, Statement, StatementType,
    };

    use super::{changes_of_earlier_parts, unknown_earlier_parts};
    use crate::canonical::Canonical;
    use crate::marking::{Clearance, Policy, Rank, Scheme};
    use crate::redact;
    use crate::validate::{canonicalize, code};

    fn brief() -> BriefContent {
        let mut statement = Statement { id: "s1".into(), text: "It holds.".into(), ..Statement::default() };
        statement.set_type(StatementType::Fact);
        let kind = Some(Kind::Paragraph(Paragraph { statements: vec![statement] }));
        let blocks = vec![Block { kind, ..Block::default() }];
        let section = Section { id: "sec1".into(), heading: "Heading".into(), blocks, ..Section::default() };
        let (title, language) = ("Title".into(), "en".into());
        BriefContent { kind: 1, title, language, sections: vec![section], ..BriefContent::default() }
    }

    fn earlier() -> Canonical {
        let event = |id: &str, marking: &str| Event {
            id: id.into(),
            title: "Event".into(),
            marking: marking.into(),
            ..Event::default()
        };
        let mut content = brief();
        content.events = vec![event("e1", ""), event("e2", "TLP:RED")];
        content.sources = vec![Source { id: "src1".into(), title: "Source".into(), ..Source::default() }];
        let Some(Kind::Paragraph(paragraph)) = &mut content.sections[0].blocks[0].kind else {
            unreachable!()
        };
        let gone = Statement { id: "s2".into(), ..paragraph.statements[0].clone() };
        paragraph.statements.push(gone);
        canonicalize(&content, Scheme::Tlp).unwrap()
    }

    fn with(changes: Vec<Change>) -> Canonical {
        canonicalize(&BriefContent { changes, ..brief() }, Scheme::Tlp).unwrap()
    }

    fn of_part(id: &str, marking: &str) -> Change {
        Change { part_id: id.into(), kind: 7, marking: marking.into(), ..Change::default() }
    }

    fn of_statement(id: &str) -> Change {
        Change { statement_id: id.into(), kind: 7, ..Change::default() }
    }

    fn faults(content: &Canonical, earlier: &[Canonical]) -> Vec<(&'static str, String)> {
        let violations = unknown_earlier_parts(content, earlier, Policy::Omit);
        violations.into_iter().map(|violation| (violation.code, violation.path)).collect()
    }

    #[test]
    fn a_change_may_name_a_part_of_an_earlier_revision() {
        let content =
            with(vec![of_part("e1", ""), of_part("src1", ""), of_statement("s2"), of_part("s2", "")]);
        assert_eq!(changes_of_earlier_parts(content.content()), [0, 1, 2, 3]);
        assert_eq!(faults(&content, &[earlier()]), []);
        let unknown = |field: &str| (code::UNKNOWN_REFERENCE, format!("changes[0].{field}"));
        assert_eq!(faults(&content, &[])[0], unknown("part_id"));
        assert_eq!(faults(&with(vec![of_statement("s9")]), &[earlier()]), [unknown("statement_id")]);
        let wrong = (code::WRONG_REFERENCE, "changes[0].statement_id".to_owned());
        assert_eq!(faults(&with(vec![of_statement("e1")]), &[earlier()]), [wrong]);
        // Parts of this revision need no earlier one.
        assert_eq!(faults(&with(vec![of_statement("s1"), of_part("sec1", "")]), &[]), []);
    }

    #[test]
    fn a_change_is_marked_at_least_as_high_as_its_part() {
        let too_low = (code::MARKING_TOO_LOW, "changes[0].marking".to_owned());
        assert_eq!(faults(&with(vec![of_part("e2", "TLP:AMBER")]), &[earlier()]), [too_low]);
        assert_eq!(faults(&with(vec![of_part("e2", "TLP:RED")]), &[earlier()]), []);
    }

    #[test]
    fn a_part_invisible_to_the_author_is_reported_as_unknown() {
        let lower = redact::edition(&earlier(), Clearance(Rank::LOWEST), Policy::Omit).unwrap();
        let lower = Canonical::of_trusted(lower, Scheme::Tlp).unwrap();
        let hidden =
            unknown_earlier_parts(&with(vec![of_part("e2", "")]), std::slice::from_ref(&lower), Policy::Omit);
        let missing = unknown_earlier_parts(&with(vec![of_part("e9", "")]), &[lower], Policy::Omit);
        assert_eq!(hidden[0].code, code::UNKNOWN_REFERENCE);
        assert_eq!(hidden[0].message.replace("e2", "e9"), missing[0].message);
    }
}
