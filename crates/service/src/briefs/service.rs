//! `chancery.brief.v1.BriefService`.

use std::sync::Arc;
use std::time::Duration;

use chancery_proto::brief::v1::brief_service_server::BriefService;
use chancery_proto::brief::v1::{
    Attachment, BatchGetBriefsRequest, BatchGetBriefsResponse, Brief, BriefDraft, BriefRevision, BriefView,
    CreateBriefRequest, DeleteBriefRequest, DiffBriefRevisionsRequest, DiffBriefRevisionsResponse,
    ExportBriefRequest, ExportBriefResponse, ExportFormat, GetAttachmentRequest, GetAttachmentResponse,
    GetBriefDraftRequest, GetBriefRequest, GetBriefRevisionRequest, ImportBriefRequest, ImportBriefResponse,
    LintBriefRequest, LintBriefResponse, ListAttachmentsRequest, ListAttachmentsResponse,
    ListBriefRevisionsRequest, ListBriefRevisionsResponse, ListBriefsRequest, ListBriefsResponse,
    PublishBriefRequest, PurgeBriefRevisionRequest, PurgeBriefRevisionResponse, SearchBriefsRequest,
    SearchBriefsResponse, UndeleteBriefRequest, UpdateBriefDraftRequest, UploadAttachmentRequest,
    WatchBriefsRequest, WatchBriefsResponse, WithdrawBriefRevisionRequest, WithdrawBriefRevisionResponse,
};
use chancery_proto::names::{
    AttachmentName, BriefName, BriefOrRevisionName, DraftName, Sha256Id, WorkspaceName,
};
use chancery_proto::{MESSAGE_LIMIT, json};
use chancery_store::{Principal, Store, StoreError};
use prost::Message;
use tonic::{Request, Response, Status, Streaming};

use crate::auth::identity::{principal, shared_principal};
use crate::briefs::attachments;
use crate::briefs::attachments::Intake;
use crate::briefs::attachments::attachment_message;
use crate::briefs::differences;
use crate::briefs::get_brief::EncodedBrief;
use crate::briefs::lifecycle;
use crate::briefs::messages::{document_message, draft_message};
use crate::briefs::reads;
use crate::briefs::reads::BRIEF;
use crate::briefs::reads::Batch;
use crate::briefs::search;
use crate::briefs::watch::Watch;
use crate::briefs::writes;
use crate::cache::{Answer, Freshness, Need};
use crate::rpc::errors::{internal, invalid_field, status};
use crate::rpc::fields::name;
use crate::rpc::pagination::Page;
use crate::rpc::read_masks::read_mask;
use crate::rpc::response_streams::{Answers, stream};
use crate::shutdown::Shutdown;

/// Room for the envelopes in an answer whose size is bounded by the stored bytes.
const EXPORT_BYTES: usize = MESSAGE_LIMIT - 1024 * 1024;

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
            return Ok(EncodedBrief::of_message(&unchanged.encode_to_vec()));
        }
        Ok(match mask {
            None => answer.brief.clone(),
            Some(mask) => EncodedBrief::of_message(&mask.apply(answer.brief.message())),
        })
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
        let found = self.store.briefs().newest_edition(principal, &brief).await.map_err(status)?;
        let content = found.content_bytes().map_err(status)?;
        let etag = found.digest.to_string();
        if content.is_empty() {
            // A deleted brief. It is not kept: whether he is told of it, more than his clearance decides.
            let brief_alone = EncodedBrief::of_message(&found.envelope);
            let answer = Answer { workspace: brief.workspace, etag, brief: brief_alone };
            return Ok(Arc::new(answer));
        }
        let encoded = EncodedBrief::new(&found.envelope, content);
        let answer = Arc::new(Answer { workspace: brief.workspace, etag, brief: encoded });
        self.freshness.keep_answer(ticket, given, clearance, &answer);
        Ok(answer)
    }
}

#[tonic::async_trait]
impl BriefService for Briefs {
    async fn create_brief(&self, request: Request<CreateBriefRequest>) -> Result<Response<Brief>, Status> {
        let principal = principal(&request)?;
        writes::create(&self.store, &principal, request.into_inner()).await.map(Response::new)
    }

    async fn get_brief(&self, request: Request<GetBriefRequest>) -> Result<Response<Brief>, Status> {
        let encoded = self.encoded_brief(request).await?;
        Brief::decode(encoded.message()).map(Response::new).map_err(|error| internal(&error))
    }

    async fn list_briefs(
        &self,
        request: Request<ListBriefsRequest>,
    ) -> Result<Response<ListBriefsResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        reads::list(&self.store, &self.freshness, &principal, &request).await.map(Response::new)
    }

    async fn get_brief_draft(
        &self,
        request: Request<GetBriefDraftRequest>,
    ) -> Result<Response<BriefDraft>, Status> {
        let principal = principal(&request)?;
        let draft: DraftName = name("name", &request.into_inner().name)?;
        let found = self.store.briefs().draft(&principal, &draft.brief_name()).await.map_err(status)?;
        Ok(Response::new(draft_message(&draft, found)))
    }

    async fn update_brief_draft(
        &self,
        request: Request<UpdateBriefDraftRequest>,
    ) -> Result<Response<BriefDraft>, Status> {
        let principal = principal(&request)?;
        writes::update_draft(&self.store, &principal, request.into_inner()).await.map(Response::new)
    }

    async fn publish_brief(
        &self,
        request: Request<PublishBriefRequest>,
    ) -> Result<Response<BriefRevision>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let changes = self.freshness.writing_to(&request.name);
        let done = writes::publish(&self.store, &principal, request).await;
        changes.end();
        done.map(Response::new)
    }

    async fn get_brief_revision(
        &self,
        request: Request<GetBriefRevisionRequest>,
    ) -> Result<Response<BriefRevision>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        reads::revision(&self.store, &self.freshness, &principal, &request).await.map(Response::new)
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
        reads::list_revisions(&self.store, &self.freshness, &principal, &request).await.map(Response::new)
    }

    async fn batch_get_briefs(
        &self,
        request: Request<BatchGetBriefsRequest>,
    ) -> Result<Response<BatchGetBriefsResponse>, Status> {
        let principal = shared_principal(&request)?;
        let request = request.into_inner();
        let mut batch = Batch::read(&request)?;
        for name in &request.names {
            let answer = self.newest(&principal, name, &request.at_least).await;
            batch.add(name, answer)?;
        }
        Ok(Response::new(batch.into_answer()))
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
        request: Request<LintBriefRequest>,
    ) -> Result<Response<LintBriefResponse>, Status> {
        let principal = principal(&request)?;
        writes::lint(&self.store, &principal, request.into_inner()).await.map(Response::new)
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
        let (name, done) = writes::import(&self.store, &principal, request.into_inner()).await?;
        self.freshness.writing_to(&name).end();
        done.map(Response::new)
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
            BriefOrRevisionName::Brief(brief) => {
                self.store.briefs().editions(&principal, brief, EXPORT_BYTES).await
            }
            BriefOrRevisionName::Revision(revision) => {
                self.store.briefs().edition(&principal, revision).await.map(|edition| vec![edition])
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
        let found = self.store.attachments().get(&principal, &attachment).await.map_err(status)?;
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
        let after = after.map_err(|_| crate::rpc::errors::invalid_page_token())?;
        let listed =
            self.store.attachments().list(&principal, &workspace, after.as_ref(), page.limit()).await;
        let mut found = listed.map_err(status)?;
        let next_page_token = page.cut(&mut found, |attachment| attachment.name.digest.to_string());
        let attachments = found.iter().map(attachment_message).collect();
        Ok(Response::new(ListAttachmentsResponse { attachments, next_page_token }))
    }
}
