//! Lints sources, and parts that nothing refers to.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{BriefContent, Relationship, Source, SourceReliability};

use super::dates::OLDEST_YEAR;
use super::warning::{
    AS_OF_BEFORE_SOURCE, RELATIONSHIP_WITHOUT_LABEL, SOURCE_WITHOUT_DATE, SOURCE_WITHOUT_RELIABILITY,
    UNUSED_ACTOR, UNUSED_EVENT, UNUSED_PLACE, UNUSED_RELATIONSHIP, UNUSED_SOURCE, Warning,
};
use super::wording::wording_is_read;
use crate::content_tree::{Node, visit};
use crate::edtf;
use crate::part::change_subject;

/// Warns of sources, actors, places, relationships and events, in this order.
pub(super) fn lint(content: &BriefContent, warnings: &mut Vec<Warning>) {
    let used = referenced(content);
    let as_of = content.as_of.as_ref().and_then(|as_of| edtf::parse(&as_of.date).ok()?.latest());
    // A date of another calendar is before every source.
    let as_of = as_of.filter(|as_of| as_of.year >= OLDEST_YEAR);
    let mut warn = |code, id: &str, message: &str| warnings.push(Warning::new(code, id, message));
    for source in &content.sources {
        if !used.contains(source.id.as_str()) {
            warn(UNUSED_SOURCE, &source.id, "nothing cites the source: cite it, or remove it");
            continue;
        }
        let date = edtf::parse(&source.date).ok().and_then(|date| date.earliest());
        if as_of.is_some_and(|as_of| date.is_some_and(|date| date > as_of)) {
            let message = format!(
                "the source {} is dated {}, after the as-of date of the content, {}: correct one of the two dates",
                source.id,
                source.date,
                content.as_of.as_ref().map_or("", |as_of| as_of.date.as_str())
            );
            warn(AS_OF_BEFORE_SOURCE, &source.id, &message);
        }
        lint_source(source, &mut warn);
    }
    for actor in content.actors.iter().filter(|actor| !used.contains(actor.id.as_str())) {
        let message = "nothing refers to the actor: name it where it acts, or remove it";
        warn(UNUSED_ACTOR, &actor.id, message);
    }
    for place in content.places.iter().filter(|place| !used.contains(place.id.as_str())) {
        let message = "nothing refers to the place: name it where something happens, or remove it";
        warn(UNUSED_PLACE, &place.id, message);
    }
    let is_unused = |part: &&Relationship| part.statement_ids.is_empty() && !used.contains(part.id.as_str());
    for relationship in content.relationships.iter().filter(is_unused) {
        let message = "the relationship rests on no statement, and nothing refers to it: set statement_ids, or remove it";
        warn(UNUSED_RELATIONSHIP, &relationship.id, message);
    }
    let needs_label = |part: &&Relationship| part.label.is_empty() && !wording_is_read(&content.language);
    for relationship in content.relationships.iter().filter(needs_label) {
        let message = format!(
            "readers see the type {:?} in English: set label to its words in the language of the brief",
            relationship.r#type
        );
        warn(RELATIONSHIP_WITHOUT_LABEL, &relationship.id, &message);
    }
    for event in &content.events {
        let rests_on_nothing = event.statement_ids.is_empty() && event.source_ids.is_empty();
        if rests_on_nothing && !used.contains(event.id.as_str()) {
            let message = "the event rests on no statement or source, and nothing refers to it: set statement_ids or \
                           source_ids, or remove it";
            warn(UNUSED_EVENT, &event.id, message);
        }
    }
}

fn lint_source(source: &Source, warn: &mut impl FnMut(&'static str, &str, &str)) {
    if source.date.is_empty() && source.accessed.is_empty() {
        let message = "the source has no date: set the date of publication, or accessed if it has none";
        warn(SOURCE_WITHOUT_DATE, &source.id, message);
    }
    if source.reliability() == SourceReliability::Unspecified {
        let message = "the source has no reliability: set it from A to F; F means that it cannot be judged";
        warn(SOURCE_WITHOUT_RELIABILITY, &source.id, message);
    }
}

/// Returns the ids that other parts refer to.
fn referenced(content: &BriefContent) -> BTreeSet<&str> {
    let mut used = Used::default();
    visit(content, &mut |node| match node {
        Node::Statement(statement, _) => {
            used.add(statement.citations.iter().map(|citation| &citation.source_id));
            used.add(statement.actor_ids.iter().chain(&statement.place_ids));
            let targets = statement.spans.iter().filter_map(|span| span.target.strip_prefix('#'));
            used.0.extend(targets);
        }
        Node::Block(located) => match &located.block.kind {
            Some(Kind::Table(table)) => used.add([&table.source_id]),
            Some(Kind::Figure(figure)) => used.add(&figure.highlight_ids),
            _ => {}
        },
        Node::KeyJudgment(_) | Node::Section(_) => {}
    });
    used.add(content.subject.iter().flat_map(|subject| &subject.entity_ids));
    used.add(&content.regions);
    for actor in &content.actors {
        used.add(actor.member_of.iter().chain([&actor.successor_id, &actor.place_id]));
    }
    for relationship in &content.relationships {
        used.add([&relationship.from_id, &relationship.to_id, &relationship.place_id]);
    }
    for event in &content.events {
        used.add(event.actor_ids.iter().chain(&event.place_ids).chain(&event.source_ids));
    }
    for change in &content.changes {
        used.add(&change.evidence_ids);
        used.0.insert(change_subject(change));
    }
    used.0
}

#[derive(Default)]
struct Used<'a>(BTreeSet<&'a str>);

impl<'a> Used<'a> {
    fn add(&mut self, ids: impl IntoIterator<Item = &'a String>) {
        self.0.extend(ids.into_iter().map(String::as_str));
    }
}
