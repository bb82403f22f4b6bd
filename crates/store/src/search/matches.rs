//! Finds, ranks and counts matches. The statement is composed at run time, because it may include a filter; all values
//! are bound.

use chancery_proto::names::ResourceId;
use sqlx::{FromRow, Postgres, QueryBuilder};

use super::SearchFacet;
use super::SearchPageKey;
use super::compiled_query::CompiledQuery;
use super::facets;
use crate::convert::damaged;
use crate::database::PgConnection;
use crate::error::Result;
use crate::filter::Filter;

/// Maximum number of matches that are ranked and counted.
const MAX_MATCHES: usize = 1000;

/// Separates matches in the column of facets.
const RECORD_SEPARATOR: char = '\u{1E}';

/// The matches of a search.
#[derive(Debug)]
pub(super) struct Matches {
    /// The matches, best first.
    pub(super) ranked: Vec<Match>,
    /// Whether there are more matches.
    pub(super) is_truncated: bool,
    /// The encoded facets of each match.
    facets: String,
}

/// One match.
#[derive(Debug)]
pub(super) struct Match {
    /// `search_entries.entry_key`.
    pub(super) entry_key: i64,
    /// Its page key.
    pub(super) page_key: SearchPageKey,
}

/// All matches in one row: sending a thousand rows would take longer than finding them.
#[derive(FromRow)]
struct Row {
    entry_keys: Option<Vec<i64>>,
    ranks: Option<Vec<i32>>,
    brief_ids: Option<Vec<String>>,
    positions: Option<Vec<i32>>,
    facets: Option<String>,
}

/// Finds and ranks at most a thousand matches.
pub(super) async fn find(
    connection: &mut PgConnection,
    workspace: &ResourceId,
    rank: i16,
    query: &CompiledQuery,
    filter: &Filter,
) -> Result<Matches> {
    let mut statement = statement(workspace, rank, query, filter);
    let row: Row = statement.build_query_as().fetch_one(connection).await?;
    let entry_keys = row.entry_keys.unwrap_or_default();
    let page_keys = row.ranks.unwrap_or_default().into_iter().zip(row.positions.unwrap_or_default());
    let page_keys = page_keys.zip(row.brief_ids.unwrap_or_default());
    let is_truncated = entry_keys.len() > MAX_MATCHES;
    let ranked = entry_keys.into_iter().zip(page_keys).take(MAX_MATCHES);
    let ranked = ranked.map(|(entry_key, ((rank_e6, position), brief))| {
        let brief = brief.parse().map_err(damaged)?;
        Ok(Match { entry_key, page_key: SearchPageKey { rank_e6, brief, position } })
    });
    let mut ranked: Vec<Match> = ranked.collect::<Result<_>>()?;
    ranked.sort_unstable_by(|one, other| one.page_key.cmp(&other.page_key));
    Ok(Matches { ranked, is_truncated, facets: row.facets.unwrap_or_default() })
}

impl Matches {
    /// Counts the facets.
    pub(super) fn facets(&self) -> Result<Vec<SearchFacet>> {
        facets::count(
            self.facets.split(RECORD_SEPARATOR).filter(|facets| !facets.is_empty()).take(MAX_MATCHES),
        )
    }

    /// Returns the first matches, or those after a page key.
    pub(super) fn after(&self, page_key: Option<&SearchPageKey>, limit: usize) -> &[Match] {
        let start =
            page_key.map_or(0, |page_key| self.ranked.partition_point(|found| found.page_key <= *page_key));
        let rest = &self.ranked[start..];
        &rest[..limit.min(rest.len())]
    }
}

/// Builds the statement. The query is in a subquery, so that the planner cannot estimate its selectivity: it always
/// scans the index of words and stops at the limit. For some words it would otherwise scan the table.
fn statement(
    workspace: &ResourceId,
    rank: i16,
    query: &CompiledQuery,
    filter: &Filter,
) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(
        "-- search::matches::statement
        select array_agg(entry_key) as entry_keys, array_agg(rank_e6) as ranks, array_agg(brief_id) as brief_ids,
            array_agg(position) as positions, string_agg(facets, U&'\\001E') as facets
        from (
            select entry_key, brief_id, position, facets,
                -- For equal lengths: title, key judgment, bottom line, body.
                (1000000 * (array[4, 2, 1.5, 1]::float8[])[place] * ts_rank(words, (select ",
    );
    sql.push_bind(query.query.clone());
    sql.push("::tsquery), 1))::integer as rank_e6 from search_entries e where words @@ (select ");
    sql.push_bind(query.query.clone());
    sql.push("::tsquery) and workspace_id = ").push_bind(workspace.to_string());
    sql.push(" and from_rank <= ").push_bind(rank).push(" and until_rank > ").push_bind(rank);
    if !filter.is_empty() {
        // Evaluated per row by its key: with a join, the planner might start from the filter.
        sql.push(" and (select coalesce(");
        filter.push(&mut sql);
        sql.push(
            ", false) from statements t where t.brief_key = e.brief_key and t.revision = e.revision
                and t.statement_id = e.statement_id and t.from_rank = e.from_rank)",
        );
    }
    sql.push(" limit ").push(MAX_MATCHES + 1).push(") as found");
    sql
}
