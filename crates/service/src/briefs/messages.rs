//! Conversions of drafts, revisions and deliveries to wire messages.

use chancery_proto::brief::v1::{BriefDraft, BriefRevision, PdfDelivery, RevisionDocument, RevisionState};
use chancery_proto::names::{BriefName, DraftName, ResourceId, RevisionNumber};
use chancery_store::{
    Delivery, Draft, Edition, ImportRecord, Purge, RevisionSummary, StoreError, Withdrawal,
};
use tonic::Status;

use crate::rpc::errors::status;
use crate::rpc::fields::timestamp;

pub(crate) fn draft_message(name: &DraftName, draft: Draft) -> BriefDraft {
    BriefDraft {
        name: name.to_string(),
        etag: draft.etag,
        update_time: Some(timestamp(draft.updated_at)),
        base_revision: draft.base_revision,
        content: Some(draft.content),
        ..BriefDraft::default()
    }
}

/// Converts the caller's edition of a revision.
pub(crate) fn revision_message(brief: &BriefName, edition: Edition) -> Result<BriefRevision, Status> {
    let content = edition.content().map_err(status)?;
    Ok(BriefRevision {
        name: brief.revision(RevisionNumber(edition.revision)).to_string(),
        number: edition.revision,
        publish_time: Some(timestamp(edition.published_at)),
        record_time: Some(timestamp(edition.recorded_at)),
        creator: edition.creator.clone(),
        edition_digest: edition.digest.to_string(),
        marking: content.marking.clone(),
        title: content.title.clone(),
        change_summary: content.change_summary.clone(),
        state: state(edition.withdrawal.as_ref(), None).into(),
        withdraw_time: edition.withdrawal.as_ref().map(|withdrawal| timestamp(withdrawal.at)),
        withdraw_reason: edition.withdrawal.map(|withdrawal| withdrawal.reason).unwrap_or_default(),
        import_record: edition.import.as_ref().map(ImportRecord::to_message),
        content: Some(content),
        ..BriefRevision::default()
    })
}

fn state(withdrawal: Option<&Withdrawal>, purging: Option<&Purge>) -> RevisionState {
    match (withdrawal, purging) {
        (_, Some(_)) => RevisionState::Purged,
        (Some(_), None) => RevisionState::Withdrawn,
        (None, None) => RevisionState::Published,
    }
}

/// Converts a list entry, which is also all that remains of a purged revision.
pub(crate) fn listed_revision(brief: &BriefName, revision: RevisionSummary) -> BriefRevision {
    BriefRevision {
        name: brief.revision(RevisionNumber(revision.revision)).to_string(),
        number: revision.revision,
        publish_time: Some(timestamp(revision.published_at)),
        record_time: Some(timestamp(revision.recorded_at)),
        creator: revision.creator,
        import_record: revision.import.as_ref().map(ImportRecord::to_message),
        edition_digest: revision.digest.to_string(),
        marking: revision.marking,
        title: revision.title,
        change_summary: revision.change_summary,
        state: state(revision.withdrawal.as_ref(), revision.purge.as_ref()).into(),
        withdraw_time: revision.withdrawal.as_ref().map(|withdrawal| timestamp(withdrawal.at)),
        withdraw_reason: revision.withdrawal.map(|withdrawal| withdrawal.reason).unwrap_or_default(),
        purge_time: revision.purge.as_ref().map(|purging| timestamp(purging.at)),
        purge_reason: revision.purge.and_then(|purging| purging.reason).unwrap_or_default(),
        ..BriefRevision::default()
    }
}

/// Converts an edition to its export form.
pub(crate) fn document_message(brief: &ResourceId, edition: Edition) -> Result<RevisionDocument, StoreError> {
    Ok(RevisionDocument {
        brief_id: brief.to_string(),
        revision: edition.revision,
        publish_time: Some(timestamp(edition.published_at)),
        digest: edition.digest.to_string(),
        content: Some(edition.content()?),
        creator: edition.creator,
        withdraw_time: edition.withdrawal.as_ref().map(|withdrawal| timestamp(withdrawal.at)),
        withdraw_reason: edition.withdrawal.map(|withdrawal| withdrawal.reason).unwrap_or_default(),
    })
}

pub(crate) fn delivery_message(delivery: Delivery) -> PdfDelivery {
    let recipient = delivery.recipient.map(|recipient| (recipient.subject, recipient.display_name));
    let (subject, recipient) = recipient.unwrap_or_default();
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
