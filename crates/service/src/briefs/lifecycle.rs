//! What becomes of briefs after they were written: deleting, bringing back, withdrawing, purging.

use chancery_proto::brief::v1::{
    Brief, DeleteBriefRequest, PdfDelivery, PurgeBriefRevisionRequest, PurgeBriefRevisionResponse,
    UndeleteBriefRequest, WithdrawBriefRevisionRequest, WithdrawBriefRevisionResponse,
};
use chancery_proto::names::{BriefName, RevisionName};
use chancery_store::{Delivery, Principal, Store};
use tonic::Status;

use crate::rpc::cursors;
use crate::rpc::errors::{invalid_field, status};
use crate::rpc::fields::{name, timestamp};
use crate::rpc::idempotency::write_id;

/// How many deliveries an answer lists.
const DELIVERIES: i64 = 1000;

/// The longest reason, in code points.
const REASON_LIMIT: usize = 1000;

/// `DeleteBrief`.
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

/// `UndeleteBrief`.
pub(crate) async fn undelete(
    store: &Store,
    principal: &Principal,
    mut request: UndeleteBriefRequest,
) -> Result<Brief, Status> {
    let id = std::mem::take(&mut request.request_id);
    let write = write_id("UndeleteBrief", id, &request)?;
    let brief: BriefName = name("name", &request.name)?;
    let (back, position) =
        store.briefs().undelete(principal, &brief, write.as_ref()).await.map_err(status)?;
    Ok(Brief { cursor: cursors::seal(&brief.workspace, &position)?, ..back })
}

/// `WithdrawBriefRevision`.
pub(crate) async fn withdraw(
    store: &Store,
    principal: &Principal,
    mut request: WithdrawBriefRevisionRequest,
) -> Result<WithdrawBriefRevisionResponse, Status> {
    let id = std::mem::take(&mut request.request_id);
    let write = write_id("WithdrawBriefRevision", id, &request)?;
    let revision: RevisionName = name("name", &request.name)?;
    let reason = reason("reason", &request.reason)?;
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

/// `PurgeBriefRevision`.
pub(crate) async fn purge(
    store: &Store,
    principal: &Principal,
    mut request: PurgeBriefRevisionRequest,
) -> Result<PurgeBriefRevisionResponse, Status> {
    let id = std::mem::take(&mut request.request_id);
    let write = write_id("PurgeBriefRevision", id, &request)?;
    let revision: RevisionName = name("name", &request.name)?;
    let reason = reason("reason", &request.reason)?;
    let purged =
        store.briefs().purge_revision(principal, &revision, reason, write.as_ref()).await.map_err(status)?;
    // What is in a store outside the database goes now; should it not answer, the sweep tries again.
    if let Err(error) = store.artifacts().delete_discarded().await {
        tracing::warn!(%error, "bytes of purged PDFs in artifact stores are still to be deleted");
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

/// The newest deliveries of a revision, and how many there are.
async fn deliveries(
    store: &Store,
    principal: &Principal,
    revision: &RevisionName,
) -> Result<(Vec<PdfDelivery>, i64), Status> {
    let asked = [(revision.brief.clone(), revision.revision.0)];
    let found =
        store.artifacts().deliveries_of_revisions(principal, &revision.workspace, &asked, DELIVERIES).await;
    let (deliveries, total) = found.map_err(status)?;
    Ok((deliveries.into_iter().map(delivery_message).collect(), total))
}

/// A delivery, as the wire has it.
pub(crate) fn delivery_message(delivery: Delivery) -> PdfDelivery {
    let (subject, recipient) =
        delivery.recipient.map(|told| (told.subject, told.display_name)).unwrap_or_default();
    PdfDelivery {
        render: delivery.render.to_string(),
        revision: delivery.revision.to_string(),
        edition_digest: delivery.edition_digest.to_string(),
        sha256: delivery.artifact_digest.to_string(),
        subject,
        recipient,
        deliver_time: Some(timestamp(delivery.at)),
        complete: delivery.complete,
    }
}

/// Why something is done, for people.
///
/// # Errors
/// `INVALID_FIELD` for none, a long one, and one with control characters other than line ends.
pub(crate) fn reason<'a>(field: &str, text: &'a str) -> Result<&'a str, Status> {
    let reason = text.trim();
    if reason.is_empty() {
        return Err(invalid_field(field, "required"));
    }
    if reason.chars().count() > REASON_LIMIT || reason.chars().any(|c| c.is_control() && c != '\n') {
        let description =
            format!("at most {REASON_LIMIT} characters, none of them a control character but line ends");
        return Err(invalid_field(field, description));
    }
    Ok(reason)
}

#[cfg(test)]
mod tests {
    use super::{REASON_LIMIT, reason};

    #[test]
    fn a_reason_is_there_is_bounded_and_holds_no_control_characters() {
        assert_eq!(reason("reason", "  A wrong date.\n").unwrap(), "A wrong date.");
        assert_eq!(reason("reason", &"я".repeat(REASON_LIMIT)).unwrap().chars().count(), REASON_LIMIT);
        for bad in ["", " \n ", "a\0b", "a\u{85}b", &"я".repeat(REASON_LIMIT + 1)] {
            assert!(reason("reason", bad).is_err(), "{bad:?}");
        }
    }
}
