//! Databases copied from a template that is migrated once.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::cell::Cell;
use std::convert::Infallible;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process;

use chancery_postgres::{DataDir, Error, Options, PrivatePostgres, Psql, TestServer};

fn with_server(name: &str, test: impl FnOnce(&TestServer)) {
    let folder: PathBuf = env::temp_dir().join(format!("chancery-databases-{}-{name}", process::id()));
    let options = Options { lingers: false, ..Options::disposable(DataDir::Exactly(folder.clone())) };
    let server = TestServer::on(PrivatePostgres::start(options).unwrap());
    test(&server);
    drop(server);
    fs::remove_dir_all(folder).unwrap();
}

fn names(server: &TestServer, like: &str) -> Vec<String> {
    Psql::new(server.url())
        .rows(&format!("select datname from pg_database where datname like '{like}'"))
        .unwrap()
}

#[test]
fn databases_are_copies_of_a_template_that_is_migrated_once() {
    with_server("copies", |server| {
        let migrated = Cell::new(0);
        let digest = "0123456789abcdef".repeat(4);
        let new = || {
            server.database(&digest, |url| {
                migrated.set(migrated.get() + 1);
                Psql::new(url).rows("create table t (v int)").map(drop)
            })
        };
        let (one, two) = (new().unwrap(), new().unwrap());
        assert_eq!(migrated.get(), 1);
        one.psql().rows("insert into t values (1)").unwrap();
        assert_eq!(one.psql().rows("select count(*) from t").unwrap(), ["1"]);
        assert_eq!(two.psql().rows("select count(*) from t").unwrap(), ["0"]);

        let name = one.name().to_owned();
        drop(one);
        assert!(names(server, &name).is_empty(), "the database is dropped with its handle");
    });
}

#[test]
fn a_failed_migration_leaves_nothing() {
    with_server("failed", |server| {
        let answer = server.database("bad", |url| Psql::new(url).rows("create nonsense").map(drop));
        assert!(matches!(answer.unwrap_err(), Error::Template { .. }));
        assert!(names(server, "unfinished%").is_empty());
        server.database("bad", |_| Ok::<(), Infallible>(())).unwrap();
    });
}

#[test]
fn databases_of_killed_tests_are_dropped_by_the_next_template() {
    with_server("leftover", |server| {
        Psql::new(server.url()).rows("create database test_4294967294_0").unwrap();
        let database = server.database("any", |_| Ok::<(), Infallible>(())).unwrap();
        assert_eq!(names(server, "test%"), [database.name()]);
    });
}
