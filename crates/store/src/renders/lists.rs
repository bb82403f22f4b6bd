//! Lists renders, newest first.

use chancery_proto::names::{BriefName, GeneratedId, ResourceId};
use time::OffsetDateTime;

use crate::access::principal::Principal;
use crate::error::Result;
use crate::renders::Renders;
use crate::renders::render::{Render, RenderState, select_renders};

/// Number of renders that one query scans when filtering by state.
const SCAN_SIZE: i64 = 1000;

/// Maximum number of scans for a page, so that its cost is bounded however rare the state is.
const MAX_SCANS: u32 = 8;

/// The state of a render without its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenderStateKind {
    /// Waiting for a worker.
    Queued,
    /// Being printed by a worker.
    Running,
    /// Finished with a PDF, which may have expired.
    Succeeded,
    /// Failed permanently.
    Failed,
    /// Cancelled by a caller.
    Cancelled,
}

impl RenderStateKind {
    /// Returns the kind of a state.
    pub const fn of(state: &RenderState) -> Self {
        match state {
            RenderState::Queued => Self::Queued,
            RenderState::Running { .. } => Self::Running,
            RenderState::Succeeded { .. } => Self::Succeeded,
            RenderState::Failed { .. } => Self::Failed,
            RenderState::Cancelled { .. } => Self::Cancelled,
        }
    }
}

/// A filter of a workspace's renders.
#[derive(Debug, Clone, Default)]
pub struct RenderFilter {
    /// Only renders in this state.
    pub state: Option<RenderStateKind>,
    /// Only renders of this brief, in the same workspace.
    pub brief: Option<BriefName>,
}

/// The page key of a render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderPageKey {
    /// When it was requested.
    pub created_at: OffsetDateTime,
    /// Breaks ties.
    pub render: GeneratedId,
}

impl RenderPageKey {
    /// Returns a render's page key.
    pub fn of(render: &Render) -> Self {
        Self { created_at: render.created_at, render: render.name.render.clone() }
    }
}

/// A page of renders.
#[derive(Debug, Clone, Default)]
pub struct RenderList {
    /// The renders, newest first.
    pub renders: Vec<Render>,
    /// The key of the last scanned render, when the scans ended before the page was full or the list exhausted.
    pub scanned_to: Option<RenderPageKey>,
}

impl Renders<'_> {
    /// Lists at most `limit` renders of a workspace after a page key, newest first, that are visible to the principal.
    pub async fn list(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        filter: &RenderFilter,
        after: Option<RenderPageKey>,
        limit: i64,
    ) -> Result<RenderList> {
        let wanted = usize::try_from(limit).unwrap_or(0);
        let window = if filter.state.is_some() { SCAN_SIZE.max(limit) } else { limit };
        let (mut list, mut after) = (RenderList::default(), after);
        for _ in 0..MAX_SCANS {
            let renders = self.render_window(principal, workspace, filter, after.as_ref(), window).await?;
            let is_last = i64::try_from(renders.len()).is_ok_and(|found| found < window);
            after = renders.last().map(RenderPageKey::of);
            let fits = |render: &Render| {
                filter.state.is_none_or(|state| RenderStateKind::of(&render.state) == state)
            };
            list.renders.extend(renders.into_iter().filter(fits));
            if is_last || list.renders.len() >= wanted {
                list.renders.truncate(wanted);
                return Ok(list);
            }
        }
        list.scanned_to = after;
        Ok(list)
    }

    /// Reads the next renders in any state.
    async fn render_window(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        filter: &RenderFilter,
        after: Option<&RenderPageKey>,
        limit: i64,
    ) -> Result<Vec<Render>> {
        let access = principal.access(workspace)?;
        let rows = select_renders!(
            "renders::lists::render_window",
            "where r.workspace_id = $2
                and r.visible_from <= $3::smallint
                and ($4::text is null or r.brief_id = $4)
                and ($5::timestamptz is null or (r.created_at, r.render_id) < ($5, $6))
            order by r.created_at desc, r.render_id desc
            limit $7",
            /* workspace_id */ workspace.as_str(),
            /* visible_from */ i16::from(access.clearance.0),
            /* brief_id */ filter.brief.as_ref().map(|brief| brief.brief.as_str()),
            /* after created_at */ after.map(|key| key.created_at),
            /* after render_id */ after.map(|key| key.render.as_str()),
            limit,
        )
        .fetch_all(self.pool)
        .await?;
        rows.into_iter().map(|row| row.into_render(principal, workspace)).collect()
    }
}
