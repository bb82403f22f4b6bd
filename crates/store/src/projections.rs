//! Projections: a revision's parts as rows, made from its content in the same transaction and rebuilt from it at will.
//! The rows stand here column by column, which is how `unnest` takes them.

use std::collections::BTreeMap;

use chancery_brief::marking::{Policy, Rank};
use chancery_brief::{Canonical, redact};
use chancery_proto::brief::v1::{Actor, BriefContent, Event, Relationship, Source, Statement};
use sqlx::PgConnection;

use crate::{Result, damaged};
use chancery_brief::reading_order::statements;

/// The rows of one revision.
#[derive(Debug, Default)]
pub(crate) struct Projection {
    statements: Statements,
    actors: Actors,
    relationships: Relationships,
    events: Events,
    sources: Sources,
    references: References,
}

#[derive(Debug, Default)]
struct Statements {
    ids: Vec<String>,
    texts: Vec<String>,
    types: Vec<i16>,
    statuses: Vec<i16>,
    terms: Vec<i16>,
    lows: Vec<i16>,
    highs: Vec<i16>,
    confidences: Vec<i16>,
    markings: Vec<String>,
    visible_from: Vec<i16>,
}

#[derive(Debug, Default)]
struct Actors {
    ids: Vec<String>,
    names: Vec<String>,
    short_names: Vec<String>,
    kinds: Vec<i16>,
    country_codes: Vec<String>,
    markings: Vec<String>,
    visible_from: Vec<i16>,
}

#[derive(Debug, Default)]
struct Relationships {
    ids: Vec<String>,
    from_ids: Vec<String>,
    to_ids: Vec<String>,
    types: Vec<String>,
    symmetric: Vec<bool>,
    periods: Vec<String>,
    statuses: Vec<i16>,
    markings: Vec<String>,
    visible_from: Vec<i16>,
}

#[derive(Debug, Default)]
struct Events {
    ids: Vec<String>,
    titles: Vec<String>,
    dates: Vec<String>,
    precisions: Vec<i16>,
    types: Vec<i16>,
    markings: Vec<String>,
    visible_from: Vec<i16>,
}

#[derive(Debug, Default)]
struct Sources {
    ids: Vec<String>,
    titles: Vec<String>,
    publishers: Vec<String>,
    dates: Vec<String>,
    urls: Vec<String>,
    types: Vec<i16>,
    reliabilities: Vec<i16>,
    markings: Vec<String>,
    visible_from: Vec<i16>,
}

#[derive(Debug, Default)]
struct References {
    from_ids: Vec<String>,
    roles: Vec<String>,
    to_ids: Vec<String>,
    visible_from: Vec<i16>,
}

impl Projection {
    /// Of a revision's whole content.
    pub(crate) fn new(canonical: &Canonical, policy: Policy) -> Result<Self> {
        let visibility = redact::visible_from(canonical, policy);
        let content: &BriefContent = canonical.content();
        let mut projection = Self::default();
        for statement in statements(content) {
            projection.statements.push(statement, seen(&visibility.parts, &statement.id)?)?;
        }
        for actor in &content.actors {
            projection.actors.push(actor, seen(&visibility.parts, &actor.id)?)?;
        }
        for relationship in &content.relationships {
            projection.relationships.push(relationship, seen(&visibility.parts, &relationship.id)?)?;
        }
        for event in &content.events {
            projection.events.push(event, seen(&visibility.parts, &event.id)?)?;
        }
        for source in &content.sources {
            projection.sources.push(source, seen(&visibility.parts, &source.id)?)?;
        }
        for (reference, rank) in &visibility.references {
            projection.references.from_ids.push(reference.holder.clone());
            projection.references.roles.push(reference.field.to_owned());
            projection.references.to_ids.push(reference.target.clone());
            projection.references.visible_from.push(i16::from(*rank));
        }
        Ok(projection)
    }

    /// Writes the rows.
    pub(crate) async fn write(&self, to: &mut PgConnection, brief_key: i64, revision: i32) -> Result<()> {
        self.statements.write(to, brief_key, revision).await?;
        self.actors.write(to, brief_key, revision).await?;
        self.relationships.write(to, brief_key, revision).await?;
        self.events.write(to, brief_key, revision).await?;
        self.sources.write(to, brief_key, revision).await?;
        self.references.write(to, brief_key, revision).await
    }
}

/// From which clearance a part is seen. The highest sees all of them, so each part has a rank.
fn seen(parts: &BTreeMap<String, Rank>, id: &str) -> Result<i16> {
    let rank = parts.get(id).ok_or_else(|| damaged(format!("no clearance sees part {id}")))?;
    Ok(i16::from(*rank))
}

/// An enum's number or a percentage: the protos keep both far below the limit.
fn small(number: impl TryInto<i16>) -> Result<i16> {
    number.try_into().map_err(|_| damaged("a number in the content is out of range"))
}

impl Statements {
    fn push(&mut self, statement: &Statement, visible_from: i16) -> Result<()> {
        let likelihood = statement.likelihood.clone().unwrap_or_default();
        let confidence = statement.confidence.as_ref().map_or(0, |confidence| confidence.level);
        self.ids.push(statement.id.clone());
        self.texts.push(statement.text.clone());
        self.types.push(small(statement.r#type)?);
        self.statuses.push(small(statement.status)?);
        self.terms.push(small(likelihood.term)?);
        self.lows.push(small(likelihood.low_percent)?);
        self.highs.push(small(likelihood.high_percent)?);
        self.confidences.push(small(confidence)?);
        self.markings.push(statement.marking.clone());
        self.visible_from.push(visible_from);
        Ok(())
    }

    async fn write(&self, to: &mut PgConnection, brief_key: i64, revision: i32) -> Result<()> {
        sqlx::query!(
            "-- projections::statements
            insert into statements (brief_key, revision, position, statement_id, text, type, status, likelihood_term,
                likelihood_low, likelihood_high, confidence, marking, visible_from)
            select $1, $2, place - 1, id, text, type, status, term, low, high, confidence, marking, visible_from
            from unnest($3::text[], $4::text[], $5::smallint[], $6::smallint[], $7::smallint[], $8::smallint[],
                $9::smallint[], $10::smallint[], $11::text[], $12::smallint[]) with ordinality
                as part (id, text, type, status, term, low, high, confidence, marking, visible_from, place)",
            brief_key,
            revision,
            &self.ids,
            &self.texts,
            &self.types,
            &self.statuses,
            &self.terms,
            &self.lows,
            &self.highs,
            &self.confidences,
            &self.markings,
            &self.visible_from
        )
        .execute(to)
        .await?;
        Ok(())
    }
}

impl Actors {
    fn push(&mut self, actor: &Actor, visible_from: i16) -> Result<()> {
        self.ids.push(actor.id.clone());
        self.names.push(actor.name.clone());
        self.short_names.push(actor.short_name.clone());
        self.kinds.push(small(actor.kind)?);
        self.country_codes.push(actor.country_code.clone());
        self.markings.push(actor.marking.clone());
        self.visible_from.push(visible_from);
        Ok(())
    }

    async fn write(&self, to: &mut PgConnection, brief_key: i64, revision: i32) -> Result<()> {
        sqlx::query!(
            "-- projections::actors
            insert into actors
                (brief_key, revision, position, actor_id, name, short_name, kind, country_code, marking, visible_from)
            select $1, $2, place - 1, id, name, short_name, kind, country_code, marking, visible_from
            from unnest($3::text[], $4::text[], $5::text[], $6::smallint[], $7::text[], $8::text[], $9::smallint[])
                with ordinality as part (id, name, short_name, kind, country_code, marking, visible_from, place)",
            brief_key,
            revision,
            &self.ids,
            &self.names,
            &self.short_names,
            &self.kinds,
            &self.country_codes,
            &self.markings,
            &self.visible_from
        )
        .execute(to)
        .await?;
        Ok(())
    }
}

impl Relationships {
    fn push(&mut self, relationship: &Relationship, visible_from: i16) -> Result<()> {
        let period = relationship.period.as_ref().map_or("", |period| period.edtf.as_str());
        self.ids.push(relationship.id.clone());
        self.from_ids.push(relationship.from_id.clone());
        self.to_ids.push(relationship.to_id.clone());
        self.types.push(relationship.r#type.clone());
        self.symmetric.push(relationship.symmetric);
        self.periods.push(period.to_owned());
        self.statuses.push(small(relationship.status)?);
        self.markings.push(relationship.marking.clone());
        self.visible_from.push(visible_from);
        Ok(())
    }

    async fn write(&self, to: &mut PgConnection, brief_key: i64, revision: i32) -> Result<()> {
        sqlx::query!(
            "-- projections::relationships
            insert into relationships (brief_key, revision, position, relationship_id, from_id, to_id, type,
                symmetric_tie, period, status, marking, visible_from)
            select $1, $2, place - 1, id, from_id, to_id, type, symmetric_tie, period, status, marking, visible_from
            from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::text[], $9::smallint[],
                $10::text[], $11::smallint[]) with ordinality
                as part (id, from_id, to_id, type, symmetric_tie, period, status, marking, visible_from, place)",
            brief_key,
            revision,
            &self.ids,
            &self.from_ids,
            &self.to_ids,
            &self.types,
            &self.symmetric,
            &self.periods,
            &self.statuses,
            &self.markings,
            &self.visible_from
        )
        .execute(to)
        .await?;
        Ok(())
    }
}

impl Events {
    fn push(&mut self, event: &Event, visible_from: i16) -> Result<()> {
        self.ids.push(event.id.clone());
        self.titles.push(event.title.clone());
        self.dates.push(event.date.clone());
        self.precisions.push(small(event.precision)?);
        self.types.push(small(event.r#type)?);
        self.markings.push(event.marking.clone());
        self.visible_from.push(visible_from);
        Ok(())
    }

    async fn write(&self, to: &mut PgConnection, brief_key: i64, revision: i32) -> Result<()> {
        sqlx::query!(
            "-- projections::events
            insert into events
                (brief_key, revision, position, event_id, title, date, precision, type, marking, visible_from)
            select $1, $2, place - 1, id, title, date, exactness, type, marking, visible_from
            from unnest($3::text[], $4::text[], $5::text[], $6::smallint[], $7::smallint[], $8::text[], $9::smallint[])
                with ordinality as part (id, title, date, exactness, type, marking, visible_from, place)",
            brief_key,
            revision,
            &self.ids,
            &self.titles,
            &self.dates,
            &self.precisions,
            &self.types,
            &self.markings,
            &self.visible_from
        )
        .execute(to)
        .await?;
        Ok(())
    }
}

impl Sources {
    fn push(&mut self, source: &Source, visible_from: i16) -> Result<()> {
        self.ids.push(source.id.clone());
        self.titles.push(source.title.clone());
        self.publishers.push(source.publisher.clone());
        self.dates.push(source.date.clone());
        self.urls.push(source.url.clone());
        self.types.push(small(source.r#type)?);
        self.reliabilities.push(small(source.reliability)?);
        self.markings.push(source.marking.clone());
        self.visible_from.push(visible_from);
        Ok(())
    }

    async fn write(&self, to: &mut PgConnection, brief_key: i64, revision: i32) -> Result<()> {
        sqlx::query!(
            "-- projections::sources
            insert into sources (brief_key, revision, position, source_id, title, publisher, date, url, type,
                reliability, marking, visible_from)
            select $1, $2, place - 1, id, title, publisher, date, url, type, reliability, marking, visible_from
            from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::smallint[], $9::smallint[],
                $10::text[], $11::smallint[]) with ordinality
                as part (id, title, publisher, date, url, type, reliability, marking, visible_from, place)",
            brief_key,
            revision,
            &self.ids,
            &self.titles,
            &self.publishers,
            &self.dates,
            &self.urls,
            &self.types,
            &self.reliabilities,
            &self.markings,
            &self.visible_from
        )
        .execute(to)
        .await?;
        Ok(())
    }
}

impl References {
    async fn write(&self, to: &mut PgConnection, brief_key: i64, revision: i32) -> Result<()> {
        sqlx::query!(
            "-- projections::references
            insert into part_references (brief_key, revision, from_id, role, to_id, visible_from)
            select $1, $2, from_id, role, to_id, visible_from
            from unnest($3::text[], $4::text[], $5::text[], $6::smallint[])
                as part (from_id, role, to_id, visible_from)",
            brief_key,
            revision,
            &self.from_ids,
            &self.roles,
            &self.to_ids,
            &self.visible_from
        )
        .execute(to)
        .await?;
        Ok(())
    }
}
