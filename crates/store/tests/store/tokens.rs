use std::time::Duration;

use chancery_brief::marking::{Policy, Scheme};
use chancery_proto::names::ResourceId;
use chancery_store::{
    ApiToken, CreatedToken, Expiry, IdempotencyKey, NewToken, Principal, Role, Scope, Secret, StoreError,
    TOKEN_USE_INTERVAL, TokenFilter, WorkerLimits,
};

use crate::fixture::{Fixture, in_workspace, operator, person};

fn reader(clearance: &str) -> NewToken<'_> {
    let roles = [Role::Reader].into_iter().collect();
    NewToken {
        display_name: "Reader",
        roles,
        clearance,
        expiry: Expiry::Usual,
        limits: WorkerLimits::default(),
    }
}

impl Fixture {
    async fn created(&self, principal: &Principal, new: &NewToken<'_>) -> (ApiToken, Secret) {
        let created = self.store.access().create_token(principal, &default(), new, None).await.unwrap();
        let CreatedToken { token, secret } = created;
        (token, secret.expect("a first request"))
    }
}

fn default() -> ResourceId {
    "default".parse().unwrap()
}

#[tokio::test]
async fn the_first_tokens_hold_and_are_made_once() {
    let fixture = Fixture::new().await;
    let operator =
        fixture.store.access().principal_of_secret(&fixture.secrets.operator).await.unwrap().unwrap();
    assert_eq!(operator.scope, Scope::System);
    let admin = fixture.store.access().principal_of_secret(&fixture.secrets.admin).await.unwrap().unwrap();
    assert!(matches!(admin.scope, Scope::Workspace { ref id, .. } if id.as_str() == "default"));
    let again =
        fixture.store.access().bootstrap(|_| -> Result<(), String> { panic!("nothing is to be kept") }).await;
    assert_eq!(again.unwrap(), chancery_store::Bootstrapped::Before);
    assert!(
        fixture.store.access().principal_of_secret(&Secret::generate().unwrap()).await.unwrap().is_none()
    );
}

#[tokio::test]
async fn tokens_exist_only_if_their_secrets_were_stored() {
    let fixture = Fixture::new().await;
    fixture.rows("delete from change_log");
    fixture.rows("delete from api_tokens");
    fixture.rows("delete from change_counters where workspace_id = 'default'");
    fixture.rows("delete from workspaces where workspace_id = 'default'");
    let refused = fixture.store.access().bootstrap(|_| Err("the disk is full")).await.unwrap_err();
    assert!(refused.to_string().contains("the disk is full"), "{refused}");
    assert_eq!(fixture.rows("select count(*) from api_tokens"), ["0"]);
}

#[tokio::test]
async fn the_database_contains_no_secret() {
    let fixture = Fixture::new().await;
    let secret = fixture.secrets.admin.reveal();
    let found =
        fixture.rows(&format!("select count(*) from api_tokens t where t::text like '%{}%'", &secret[4..]));
    assert_eq!(found, ["0"]);
}

#[tokio::test]
async fn an_expired_and_a_revoked_token_hold_no_more() {
    let fixture = Fixture::new().await;
    let admin = person("TLP:RED");
    let (token, secret) = fixture.created(&admin, &reader("TLP:RED")).await;
    assert!(fixture.store.access().principal_of_secret(&secret).await.unwrap().is_some());
    let revoked = fixture.store.access().revoke_token(&admin, &token.name, false).await.unwrap().0;
    assert!(fixture.store.access().principal_of_secret(&secret).await.unwrap().is_none());
    let again = fixture.store.access().revoke_token(&admin, &token.name, false).await.unwrap().0;
    assert_eq!((revoked.revoked_at.is_some(), &again), (true, &revoked));
    let log = "select kind from change_log where workspace_id = 'default' order by number";
    assert_eq!(fixture.rows(log), ["token_created", "token_revoked"]);

    let (token, secret) = fixture.created(&admin, &reader("TLP:RED")).await;
    let past = "update api_tokens set expires_at = clock_timestamp() where token_id =";
    fixture.rows(&format!("{past} '{}'", token.name.token));
    assert!(fixture.store.access().principal_of_secret(&secret).await.unwrap().is_none());
}

#[tokio::test]
async fn no_token_can_exceed_its_creators_permissions() {
    let fixture = Fixture::new().await;
    let amber = person("TLP:AMBER");
    let refused =
        fixture.store.access().create_token(&amber, &default(), &reader("TLP:RED"), None).await.unwrap_err();
    assert!(matches!(refused, StoreError::ClearanceTooLow(_)), "{refused}");
    let worker = NewToken { roles: [Role::Worker].into_iter().collect(), ..reader("TLP:AMBER") };
    let refused = fixture.store.access().create_token(&amber, &default(), &worker, None).await.unwrap_err();
    assert!(matches!(refused, StoreError::InvalidField { field: "api_token.roles", .. }), "{refused}");
    let refused = fixture
        .store
        .access()
        .create_token(&amber, &"system".parse().unwrap(), &worker, None)
        .await
        .unwrap_err();
    assert!(matches!(refused, StoreError::Forbidden(_)), "{refused}");
    let stranger = in_workspace("elsewhere", Role::Admin, "TLP:RED");
    let refused = fixture
        .store
        .access()
        .create_token(&stranger, &default(), &reader("TLP:CLEAR"), None)
        .await
        .unwrap_err();
    assert!(matches!(refused, StoreError::Forbidden(_)), "{refused}");
}

#[tokio::test]
async fn values_of_a_token_that_do_not_go_together_are_refused() {
    let fixture = Fixture::new().await;
    let (admin, operator) = (person("TLP:RED"), operator());
    let past = time::OffsetDateTime::UNIX_EPOCH;
    let system: ResourceId = "system".parse().unwrap();
    let limits = WorkerLimits { workspaces: vec![default()], ..WorkerLimits::default() };
    let twice = Scheme::Tlp.ranks().take(2).map(|rank| (Scheme::Tlp, rank)).collect();
    let twice = WorkerLimits { highest_markings: twice, ..WorkerLimits::default() };
    let worker = || NewToken { roles: [Role::Worker].into_iter().collect(), clearance: "", ..reader("") };
    for (workspace, token, field) in [
        (&default(), NewToken { roles: [].into_iter().collect(), ..reader("TLP:RED") }, "api_token.roles"),
        (&default(), reader(""), "api_token.clearance"),
        (&default(), reader("SECRET"), "api_token.clearance"),
        (&default(), NewToken { display_name: " ", ..reader("TLP:RED") }, "api_token.display_name"),
        (&default(), NewToken { expiry: Expiry::At(past), ..reader("TLP:RED") }, "api_token.expire_time"),
        (&default(), NewToken { limits, ..reader("TLP:RED") }, "api_token.worker_limits"),
        (&system, reader(""), "api_token.roles"),
        (&system, NewToken { limits: twice, ..worker() }, "api_token.worker_limits.highest_markings"),
    ] {
        let by = if *workspace == system { &operator } else { &admin };
        let refused = fixture.store.access().create_token(by, workspace, &token, None).await.unwrap_err();
        assert!(
            matches!(refused, StoreError::InvalidField { field: named, .. } if named == field),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn tokens_are_listed_oldest_first_in_pages() {
    let fixture = Fixture::new().await;
    let admin = person("TLP:RED");
    for _ in 0..3 {
        fixture.store.access().create_token(&admin, &default(), &reader("TLP:GREEN"), None).await.unwrap();
    }
    let all = fixture
        .store
        .access()
        .list_tokens(&admin, &default(), &TokenFilter::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(
        (all.len(), all[0].clearance.as_str(), all[1].clearance.as_str()),
        (4, "TLP:RED", "TLP:GREEN")
    );
    let rest = fixture
        .store
        .access()
        .list_tokens(&admin, &default(), &TokenFilter::default(), Some(&all[1].name.token), 10)
        .await
        .unwrap();
    assert_eq!(rest, all[2..]);
}

#[tokio::test]
async fn tokens_for_people_expire_after_ninety_days_unless_it_is_said_otherwise() {
    let fixture = Fixture::new().await;
    let admin = person("TLP:RED");
    let (usual, _) = fixture.created(&admin, &reader("TLP:RED")).await;
    let (never, _) = fixture.created(&admin, &NewToken { expiry: Expiry::Never, ..reader("TLP:RED") }).await;
    let lifetime = usual.expires_at.unwrap() - usual.created_at;
    assert!((lifetime - time::Duration::days(90)).abs() < time::Duration::minutes(1), "{lifetime}");
    assert_eq!(never.expires_at, None);
}

#[tokio::test]
async fn a_token_shows_its_creator_and_its_last_use() {
    let fixture = Fixture::new().await;
    let access = fixture.store.access();
    let admin = access.principal_of_secret(&fixture.secrets.admin).await.unwrap().unwrap();
    let (token, _) = fixture.created(&admin, &reader("TLP:RED")).await;
    assert_eq!((&token.creator, token.creator_is_revoked, token.used_at), (&admin.subject, false, None));
    access.record_token_use(&token.name.token).await.unwrap();
    let filter = TokenFilter { creator: Some(admin.subject.clone()), ..TokenFilter::default() };
    let listed = access.list_tokens(&admin, &default(), &filter, None, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert!(listed[0].used_at.is_some());
    access.record_token_use(&token.name.token).await.unwrap();
    let again = access.list_tokens(&admin, &default(), &filter, None, 10).await.unwrap();
    assert_eq!(again, listed, "written every ten minutes at most");
}

#[tokio::test]
async fn a_resolved_token_says_when_its_use_is_to_be_recorded() {
    let fixture = Fixture::new().await;
    let access = fixture.store.access();
    let (token, secret) = fixture.created(&person("TLP:RED"), &reader("TLP:RED")).await;
    let hash = secret.sha256();
    let due_in = async || access.principal_of_secret_sha256(&hash).await.unwrap().unwrap().use_due_in;
    assert_eq!(due_in().await, Duration::ZERO, "never used");
    access.record_token_use(&token.name.token).await.unwrap();
    let pause = due_in().await;
    assert!(pause <= TOKEN_USE_INTERVAL && pause > TOKEN_USE_INTERVAL / 2, "{pause:?}");
    let last_used = |ago: &str| {
        fixture.rows(&format!("update api_tokens set last_used_at = clock_timestamp() - interval '{ago}'"));
    };
    last_used("9 minutes");
    let pause = due_in().await;
    assert!(pause <= Duration::from_mins(1) && pause > Duration::ZERO, "{pause:?}");
    last_used("11 minutes");
    assert_eq!(due_in().await, Duration::ZERO);
}

#[tokio::test]
async fn the_tokens_of_a_revoked_creator_are_marked_and_can_be_revoked_together() {
    let fixture = Fixture::new().await;
    let access = fixture.store.access();
    let admin = access.principal_of_secret(&fixture.secrets.admin).await.unwrap().unwrap();
    let new = |role: Role| NewToken { roles: [role].into_iter().collect(), ..reader("TLP:RED") };
    let (leaver, secret) = fixture.created(&admin, &new(Role::Admin)).await;
    let as_leaver = access.principal_of_secret(&secret).await.unwrap().unwrap();
    let (made, made_secret) = fixture.created(&as_leaver, &new(Role::Admin)).await;
    let as_made = access.principal_of_secret(&made_secret).await.unwrap().unwrap();
    let (grandchild, _) = fixture.created(&as_made, &new(Role::Reader)).await;
    let (other, _) = fixture.created(&admin, &new(Role::Reader)).await;
    access.revoke_token(&admin, &leaver.name, false).await.unwrap();
    let all = access.list_tokens(&admin, &default(), &TokenFilter::default(), None, 10).await.unwrap();
    let orphans: Vec<_> =
        all.iter().filter(|token| token.creator_is_revoked).map(|token| &token.name).collect();
    assert_eq!(orphans, [&made.name]);
    let (_, revoked) = access.revoke_token(&admin, &leaver.name, true).await.unwrap();
    assert_eq!(revoked.len(), 2);
    assert!(
        revoked.contains(&made.name) && revoked.contains(&grandchild.name) && !revoked.contains(&other.name)
    );
    let log = "select count(*) from change_log where workspace_id = 'default' and kind = 'token_revoked'";
    assert_eq!(fixture.rows(log), ["3"]);
}

#[tokio::test]
async fn an_admin_sees_and_manages_no_token_above_their_own_clearance() {
    let fixture = Fixture::new().await;
    let access = fixture.store.access();
    let (red, _) = fixture.created(&person("TLP:RED"), &reader("TLP:RED")).await;
    let (green, _) = fixture.created(&person("TLP:RED"), &reader("TLP:GREEN")).await;
    let amber = person("TLP:AMBER");
    let listed = access.list_tokens(&amber, &default(), &TokenFilter::default(), None, 10).await.unwrap();
    assert_eq!(listed.iter().map(|token| &token.name).collect::<Vec<_>>(), [&green.name]);
    for refused in [
        access.revoke_token(&amber, &red.name, false).await.map(drop),
        access.suspend_token(&amber, &red.name, Some("Because.")).await.map(drop),
    ] {
        assert!(matches!(refused, Err(StoreError::ClearanceTooLow(_))), "{refused:?}");
    }
    access.revoke_token(&amber, &green.name, false).await.unwrap();
}

#[tokio::test]
async fn a_repeated_request_creates_no_second_token_and_shows_no_secret() {
    let fixture = Fixture::new().await;
    let admin = person("TLP:RED");
    let write = IdempotencyKey {
        method: "CreateApiToken",
        id: "once".into(),
        request_digest: chancery_brief::digest::body_digest(b"request"),
    };
    let access = fixture.store.access();
    let first = access.create_token(&admin, &default(), &reader("TLP:RED"), Some(&write)).await.unwrap();
    let again = access.create_token(&admin, &default(), &reader("TLP:RED"), Some(&write)).await.unwrap();
    assert_eq!((&again.token, again.secret), (&first.token, None));
    assert!(first.secret.is_some());
    let other =
        IdempotencyKey { request_digest: chancery_brief::digest::body_digest(b"another"), ..write.clone() };
    let reused = access.create_token(&admin, &default(), &reader("TLP:RED"), Some(&other)).await;
    assert!(matches!(reused, Err(StoreError::RequestIdReused)), "{reused:?}");

    let id = "made-once".parse().unwrap();
    let (scheme, policy) = (Scheme::Tlp, Policy::Omit);
    let key = IdempotencyKey { method: "CreateWorkspace", ..write };
    let first = access.create_workspace(&operator(), &id, "Once", scheme, policy, Some(&key)).await.unwrap();
    let again = access.create_workspace(&operator(), &id, "Once", scheme, policy, Some(&key)).await.unwrap();
    assert_eq!(first, again);
}
