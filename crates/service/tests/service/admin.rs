use chancery_proto::admin::v1::{
    ApiToken, CreateApiTokenRequest, CreateWorkspaceRequest, GetWorkspaceRequest, ListApiTokensRequest,
    MarkingScheme, RevokeApiTokenRequest, Role, WithholdingPolicy, Workspace,
};
use chancery_proto::brief::v1::GetBriefRequest;
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::document;
use chancery_testkit::status_refusals::{refused, refused_at};
use tonic::Code;

use crate::scene::{Scene, content, shown};

fn workspace(id: &str) -> CreateWorkspaceRequest {
    let workspace = Workspace {
        display_name: "Newsroom".into(),
        marking_scheme: MarkingScheme::Corporate.into(),
        withholding_policy: WithholdingPolicy::Mark.into(),
        ..Workspace::default()
    };
    CreateWorkspaceRequest { workspace_id: id.into(), workspace: Some(workspace), ..Default::default() }
}

fn new_token(parent: &str, role: Role, clearance: &str) -> CreateApiTokenRequest {
    let (display_name, clearance) = ("Reader".into(), clearance.into());
    let api_token = ApiToken { display_name, roles: vec![role.into()], clearance, ..ApiToken::default() };
    CreateApiTokenRequest { parent: parent.into(), api_token: Some(api_token), ..Default::default() }
}

#[tokio::test]
async fn an_operator_creates_workspaces_and_their_admins_see_them() {
    let scene = Scene::new().await;
    let mut operator = scene.admins(&scene.operator);
    let made = operator.create_workspace(workspace("newsroom")).await.unwrap().into_inner();
    assert_eq!(
        (made.name.as_str(), made.marking_scheme()),
        ("workspaces/newsroom", MarkingScheme::Corporate)
    );
    let again = operator.create_workspace(workspace("newsroom")).await;
    refused(again, Code::AlreadyExists, Reason::AlreadyExists);
    refused_at(operator.create_workspace(workspace("system")).await, Reason::InvalidField, "workspace_id");
    refused_at(operator.create_workspace(workspace("N")).await, Reason::InvalidName, "workspace_id");

    let mut admin = scene.admins(&scene.token("newsroom", &[Role::Admin], "INTERNAL").await);
    let get = |name: &str| GetWorkspaceRequest { name: name.into() };
    assert_eq!(admin.get_workspace(get("workspaces/newsroom")).await.unwrap().into_inner(), made);
    for other in ["workspaces/default", "workspaces/never-made"] {
        refused(admin.get_workspace(get(other)).await, Code::PermissionDenied, Reason::PermissionDenied);
    }
    refused(operator.get_workspace(get("workspaces/never-made")).await, Code::NotFound, Reason::NotFound);
    let refusal = admin.create_workspace(workspace("another")).await;
    refused(refusal, Code::PermissionDenied, Reason::PermissionDenied);
}

#[tokio::test]
async fn a_workspaces_scheme_and_policy_decide_what_its_readers_see() {
    let scene = Scene::new().await;
    scene.admins(&scene.operator).create_workspace(workspace("newsroom")).await.unwrap();
    let mut secret = content("One");
    secret.default_marking = "PUBLIC".into();
    let text = chancery_proto::json::to_string_pretty(&secret);
    let text = text.replace("TLP:CLEAR", "PUBLIC").replace("TLP:RED", "RESTRICTED");
    let content = chancery_proto::json::from_str(&text).unwrap();
    let admin = scene.token("newsroom", &[Role::Admin], "RESTRICTED").await;
    let publisher = scene.token_by(&admin, "newsroom", &[Role::Publisher], "RESTRICTED").await;
    let request = chancery_proto::brief::v1::ImportBriefRequest {
        parent: "workspaces/newsroom".into(),
        documents: vec![document("b1", 1, content)],
        ..chancery_proto::brief::v1::ImportBriefRequest::default()
    };
    scene.briefs(&publisher).import_brief(request).await.unwrap();
    let mut reader = scene.briefs(&scene.token_by(&admin, "newsroom", &[Role::Reader], "PUBLIC").await);
    let name = "workspaces/newsroom/briefs/b1".to_owned();
    let brief = reader
        .get_brief(GetBriefRequest { name, if_none_match: String::new(), ..GetBriefRequest::default() })
        .await
        .unwrap();
    let content = brief.into_inner().content.unwrap();
    assert_eq!(shown(&content), ["open", ""]);
}

#[tokio::test]
async fn a_name_that_would_reorder_the_text_around_it_is_refused() {
    let scene = Scene::new().await;
    let mut admin = scene.admins(&scene.admin);
    let mut request = new_token("workspaces/default", Role::Reader, "TLP:GREEN");
    request.api_token.as_mut().unwrap().display_name = "Desk\u{202e} x".into();
    refused_at(admin.create_api_token(request).await, Reason::InvalidField, "api_token.display_name");
}

#[tokio::test]
async fn a_token_works_until_it_is_revoked() {
    let scene = Scene::new().await;
    scene.published("b1", content("One")).await;
    let mut admin = scene.admins(&scene.admin);
    let made = admin.create_api_token(new_token("workspaces/default", Role::Reader, "TLP:GREEN")).await;
    let made = made.unwrap().into_inner();
    let token = made.api_token.unwrap();
    let mut reader = scene.briefs(&made.secret);
    let get = GetBriefRequest {
        name: "workspaces/default/briefs/b1".into(),
        if_none_match: String::new(),
        ..GetBriefRequest::default()
    };
    reader.get_brief(get.clone()).await.unwrap();

    let list =
        ListApiTokensRequest { parent: "workspaces/default".into(), ..ListApiTokensRequest::default() };
    let listed = admin.list_api_tokens(list).await.unwrap().into_inner().api_tokens;
    // Its use is recorded meanwhile.
    let same = |found: &ApiToken| ApiToken { last_use_time: None, ..found.clone() } == token;
    assert!(listed.iter().any(same), "{listed:?}");

    let revoke = RevokeApiTokenRequest { name: token.name, ..Default::default() };
    let revoked = admin.revoke_api_token(revoke.clone()).await.unwrap().into_inner();
    assert_eq!(admin.revoke_api_token(revoke).await.unwrap().into_inner(), revoked);
    refused(reader.get_brief(get).await, Code::Unauthenticated, Reason::Unauthenticated);
    let name = format!("workspaces/default/apiTokens/{}", "0".repeat(32));
    let missing = admin.revoke_api_token(RevokeApiTokenRequest { name, ..Default::default() }).await;
    refused(missing, Code::NotFound, Reason::NotFound);
}

#[tokio::test]
async fn an_admin_cannot_create_a_token_above_their_own_access() {
    let scene = Scene::new().await;
    let mut admin = scene.admins(&scene.token("default", &[Role::Admin], "TLP:AMBER").await);
    let above = admin.create_api_token(new_token("workspaces/default", Role::Reader, "TLP:RED")).await;
    refused(above, Code::PermissionDenied, Reason::ClearanceTooLow);
    let system = admin.create_api_token(new_token("workspaces/default", Role::Operator, "")).await;
    refused_at(system, Reason::InvalidField, "api_token.roles");
    let system = admin.create_api_token(new_token("workspaces/system", Role::Operator, "")).await;
    refused(system, Code::PermissionDenied, Reason::PermissionDenied);
    let nothing = admin.create_api_token(new_token("workspaces/default", Role::Unspecified, "TLP:RED")).await;
    refused_at(nothing, Reason::InvalidField, "api_token.roles[0]");
    admin.create_api_token(new_token("workspaces/default", Role::Admin, "TLP:AMBER")).await.unwrap();
}
