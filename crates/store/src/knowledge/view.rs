//! The rows of a workspace visible to a principal, now or at an earlier moment.

use chancery_brief::marking::Scheme;
use chancery_proto::names::ResourceId;
use sqlx::{Postgres, QueryBuilder};
use time::OffsetDateTime;

use crate::access::principal::Principal;
use crate::error::Result;

/// An earlier moment to view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// The moment.
    pub time: OffsetDateTime,
    /// The clock by which a revision existed at that moment.
    pub clock: Clock,
}

/// The clock that dates a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The publish time, which an import may state.
    Published,
    /// The time at which this database recorded it.
    Recorded,
}

/// The principal, workspace and moment of a view. Tables of parts have the alias `t`.
pub(super) struct View<'a> {
    workspace: &'a ResourceId,
    pub(super) scheme: Scheme,
    pub(super) rank: i16,
    as_of: Option<AsOf>,
}

impl<'a> View<'a> {
    pub(super) fn new(principal: &Principal, workspace: &'a ResourceId, as_of: Option<AsOf>) -> Result<Self> {
        let access = principal.access(workspace)?;
        Ok(Self { workspace, scheme: access.scheme, rank: i16::from(access.clearance.0), as_of })
    }

    /// Pushes the start of the statement: for an earlier moment, the revision of each brief that was newest then. A
    /// revision purged later was the newest until its purge, but has no rows any more.
    pub(super) fn push_with(&self, statement: &mut QueryBuilder<Postgres>) {
        let Some(AsOf { time, clock }) = self.as_of else { return };
        statement.push(
            "with held as (
                select r.brief_key, r.revision from briefs b
                cross join lateral (
                    select revision, brief_key from revisions
                    where brief_key = b.brief_key and floor <= ",
        );
        statement.push_bind(self.rank).push(match clock {
            Clock::Published => " and published_at <= ",
            Clock::Recorded => " and recorded_at <= ",
        });
        statement.push_bind(time).push(" and (withdrawn_at > ").push_bind(time);
        statement.push(" or withdrawn_at is null) and (purged_at > ").push_bind(time);
        statement.push(" or purged_at is null) order by revision desc limit 1) r where b.workspace_id = ");
        statement.push_bind(self.workspace.as_str().to_owned()).push(" and b.deleted_at is null)\n");
    }

    /// Pushes the table with the view's conditions, to which more can be appended with `and`. For the present view the
    /// last condition is implied by the others, and lets the planner use indexes of current rows.
    pub(super) fn push_from(&self, table: &'static str, statement: &mut QueryBuilder<Postgres>) {
        statement.push("\nfrom ").push(table).push(" t ");
        if self.as_of.is_some() {
            statement.push("join held using (brief_key, revision) where true");
        } else {
            statement.push("where t.workspace_id = ").push_bind(self.workspace.as_str().to_owned());
            statement.push(" and t.current_until > ").push_bind(self.rank);
            statement.push(" and t.current_until > t.from_rank");
        }
        statement.push(" and t.from_rank <= ").push_bind(self.rank);
        statement.push(" and t.until_rank > ").push_bind(self.rank);
    }
}
