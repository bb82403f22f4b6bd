//! The floods: which calls a hostile process makes, how many at once, and how it ends them.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::Context as _;
use chancery_bench::content;
use chancery_bench::wire::GET_BRIEF;
use chancery_proto::brief::v1::{
    BriefContent, ExportBriefRequest, GetBriefRequest, ImportBriefRequest, RevisionDocument, Section,
};
use chancery_proto::worker::v1::EnrollWorkerRequest;
use chancery_testkit::WORKSPACE;
use clap::ValueEnum;
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use prost::Message as _;
use prost::bytes::{BufMut as _, Bytes, BytesMut};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio_stream::StreamExt as _;
use tonic::Status;
use tonic::body::Body;
use tonic::transport::{Channel, Endpoint};
use tower::Service as _;

const CREATE_BRIEF: &str = "/chancery.brief.v1.BriefService/CreateBrief";
const IMPORT_BRIEF: &str = "/chancery.brief.v1.BriefService/ImportBrief";
const EXPORT_BRIEF: &str = "/chancery.brief.v1.BriefService/ExportBrief";
const WATCH_BRIEFS: &str = "/chancery.brief.v1.BriefService/WatchBriefs";
const ENROLL_WORKER: &str = "/chancery.worker.v1.RenderWorkerService/EnrollWorker";

/// The size of the largest message that the service takes, less room for the fields around the content.
const LARGEST: usize = (16 << 20) - 4096;

/// The size of all revisions of a large brief, in bytes.
pub(crate) const LARGE_BRIEF: usize = 6 << 20;

/// Addresses of this machine that silent sockets come from, and the number from each.
const SILENT_ADDRESSES: u8 = 40;
const SILENT_OF_ADDRESS: usize = 400;

/// Wait before the next call after a failure to call or connect.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(1);

/// A kind of flood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Flood {
    /// Small requests that never end.
    SlowBodies,
    /// Requests of nearly 16 MiB that never end.
    UnfinishedBodies,
    /// 3,000 watches, opened again when they are refused.
    OpenStreams,
    /// Watches that are cancelled once they have begun.
    WatchStorm,
    /// Connections from many addresses that say nothing.
    SilentSockets,
    /// Requests of 195,000 parts in 390 KB.
    ManyParts,
    /// Requests of 19,900 parts in 40 KB.
    SmallParts,
    /// Requests with as many parts as a message may have.
    MostParts,
    /// Calls that are reset at once, before their request ends.
    ResetCalls,
    /// Complete calls that are cancelled at once.
    CancelledCalls,
    /// Calls with tokens that do not exist.
    UnknownTokens,
    /// Valid imports of 6 MiB.
    LargeImports,
    /// Exports of 6 MiB.
    Exports,
    /// Reads of a brief of 1 MB whose responses are not read.
    UnreadResponses,
    /// Calls to the workers' listener.
    WorkerCalls,
    /// As many reads as the service answers, with a good token.
    Reads,
}

#[derive(Clone, clap::Args)]
pub(crate) struct Settings {
    #[arg(long, value_enum)]
    pub(crate) flood: Flood,
    #[arg(long)]
    pub(crate) url: String,
    #[arg(long)]
    pub(crate) worker_url: String,
    #[arg(long)]
    pub(crate) token: String,
    #[arg(long)]
    pub(crate) worker_token: String,
    #[arg(long)]
    pub(crate) brief: String,
    #[arg(long)]
    pub(crate) large_brief: String,
}

impl Settings {
    /// Returns the command line that has these settings.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let flood = self.flood.to_possible_value().map(|value| value.get_name().to_owned());
        let flags = [
            ("--flood", flood.unwrap_or_default()),
            ("--url", self.url.clone()),
            ("--worker-url", self.worker_url.clone()),
            ("--token", self.token.clone()),
            ("--worker-token", self.worker_token.clone()),
            ("--brief", self.brief.clone()),
            ("--large-brief", self.large_brief.clone()),
        ];
        let flags = flags.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]);
        std::iter::once("attack".to_owned()).chain(flags).collect()
    }
}

/// How a call ends.
#[derive(Clone, Copy)]
enum Ending {
    /// With the end of the response.
    Response,
    /// The caller goes away once the response has begun.
    Begun,
    /// The caller goes away once the call is on its way.
    Cancelled,
    /// The caller stays and does not read the response.
    Unread,
}

/// The calls of a flood.
#[derive(Clone)]
struct Calls {
    url: String,
    method: &'static str,
    /// `None`: another token for each call that does not exist.
    token: Option<String>,
    body: Bytes,
    is_finished: bool,
    ending: Ending,
    connections: usize,
    /// Concurrent calls of a connection.
    at_once: usize,
}

/// Floods the service until the process is killed.
pub(crate) async fn run(settings: &Settings) -> anyhow::Result<()> {
    if settings.flood == Flood::SilentSockets {
        return silent_sockets(&settings.url).await;
    }
    let calls = calls(settings);
    println!("began");
    let mut callers = JoinSet::new();
    for _ in 0..calls.connections {
        callers.spawn(connection(calls.clone()));
    }
    while let Some(ended) = callers.join_next().await {
        ended?;
    }
    Ok(())
}

fn calls(settings: &Settings) -> Calls {
    let read = GetBriefRequest { name: settings.brief.clone(), ..GetBriefRequest::default() };
    let base = Calls {
        url: settings.url.clone(),
        method: GET_BRIEF,
        token: Some(settings.token.clone()),
        body: framed(&read.encode_to_vec()),
        is_finished: true,
        ending: Ending::Response,
        connections: 8,
        at_once: 100,
    };
    match settings.flood {
        Flood::SilentSockets | Flood::Reads => base,
        Flood::SlowBodies => Calls { body: base.body.slice(..6), is_finished: false, ..base },
        Flood::UnfinishedBodies => {
            let body = framed(&vec![0; LARGEST]);
            let body = body.slice(..body.len() - 1);
            Calls { method: IMPORT_BRIEF, body, is_finished: false, at_once: 20, ..base }
        }
        Flood::OpenStreams => {
            let body = framed(&watch());
            Calls { method: WATCH_BRIEFS, body, connections: 3, at_once: 1_000, ..base }
        }
        Flood::WatchStorm => {
            Calls { method: WATCH_BRIEFS, body: framed(&watch()), ending: Ending::Begun, ..base }
        }
        Flood::ManyParts => Calls { method: CREATE_BRIEF, body: creation(195_000, 0), ..base },
        Flood::SmallParts => Calls { method: CREATE_BRIEF, body: creation(19_900, 0), ..base },
        Flood::MostParts => {
            Calls { method: CREATE_BRIEF, body: creation(199_900, 3_500_000), at_once: 20, ..base }
        }
        Flood::ResetCalls => {
            let body = base.body.slice(..6);
            Calls { body, is_finished: false, ending: Ending::Cancelled, ..base }
        }
        Flood::CancelledCalls => Calls { ending: Ending::Cancelled, ..base },
        Flood::UnknownTokens => Calls { token: None, ..base },
        Flood::LargeImports => Calls { method: IMPORT_BRIEF, body: large_import(), at_once: 4, ..base },
        Flood::Exports => {
            let export = ExportBriefRequest { name: settings.large_brief.clone(), ..Default::default() };
            Calls { method: EXPORT_BRIEF, body: framed(&export.encode_to_vec()), ..base }
        }
        Flood::UnreadResponses => {
            let read = GetBriefRequest { name: settings.large_brief.clone(), ..Default::default() };
            let body = framed(&read.encode_to_vec());
            Calls { body, ending: Ending::Unread, at_once: 1_000, ..base }
        }
        Flood::WorkerCalls => {
            let enroll = EnrollWorkerRequest { worker: "flood".into() }.encode_to_vec();
            let (url, token) = (settings.worker_url.clone(), Some(settings.worker_token.clone()));
            Calls { url, token, method: ENROLL_WORKER, body: framed(&enroll), ..base }
        }
    }
}

/// Makes calls over one connection; opens it again when it is closed.
async fn connection(calls: Calls) {
    loop {
        if let Ok(channel) = connect(&calls).await {
            let mut callers = JoinSet::new();
            for _ in 0..calls.at_once {
                callers.spawn(caller(channel.clone(), calls.clone()));
            }
            while callers.join_next().await.is_some() {}
        }
        tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
    }
}

async fn connect(calls: &Calls) -> anyhow::Result<Channel> {
    let mut endpoint = Endpoint::from_shared(calls.url.clone())?;
    if let Ending::Unread = calls.ending {
        endpoint = endpoint.initial_stream_window_size(1);
    }
    Ok(endpoint.connect().await?)
}

/// Makes one call after the other until the connection is closed.
async fn caller(mut channel: Channel, calls: Calls) {
    let mut number: u64 = 0;
    while std::future::poll_fn(|context| channel.poll_ready(context)).await.is_ok() {
        number += 1;
        let Ok(request) = request(&calls, number) else { return };
        let response = channel.call(request);
        match calls.ending {
            Ending::Response => match response.await {
                Ok(response) => read_to_end(response.into_body()).await,
                Err(_) => tokio::time::sleep(PAUSE_AFTER_FAILURE).await,
            },
            Ending::Begun => drop(response.await),
            Ending::Unread => match response.await {
                Ok(response) if !response.headers().contains_key("grpc-status") => {
                    std::future::pending::<()>().await;
                    drop(response);
                }
                _ => tokio::time::sleep(PAUSE_AFTER_FAILURE).await,
            },
            Ending::Cancelled => {
                // Lets the connection's task send the request before it is reset.
                let sent = Duration::from_micros(200);
                let _ = tokio::time::timeout(sent, response).await;
            }
        }
    }
}

async fn read_to_end(mut body: Body) {
    while let Some(Ok(_)) = body.frame().await {}
}

fn request(calls: &Calls, number: u64) -> anyhow::Result<http::Request<Body>> {
    let token = calls.token.clone();
    let token = token.unwrap_or_else(|| format!("chy_{:0>43}", format!("{}x{number}", std::process::id())));
    let body =
        if calls.is_finished { Body::new(Full::new(calls.body.clone())) } else { unfinished(&calls.body) };
    Ok(http::Request::post(format!("{}{}", calls.url, calls.method))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("authorization", format!("Bearer {token}"))
        .body(body)?)
}

/// A body of some bytes that never ends.
fn unfinished(bytes: &Bytes) -> Body {
    let frame = Ok::<_, Status>(Frame::data(bytes.clone()));
    Body::new(StreamBody::new(tokio_stream::once(frame).chain(tokio_stream::pending())))
}

/// Puts gRPC's prefix before a message.
fn framed(message: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(5 + message.len());
    bytes.put_u8(0);
    bytes.put_u32(u32::try_from(message.len()).expect("messages are small"));
    bytes.put_slice(message);
    bytes.freeze()
}

fn watch() -> Vec<u8> {
    let watch = chancery_proto::brief::v1::WatchBriefsRequest {
        parent: WORKSPACE.into(),
        ..chancery_proto::brief::v1::WatchBriefsRequest::default()
    };
    watch.encode_to_vec()
}

/// A `CreateBrief` with so many empty sections, of two bytes each, and a title of so many bytes.
fn creation(sections: usize, title: usize) -> Bytes {
    let request = chancery_proto::brief::v1::CreateBriefRequest {
        parent: WORKSPACE.into(),
        brief_id: "flood".into(),
        content: Some(BriefContent {
            title: "x".repeat(title),
            sections: vec![Section::default(); sections],
            ..BriefContent::default()
        }),
        ..chancery_proto::brief::v1::CreateBriefRequest::default()
    };
    framed(&request.encode_to_vec())
}

/// A valid import of nearly as many parts as a message may have.
fn large_import() -> Bytes {
    let request = ImportBriefRequest {
        parent: WORKSPACE.into(),
        documents: revisions("flood", LARGE_BRIEF),
        ..ImportBriefRequest::default()
    };
    framed(&request.encode_to_vec())
}

/// Revisions of one brief that have nearly so many bytes together.
pub(crate) fn revisions(brief: &str, bytes: usize) -> Vec<RevisionDocument> {
    let document = content::of_size(brief, 1_000_000);
    let count = u32::try_from(bytes / document.encoded_len()).expect("small");
    (1..=count).map(|revision| RevisionDocument { revision, ..document.clone() }).collect()
}

/// Opens connections from many addresses of this machine and keeps them open, whether the service does or not.
async fn silent_sockets(url: &str) -> anyhow::Result<()> {
    let address = url.strip_prefix("http://").context("an encrypted service")?.parse()?;
    println!("began");
    loop {
        let mut sockets: Vec<TcpStream> = Vec::new();
        for number in 1..=SILENT_ADDRESSES {
            for _ in 0..SILENT_OF_ADDRESS {
                let socket = TcpSocket::new_v4()?;
                socket.bind((Ipv4Addr::new(127, 9, 9, number), 0).into())?;
                let connected = tokio::time::timeout(Duration::from_secs(1), socket.connect(address)).await;
                sockets.extend(connected.ok().and_then(Result::ok));
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
