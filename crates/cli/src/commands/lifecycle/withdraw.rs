//! `withdraw`: withdraws a revision.

use chancery_proto::brief::v1::WithdrawBriefRevisionRequest;

use super::deliveries;
use crate::args::Global;
use crate::args::lifecycle::RevisionWithReason;
use crate::connection::connect;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;

pub async fn run(global: &Global, arguments: &RevisionWithReason) -> Result<(), Failure> {
    let name = names::revision(&global.workspace, &arguments.name)?.to_string();
    let request =
        WithdrawBriefRevisionRequest { name, reason: arguments.reason.clone(), ..Default::default() };
    let response = connect(global).await?.withdraw_brief_revision(request).await?;
    output::response(global.json, &response, || {
        let deliveries = deliveries::text(&response.deliveries, response.total_deliveries);
        format!("{}: withdrawn\n{deliveries}", response.name)
    })
}
