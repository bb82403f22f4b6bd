//! The forecasts of a brief: what it predicts, how likely, until when, and how it will be settled.

use chancery_brief::reading_order::{self, LocatedStatement};
use chancery_proto::brief::v1::{BriefContent, StatementStatus, StatementType};

use crate::compose::composer::Composer;
use crate::tags::TagId;

impl Composer<'_> {
    /// Adds the table of forecasts.
    pub(crate) fn forecasts(&mut self, _sect: TagId) {}
}

/// Returns the forecasts of a brief that still hold, in reading order.
pub(crate) fn forecasts(content: &BriefContent) -> impl Iterator<Item = LocatedStatement<'_>> {
    reading_order::located_statements(content).into_iter().filter(|located| {
        let statement = located.statement;
        let ended = [StatementStatus::Superseded as i32, StatementStatus::Withdrawn as i32];
        statement.withheld.is_none()
            && statement.r#type == StatementType::Forecast as i32
            && !ended.contains(&statement.status)
    })
}
