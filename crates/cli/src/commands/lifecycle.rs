//! `withdraw`, `purge`, `delete` and `undelete`: what becomes of briefs after they were written.

use chancery_proto::brief::v1::{
    DeleteBriefRequest, PdfDelivery, PurgeBriefRevisionRequest, UndeleteBriefRequest,
    WithdrawBriefRevisionRequest,
};

use crate::args::{BriefArg, Global, Reasoned};
use crate::connection::connect;
use crate::failure::Failure;
use crate::text::time;
use crate::{names, output};

pub async fn withdraw(global: &Global, arguments: &Reasoned) -> Result<(), Failure> {
    let name = names::revision(&global.workspace, &arguments.name)?.to_string();
    let request =
        WithdrawBriefRevisionRequest { name, reason: arguments.reason.clone(), ..Default::default() };
    let done = connect(global).await?.withdraw_brief_revision(request).await?;
    output::answer(global.json, &done, || {
        format!("{}: withdrawn\n{}", done.name, delivered(&done.deliveries, done.total_deliveries))
    })
}

pub async fn purge(global: &Global, arguments: &Reasoned) -> Result<(), Failure> {
    let name = names::revision(&global.workspace, &arguments.name)?.to_string();
    let request = PurgeBriefRevisionRequest { name, reason: arguments.reason.clone(), ..Default::default() };
    let done = connect(global).await?.purge_brief_revision(request).await?;
    output::answer(global.json, &done, || {
        let pdfs = done.purged_pdfs;
        let told = delivered(&done.deliveries, done.total_deliveries);
        format!("{}: purged, with {pdfs} PDF(s); the draft is as it was\n{told}", done.name)
    })
}

pub async fn delete(global: &Global, arguments: &BriefArg) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?.to_string();
    let request = DeleteBriefRequest { name, ..DeleteBriefRequest::default() };
    let brief = connect(global).await?.delete_brief(request).await?;
    output::answer(global.json, &brief, || {
        format!(
            "{}: deleted; `undelete` brings it back until {}\n",
            brief.name,
            time(brief.purge_time.as_ref())
        )
    })
}

pub async fn undelete(global: &Global, arguments: &BriefArg) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?.to_string();
    let request = UndeleteBriefRequest { name, ..UndeleteBriefRequest::default() };
    let brief = connect(global).await?.undelete_brief(request).await?;
    output::answer(global.json, &brief, || format!("{}: back\n", brief.name))
}

/// Whom to tell: a line for each PDF that was downloaded.
fn delivered(deliveries: &[PdfDelivery], total: i64) -> String {
    if total == 0 {
        return "no PDF of it was downloaded\n".to_owned();
    }
    let line = |delivery: &PdfDelivery| {
        let who = if delivery.recipient.is_empty() { &delivery.subject } else { &delivery.recipient };
        let end = if delivery.complete { "" } else { ", not seen to end" };
        format!("  {}  {who}  {}{end}\n", time(delivery.deliver_time.as_ref()), delivery.render)
    };
    let lines: String = deliveries.iter().map(line).collect();
    format!("{total} download(s) of its PDFs, newest first:\n{lines}")
}
