//! Migrated databases with their store and first tokens.

use std::convert::Infallible;
use std::thread;

use chancery_postgres::{TestDatabase, TestServer};
use chancery_store::{
    Bootstrapped, DatabaseSettings, Enrolment, FirstSecrets, LeaseHolder, Secret, Store, StoreError,
};

/// Creates a database with the current schema.
pub fn migrated(server: &TestServer) -> TestDatabase {
    server.database(&Store::schema_key(), migrate).unwrap_or_else(|error| panic!("{error}"))
}

/// Migrates a database. Runs on a separate thread, because it blocks and the test has a runtime of its own.
pub fn migrate(url: &str) -> Result<(), StoreError> {
    let url = url.to_owned();
    let migrated = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime can be built").block_on(async {
            let store = DatabaseSettings::of_url(&url).connect("test").await?;
            store.migrate().await?;
            store.close().await;
            Ok(())
        })
    });
    migrated.join().expect("migrating does not panic")
}

/// Opens a store on a database.
pub async fn connect(database: &TestDatabase) -> Store {
    let store = DatabaseSettings::of_url(database.url()).connect("test").await;
    store.unwrap_or_else(|error| panic!("{error}"))
}

/// Creates workspace `default` in a migrated database, and returns the secrets of its first tokens.
pub async fn bootstrap(store: &Store) -> FirstSecrets {
    let mut created = None;
    let receive = |secrets: &FirstSecrets| {
        let FirstSecrets { operator, admin, worker } = secrets;
        let (operator, admin, worker) = (operator.clone(), admin.clone(), worker.clone());
        created = Some(FirstSecrets { operator, admin, worker });
        Ok::<_, Infallible>(())
    };
    let outcome = store.access().bootstrap(receive).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(outcome, Bootstrapped::Now);
    created.expect("a bootstrap hands out its secrets")
}

/// Exchanges an enrolment token for one of a worker process.
pub async fn enrolled(store: &Store, enroller: &Secret, worker: &str) -> Enrolment {
    let principal = store.access().principal_of_secret(enroller).await;
    let principal =
        principal.unwrap_or_else(|error| panic!("{error}")).expect("the enrolment token is valid");
    let enrolment = store.access().enroll_worker(&principal, worker, None).await;
    enrolment.unwrap_or_else(|error| panic!("{error}"))
}

/// Returns a worker with a token of its own.
pub async fn worker(store: &Store, enroller: &Secret, worker: &str) -> LeaseHolder {
    LeaseHolder { token: enrolled(store, enroller, worker).await.name.token, worker: worker.to_owned() }
}
