//! A database for each test, copied from a template that is migrated once.

use std::env;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::psql::{Psql, identifier};
use crate::server::{Options, PrivatePostgres};
use crate::{DataDir, Error};

/// Variable with the URL of a running server, which `./dev test` sets. The path may name any database.
pub const TEST_DATABASE_URL: &str = "CHANCERY_TEST_DATABASE_URL";

/// The server that all tests of a run share.
#[derive(Debug)]
pub struct TestServer {
    psql: Psql,
    /// None for a server started by another process.
    private: Option<PrivatePostgres>,
}

impl TestServer {
    /// Connects to the server named by [`TEST_DATABASE_URL`], or else to one in the build folder, which starts with the first
    /// test and stops a minute after the last.
    pub fn connect() -> Result<Self, Error> {
        if let Ok(url) = env::var(TEST_DATABASE_URL) {
            return Ok(Self { psql: Psql::new(url), private: None });
        }
        let data = DataDir::Preferred(build_folder().join("test-postgres"));
        Ok(Self::on(PrivatePostgres::start(Options::disposable(data))?))
    }

    /// Uses a server that the caller started.
    pub fn on(private: PrivatePostgres) -> Self {
        Self { psql: private.psql(), private: Some(private) }
    }

    /// Returns the URL of the maintenance database.
    pub fn url(&self) -> &str {
        self.psql.url()
    }

    /// Returns the private server, if it is one.
    pub fn private(&self) -> Option<&PrivatePostgres> {
        self.private.as_ref()
    }

    /// Creates a copy of the template database for `key`. The first caller for a key creates the template with `migrate`,
    /// which receives the URL of an empty database and must leave no connection open. `key` identifies the migrations, for
    /// example by their digest; its first 48 characters count.
    pub fn database<E: Display>(
        &self,
        key: &str,
        migrate: impl FnOnce(&str) -> Result<(), E>,
    ) -> Result<TestDatabase, Error> {
        // Postgres truncates names to 63 bytes.
        let template = format!("template_{}", key.chars().take(48).collect::<String>());
        if !self.exists(&template)? {
            self.make_template(&template, migrate)?;
        }
        self.new_database(Some(&template))
    }

    /// Creates an empty database.
    pub fn empty_database(&self) -> Result<TestDatabase, Error> {
        self.new_database(None)
    }

    /// Creates an empty database with a locale other than the server's. `locale` is an option of `create database` such
    /// as `locale 'C'`.
    pub fn empty_database_of_locale(&self, locale: &str) -> Result<TestDatabase, Error> {
        self.create_database(&format!(" template template0 encoding 'UTF8' {locale}"))
    }

    /// Leaves the server; a private one stops if no other process uses it.
    pub fn stop(self) -> Result<(), Error> {
        self.private.map_or(Ok(()), |private| private.stop().map(drop))
    }

    fn new_database(&self, template: Option<&str>) -> Result<TestDatabase, Error> {
        let template =
            template.map_or(String::new(), |template| format!(" template {}", identifier(template)));
        self.create_database(&template)
    }

    fn create_database(&self, options: &str) -> Result<TestDatabase, Error> {
        let name = unique_name("test");
        self.psql.rows(&format!("create database {}{options}", identifier(&name)))?;
        Ok(TestDatabase { psql: self.psql.on_database(&name), server: self.psql.clone(), name })
    }

    /// Creates the template under a temporary name, so that it is complete once it has its own. If several processes create
    /// it at the same time, the first to finish wins.
    fn make_template<E: Display>(
        &self,
        template: &str,
        migrate: impl FnOnce(&str) -> Result<(), E>,
    ) -> Result<(), Error> {
        self.drop_leftover_databases()?;
        let unfinished = unique_name("unfinished");
        self.psql.rows(&format!("create database {}", identifier(&unfinished)))?;
        let migrated = migrate(self.psql.on_database(&unfinished).url())
            .map_err(|reason| Error::Template { template: template.to_owned(), reason: reason.to_string() })
            .and_then(|()| self.name_template(&unfinished, template));
        if migrated.is_err() {
            self.psql.rows(&drop_statement(&unfinished))?;
        }
        match migrated {
            Err(Error::Program { .. }) if self.exists(template)? => Ok(()),
            result => result,
        }
    }

    fn name_template(&self, unfinished: &str, template: &str) -> Result<(), Error> {
        let (from, to) = (identifier(unfinished), identifier(template));
        // Copying requires a source without connections, and a pool that was just closed may still have some.
        self.psql.rows(&format!("alter database {from} with allow_connections false"))?;
        self.psql.rows(&format!(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{unfinished}'"
        ))?;
        self.psql.rows(&format!("alter database {from} rename to {to}")).map(drop)
    }

    fn exists(&self, name: &str) -> Result<bool, Error> {
        Ok(self.names()?.iter().any(|existing| existing == name))
    }

    fn names(&self) -> Result<Vec<String>, Error> {
        self.psql.rows("select datname from pg_database")
    }

    /// Drops databases left by killed tests. Keeps templates, which are small, because another process may be about to copy
    /// one.
    fn drop_leftover_databases(&self) -> Result<(), Error> {
        for name in self.names()?.iter().filter(|name| is_leftover(name)) {
            self.psql.rows(&drop_statement(name))?;
        }
        Ok(())
    }
}

/// The database of a test, dropped with the handle.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    psql: Psql,
    server: Psql,
}

impl TestDatabase {
    /// Returns the URL of the database.
    pub fn url(&self) -> &str {
        self.psql.url()
    }

    /// Returns the name of the database.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns a handle for statements on the database.
    pub fn psql(&self) -> &Psql {
        &self.psql
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // On failure, a later run drops the database.
        let _ = self.server.rows(&drop_statement(&self.name));
    }
}

fn drop_statement(name: &str) -> String {
    format!("drop database if exists {} with (force)", identifier(name))
}

/// Returns a name with the process id, by which later runs recognise leftovers.
fn unique_name(kind: &str) -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    format!("{kind}_{}_{}", process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

fn is_leftover(name: &str) -> bool {
    let mut parts = name.split('_');
    let is_test_name = matches!(parts.next(), Some("test" | "unfinished"));
    let pid = parts.next().and_then(|pid| pid.parse::<u32>().ok());
    // Without /proc, no database counts as a leftover.
    let processes = Path::new("/proc");
    is_test_name
        && pid.is_some_and(|pid| processes.join("self").exists() && !processes.join(pid.to_string()).exists())
}

/// Returns the build folder of cargo, which contains the binary of the test.
fn build_folder() -> PathBuf {
    let binary = env::current_exe().unwrap_or_default();
    let folder = binary.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists());
    folder.map_or_else(|| env::temp_dir().join("chancery-tests"), Path::to_owned)
}

#[cfg(test)]
mod tests {
    use std::process;

    use super::is_leftover;

    #[test]
    fn only_databases_of_exited_processes_are_leftovers() {
        assert!(is_leftover("test_4294967294_0"));
        assert!(is_leftover("unfinished_4294967294_3"));
        assert!(!is_leftover(&format!("test_{}_0", process::id())));
        assert!(!is_leftover("template_4294967294_0"));
        assert!(!is_leftover("chancery"));
    }
}
