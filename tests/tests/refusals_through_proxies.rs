//! Errors reach clients of other gRPC implementations: grpcio, directly and through nginx and Envoy with their default
//! limits. A status over those limits arrives as another error, which clients take for a broken connection and retry.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chancery_proto::brief::v1::{
    BriefContent, CreateBriefRequest, GetBriefRequest, LintBriefRequest, ListActorsRequest,
    ListBriefsRequest, PublishBriefRequest, SearchBriefsRequest, Statement, StatementType,
};
use chancery_proto::errors::v1::Reason;
use chancery_proto::status::{STATUS_LIMIT, reason_of, violations_total};
use chancery_testkit::content;
use chancery_testkit::programs::{named_by, run_tool};
use chancery_testkit::{Stack, WORKSPACE};
use prost::Message;
use serde::Deserialize;
use tonic::{Code, Status};

/// Sends the bytes of one request, and prints the status that grpcio reports.
const CALL: &str = "
import json, sys
import grpc
target, token_file, method, request_file = sys.argv[1:]
token = open(token_file).read().strip()
request = open(request_file, 'rb').read()
with grpc.insecure_channel(target, options=[('grpc.enable_retries', 0)]) as channel:
    try:
        channel.unary_unary(method)(request, metadata=[('authorization', 'Bearer ' + token)], timeout=30)
        print(json.dumps({'code': 0, 'message': '', 'details': []}))
    except grpc.RpcError as error:
        details = dict(error.trailing_metadata() or ()).get('grpc-status-details-bin', b'')
        print(json.dumps({'code': error.code().value[0], 'message': error.details(), 'details': list(details)}))
";

/// A proxy's configuration file. Envoy reads the format from the extension; nginx ignores it.
const CONFIGURATION: &str = "proxy.json";

/// A call whose error must arrive.
struct Case {
    name: &'static str,
    method: &'static str,
    request: Vec<u8>,
    code: Code,
    reason: Reason,
    violations: usize,
}

/// The status as reported by grpcio.
#[derive(Deserialize)]
struct ReportedStatus {
    code: i32,
    message: String,
    details: Vec<u8>,
}

/// A proxy on a free port, which ends with the test.
struct Proxy {
    child: Child,
    address: SocketAddr,
    folder: tempfile::TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Proxy {
    /// Starts a program with a configuration file, and waits until it accepts connections.
    fn start(
        program: &Path,
        package: &str,
        configure: impl Fn(&Path, SocketAddr) -> (String, Vec<String>),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (configuration, arguments) = configure(folder.path(), address);
        std::fs::write(folder.path().join(CONFIGURATION), configuration).unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let child = command.spawn().unwrap_or_else(|error| {
            panic!("{} cannot be run ({error}): install {package}, or run ./dev test", program.display())
        });
        let proxy = Self { child, address, folder };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            let log = || std::fs::read_to_string(proxy.folder.path().join("log")).unwrap_or_default();
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "{} does not start: {}",
                program.display(),
                log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        proxy
    }

    /// Starts nginx as its documentation configures a proxy for gRPC, every limit at its default.
    fn nginx(service: &str) -> Self {
        let program = ["/usr/sbin/nginx", "/usr/bin/nginx"].iter().map(Path::new).find(|path| path.exists());
        Self::start(program.unwrap_or(Path::new("nginx")), "nginx", |folder, address| {
            let folder = folder.display();
            let configuration = format!(
                "daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}
                http {{
                    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
                    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
                    server {{ listen {address} http2; location / {{ grpc_pass grpc://{service}; }} }}
                }}"
            );
            (
                configuration,
                vec![
                    "-c".to_owned(),
                    format!("{folder}/{CONFIGURATION}"),
                    "-p".to_owned(),
                    folder.to_string(),
                ],
            )
        })
    }

    /// Starts Envoy in front of a cluster that speaks HTTP/2, every limit at its default.
    fn envoy(service: &str) -> Self {
        let python: PathBuf = named_by("CHANCERY_PYTHON");
        let program = python.parent().unwrap().join("envoy");
        let (host, port) = service.rsplit_once(':').unwrap();
        Self::start(&program, "the Python tools", |folder, address| {
            let manager = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
            let router = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router";
            let protocol = "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
            let socket = |host: &str, port: &str| serde_json::json!({ "socket_address": { "address": host, "port_value": port.parse::<u16>().unwrap() } });
            let configuration = serde_json::json!({ "static_resources": {
                "listeners": [{
                    "address": socket("127.0.0.1", &address.port().to_string()),
                    "filter_chains": [{ "filters": [{
                        "name": "envoy.filters.network.http_connection_manager",
                        "typed_config": {
                            "@type": manager, "stat_prefix": "ingress", "codec_type": "AUTO",
                            "route_config": { "virtual_hosts": [{
                                "name": "chancery", "domains": ["*"],
                                "routes": [{ "match": { "prefix": "/" }, "route": { "cluster": "chancery" } }],
                            }] },
                            "http_filters": [{ "name": "envoy.filters.http.router", "typed_config": { "@type": router } }],
                        },
                    }] }],
                }],
                "clusters": [{
                    "name": "chancery", "type": "STATIC",
                    "load_assignment": { "cluster_name": "chancery", "endpoints": [{ "lb_endpoints": [
                        { "endpoint": { "address": socket(host, port) } },
                    ] }] },
                    "typed_extension_protocol_options": {
                        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                            "@type": protocol, "explicit_http_config": { "http2_protocol_options": {} },
                        },
                    },
                }],
            } });
            let file = folder.join(CONFIGURATION).display().to_string();
            let arguments = ["--config-path", &file, "--use-dynamic-base-id", "--concurrency", "1"];
            (configuration.to_string(), arguments.map(str::to_owned).to_vec())
        })
    }
}

fn forecast(number: usize, text: &str) -> Statement {
    Statement { r#type: StatementType::Forecast.into(), ..content::statement(format!("s{number}"), text) }
}

fn forecasts(statements: Vec<Statement>) -> BriefContent {
    content::brief("A forecast", vec![content::body("Body", vec![content::paragraph(statements)])])
}

fn create(brief_id: &str, content: BriefContent) -> CreateBriefRequest {
    CreateBriefRequest {
        parent: WORKSPACE.into(),
        brief_id: brief_id.into(),
        content: Some(content),
        ..CreateBriefRequest::default()
    }
}

/// A brief in which every statement violates a rule.
fn broken(count: usize) -> BriefContent {
    forecasts((0..count).map(|number| forecast(number, "")).collect())
}

/// Errors with many violations, and errors of requests with a long text.
fn cases(etag: String) -> Vec<Case> {
    let create_brief = "/chancery.brief.v1.BriefService/CreateBrief";
    let publish = PublishBriefRequest {
        name: format!("{WORKSPACE}/briefs/forecasts"),
        etag,
        require_no_warnings: true,
        ..PublishBriefRequest::default()
    };
    let long = "Прогноз? ".repeat(6_500);
    let parent = WORKSPACE.to_owned();
    let invalid = |name, method, request: Vec<u8>, reason| Case {
        name,
        method,
        request,
        code: Code::InvalidArgument,
        reason,
        violations: 1,
    };
    let search = SearchBriefsRequest { parent: parent.clone(), query: long.clone(), ..Default::default() };
    let actors = ListActorsRequest { parent: parent.clone(), query: long.clone(), ..Default::default() };
    let filtered = ListBriefsRequest { parent: parent.clone(), filter: long.clone(), ..Default::default() };
    let ordered = ListBriefsRequest { parent, order_by: long.clone(), ..Default::default() };
    let mask = Some(prost_types::FieldMask { paths: vec![long.clone(); 2] });
    let masked = GetBriefRequest {
        name: format!("{WORKSPACE}/briefs/forecasts"),
        read_mask: mask,
        ..Default::default()
    };
    let named = GetBriefRequest { name: long.clone(), ..Default::default() };
    let keyed = CreateBriefRequest { request_id: long, ..create("keyed", broken(1)) };
    let get_brief = "/chancery.brief.v1.BriefService/GetBrief";
    let list_briefs = "/chancery.brief.v1.BriefService/ListBriefs";
    vec![
        Case {
            violations: 80,
            ..invalid(
                "80 violations",
                create_brief,
                create("broken", broken(80)).encode_to_vec(),
                Reason::InvalidContent,
            )
        },
        Case {
            violations: 1_500,
            ..invalid(
                "1,500 violations",
                create_brief,
                create("broken", broken(1_500)).encode_to_vec(),
                Reason::InvalidContent,
            )
        },
        Case {
            name: "1,500 warnings",
            method: "/chancery.brief.v1.BriefService/PublishBrief",
            request: publish.encode_to_vec(),
            code: Code::FailedPrecondition,
            reason: Reason::LintWarnings,
            violations: 1_500,
        },
        invalid(
            "a long query",
            "/chancery.brief.v1.BriefService/SearchBriefs",
            search.encode_to_vec(),
            Reason::InvalidQuery,
        ),
        invalid(
            "a long name of an actor",
            "/chancery.brief.v1.KnowledgeService/ListActors",
            actors.encode_to_vec(),
            Reason::InvalidField,
        ),
        invalid("a long filter", list_briefs, filtered.encode_to_vec(), Reason::InvalidFilter),
        invalid("a long order", list_briefs, ordered.encode_to_vec(), Reason::InvalidOrderBy),
        invalid("a long mask", get_brief, masked.encode_to_vec(), Reason::InvalidField),
        invalid("a long name", get_brief, named.encode_to_vec(), Reason::InvalidName),
        invalid("a long request id", create_brief, keyed.encode_to_vec(), Reason::InvalidField),
    ]
}

/// The status that grpcio reports for a call to an address.
fn reported_status(stack: &Stack, address: &str, case: &Case) -> Status {
    let request = stack.folder().join("request.bin");
    std::fs::write(&request, &case.request).unwrap();
    let python = named_by("CHANCERY_PYTHON").display().to_string();
    let (token, request) = (stack.token_file("admin").display().to_string(), request.display().to_string());
    let arguments = ["-c", CALL, address, &token, case.method, &request];
    let ran = run_tool(&python, "the Python tools (./dev test does)", arguments);
    let reported: ReportedStatus = serde_json::from_slice(&ran.stdout)
        .unwrap_or_else(|_| panic!("{}: {}", case.name, String::from_utf8_lossy(&ran.stderr)));
    Status::with_details(Code::from_i32(reported.code), reported.message, reported.details.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_any_size_arrives_through_grpcio_nginx_and_envoy() {
    let stack = Stack::without_worker().await;
    let admin = stack.admin().await;
    let statements = (0..750).map(|number| forecast(number, "It will rain in the north."));
    let created = admin.create_brief(create("forecasts", forecasts(statements.collect()))).await.unwrap();
    let lint = LintBriefRequest { name: format!("{WORKSPACE}/briefs/forecasts/draft"), content: None };
    let warnings = admin.lint_brief(lint).await.unwrap().warnings.len();
    let service = stack.url().trim_start_matches("http://").to_owned();
    let (nginx, envoy) = (Proxy::nginx(&service), Proxy::envoy(&service));
    let ways = [
        ("directly", service.clone()),
        ("through nginx", nginx.address.to_string()),
        ("through Envoy", envoy.address.to_string()),
    ];
    for mut case in cases(created.draft_etag) {
        if case.reason == Reason::LintWarnings {
            assert!(warnings >= 1_500, "{warnings} warnings");
            case.violations = warnings;
        }
        for (way, address) in &ways {
            let status = tokio::task::block_in_place(|| reported_status(&stack, address, &case));
            let what = format!("{} {way}: {status:?}", case.name);
            assert_eq!((status.code(), reason_of(&status)), (case.code, Some(case.reason)), "{what}");
            assert_eq!(violations_total(&status), Some(case.violations), "{what}");
            let headers = status.into_http::<String>().into_parts().0.headers;
            let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
            assert!(size <= STATUS_LIMIT + 64, "{size} bytes: {what}");
        }
    }
}
