//! Projects statements, and titles for the sake of search.

use chancery_brief::marking::Scheme;
use chancery_brief::reading_order::{self, LocatedStatement, StatementLocation};
use chancery_proto::brief::v1::{BriefContent, SearchHitKind};
use prost::Message;

use super::RevisionColumns;
use super::columns::{Ranged, Row, column, days, froms, lists, positions, rank, small, untils};
use crate::database::PgConnection;
use crate::error::Result;

pub(super) struct Statements(pub(super) Vec<Ranged<StatementRow>>);

#[derive(PartialEq, Default)]
pub(super) struct StatementRow {
    id: String,
    place: i16,
    holder_id: String,
    brief_kind: i16,
    language: String,
    text: String,
    kind: i16,
    status: i16,
    term: i16,
    low: i16,
    high: i16,
    confidence: i16,
    marking: i16,
    domain: String,
    actor_ids: Vec<String>,
    place_ids: Vec<String>,
    source_ids: Vec<String>,
    topics: Vec<String>,
    period: (Option<i64>, Option<i64>),
    horizon: (Option<i64>, Option<i64>),
    body: Vec<u8>,
}

impl Row for StatementRow {
    type Key = String;

    fn key(&self) -> String {
        self.id.clone()
    }
}

/// Projects the titles first, then the statements in reading order.
pub(super) fn rows(content: &BriefContent, scheme: Scheme) -> Result<Vec<StatementRow>> {
    let mut rows = titles(content, scheme)?;
    for located in reading_order::located_statements(content) {
        rows.push(row(content, &located, scheme)?);
    }
    Ok(rows)
}

fn titles(content: &BriefContent, scheme: Scheme) -> Result<Vec<StatementRow>> {
    let own = format!("{} {}", content.title, content.subtitle);
    let own = (String::new(), content.language.clone(), own.trim_end().to_owned());
    let others = content.localized_titles.iter();
    let others =
        others.map(|title| (format!(":{}", title.language), title.language.clone(), title.text.clone()));
    let title = |(id, language, text)| {
        Ok(StatementRow {
            id,
            place: small(SearchHitKind::Title as i32)?,
            brief_kind: small(content.kind)?,
            language,
            text,
            marking: rank(scheme, &content.default_marking)?,
            // Tags and regions describe the brief as a whole.
            topics: content.tags.clone(),
            place_ids: content.regions.clone(),
            ..StatementRow::default()
        })
    };
    std::iter::once(own).chain(others).map(title).collect()
}

fn row(content: &BriefContent, located: &LocatedStatement<'_>, scheme: Scheme) -> Result<StatementRow> {
    let statement = located.statement;
    let likelihood = statement.likelihood.clone().unwrap_or_default();
    let confidence = statement.confidence.as_ref().map_or(0, |confidence| confidence.level);
    let place = match located.location {
        StatementLocation::KeyJudgment(_) => SearchHitKind::KeyJudgment,
        StatementLocation::BottomLine => SearchHitKind::Bluf,
        StatementLocation::Section(_) => SearchHitKind::Body,
    };
    let mut source_ids: Vec<String> =
        statement.citations.iter().map(|citation| citation.source_id.clone()).collect();
    source_ids.sort_unstable();
    source_ids.dedup();
    Ok(StatementRow {
        id: statement.id.clone(),
        place: small(place as i32)?,
        holder_id: located.location.holder_id().to_owned(),
        brief_kind: small(content.kind)?,
        language: content.language.clone(),
        text: statement.text.clone(),
        kind: small(statement.r#type)?,
        status: small(statement.status)?,
        term: small(likelihood.term)?,
        low: small(likelihood.low_percent)?,
        high: small(likelihood.high_percent)?,
        confidence: small(confidence)?,
        marking: rank(scheme, &statement.marking)?,
        domain: statement.domain.clone(),
        actor_ids: statement.actor_ids.clone(),
        place_ids: statement.place_ids.clone(),
        source_ids,
        topics: statement.topics.clone(),
        period: days(statement.period.as_ref().map_or("", |period| &period.edtf))?,
        horizon: days(&statement.horizon)?,
        body: statement.encode_to_vec(),
    })
}

impl Statements {
    pub(super) async fn write(&self, to: &mut PgConnection, columns: &RevisionColumns<'_>) -> Result<()> {
        let rows = &self.0;
        let period_from: Vec<Option<i64>> = column(rows, |row| row.period.0);
        let period_until: Vec<Option<i64>> = column(rows, |row| row.period.1);
        let horizon_from: Vec<Option<i64>> = column(rows, |row| row.horizon.0);
        let horizon_until: Vec<Option<i64>> = column(rows, |row| row.horizon.1);
        sqlx::query!(
            "-- projections::statements::write
            insert into statements (workspace_id, brief_id, brief_key, revision, current_until, published_at,
                recorded_at, statement_id, from_rank, until_rank, position, place, holder_id, brief_kind, language,
                text, type, status, likelihood_term, likelihood_low, likelihood_high, confidence, marking, domain,
                actor_ids, place_ids, source_ids, topics, period_from, period_until, horizon_from, horizon_until, body)
            select $1, $2, $3, $4, $5::smallint, $6, $7, id, from_rank, until_rank, position, place, holder_id, brief_kind,
                language, text, type, status, term, low, high, confidence, marking, domain,
                array(select jsonb_array_elements_text(actor_ids::jsonb)),
                array(select jsonb_array_elements_text(place_ids::jsonb)),
                array(select jsonb_array_elements_text(source_ids::jsonb)),
                array(select jsonb_array_elements_text(topics::jsonb)), period_from, period_until,
                horizon_from, horizon_until, body
            from unnest($8::text[], $9::smallint[], $10::smallint[], $11::integer[], $12::smallint[], $13::text[],
                $14::smallint[], $15::text[], $16::text[], $17::smallint[], $18::smallint[], $19::smallint[],
                $20::smallint[], $21::smallint[], $22::smallint[], $23::smallint[], $24::text[], $25::text[],
                $26::text[], $27::text[], $28::text[], $29::bigint[], $30::bigint[], $31::bigint[], $32::bigint[],
                $33::bytea[])
                as part (id, from_rank, until_rank, position, place, holder_id, brief_kind, language, text, type,
                    status, term, low, high, confidence, marking, domain, actor_ids, place_ids, source_ids, topics,
                    period_from, period_until, horizon_from, horizon_until, body)",
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
            &column(rows, |row| row.place),
            &column(rows, |row| row.holder_id.clone()),
            &column(rows, |row| row.brief_kind),
            &column(rows, |row| row.language.clone()),
            &column(rows, |row| row.text.clone()),
            /* type */ &column(rows, |row| row.kind),
            &column(rows, |row| row.status),
            &column(rows, |row| row.term),
            &column(rows, |row| row.low),
            &column(rows, |row| row.high),
            &column(rows, |row| row.confidence),
            &column(rows, |row| row.marking),
            &column(rows, |row| row.domain.clone()),
            &lists(rows, |row| &row.actor_ids),
            &lists(rows, |row| &row.place_ids),
            &lists(rows, |row| &row.source_ids),
            &lists(rows, |row| &row.topics),
            /* period_from */ period_from.as_slice() as &[Option<i64>],
            /* period_until */ period_until.as_slice() as &[Option<i64>],
            /* horizon_from */ horizon_from.as_slice() as &[Option<i64>],
            /* horizon_until */ horizon_until.as_slice() as &[Option<i64>],
            &column(rows, |row| row.body.clone())
        )
        .execute(to)
        .await?;
        Ok(())
    }
}

/// Adds a revision's statements and titles to the search index.
pub(crate) async fn index_for_search(to: &mut PgConnection, columns: &RevisionColumns<'_>) -> Result<()> {
    sqlx::query!(
        "-- projections::statements::index_for_search
        select search_again($1, $2)",
        columns.brief_key,
        columns.revision
    )
    .execute(to)
    .await?;
    Ok(())
}
