//! What matches, ranked, counted and cut to a page. The one statement here is put together, because a filter may be a
//! part of it; everything that is the caller's is bound.

use std::collections::HashSet;

use chancery_proto::brief::v1::{SearchHitKind, Statement};
use chancery_proto::names::{ResourceId, RevisionName, RevisionNumber};
use prost::Message;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::highlight::{highlights, snippet};
use super::words::Words;
use super::{Search, SearchHit, SearchPage, SearchPlace, facets};
use crate::{Result, damaged, to_number};

/// So many matches are ranked and counted.
const MOST_MATCHES: i64 = 1000;

/// Between the matches in the column of facets.
const RECORD_SEPARATOR: char = '\u{1E}';

/// A row of the answer: what all matches come to, and one hit, or none when the page is empty.
#[derive(FromRow)]
struct Row {
    found: i64,
    /// Of the first row of the first page.
    facets: Option<String>,
    brief_id: Option<String>,
    revision: Option<i32>,
    position: Option<i32>,
    rank_e6: Option<i32>,
    title: Option<String>,
    place: Option<i16>,
    holder_id: Option<String>,
    text: Option<String>,
    body: Option<Vec<u8>>,
    letters: Option<String>,
    matching: Option<Vec<String>>,
}

/// Finds a page of matches.
pub(super) async fn find(
    connection: &mut PgConnection,
    workspace: &ResourceId,
    rank: i16,
    words: &Words,
    search: &Search<'_>,
) -> Result<SearchPage> {
    let mut statement = statement(workspace, rank, words, search);
    let rows: Vec<Row> = statement.build_query_as().fetch_all(connection).await?;
    let found = rows.first().map_or(0, |row| row.found);
    let counted = rows.first().and_then(|row| row.facets.as_deref());
    // One match more is read than is counted.
    let most = usize::try_from(MOST_MATCHES).map_err(damaged)?;
    let counted = counted.into_iter().flat_map(|facets| facets.split(RECORD_SEPARATOR)).take(most);
    let facets = facets::count(counted)?;
    Ok(SearchPage {
        total: u32::try_from(found.min(MOST_MATCHES)).map_err(damaged)?,
        is_truncated: found > MOST_MATCHES,
        facets,
        hits: rows.into_iter().filter_map(|row| hit(workspace, row).transpose()).collect::<Result<_>>()?,
    })
}

/// The query stands in a subquery, so that the planner neither knows nor samples it: whatever is asked for, it reads the
/// index of words and stops at the limit. A plan for a particular word may be to read the table.
fn statement(
    workspace: &ResourceId,
    rank: i16,
    words: &Words,
    search: &Search<'_>,
) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(
        "-- matches::find
        with found as materialized (
            select brief_key, revision, statement_id, from_rank, brief_id, position, facets,
                -- A title before a key judgment before the bottom line before the body, length being equal.
                (1000000 * (array[4, 2, 1.5, 1]::float8[])[place] * ts_rank(words, (select ",
    );
    sql.push_bind(words.query.clone())
        .push("::tsquery), 1))::integer as rank_e6 from search_entries e where words @@ (select ");
    sql.push_bind(words.query.clone())
        .push("::tsquery) and workspace_id = ")
        .push_bind(workspace.to_string());
    sql.push(" and from_rank <= ").push_bind(rank).push(" and until_rank > ").push_bind(rank);
    if !search.filter.is_empty() {
        // Asked of one row at a time, by its key: joined, the filter might be where the planner begins.
        sql.push(" and (select coalesce(");
        search.filter.push(&mut sql);
        sql.push(
            ", false) from statements s where s.brief_key = e.brief_key and s.revision = e.revision
                and s.statement_id = e.statement_id and s.from_rank = e.from_rank)",
        );
    }
    sql.push(" limit ").push(MOST_MATCHES + 1);
    sql.push("), summary as materialized (select count(*) as found, ");
    sql.push(match search.after {
        None => "string_agg(facets, U&'\\001E') as facets",
        Some(_) => "null::text as facets",
    });
    sql.push(
        " from found),
        page as (
            select *, row_number() over (order by rank_e6 desc, brief_id, position) as number from (
                select * from (select * from found limit ",
    );
    sql.push(MOST_MATCHES).push(") as ranked where ");
    push_start(search.after, &mut sql);
    sql.push(" order by rank_e6 desc, brief_id, position limit ").push_bind(search.limit).push(
        ") as cut
        )
        select found, case when number is null or number = 1 then summary.facets end as facets, p.brief_id, p.revision,
            p.position, p.rank_e6, (
                select title from revisions r where r.brief_key = p.brief_key and r.revision = p.revision
            ) as title, s.place, s.holder_id, s.text, s.body, letters,
            search_matching(s.language, letters, ",
    );
    sql.push_bind(words.highlighted.clone()).push(
        "::tsquery) as matching
        from summary
        left join page p on true
        left join statements s on s.brief_key = p.brief_key and s.revision = p.revision
            and s.statement_id = p.statement_id and s.from_rank = p.from_rank
        left join lateral (select search_letters(s.language, s.text) as letters) as seen on true
        order by number",
    );
    sql
}

fn push_start(after: Option<&SearchPlace>, sql: &mut QueryBuilder<Postgres>) {
    let Some(after) = after else {
        sql.push("true");
        return;
    };
    sql.push("(rank_e6 < ").push_bind(after.rank_e6);
    sql.push(" or rank_e6 = ").push_bind(after.rank_e6);
    sql.push(" and (brief_id, position) > (").push_bind(after.brief.to_string());
    sql.push(", ").push_bind(after.position).push("))");
}

/// None when the row stands for an empty page.
fn hit(workspace: &ResourceId, row: Row) -> Result<Option<SearchHit>> {
    let Some(brief) = row.brief_id else { return Ok(None) };
    let missing = || damaged("an entry of the search has no statement");
    let brief: ResourceId = brief.parse().map_err(damaged)?;
    let revision = RevisionNumber(to_number(row.revision.ok_or_else(missing)?)?);
    let text = row.text.ok_or_else(missing)?;
    let kind = SearchHitKind::try_from(i32::from(row.place.ok_or_else(missing)?)).map_err(damaged)?;
    let statement = match kind {
        SearchHitKind::Title => None,
        _ => Some(Statement::decode(row.body.ok_or_else(missing)?.as_slice()).map_err(damaged)?),
    };
    let matching: HashSet<String> = row.matching.unwrap_or_default().into_iter().collect();
    let highlights = highlights(&row.letters.ok_or_else(missing)?, &matching);
    Ok(Some(SearchHit {
        place: SearchPlace {
            rank_e6: row.rank_e6.ok_or_else(missing)?,
            brief: brief.clone(),
            position: row.position.ok_or_else(missing)?,
        },
        revision: RevisionName { workspace: workspace.clone(), brief, revision },
        brief_title: row.title.unwrap_or_default(),
        kind,
        statement,
        holder_id: row.holder_id.unwrap_or_default(),
        snippet: snippet(&text, &highlights),
        text,
        highlights,
    }))
}
