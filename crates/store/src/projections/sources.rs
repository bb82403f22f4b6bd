//! Projects sources.

use std::collections::BTreeMap;

use chancery_brief::marking::Scheme;
use chancery_brief::reading_order;
use chancery_proto::brief::v1::{BriefContent, Source};
use prost::Message;

use super::RevisionColumns;
use super::columns::{Ranged, Row, column, days, froms, positions, rank, small, untils};
use crate::database::PgConnection;
use crate::error::Result;

pub(super) struct Sources(pub(super) Vec<Ranged<SourceRow>>);

#[derive(PartialEq)]
pub(super) struct SourceRow {
    id: String,
    title: String,
    publisher: String,
    url: String,
    kind: i16,
    reliability: i16,
    citing_statements: i32,
    date: (Option<i64>, Option<i64>),
    marking: i16,
    short_title: String,
    accessed: (Option<i64>, Option<i64>),
    body: Vec<u8>,
}

impl Row for SourceRow {
    type Key = String;

    fn key(&self) -> String {
        self.id.clone()
    }
}

pub(super) fn rows(content: &BriefContent, scheme: Scheme) -> Result<Vec<SourceRow>> {
    let citing = citing_statements(content);
    let row = |source: &Source| {
        Ok(SourceRow {
            id: source.id.clone(),
            title: source.title.clone(),
            publisher: source.publisher.clone(),
            url: source.url.clone(),
            kind: small(source.r#type)?,
            reliability: small(source.reliability)?,
            citing_statements: citing.get(source.id.as_str()).copied().unwrap_or(0),
            date: days(&source.date)?,
            marking: rank(scheme, &source.marking)?,
            short_title: source.short_title.clone(),
            accessed: days(&source.accessed)?,
            body: source.encode_to_vec(),
        })
    };
    content.sources.iter().map(row).collect()
}

/// Counts the statements that cite each source.
fn citing_statements(content: &BriefContent) -> BTreeMap<&str, i32> {
    let mut citing = BTreeMap::new();
    for statement in reading_order::statements(content) {
        let mut cited: Vec<&str> =
            statement.citations.iter().map(|citation| citation.source_id.as_str()).collect();
        cited.sort_unstable();
        cited.dedup();
        for source in cited {
            *citing.entry(source).or_default() += 1;
        }
    }
    citing
}

impl Sources {
    pub(super) async fn write(&self, to: &mut PgConnection, columns: &RevisionColumns<'_>) -> Result<()> {
        let rows = &self.0;
        if rows.is_empty() {
            return Ok(());
        }
        let date_from: Vec<Option<i64>> = column(rows, |row| row.date.0);
        let date_until: Vec<Option<i64>> = column(rows, |row| row.date.1);
        let accessed_from: Vec<Option<i64>> = column(rows, |row| row.accessed.0);
        let accessed_until: Vec<Option<i64>> = column(rows, |row| row.accessed.1);
        sqlx::query!(
            "-- projections::sources::write
            insert into sources (workspace_id, brief_id, brief_key, revision, current_until, published_at, recorded_at,
                source_id, from_rank, until_rank, position, title, publisher, url, type, reliability,
                citing_statements, date_from, date_until, marking, short_title, accessed_from, accessed_until, body)
            select $1, $2, $3, $4, $5, $6, $7, *
            from unnest($8::text[], $9::smallint[], $10::smallint[], $11::integer[], $12::text[], $13::text[],
                $14::text[], $15::smallint[], $16::smallint[], $17::integer[], $18::bigint[], $19::bigint[],
                $20::smallint[], $21::text[], $22::bigint[], $23::bigint[], $24::bytea[])",
            /* workspace_id */ columns.workspace,
            columns.brief_id,
            columns.brief_key,
            columns.revision,
            columns.current_until as i16,
            columns.published_at,
            columns.recorded_at,
            /* source_id */ &column(rows, |row| row.id.clone()),
            /* from_rank */ &froms(rows),
            /* until_rank */ &untils(rows),
            /* position */ &positions(rows),
            &column(rows, |row| row.title.clone()),
            &column(rows, |row| row.publisher.clone()),
            &column(rows, |row| row.url.clone()),
            /* type */ &column(rows, |row| row.kind),
            &column(rows, |row| row.reliability),
            &column(rows, |row| row.citing_statements),
            /* date_from */ date_from.as_slice() as &[Option<i64>],
            /* date_until */ date_until.as_slice() as &[Option<i64>],
            &column(rows, |row| row.marking),
            &column(rows, |row| row.short_title.clone()),
            /* accessed_from */ accessed_from.as_slice() as &[Option<i64>],
            /* accessed_until */ accessed_until.as_slice() as &[Option<i64>],
            &column(rows, |row| row.body.clone())
        )
        .execute(to)
        .await?;
        Ok(())
    }
}
