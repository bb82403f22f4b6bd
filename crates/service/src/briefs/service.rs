//! Handlers of `chancery.brief.v1.BriefService`.

use std::time::Duration;

use chancery_proto::brief::v1::brief_service_server::BriefService;
use chancery_proto::brief::v1::{
    Attachment, BatchGetBriefsRequest, BatchGetBriefsResponse, Brief, BriefDraft, BriefRevision,
    CreateBriefRequest, DeleteBriefRequest, DiffBriefRevisionsRequest, DiffBriefRevisionsResponse,
    ExportBriefRequest, ExportBriefResponse, GetAttachmentRequest, GetAttachmentResponse,
    GetBriefDraftRequest, GetBriefRequest, GetBriefRevisionRequest, ImportBriefRequest, ImportBriefResponse,
    LintBriefRequest, LintBriefResponse, ListAttachmentsRequest, ListAttachmentsResponse,
    ListBriefRevisionsRequest, ListBriefRevisionsResponse, ListBriefsRequest, ListBriefsResponse,
    PublishBriefRequest, PurgeBriefRevisionRequest, PurgeBriefRevisionResponse, SearchBriefsRequest,
    SearchBriefsResponse, UndeleteBriefRequest, UpdateBriefDraftRequest, UploadAttachmentRequest,
    WatchBriefsRequest, WatchBriefsResponse, WithdrawBriefRevisionRequest, WithdrawBriefRevisionResponse,
};
use chancery_proto::names::{AttachmentName, DraftName};
use chancery_store::Store;
use prost::Message;
use tonic::{Request, Response, Status, Streaming};

use crate::auth::identity::{principal, shared_principal};
use crate::briefs::attachments::{self, UploadLimiter};
use crate::briefs::messages::draft_message;
use crate::briefs::reads::Batch;
use crate::briefs::watch_briefs::Watch;
use crate::briefs::{differences, export, get_brief, lifecycle, reads, search, writes};
use crate::cache::Cache;
use crate::rpc::errors::{internal, status};
use crate::rpc::fields::name;
use crate::rpc::response_streams::{ResponseStream, stream};
use crate::shutdown::Shutdown;

/// Implements `BriefService` over the store and the cache.
#[derive(Debug, Clone)]
pub(crate) struct Briefs {
    store: Store,
    cache: Cache,
    watch_timeout: Duration,
    uploads: UploadLimiter,
    shutdown: Shutdown,
}

impl Briefs {
    pub(crate) fn new(store: Store, cache: Cache, watch_timeout: Duration, shutdown: Shutdown) -> Self {
        Self { store, cache, watch_timeout, uploads: UploadLimiter::new(), shutdown }
    }

    /// Completes a write to a brief, then invalidates its cache entries. They are invalidated after failed writes as well: a
    /// failed commit may have taken effect.
    async fn write<T>(
        &self,
        name: &str,
        write: impl Future<Output = Result<T, Status>>,
    ) -> Result<Response<T>, Status> {
        let written = write.await;
        self.cache.invalidate_brief(name);
        written.map(Response::new)
    }
}

#[tonic::async_trait]
impl BriefService for Briefs {
    async fn create_brief(&self, request: Request<CreateBriefRequest>) -> Result<Response<Brief>, Status> {
        let principal = principal(&request)?;
        writes::create(&self.store, &principal, request.into_inner()).await.map(Response::new)
    }

    /// Decodes the response of [`get_brief::GetBriefRoute`], which serves this method over the wire.
    async fn get_brief(&self, request: Request<GetBriefRequest>) -> Result<Response<Brief>, Status> {
        let encoded = get_brief::get_brief(&self.store, &self.cache, request).await?;
        Brief::decode(encoded.message()).map(Response::new).map_err(|error| internal(&error))
    }

    async fn list_briefs(
        &self,
        request: Request<ListBriefsRequest>,
    ) -> Result<Response<ListBriefsResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        reads::list(&self.store, &self.cache, &principal, &request).await.map(Response::new)
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
        let name = request.name.clone();
        self.write(&name, writes::publish(&self.store, &principal, request)).await
    }

    async fn get_brief_revision(
        &self,
        request: Request<GetBriefRevisionRequest>,
    ) -> Result<Response<BriefRevision>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        reads::revision(&self.store, &self.cache, &principal, &request).await.map(Response::new)
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
        reads::list_revisions(&self.store, &self.cache, &principal, &request).await.map(Response::new)
    }

    async fn batch_get_briefs(
        &self,
        request: Request<BatchGetBriefsRequest>,
    ) -> Result<Response<BatchGetBriefsResponse>, Status> {
        let principal = shared_principal(&request)?;
        let request = request.into_inner();
        let mut batch = Batch::read(&request)?;
        for name in &request.names {
            let brief = reads::newest(&self.store, &self.cache, &principal, name, &request.at_least).await;
            batch.add(name, brief)?;
        }
        Ok(Response::new(batch.into_response()))
    }

    async fn delete_brief(&self, request: Request<DeleteBriefRequest>) -> Result<Response<Brief>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let name = request.name.clone();
        self.write(&name, lifecycle::delete(&self.store, &principal, request)).await
    }

    async fn undelete_brief(
        &self,
        request: Request<UndeleteBriefRequest>,
    ) -> Result<Response<Brief>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let name = request.name.clone();
        self.write(&name, lifecycle::undelete(&self.store, &principal, request)).await
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
        let name = request.name.clone();
        self.write(&name, lifecycle::withdraw(&self.store, &principal, request)).await
    }

    async fn purge_brief_revision(
        &self,
        request: Request<PurgeBriefRevisionRequest>,
    ) -> Result<Response<PurgeBriefRevisionResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let name = request.name.clone();
        self.write(&name, lifecycle::purge(&self.store, &principal, request)).await
    }

    async fn search_briefs(
        &self,
        request: Request<SearchBriefsRequest>,
    ) -> Result<Response<SearchBriefsResponse>, Status> {
        let principal = principal(&request)?;
        search::search(&self.store, &self.cache, &principal, request.into_inner()).await.map(Response::new)
    }

    type WatchBriefsStream = ResponseStream<WatchBriefsResponse>;

    async fn watch_briefs(
        &self,
        request: Request<WatchBriefsRequest>,
    ) -> Result<Response<Self::WatchBriefsStream>, Status> {
        let principal = principal(&request)?;
        let (store, cache) = (self.store.clone(), self.cache.clone());
        let watch = Watch::new(store, cache, principal, self.watch_timeout, request.into_inner()).await?;
        Ok(stream(|messages| watch.run(messages), &self.shutdown))
    }

    async fn import_brief(
        &self,
        request: Request<ImportBriefRequest>,
    ) -> Result<Response<ImportBriefResponse>, Status> {
        let principal = principal(&request)?;
        let import = writes::prepare_import(&principal, request.into_inner()).await?;
        let name = import.brief.to_string();
        self.write(&name, writes::import(&self.store, &principal, import)).await
    }

    async fn export_brief(
        &self,
        request: Request<ExportBriefRequest>,
    ) -> Result<Response<ExportBriefResponse>, Status> {
        let principal = principal(&request)?;
        export::export(&self.store, &principal, request.get_ref()).await.map(Response::new)
    }

    async fn upload_attachment(
        &self,
        request: Request<Streaming<UploadAttachmentRequest>>,
    ) -> Result<Response<Attachment>, Status> {
        let principal = principal(&request)?;
        self.uploads.receive(&self.store, &principal, request.into_inner()).await.map(Response::new)
    }

    type GetAttachmentStream = ResponseStream<GetAttachmentResponse>;

    async fn get_attachment(
        &self,
        request: Request<GetAttachmentRequest>,
    ) -> Result<Response<Self::GetAttachmentStream>, Status> {
        let principal = principal(&request)?;
        let attachment: AttachmentName = name("name", &request.into_inner().name)?;
        let found = self.store.attachments().get(&principal, &attachment).await.map_err(status)?;
        let store = self.store.clone();
        Ok(stream(|messages| attachments::send(store, found, messages), &self.shutdown))
    }

    async fn list_attachments(
        &self,
        request: Request<ListAttachmentsRequest>,
    ) -> Result<Response<ListAttachmentsResponse>, Status> {
        let principal = principal(&request)?;
        attachments::list(&self.store, &principal, request.get_ref()).await.map(Response::new)
    }
}
