//! Access control: credentials, roles, workspaces.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_client::{Client, ClientConfig};
use chancery_proto::admin::v1::{
    ApiToken, CreateApiTokenRequest, CreateWorkspaceRequest, GetWorkspaceRequest, ListApiTokensRequest,
    MarkingScheme, RevokeApiTokenRequest, Role, WithholdingPolicy, Workspace,
};
use chancery_proto::brief::v1::GetBriefRequest;
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::import;
use chancery_testkit::refusals::refused;
use chancery_testkit::{Stack, WORKSPACE, files};
use chancery_tests::{RUSSIA_IRAN, render_of};
use tonic::Code::{NotFound, PermissionDenied, Unauthenticated};

fn tokens_of(workspace: &str) -> ListApiTokensRequest {
    ListApiTokensRequest { parent: workspace.into(), ..Default::default() }
}

fn get() -> GetBriefRequest {
    GetBriefRequest { name: RUSSIA_IRAN.into(), ..Default::default() }
}

#[tokio::test]
async fn calls_without_valid_credentials_are_rejected() {
    let stack = Stack::without_worker().await;
    stack.import(files::revisions("russia-iran")).await;
    let unknown = format!("chy_{}", "A".repeat(43));
    for token in [None, Some("nonsense"), Some(unknown.as_str())] {
        let config = ClientConfig { token: token.map(str::to_owned), ..ClientConfig::new(stack.url()) };
        let client = Client::connect(config).await.unwrap();
        refused(client.get_brief(get()).await, Unauthenticated, Reason::Unauthenticated);
    }
}

#[tokio::test]
async fn a_revoked_token_is_rejected_at_once() {
    let stack = Stack::without_worker().await;
    stack.import(files::revisions("russia-iran")).await;
    let reader = stack.caller("reader", &[Role::Reader], "TLP:CLEAR").await;
    reader.client.get_brief(get()).await.unwrap();
    let revoke = || RevokeApiTokenRequest { name: reader.token_name.clone(), ..Default::default() };
    let revoked = stack.admin().await.revoke_api_token(revoke()).await.unwrap();
    assert!(revoked.revoke_time.is_some());
    refused(reader.client.get_brief(get()).await, Unauthenticated, Reason::Unauthenticated);
    // Revoking again changes nothing.
    assert_eq!(stack.admin().await.revoke_api_token(revoke()).await.unwrap(), revoked);
}

#[tokio::test]
async fn each_role_allows_its_own_calls_and_no_others() {
    let stack = Stack::without_worker().await;
    stack.import(files::revisions("russia-iran")).await;
    let revisions = files::revisions("russia-iran");
    for (name, role, reads, publishes, renders) in [
        ("reader", Role::Reader, true, false, false),
        ("author", Role::Author, false, false, false),
        ("publisher", Role::Publisher, false, true, false),
        ("renderer", Role::Renderer, false, false, true),
        ("manager", Role::Admin, true, true, true),
    ] {
        let client = stack.caller(name, &[role], "TLP:RED").await.client;
        let check_access = |allowed: bool, answer: Result<(), chancery_client::Error>| {
            if allowed {
                answer.unwrap_or_else(|error| panic!("{name}: {error}"));
            } else {
                refused(answer, PermissionDenied, Reason::PermissionDenied);
            }
        };
        check_access(reads, client.get_brief(get()).await.map(drop));
        check_access(publishes, client.import_brief(import(revisions.clone())).await.map(drop));
        check_access(renders, client.create_render(render_of(RUSSIA_IRAN)).await.map(drop));
        check_access(role == Role::Admin, client.all_api_tokens(tokens_of(WORKSPACE)).await.map(drop));
    }
}

#[tokio::test]
async fn system_roles_read_no_brief() {
    let stack = Stack::without_worker().await;
    stack.import(files::revisions("russia-iran")).await;
    let operator = stack.operator().await;
    refused(operator.get_brief(get()).await, PermissionDenied, Reason::PermissionDenied);
    let create = operator.create_render(render_of(RUSSIA_IRAN)).await;
    refused(create, PermissionDenied, Reason::PermissionDenied);
}

#[tokio::test]
async fn another_workspace_is_denied_whether_or_not_it_exists() {
    let stack = Stack::without_worker().await;
    let operator = stack.operator().await;
    let workspace = Workspace {
        display_name: "Other".into(),
        marking_scheme: MarkingScheme::Us.into(),
        withholding_policy: WithholdingPolicy::Mark.into(),
        ..Default::default()
    };
    let request = CreateWorkspaceRequest {
        workspace_id: "other".into(),
        workspace: Some(workspace),
        ..Default::default()
    };
    let made = operator.create_workspace(request).await.unwrap();
    assert_eq!((made.name.as_str(), made.marking_scheme()), ("workspaces/other", MarkingScheme::Us));

    let admin = stack.admin().await;
    let mut messages = Vec::new();
    for name in ["workspaces/other", "workspaces/nowhere"] {
        let workspace = admin.get_workspace(GetWorkspaceRequest { name: name.into() }).await;
        refused(workspace, PermissionDenied, Reason::PermissionDenied);
        let listed = refused(admin.all_briefs(name).await, PermissionDenied, Reason::PermissionDenied);
        messages.push(listed.message.replace(name, ""));
    }
    assert_eq!(messages[0], messages[1]);
}

#[tokio::test]
async fn an_operator_creates_the_first_admin_of_a_workspace_and_no_other_right_to_content() {
    let stack = Stack::without_worker().await;
    let operator = stack.operator().await;
    let token = |parent: &str, role: Role| CreateApiTokenRequest {
        parent: parent.into(),
        api_token: Some(ApiToken {
            display_name: "another caller".into(),
            roles: vec![role.into()],
            clearance: "TLP:GREEN".into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let workspace = Workspace { display_name: "Other".into(), ..Default::default() };
    let request = CreateWorkspaceRequest {
        workspace_id: "other".into(),
        workspace: Some(workspace),
        ..Default::default()
    };
    operator.create_workspace(request).await.unwrap();
    let made = operator.create_api_token(token("workspaces/other", Role::Admin)).await.unwrap();
    assert!(made.secret.starts_with("chy_") && made.secret.len() == 47);
    for (parent, role) in [
        ("workspaces/other", Role::Admin),
        ("workspaces/other", Role::Reader),
        (WORKSPACE, Role::Admin),
        (WORKSPACE, Role::Renderer),
    ] {
        let answer = operator.create_api_token(token(parent, role)).await;
        let refusal = refused(answer, PermissionDenied, Reason::PermissionDenied);
        assert!(refusal.message.contains("operators grant no rights to content"), "{}", refusal.message);
    }
    // Whatever becomes of that admin: an operator who ends it gains nothing.
    let name = made.api_token.unwrap().name;
    operator.revoke_api_token(RevokeApiTokenRequest { name, ..Default::default() }).await.unwrap();
    let again = operator.create_api_token(token("workspaces/other", Role::Admin)).await;
    refused(again, PermissionDenied, Reason::PermissionDenied);
    let nowhere = operator.create_api_token(token("workspaces/nowhere", Role::Admin)).await;
    refused(nowhere, NotFound, Reason::NotFound);
}
