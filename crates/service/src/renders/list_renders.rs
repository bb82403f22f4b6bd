//! The query of `ListRenders`.

use chancery_proto::names::{BriefName, ResourceId, WorkspaceName};
use chancery_proto::render::v1::{ListRendersRequest, RenderState};
use chancery_store::{RenderFilter, RenderPageKey, RenderStateKind};
use time::OffsetDateTime;
use tonic::Status;

use crate::rpc::errors::{invalid_field, invalid_page_token, unknown_value};
use crate::rpc::fields::name;
use crate::rpc::pagination::Page;

/// A checked query for one page of a workspace's renders.
#[derive(Debug)]
pub(crate) struct RenderListQuery {
    pub(crate) workspace: ResourceId,
    pub(crate) filter: RenderFilter,
    pub(crate) page: Page,
    pub(crate) after: Option<RenderPageKey>,
}

impl RenderListQuery {
    /// Checks a request. A page token is valid for one parent, state and brief.
    pub(crate) fn decode(request: &ListRendersRequest) -> Result<Self, Status> {
        let WorkspaceName { workspace } = name("parent", &request.parent)?;
        let brief = match request.brief.as_str() {
            "" => None,
            given => Some(name::<BriefName>("brief", given)?),
        };
        if brief.as_ref().is_some_and(|brief| brief.workspace != workspace) {
            return Err(invalid_field("brief", "must be in the parent's workspace"));
        }
        let state =
            RenderState::try_from(request.state).map_err(|_| unknown_value("state", "RenderState"))?;
        let query = format!("renders of {workspace} in {} of {}", state.as_str_name(), request.brief);
        let page = Page::read(query, request.page_size, &request.page_token)?;
        let after = match &page.after {
            Some(key) => Some(parse_position(key).ok_or_else(invalid_page_token)?),
            None => None,
        };
        Ok(Self { workspace, filter: RenderFilter { state: kind_of(state), brief }, page, after })
    }
}

const fn kind_of(state: RenderState) -> Option<RenderStateKind> {
    match state {
        RenderState::Unspecified => None,
        RenderState::Queued => Some(RenderStateKind::Queued),
        RenderState::Running => Some(RenderStateKind::Running),
        RenderState::Succeeded => Some(RenderStateKind::Succeeded),
        RenderState::Failed => Some(RenderStateKind::Failed),
        RenderState::Cancelled => Some(RenderStateKind::Cancelled),
    }
}

/// Encodes a position for a page token: the creation time in nanoseconds, and the render's id.
pub(crate) fn position_key(position: &RenderPageKey) -> String {
    format!("{}/{}", position.created_at.unix_timestamp_nanos(), position.render)
}

fn parse_position(key: &str) -> Option<RenderPageKey> {
    let (time, render) = key.split_once('/')?;
    let created_at = OffsetDateTime::from_unix_timestamp_nanos(time.parse().ok()?).ok()?;
    Some(RenderPageKey { created_at, render: render.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use chancery_store::RenderPageKey;
    use time::{Duration, OffsetDateTime};

    use super::{parse_position, position_key};

    #[test]
    fn a_position_round_trips_through_its_key() {
        let created_at = OffsetDateTime::UNIX_EPOCH + Duration::microseconds(1_763_840_000_123_457);
        let position =
            RenderPageKey { created_at, render: "0123456789abcdef0123456789abcdef".parse().unwrap() };
        assert_eq!(parse_position(&position_key(&position)), Some(position));
    }

    #[test]
    fn malformed_keys_are_rejected() {
        for key in ["", "/", "1", "1/x", "x/0123456789abcdef0123456789abcdef", "99999999999999999999999999/0"]
        {
            assert_eq!(parse_position(key), None, "{key}");
        }
    }
}
