//! Conversions of the store's results to wire messages.

use chancery_proto::brief::v1::{
    ActorAppearance, ActorEntry, Event, EventEntry, GetActorResponse, ImpactedPart, Relationship,
    RelationshipEntry, Source, SourceEntry, Statement, StatementEntry, TraceImpactResponse,
};
use chancery_proto::names::{ActorName, ResourceId};
use chancery_store::knowledge::{self, ListedPart};
use prost::Message;

use crate::briefs::messages::delivery_message;
use crate::rpc::fields::timestamp;
use crate::rpc::pagination::fitting;

pub(crate) fn statement_entry(found: ListedPart<Statement>) -> StatementEntry {
    StatementEntry {
        revision: found.revision.to_string(),
        brief_title: found.brief_title,
        holder_id: found.holder_id,
        statement: Some(found.part),
        publish_time: Some(timestamp(found.published_at)),
    }
}

pub(crate) fn relationship_entry(found: ListedPart<Relationship>) -> RelationshipEntry {
    RelationshipEntry { revision: found.revision.to_string(), relationship: Some(found.part), depth: 0 }
}

pub(crate) fn tie_entry(tie: knowledge::GraphEdge) -> RelationshipEntry {
    RelationshipEntry {
        revision: tie.revision.to_string(),
        relationship: Some(tie.relationship),
        depth: tie.depth,
    }
}

pub(crate) fn event_entry(found: ListedPart<Event>) -> EventEntry {
    EventEntry { revision: found.revision.to_string(), event: Some(found.part) }
}

pub(crate) fn source_entry(found: ListedPart<Source>) -> SourceEntry {
    SourceEntry {
        revision: found.revision.to_string(),
        source: Some(found.part),
        citing_statements: found.citing_statements,
    }
}

pub(crate) fn actor_entry(workspace: &ResourceId, found: knowledge::ActorEntry) -> ActorEntry {
    ActorEntry {
        name: format!("workspaces/{workspace}/actors/{}", found.actor.id),
        actor: Some(found.actor),
        brief_count: found.brief_count,
        ..ActorEntry::default()
    }
}

pub(crate) fn named_actor_entry(workspace: &ResourceId, found: knowledge::NamedActor) -> ActorEntry {
    ActorEntry {
        similarity_permille: found.similarity_permille,
        matched_label: found.matched_label,
        ..actor_entry(workspace, found.entry)
    }
}

pub(crate) fn actor_record(name: &ActorName, mut found: knowledge::ActorRecord) -> GetActorResponse {
    let fitting = fitting(&found.appearances, |appearance| appearance.actor.encoded_len());
    found.appearances.truncate(fitting);
    let appearances = found.appearances.into_iter().map(|appearance| ActorAppearance {
        revision: appearance.revision.to_string(),
        brief_title: appearance.brief_title,
        actor: Some(appearance.actor),
    });
    GetActorResponse {
        name: name.to_string(),
        appearances: appearances.collect(),
        statement_count: found.statement_count,
        relationship_count: found.relationship_count,
        event_count: found.event_count,
    }
}

pub(crate) fn impact(found: knowledge::Impact) -> TraceImpactResponse {
    let parts: Vec<ImpactedPart> = found.parts.into_iter().map(impacted_part).collect();
    let fitting = if parts.is_empty() { 0 } else { fitting(&parts, Message::encoded_len) };
    let truncated = found.is_truncated || fitting < parts.len();
    TraceImpactResponse {
        parts: parts.into_iter().take(fitting).collect(),
        revisions: found.revisions.iter().map(ToString::to_string).collect(),
        deliveries: found.deliveries.into_iter().map(delivery_message).collect(),
        total_deliveries: found.total_deliveries,
        truncated,
    }
}

fn impacted_part(part: knowledge::ImpactedPart) -> ImpactedPart {
    ImpactedPart {
        revision: part.revision.to_string(),
        kind: part.kind.into(),
        id: part.id,
        text: part.text,
        distance: part.distance,
        via_ids: part.via_ids,
    }
}
