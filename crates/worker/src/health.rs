//! The worker's own listener, for whoever runs it: `/livez`, `/readyz` and `/metrics` over HTTP/1.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::metrics::CONTENT_TYPE;
use crate::vitals::Vitals;

/// How long a worker has to answer a probe.
const PATIENCE: Duration = Duration::from_secs(3);

/// The question that a probe asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Whether the process works as it should.
    Live,
    /// Whether it takes tasks.
    Ready,
}

/// Why a worker is not taken for well.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// It has no listener to ask.
    #[error("no address: set CHANCERY_WORKER_HEALTH_LISTEN as for the worker")]
    NoAddress,
    /// Nobody answers at the address.
    #[error("no answer at {0}: {1}")]
    Unreachable(SocketAddr, io::Error),
    /// It says that it is not well, and why.
    #[error("{0}")]
    Unwell(String),
}

/// Answers until it is dropped.
///
/// # Errors
/// The listener fails.
pub async fn serve(listener: TcpListener, vitals: Vitals) -> io::Result<()> {
    let routes = Router::new()
        .route("/livez", get(async |State(vitals): State<Vitals>| answer(vitals.liveness())))
        .route("/readyz", get(async |State(vitals): State<Vitals>| answer(vitals.readiness())))
        .route(
            "/metrics",
            get(async |State(vitals): State<Vitals>| {
                ([(header::CONTENT_TYPE, CONTENT_TYPE)], vitals.exposition())
            }),
        )
        .with_state(vitals);
    axum::serve(listener, routes).await
}

fn answer(state: Result<(), &'static str>) -> impl IntoResponse {
    match state {
        Ok(()) => (StatusCode::OK, "ok\n".to_owned()),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")),
    }
}

/// Asks the worker that listens at the address; for container health checks, whose image has no other client.
///
/// # Errors
/// [`ProbeError`] unless it is well.
pub async fn probe(listen: Option<SocketAddr>, question: Question) -> Result<(), ProbeError> {
    let address = reachable(listen.ok_or(ProbeError::NoAddress)?);
    let late = || io::Error::new(io::ErrorKind::TimedOut, "it took too long");
    let answer = timeout(PATIENCE, ask(address, question)).await.unwrap_or_else(|_| Err(late()));
    let answer = answer.map_err(|error| ProbeError::Unreachable(address, error))?;
    if answer.starts_with("HTTP/1.1 200 ") {
        return Ok(());
    }
    let why = answer.split_once("\r\n\r\n").map_or(answer.as_str(), |(_, body)| body);
    Err(ProbeError::Unwell(why.trim().to_owned()))
}

async fn ask(address: SocketAddr, question: Question) -> io::Result<String> {
    let path = match question {
        Question::Live => "/livez",
        Question::Ready => "/readyz",
    };
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer).await?;
    Ok(answer)
}

/// An address to listen on everywhere is no address to call: the machine itself is.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use chancery_proto::worker::v1::PrintEnvironment;
    use tokio::net::TcpListener;

    use super::{ProbeError, Question, probe, serve};
    use crate::vitals::Vitals;

    #[tokio::test]
    async fn a_probe_is_told_how_the_worker_is_and_why() {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let vitals = Vitals::new(&PrintEnvironment::default());
        let serving = tokio::spawn(serve(listener, vitals.clone()));
        probe(Some(address), Question::Live).await.unwrap();
        let unready = probe(Some(address), Question::Ready).await.unwrap_err();
        assert_eq!(unready.to_string(), "the service does not answer");
        vitals.answered();
        probe(Some(address), Question::Ready).await.unwrap();
        vitals.wear_out();
        assert!(matches!(probe(Some(address), Question::Live).await, Err(ProbeError::Unwell(_))));
        serving.abort();
        assert!(serving.await.is_err());
        assert!(matches!(probe(Some(address), Question::Live).await, Err(ProbeError::Unreachable(..))));
        assert!(matches!(probe(None, Question::Live).await, Err(ProbeError::NoAddress)));
    }
}
