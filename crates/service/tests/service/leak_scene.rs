//! Twin workspaces and their readers.

use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_brief::marking::{Policy, Scheme};
use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::admin::v1::{CreateWorkspaceRequest, MarkingScheme, Role, WithholdingPolicy, Workspace};
use chancery_proto::brief::v1::knowledge_service_client::KnowledgeServiceClient;
use chancery_proto::brief::v1::{AttachmentHeader, ImportBriefRequest, RevisionDocument};
use chancery_proto::render::v1::render_service_client::RenderServiceClient;
use chancery_testkit::print_environment::ENVIRONMENT;

use crate::attachments;
use crate::leak_answers::Reader;
use crate::queue_scene::Renders;
use crate::scene::{Briefs, Scene, bearer};

/// An image at the lowest marking.
pub(crate) const OPEN_PICTURE: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>";

/// A withheld image in the first twin.
pub(crate) const WITHHELD_PICTURE: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='2' height='1'/>";

/// A withheld image in the second twin.
pub(crate) const OTHER_WITHHELD_PICTURE: &str =
    "<svg xmlns='http://www.w3.org/2000/svg' width='3' height='99'/>";

/// One of two workspaces.
pub(crate) struct Side {
    pub(crate) id: String,
    pub(crate) admin: Briefs,
    /// The admin's token.
    pub(crate) token: String,
    pub(crate) renders: Renders,
}

/// Two workspaces of the same scheme and policy.
pub(crate) struct Twins<'s> {
    scene: &'s Scene,
    pub(crate) one: Side,
    pub(crate) other: Side,
}

pub(crate) fn workspace_of(side: &Side) -> String {
    format!("workspaces/{}", side.id)
}

impl Side {
    pub(crate) async fn new(scene: &Scene, id: String, scheme: Scheme, policy: Policy) -> Self {
        let workspace = Workspace {
            display_name: "Twin".into(),
            marking_scheme: match scheme {
                Scheme::Tlp => MarkingScheme::Tlp,
                Scheme::Us => MarkingScheme::Us,
                Scheme::Corporate => MarkingScheme::Corporate,
            }
            .into(),
            withholding_policy: match policy {
                Policy::Omit => WithholdingPolicy::Omit,
                Policy::Mark => WithholdingPolicy::Mark,
            }
            .into(),
            ..Workspace::default()
        };
        let request = CreateWorkspaceRequest {
            workspace_id: id.clone(),
            workspace: Some(workspace),
            ..Default::default()
        };
        scene.admins(&scene.operator).create_workspace(request).await.unwrap();
        let token = scene.token(&id, &[Role::Admin], scheme.label(scheme.highest())).await;
        let renders = RenderServiceClient::with_interceptor(scene.channel(), bearer(&token));
        Self { id, admin: scene.briefs(&token), token, renders }
    }

    /// The id of the current image.
    pub(crate) async fn upload(&self, picture: &str, marking: &str) -> String {
        let header = AttachmentHeader {
            parent: workspace_of(self),
            media_type: "image/svg+xml".into(),
            marking: marking.into(),
            ..AttachmentHeader::default()
        };
        let uploaded = attachments::upload(&self.admin, header, picture.as_bytes()).await.unwrap();
        uploaded.name.rsplit('/').next().unwrap().to_owned()
    }

    pub(crate) async fn import(&self, documents: Vec<RevisionDocument>) {
        let request =
            ImportBriefRequest { parent: workspace_of(self), documents, ..ImportBriefRequest::default() };
        self.admin.clone().import_brief(request).await.unwrap();
    }
}

impl<'s> Twins<'s> {
    pub(crate) async fn new(scene: &'s Scene, number: usize, scheme: Scheme, policy: Policy) -> Self {
        scene
            .store()
            .await
            .renders()
            .set_print_environment(ENVIRONMENT, &GlyphCoverage::default())
            .await
            .unwrap();
        let one = Side::new(scene, format!("twin-a-{number}"), scheme, policy).await;
        let other = Side::new(scene, format!("twin-b-{number}"), scheme, policy).await;
        Self { scene, one, other }
    }

    pub(crate) async fn import(&self, one: Vec<RevisionDocument>, other: Vec<RevisionDocument>) {
        self.one.import(one).await;
        self.other.import(other).await;
    }

    /// Returns the same caller in both twins.
    pub(crate) async fn readers(&self, clearance: &str, roles: &[Role]) -> (Reader, Reader) {
        (self.reader(&self.one, clearance, roles).await, self.reader(&self.other, clearance, roles).await)
    }

    async fn reader(&self, side: &Side, clearance: &str, roles: &[Role]) -> Reader {
        SideReaders { scene: self.scene, side }.reader(clearance, roles).await
    }
}

/// Creates readers of one workspace.
pub(crate) struct SideReaders<'s> {
    pub(crate) scene: &'s Scene,
    pub(crate) side: &'s Side,
}

impl SideReaders<'_> {
    /// Creates a caller with a clearance and roles.
    pub(crate) async fn reader(&self, clearance: &str, roles: &[Role]) -> Reader {
        let side = self.side;
        let token = self.scene.token_by(&side.token, &side.id, roles, clearance).await;
        let knowledge = KnowledgeServiceClient::with_interceptor(self.scene.channel(), bearer(&token));
        Reader {
            workspace: side.id.clone(),
            renders: RenderServiceClient::with_interceptor(self.scene.channel(), bearer(&token)),
            briefs: self.scene.briefs(&token),
            knowledge: knowledge.max_decoding_message_size(MESSAGE_LIMIT),
        }
    }
}
