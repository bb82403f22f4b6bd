//! `chancery verify` finds damage, `chancery reindex` rebuilds derived data, and services serve nothing until then.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_testkit::{Command, Stack, files};

fn on(stack: &Stack, arguments: &[&str]) -> Command {
    Command::new(arguments).env("DATABASE_URL", stack.database().url())
}

#[tokio::test]
async fn verify_finds_damage_and_reindex_repairs_it() {
    let stack = Stack::without_worker().await;
    stack.import(files::revisions("amber")).await;
    let ran = on(&stack, &["verify"]).run().await.exits(0);
    assert_eq!(ran.stdout, "no findings\n");

    stack.database().psql().rows("delete from statements where statement_id = ''").unwrap();
    let ran = on(&stack, &["verify", "--no-artifacts"]).run().await.exits(1);
    let line =
        "PROJECTION_MISSING workspaces/default/briefs/amber-demo/revisions/1: statements \"\" from rank 0\n";
    assert!(ran.stdout.starts_with(line), "{}", ran.stdout);
    assert!(ran.stderr.contains("revisions\n"), "{}", ran.stderr);
    let ran = on(&stack, &["verify", "--json"]).run().await.exits(1);
    assert_eq!(ran.json()["findings"][0]["code"], "PROJECTION_MISSING");
    assert_eq!(ran.error()["reason"], "DAMAGED");

    let ran = on(&stack, &["reindex", "--from", "amber-demo"]).run().await.exits(0);
    assert!(ran.stdout.contains("were reindexed"), "{}", ran.stdout);
    on(&stack, &["verify"]).run().await.exits(0);
}

#[tokio::test]
async fn migrating_rebuilds_projections_of_an_older_version() {
    let stack = Stack::without_worker().await;
    stack.import(files::revisions("amber")).await;
    let psql = stack.database().psql();
    for older in [
        "update revisions set projection_version = 0",
        "update projection_version set version = 0",
        "delete from statements",
    ] {
        psql.rows(older).unwrap();
    }
    let ran = on(&stack, &["migrate", "--json"]).run().await.exits(0);
    assert_ne!(ran.json()["reindexed"], 0);
    on(&stack, &["verify"]).run().await.exits(0);
    assert_eq!(on(&stack, &["migrate", "--json"]).run().await.exits(0).json()["reindexed"], 0);
}
