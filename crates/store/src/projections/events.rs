//! Projects events.

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::{BriefContent, Event};
use prost::Message;

use super::RevisionColumns;
use super::columns::{Ranged, Row, column, days, froms, lists, positions, rank, small, untils};
use crate::database::PgConnection;
use crate::error::Result;

pub(super) struct Events(pub(super) Vec<Ranged<EventRow>>);

#[derive(PartialEq)]
pub(super) struct EventRow {
    id: String,
    title: String,
    precision: i16,
    kind: i16,
    actor_ids: Vec<String>,
    place_ids: Vec<String>,
    source_ids: Vec<String>,
    date: (Option<i64>, Option<i64>),
    marking: i16,
    body: Vec<u8>,
}

impl Row for EventRow {
    type Key = String;

    fn key(&self) -> String {
        self.id.clone()
    }
}

pub(super) fn rows(content: &BriefContent, scheme: Scheme) -> Result<Vec<EventRow>> {
    let row = |event: &Event| {
        Ok(EventRow {
            id: event.id.clone(),
            title: event.title.clone(),
            precision: small(event.precision)?,
            kind: small(event.r#type)?,
            actor_ids: event.actor_ids.clone(),
            place_ids: event.place_ids.clone(),
            source_ids: event.source_ids.clone(),
            date: days(&event.date)?,
            marking: rank(scheme, &event.marking)?,
            body: event.encode_to_vec(),
        })
    };
    content.events.iter().map(row).collect()
}

impl Events {
    pub(super) async fn write(&self, to: &mut PgConnection, columns: &RevisionColumns<'_>) -> Result<()> {
        let rows = &self.0;
        if rows.is_empty() {
            return Ok(());
        }
        let date_from: Vec<Option<i64>> = column(rows, |row| row.date.0);
        let date_until: Vec<Option<i64>> = column(rows, |row| row.date.1);
        sqlx::query!(
            "-- projections::events::write
            insert into events (workspace_id, brief_id, brief_key, revision, current_until, published_at, recorded_at,
                event_id, from_rank, until_rank, position, title, precision, type, actor_ids, place_ids, source_ids,
                date_from, date_until, marking, body)
            select $1, $2, $3, $4, $5, $6, $7, id, from_rank, until_rank, position, title, exactness, type,
                array(select jsonb_array_elements_text(actor_ids::jsonb)),
                array(select jsonb_array_elements_text(place_ids::jsonb)),
                array(select jsonb_array_elements_text(source_ids::jsonb)), date_from, date_until, marking, body
            from unnest($8::text[], $9::smallint[], $10::smallint[], $11::integer[], $12::text[], $13::smallint[],
                $14::smallint[], $15::text[], $16::text[], $17::text[], $18::bigint[], $19::bigint[], $20::smallint[],
                $21::bytea[])
                as part (id, from_rank, until_rank, position, title, exactness, type, actor_ids, place_ids,
                    source_ids, date_from, date_until, marking, body)",
            /* workspace_id */ columns.workspace,
            columns.brief_id,
            columns.brief_key,
            columns.revision,
            columns.current_until as i16,
            columns.published_at,
            columns.recorded_at,
            &column(rows, |row| row.id.clone()),
            /* from_rank */ &froms(rows),
            /* until_rank */ &untils(rows),
            /* position */ &positions(rows),
            &column(rows, |row| row.title.clone()),
            /* exactness */ &column(rows, |row| row.precision),
            /* type */ &column(rows, |row| row.kind),
            &lists(rows, |row| &row.actor_ids),
            &lists(rows, |row| &row.place_ids),
            &lists(rows, |row| &row.source_ids),
            /* date_from */ date_from.as_slice() as &[Option<i64>],
            /* date_until */ date_until.as_slice() as &[Option<i64>],
            &column(rows, |row| row.marking),
            &column(rows, |row| row.body.clone())
        )
        .execute(to)
        .await?;
        Ok(())
    }
}
