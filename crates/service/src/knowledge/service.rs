//! Handlers of `chancery.brief.v1.KnowledgeService`.

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
use crate::cache::Cache;
use crate::knowledge::list_query::{self, ListFields, ListQuery, list_fields};
use crate::knowledge::messages::{
    actor_entry, actor_record, event_entry, impact, named_actor_entry, relationship_entry, source_entry,
    statement_entry, tie_entry,
};
use crate::rpc::errors::{invalid_field, status};
use crate::rpc::fields::{name, required};
use crate::rpc::pagination::fitting;

/// Maximum distance of relationships around a part.
const MAX_DEPTH: i32 = 4;

/// Default page size of relationships around a part, which are not paginated.
const DEFAULT_AROUND_SIZE: i32 = 1000;

/// Implements `KnowledgeService` over the store. The cache holds no lists; it only checks cursors.
#[derive(Debug, Clone)]
pub(crate) struct Knowledge {
    store: Store,
    cache: Cache,
}

impl Knowledge {
    pub(crate) const fn new(store: Store, cache: Cache) -> Self {
        Self { store, cache }
    }

    /// Checks the caller's access to a workspace, and the request's cursor.
    async fn check_access(
        &self,
        principal: &Principal,
        workspace: &ResourceId,
        at_least: &str,
    ) -> Result<(), Status> {
        principal.access(workspace).map_err(status)?;
        self.cache.at_least(workspace, at_least).await.map(|_| ())
    }

    /// Checks the list fields of a request.
    async fn list_query<'a>(
        &self,
        principal: &Principal,
        fields: ListFields<'a>,
    ) -> Result<ListQuery<'a>, Status> {
        let WorkspaceName { workspace } = name("parent", fields.parent)?;
        self.check_access(principal, &workspace, fields.at_least).await?;
        let seal = self.cache.page_seal(&workspace).await?;
        ListQuery::read(workspace, seal, fields)
    }

    /// Searches actors by name. The best matches come in one page.
    async fn actors_named(
        &self,
        principal: &Principal,
        request: &ListActorsRequest,
    ) -> Result<ListActorsResponse, Status> {
        let query = self.list_query(principal, list_fields!("actors by name", request)).await?;
        if !request.order_by.is_empty() {
            return Err(invalid_field("order_by", "not allowed with `query`, which orders by similarity"));
        }
        if request.as_of.is_some() {
            return Err(invalid_field("as_of", "not allowed with `query`"));
        }
        let found = self
            .store
            .knowledge()
            .actors_named(principal, &query.workspace, &request.query, &request.filter)
            .await;
        let found = found.map_err(status)?.into_iter().take(query.page.size());
        let actors = found.map(|actor| named_actor_entry(&query.workspace, actor)).collect();
        Ok(ListActorsResponse { actors, next_page_token: String::new() })
    }

    /// Lists the relationships around a part, nearest first, in one page.
    async fn ties_around(
        &self,
        principal: &Principal,
        request: &ListRelationshipsRequest,
    ) -> Result<ListRelationshipsResponse, Status> {
        let id: PartId = name("around", &request.around)?;
        let fields = list_fields!("ties around something", request);
        let page_size = if request.page_size == 0 { DEFAULT_AROUND_SIZE } else { request.page_size };
        let query = self.list_query(principal, ListFields { page_size, ..fields }).await?;
        if !request.order_by.is_empty() {
            return Err(invalid_field("order_by", "not allowed with `around`, which orders by distance"));
        }
        let around = GraphQuery {
            workspace: &query.workspace,
            id: id.as_str(),
            depth: depth(request.depth)?,
            filter: &request.filter,
            as_of: query.as_of,
            limit: query.page.size(),
        };
        let mut graph =
            self.store.knowledge().relationship_graph(principal, &around).await.map_err(status)?;
        let fitting = fitting(&graph.edges, |edge| edge.relationship.encoded_len());
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
        let query = self.list_query(&principal, list_fields!("statements", request)).await?;
        let found =
            self.store.knowledge().list_statements(&principal, &query.for_store()).await.map_err(status)?;
        let (found, next_page_token) = query.cut(found);
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
        let query = self.list_query(&principal, list_fields!("actors", request)).await?;
        let mut found =
            self.store.knowledge().list_actors(&principal, &query.for_store()).await.map_err(status)?;
        let next_page_token = query.page.cut(&mut found, |actor| actor.page_key.clone());
        let actors = found.into_iter().map(|actor| actor_entry(&query.workspace, actor)).collect();
        Ok(Response::new(ListActorsResponse { actors, next_page_token }))
    }

    async fn get_actor(
        &self,
        request: Request<GetActorRequest>,
    ) -> Result<Response<GetActorResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let actor: ActorName = name("name", &request.name)?;
        let as_of = list_query::as_of(request.as_of.as_ref())?;
        self.check_access(&principal, &actor.workspace, &request.at_least).await?;
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
            return Err(invalid_field("depth", "only allowed with `around`"));
        }
        let query = self.list_query(&principal, list_fields!("relationships", request)).await?;
        let found = self
            .store
            .knowledge()
            .list_relationships(&principal, &query.for_store())
            .await
            .map_err(status)?;
        let (found, next_page_token) = query.cut(found);
        let relationships = found.into_iter().map(relationship_entry).collect();
        Ok(Response::new(ListRelationshipsResponse { relationships, next_page_token, truncated: false }))
    }

    async fn list_events(
        &self,
        request: Request<ListEventsRequest>,
    ) -> Result<Response<ListEventsResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let query = self.list_query(&principal, list_fields!("events", request)).await?;
        let found =
            self.store.knowledge().list_events(&principal, &query.for_store()).await.map_err(status)?;
        let (found, next_page_token) = query.cut(found);
        let events = found.into_iter().map(event_entry).collect();
        Ok(Response::new(ListEventsResponse { events, next_page_token }))
    }

    async fn list_sources(
        &self,
        request: Request<ListSourcesRequest>,
    ) -> Result<Response<ListSourcesResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let query = self.list_query(&principal, list_fields!("sources", request)).await?;
        let found =
            self.store.knowledge().list_sources(&principal, &query.for_store()).await.map_err(status)?;
        let (found, next_page_token) = query.cut(found);
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
        self.check_access(&principal, &brief.workspace, &request.at_least).await?;
        let found = self.store.knowledge().trace_impact(&principal, &brief, target).await.map_err(status)?;
        Ok(Response::new(impact(found)))
    }
}

fn depth(depth: i32) -> Result<i32, Status> {
    match depth {
        0 => Ok(1),
        1..=MAX_DEPTH => Ok(depth),
        _ => Err(invalid_field("depth", format!("must be from 1 to {MAX_DEPTH}"))),
    }
}
