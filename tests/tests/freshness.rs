//! Two service processes on one database: responses are at most a second old, whichever connections are cut, and never
//! older than the caller's cursor.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use chancery_client::{Client, Error};
use chancery_proto::admin::v1::{RevokeApiTokenRequest, Role};
use chancery_proto::brief::v1::{GetBriefRequest, RevisionDocument, WithdrawBriefRevisionRequest};
use chancery_testkit::imports::import;
use chancery_testkit::{Stack, files};
use chancery_tests::chaos::proxy::{Proxy, Target};

const BRIEF: &str = "workspaces/default/briefs/fresh";

/// The guarantee, and the tolerance for measuring on a loaded machine.
const SECOND: Duration = Duration::from_secs(1);
const SLACK: Duration = Duration::from_millis(500);

fn revision(number: u32) -> RevisionDocument {
    let mut document = files::revisions("amber").remove(0);
    document.brief_id = "fresh".into();
    document.revision = number;
    document.digest = String::new();
    document.content.as_mut().unwrap().title = format!("Revision {number}");
    document
}

async fn publish(client: &Client, number: u32) -> String {
    client.import_brief(import(vec![revision(number)])).await.unwrap().cursor
}

async fn read(client: &Client, at_least: &str) -> Result<u32, Error> {
    let request = GetBriefRequest { name: BRIEF.into(), at_least: at_least.to_owned(), ..Default::default() };
    client.get_brief(request).await.map(|brief| brief.newest_revision)
}

/// Reads repeatedly until a response satisfies `is_new`. Returns how long after `since` the last stale read began.
async fn stale_for(
    client: &Client,
    since: Instant,
    is_new: impl Fn(&Result<u32, Error>) -> bool,
) -> Duration {
    let mut stale = Duration::ZERO;
    loop {
        let begun = since.elapsed();
        if is_new(&read(client, "").await) {
            return stale;
        }
        stale = begun;
        assert!(begun < Duration::from_secs(20), "the response never became current");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_with_a_cursor_is_never_older_on_another_replica() {
    let stack = Stack::without_worker().await;
    let other = stack.replica(stack.database().url(), &[]).await;
    let (here, there) = (stack.admin().await, stack.client_of(other.url(), &stack.token_file("admin")).await);
    for number in 1..=60 {
        let cursor = publish(&here, number).await;
        assert_eq!(read(&there, &cursor).await.unwrap(), number);
        // The replica that executed the write needs no cursor.
        assert_eq!(read(&here, "").await.unwrap(), number);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn publishes_and_withdrawals_are_visible_on_another_replica_within_a_second() {
    let stack = Stack::without_worker().await;
    let other = stack.replica(stack.database().url(), &[]).await;
    let (here, there) = (stack.admin().await, stack.client_of(other.url(), &stack.token_file("admin")).await);
    publish(&here, 1).await;
    stale_for(&there, Instant::now(), |answer| matches!(answer, Ok(1))).await;
    for number in 2..=6 {
        publish(&here, number).await;
        let stale =
            stale_for(&there, Instant::now(), |answer| matches!(answer, Ok(read) if *read == number)).await;
        assert!(stale <= SECOND + SLACK, "{stale:?}");
    }
    for number in (2..=6).rev() {
        let name = format!("{BRIEF}/revisions/{number}");
        let request =
            WithdrawBriefRevisionRequest { name, reason: "It was wrong.".into(), ..Default::default() };
        here.briefs().withdraw_brief_revision(request).await.unwrap();
        let stale =
            stale_for(&there, Instant::now(), |answer| matches!(answer, Ok(read) if *read == number - 1))
                .await;
        assert!(stale <= SECOND + SLACK, "{stale:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_rejected_on_every_replica_within_a_second() {
    let stack = Stack::without_worker().await;
    let other = stack.replica(stack.database().url(), &[]).await;
    publish(&stack.admin().await, 1).await;
    for number in 0..3 {
        let reader = stack.caller(&format!("reader-{number}"), &[Role::Reader], "TLP:RED").await;
        let there = stack.client_of(other.url(), &reader.token_file).await;
        stale_for(&there, Instant::now(), |answer| matches!(answer, Ok(1))).await;
        let revoke = RevokeApiTokenRequest { name: reader.token_name.clone(), ..Default::default() };
        stack.admin().await.revoke_api_token(revoke).await.unwrap();
        let refused = |answer: &Result<u32, Error>| answer.as_ref().is_err_and(is_unauthenticated);
        let stale = stale_for(&there, Instant::now(), refused).await;
        assert!(stale <= SECOND + SLACK, "{stale:?}");
        assert!(read(&reader.client, "").await.is_err_and(|error| is_unauthenticated(&error)));
    }
}

fn is_unauthenticated(error: &Error) -> bool {
    error.refusal().is_some_and(|refusal| refusal.reason_name() == "UNAUTHENTICATED")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_whose_listener_is_cut_repeatedly_is_at_most_a_second_behind() {
    let stack = Stack::without_worker().await;
    let other = stack.replica(stack.database().url(), &[]).await;
    let (here, there) = (stack.admin().await, stack.client_of(other.url(), &stack.token_file("admin")).await);
    publish(&here, 1).await;
    let cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and query like 'LISTEN%'";
    for number in 2..=6 {
        stack.database().psql().rows(cut).unwrap();
        publish(&here, number).await;
        let stale =
            stale_for(&there, Instant::now(), |answer| matches!(answer, Ok(read) if *read == number)).await;
        assert!(stale <= SECOND + SLACK, "{stale:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_cut_off_from_the_database_returns_nothing_stale() {
    let stack = Stack::without_worker().await;
    let (target, url) = database_address(stack.database().url());
    let proxy = Proxy::start(target).await.unwrap();
    let other = stack.replica(&url.replace("{address}", &proxy.address.to_string()), &[]).await;
    let (here, there) = (stack.admin().await, stack.client_of(other.url(), &stack.token_file("admin")).await);
    publish(&here, 1).await;
    stale_for(&there, Instant::now(), |answer| matches!(answer, Ok(1))).await;
    // The publish has been processed by now: brief reads from here on are cached.
    tokio::time::sleep(2 * SECOND).await;
    assert_eq!(read(&there, "").await.unwrap(), 1);
    proxy.hold(true);
    let cut = Instant::now();
    publish(&here, 2).await;
    while cut.elapsed() < Duration::from_secs(4) {
        let begun = cut.elapsed();
        let answer = tokio::time::timeout(Duration::from_millis(300), read(&there, "")).await;
        let is_old = matches!(answer, Ok(Ok(1)));
        assert!(!is_old || begun <= SECOND + SLACK, "a stale response {begun:?} after the cut");
    }
    proxy.hold(false);
    stale_for(&there, Instant::now(), |answer| matches!(answer, Ok(2))).await;
}

/// Returns a database URL's target, and the URL with a placeholder for another address.
fn database_address(url: &str) -> (Target, String) {
    let (before, rest) = url.split_once('@').expect("the URL names a user");
    let (host, after) = rest.split_once('/').expect("the URL names a database");
    let (name, query) = after.split_once('?').unwrap_or((after, ""));
    let folder = query.split('&').find_map(|pair| pair.strip_prefix("host="));
    let target = if let Some(folder) = folder {
        // A private server has a socket and no port.
        let folder = folder.replace("%2F", "/");
        Target::Unix(std::path::Path::new(&folder).join(".s.PGSQL.5432"))
    } else {
        let address: SocketAddr =
            host.replace("localhost", "127.0.0.1").parse().expect("the URL has a host and a port");
        Target::Tcp(address)
    };
    (target, format!("{before}@{{address}}/{name}?sslmode=disable"))
}
