//! Lists parts of briefs across a workspace, as visible to a principal now or at an earlier moment.
//!
//! Filters and orders come from callers, so these statements are composed at run time, from static text and binds only
//! (see [`crate::filter`]).

mod actor_names;
mod actors;
mod events;
mod graph;
mod impact;
mod impact_deliveries;
mod impact_target;
mod impact_walk;
mod list;
mod relationships;
mod sources;
mod statements;
mod view;

use crate::database::Pool;

pub use actor_names::NamedActor;
pub use actors::{ActorAppearance, ActorEntry, ActorRecord};
pub use graph::{Graph, GraphEdge, GraphQuery};
pub use impact::{Impact, ImpactedPart};
pub use impact_target::ImpactTarget;
pub use list::{KnowledgeQuery, ListedPart};
pub use statements::STATEMENT_FIELDS;
pub use view::{AsOf, Clock};

/// Lists actors, events, relationships, sources and statements of a workspace's briefs.
#[derive(Debug, Clone, Copy)]
pub struct Knowledge<'a> {
    pub(crate) pool: &'a Pool,
}
