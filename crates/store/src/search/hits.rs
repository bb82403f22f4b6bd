//! Reads the texts of a page of matches.

use std::collections::HashSet;

use chancery_proto::brief::v1::{SearchHitKind, Statement};
use chancery_proto::names::ResourceId;
use prost::Message;

use super::SearchHit;
use super::compiled_query::CompiledQuery;
use super::highlight::{highlights, snippet};
use super::matches::Match;
use crate::convert::{damaged, revision_name};
use crate::database::PgConnection;
use crate::error::Result;

/// Reads the hits. Matches that were superseded by a newer revision in the meantime are omitted.
pub(super) async fn read(
    connection: &mut PgConnection,
    workspace: &ResourceId,
    query: &CompiledQuery,
    matches: &[Match],
) -> Result<Vec<SearchHit>> {
    let entry_keys: Vec<i64> = matches.iter().map(|found| found.entry_key).collect();
    let rows = sqlx::query!(
        r#"-- search::hits::read
        select wanted.number as "number!", s.brief_id, s.revision, s.place, s.holder_id, s.text, s.body,
            (
                select title from revisions r where r.brief_key = s.brief_key and r.revision = s.revision
            ) as "title!",
            seen.letters as "letters!", search_matching(s.language, seen.letters, $2::text::tsquery) as "matching!"
        from unnest($1::bigint[]) with ordinality as wanted (entry_key, number)
        join search_entries e using (entry_key)
        join statements s on s.brief_key = e.brief_key and s.revision = e.revision
            and s.statement_id = e.statement_id and s.from_rank = e.from_rank
        cross join lateral (select search_letters(s.language, s.text) as letters) as seen
        order by wanted.number"#,
        &entry_keys,
        query.highlighted
    )
    .fetch_all(connection)
    .await?;
    let mut hits = Vec::with_capacity(rows.len());
    for row in rows {
        let number = usize::try_from(row.number - 1).map_err(damaged)?;
        let found = matches.get(number).ok_or_else(|| damaged("a hit without a match"))?;
        let kind = SearchHitKind::try_from(i32::from(row.place)).map_err(damaged)?;
        let matching: HashSet<String> = row.matching.into_iter().collect();
        let highlights = highlights(&row.letters, &matching);
        hits.push(SearchHit {
            revision: revision_name(workspace, &row.brief_id, row.revision)?,
            brief_title: row.title,
            kind,
            statement: match kind {
                SearchHitKind::Title => None,
                _ => Some(Statement::decode(row.body.as_slice()).map_err(damaged)?),
            },
            holder_id: row.holder_id,
            snippet: snippet(&row.text, &highlights),
            text: row.text,
            highlights,
            page_key: found.page_key.clone(),
        });
    }
    Ok(hits)
}
