//! Actors by a name that may not be written right: in any language, of any of their labels.

use chancery_proto::names::ResourceId;
use sqlx::{FromRow, Postgres, QueryBuilder};

use crate::filter::Filter;
use crate::{Principal, Result, Store, StoreError};

/// The longest name that is looked up, in code points.
const LONGEST: usize = 200;
/// The most actors that are answered.
const MOST_ACTORS: i64 = 50;

/// An actor with a name like the one that was looked up.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct NamedActor {
    /// The id in the content, the same in all briefs.
    pub actor_id: String,
    /// How like the name is, in thousandths: 1000 for the same but for case, accents and variants of letters.
    pub similarity_permille: i32,
    /// The label that is like it.
    pub matched_label: String,
}

impl Store {
    /// The actors whose names are likest to one, at most 50, as the principal may see them now. The filter is about
    /// `actors`.
    ///
    /// # Errors
    /// [`StoreError::InvalidField`] for a name without letters or digits, or one that is too long.
    pub async fn actors_named(
        &self,
        principal: &Principal,
        workspace: &ResourceId,
        name: &str,
        filter: &Filter,
    ) -> Result<Vec<NamedActor>> {
        let rank = i16::from(principal.access(workspace)?.clearance.0);
        check(name)?;
        let mut sql = statement(workspace, rank, name, filter);
        Ok(sql.build_query_as().fetch_all(&self.pool).await?)
    }
}

fn check(name: &str) -> Result<()> {
    let refuse = |description: String| Err(StoreError::InvalidField { field: "query", description });
    if name.chars().take(LONGEST + 1).count() > LONGEST {
        return refuse(format!("is longer than {LONGEST} code points"));
    }
    if name.contains(char::is_control) {
        return refuse("holds a control character".to_owned());
    }
    if !name.contains(char::is_alphanumeric) {
        return refuse("holds neither letter nor digit".to_owned());
    }
    Ok(())
}

/// A label is like the name as a whole, or a part of it is: whoever looks for a family name finds the full one, a little
/// behind those who are called just so.
fn statement(workspace: &ResourceId, rank: i16, name: &str, filter: &Filter) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(
        "-- actor_names::actors_named
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
    sql.push_bind(workspace.to_string()).push(" and l.from_rank <= ").push_bind(rank);
    sql.push(" and l.until_rank > ").push_bind(rank).push(" and l.current_until > ").push_bind(rank);
    // Says again what follows from the three before it, so that the index of what is current can be used.
    sql.push(" and l.current_until > l.from_rank");
    if !filter.is_empty() {
        sql.push(
            " and exists (
                select from actors where actors.brief_key = l.brief_key and actors.revision = l.revision
                    and actors.actor_id = l.actor_id and actors.from_rank <= ",
        );
        sql.push_bind(rank).push(" and actors.until_rank > ").push_bind(rank).push(" and ");
        filter.push(&mut sql);
        sql.push(")");
    }
    sql.push(
        "),
        best as (
            select distinct on (actor_id) actor_id, likeness, label from alike
            order by actor_id, likeness desc, char_length(label), label
        )
        select actor_id, round(1000 * likeness)::integer as similarity_permille, label as matched_label
        from best order by likeness desc, actor_id limit ",
    );
    sql.push_bind(MOST_ACTORS);
    sql
}
