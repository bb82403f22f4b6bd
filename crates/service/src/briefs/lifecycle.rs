//! Deleting and undeleting briefs, withdrawing and purging revisions.

use chancery_proto::brief::v1::{
    Brief, DeleteBriefRequest, PdfDelivery, PurgeBriefRevisionRequest, PurgeBriefRevisionResponse,
    UndeleteBriefRequest, WithdrawBriefRevisionRequest, WithdrawBriefRevisionResponse,
};
use chancery_proto::names::{BriefName, RevisionName};
use chancery_store::{Principal, Store};
use tonic::Status;

use crate::briefs::messages::delivery_message;
use crate::rpc::cursors;
use crate::rpc::errors::status;
use crate::rpc::fields::{MAX_REVISION_REASON, name, reason, timestamp};
use crate::rpc::idempotency::write_id;

/// Maximum number of deliveries in a response.
const MAX_DELIVERIES: i64 = 1000;

/// Handles `DeleteBrief`.
pub(crate) async fn delete(
    store: &Store,
    principal: &Principal,
    mut request: DeleteBriefRequest,
) -> Result<Brief, Status> {
    let id = std::mem::take(&mut request.request_id);
    let write = write_id("DeleteBrief", id, &request)?;
    let brief: BriefName = name("name", &request.name)?;
    let deleted = store.briefs().delete(principal, &brief, &request.etag, write.as_ref()).await;
    let (deleted, position) = deleted.map_err(status)?;
    Ok(Brief { cursor: cursors::seal(&brief.workspace, &position)?, ..deleted })
}

/// Handles `UndeleteBrief`.
pub(crate) async fn undelete(
    store: &Store,
    principal: &Principal,
    mut request: UndeleteBriefRequest,
) -> Result<Brief, Status> {
    let id = std::mem::take(&mut request.request_id);
    let write = write_id("UndeleteBrief", id, &request)?;
    let brief: BriefName = name("name", &request.name)?;
    let (undeleted, position) =
        store.briefs().undelete(principal, &brief, write.as_ref()).await.map_err(status)?;
    Ok(Brief { cursor: cursors::seal(&brief.workspace, &position)?, ..undeleted })
}

/// Handles `WithdrawBriefRevision`.
pub(crate) async fn withdraw(
    store: &Store,
    principal: &Principal,
    mut request: WithdrawBriefRevisionRequest,
) -> Result<WithdrawBriefRevisionResponse, Status> {
    let id = std::mem::take(&mut request.request_id);
    let write = write_id("WithdrawBriefRevision", id, &request)?;
    let revision: RevisionName = name("name", &request.name)?;
    let reason = reason("reason", &request.reason, MAX_REVISION_REASON)?;
    let withdrawn = store.briefs().withdraw_revision(principal, &revision, reason, write.as_ref()).await;
    let withdrawn = withdrawn.map_err(status)?;
    let (deliveries, total_deliveries) = deliveries(store, principal, &revision).await?;
    Ok(WithdrawBriefRevisionResponse {
        name: revision.to_string(),
        withdraw_time: Some(timestamp(withdrawn.at)),
        deliveries,
        total_deliveries,
        cursor: cursors::seal(&revision.workspace, &withdrawn.position)?,
    })
}

/// Handles `PurgeBriefRevision`.
pub(crate) async fn purge(
    store: &Store,
    principal: &Principal,
    mut request: PurgeBriefRevisionRequest,
) -> Result<PurgeBriefRevisionResponse, Status> {
    let id = std::mem::take(&mut request.request_id);
    let write = write_id("PurgeBriefRevision", id, &request)?;
    let revision: RevisionName = name("name", &request.name)?;
    let reason = reason("reason", &request.reason, MAX_REVISION_REASON)?;
    let purged =
        store.briefs().purge_revision(principal, &revision, reason, write.as_ref()).await.map_err(status)?;
    // Deletes the PDFs' bytes from stores outside the database now; if that fails, the next sweep retries.
    if let Err(error) = store.artifacts().delete_discarded().await {
        tracing::warn!(%error, "could not delete the bytes of purged PDFs yet; the next sweep retries");
    }
    let (deliveries, total_deliveries) = deliveries(store, principal, &revision).await?;
    Ok(PurgeBriefRevisionResponse {
        name: revision.to_string(),
        purge_time: Some(timestamp(purged.at)),
        deliveries,
        total_deliveries,
        purged_pdfs: purged.pdfs,
        cursor: cursors::seal(&revision.workspace, &purged.position)?,
    })
}

/// Returns the newest deliveries of a revision, and their total number.
async fn deliveries(
    store: &Store,
    principal: &Principal,
    revision: &RevisionName,
) -> Result<(Vec<PdfDelivery>, i64), Status> {
    let revisions = [(revision.brief.clone(), revision.revision.0)];
    let found = store
        .artifacts()
        .deliveries_of_revisions(principal, &revision.workspace, &revisions, MAX_DELIVERIES)
        .await;
    let (deliveries, total) = found.map_err(status)?;
    Ok((deliveries.into_iter().map(delivery_message).collect(), total))
}
