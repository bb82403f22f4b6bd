//! Facts of a brief's content that the plan and the parts share.

use chancery_brief::reading_order::{self, LocatedStatement};
use chancery_proto::brief::v1::{BriefContent, Dissent, KeyJudgment, StatementStatus, StatementType};

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

/// Returns the number of the judgment that a dissent disputes, or of one that rests on a disputed statement.
pub(crate) fn disputed_judgment(content: &BriefContent, dissent: &Dissent) -> Option<usize> {
    let disputes = |judgment: &KeyJudgment| {
        let own = judgment.statements.iter().map(|statement| &statement.id);
        own.chain(&judgment.rests_on).chain([&judgment.id]).any(|id| dissent.statement_ids.contains(id))
    };
    Some(content.key_judgments.iter().position(disputes)? + 1)
}
