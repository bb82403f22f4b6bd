use std::collections::BTreeSet;
use std::time::Duration;

use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::brief_service_client::BriefServiceClient;
use chancery_proto::brief::v1::{CreateBriefRequest, GetBriefRequest};
use chancery_proto::descriptors::{permission, pool};
use chancery_proto::errors::v1::Reason;
use chancery_proto::options::v1::Permission;
use chancery_testkit::status_refusals::refused;
use tonic::Code;
use tonic::transport::Endpoint;

use crate::scene::{Scene, bearer, content};
use crate::wire::call;

/// The permissions of each role, as permission.proto documents them.
fn permissions(role: Role) -> &'static [Permission] {
    match role {
        Role::Unspecified => &[],
        Role::Reader => &[Permission::BriefRead, Permission::AttachmentRead],
        Role::Author => &[Permission::BriefWrite, Permission::AttachmentRead, Permission::AttachmentWrite],
        Role::Publisher => {
            &[Permission::BriefPublish, Permission::AttachmentRead, Permission::AttachmentWrite]
        }
        Role::Renderer => &[Permission::Render],
        Role::Admin => &[
            Permission::BriefRead,
            Permission::BriefWrite,
            Permission::BriefPublish,
            Permission::Render,
            Permission::WorkspaceAdmin,
            Permission::AttachmentRead,
            Permission::AttachmentWrite,
        ],
        Role::Worker => &[Permission::Work],
        Role::Operator => &[Permission::WorkspaceAdmin, Permission::Operate],
        Role::Enroller => &[Permission::Enroll],
    }
}

/// Returns the paths of all methods.
fn methods() -> Vec<String> {
    let services = pool().services().filter(|service| service.full_name().starts_with("chancery."));
    services
        .flat_map(|service| {
            let methods =
                service.methods().map(|method| format!("/{}/{}", service.full_name(), method.name()));
            methods.collect::<Vec<_>>()
        })
        .collect()
}

#[tokio::test]
async fn every_method_admits_exactly_the_roles_that_grant_its_permission() {
    let scene = Scene::new().await;
    let mut tokens = vec![(None, String::new())];
    for role in [Role::Reader, Role::Author, Role::Publisher, Role::Renderer, Role::Admin] {
        tokens.push((Some(role), scene.token("default", &[role], "TLP:RED").await));
    }
    tokens.push((Some(Role::Worker), scene.worker.clone()));
    tokens.push((Some(Role::Operator), scene.operator.clone()));
    tokens.push((Some(Role::Enroller), scene.enroller.clone()));

    let mut walked = BTreeSet::new();
    for path in methods() {
        let is_work = path.contains("RenderWorkerService");
        let listener = if is_work { scene.running.worker_listen } else { scene.running.listen };
        let needed = permission(&path).unwrap();
        for (role, token) in &tokens {
            let answer =
                tokio::time::timeout(Duration::from_secs(1), call(listener, &path, token, &[])).await;
            // An admitted call may wait for something; a rejected one returns at once.
            let code =
                answer.map_or(Code::Ok, |answer| answer.map_or_else(|status| status.code(), |_| Code::Ok));
            let expected = match role {
                None => Code::Unauthenticated,
                Some(role) if permissions(*role).contains(&needed) => {
                    assert!(
                        !matches!(code, Code::Unauthenticated | Code::PermissionDenied | Code::Unimplemented),
                        "{path} refuses {role:?}: {code:?}"
                    );
                    code
                }
                Some(_) => Code::PermissionDenied,
            };
            assert_eq!(code, expected, "{path} as {role:?}");
        }
        walked.insert(needed);
    }
    assert!(walked.len() >= 9, "{walked:?}");
}

#[tokio::test]
async fn another_workspace_is_forbidden_whether_or_not_the_brief_exists() {
    let scene = Scene::new().await;
    scene.published("b1", content("One")).await;
    let request = chancery_proto::admin::v1::CreateWorkspaceRequest {
        workspace_id: "elsewhere".into(),
        workspace: Some(chancery_proto::admin::v1::Workspace {
            display_name: "Elsewhere".into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    scene.admins(&scene.operator).create_workspace(request).await.unwrap();
    let mut stranger = scene.briefs(&scene.token("elsewhere", &[Role::Admin], "TLP:RED").await);
    for brief in ["default/briefs/b1", "default/briefs/b2", "never-made/briefs/b1"] {
        let get = GetBriefRequest {
            name: format!("workspaces/{brief}"),
            if_none_match: String::new(),
            ..GetBriefRequest::default()
        };
        refused(stranger.get_brief(get).await, Code::PermissionDenied, Reason::PermissionDenied);
        let parent = format!("workspaces/{}", brief.split('/').next().unwrap());
        let create = CreateBriefRequest {
            parent,
            brief_id: "b1".into(),
            content: Some(content("Mine")),
            ..CreateBriefRequest::default()
        };
        refused(stranger.create_brief(create).await, Code::PermissionDenied, Reason::PermissionDenied);
    }
}

#[tokio::test]
async fn unknown_and_malformed_credentials_get_the_same_error() {
    let scene = Scene::new().await;
    let get = GetBriefRequest {
        name: "workspaces/default/briefs/b1".into(),
        if_none_match: String::new(),
        ..GetBriefRequest::default()
    };
    let unknown = format!("chy_{}", "A".repeat(43));
    let mut messages = BTreeSet::new();
    for token in [unknown.as_str(), "chy_short", "nonsense"] {
        let answer = scene.briefs(token).get_brief(get.clone()).await;
        let status = refused(answer, Code::Unauthenticated, Reason::Unauthenticated);
        messages.insert(status.message().to_owned());
    }
    assert_eq!(messages.len(), 1);
    refused(scene.briefs("").get_brief(get).await, Code::Unauthenticated, Reason::Unauthenticated);
}

#[tokio::test]
async fn an_address_that_guesses_tokens_is_limited_and_its_known_tokens_work_within_a_second() {
    let scene = Scene::new().await;
    scene.published("one", content("Known")).await;
    let running = scene.replica(&["--max-unknown-tokens", "2"]).await;
    let server = Endpoint::from_shared(format!("http://{}", running.listen)).unwrap();
    let channel = server.connect().await.unwrap();
    let get = async |token: &str| {
        let mut client = BriefServiceClient::with_interceptor(channel.clone(), bearer(token));
        let name = "workspaces/default/briefs/one".to_owned();
        client.get_brief(GetBriefRequest { name, ..GetBriefRequest::default() }).await
    };
    let known = scene.token("default", &[Role::Reader], "TLP:CLEAR").await;
    get(&known).await.unwrap();
    let mut codes = Vec::new();
    for number in 0..40 {
        codes.push(get(&format!("chy_{number:0>43}")).await.unwrap_err().code());
    }
    // Ten at once, and two more for each second that the calls took.
    assert_eq!(codes[..10], [Code::Unauthenticated; 10]);
    assert!(codes[10..].contains(&Code::ResourceExhausted), "{codes:?}");
    // At once if its principal is cached, else when a lookup is admitted again.
    let works = async || {
        while get(&known).await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), works()).await.unwrap();
}
