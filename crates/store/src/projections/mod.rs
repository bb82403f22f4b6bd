//! Projections: a revision's parts as rows, made from its editions in the same transaction and rebuilt from them at
//! will. A row stands for the range of clearances whose editions hold exactly what it says, so that whoever reads rows
//! of his rank reads his edition, whatever the columns are.

mod actors;
mod columns;
mod events;
mod part_references;
mod relationships;
mod sources;
mod statements;
pub(crate) mod version;

use std::collections::BTreeMap;

use chancery_brief::Canonical;
use chancery_brief::marking::{Rank, Scheme};
use chancery_proto::brief::v1::BriefContent;
use time::OffsetDateTime;

use crate::briefs::import_records::ImportRecord;
use crate::convert::damaged;
use crate::database::PgConnection;
use crate::error::Result;
use actors::{Actors, Labels};
use columns::{Ranged, Row};
use events::Events;
use part_references::References;
use relationships::Relationships;
use sources::Sources;
use statements::Statements;

pub(crate) use statements::index_for_search;

/// One edition of a revision.
pub(crate) struct RankedContent<'a> {
    /// The lowest clearance that sees it.
    pub(crate) from: Rank,
    /// Its content.
    pub(crate) content: &'a BriefContent,
}

/// Where a revision's rows belong.
#[allow(clippy::struct_field_names, reason = "the columns are called so")]
pub(crate) struct RevisionColumns<'a> {
    pub(crate) workspace: &'a str,
    pub(crate) brief_id: &'a str,
    pub(crate) brief_key: i64,
    pub(crate) revision: i32,
    /// Up to which rank, excluded, the revision is the newest.
    pub(crate) current_until: i16,
    pub(crate) published_at: OffsetDateTime,
    pub(crate) recorded_at: OffsetDateTime,
    /// The importer's display name; `None` for a revision that was published here.
    pub(crate) importer: Option<&'a str>,
}

impl RevisionColumns<'_> {
    /// The revision's import record, if it was imported.
    pub(crate) fn import_record(&self) -> Option<ImportRecord> {
        ImportRecord::of_columns(self.importer.map(str::to_owned), self.recorded_at)
    }
}

/// The rows of one revision.
pub(crate) struct Projection {
    statements: Statements,
    actors: Actors,
    labels: Labels,
    relationships: Relationships,
    events: Events,
    sources: Sources,
    references: References,
}

impl Projection {
    /// Of a revision's editions, the lowest first.
    pub(crate) fn new(levels: &[RankedContent<'_>], scheme: Scheme) -> Result<Self> {
        Ok(Self {
            statements: Statements(ranged(levels, |content| statements::rows(content, scheme))?),
            actors: Actors(ranged(levels, |content| actors::rows(content, scheme))?),
            labels: Labels(ranged(levels, |content| Ok(actors::labels(content)))?),
            relationships: Relationships(ranged(levels, |content| relationships::rows(content, scheme))?),
            events: Events(ranged(levels, |content| events::rows(content, scheme))?),
            sources: Sources(ranged(levels, |content| sources::rows(content, scheme))?),
            references: References(ranged(levels, |content| {
                let canonical = Canonical::of_trusted(content.clone(), scheme).map_err(damaged)?;
                Ok(part_references::rows(&canonical))
            })?),
        })
    }

    /// Writes the rows. Search finds them after [`index_for_search`].
    pub(crate) async fn write(&self, to: &mut PgConnection, columns: &RevisionColumns<'_>) -> Result<()> {
        self.statements.write(to, columns).await?;
        self.actors.write(to, columns).await?;
        self.labels.write(to, columns).await?;
        self.relationships.write(to, columns).await?;
        self.events.write(to, columns).await?;
        self.sources.write(to, columns).await?;
        self.references.write(to, columns).await
    }
}

/// The rows of all editions, those that follow each other unchanged as one.
fn ranged<R: Row>(
    levels: &[RankedContent<'_>],
    rows: impl Fn(&BriefContent) -> Result<Vec<R>>,
) -> Result<Vec<Ranged<R>>> {
    let mut done: Vec<Ranged<R>> = Vec::new();
    let mut open: BTreeMap<R::Key, Ranged<R>> = BTreeMap::new();
    for level in levels {
        let here = i16::from(level.from);
        let mut next = BTreeMap::new();
        for (position, row) in (0..).zip(rows(level.content)?) {
            let key = row.key();
            let mut ranged = Ranged { from: here, until: RANKS, position, row };
            if let Some(before) = open.remove(&key) {
                if before.row == ranged.row {
                    ranged.from = before.from;
                } else {
                    done.push(Ranged { until: here, ..before });
                }
            }
            next.insert(key, ranged);
        }
        done.extend(open.into_values().map(|gone| Ranged { until: here, ..gone }));
        open = next;
    }
    let positions: BTreeMap<R::Key, i32> =
        open.iter().map(|(key, ranged)| (key.clone(), ranged.position)).collect();
    done.extend(open.into_values());
    for ranged in &mut done {
        // What a lower edition holds the highest holds too; a row that is not there keeps its own place.
        ranged.position = positions.get(&ranged.row.key()).copied().unwrap_or(ranged.position);
    }
    done.sort_by_key(|ranged| (ranged.position, ranged.from));
    Ok(done)
}

/// Past the highest rank.
pub(crate) const RANKS: i16 = 16;
