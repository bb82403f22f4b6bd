//! `DiffBriefRevisions`.

use chancery_brief::diff::differences;
use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::brief::v1::{BriefContent, DiffBriefRevisionsRequest, DiffBriefRevisionsResponse};
use chancery_proto::names::{BriefName, RevisionNumber};
use chancery_store::{Edition, Principal, Store, StoreError};
use prost::Message as _;
use tonic::Status;

use crate::rpc::computing::computed;
use crate::rpc::errors::{invalid_field, status};
use crate::rpc::fields::name;

/// Compares the caller's editions of two revisions.
pub(crate) async fn diff(
    store: &Store,
    principal: &Principal,
    request: DiffBriefRevisionsRequest,
) -> Result<DiffBriefRevisionsResponse, Status> {
    let brief: BriefName = name("name", &request.name)?;
    if request.to_revision != 0 && request.from_revision >= request.to_revision {
        return Err(invalid_field("from_revision", "must be earlier than to_revision"));
    }
    let after = match request.to_revision {
        0 => newest(store, principal, &brief, None).await?,
        number => Some(edition(store, principal, &brief, number).await?),
    };
    let after = after.ok_or_else(|| status(StoreError::NotFound(brief.to_string())))?;
    if request.from_revision >= after.revision {
        return Err(invalid_field("from_revision", "must be earlier than the newest revision"));
    }
    let before = match request.from_revision {
        0 => newest(store, principal, &brief, Some(after.revision)).await?,
        number => Some(edition(store, principal, &brief, number).await?),
    };
    computed(move || compare(&brief, before.as_ref(), &after)).await?
}

/// Returns the newest edition that is not withdrawn, among those before a revision if one is given.
async fn newest(
    store: &Store,
    principal: &Principal,
    brief: &BriefName,
    before: Option<u32>,
) -> Result<Option<Edition>, Status> {
    match store.briefs().newest_available(principal, brief, before).await.map_err(status)? {
        Some(number) => edition(store, principal, brief, number).await.map(Some),
        None => Ok(None),
    }
}

async fn edition(
    store: &Store,
    principal: &Principal,
    brief: &BriefName,
    number: u32,
) -> Result<Edition, Status> {
    store.briefs().edition(principal, &brief.revision(RevisionNumber(number))).await.map_err(status)
}

fn compare(
    brief: &BriefName,
    before: Option<&Edition>,
    after: &Edition,
) -> Result<DiffBriefRevisionsResponse, Status> {
    // Without an earlier revision, everything was added.
    let before_content =
        before.map_or_else(|| Ok(BriefContent::default()), Edition::content).map_err(status)?;
    let after_content = after.content().map_err(status)?;
    let name = |edition: &Edition| brief.revision(RevisionNumber(edition.revision)).to_string();
    let response = DiffBriefRevisionsResponse {
        from_revision: before.map(name).unwrap_or_default(),
        to_revision: name(after),
        from_edition_digest: before.map(|edition| edition.digest.to_string()).unwrap_or_default(),
        to_edition_digest: after.digest.to_string(),
        differences: differences(&before_content, &after_content),
    };
    let size = response.encoded_len();
    if size > MESSAGE_LIMIT {
        let message = format!(
            "the differences take {size} bytes, over the limit of {MESSAGE_LIMIT}; read both revisions instead"
        );
        return Err(status(StoreError::LimitExceeded(message)));
    }
    Ok(response)
}
