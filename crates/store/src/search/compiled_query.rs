//! Compiles the terms of a query in each language that it may be in.

use chancery_proto::names::ResourceId;

use super::SearchQuery;
use crate::database::PgConnection;
use crate::error::Result;

/// A query in the syntax of Postgres. It contains no byte of the caller's text except letters and digits, which
/// `search_term` extracts.
#[derive(Debug)]
pub(super) struct CompiledQuery {
    /// The condition on `search_entries.words`.
    pub(super) query: String,
    /// Any of the words searched for, without the workspace's mark, for highlighting.
    pub(super) highlighted: String,
}

/// Compiles the terms in one language, or in each language of the titles visible at `rank` now: a language used in
/// hidden briefs only must not affect the result. A statement matches when it matches the whole query in one of the
/// languages and no excluded word as read in any, so that a stop word of one language does not exclude statements in the
/// others. Returns `None` when only stop words remain.
pub(super) async fn compile(
    connection: &mut PgConnection,
    workspace: &ResourceId,
    rank: i16,
    query: &SearchQuery,
    language: Option<&str>,
) -> Result<Option<CompiledQuery>> {
    let terms = query.terms();
    let words: Vec<String> = terms.iter().map(|term| term.words.clone()).collect();
    let prefixes: Vec<bool> = terms.iter().map(|term| term.is_prefix).collect();
    let excluded: Vec<bool> = terms.iter().map(|term| term.is_excluded).collect();
    let groups: Vec<i32> = terms.iter().map(|term| term.group).collect();
    let found = sqlx::query!(
        r#"-- search::compiled_query::compile
        with recursive written(language) as (
            select coalesce($2, (
                select min(s.language) from statements s
                where s.workspace_id = $1 and s.place = 1 and s.current_until > s.from_rank
                    and s.from_rank <= $7 and s.until_rank > $7 and s.current_until > $7
            ))
            union all
            select (
                select min(s.language) from statements s
                where s.workspace_id = $1 and s.place = 1 and s.current_until > s.from_rank
                    and s.from_rank <= $7 and s.until_rank > $7 and s.current_until > $7
                    and s.language > written.language
            )
            from written where $2 is null and language is not null
        ),
        spoken as (
            -- One language of each search configuration.
            select min(language) as language from written where language is not null
            group by search_configuration(language)
        ),
        term as (
            select * from unnest($3::text[], $4::boolean[], $5::boolean[], $6::integer[])
                as term (words, is_prefix, is_excluded, alternatives)
        ),
        alternatives as (
            select language, is_excluded, search_any(search_term(language, words, is_prefix)) as any_of
            from spoken, term
            group by language, is_excluded, alternatives
        ),
        query as (
            select
                search_all(any_of) filter (where not is_excluded and numnode(any_of) > 0) as wanted,
                search_any(any_of) filter (where is_excluded and numnode(any_of) > 0) as unwanted
            from alternatives
            group by language
        ),
        whole as (
            select
                search_any(distinct wanted) filter (where wanted is not null) as wanted,
                search_any(distinct unwanted) filter (where unwanted is not null) as unwanted,
                search_any(distinct search_words_of(wanted)) filter (where wanted is not null) as highlighted
            from query
        )
        select
            -- A word is excluded as read in every language: the unstemmed word of one is not in the index of another.
            search_marked($1, case when unwanted is null then wanted else wanted && !!unwanted end)::text as query,
            highlighted::text as highlighted
        from whole"#,
        /* workspace_id */ workspace.as_str(),
        language,
        &words,
        /* is_prefix */ &prefixes,
        /* is_excluded */ &excluded,
        /* group */ &groups,
        /* clearance */ rank
    )
    .fetch_one(connection)
    .await?;
    Ok(found.query.zip(found.highlighted).map(|(query, highlighted)| CompiledQuery { query, highlighted }))
}
