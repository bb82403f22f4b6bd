//! Projects actors and all their names.

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::BriefContent;
use prost::Message;

use super::RevisionColumns;
use super::columns::{Ranged, Row, column, froms, positions, rank, small, untils};
use crate::database::PgConnection;
use crate::error::Result;

pub(super) struct Actors(pub(super) Vec<Ranged<ActorRow>>);

pub(super) struct Labels(pub(super) Vec<Ranged<LabelRow>>);

#[derive(PartialEq)]
pub(super) struct ActorRow {
    id: String,
    name: String,
    kind: i16,
    country_code: String,
    marking: i16,
    body: Vec<u8>,
}

impl Row for ActorRow {
    type Key = String;

    fn key(&self) -> String {
        self.id.clone()
    }
}

#[derive(PartialEq)]
pub(super) struct LabelRow {
    actor_id: String,
    language: String,
    label: String,
}

impl Row for LabelRow {
    type Key = (String, String, String);

    fn key(&self) -> Self::Key {
        (self.actor_id.clone(), self.language.clone(), self.label.clone())
    }
}

pub(super) fn rows(content: &BriefContent, scheme: Scheme) -> Result<Vec<ActorRow>> {
    let row = |actor: &chancery_proto::brief::v1::Actor| {
        Ok(ActorRow {
            id: actor.id.clone(),
            name: actor.name.clone(),
            kind: small(actor.kind)?,
            country_code: actor.country_code.clone(),
            marking: rank(scheme, &actor.marking)?,
            body: actor.encode_to_vec(),
        })
    };
    content.actors.iter().map(row).collect()
}

/// Collects the name and short name in the brief's language, and the labels in other languages.
pub(super) fn labels(content: &BriefContent) -> Vec<LabelRow> {
    let mut rows: Vec<LabelRow> = Vec::new();
    for actor in &content.actors {
        let own = [&actor.name, &actor.short_name].map(|label| (&content.language, label));
        let others = actor.labels.iter().map(|label| (&label.language, &label.text));
        for (language, label) in own.into_iter().chain(others).filter(|(_, label)| !label.is_empty()) {
            let (actor_id, language, label) = (actor.id.clone(), language.clone(), label.clone());
            let row = LabelRow { actor_id, language, label };
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
    }
    rows
}

impl Actors {
    pub(super) async fn write(&self, to: &mut PgConnection, columns: &RevisionColumns<'_>) -> Result<()> {
        let rows = &self.0;
        if rows.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "-- projections::actors::write
            insert into actors (workspace_id, brief_id, brief_key, revision, current_until, published_at, recorded_at,
                actor_id, from_rank, until_rank, position, name, kind, country_code, marking, body)
            select $1, $2, $3, $4, $5, $6, $7, *
            from unnest($8::text[], $9::smallint[], $10::smallint[], $11::integer[], $12::text[], $13::smallint[],
                $14::text[], $15::smallint[], $16::bytea[])",
            /* workspace_id */ columns.workspace,
            columns.brief_id,
            columns.brief_key,
            columns.revision,
            columns.current_until as i16,
            columns.published_at,
            columns.recorded_at,
            /* actor_id */ &column(rows, |row| row.id.clone()),
            /* from_rank */ &froms(rows),
            /* until_rank */ &untils(rows),
            /* position */ &positions(rows),
            &column(rows, |row| row.name.clone()),
            &column(rows, |row| row.kind),
            &column(rows, |row| row.country_code.clone()),
            &column(rows, |row| row.marking),
            &column(rows, |row| row.body.clone())
        )
        .execute(to)
        .await?;
        Ok(())
    }
}

impl Labels {
    pub(super) async fn write(&self, to: &mut PgConnection, columns: &RevisionColumns<'_>) -> Result<()> {
        let rows = &self.0;
        if rows.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "-- projections::actors::write
            insert into actor_labels (workspace_id, brief_key, revision, current_until, actor_id, from_rank, until_rank,
                language, label)
            select $1, $2, $3, $4, *
            from unnest($5::text[], $6::smallint[], $7::smallint[], $8::text[], $9::text[])",
            /* workspace_id */ columns.workspace,
            columns.brief_key,
            columns.revision,
            columns.current_until as i16,
            &column(rows, |row| row.actor_id.clone()),
            /* from_rank */ &froms(rows),
            /* until_rank */ &untils(rows),
            &column(rows, |row| row.language.clone()),
            &column(rows, |row| row.label.clone())
        )
        .execute(to)
        .await?;
        Ok(())
    }
}
