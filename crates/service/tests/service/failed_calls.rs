//! Callers whose calls fail again and again.

use std::time::{Duration, Instant};

use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::ListBriefsRequest;
use chancery_proto::brief::v1::brief_service_client::BriefServiceClient;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tonic::Code;
use tonic::transport::Channel;

use crate::cancelled_calls::TableLock;
use crate::scene::{Scene, bearer, channel};

/// Half of the time that a slowed call waits: more than an answer ever takes here.
const LONG: Duration = Duration::from_millis(500);

/// Lists briefs over a connection; returns the status and the time that it took.
async fn list(channel: &Channel, token: &str) -> (Code, Duration) {
    let mut client = BriefServiceClient::with_interceptor(channel.clone(), bearer(token));
    let request = ListBriefsRequest { parent: "workspaces/default".into(), ..ListBriefsRequest::default() };
    let called = Instant::now();
    let code = client.list_briefs(request).await.map_or_else(|status| status.code(), |_| Code::Ok);
    (code, called.elapsed())
}

#[tokio::test]
async fn refusals_are_held_back_while_many_calls_of_the_connection_are_refused() {
    let scene = Scene::new().await;
    let running = scene.replica(&["--max-failed-calls", "2"]).await;
    let (hostile, honest) = (channel(running.listen), channel(running.listen));
    for _ in 0..8 {
        let (code, took) = list(&hostile, "chy_unknown").await;
        assert!(code == Code::Unauthenticated && took < LONG, "{code} {took:?}");
    }
    let late: JoinSet<_> = (0..8).map(|_| refused(hostile.clone())).collect();
    let late = late.join_all().await;
    let held_back = late.iter().filter(|took| **took > LONG).count();
    assert!(held_back >= 5, "two of eight at once are still free: {late:?}");
    let (code, took) = list(&hostile, &scene.admin).await;
    assert!(code == Code::Ok && took < LONG, "a good call need not wait: {code} {took:?}");
    let (code, took) = list(&honest, "chy_unknown").await;
    assert!(code == Code::Unauthenticated && took < LONG, "another connection: {code} {took:?}");
    // Two a second are forgotten.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let (code, took) = list(&hostile, "chy_unknown").await;
    assert!(code == Code::Unauthenticated && took < LONG, "{code} {took:?}");
    running.stop().await;
}

async fn refused(channel: Channel) -> Duration {
    let (code, took) = list(&channel, "chy_unknown").await;
    assert_eq!(code, Code::Unauthenticated);
    took
}

#[tokio::test]
async fn calls_with_a_token_wait_while_many_are_cancelled() {
    let scene = Scene::new().await;
    let running = scene.replica(&["--max-failed-calls", "2"]).await;
    let other = scene.token("default", &[Role::Reader], "TLP:CLEAR").await;
    let hostile = channel(running.listen);
    // Waits for the database, so that the calls are in progress when their caller leaves.
    let lock = TableLock::hold(&scene.database, "briefs");
    let mut calls = JoinSet::new();
    for _ in 0..11 {
        let (hostile, token) = (hostile.clone(), scene.admin.clone());
        calls
            .spawn(async move { timeout(Duration::from_millis(300), list(&hostile, &token)).await.is_err() });
    }
    assert!(calls.join_all().await.into_iter().all(|cancelled| cancelled));
    drop(lock);
    let (code, took) = list(&channel(running.listen), &scene.admin).await;
    assert!(code == Code::Ok && took > LONG, "the next one waits, over every connection: {code} {took:?}");
    let (code, took) = list(&hostile, &other).await;
    assert!(code == Code::Ok && took < LONG, "another token does not: {code} {took:?}");
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (code, took) = list(&hostile, &scene.admin).await;
    assert!(code == Code::Ok && took < LONG, "{code} {took:?}");
    running.stop().await;
}
