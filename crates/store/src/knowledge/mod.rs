//! Knowledge across briefs: lists of the parts of all editions that a principal may see, now or at an earlier moment.
//! Filters and orders are the caller's, so statements are put together here; what is put together is static text and binds
//! (see [`crate::filter`]).

mod actor_names;
mod actors;
mod enum_names;
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

pub(crate) use enum_names::BRIEF_KIND;

use crate::database::Pool;

pub use actor_names::NamedActor;
pub use actors::{ActorAppearance, ActorEntry, ActorRecord};
pub use graph::{Graph, GraphEdge, GraphQuery};
pub use impact::{Impact, ImpactedPart};
pub use impact_target::ImpactTarget;
pub use list::{Found, KnowledgeQuery};
pub use statements::STATEMENT_FIELDS;
pub use view::{AsOf, Clock};

/// Lists of parts of briefs, across a workspace's briefs.
#[derive(Debug, Clone, Copy)]
pub struct Knowledge<'a> {
    pub(crate) pool: &'a Pool,
}
