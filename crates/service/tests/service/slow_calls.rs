//! Calls whose requests arrive slowly.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::GetBriefRequest;
use chancery_proto::brief::v1::brief_service_client::BriefServiceClient;
use http_body::Frame;
use prost::bytes::Bytes;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tonic::transport::Endpoint;
use tonic::{Code, Status};
use tower::Service as _;

use crate::scene::{Scene, bearer, content};

/// The prefix of a message of 64 bytes.
const PREFIX: &[u8] = b"\0\0\0\0\x40";

/// A body that begins a message and never ends it.
struct Unfinished {
    prefix: Option<&'static [u8]>,
}

impl http_body::Body for Unfinished {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        match self.prefix.take() {
            Some(prefix) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(prefix))))),
            None => Poll::Pending,
        }
    }
}

#[tokio::test]
async fn a_token_that_sends_slowly_leaves_room_for_others_and_is_cut_off() {
    let scene = Scene::new().await;
    scene.published("one", content("Slow callers")).await;
    let running = scene.replica(&["--max-calls", "40", "--max-percent-per-token", "25"]).await;
    let slow_token = scene.token("default", &[Role::Reader], "TLP:CLEAR").await;
    let other = Endpoint::from_shared(format!("http://{}", running.listen)).unwrap().connect().await.unwrap();
    let mut honest = BriefServiceClient::with_interceptor(other, bearer(&scene.admin));
    let request =
        GetBriefRequest { name: "workspaces/default/briefs/one".to_owned(), ..GetBriefRequest::default() };

    // Announces a message and never sends its end.
    let mut h2 =
        Endpoint::from_shared(format!("http://{}", running.listen)).unwrap().connect().await.unwrap();
    let mut stuck = JoinSet::new();
    for _ in 0..60 {
        std::future::poll_fn(|context| h2.poll_ready(context)).await.unwrap();
        let url = format!("http://{}/chancery.brief.v1.BriefService/ListBriefs", running.listen);
        let call = http::Request::post(url)
            .header("content-type", "application/grpc")
            .header("authorization", format!("Bearer {slow_token}"))
            .body(tonic::body::Body::new(Unfinished { prefix: Some(PREFIX) }))
            .unwrap();
        stuck.spawn(h2.call(call));
    }
    let mut busy = 0;
    let mut too_slow = 0;
    let started = Instant::now();
    let mut slowest = Duration::ZERO;
    while let Some(ended) = timeout(Duration::from_secs(20), stuck.join_next()).await.unwrap() {
        let head = ended.unwrap().unwrap().headers().clone();
        match Status::from_header_map(&head).map(|status| status.code()) {
            Some(Code::ResourceExhausted) => busy += 1,
            Some(Code::DeadlineExceeded) => too_slow += 1,
            other => panic!("{other:?}"),
        }
        let call = Instant::now();
        honest.get_brief(request.clone()).await.unwrap();
        slowest = slowest.max(call.elapsed());
    }
    assert_eq!((busy, too_slow), (50, 10), "a quarter of 40 is admitted");
    assert!(started.elapsed() < Duration::from_secs(15) && slowest < Duration::from_secs(5), "{slowest:?}");
    running.stop().await;
}
