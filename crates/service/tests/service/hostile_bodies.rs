//! Bodies that no client sends, to every method: random messages of its type with flipped, cut, repeated and inserted
//! bytes. Each is answered with a status that is a contract, and the service lives on.

use std::time::Duration;

use chancery_proto::descriptors::pool;
use chancery_testkit::fuzz;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use prost::Message as _;
use prost::bytes::Bytes;
use prost_reflect::{DynamicMessage, Kind, MapKey, MessageDescriptor, MethodDescriptor, Value};
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

use crate::raw_codec::Raw;
use crate::scene::{Scene, channel};

/// Depth to which random messages are filled.
const DEPTH: usize = 4;

/// A source of choices, from the bytes of a test case.
struct Choices<'a> {
    bytes: std::iter::Cycle<std::slice::Iter<'a, u8>>,
    left: usize,
}

impl Choices<'_> {
    fn next(&mut self, below: u8) -> u8 {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 { 0 } else { self.bytes.next().map_or(0, |byte| byte % below) }
    }
}

/// Returns a random message.
fn message(descriptor: &MessageDescriptor, depth: usize, choices: &mut Choices<'_>) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields() {
        let count = match choices.next(6) {
            0 | 1 => 0,
            2..=4 => 1,
            _ => 3,
        };
        if count == 0 {
            continue;
        }
        let mut one = || value(&field.kind(), depth, choices);
        if field.is_list() {
            let values = (0..count).map(|_| one()).collect();
            message.set_field(&field, Value::List(values));
        } else if field.is_map() {
            message.set_field(&field, Value::Map([(MapKey::String("k".into()), one())].into()));
        } else {
            message.set_field(&field, one());
        }
    }
    message
}

fn value(kind: &Kind, depth: usize, choices: &mut Choices<'_>) -> Value {
    let texts = [
        "",
        "x",
        "workspaces/default",
        "workspaces/default/briefs/b1",
        "workspaces/default/briefs/b1/revisions/1",
        "workspaces/system",
        "workspaces/../x",
        "\u{202e}\u{0}",
        "TLP:RED",
        "a = 1 AND (b",
    ];
    let number = [0_i64, 1, -1, i64::MAX, i64::MIN, 4_000_000_000][usize::from(choices.next(6))];
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "any number will do")]
    match kind {
        Kind::Message(inner) if depth > 0 => Value::Message(message(inner, depth - 1, choices)),
        Kind::Message(inner) => Value::Message(DynamicMessage::new(inner.clone())),
        Kind::Enum(_) => Value::EnumNumber(i32::from(choices.next(40)) - 1),
        Kind::Bool => Value::Bool(choices.next(2) == 1),
        Kind::Bytes => Value::Bytes(vec![choices.next(255); usize::from(choices.next(64))].into()),
        Kind::String => Value::String(texts[usize::from(choices.next(10))].to_owned()),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(number),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(number as u64),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(number as u32),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(number as i32),
        Kind::Double => Value::F64(f64::NAN),
        Kind::Float => Value::F32(f32::INFINITY),
    }
}

/// Damages an encoded message in up to three places.
fn damaged(mut bytes: Vec<u8>, choices: &mut Choices<'_>) -> Vec<u8> {
    for _ in 0..choices.next(4) {
        let at = (usize::from(choices.next(255)) * 256 + usize::from(choices.next(255))) % (bytes.len() + 1);
        match choices.next(4) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, choices.next(255)),
            2 => bytes.extend_from_within(at..),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << choices.next(8);
                }
            }
        }
    }
    bytes
}

fn body(method: &MethodDescriptor, seed: &[u8]) -> Vec<u8> {
    let mut choices = Choices { bytes: seed.iter().cycle(), left: 5_000 };
    let encoded = message(&method.input(), DEPTH, &mut choices).encode_to_vec();
    choices.left = 100;
    damaged(encoded, &mut choices)
}

/// Sends a body, and returns the status of the answer.
async fn status(channel: Channel, token: &str, method: &MethodDescriptor, body: Vec<u8>) -> Status {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let mut request = Request::new(tokio_stream::once(body));
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    // Long polls and watches are not waited for.
    request.set_timeout(Duration::from_millis(500));
    let mut grpc = Grpc::new(channel);
    grpc.ready().await.unwrap();
    let mut messages = match grpc.streaming(request, path.parse().unwrap(), Raw).await {
        Ok(response) => response.into_inner(),
        Err(status) => return status,
    };
    loop {
        match messages.message().await {
            Ok(Some(_)) => {}
            Ok(None) => return Status::ok(""),
            Err(status) => return status,
        }
    }
}

/// Statuses that a hostile body must not lead to.
fn check(method: &MethodDescriptor, body: &Bytes, status: &Status) -> Result<(), TestCaseError> {
    let line = format!("{} {body:x}", method.full_name());
    let is_contract = !matches!(status.code(), Code::Internal | Code::Unknown | Code::DataLoss);
    prop_assert!(is_contract, "{status}; for tests/corpus/bodies.txt: {line}");
    let is_explained = matches!(status.code(), Code::Ok | Code::DeadlineExceeded | Code::Cancelled)
        || status.get_details_error_info().is_some();
    prop_assert!(is_explained, "{status} has no reason; for tests/corpus/bodies.txt: {line}");
    Ok(())
}

/// Returns the kept bodies, with the method that each is for; `None` for all.
fn kept() -> Vec<(Option<&'static str>, Vec<u8>)> {
    let lines = include_str!("../corpus/bodies.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    lines
        .map(|line| {
            let (method, body) = line.split_once(' ').unwrap();
            let body = if body == "-" { Vec::new() } else { body.as_bytes().chunks(2).map(byte).collect() };
            (Some(method).filter(|method| *method != "*"), body)
        })
        .collect()
}

/// A service with its methods.
struct Target {
    scene: Scene,
    methods: Vec<MethodDescriptor>,
    public: Channel,
    workers: Channel,
}

impl Target {
    async fn new() -> Self {
        let scene = Scene::new().await;
        scene.published("b1", crate::scene::content("One")).await;
        let services = pool().services().filter(|service| service.full_name().starts_with("chancery."));
        let methods = services.flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
        let (public, workers) = (channel(scene.running.listen), channel(scene.running.worker_listen));
        Self { scene, methods, public, workers }
    }

    /// Sends a body to a method with the token that its callers have, and checks the answer.
    async fn answers(&self, method: &MethodDescriptor, body: Vec<u8>) -> Result<(), TestCaseError> {
        let (channel, token) = match method.parent_service().full_name() {
            "chancery.worker.v1.RenderWorkerService" => (&self.workers, &self.scene.worker),
            "chancery.admin.v1.AdminService" => (&self.public, &self.scene.operator),
            _ => (&self.public, &self.scene.admin),
        };
        let answer = status(channel.clone(), token, method, body.clone()).await;
        check(method, &body.into(), &answer)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kept_bodies_are_answered_with_a_reason() {
    let target = Target::new().await;
    for (only, body) in kept() {
        let of_it = |method: &&MethodDescriptor| only.is_none_or(|only| method.full_name() == only);
        let methods: Vec<_> = target.methods.iter().filter(of_it).collect();
        assert!(!methods.is_empty(), "there is no method {only:?}");
        for method in methods {
            target.answers(method, body.clone()).await.unwrap();
        }
    }
    // It lives on.
    target.scene.reader("TLP:RED").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_method_answers_hostile_bodies_with_a_reason() {
    let target = Target::new().await;
    let runtime = tokio::runtime::Handle::current();
    let command = "./dev fuzz bodies";
    tokio::task::spawn_blocking(move || {
        let mut runner = TestRunner::new(fuzz::config(command, 6));
        let seeds = proptest::collection::vec(any::<u8>(), 1..200);
        runner
            .run(&seeds, |seed| {
                for method in &target.methods {
                    runtime.block_on(target.answers(method, body(method, &seed)))?;
                }
                Ok(())
            })
            .map(|()| target)
    })
    .await
    .unwrap()
    .unwrap()
    // It lives on.
    .scene
    .reader("TLP:RED")
    .await;
}
