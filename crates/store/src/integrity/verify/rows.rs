//! Compares expected rows with stored rows.
//!
//! The expected rows are written by the same statements as at a publish, into temporary tables of the same names, which
//! Postgres resolves first. So no column can be forgotten, and values computed by the database (search vectors, folded
//! names) are compared too.

use crate::database::PgConnection;
use crate::error::Result;

/// A difference between an expected and a stored row.
pub(crate) struct Difference {
    pub(crate) table: &'static str,
    pub(crate) brief_key: i64,
    pub(crate) revision: i32,
    pub(crate) id: String,
    pub(crate) rank: i16,
    pub(crate) is_missing: bool,
    pub(crate) is_extra: bool,
    /// The differing columns.
    pub(crate) columns: Vec<String>,
}

/// The tables, with the expressions for a row's id in its revision and for its lowest clearance.
macro_rules! each_table {
    ($each:ident) => {
        $each!("editions", "''", "from_rank");
        $each!("statements", "statement_id", "from_rank");
        $each!("actors", "actor_id", "from_rank");
        $each!("actor_labels", "concat_ws(' ', actor_id, language, label)", "from_rank");
        $each!("relationships", "relationship_id", "from_rank");
        $each!("events", "event_id", "from_rank");
        $each!("sources", "source_id", "from_rank");
        $each!("part_references", "concat_ws(' ', from_kind, from_id, role, to_id)", "from_rank");
        $each!("search_entries", "statement_id", "from_rank");
        $each!("revision_attachments", "encode(digest, 'hex')", "visible_from");
    };
}

/// Creates the temporary tables, which a commit empties.
pub(crate) async fn make_tables(connection: &mut PgConnection) -> Result<()> {
    macro_rules! make {
        ($table:literal, $id:literal, $rank:literal) => {
            sqlx::query!(
                "-- integrity::verify::rows::make_tables\ncreate temporary table "
                    + $table
                    + " (like public."
                    + $table
                    + " including generated) on commit delete rows"
            )
            .execute(&mut *connection)
            .await?;
        };
    }
    each_table!(make);
    Ok(())
}

/// Fills the temporary search index from the expected statements, as the SQL function `search_again` does for the
/// stored tables. Entry keys are generated, so they are copied from the stored entries.
async fn make_search_entries(connection: &mut PgConnection) -> Result<()> {
    sqlx::query!(
        "-- integrity::verify::rows::make_search_entries
        insert into search_entries (entry_key, brief_key, revision, statement_id, from_rank, until_rank, workspace_id,
            brief_id, position, place, facets, words)
        select coalesce(stored.entry_key, 0), s.brief_key, s.revision, s.statement_id, s.from_rank,
            least(s.until_rank, s.current_until), s.workspace_id, s.brief_id, s.position, s.place,
            search_facets(row(s.*)::public.statements), search_vector(s.workspace_id, s.language, s.text)
        from statements s
        left join public.search_entries stored using (brief_key, revision, statement_id, from_rank)
        where s.current_until > s.from_rank"
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Compares the temporary tables with the stored rows of some revisions.
pub(crate) async fn differences(
    connection: &mut PgConnection,
    revisions: impl Iterator<Item = &(i64, i32)>,
) -> Result<Vec<Difference>> {
    let (keys, numbers): (Vec<i64>, Vec<i32>) = revisions.copied().unzip();
    make_search_entries(connection).await?;
    let mut found = Vec::new();
    macro_rules! compare {
        ($table:literal, $id:literal, $rank:literal) => {
            let rows = sqlx::query!(
                "-- integrity::verify::rows::differences
                with due as (
                    select row.brief_key, row.revision, " + $id + " as id, row." + $rank + "::smallint as rank,
                        row as whole
                    from " + $table + " as row
                ), stored as (
                    select row.brief_key, row.revision, " + $id + " as id, row." + $rank + "::smallint as rank,
                        row as whole
                    from unnest($1::bigint[], $2::integer[]) as asked (brief_key, revision)
                    join public." + $table + " as row using (brief_key, revision)
                )
                select brief_key as \"brief_key!\", revision as \"revision!\", id as \"id!\", rank as \"rank!\",
                    stored.whole is null as \"is_missing!\", due.whole is null as \"is_extra!\",
                    array(
                        select due_column.key
                        from jsonb_each(to_jsonb(due.whole)) as due_column
                        join jsonb_each(to_jsonb(stored.whole)) as stored_column using (key)
                        where due_column.value is distinct from stored_column.value
                        order by 1
                    ) as \"columns!\"
                from due full join stored using (brief_key, revision, id, rank)
                where due.whole is distinct from stored.whole
                order by 1, 2, 4, 3",
                &keys,
                &numbers
            )
            .fetch_all(&mut *connection)
            .await?;
            found.extend(rows.into_iter().map(|row| Difference {
                table: $table,
                brief_key: row.brief_key,
                revision: row.revision,
                id: row.id,
                rank: row.rank,
                is_missing: row.is_missing,
                is_extra: row.is_extra,
                columns: row.columns,
            }));
        };
    }
    each_table!(compare);
    Ok(found)
}
