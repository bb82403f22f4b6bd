//! A breadth-first walk from a part to all parts that rest on it, in all briefs at once.

use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::PartKind;

use super::impact_target::{Holder, ImpactTarget};
use crate::convert::damaged;
use crate::database::PgConnection;
use crate::error::Result;

/// Maximum number of parts that a walk reaches.
const MAX_PARTS: usize = 10_000;

/// Maximum number of references that a step reads.
const MAX_REFERENCES: i64 = 100_000;

/// The fields through which a part rests on another. Other references merely mention it.
const SUPPORTS: [&str; 8] = [
    "citations",
    "rests_on",
    "statement_ids",
    "source_ids",
    "statement_id",
    "part_id",
    "replaced_by",
    "evidence_ids",
];

/// A part: the brief's key, the kind's number, and the part's id.
pub(super) type Node = (i64, i16, String);

/// The path to a reached part.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// The number of references on the shortest path.
    pub(super) distance: i32,
    /// The parts that it was reached from.
    pub(super) via: BTreeSet<String>,
}

/// The state of a walk.
pub(super) struct Walk {
    rank: i16,
    pub(super) revisions: BTreeMap<i64, i32>,
    /// The traced part in each brief. It is never reached, even if it rests on a part that rests on it.
    origins: BTreeSet<(i64, String)>,
    pub(super) reached: BTreeMap<Node, Reached>,
    /// The parts reached in the last step. Changes are omitted: nothing rests on them, and their id is that of the
    /// changed part.
    frontier: Vec<(i64, String)>,
    distance: i32,
    pub(super) is_truncated: bool,
}

struct Reference {
    brief_key: i64,
    from_kind: i16,
    from_id: String,
    to_id: String,
}

impl Walk {
    pub(super) async fn begin(
        connection: &mut PgConnection,
        holders: &[Holder],
        target: ImpactTarget<'_>,
        rank: i16,
    ) -> Result<Self> {
        let origins: BTreeSet<(i64, String)> =
            holders.iter().map(|holder| (holder.brief_key, holder.id.clone())).collect();
        let mut walk = Self {
            rank,
            revisions: holders.iter().map(|holder| (holder.brief_key, holder.revision)).collect(),
            frontier: origins.iter().cloned().collect(),
            origins,
            reached: BTreeMap::new(),
            distance: 0,
            is_truncated: false,
        };
        if let (ImpactTarget::Relationship(_), [holder]) = (target, holders) {
            // `take` clears the frontier, so the first step combines both directions: the statements that state the
            // relationship, and the parts that refer to it.
            let mut first_step = walk.statements_of(connection, holder).await?;
            first_step.extend(walk.next(connection).await?);
            walk.take(first_step);
        }
        Ok(walk)
    }

    /// Reads the statements that state a relationship.
    async fn statements_of(&self, connection: &mut PgConnection, holder: &Holder) -> Result<Vec<Reference>> {
        let statement = i16::try_from(PartKind::Statement as i32).map_err(damaged)?;
        let references = sqlx::query_as!(
            Reference,
            r#"-- knowledge::impact_walk::statements_of
            select brief_key, $5::smallint as "from_kind!", to_id as from_id, from_id as to_id from part_references
            where brief_key = $1 and revision = $2 and from_kind = $6 and from_id = $3 and role = 'statement_ids'
                and from_rank <= $4 and until_rank > $4
            order by to_id"#,
            holder.brief_key,
            holder.revision,
            holder.id,
            self.rank,
            statement,
            i16::try_from(PartKind::Relationship as i32).map_err(damaged)?
        );
        Ok(references.fetch_all(connection).await?)
    }

    pub(super) async fn run(&mut self, connection: &mut PgConnection) -> Result<()> {
        while !self.frontier.is_empty() && !self.is_truncated {
            let references = self.next(connection).await?;
            self.is_truncated = i64::try_from(references.len()).is_ok_and(|found| found == MAX_REFERENCES);
            self.take(references);
        }
        Ok(())
    }

    /// Reads the references to the parts of the last step. A key judgment and its own sentences say the same, so each
    /// rests on the other.
    async fn next(&self, connection: &mut PgConnection) -> Result<Vec<Reference>> {
        let keys: Vec<i64> = self.frontier.iter().map(|(key, _)| *key).collect();
        let revisions: Vec<i32> = keys.iter().map(|key| self.revisions[key]).collect();
        let ids: Vec<String> = self.frontier.iter().map(|(_, id)| id.clone()).collect();
        let supports: Vec<String> = SUPPORTS.map(str::to_owned).to_vec();
        let references = sqlx::query_as!(
            Reference,
            r#"-- knowledge::impact_walk::next
            with frontier as (
                select * from unnest($1::bigint[], $2::integer[], $3::text[]) as f (brief_key, revision, id)
            )
            select brief_key as "brief_key!", from_kind as "from_kind!", from_id as "from_id!", to_id as "to_id!"
            from (
                select r.brief_key, r.from_kind, r.from_id, r.to_id
                from frontier f
                join part_references r on r.brief_key = f.brief_key and r.revision = f.revision and r.to_id = f.id
                where r.role = any($4) and r.from_rank <= $5 and r.until_rank > $5
                union
                select s.brief_key, 2::smallint, s.holder_id, s.statement_id
                from frontier f
                join statements s on s.brief_key = f.brief_key and s.revision = f.revision and s.statement_id = f.id
                where s.place = 2 and s.from_rank <= $5 and s.until_rank > $5
                union
                select s.brief_key, 1::smallint, s.statement_id, s.holder_id
                from frontier f
                join statements s on s.brief_key = f.brief_key and s.revision = f.revision and s.holder_id = f.id
                where s.place = 2 and s.from_rank <= $5 and s.until_rank > $5
            ) as reference
            order by 1, 2, 3, 4
            limit $6"#,
            &keys,
            &revisions,
            &ids,
            &supports,
            self.rank,
            MAX_REFERENCES
        );
        Ok(references.fetch_all(connection).await?)
    }

    fn take(&mut self, references: Vec<Reference>) {
        self.frontier.clear();
        self.distance += 1;
        for Reference { brief_key, from_kind, from_id, to_id } in references {
            let is_change = i32::from(from_kind) == PartKind::Change as i32;
            if !is_change && self.origins.contains(&(brief_key, from_id.clone())) {
                continue;
            }
            let node = (brief_key, from_kind, from_id);
            if !self.reached.contains_key(&node) {
                if self.reached.len() == MAX_PARTS {
                    self.is_truncated = true;
                    continue;
                }
                if !is_change {
                    self.frontier.push((brief_key, node.2.clone()));
                }
            }
            let distance = self.distance;
            let reached =
                self.reached.entry(node).or_insert_with(|| Reached { distance, via: BTreeSet::new() });
            reached.via.insert(to_id);
        }
    }
}
