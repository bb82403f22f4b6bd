//! The schema: brought up to date by `chancery migrate`, looked at by the services before they serve.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chancery_brief::digest::body_digest;
use sqlx::migrate::{Migrate, Migrator};

use crate::{Result, Store, StoreError};

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

impl Store {
    /// Brings the schema up to date. Several at once wait for each other.
    ///
    /// # Errors
    /// [`StoreError::Migration`], for example when the database is newer than this build.
    pub async fn migrate(&self) -> Result<()> {
        Ok(MIGRATOR.run(&self.pool).await?)
    }

    /// Returns when the schema is exactly the one that this build was made for.
    ///
    /// # Errors
    /// [`StoreError::Schema`] when it is older, newer or another.
    pub async fn check_schema(&self) -> Result<()> {
        let mut connection = self.pool.acquire().await?;
        let is_there = sqlx::query_scalar!(
            r#"-- schema::check_schema
            select to_regclass('_sqlx_migrations') is not null as "is_there!""#
        )
        .fetch_one(&mut *connection)
        .await?;
        if !is_there {
            return Err(StoreError::Schema("it is empty: run `chancery migrate`".into()));
        }
        let applied = connection.list_applied_migrations("_sqlx_migrations").await?;
        let applied = applied.into_iter().map(|migration| (migration.version, migration.checksum)).collect();
        compare(&applied)
    }

    /// The digest of the migrations, by which test databases are told apart.
    pub fn schema_key() -> String {
        let checksums: Vec<u8> = MIGRATOR.iter().flat_map(|known| known.checksum.iter().copied()).collect();
        body_digest(&checksums).to_string()
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
