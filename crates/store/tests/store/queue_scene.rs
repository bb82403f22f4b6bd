//! A fixture with a print environment and a brief, and the actions of callers and workers on the queue.

use chancery_brief::digest::body_digest;
use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_brief::marking::{Policy, Scheme};
use chancery_proto::names::{BriefName, BriefOrRevisionName, ResourceId};
use chancery_proto::render::v1::{PrintWarning, RenderOptions, RenderPriority};
use chancery_store::{
    AttemptFailure, CreatedToken, Expiry, Finished, Lease, LeaseHolder, NewToken, Principal, RenderRequest,
    RequestedRender, Result, Role, StagedArtifact, WorkerLimits,
};
use chancery_testkit::database;
use chancery_testkit::print_environment::ENVIRONMENT;

use crate::fixture::{Fixture, content, document, in_workspace, operator, person};

/// Brief `b1` is published and can be printed.
pub(crate) async fn scene() -> Fixture {
    let fixture = Fixture::new().await;
    fixture.store.renders().set_print_environment(ENVIRONMENT, &GlyphCoverage::default()).await.unwrap();
    fixture.published("b1", content("One")).await;
    fixture
}

pub(crate) fn source(path: &str) -> BriefOrRevisionName {
    format!("workspaces/default/briefs/{path}").parse().unwrap()
}

/// A principal with a brief to print.
pub(crate) struct Requester {
    pub(crate) principal: Principal,
    pub(crate) source: BriefOrRevisionName,
}

impl Requester {
    /// Of workspace `default`.
    pub(crate) fn here() -> Self {
        Self { principal: person("TLP:RED"), source: source("b1") }
    }

    /// A different print for each number.
    pub(crate) fn render(&self, number: usize, priority: RenderPriority) -> RenderRequest {
        let recipient = format!("Copy {number}");
        let options = RenderOptions { recipient, ..RenderOptions::default() };
        RenderRequest { source: self.source.clone(), options, priority, write: None }
    }
}

impl Fixture {
    /// A principal of a new workspace.
    pub(crate) async fn requester_in(&self, workspace: &str) -> Requester {
        let id = workspace.parse().unwrap();
        self.store
            .access()
            .create_workspace(&operator(), &id, "Other", Scheme::Tlp, Policy::Omit, None)
            .await
            .unwrap();
        let principal = in_workspace(workspace, Role::Admin, "TLP:RED");
        let brief: BriefName = format!("workspaces/{workspace}/briefs/theirs").parse().unwrap();
        self.store.briefs().import(&principal, &brief, &[document(1, content("Theirs"))]).await.unwrap();
        Requester { principal, source: brief.to_string().parse().unwrap() }
    }

    /// The task of a render with new inputs.
    pub(crate) async fn queued(&self, by: &Requester, number: usize, priority: RenderPriority) -> String {
        let requested =
            self.store.renders().request(&by.principal, &by.render(number, priority)).await.unwrap();
        assert!(requested.is_new_task);
        requested.render.task
    }

    /// Fails the task permanently.
    pub(crate) async fn ended(&self, lease: &Lease) {
        let failure = AttemptFailure { reason: "R".into(), message: String::new(), retryable: false };
        self.store.queue().fail_attempt(lease, &failure).await.unwrap();
    }

    /// A render of `b1`, requested with full clearance.
    pub(crate) async fn requested(&self) -> RequestedRender {
        self.requested_by(&person("TLP:RED"), "b1").await.unwrap()
    }

    pub(crate) async fn requested_by(&self, principal: &Principal, path: &str) -> Result<RequestedRender> {
        self.store.renders().create(principal, &source(path), &RenderOptions::default()).await
    }

    /// The leases that a worker with this many free slots gets.
    pub(crate) async fn leased(&self, limit: u32) -> Vec<Lease> {
        let acquired = self.store.queue().acquire_leases(ENVIRONMENT, &self.worker, limit).await.unwrap();
        acquired.leases.into_iter().map(|acquired| acquired.lease).collect()
    }

    pub(crate) async fn leased_one(&self) -> Lease {
        let mut leases = self.leased(1).await;
        leases.pop().expect("a task is queued")
    }

    /// Another worker process.
    pub(crate) async fn another(&self) -> LeaseHolder {
        database::worker(&self.store, &self.secrets.worker, "another").await
    }

    /// A worker with a token of limited use.
    pub(crate) async fn limited(&self, limits: WorkerLimits) -> LeaseHolder {
        let system: ResourceId = "system".parse().unwrap();
        let token = NewToken {
            display_name: "Limited",
            roles: [Role::Enroller].into_iter().collect(),
            clearance: "",
            expiry: Expiry::Usual,
            limits,
        };
        let created = self.store.access().create_token(&operator(), &system, &token, None).await.unwrap();
        let CreatedToken { token, secret } = created;
        assert_eq!(token.expires_at, None, "workers do not expire unless it is said");
        database::worker(&self.store, &secret.unwrap(), "limited").await
    }

    /// The leases that a worker gets, which counts as live from then on.
    pub(crate) async fn leased_by(&self, holder: &LeaseHolder) -> Vec<Lease> {
        self.store.workers().record(ENVIRONMENT, holder, 4).await.unwrap();
        let acquired = self.store.queue().acquire_leases(ENVIRONMENT, holder, 9).await.unwrap();
        acquired.leases.into_iter().map(|acquired| acquired.lease).collect()
    }

    /// Expires every lease.
    pub(crate) fn let_leases_run_out(&self) {
        self.rows("update render_queue set visible_at = clock_timestamp() - interval '1 second'");
    }

    /// Stages and finishes, as the upload does.
    pub(crate) async fn finished(&self, lease: &Lease, pdf: &[u8]) -> Result<Finished> {
        let blob = self.store.artifacts().stage(lease, ENVIRONMENT).await?;
        self.finished_from(lease, &blob, pdf).await
    }

    pub(crate) async fn finished_from(&self, lease: &Lease, blob: &str, pdf: &[u8]) -> Result<Finished> {
        let mut upload = self.store.artifacts().begin_upload(blob).await?;
        // An odd size, as network reads have.
        for piece in pdf.chunks(99_991) {
            upload.write(piece.to_vec().into()).await?;
        }
        upload.finish().await?;
        self.store.queue().finish_task(lease, &staged(blob, pdf)).await
    }
}

pub(crate) fn staged(blob: &str, pdf: &[u8]) -> StagedArtifact {
    StagedArtifact {
        blob: blob.to_owned(),
        digest: body_digest(pdf),
        size_bytes: pdf.len() as u64,
        pages: 3,
        warnings: vec![PrintWarning {
            code: "MISSING_GLYPH".to_owned(),
            part_id: "s1".to_owned(),
            text: "no font has U+E000".to_owned(),
        }],
        is_proven: true,
    }
}
