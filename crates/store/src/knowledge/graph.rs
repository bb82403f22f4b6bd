//! The ties around an actor or place, nearest first: a walk of bounded depth and size over the ties of a view, whichever
//! way they point.

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

/// Around what, and how far.
#[derive(Debug, Clone, Copy)]
pub struct GraphQuery<'a> {
    /// The workspace.
    pub workspace: &'a ResourceId,
    /// The id of an actor or place.
    pub id: &'a str,
    /// Over how many ties at most.
    pub depth: i32,
    /// Which ties may be walked, as the caller wrote it.
    pub filter: &'a str,
    /// Of now, unless an earlier moment is given.
    pub as_of: Option<AsOf>,
    /// At most so many ties.
    pub limit: usize,
}

/// Ties around something.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Graph {
    /// Nearest first, then by brief and place in it.
    pub edges: Vec<GraphEdge>,
    /// There are more.
    pub is_truncated: bool,
}

/// A tie of a graph.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphEdge {
    /// The revision that it stands in.
    pub revision: RevisionName,
    /// The tie, as the edition has it.
    pub relationship: Relationship,
    /// Over how many ties it is reached, from 1.
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
    /// The ties that lead to an actor or place.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`](crate::StoreError::Forbidden) in another's workspace,
    /// [`StoreError::InvalidFilter`](crate::StoreError::InvalidFilter).
    pub async fn relationship_graph(self, principal: &Principal, around: &GraphQuery<'_>) -> Result<Graph> {
        let view = View::new(principal, around.workspace, around.as_of)?;
        let filter = parse_filter(around.filter, &FIELDS, view.scheme)?;
        // Each step sees what the first one saw.
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("-- graph::ties_around\nset transaction isolation level repeatable read, read only")
            .execute(&mut *transaction)
            .await?;
        let mut graph = Graph::default();
        let (mut reached, mut walked) = (BTreeSet::from([around.id.to_owned()]), BTreeSet::new());
        let mut frontier = vec![around.id.to_owned()];
        for depth in 1..=around.depth {
            // Those that were walked are found again from their other ends.
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

/// The ties of what was reached last. Two selects, so that each has an index of its own.
async fn step(
    connection: &mut PgConnection,
    view: &View<'_>,
    filter: &Filter,
    frontier: &[String],
    limit: usize,
) -> Result<Vec<Row>> {
    let mut statement = QueryBuilder::<Postgres>::new("-- graph::step\n");
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
