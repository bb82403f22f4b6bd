//! Reading briefs and revisions: lists, batches and single revisions, by view and read mask.

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

use crate::briefs::get_brief::EncodedBrief;
use crate::briefs::messages::{listed_revision, revision_message};
use crate::cache::{Answer, Freshness};
use crate::knowledge::lists::fitting;
use crate::rpc::errors::{internal, invalid_field, invalid_page_token, limit_exceeded, status};
use crate::rpc::fields::name;
use crate::rpc::pagination::Page;
use crate::rpc::read_masks::read_mask;

/// The message that `GetBrief` answers with.
pub(crate) const BRIEF: &str = "chancery.brief.v1.Brief";

/// The message that `GetBriefRevision` answers with.
const REVISION: &str = "chancery.brief.v1.BriefRevision";

/// How many briefs a batch may name.
const BATCH_LIMIT: usize = 100;

/// Room for what stands around the briefs of a batch.
const BATCH_BYTES: usize = MESSAGE_LIMIT - 64 * 1024;

/// `ListBriefs`.
pub(crate) async fn list(
    store: &Store,
    freshness: &Freshness,
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
    freshness.at_least(&workspace, &request.at_least).await?;
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
    let briefs = briefs.map(|(brief, content)| listed(brief, content.as_deref(), mask.as_ref()));
    Ok(ListBriefsResponse { briefs: briefs.collect::<Result<_, _>>()?, next_page_token })
}

fn listed(brief: &ListedBrief, content: Option<&[u8]>, mask: Option<&ReadMask>) -> Result<Brief, Status> {
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

/// `BatchGetBriefs`, as it fills.
#[derive(Debug)]
pub(crate) struct Batch {
    mask: Option<ReadMask>,
    is_partial: bool,
    bytes: usize,
    answer: BatchGetBriefsResponse,
}

impl Batch {
    /// For a request, whose names are looked at before any is looked up.
    pub(crate) fn read(request: &BatchGetBriefsRequest) -> Result<Self, Status> {
        let WorkspaceName { workspace } = name("parent", &request.parent)?;
        if !(1..=BATCH_LIMIT).contains(&request.names.len()) {
            let description = format!("1 to {BATCH_LIMIT} names, not {}", request.names.len());
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
        Ok(Self { mask, is_partial, bytes: 0, answer: BatchGetBriefsResponse::default() })
    }

    /// Adds what `GetBrief` answers for a name.
    pub(crate) fn add(&mut self, name: &str, answer: Result<Arc<Answer>, Status>) -> Result<(), Status> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(refusal) if self.is_partial && refusal.code() == Code::NotFound => {
                self.answer.unreachable.push(name.to_owned());
                return Ok(());
            }
            Err(refusal) => return Err(refusal),
        };
        let brief: Brief = masked(answer.brief.message(), self.mask.as_ref())?;
        self.bytes += brief.encoded_len();
        if self.bytes > BATCH_BYTES {
            let message =
                format!("the briefs have more than {BATCH_BYTES} bytes: ask for fewer, or by a read mask");
            return Err(limit_exceeded(message));
        }
        self.answer.briefs.push(brief);
        Ok(())
    }

    /// All that was added.
    pub(crate) fn into_answer(self) -> BatchGetBriefsResponse {
        self.answer
    }
}

/// `GetBriefRevision`.
pub(crate) async fn revision(
    store: &Store,
    freshness: &Freshness,
    principal: &Principal,
    request: &GetBriefRevisionRequest,
) -> Result<BriefRevision, Status> {
    let revision: RevisionName = name("name", &request.name)?;
    let mask = read_mask(REVISION, request.view, BriefView::Full, request.read_mask.as_ref())?;
    principal.access(&revision.workspace).map_err(status)?;
    freshness.at_least(&revision.workspace, &request.at_least).await?;
    let brief = revision.brief_name();
    let answer = match store.briefs().edition(principal, &revision).await {
        Ok(edition) => revision_message(&brief, edition)?,
        Err(StoreError::RevisionPurged(_)) => {
            listed_revision(&brief, store.briefs().revision(principal, &revision).await.map_err(status)?)
        }
        Err(error) => return Err(status(error)),
    };
    match mask {
        None => Ok(answer),
        Some(mask) => masked(&answer.encode_to_vec(), Some(&mask)),
    }
}

/// `ListBriefRevisions`.
pub(crate) async fn list_revisions(
    store: &Store,
    freshness: &Freshness,
    principal: &Principal,
    request: &ListBriefRevisionsRequest,
) -> Result<ListBriefRevisionsResponse, Status> {
    let brief: BriefName = name("parent", &request.parent)?;
    let page = Page::read(format!("revisions of {brief}"), request.page_size, &request.page_token)?;
    let before = page.after.as_deref().map(str::parse::<RevisionNumber>).transpose();
    let before = before.map_err(|_| invalid_page_token())?.map(|number| number.0);
    principal.access(&brief.workspace).map_err(status)?;
    freshness.at_least(&brief.workspace, &request.at_least).await?;
    let mut found =
        store.briefs().list_revisions(principal, &brief, before, page.limit()).await.map_err(status)?;
    let next_page_token = page.cut(&mut found, |revision| revision.revision.to_string());
    let revisions = found.into_iter().map(|revision| listed_revision(&brief, revision)).collect();
    Ok(ListBriefRevisionsResponse { revisions, next_page_token })
}
