//! The metrics of the service, and the sizes of requests.

use chancery_proto::brief::v1::GetBriefRequest;
use chancery_proto::errors::v1::Reason;
use chancery_testkit::status_refusals::refused;
use prost::Message as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tonic::Code;

use crate::scene::{Scene, content};
use crate::wire::call;

/// Reads `/metrics` with plain HTTP/1.
async fn scraped(address: std::net::SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}

#[tokio::test]
async fn metrics_count_calls_connections_and_proofs() {
    let scene = Scene::new().await;
    scene.published("b1", content("One")).await;
    let running = scene.replica(&["--metrics-listen", "127.0.0.1:0"]).await;
    let get = GetBriefRequest { name: "workspaces/default/briefs/b1".into(), ..GetBriefRequest::default() };
    let mut reader = Scene::briefs_at(running.listen, &scene.admin);
    reader.get_brief(get.clone()).await.unwrap();
    Scene::briefs_at(running.listen, "chy_unknown").get_brief(get).await.unwrap_err();
    call(running.listen, "/no.such.v1.Service/Method", &scene.admin, b"").await.unwrap_err();
    let text = scraped(running.metrics_listen.unwrap()).await;
    let get_brief = "method=\"chancery.brief.v1.BriefService/GetBrief\"";
    for line in [
        "HTTP/1.1 200 OK",
        "content-type: application/openmetrics-text; version=1.0.0; charset=utf-8",
        &format!("chancery_service_calls_total{{{get_brief},code=\"OK\",reason=\"\"}} 1"),
        &format!(
            "chancery_service_calls_total{{{get_brief},code=\"UNAUTHENTICATED\",reason=\"UNAUTHENTICATED\"}} 1"
        ),
        "chancery_service_calls_total{method=\"unknown\",code=\"UNIMPLEMENTED\",reason=\"\"} 1",
        &format!("chancery_service_call_duration_seconds_count{{{get_brief}}} 2"),
        "chancery_service_connections{listener=\"public\"}",
        "chancery_service_connections{listener=\"workers\"} 0",
        "chancery_service_failed_handshakes_total{listener=\"public\"} 0",
        "chancery_service_proofs_total{result=\"refused\"} 0",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    running.stop().await;
    assert_eq!(scene.running.metrics_listen, None);
}

#[tokio::test]
async fn a_request_without_content_is_limited_to_a_small_size() {
    let scene = Scene::new().await;
    scene.published("b1", content("One")).await;
    let get = |size: usize| GetBriefRequest { name: "x".repeat(size), ..GetBriefRequest::default() };
    let path = "/chancery.brief.v1.BriefService/GetBrief";
    let answer = call(scene.running.listen, path, &scene.admin, &get(300_000).encode_to_vec()).await;
    let status = refused(answer, Code::ResourceExhausted, Reason::LimitExceeded);
    assert!(status.message().contains("262144 bytes"), "{status}");
    let answer = call(scene.running.listen, path, &scene.admin, &get(200_000).encode_to_vec()).await;
    refused(answer, Code::InvalidArgument, Reason::InvalidName);
}
