//! `purge`: destroys the content of a revision.

use chancery_proto::brief::v1::PurgeBriefRevisionRequest;

use super::deliveries;
use crate::args::Global;
use crate::args::lifecycle::RevisionWithReason;
use crate::connection::connect;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;

pub async fn run(global: &Global, arguments: &RevisionWithReason) -> Result<(), Failure> {
    let name = names::revision(&global.workspace, &arguments.name)?.to_string();
    let request = PurgeBriefRevisionRequest { name, reason: arguments.reason.clone(), ..Default::default() };
    let response = connect(global).await?.purge_brief_revision(request).await?;
    output::response(global.json, &response, || {
        let pdfs = response.purged_pdfs;
        let deliveries = deliveries::text(&response.deliveries, response.total_deliveries);
        format!("{}: purged, with {pdfs} PDF(s); the draft is unchanged\n{deliveries}", response.name)
    })
}
