//! `chancery.brief.v1.KnowledgeService`.

use chancery_proto::brief::v1::knowledge_service_server::KnowledgeService;
use chancery_proto::brief::v1::trace_impact_request::Target;
use chancery_proto::brief::v1::{
    GetActorRequest, GetActorResponse, ListActorsRequest, ListActorsResponse, ListEventsRequest,
    ListEventsResponse, ListRelationshipsRequest, ListRelationshipsResponse, ListSourcesRequest,
    ListSourcesResponse, ListStatementsRequest, ListStatementsResponse, TraceImpactRequest,
    TraceImpactResponse,
};
use chancery_proto::names::{ActorName, BriefName, PartId, ResourceId, WorkspaceName};
use chancery_store::knowledge::{GraphQuery, ImpactTarget};
use chancery_store::{Principal, Store};
use prost::Message;
use tonic::{Request, Response, Status};

use crate::auth::identity::principal;
use crate::cache::Freshness;
use crate::knowledge::lists;
use crate::knowledge::lists::ListFields;
use crate::knowledge::lists::Listed;
use crate::knowledge::lists::fitting;
use crate::knowledge::lists::list_fields;
use crate::knowledge::messages::{
    actor_entry, actor_record, event_entry, impact, named_actor_entry, relationship_entry, source_entry,
    statement_entry, tie_entry,
};
use crate::rpc::errors::{invalid_field, status};
use crate::rpc::fields::{name, required};

/// The farthest that ties are walked.
const DEEPEST: i32 = 4;

/// The most ties around something, in the one page that they come in.
const MOST_TIES: i32 = 1000;

/// Answers from the store, always: it has come at least as far as any cursor that a write answered with.
#[derive(Debug, Clone)]
pub struct Knowledge {
    store: Store,
    freshness: Freshness,
}

impl Knowledge {
    /// Over a store.
    pub(crate) const fn new(store: Store, freshness: Freshness) -> Self {
        Self { store, freshness }
    }

    /// The caller's own workspace, and a cursor of it.
    async fn admit(
        &self,
        principal: &Principal,
        workspace: &ResourceId,
        at_least: &str,
    ) -> Result<(), Status> {
        principal.access(workspace).map_err(status)?;
        self.freshness.at_least(workspace, at_least).await.map(|_| ())
    }

    /// A list's fields, read and let in.
    async fn listed<'a>(&self, principal: &Principal, fields: ListFields<'a>) -> Result<Listed<'a>, Status> {
        let WorkspaceName { workspace } = name("parent", fields.parent)?;
        self.admit(principal, &workspace, fields.at_least).await?;
        let seal = self.freshness.page_seal(&workspace).await?;
        Listed::read(workspace, seal, fields)
    }

    /// The likeliest come in one page.
    async fn actors_named(
        &self,
        principal: &Principal,
        request: &ListActorsRequest,
    ) -> Result<ListActorsResponse, Status> {
        let listed = self.listed(principal, list_fields!("actors by name", request)).await?;
        if !request.order_by.is_empty() {
            return Err(invalid_field("order_by", "not with a query: the likeliest come first"));
        }
        if request.as_of.is_some() {
            return Err(invalid_field("as_of", "not with a query"));
        }
        let (name, filter) = (&request.query, &request.filter);
        let found = self.store.knowledge().actors_named(principal, &listed.workspace, name, filter).await;
        let found = found.map_err(status)?.into_iter().take(listed.page.size());
        let actors = found.map(|actor| named_actor_entry(&listed.workspace, actor)).collect();
        Ok(ListActorsResponse { actors, next_page_token: String::new() })
    }

    async fn ties_around(
        &self,
        principal: &Principal,
        request: &ListRelationshipsRequest,
    ) -> Result<ListRelationshipsResponse, Status> {
        let id: PartId = name("around", &request.around)?;
        let fields = list_fields!("ties around something", request);
        let page_size = if request.page_size == 0 { MOST_TIES } else { request.page_size };
        let listed = self.listed(principal, ListFields { page_size, ..fields }).await?;
        if !request.order_by.is_empty() {
            return Err(invalid_field("order_by", "not with `around`: the nearest ties come first"));
        }
        let around = GraphQuery {
            workspace: &listed.workspace,
            id: id.as_str(),
            depth: depth(request.depth)?,
            filter: &request.filter,
            as_of: listed.as_of,
            limit: listed.page.size(),
        };
        let mut graph =
            self.store.knowledge().relationship_graph(principal, &around).await.map_err(status)?;
        let fitting = fitting(&graph.edges, |tie| tie.relationship.encoded_len());
        let truncated = graph.is_truncated || fitting < graph.edges.len();
        graph.edges.truncate(fitting);
        let relationships = graph.edges.into_iter().map(tie_entry).collect();
        Ok(ListRelationshipsResponse { relationships, next_page_token: String::new(), truncated })
    }
}

#[tonic::async_trait]
impl KnowledgeService for Knowledge {
    async fn list_statements(
        &self,
        request: Request<ListStatementsRequest>,
    ) -> Result<Response<ListStatementsResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let listed = self.listed(&principal, list_fields!("statements", request)).await?;
        let found =
            self.store.knowledge().list_statements(&principal, &listed.query()).await.map_err(status)?;
        let (found, next_page_token) = listed.cut(found);
        let statements = found.into_iter().map(statement_entry).collect();
        Ok(Response::new(ListStatementsResponse { statements, next_page_token }))
    }

    async fn list_actors(
        &self,
        request: Request<ListActorsRequest>,
    ) -> Result<Response<ListActorsResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        if !request.query.is_empty() {
            return self.actors_named(&principal, &request).await.map(Response::new);
        }
        let listed = self.listed(&principal, list_fields!("actors", request)).await?;
        let mut found =
            self.store.knowledge().list_actors(&principal, &listed.query()).await.map_err(status)?;
        let next_page_token = listed.page.cut(&mut found, |actor| actor.page_key.clone());
        let actors = found.into_iter().map(|actor| actor_entry(&listed.workspace, actor)).collect();
        Ok(Response::new(ListActorsResponse { actors, next_page_token }))
    }

    async fn get_actor(
        &self,
        request: Request<GetActorRequest>,
    ) -> Result<Response<GetActorResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let actor: ActorName = name("name", &request.name)?;
        let as_of = lists::as_of(request.as_of.as_ref())?;
        self.admit(&principal, &actor.workspace, &request.at_least).await?;
        let found =
            self.store.knowledge().actor(&principal, &actor.workspace, actor.actor.as_str(), as_of).await;
        Ok(Response::new(actor_record(&actor, found.map_err(status)?)))
    }

    async fn list_relationships(
        &self,
        request: Request<ListRelationshipsRequest>,
    ) -> Result<Response<ListRelationshipsResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        if !request.around.is_empty() {
            return Ok(Response::new(self.ties_around(&principal, &request).await?));
        }
        if request.depth != 0 {
            return Err(invalid_field("depth", "only with `around`"));
        }
        let listed = self.listed(&principal, list_fields!("relationships", request)).await?;
        let found =
            self.store.knowledge().list_relationships(&principal, &listed.query()).await.map_err(status)?;
        let (found, next_page_token) = listed.cut(found);
        let relationships = found.into_iter().map(relationship_entry).collect();
        Ok(Response::new(ListRelationshipsResponse { relationships, next_page_token, truncated: false }))
    }

    async fn list_events(
        &self,
        request: Request<ListEventsRequest>,
    ) -> Result<Response<ListEventsResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let listed = self.listed(&principal, list_fields!("events", request)).await?;
        let found = self.store.knowledge().list_events(&principal, &listed.query()).await.map_err(status)?;
        let (found, next_page_token) = listed.cut(found);
        let events = found.into_iter().map(event_entry).collect();
        Ok(Response::new(ListEventsResponse { events, next_page_token }))
    }

    async fn list_sources(
        &self,
        request: Request<ListSourcesRequest>,
    ) -> Result<Response<ListSourcesResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let listed = self.listed(&principal, list_fields!("sources", request)).await?;
        let found = self.store.knowledge().list_sources(&principal, &listed.query()).await.map_err(status)?;
        let (found, next_page_token) = listed.cut(found);
        let sources = found.into_iter().map(source_entry).collect();
        Ok(Response::new(ListSourcesResponse { sources, next_page_token }))
    }

    async fn trace_impact(
        &self,
        request: Request<TraceImpactRequest>,
    ) -> Result<Response<TraceImpactResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let brief: BriefName = name("brief", &request.brief)?;
        let target = required("target", request.target)?;
        let (field, id) = match &target {
            Target::SourceId(id) => ("source_id", id),
            Target::RelationshipId(id) => ("relationship_id", id),
            Target::StatementId(id) => ("statement_id", id),
        };
        let id: PartId = name(field, id)?;
        let target = match &target {
            Target::SourceId(_) => ImpactTarget::Source(id.as_str()),
            Target::RelationshipId(_) => ImpactTarget::Relationship(id.as_str()),
            Target::StatementId(_) => ImpactTarget::Statement(id.as_str()),
        };
        self.admit(&principal, &brief.workspace, &request.at_least).await?;
        let found = self.store.knowledge().trace_impact(&principal, &brief, target).await.map_err(status)?;
        Ok(Response::new(impact(found)))
    }
}

fn depth(depth: i32) -> Result<i32, Status> {
    match depth {
        0 => Ok(1),
        1..=DEEPEST => Ok(depth),
        _ => Err(invalid_field("depth", format!("from 1 to {DEEPEST}"))),
    }
}
