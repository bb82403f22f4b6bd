//! Publication rules of a workspace.

use chancery_proto::admin::v1::{
    GetWorkspaceRequest, PublicationRules, Role, UpdateWorkspaceRequest, Workspace,
};
use chancery_proto::brief::v1::ImportBriefRequest;
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::document;
use chancery_testkit::status_refusals::{refused, refused_at};
use prost_types::FieldMask;
use tonic::Code;

use crate::publishing::{bold, created, edited, publish, reworded, violations};
use crate::scene::Scene;

const NAME: &str = "workspaces/default";

fn update(workspace: Workspace, paths: &[&str]) -> UpdateWorkspaceRequest {
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    let update_mask = (!paths.is_empty()).then_some(FieldMask { paths });
    UpdateWorkspaceRequest { workspace: Some(Workspace { name: NAME.into(), ..workspace }), update_mask }
}

fn with_rules(rules: PublicationRules) -> UpdateWorkspaceRequest {
    update(Workspace { publication_rules: Some(rules), ..Workspace::default() }, &[])
}

fn refusing(codes: &[&str]) -> UpdateWorkspaceRequest {
    let refused_codes = codes.iter().map(|code| (*code).to_owned()).collect();
    with_rules(PublicationRules { refused_codes, ..PublicationRules::default() })
}

#[tokio::test]
async fn a_draft_must_satisfy_the_rules_of_its_workspace() {
    let scene = Scene::new().await;
    let (mut admin, etag) = created(&scene).await;
    let mut admins = scene.admins(&scene.admin);
    let etag = edited(&mut admin, &etag, bold()).await;

    let updated = admins.update_workspace(refusing(&["FORECAST_WITHOUT_HORIZON"])).await.unwrap();
    let found = admins.get_workspace(GetWorkspaceRequest { name: NAME.into() }).await.unwrap();
    assert_eq!(found.into_inner(), updated.into_inner());
    let status =
        refused(admin.publish_brief(publish(&etag)).await, Code::FailedPrecondition, Reason::LintWarnings);
    assert_eq!(violations(&status), [("FORECAST_WITHOUT_HORIZON".into(), "open".into())]);
    // A code that the draft has no warning of refuses nothing.
    admins.update_workspace(refusing(&["SCENARIOS_NOT_100"])).await.unwrap();
    assert_eq!(admin.publish_brief(publish(&etag)).await.unwrap().into_inner().number, 1);

    let strict = PublicationRules { require_declared_changes: true, ..PublicationRules::default() };
    admins.update_workspace(with_rules(strict)).await.unwrap();
    let etag = edited(&mut admin, &etag, reworded("It rains.")).await;
    refused(admin.publish_brief(publish(&etag)).await, Code::FailedPrecondition, Reason::UndeclaredChanges);
    let none = PublicationRules { require_no_warnings: true, ..PublicationRules::default() };
    admins.update_workspace(with_rules(none)).await.unwrap();
    let etag = edited(&mut admin, &etag, bold()).await;
    admins.update_workspace(update(Workspace::default(), &["publication_rules"])).await.unwrap();
    let etag = edited(&mut admin, &etag, reworded("It rains.")).await;
    assert_eq!(admin.publish_brief(publish(&etag)).await.unwrap().into_inner().number, 2);
}

#[tokio::test]
async fn rules_that_require_no_warnings_name_all_of_them() {
    let scene = Scene::new().await;
    let (mut admin, etag) = created(&scene).await;
    let none = PublicationRules { require_no_warnings: true, ..PublicationRules::default() };
    scene.admins(&scene.admin).update_workspace(with_rules(none)).await.unwrap();
    let etag = edited(&mut admin, &etag, bold()).await;
    let status =
        refused(admin.publish_brief(publish(&etag)).await, Code::FailedPrecondition, Reason::LintWarnings);
    assert!(violations(&status).len() > 1, "{status:?}");
    // Imports bring revisions that were published before, under the rules of their time.
    let import = ImportBriefRequest {
        parent: NAME.into(),
        documents: vec![document("b2", 1, bold())],
        ..ImportBriefRequest::default()
    };
    admin.import_brief(import).await.unwrap();
}

#[tokio::test]
async fn an_update_sets_the_fields_that_it_names() {
    let scene = Scene::new().await;
    let mut admins = scene.admins(&scene.admin);
    let refuses = |codes: &[&str]| PublicationRules {
        refused_codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        ..PublicationRules::default()
    };
    let both = Workspace {
        display_name: "Desk".into(),
        publication_rules: Some(refuses(&["UNUSED_SOURCE", "SINGLE_SOURCE", "UNUSED_SOURCE"])),
        ..Workspace::default()
    };
    let updated = admins.update_workspace(update(both.clone(), &["publication_rules"])).await.unwrap();
    let updated = updated.into_inner();
    assert_ne!(updated.display_name, "Desk");
    assert_eq!(updated.publication_rules, Some(refuses(&["SINGLE_SOURCE", "UNUSED_SOURCE"])));
    let updated = admins.update_workspace(update(both, &["display_name"])).await.unwrap().into_inner();
    assert_eq!(updated.display_name, "Desk");

    let unknown = admins.update_workspace(refusing(&["SINGLE_SORCE"])).await;
    refused_at(unknown, Reason::InvalidField, "workspace.publication_rules.refused_codes");
    let nameless = admins.update_workspace(update(Workspace::default(), &["display_name"])).await;
    refused_at(nameless, Reason::InvalidField, "workspace.display_name");
    let fixed = admins.update_workspace(update(Workspace::default(), &["marking_scheme"])).await;
    refused_at(fixed, Reason::InvalidField, "update_mask");
    let nothing = UpdateWorkspaceRequest::default();
    refused_at(admins.update_workspace(nothing).await, Reason::InvalidField, "workspace");
}

#[tokio::test]
async fn only_an_admin_of_the_workspace_or_an_operator_updates_it() {
    let scene = Scene::new().await;
    let publisher = scene.token("default", &[Role::Publisher], "TLP:RED").await;
    let refusal = scene.admins(&publisher).update_workspace(refusing(&[])).await;
    refused(refusal, Code::PermissionDenied, Reason::PermissionDenied);
    let other = Workspace { name: "workspaces/other".into(), ..Workspace::default() };
    let other = UpdateWorkspaceRequest { workspace: Some(other), update_mask: None };
    let refusal = scene.admins(&scene.admin).update_workspace(other.clone()).await;
    refused(refusal, Code::PermissionDenied, Reason::PermissionDenied);
    let refusal = scene.admins(&scene.operator).update_workspace(other).await;
    refused(refusal, Code::NotFound, Reason::NotFound);
    scene.admins(&scene.operator).update_workspace(refusing(&[])).await.unwrap();
}
