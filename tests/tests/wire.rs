//! Messages on the wire that no client of this project sends.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::str::FromStr;

use chancery_proto::brief::v1::Brief;
use chancery_proto::errors::v1::Reason;
use chancery_testkit::status_refusals::{refused, refused_at};
use chancery_testkit::{Stack, files};
use chancery_tests::RUSSIA_IRAN;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Endpoint;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

const GET_BRIEF: &str = "/chancery.brief.v1.BriefService/GetBrief";
const IMPORT_BRIEF: &str = "/chancery.brief.v1.BriefService/ImportBrief";

/// `GetBriefRequest` in a newer schema than the server's.
#[derive(Clone, PartialEq, prost::Message)]
struct NewerGetBriefRequest {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "99")]
    not_known_here: String,
}

/// `ImportBriefRequest` with a deeply nested field that the server does not know.
#[derive(Clone, PartialEq, prost::Message)]
struct NewerImportBriefRequest {
    #[prost(string, tag = "1")]
    parent: String,
    #[prost(message, repeated, tag = "2")]
    documents: Vec<NewerDocument>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct NewerDocument {
    #[prost(string, tag = "1")]
    brief_id: String,
    #[prost(message, optional, tag = "6")]
    content: Option<NewerContent>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct NewerContent {
    #[prost(string, tag = "2")]
    title: String,
    #[prost(uint32, tag = "99")]
    not_known_here: u32,
}

/// A message whose field 1 is a number where the server expects a string.
#[derive(Clone, PartialEq, prost::Message)]
struct Malformed {
    #[prost(uint64, tag = "1")]
    name: u64,
}

/// A message of bytes, of any length.
#[derive(Clone, PartialEq, prost::Message)]
struct Long {
    #[prost(string, tag = "1")]
    name: String,
}

async fn send<M: prost::Message + 'static>(stack: &Stack, path: &str, message: M) -> Result<Brief, Status> {
    let channel = Endpoint::from_shared(stack.url()).unwrap().connect().await.unwrap();
    let mut service = tonic::client::Grpc::new(channel).max_encoding_message_size(usize::MAX);
    service.ready().await.unwrap();
    let mut request = Request::new(message);
    let token = std::fs::read_to_string(stack.token_file("admin")).unwrap();
    request.metadata_mut().insert("authorization", format!("Bearer {}", token.trim()).parse().unwrap());
    let codec = ProstCodec::<M, Brief>::default();
    let path = PathAndQuery::from_str(path).unwrap();
    service.unary(request, path, codec).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn a_field_of_a_newer_schema_is_refused_with_its_path() {
    let stack = Stack::without_worker().await;
    stack.import(files::revisions("russia-iran")).await;
    let before = stack.content();
    let request = |text: &str| NewerGetBriefRequest { name: RUSSIA_IRAN.into(), not_known_here: text.into() };
    let answer = send(&stack, GET_BRIEF, request("x")).await;
    refused_at(answer, Reason::UnknownField, "#99");
    // When unset, the field is not on the wire, and the call succeeds.
    assert_eq!(send(&stack, GET_BRIEF, request("")).await.unwrap().name, RUSSIA_IRAN);

    let content = NewerContent { title: "Title".into(), not_known_here: 1 };
    let document = NewerDocument { brief_id: "newer".into(), content: Some(content) };
    let request = NewerImportBriefRequest { parent: "workspaces/default".into(), documents: vec![document] };
    let answer = send(&stack, IMPORT_BRIEF, request).await;
    refused_at(answer, Reason::UnknownField, "documents[0].content.#99");
    assert_eq!(stack.content(), before);
}

#[tokio::test]
async fn malformed_messages_are_refused() {
    let stack = Stack::without_worker().await;
    let answer = send(&stack, GET_BRIEF, Malformed { name: 7 }).await;
    refused(answer, Code::InvalidArgument, Reason::MalformedMessage);
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_and_the_service_keeps_running() {
    let stack = Stack::without_worker().await;
    stack.import(files::revisions("russia-iran")).await;
    let answer = send(&stack, GET_BRIEF, Long { name: "x".repeat(17 * 1024 * 1024) }).await;
    refused(answer, Code::ResourceExhausted, Reason::LimitExceeded);
    assert_eq!(send(&stack, GET_BRIEF, Long { name: RUSSIA_IRAN.into() }).await.unwrap().name, RUSSIA_IRAN);
}

#[tokio::test]
async fn an_unknown_method_is_reported_as_unimplemented() {
    let stack = Stack::without_worker().await;
    let answer = send(&stack, "/chancery.brief.v1.BriefService/Nothing", Long { name: String::new() }).await;
    let status = answer.unwrap_err();
    assert!(matches!(status.code(), Code::Unimplemented | Code::PermissionDenied), "{status:?}");
}
