//! Projects relationships.

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::{BriefContent, Relationship};
use prost::Message;

use super::RevisionColumns;
use super::columns::{Ranged, Row, column, days, froms, positions, rank, small, untils};
use crate::database::PgConnection;
use crate::error::Result;

pub(super) struct Relationships(pub(super) Vec<Ranged<RelationshipRow>>);

#[derive(PartialEq)]
pub(super) struct RelationshipRow {
    id: String,
    from_id: String,
    to_id: String,
    kind: String,
    symmetric: bool,
    status: i16,
    domain: String,
    place_id: String,
    period: (Option<i64>, Option<i64>),
    marking: i16,
    polarity: i16,
    body: Vec<u8>,
}

impl Row for RelationshipRow {
    type Key = String;

    fn key(&self) -> String {
        self.id.clone()
    }
}

pub(super) fn rows(content: &BriefContent, scheme: Scheme) -> Result<Vec<RelationshipRow>> {
    let row = |relationship: &Relationship| {
        Ok(RelationshipRow {
            id: relationship.id.clone(),
            from_id: relationship.from_id.clone(),
            to_id: relationship.to_id.clone(),
            kind: relationship.r#type.clone(),
            symmetric: relationship.symmetric,
            status: small(relationship.status)?,
            domain: relationship.domain.clone(),
            place_id: relationship.place_id.clone(),
            period: days(relationship.period.as_ref().map_or("", |period| &period.edtf))?,
            marking: rank(scheme, &relationship.marking)?,
            polarity: small(relationship.polarity)?,
            body: relationship.encode_to_vec(),
        })
    };
    content.relationships.iter().map(row).collect()
}

impl Relationships {
    pub(super) async fn write(&self, to: &mut PgConnection, columns: &RevisionColumns<'_>) -> Result<()> {
        let rows = &self.0;
        if rows.is_empty() {
            return Ok(());
        }
        let period_from: Vec<Option<i64>> = column(rows, |row| row.period.0);
        let period_until: Vec<Option<i64>> = column(rows, |row| row.period.1);
        sqlx::query!(
            "-- projections::relationships::write
            insert into relationships (workspace_id, brief_id, brief_key, revision, current_until, published_at,
                recorded_at, relationship_id, from_rank, until_rank, position, from_id, to_id, type, symmetric_tie,
                status, domain, place_id, period_from, period_until, marking, polarity, body)
            select $1, $2, $3, $4, $5, $6, $7, *
            from unnest($8::text[], $9::smallint[], $10::smallint[], $11::integer[], $12::text[], $13::text[],
                $14::text[], $15::boolean[], $16::smallint[], $17::text[], $18::text[], $19::bigint[], $20::bigint[],
                $21::smallint[], $22::smallint[], $23::bytea[])",
            /* workspace_id */ columns.workspace,
            columns.brief_id,
            columns.brief_key,
            columns.revision,
            columns.current_until as i16,
            columns.published_at,
            columns.recorded_at,
            /* relationship_id */ &column(rows, |row| row.id.clone()),
            /* from_rank */ &froms(rows),
            /* until_rank */ &untils(rows),
            /* position */ &positions(rows),
            &column(rows, |row| row.from_id.clone()),
            &column(rows, |row| row.to_id.clone()),
            /* type */ &column(rows, |row| row.kind.clone()),
            /* symmetric_tie */ &column(rows, |row| row.symmetric),
            &column(rows, |row| row.status),
            &column(rows, |row| row.domain.clone()),
            &column(rows, |row| row.place_id.clone()),
            /* period_from */ period_from.as_slice() as &[Option<i64>],
            /* period_until */ period_until.as_slice() as &[Option<i64>],
            &column(rows, |row| row.marking),
            &column(rows, |row| row.polarity),
            &column(rows, |row| row.body.clone())
        )
        .execute(to)
        .await?;
        Ok(())
    }
}
