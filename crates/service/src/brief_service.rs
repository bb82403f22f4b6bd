//! `chancery.brief.v1.BriefService`.

use std::sync::Arc;
use std::time::Duration;

use chancery_brief::Canonical;
use chancery_brief::digest::Digest;
use chancery_proto::brief::v1::brief_service_server::BriefService;
use chancery_proto::brief::v1::{
    Attachment, BatchGetBriefsRequest, BatchGetBriefsResponse, Brief, BriefDraft, BriefRevision, BriefState,
    BriefView, CreateBriefRequest, DeleteBriefRequest, DiffBriefRevisionsRequest, DiffBriefRevisionsResponse,
    ExportBriefRequest, ExportBriefResponse, ExportFormat, GetAttachmentRequest, GetAttachmentResponse,
    GetBriefDraftRequest, GetBriefRequest, GetBriefRevisionRequest, ImportBriefRequest, ImportBriefResponse,
    LintBriefRequest, LintBriefResponse, ListAttachmentsRequest, ListAttachmentsResponse,
    ListBriefRevisionsRequest, ListBriefRevisionsResponse, ListBriefsRequest, ListBriefsResponse,
    PublishBriefRequest, PurgeBriefRevisionRequest, PurgeBriefRevisionResponse, RevisionDocument,
    SearchBriefsRequest, SearchBriefsResponse, UndeleteBriefRequest, UpdateBriefDraftRequest,
    UploadAttachmentRequest, WatchBriefsRequest, WatchBriefsResponse, WithdrawBriefRevisionRequest,
    WithdrawBriefRevisionResponse,
};
use chancery_proto::names::{
    AttachmentName, BriefName, BriefOrRevisionName, DraftName, ResourceId, RevisionName, RevisionNumber,
    Sha256Id, WorkspaceName,
};
use chancery_proto::{MESSAGE_LIMIT, json};
use chancery_store::{Access, BriefSummary, ImportDocument, Principal, Store, StoreError, Withdrawal};
use prost::Message;
use tonic::{Request, Response, Status, Streaming};

use crate::answers::{Answers, stream};
use crate::attachments::{self, Intake, attachment_message};
use crate::brief_messages::{
    document_message, draft_message, listed_brief, listed_revision, revision_message,
};
use crate::cursors;
use crate::differences;
use crate::errors::{internal, invalid_field, status};
use crate::fields::{canonical, name, required, time, timestamp};
use crate::freshness::{Answer, Freshness, Need};
use crate::hot_briefs::EncodedBrief;
use crate::identity::{principal, shared_principal};
use crate::lifecycle;
use crate::pages::Page;
use crate::search;
use crate::shutdown::Shutdown;
use crate::views::read_mask;
use crate::watch::Watch;

/// The message that `GetBrief` answers with.
const BRIEF: &str = "chancery.brief.v1.Brief";

/// A page of briefs ends when it is this long, whatever its size: summaries have no limit of their own.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Room for the envelopes in an answer whose size is bounded by the stored bytes.
const EXPORT_BYTES: usize = MESSAGE_LIMIT - 1024 * 1024;

/// The longest name of a creator, in characters.
const CREATOR_LIMIT: usize = 200;

/// Answers from the store.
#[derive(Debug, Clone)]
pub struct Briefs {
    store: Store,
    freshness: Freshness,
    watch_patience: Duration,
    intake: Intake,
    shutdown: Shutdown,
}

impl Briefs {
    /// Over a store and what is kept of it.
    pub fn new(store: Store, freshness: Freshness, watch_patience: Duration, shutdown: Shutdown) -> Self {
        Self { store, freshness, watch_patience, intake: Intake::new(), shutdown }
    }

    /// `GetBrief`'s answer, encoded: the envelope, and behind it the stored bytes of the content as they are.
    pub(crate) async fn encoded_brief(
        &self,
        request: Request<GetBriefRequest>,
    ) -> Result<EncodedBrief, Status> {
        let principal = shared_principal(&request)?;
        let request = request.into_inner();
        let mask = read_mask(BRIEF, request.view, BriefView::Full, request.read_mask.as_ref())?;
        let answer = self.newest(&principal, &request.name, &request.at_least).await?;
        if request.if_none_match == answer.etag {
            let unchanged = Brief { name: request.name, etag: request.if_none_match, ..Brief::default() };
            return Ok(EncodedBrief(unchanged.encode_to_vec().into()));
        }
        Ok(EncodedBrief(match mask {
            None => answer.brief.clone(),
            Some(mask) => mask.apply(&answer.brief).into(),
        }))
    }

    /// The newest edition that the principal may see: from memory while that may be believed, else from the database.
    async fn newest(
        &self,
        principal: &Principal,
        given: &str,
        at_least: &str,
    ) -> Result<Arc<Answer>, Status> {
        let clearance = principal.clearance();
        if at_least.is_empty()
            && let Some(kept) = self.freshness.answer(given, clearance)
            && principal.access(&kept.workspace).is_ok()
        {
            return Ok(kept);
        }
        let brief: BriefName = name("name", given)?;
        principal.access(&brief.workspace).map_err(status)?;
        if self.freshness.at_least(&brief.workspace, at_least).await? == Need::Memory
            && let Some(kept) = self.freshness.answer(given, clearance)
        {
            return Ok(kept);
        }
        let ticket = self.freshness.ticket();
        let found = self.store.newest_edition(principal, &brief).await.map_err(status)?;
        let content = found.content_bytes().map_err(status)?;
        let etag = found.digest.to_string();
        if content.is_empty() {
            // A deleted brief. It is not kept: whether he is told of it, more than his clearance decides.
            let answer = Answer { workspace: brief.workspace, etag, brief: found.envelope.into() };
            return Ok(Arc::new(answer));
        }
        let EncodedBrief(bytes) = EncodedBrief::new(&found.envelope, content);
        let answer = Arc::new(Answer { workspace: brief.workspace, etag, brief: bytes });
        self.freshness.keep_answer(ticket, given, clearance, &answer);
        Ok(answer)
    }
}

#[tonic::async_trait]
impl BriefService for Briefs {
    async fn create_brief(&self, request: Request<CreateBriefRequest>) -> Result<Response<Brief>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let WorkspaceName { workspace } = name("parent", &request.parent)?;
        let brief: ResourceId = name("brief_id", &request.brief_id)?;
        let access = principal.access(&workspace).map_err(status)?;
        let content = canonical("content", required("content", request.content)?, access.scheme).await?;
        let brief = BriefName { workspace, brief };
        self.store.create_brief(&principal, &brief, &content).await.map(Response::new).map_err(status)
    }

    async fn get_brief(&self, request: Request<GetBriefRequest>) -> Result<Response<Brief>, Status> {
        let EncodedBrief(bytes) = self.encoded_brief(request).await?;
        Brief::decode(bytes).map(Response::new).map_err(|error| internal(&error))
    }

    async fn list_briefs(
        &self,
        request: Request<ListBriefsRequest>,
    ) -> Result<Response<ListBriefsResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let WorkspaceName { workspace } = name("parent", &request.parent)?;
        let page = Page::read(format!("briefs of {workspace}"), request.page_size, &request.page_token)?;
        let listed =
            self.store.list_briefs(&principal, &workspace, page.after.as_deref(), page.limit()).await;
        let mut found = listed.map_err(status)?;
        let size = fitting(&found);
        let next_page_token = page.cut_at(&mut found, size, |brief| brief.id.to_string());
        let briefs: Result<_, Status> =
            found.into_iter().map(|brief| listed_brief(&workspace, brief)).collect();
        Ok(Response::new(ListBriefsResponse { briefs: briefs?, next_page_token }))
    }

    async fn get_brief_draft(
        &self,
        request: Request<GetBriefDraftRequest>,
    ) -> Result<Response<BriefDraft>, Status> {
        let principal = principal(&request)?;
        let draft: DraftName = name("name", &request.into_inner().name)?;
        let found = self.store.draft(&principal, &draft.brief_name()).await.map_err(status)?;
        Ok(Response::new(draft_message(&draft, found)))
    }

    async fn update_brief_draft(
        &self,
        request: Request<UpdateBriefDraftRequest>,
    ) -> Result<Response<BriefDraft>, Status> {
        let principal = principal(&request)?;
        let given = required("draft", request.into_inner().draft)?;
        let draft: DraftName = name("draft.name", &given.name)?;
        let access = principal.access(&draft.workspace).map_err(status)?;
        if given.etag.is_empty() {
            return Err(invalid_field(
                "draft.etag",
                "required: the etag of the draft that this one replaces",
            ));
        }
        let content = required("draft.content", given.content)?;
        let content = canonical("draft.content", content, access.scheme).await?;
        let written = self.store.update_draft(&principal, &draft.brief_name(), &given.etag, &content).await;
        Ok(Response::new(draft_message(&draft, written.map_err(status)?)))
    }

    async fn publish_brief(
        &self,
        request: Request<PublishBriefRequest>,
    ) -> Result<Response<BriefRevision>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let brief: BriefName = name("name", &request.name)?;
        if request.etag.is_empty() {
            return Err(invalid_field("etag", "required: the draft's etag"));
        }
        let published = self.store.publish(&principal, &brief, &request.etag).await;
        let (edition, position) = published.map_err(status)?;
        self.freshness.writing_to(&brief.to_string()).end();
        let cursor = cursors::seal(&brief.workspace, &position)?;
        Ok(Response::new(BriefRevision { cursor, ..revision_message(&brief, edition)? }))
    }

    async fn get_brief_revision(
        &self,
        request: Request<GetBriefRevisionRequest>,
    ) -> Result<Response<BriefRevision>, Status> {
        let principal = principal(&request)?;
        let revision: RevisionName = name("name", &request.into_inner().name)?;
        let brief = revision.brief_name();
        match self.store.edition(&principal, &revision).await {
            Ok(edition) => revision_message(&brief, edition).map(Response::new),
            Err(StoreError::RevisionPurged(_)) => {
                let purged = self.store.revision(&principal, &revision).await.map_err(status)?;
                Ok(Response::new(listed_revision(&brief, purged)))
            }
            Err(error) => Err(status(error)),
        }
    }

    async fn diff_brief_revisions(
        &self,
        request: Request<DiffBriefRevisionsRequest>,
    ) -> Result<Response<DiffBriefRevisionsResponse>, Status> {
        let principal = principal(&request)?;
        differences::diff(&self.store, &principal, request.into_inner()).await.map(Response::new)
    }

    async fn list_brief_revisions(
        &self,
        request: Request<ListBriefRevisionsRequest>,
    ) -> Result<Response<ListBriefRevisionsResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let brief: BriefName = name("parent", &request.parent)?;
        let page = Page::read(format!("revisions of {brief}"), request.page_size, &request.page_token)?;
        let before = page.after.as_deref().map(str::parse::<RevisionNumber>).transpose();
        let before = before.map_err(|_| crate::errors::invalid_page_token())?.map(|number| number.0);
        let listed = self.store.list_revisions(&principal, &brief, before, page.limit()).await;
        let mut found = listed.map_err(status)?;
        let next_page_token = page.cut(&mut found, |revision| revision.revision.to_string());
        let revisions = found.into_iter().map(|revision| listed_revision(&brief, revision)).collect();
        Ok(Response::new(ListBriefRevisionsResponse { revisions, next_page_token }))
    }

    async fn batch_get_briefs(
        &self,
        _request: Request<BatchGetBriefsRequest>,
    ) -> Result<Response<BatchGetBriefsResponse>, Status> {
        Err(Status::unimplemented("not yet"))
    }

    async fn delete_brief(&self, request: Request<DeleteBriefRequest>) -> Result<Response<Brief>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let changes = self.freshness.writing_to(&request.name);
        let done = lifecycle::delete(&self.store, &principal, request).await;
        changes.end();
        done.map(Response::new)
    }

    async fn undelete_brief(
        &self,
        request: Request<UndeleteBriefRequest>,
    ) -> Result<Response<Brief>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let changes = self.freshness.writing_to(&request.name);
        let done = lifecycle::undelete(&self.store, &principal, request).await;
        changes.end();
        done.map(Response::new)
    }

    async fn lint_brief(
        &self,
        _request: Request<LintBriefRequest>,
    ) -> Result<Response<LintBriefResponse>, Status> {
        Err(Status::unimplemented("not yet"))
    }

    async fn withdraw_brief_revision(
        &self,
        request: Request<WithdrawBriefRevisionRequest>,
    ) -> Result<Response<WithdrawBriefRevisionResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let changes = self.freshness.writing_to(&request.name);
        let done = lifecycle::withdraw(&self.store, &principal, request).await;
        changes.end();
        done.map(Response::new)
    }

    async fn purge_brief_revision(
        &self,
        request: Request<PurgeBriefRevisionRequest>,
    ) -> Result<Response<PurgeBriefRevisionResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let changes = self.freshness.writing_to(&request.name);
        let done = lifecycle::purge(&self.store, &principal, request).await;
        changes.end();
        done.map(Response::new)
    }

    async fn search_briefs(
        &self,
        request: Request<SearchBriefsRequest>,
    ) -> Result<Response<SearchBriefsResponse>, Status> {
        let principal = principal(&request)?;
        search::search(&self.store, &self.freshness, &principal, request.into_inner())
            .await
            .map(Response::new)
    }

    type WatchBriefsStream = Answers<WatchBriefsResponse>;

    async fn watch_briefs(
        &self,
        request: Request<WatchBriefsRequest>,
    ) -> Result<Response<Self::WatchBriefsStream>, Status> {
        let principal = principal(&request)?;
        let (store, freshness) = (self.store.clone(), self.freshness.clone());
        let watch =
            Watch::new(store, freshness, principal, self.watch_patience, request.into_inner()).await?;
        Ok(stream(|answers| watch.run(answers), &self.shutdown))
    }

    async fn import_brief(
        &self,
        request: Request<ImportBriefRequest>,
    ) -> Result<Response<ImportBriefResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let WorkspaceName { workspace } = name("parent", &request.parent)?;
        let brief = brief_of(&request.documents)?;
        let access = principal.access(&workspace).map_err(status)?;
        let mut documents = Vec::with_capacity(request.documents.len());
        for (index, document) in request.documents.into_iter().enumerate() {
            documents.push(import_document(index, document, access).await?);
        }
        let brief = BriefName { workspace, brief };
        let imported = self.store.import(&principal, &brief, &documents).await;
        let (imported, position) = imported.map_err(status)?;
        self.freshness.writing_to(&brief.to_string()).end();
        Ok(Response::new(ImportBriefResponse {
            name: brief.to_string(),
            written_revisions: imported.written,
            skipped_revisions: imported.skipped,
            cursor: cursors::seal(&brief.workspace, &position)?,
        }))
    }

    async fn export_brief(
        &self,
        request: Request<ExportBriefRequest>,
    ) -> Result<Response<ExportBriefResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let what: BriefOrRevisionName = name("name", &request.name)?;
        let format = ExportFormat::try_from(request.format)
            .map_err(|_| invalid_field("format", "no format of this server"))?;
        let editions = match &what {
            BriefOrRevisionName::Brief(brief) => self.store.editions(&principal, brief, EXPORT_BYTES).await,
            BriefOrRevisionName::Revision(revision) => {
                self.store.edition(&principal, revision).await.map(|edition| vec![edition])
            }
        };
        let brief = what.brief_name().brief;
        let documents: Result<Vec<_>, StoreError> =
            editions.map_err(status)?.into_iter().map(|edition| document_message(&brief, edition)).collect();
        let documents = documents.map_err(status)?;
        Ok(Response::new(match format {
            ExportFormat::Json => ExportBriefResponse {
                json_documents: documents.iter().map(json::to_string_pretty).collect(),
                documents: Vec::new(),
            },
            ExportFormat::Unspecified | ExportFormat::Message => {
                ExportBriefResponse { documents, json_documents: Vec::new() }
            }
        }))
    }

    async fn upload_attachment(
        &self,
        request: Request<Streaming<UploadAttachmentRequest>>,
    ) -> Result<Response<Attachment>, Status> {
        let principal = principal(&request)?;
        self.intake.receive(&self.store, &principal, request.into_inner()).await.map(Response::new)
    }

    type GetAttachmentStream = Answers<GetAttachmentResponse>;

    async fn get_attachment(
        &self,
        request: Request<GetAttachmentRequest>,
    ) -> Result<Response<Self::GetAttachmentStream>, Status> {
        let principal = principal(&request)?;
        let attachment: AttachmentName = name("name", &request.into_inner().name)?;
        let found = self.store.attachment(&principal, &attachment).await.map_err(status)?;
        let store = self.store.clone();
        Ok(stream(|answers| attachments::send(store, found, answers), &self.shutdown))
    }

    async fn list_attachments(
        &self,
        request: Request<ListAttachmentsRequest>,
    ) -> Result<Response<ListAttachmentsResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let WorkspaceName { workspace } = name("parent", &request.parent)?;
        let page = Page::read(format!("attachments of {workspace}"), request.page_size, &request.page_token)?;
        let after = page.after.as_deref().map(str::parse::<Sha256Id>).transpose();
        let after = after.map_err(|_| crate::errors::invalid_page_token())?;
        let listed = self.store.list_attachments(&principal, &workspace, after.as_ref(), page.limit()).await;
        let mut found = listed.map_err(status)?;
        let next_page_token = page.cut(&mut found, |attachment| attachment.name.digest.to_string());
        let attachments = found.iter().map(attachment_message).collect();
        Ok(Response::new(ListAttachmentsResponse { attachments, next_page_token }))
    }
}

/// How many of the briefs fit into a page's bytes.
fn fitting(briefs: &[BriefSummary]) -> usize {
    let mut bytes = 0;
    briefs
        .iter()
        .take_while(|brief| {
            bytes += brief.summary.len();
            bytes <= PAGE_BYTES
        })
        .count()
}

/// The brief that all documents are of.
fn brief_of(documents: &[RevisionDocument]) -> Result<ResourceId, Status> {
    let first = required("documents", documents.first())?;
    let brief = name("documents[0].brief_id", &first.brief_id)?;
    match documents.iter().position(|document| document.brief_id != first.brief_id) {
        None => Ok(brief),
        Some(index) => {
            let description = format!("all documents of a request are of one brief, here {brief}");
            Err(invalid_field(&format!("documents[{index}].brief_id"), description))
        }
    }
}

async fn import_document(
    index: usize,
    document: RevisionDocument,
    access: Access,
) -> Result<ImportDocument, Status> {
    let field = |name: &str| format!("documents[{index}].{name}");
    if document.revision == 0 {
        return Err(invalid_field(&field("revision"), "revisions are numbered from 1"));
    }
    if document.creator.chars().count() > CREATOR_LIMIT || document.creator.chars().any(char::is_control) {
        let description = format!("at most {CREATOR_LIMIT} characters, none of them a control character");
        return Err(invalid_field(&field("creator"), description));
    }
    let published_at = document
        .publish_time
        .as_ref()
        .map(|time_given| time(&field("publish_time"), time_given))
        .transpose()?;
    let withdrawal = match document.withdraw_time {
        Some(given) => Some(Withdrawal {
            at: time(&field("withdraw_time"), &given)?,
            reason: lifecycle::reason(&field("withdraw_reason"), &document.withdraw_reason)?.to_owned(),
        }),
        None if document.withdraw_reason.is_empty() => None,
        None => return Err(invalid_field(&field("withdraw_time"), "required with withdraw_reason")),
    };
    let content = required(&field("content"), document.content)?;
    let content: Canonical = canonical(&field("content"), content, access.scheme).await?;
    Ok(ImportDocument {
        number: document.revision,
        content,
        published_at,
        creator: document.creator,
        digest: stated_digest(&field("digest"), &document.digest)?,
        withdrawal,
    })
}

fn stated_digest(field: &str, text: &str) -> Result<Option<Digest>, Status> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|error: chancery_brief::digest::DigestError| invalid_field(field, error.to_string()))
}
