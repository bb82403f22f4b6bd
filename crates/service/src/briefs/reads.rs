//! Reading briefs and revisions: the newest edition, lists, batches and single revisions, by view and read mask.

use std::sync::Arc;

use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::brief::v1::{
    BatchGetBriefsRequest, BatchGetBriefsResponse, Brief, BriefRevision, BriefView, GetBriefRevisionRequest,
    ListBriefRevisionsRequest, ListBriefRevisionsResponse, ListBriefsRequest, ListBriefsResponse,
};
use chancery_proto::masks::ReadMask;
use chancery_proto::names::{BriefName, RevisionName, RevisionNumber, WorkspaceName};
use chancery_store::{BriefListQuery, ListedBrief, Principal, Store, StoreError};
use prost::Message;
use tonic::{Code, Status};

use crate::briefs::encoded_brief::EncodedBrief;
use crate::briefs::messages::{listed_revision, revision_message};
use crate::cache::entries::CachedBrief;
use crate::cache::{Cache, ReadSource};
use crate::rpc::errors::{internal, invalid_field, invalid_page_token, limit_exceeded, status};
use crate::rpc::fields::name;
use crate::rpc::pagination::{Page, fitting};
use crate::rpc::read_masks::read_mask;

/// Full name of `GetBrief`'s response message.
pub(crate) const BRIEF: &str = "chancery.brief.v1.Brief";

/// Full name of `GetBriefRevision`'s response message.
const REVISION: &str = "chancery.brief.v1.BriefRevision";

/// Maximum number of briefs in a batch.
const MAX_BATCH: usize = 100;

/// Maximum size of a batch's briefs; leaves room for the response's other fields.
const MAX_BATCH_BYTES: usize = MESSAGE_LIMIT - 64 * 1024;

/// Returns the newest edition that is visible to the principal, from the cache while that is fresh, else from the database.
pub(crate) async fn newest(
    store: &Store,
    cache: &Cache,
    principal: &Principal,
    brief_name: &str,
    at_least: &str,
) -> Result<Arc<CachedBrief>, Status> {
    let clearance = principal.clearance();
    if at_least.is_empty()
        && let Some(cached) = cache.brief(brief_name, clearance)
        && principal.access(&cached.workspace).is_ok()
    {
        return Ok(cached);
    }
    let brief: BriefName = name("name", brief_name)?;
    principal.access(&brief.workspace).map_err(status)?;
    if cache.at_least(&brief.workspace, at_least).await? == ReadSource::Cache
        && let Some(cached) = cache.brief(brief_name, clearance)
    {
        return Ok(cached);
    }
    let read_at = cache.generation();
    let edition = store.briefs().newest_edition(principal, &brief).await.map_err(status)?;
    let content = edition.content_bytes().map_err(status)?;
    let etag = edition.digest.to_string();
    if content.is_empty() {
        // A deleted brief. Not cached: visibility depends on more than clearance.
        let encoded = EncodedBrief::of_message(&edition.envelope);
        return Ok(Arc::new(CachedBrief { workspace: brief.workspace, etag, encoded }));
    }
    let encoded = EncodedBrief::new(&edition.envelope, content);
    let read = Arc::new(CachedBrief { workspace: brief.workspace, etag, encoded });
    cache.insert_brief(read_at, brief_name, clearance, &read);
    Ok(read)
}

/// Handles `ListBriefs`.
pub(crate) async fn list(
    store: &Store,
    cache: &Cache,
    principal: &Principal,
    request: &ListBriefsRequest,
) -> Result<ListBriefsResponse, Status> {
    let WorkspaceName { workspace } = name("parent", &request.parent)?;
    let mask = read_mask(BRIEF, request.view, BriefView::Basic, request.read_mask.as_ref())?;
    let is_full = request.view == i32::from(BriefView::Full);
    let ListBriefsRequest { filter, order_by, show_deleted, .. } = request;
    let query =
        format!("briefs of {workspace}, filter {filter:?}, order {order_by:?}, {show_deleted}, {is_full}");
    let page = Page::read(query, request.page_size, &request.page_token)?;
    principal.access(&workspace).map_err(status)?;
    cache.at_least(&workspace, &request.at_least).await?;
    let query = BriefListQuery {
        workspace: &workspace,
        filter,
        order_by,
        show_deleted: *show_deleted,
        after: page.after.as_deref(),
        limit: page.limit(),
    };
    let mut found = store.briefs().list(principal, &query).await.map_err(status)?;
    let size = fitting(&found, |brief| if is_full { brief.size } else { brief.summary.len() });
    let next_page_token = page.cut_at(&mut found, size, |brief| brief.page_key.clone());
    let contents = if is_full {
        store.briefs().listed_contents(&found).await.map_err(status)?
    } else {
        found.iter().map(|brief| Some(brief.summary.clone())).collect()
    };
    let briefs = found.iter().zip(contents);
    let briefs = briefs.map(|(brief, content)| listed_brief(brief, content.as_deref(), mask.as_ref()));
    Ok(ListBriefsResponse { briefs: briefs.collect::<Result<_, _>>()?, next_page_token })
}

fn listed_brief(
    brief: &ListedBrief,
    content: Option<&[u8]>,
    mask: Option<&ReadMask>,
) -> Result<Brief, Status> {
    match content {
        None | Some([]) => masked(&brief.envelope, mask),
        Some(content) => masked(EncodedBrief::new(&brief.envelope, content).message(), mask),
    }
}

fn masked<T: Message + Default>(bytes: &[u8], mask: Option<&ReadMask>) -> Result<T, Status> {
    let decoded = match mask {
        None => T::decode(bytes),
        Some(mask) => T::decode(mask.apply(bytes).as_slice()),
    };
    decoded.map_err(|error| internal(&error))
}

/// The response of `BatchGetBriefs` under construction.
#[derive(Debug)]
pub(crate) struct Batch {
    mask: Option<ReadMask>,
    is_partial: bool,
    bytes: usize,
    response: BatchGetBriefsResponse,
}

impl Batch {
    /// Starts a batch for a request. Checks all names before any brief is read.
    pub(crate) fn read(request: &BatchGetBriefsRequest) -> Result<Self, Status> {
        let WorkspaceName { workspace } = name("parent", &request.parent)?;
        if !(1..=MAX_BATCH).contains(&request.names.len()) {
            let description = format!("must have 1 to {MAX_BATCH} names, has {}", request.names.len());
            return Err(invalid_field("names", description));
        }
        for (index, given) in request.names.iter().enumerate() {
            let brief: BriefName = name(&format!("names[{index}]"), given)?;
            if brief.workspace != workspace {
                let description = format!("not a brief of workspaces/{workspace}");
                return Err(invalid_field(&format!("names[{index}]"), description));
            }
        }
        let mask = read_mask(BRIEF, request.view, BriefView::Full, request.read_mask.as_ref())?;
        let is_partial = request.return_partial_success;
        Ok(Self { mask, is_partial, bytes: 0, response: BatchGetBriefsResponse::default() })
    }

    /// Adds the result of reading a brief.
    pub(crate) fn add(&mut self, name: &str, read: Result<Arc<CachedBrief>, Status>) -> Result<(), Status> {
        let read = match read {
            Ok(read) => read,
            Err(status) if self.is_partial && status.code() == Code::NotFound => {
                self.response.unreachable.push(name.to_owned());
                return Ok(());
            }
            Err(status) => return Err(status),
        };
        let brief: Brief = masked(read.encoded.message(), self.mask.as_ref())?;
        self.bytes += brief.encoded_len();
        if self.bytes > MAX_BATCH_BYTES {
            let message = format!(
                "the briefs have more than {MAX_BATCH_BYTES} bytes; request fewer, or set a read mask"
            );
            return Err(limit_exceeded(message));
        }
        self.response.briefs.push(brief);
        Ok(())
    }

    pub(crate) fn into_response(self) -> BatchGetBriefsResponse {
        self.response
    }
}

/// Handles `GetBriefRevision`.
pub(crate) async fn revision(
    store: &Store,
    cache: &Cache,
    principal: &Principal,
    request: &GetBriefRevisionRequest,
) -> Result<BriefRevision, Status> {
    let revision: RevisionName = name("name", &request.name)?;
    let mask = read_mask(REVISION, request.view, BriefView::Full, request.read_mask.as_ref())?;
    principal.access(&revision.workspace).map_err(status)?;
    cache.at_least(&revision.workspace, &request.at_least).await?;
    let brief = revision.brief_name();
    let message = match store.briefs().edition(principal, &revision).await {
        Ok(edition) => revision_message(&brief, edition)?,
        Err(StoreError::RevisionPurged(_)) => {
            listed_revision(&brief, store.briefs().revision(principal, &revision).await.map_err(status)?)
        }
        Err(error) => return Err(status(error)),
    };
    match mask {
        None => Ok(message),
        Some(mask) => masked(&message.encode_to_vec(), Some(&mask)),
    }
}

/// Handles `ListBriefRevisions`.
pub(crate) async fn list_revisions(
    store: &Store,
    cache: &Cache,
    principal: &Principal,
    request: &ListBriefRevisionsRequest,
) -> Result<ListBriefRevisionsResponse, Status> {
    let brief: BriefName = name("parent", &request.parent)?;
    let page = Page::read(format!("revisions of {brief}"), request.page_size, &request.page_token)?;
    let before = page.after.as_deref().map(str::parse::<RevisionNumber>).transpose();
    let before = before.map_err(|_| invalid_page_token())?.map(|number| number.0);
    principal.access(&brief.workspace).map_err(status)?;
    cache.at_least(&brief.workspace, &request.at_least).await?;
    let mut found =
        store.briefs().list_revisions(principal, &brief, before, page.limit()).await.map_err(status)?;
    let next_page_token = page.cut(&mut found, |revision| revision.revision.to_string());
    let revisions = found.into_iter().map(|revision| listed_revision(&brief, revision)).collect();
    Ok(ListBriefRevisionsResponse { revisions, next_page_token })
}
