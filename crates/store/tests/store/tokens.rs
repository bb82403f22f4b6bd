use chancery_proto::names::ResourceId;
use chancery_store::{
    ApiToken, CreatedToken, Expiry, NewToken, Principal, Role, Scope, Secret, StoreError, TokenFilter,
    WorkerLimits,
};

use crate::fixture::{Fixture, in_workspace, person};

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
    let operator =
        fixture.store.access().principal_of_secret(&fixture.secrets.operator).await.unwrap().unwrap();
    let past = time::OffsetDateTime::UNIX_EPOCH;
    let system: ResourceId = "system".parse().unwrap();
    for (workspace, token, field) in [
        (&default(), NewToken { roles: [].into_iter().collect(), ..reader("TLP:RED") }, "api_token.roles"),
        (&default(), reader(""), "api_token.clearance"),
        (&default(), reader("SECRET"), "api_token.clearance"),
        (&default(), NewToken { display_name: " ", ..reader("TLP:RED") }, "api_token.display_name"),
        (&default(), NewToken { expiry: Expiry::At(past), ..reader("TLP:RED") }, "api_token.expire_time"),
        (&system, reader(""), "api_token.roles"),
    ] {
        let refused =
            fixture.store.access().create_token(&operator, workspace, &token, None).await.unwrap_err();
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
