use std::net::SocketAddr;

use chancery_postgres::{DataDir, Options, PrivatePostgres, TestServer};
use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::brief::v1::{CreateBriefRequest, GetBriefRequest};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::refused;
use http::uri::PathAndQuery;
use prost::Message;
use prost::bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_stream::StreamExt;
use tonic::client::Grpc;
use tonic::{Code, Request, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt;

use crate::raw_codec::{Raw, framed};
use crate::scene::{Scene, channel, content};

/// Sends one message to a method, and returns the first message of the response.
pub(crate) async fn call(
    listener: SocketAddr,
    path: &str,
    token: &str,
    message: &[u8],
) -> Result<Bytes, Status> {
    let authorization = format!("Bearer {token}");
    let metadata = [("authorization", authorization.as_str())];
    call_with(listener, path, if token.is_empty() { &[] } else { &metadata }, message).await
}

/// As [`call`], with any metadata.
async fn call_with(
    listener: SocketAddr,
    path: &str,
    metadata: &[(&'static str, &str)],
    message: &[u8],
) -> Result<Bytes, Status> {
    let mut client = Grpc::new(channel(listener)).max_encoding_message_size(2 * MESSAGE_LIMIT);
    client.ready().await.map_err(|error| Status::unknown(error.to_string()))?;
    let mut request = Request::new(tokio_stream::once(message.to_vec()));
    for (key, value) in metadata {
        request.metadata_mut().insert(*key, value.parse().unwrap());
    }
    let path = PathAndQuery::try_from(path).unwrap();
    let mut answers = client.streaming(request, path, Raw).await?.into_inner();
    answers.next().await.unwrap_or(Err(Status::ok("the stream ended")))
}

#[tokio::test]
async fn an_unknown_field_is_rejected_by_path() {
    let scene = Scene::new().await;
    let request = CreateBriefRequest {
        parent: "workspaces/default".into(),
        brief_id: "b1".into(),
        content: Some(content("One")),
        ..CreateBriefRequest::default()
    };
    let mut bytes = request.encode_to_vec();
    bytes.extend_from_slice(&[0xf8, 0x06, 0x01]); // field 111, varint 1
    let path = "/chancery.brief.v1.BriefService/CreateBrief";
    let answer = call(scene.running.listen, path, &scene.admin, &bytes).await;
    let status = refused(answer, Code::InvalidArgument, Reason::UnknownField);
    assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, "#111");
    let get_brief = "/chancery.brief.v1.BriefService/GetBrief";
    let answer = call(scene.running.listen, get_brief, &scene.admin, &[0xf8, 0x06, 0x01]).await;
    refused(answer, Code::InvalidArgument, Reason::UnknownField);
    let answer = call(scene.running.listen, path, &scene.admin, &[0xff; 9]).await;
    refused(answer, Code::InvalidArgument, Reason::MalformedMessage);
}

#[tokio::test]
async fn get_brief_is_served_by_its_own_route() {
    let scene = Scene::new().await;
    let authorization = format!("Bearer {}", scene.admin);
    let metadata = [("authorization", authorization.as_str()), ("grpc-encoding", "gzip")];
    let refusal = async |method: &str| {
        let path = format!("/chancery.brief.v1.BriefService/{method}");
        let status = call_with(scene.running.listen, &path, &metadata, &[]).await.unwrap_err();
        assert_eq!(status.code(), Code::Unimplemented, "{status:?}");
        status.message().to_owned()
    };
    assert_eq!(refusal("GetBrief").await, "compressed messages are not supported");
    assert_ne!(refusal("GetBriefDraft").await, "compressed messages are not supported");
}

#[tokio::test]
async fn a_message_over_the_limit_is_rejected_and_one_just_below_is_accepted() {
    let scene = Scene::new().await;
    let path = "/chancery.brief.v1.BriefService/CreateBrief";
    let request = |length| CreateBriefRequest { parent: "x".repeat(length), ..CreateBriefRequest::default() };
    let over = request(MESSAGE_LIMIT + 1).encode_to_vec();
    let answer = call(scene.running.listen, path, &scene.admin, &over).await;
    refused(answer, Code::ResourceExhausted, Reason::LimitExceeded);
    let below = request(MESSAGE_LIMIT - 16).encode_to_vec();
    let answer = call(scene.running.listen, path, &scene.admin, &below).await;
    refused(answer, Code::InvalidArgument, Reason::InvalidName);
}

#[tokio::test]
async fn a_response_over_the_limit_is_rejected() {
    let scene = Scene::new().await;
    let mut admin = scene.briefs(&scene.admin);
    for number in 1..=3 {
        let mut large = content(&format!("Revision {number}"));
        let text = "A sentence of some length that represents very many others. ".repeat(60);
        let open = |index| chancery_proto::brief::v1::Statement {
            id: format!("s-{index}"),
            text: text.trim().to_owned(),
            r#type: chancery_proto::brief::v1::StatementType::Fact.into(),
            ..Default::default()
        };
        large.bluf = (0..1600).map(open).collect();
        admin.import_brief(import(vec![document("b1", number, large)])).await.unwrap();
    }
    let name = "workspaces/default/briefs/b1".to_owned();
    let export = chancery_proto::brief::v1::ExportBriefRequest {
        name,
        format: 1,
        ..chancery_proto::brief::v1::ExportBriefRequest::default()
    };
    refused(admin.export_brief(export).await, Code::ResourceExhausted, Reason::LimitExceeded);
}

#[tokio::test]
async fn health_and_reflection_need_no_token() {
    let scene = Scene::new().await;
    for listener in [scene.running.listen, scene.running.worker_listen] {
        let mut health = HealthClient::new(channel(listener));
        let answer = health.check(HealthCheckRequest { service: String::new() }).await.unwrap();
        assert_eq!(answer.into_inner().status, 1);
    }
    let mut health = HealthClient::new(scene.channel());
    for service in ["brief.v1.BriefService", "admin.v1.AdminService", "render.v1.RenderService"] {
        let service = format!("chancery.{service}");
        let answer = health.check(HealthCheckRequest { service: service.clone() }).await.unwrap();
        assert_eq!(answer.into_inner().status, 1, "{service}");
    }
    // Field 7 of ServerReflectionRequest requests the list of services.
    for version in ["v1", "v1alpha"] {
        let path = format!("/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo");
        let answer = call(scene.running.listen, &path, "", &[0x3a, 0x00]).await.unwrap();
        let text = String::from_utf8_lossy(&answer).into_owned();
        assert!(text.contains("chancery.brief.v1.BriefService") && text.contains("grpc.health.v1.Health"));
    }
}

#[tokio::test]
async fn browsers_are_answered_over_http_1_in_grpc_web() {
    let scene = Scene::new().await;
    scene.published("b1", content("One")).await;
    let name = "workspaces/default/briefs/b1".to_owned();
    let message =
        GetBriefRequest { name, if_none_match: String::new(), ..GetBriefRequest::default() }.encode_to_vec();
    let body = framed(&message);
    let head = format!(
        "POST /chancery.brief.v1.BriefService/GetBrief HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         content-type: application/grpc-web+proto\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        scene.admin,
        body.len()
    );
    let mut stream = TcpStream::connect(scene.running.listen).await.unwrap();
    stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("application/grpc-web+proto"), "{answer}");
    assert!(answer.contains("This is for named persons.") && answer.contains("grpc-status:0"), "{answer}");
}

#[tokio::test]
async fn a_lost_database_is_reported_as_unavailable_with_a_retry_delay() {
    let folder = std::env::temp_dir().join(format!("chancery-gone-{}", std::process::id()));
    let private = PrivatePostgres::start(Options::durable(DataDir::Preferred(folder.clone()))).unwrap();
    let scene = Scene::on(TestServer::on(private)).await;
    let mut admin = scene.briefs(&scene.admin);
    scene.server.stop().unwrap();
    let get = GetBriefRequest {
        name: "workspaces/default/briefs/b1".into(),
        if_none_match: String::new(),
        ..GetBriefRequest::default()
    };
    let status = refused(admin.get_brief(get).await, Code::Unavailable, Reason::Unavailable);
    assert!(status.get_details_retry_info().unwrap().retry_delay.is_some());
    std::fs::remove_dir_all(folder).unwrap();
}
