//! Finds actors by an approximate name, in any language, among all their labels.

use chancery_proto::names::ResourceId;
use sqlx::{FromRow, Postgres, QueryBuilder};
use unicode_normalization::UnicodeNormalization as _;

use super::actors::{ActorEntry, FIELDS, decoded};
use super::list::parse_filter;
use super::view::View;
use crate::access::principal::Principal;
use crate::error::{Result, StoreError};
use crate::filter::Filter;
use crate::knowledge::Knowledge;

/// Maximum length of a name, in code points.
const MAX_NAME_CHARS: usize = 200;
/// Maximum number of actors in a result.
const MAX_ACTORS: i64 = 50;

/// An actor whose name resembles the given one.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedActor {
    /// The actor, with an empty page key.
    pub entry: ActorEntry,
    /// The similarity in thousandths; 1000 for names that differ at most in case, accents and variants of letters.
    pub similarity_permille: i32,
    /// The most similar label.
    pub matched_label: String,
}

#[derive(FromRow)]
struct Row {
    body: Vec<u8>,
    brief_count: i32,
    similarity_permille: i32,
    matched_label: String,
}

impl Knowledge<'_> {
    /// Returns the actors with the most similar names, at most 50, as visible to the principal now.
    ///
    /// # Errors
    /// [`StoreError::InvalidField`] for a name without letters or digits, or one that is too long;
    /// [`StoreError::InvalidFilter`]; [`StoreError::Forbidden`] for another workspace.
    pub async fn actors_named(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        name: &str,
        filter: &str,
    ) -> Result<Vec<NamedActor>> {
        let view = View::new(principal, workspace, None)?;
        let filter = parse_filter(filter, &FIELDS, view.scheme)?;
        check(name)?;
        let name: String = name.nfc().collect();
        let mut statement = statement(workspace, &view, &name, &filter);
        let rows: Vec<Row> = statement.build_query_as().fetch_all(self.pool).await?;
        let named = |row: Row| {
            let actor = decoded(&row.body)?;
            Ok(NamedActor {
                entry: ActorEntry { actor, brief_count: row.brief_count, page_key: String::new() },
                similarity_permille: row.similarity_permille,
                matched_label: row.matched_label,
            })
        };
        rows.into_iter().map(named).collect()
    }
}

fn check(name: &str) -> Result<()> {
    let refuse = |description: String| Err(StoreError::InvalidField { field: "query", description });
    if name.nfc().take(MAX_NAME_CHARS + 1).count() > MAX_NAME_CHARS {
        return refuse(format!("is longer than {MAX_NAME_CHARS} code points"));
    }
    if name.contains(char::is_control) {
        return refuse("contains a control character".to_owned());
    }
    if !name.contains(char::is_alphanumeric) {
        return refuse("contains no letter or digit".to_owned());
    }
    Ok(())
}

/// Matches a label as a whole or in part, so that a family name finds full names, ranked slightly below exact matches.
fn statement(workspace: &ResourceId, view: &View<'_>, name: &str, filter: &Filter) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(
        "-- knowledge::actor_names::statement
        with asked as (select folded_name(",
    );
    sql.push_bind(name.to_owned()).push(
        ") as name),
        alike as (
            select l.actor_id, l.label,
                greatest(similarity(l.folded, asked.name), 0.9 * word_similarity(asked.name, l.folded)) as likeness
            from actor_labels l, asked
            where (l.folded % asked.name or asked.name <% l.folded) and l.workspace_id = ",
    );
    sql.push_bind(workspace.to_string()).push(" and l.from_rank <= ").push_bind(view.rank);
    sql.push(" and l.until_rank > ").push_bind(view.rank);
    // The last condition is implied by the three before it, and lets the planner use the index of current labels.
    sql.push(" and l.current_until > ").push_bind(view.rank).push(
        " and l.current_until > l.from_rank
        ),
        best as (
            select distinct on (actor_id) actor_id, likeness, label from alike
            order by actor_id, likeness desc, char_length(label), label
        ),
        shown as (
            select distinct on (t.actor_id) t.actor_id, t.body,
                (count(*) over (partition by t.actor_id))::integer as brief_count, bool_or(",
    );
    filter.push(&mut sql);
    sql.push(") over (partition by t.actor_id) as fits");
    view.push_from("actors", &mut sql);
    sql.push(
        " and t.actor_id in (select actor_id from best)
            order by t.actor_id, t.published_at desc, t.brief_id
        )
        select body, brief_count, round(1000 * likeness)::integer as similarity_permille, label as matched_label
        from best join shown using (actor_id) where fits order by likeness desc, actor_id limit ",
    );
    sql.push(MAX_ACTORS);
    sql
}
