//! The database schema, which `chancery migrate` brings up to date and services check before they serve.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use chancery_brief::digest::body_digest;
use sqlx::migrate::{Migrate, Migrator};

use crate::Store;
use crate::database::Pool;
use crate::error::{Result, StoreError};
use crate::projections::version;
use crate::projections::version::PROJECTION_VERSION;

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

impl Store {
    /// Applies the pending migrations. Concurrent calls wait for each other.
    ///
    /// # Errors
    /// [`StoreError::Migration`], for example when the database is newer than this build.
    pub async fn migrate(&self) -> Result<()> {
        MIGRATOR.run(self.database.calls.acquire().await?.raw_mut()).await?;
        // A new database has no revisions to reindex.
        version::record_current(&self.database.calls).await
    }

    /// Checks that the schema is exactly the one that this build requires, and that the projections have its version.
    ///
    /// # Errors
    /// [`StoreError::Schema`] for an older, newer or unknown schema.
    pub async fn check_schema(&self) -> Result<()> {
        check(&self.database.calls).await
    }

    /// Returns the digest of the migrations and the version of the projections, which identifies template databases of
    /// tests.
    pub fn schema_key() -> String {
        let migrations = MIGRATOR
            .iter()
            .flat_map(|known| known.version.to_be_bytes().into_iter().chain(known.checksum.iter().copied()));
        let bytes: Vec<u8> = migrations.chain(PROJECTION_VERSION.to_be_bytes()).collect();
        body_digest(&bytes).to_string()
    }
}

/// Checks the schema and the version of the projections: see [`Store::check_schema`].
pub(crate) async fn check(pool: &Pool) -> Result<()> {
    let mut connection = pool.acquire().await?;
    let is_there = sqlx::query_scalar!(
        r#"-- database::schema::check
            select to_regclass('_sqlx_migrations') is not null as "is_there!""#
    )
    .fetch_one(&mut *connection)
    .await?;
    if !is_there {
        return Err(StoreError::Schema("it is empty: run `chancery migrate`".into()));
    }
    let applied = connection.raw_mut().list_applied_migrations("_sqlx_migrations").await?;
    let applied = applied.into_iter().map(|migration| (migration.version, migration.checksum)).collect();
    compare(&applied)?;
    drop(connection);
    compare_projections(version::read(pool).await?)
}

/// Compares versions of projections, whose rows have another meaning in each version.
fn compare_projections(version: i32) -> Result<()> {
    match version.cmp(&PROJECTION_VERSION) {
        Ordering::Equal => Ok(()),
        Ordering::Less => {
            let message = format!(
                "its projections have version {version}, but this build needs {PROJECTION_VERSION}: run `chancery \
                 migrate`, which rebuilds them or resumes an interrupted run"
            );
            Err(StoreError::Schema(message))
        }
        Ordering::Greater => {
            let message = format!(
                "its projections have version {version}, newer than this build's {PROJECTION_VERSION}: upgrade \
                 it; neither `chancery migrate` nor `chancery reindex` downgrades them"
            );
            Err(StoreError::Schema(message))
        }
    }
}

fn compare(applied: &BTreeMap<i64, Cow<'static, [u8]>>) -> Result<()> {
    for migration in MIGRATOR.iter() {
        match applied.get(&migration.version) {
            Some(checksum) if *checksum == migration.checksum => {}
            Some(_) => {
                let message = format!(
                    "migration {} differs from that of this build: use the build that applied it, or restore the database",
                    migration.version
                );
                return Err(StoreError::Schema(message));
            }
            None => {
                let message = format!("migration {} is missing: run `chancery migrate`", migration.version);
                return Err(StoreError::Schema(message));
            }
        }
    }
    match applied.keys().find(|version| MIGRATOR.iter().all(|known| known.version != **version)) {
        Some(newer) => Err(StoreError::Schema(format!(
            "migration {newer} is newer than this build: upgrade this program"
        ))),
        None => Ok(()),
    }
}
