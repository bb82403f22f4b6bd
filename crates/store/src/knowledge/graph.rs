//! Walks relationships from an actor or place, in both directions, with bounded depth and size.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::Relationship;
use chancery_proto::names::{ResourceId, RevisionName};
use prost::Message;
use sqlx::{FromRow, Postgres, QueryBuilder};

use super::list::parse_filter;
use super::relationships::FIELDS;
use super::view::{AsOf, View};
use crate::access::principal::Principal;
use crate::convert::{damaged, revision_name};
use crate::database::PgConnection;
use crate::error::Result;
use crate::filter::Filter;
use crate::knowledge::Knowledge;

/// A request for the relationships around an actor or place.
#[derive(Debug, Clone, Copy)]
pub struct GraphQuery<'a> {
    /// The workspace.
    pub workspace: &'a ResourceId,
    /// The id of an actor or place.
    pub id: &'a str,
    /// Maximum number of relationships on a path.
    pub depth: i32,
    /// The caller's filter of relationships to follow.
    pub filter: &'a str,
    /// The moment to view; `None` for now.
    pub as_of: Option<AsOf>,
    /// Maximum number of relationships.
    pub limit: usize,
}

/// The relationships around an actor or place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Graph {
    /// The relationships, by depth, then by brief and position.
    pub edges: Vec<GraphEdge>,
    /// Whether there are more.
    pub is_truncated: bool,
}

/// A relationship of the graph.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphEdge {
    /// The revision that contains it.
    pub revision: RevisionName,
    /// The relationship, as in the edition.
    pub relationship: Relationship,
    /// The number of relationships on the shortest path that includes it, from 1.
    pub depth: i32,
}

#[derive(FromRow)]
struct Row {
    brief_id: String,
    revision: i32,
    relationship_id: String,
    from_id: String,
    to_id: String,
    body: Vec<u8>,
}

impl Knowledge<'_> {
    /// Returns the relationships around an actor or place.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`](crate::StoreError::Forbidden) for another workspace,
    /// [`StoreError::InvalidFilter`](crate::StoreError::InvalidFilter).
    pub async fn relationship_graph(self, principal: &Principal, around: &GraphQuery<'_>) -> Result<Graph> {
        let view = View::new(principal, around.workspace, around.as_of)?;
        let filter = parse_filter(around.filter, &FIELDS, view.scheme)?;
        // All steps read the same snapshot.
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("-- knowledge::graph::relationship_graph\nset transaction isolation level repeatable read, read only")
            .execute(&mut *transaction)
            .await?;
        let mut graph = Graph::default();
        let (mut reached, mut walked) = (BTreeSet::from([around.id.to_owned()]), BTreeSet::new());
        let mut frontier = vec![around.id.to_owned()];
        for depth in 1..=around.depth {
            // The next step finds relationships already followed again, from their other ends.
            let limit = around.limit + walked.len() + 1;
            let rows = step(&mut transaction, &view, &filter, &frontier, limit).await?;
            frontier.clear();
            for row in rows {
                if !walked.insert((row.brief_id.clone(), row.relationship_id.clone())) {
                    continue;
                }
                if graph.edges.len() == around.limit {
                    graph.is_truncated = true;
                    return Ok(graph);
                }
                for end in [&row.from_id, &row.to_id] {
                    if reached.insert(end.clone()) {
                        frontier.push(end.clone());
                    }
                }
                graph.edges.push(GraphEdge {
                    revision: revision_name(around.workspace, &row.brief_id, row.revision)?,
                    relationship: Relationship::decode(row.body.as_slice()).map_err(damaged)?,
                    depth,
                });
            }
            if frontier.is_empty() {
                break;
            }
        }
        Ok(graph)
    }
}

/// Reads the relationships of the last step's actors and places. Two selects, so that each end uses its own index.
async fn step(
    connection: &mut PgConnection,
    view: &View<'_>,
    filter: &Filter,
    frontier: &[String],
    limit: usize,
) -> Result<Vec<Row>> {
    let mut statement = QueryBuilder::<Postgres>::new("-- knowledge::graph::step\n");
    view.push_with(&mut statement);
    for (before, end) in [("", "t.from_id"), (" union ", "t.to_id")] {
        statement
            .push(before)
            .push("select t.brief_id, t.revision, t.position, t.relationship_id, t.from_id, t.to_id, t.body");
        view.push_from("relationships", &mut statement);
        statement.push(" and ").push(end).push(" = any(").push_bind(frontier.to_vec()).push(") and ");
        filter.push(&mut statement);
    }
    statement.push(" order by brief_id, position limit ").push_bind(i64::try_from(limit).map_err(damaged)?);
    Ok(statement.build_query_as().persistent(false).fetch_all(connection).await?)
}
