//! Calls whose requests arrive slowly, or whose responses are read slowly.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::brief_service_client::BriefServiceClient;
use chancery_proto::brief::v1::{ExportBriefRequest, GetBriefRequest};
use chancery_proto::errors::v1::Reason;
use chancery_proto::status::reason_of;
use chancery_proto::worker::v1::{EnrollWorkerRequest, RenewLeasesRequest};
use chancery_testkit::content::{marked, paragraph};
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use prost::Message as _;
use prost::bytes::Bytes;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_stream::StreamExt as _;
use tonic::body::Body;
use tonic::transport::Endpoint;
use tonic::{Code, Status};
use tower::Service as _;

use crate::queue_scene::QueueScene;
use crate::raw_codec::framed;
use crate::scene::{Scene, bearer, channel, content};

const GET_BRIEF: &str = "/chancery.brief.v1.BriefService/GetBrief";
const LIST_BRIEFS: &str = "/chancery.brief.v1.BriefService/ListBriefs";
const IMPORT_BRIEF: &str = "/chancery.brief.v1.BriefService/ImportBrief";
const RENEW_LEASES: &str = "/chancery.worker.v1.RenderWorkerService/RenewLeases";

/// The prefix of a message of 64 bytes.
const PREFIX: &[u8] = b"\0\0\0\0\x40";

/// A body that begins a message and never ends it.
fn unfinished(begun: impl Into<Bytes>) -> Body {
    let frame = Ok::<_, Status>(Frame::data(begun.into()));
    Body::new(StreamBody::new(tokio_stream::once(frame).chain(tokio_stream::pending())))
}

fn call(address: SocketAddr, method: &str, token: &str, body: Body) -> http::Request<Body> {
    http::Request::post(format!("http://{address}{method}"))
        .header("content-type", "application/grpc")
        .header("authorization", format!("Bearer {token}"))
        .body(body)
        .unwrap()
}

#[tokio::test]
async fn a_token_that_sends_slowly_leaves_room_for_others_and_is_cut_off() {
    let scene = Scene::new().await;
    scene.published("one", content("Slow callers")).await;
    let running = scene.replica(&["--max-calls", "40", "--max-percent-per-token", "25"]).await;
    let slow_token = scene.token("default", &[Role::Reader], "TLP:CLEAR").await;
    let mut honest = BriefServiceClient::with_interceptor(channel(running.listen), bearer(&scene.admin));
    let request =
        GetBriefRequest { name: "workspaces/default/briefs/one".to_owned(), ..GetBriefRequest::default() };

    let mut slowest = Duration::ZERO;
    let honest_call = async || {
        let called = Instant::now();
        honest.get_brief(request.clone()).await.unwrap();
        slowest = slowest.max(called.elapsed());
    };
    let refused = begin_slowly(running.listen, LIST_BRIEFS, &slow_token, 60, honest_call).await;
    assert_eq!(refused, 50, "a quarter of 40 is admitted");
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    running.stop().await;
}

/// Makes calls that announce a message and never send its end, and an honest one whenever one of them ends. Returns how many
/// were refused; the others are cut off.
async fn begin_slowly(
    address: SocketAddr,
    method: &str,
    token: &str,
    calls: usize,
    mut honest_call: impl AsyncFnMut(),
) -> usize {
    let mut h2 = channel(address);
    let mut stuck = JoinSet::new();
    for _ in 0..calls {
        std::future::poll_fn(|context| h2.poll_ready(context)).await.unwrap();
        stuck.spawn(h2.call(call(address, method, token, unfinished(PREFIX))));
    }
    let (mut refused, started) = (0, Instant::now());
    while let Some(ended) = timeout(Duration::from_secs(20), stuck.join_next()).await.unwrap() {
        let head = ended.unwrap().unwrap().headers().clone();
        match Status::from_header_map(&head).map(|status| status.code()) {
            Some(Code::ResourceExhausted) => refused += 1,
            Some(Code::DeadlineExceeded) => {}
            other => panic!("{other:?}"),
        }
        honest_call().await;
    }
    assert!(started.elapsed() < Duration::from_secs(15), "slow calls are cut off");
    refused
}

#[tokio::test]
async fn a_worker_that_sends_slowly_leaves_room_for_other_workers() {
    let scene = QueueScene::new().await;
    let enroll = EnrollWorkerRequest { worker: "slow".into() };
    let slow = scene.workers_with(scene.enroller.reveal()).enroll_worker(enroll).await.unwrap().into_inner();
    let (_, lease) = scene.begun().await;
    let mut honest = scene.workers.clone();
    let honest_call = async || {
        let renewal = RenewLeasesRequest { leases: vec![lease.clone()] };
        assert_eq!(honest.renew_leases(renewal).await.unwrap().into_inner().renewed.len(), 1);
    };
    let refused =
        begin_slowly(scene.running.worker_listen, RENEW_LEASES, &slow.secret, 80, honest_call).await;
    assert_eq!(refused, 16, "a quarter of 256 is admitted");
}

/// A message of 300 KiB with gRPC's prefix: zeros, which are no valid request.
fn large() -> Vec<u8> {
    framed(&vec![0; 300 << 10])
}

#[tokio::test]
async fn a_token_has_few_large_messages_at_once_and_gets_their_places_back() {
    let scene = Scene::new().await;
    let running = scene.replica(&["--max-large-messages", "8", "--max-percent-per-token", "25"]).await;
    let token = scene.token("default", &[Role::Publisher, Role::Reader], "TLP:CLEAR").await;
    let h2 = channel(running.listen);
    let import = |token: &str, body| {
        let (mut h2, call) = (h2.clone(), call(running.listen, IMPORT_BRIEF, token, body));
        async move {
            std::future::poll_fn(|context| h2.poll_ready(context)).await.unwrap();
            h2.call(call).await
        }
    };
    let mut stuck = JoinSet::new();
    for _ in 0..3 {
        let mut begun = large();
        begun.pop();
        stuck.spawn(import(&token, unfinished(begun)));
    }
    let code = |response: http::Response<Body>| {
        Status::from_header_map(response.headers()).map(|status| status.code())
    };
    let refused = timeout(Duration::from_secs(5), stuck.join_next()).await.unwrap().unwrap();
    assert_eq!(code(refused.unwrap().unwrap()), Some(Code::ResourceExhausted), "a quarter of 8 is admitted");
    let mut exports = BriefServiceClient::with_interceptor(h2.clone(), bearer(&token));
    let export = ExportBriefRequest::default();
    let no_place = exports.export_brief(export.clone()).await.unwrap_err();
    assert_eq!(no_place.code(), Code::ResourceExhausted, "an export is large, too");
    // Another token has places, and messages of every size have theirs back once they are answered.
    for _ in 0..3 {
        let other = import(&scene.admin, pieces(large().into(), 1_000)).await;
        assert_eq!(code(other.unwrap()), Some(Code::InvalidArgument));
    }
    drop(stuck);
    timeout(Duration::from_secs(5), async {
        loop {
            let again = import(&token, pieces(large().into(), 1_000)).await;
            match code(again.unwrap()) {
                Some(Code::ResourceExhausted) => tokio::time::sleep(Duration::from_millis(20)).await,
                answered => break assert_eq!(answered, Some(Code::InvalidArgument)),
            }
        }
    })
    .await
    .expect("cancelled calls free their places");
    for _ in 0..3 {
        let nameless = exports.export_brief(export.clone()).await.unwrap_err();
        assert_eq!(nameless.code(), Code::InvalidArgument);
    }
    running.stop().await;
}

#[tokio::test]
async fn a_token_has_few_unread_responses_and_others_are_served() {
    let scene = Scene::new().await;
    // A response of 1 MiB.
    let mut long = content("Unread responses");
    let text = "All is known about this. ".repeat(150);
    let paragraphs = (0..280).map(|number| paragraph(vec![marked(format!("s{number}"), &text, "TLP:CLEAR")]));
    long.sections[0].blocks.extend(paragraphs);
    scene.published("long", long).await;
    let flags = ["--max-unread-responses", "64", "--max-percent-per-token", "25"];
    let running = scene.replica(&flags).await;
    let token = scene.token("default", &[Role::Reader, Role::Author], "TLP:CLEAR").await;
    let name = "workspaces/default/briefs/long".to_owned();
    let request = GetBriefRequest { name, ..GetBriefRequest::default() };
    let body = framed(&request.encode_to_vec());
    // The caller reads no more than a byte of each.
    let endpoint = Endpoint::from_shared(format!("http://{}", running.listen)).unwrap();
    let mut h2 = endpoint.initial_stream_window_size(1).connect().await.unwrap();
    let mut unread = Vec::new();
    let refused = loop {
        std::future::poll_fn(|context| h2.poll_ready(context)).await.unwrap();
        let body = Body::new(Full::new(Bytes::from(body.clone())));
        let response = h2.call(call(running.listen, GET_BRIEF, &token, body)).await.unwrap();
        match Status::from_header_map(response.headers()) {
            None if unread.len() > 20 => panic!("all are admitted"),
            None => unread.push(response),
            Some(status) => break status,
        }
    };
    assert_eq!((refused.code(), reason_of(&refused)), (Code::ResourceExhausted, Some(Reason::LimitExceeded)));
    assert!((12..=16).contains(&unread.len()), "16 MiB, and not {} responses", unread.len());

    let client = |token: &str| {
        let client = BriefServiceClient::with_interceptor(channel(running.listen), bearer(token));
        client.max_decoding_message_size(MESSAGE_LIMIT)
    };
    client(&scene.admin).get_brief(request.clone()).await.unwrap();
    client(&token).get_brief(request.clone()).await.unwrap_err();
    drop(unread);
    timeout(Duration::from_secs(5), async {
        while client(&token).get_brief(request.clone()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("responses that were dropped free their places");
    running.stop().await;
}

#[tokio::test]
async fn a_unary_call_has_one_message() {
    let scene = Scene::new().await;
    let address = scene.running.listen;
    // An empty message and a large one: the second begins in the first frame, or in the next one.
    let two = Bytes::from([&[0; 5][..], &large()].concat());
    for first in [1_000, 5] {
        let mut h2 = channel(address);
        std::future::poll_fn(|context| h2.poll_ready(context)).await.unwrap();
        let body = pieces(two.clone(), first);
        let response = h2.call(call(address, LIST_BRIEFS, &scene.admin, body)).await.unwrap();
        let status = Status::from_header_map(response.headers()).unwrap();
        assert_eq!(reason_of(&status), Some(Reason::MalformedMessage), "{status}");
    }
}

/// A body whose frames have a thousand bytes, but for the first one.
fn pieces(mut bytes: Bytes, first: usize) -> Body {
    let frames =
        std::iter::once(bytes.split_to(first)).chain(bytes.chunks(1_000).map(Bytes::copy_from_slice));
    let frames: Vec<_> = frames.map(|data| Ok::<_, Status>(Frame::data(data))).collect();
    Body::new(StreamBody::new(tokio_stream::iter(frames)))
}
