//! Projects references between parts.

use chancery_brief::Canonical;
use chancery_brief::references::{PartReference, references};

use super::RevisionColumns;
use super::columns::{Ranged, Row, column, froms, untils};
use crate::database::PgConnection;
use crate::error::Result;

pub(super) struct References(pub(super) Vec<Ranged<PartReference>>);

impl Row for PartReference {
    type Key = Self;

    fn key(&self) -> Self {
        self.clone()
    }
}

pub(super) fn rows(edition: &Canonical) -> Vec<PartReference> {
    references(edition)
}

/// Returns a kind's number, which the proto keeps far below the limit.
fn number(reference: &PartReference) -> i16 {
    i16::try_from(reference.kind as i32).unwrap_or(0)
}

impl References {
    pub(super) async fn write(&self, to: &mut PgConnection, columns: &RevisionColumns<'_>) -> Result<()> {
        let rows = &self.0;
        if rows.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "-- projections::part_references::write
            insert into part_references (workspace_id, brief_key, revision, current_until, from_kind, from_id, role,
                to_id, from_rank, until_rank)
            select $1, $2, $3, $4, *
            from unnest($5::smallint[], $6::text[], $7::text[], $8::text[], $9::smallint[], $10::smallint[])",
            /* workspace_id */ columns.workspace,
            columns.brief_key,
            columns.revision,
            columns.current_until as i16,
            /* from_kind */ &column(rows, number),
            &column(rows, |row| row.from_id.clone()),
            &column(rows, |row| row.role.to_owned()),
            &column(rows, |row| row.to_id.clone()),
            /* from_rank */ &froms(rows),
            /* until_rank */ &untils(rows)
        )
        .execute(to)
        .await?;
        Ok(())
    }
}
