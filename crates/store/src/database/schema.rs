//! The schema: brought up to date by `chancery migrate`, looked at by the services before they serve.

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
    /// Brings the schema up to date. Several at once wait for each other.
    ///
    /// # Errors
    /// [`StoreError::Migration`], for example when the database is newer than this build.
    pub async fn migrate(&self) -> Result<()> {
        MIGRATOR.run(self.database.calls.acquire().await?.raw_mut()).await?;
        // A database without revisions has nothing to make anew.
        version::record_current(&self.database.calls).await
    }

    /// Returns when the schema is exactly the one that this build was made for, and the projections are of its version.
    ///
    /// # Errors
    /// [`StoreError::Schema`] when it is older, newer or another.
    pub async fn check_schema(&self) -> Result<()> {
        check(&self.database.calls).await
    }

    /// The digest of the migrations and the version of the projections, by which test databases are told apart.
    pub fn schema_key() -> String {
        let migrations = MIGRATOR
            .iter()
            .flat_map(|known| known.version.to_be_bytes().into_iter().chain(known.checksum.iter().copied()));
        let bytes: Vec<u8> = migrations.chain(PROJECTION_VERSION.to_be_bytes()).collect();
        body_digest(&bytes).to_string()
    }
}

/// Returns when the schema is exactly the one that this build was made for, and the projections are of its version.
pub(crate) async fn check(pool: &Pool) -> Result<()> {
    let mut connection = pool.acquire().await?;
    let is_there = sqlx::query_scalar!(
        r#"-- schema::check_schema
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

/// Rows that another version made mean something else.
fn compare_projections(version: i32) -> Result<()> {
    match version.cmp(&PROJECTION_VERSION) {
        Ordering::Equal => Ok(()),
        Ordering::Less => {
            let message = format!(
                "its projections are of version {version}, this build's of {PROJECTION_VERSION}: run `chancery \
                 migrate`, which makes them anew, or goes on where an earlier run ended"
            );
            Err(StoreError::Schema(message))
        }
        Ordering::Greater => {
            let message = format!(
                "its projections are of version {version}, newer than this build's {PROJECTION_VERSION}: upgrade \
                 it; neither `chancery migrate` nor `chancery reindex` goes back"
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
                let message = format!("migration {} is not the one that this build knows", migration.version);
                return Err(StoreError::Schema(message));
            }
            None => {
                let message = format!("migration {} is missing: run `chancery migrate`", migration.version);
                return Err(StoreError::Schema(message));
            }
        }
    }
    match applied.keys().find(|version| MIGRATOR.iter().all(|known| known.version != **version)) {
        Some(newer) => {
            Err(StoreError::Schema(format!("migration {newer} is newer than this build: upgrade it")))
        }
        None => Ok(()),
    }
}
