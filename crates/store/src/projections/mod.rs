//! Projections: the parts of a revision as rows, made from its editions in the same transaction, and rebuildable from
//! them at any time.
//!
//! Each row has the range of clearances whose editions contain exactly its values. Reading the rows of a rank therefore
//! equals reading the edition of that rank, whatever the columns are.

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

/// The content of one edition.
pub(crate) struct RankedContent<'a> {
    /// The lowest clearance that reads it.
    pub(crate) from: Rank,
    /// The edition's content.
    pub(crate) content: &'a BriefContent,
}

/// The columns that all rows of a revision share.
#[allow(clippy::struct_field_names, reason = "the fields are named after columns")]
pub(crate) struct RevisionColumns<'a> {
    pub(crate) workspace: &'a str,
    pub(crate) brief_id: &'a str,
    pub(crate) brief_key: i64,
    pub(crate) revision: i32,
    /// The exclusive rank up to which the revision is the newest.
    pub(crate) current_until: i16,
    pub(crate) published_at: OffsetDateTime,
    pub(crate) recorded_at: OffsetDateTime,
    /// The importer's display name; `None` for a revision that was published here.
    pub(crate) importer: Option<&'a str>,
}

impl RevisionColumns<'_> {
    /// Returns the revision's import record, if it was imported.
    pub(crate) fn import_record(&self) -> Option<ImportRecord> {
        ImportRecord::of_columns(self.importer.map(str::to_owned), self.recorded_at)
    }
}

/// All projected rows of a revision.
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
    /// Projects a revision's editions, given in ascending order.
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

/// Projects all editions, and merges rows that are equal in consecutive editions.
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
        // The highest edition contains every row of the lower ones; a row that it lacks keeps its own position.
        ranged.position = positions.get(&ranged.row.key()).copied().unwrap_or(ranged.position);
    }
    done.sort_by_key(|ranged| (ranged.position, ranged.from));
    Ok(done)
}

/// The number of ranks, which is the exclusive upper bound of a rank.
pub(crate) const RANKS: i16 = 16;
