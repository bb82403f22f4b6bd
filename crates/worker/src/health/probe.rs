//! A client of the health listener, for container health checks: the image contains no other HTTP client.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Time limit of a probe.
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);

/// The property to probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// The process works.
    Live,
    /// The worker leases tasks.
    Ready,
}

/// Failure of a probe.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// No address of a health listener is configured.
    #[error("no address: set CHANCERY_WORKER_HEALTH_LISTEN as for the worker")]
    NoAddress,
    /// The address does not answer.
    #[error("could not reach the worker at {0}: {1}")]
    Unreachable(SocketAddr, io::Error),
    /// The worker is not live or not ready, for this reason.
    #[error("{0}")]
    Unhealthy(String),
}

/// Probes the worker that listens at an address.
///
/// # Errors
/// [`ProbeError`] unless the worker has the property.
pub async fn probe(listen: Option<SocketAddr>, probe: Probe) -> Result<(), ProbeError> {
    let address = reachable(listen.ok_or(ProbeError::NoAddress)?);
    let timed_out = || io::Error::new(io::ErrorKind::TimedOut, "timed out");
    let response = timeout(PROBE_TIMEOUT, get(address, probe)).await.unwrap_or_else(|_| Err(timed_out()));
    let response = response.map_err(|error| ProbeError::Unreachable(address, error))?;
    if response.starts_with("HTTP/1.1 200 ") {
        return Ok(());
    }
    let reason = response.split_once("\r\n\r\n").map_or(response.as_str(), |(_, body)| body);
    Err(ProbeError::Unhealthy(reason.trim().to_owned()))
}

async fn get(address: SocketAddr, probe: Probe) -> io::Result<String> {
    let path = match probe {
        Probe::Live => "/livez",
        Probe::Ready => "/readyz",
    };
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut response = String::new();
    stream.take(4096).read_to_string(&mut response).await?;
    Ok(response)
}

/// Replaces an unspecified address, on which the worker listens but which cannot be connected to, by localhost.
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

    use super::{Probe, ProbeError, probe};
    use crate::health::{HealthState, serve};

    #[tokio::test]
    async fn a_probe_reports_liveness_and_readiness_with_a_reason() {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let health = HealthState::new(&PrintEnvironment::default());
        let serving = tokio::spawn(serve(listener, health.clone()));
        probe(Some(address), Probe::Live).await.unwrap();
        let unready = probe(Some(address), Probe::Ready).await.unwrap_err();
        assert_eq!(unready.to_string(), "the service does not answer");
        health.service_answered();
        probe(Some(address), Probe::Ready).await.unwrap();
        health.require_restart();
        assert!(matches!(probe(Some(address), Probe::Live).await, Err(ProbeError::Unhealthy(_))));
        serving.abort();
        assert!(serving.await.is_err());
        assert!(matches!(probe(Some(address), Probe::Live).await, Err(ProbeError::Unreachable(..))));
        assert!(matches!(probe(None, Probe::Live).await, Err(ProbeError::NoAddress)));
    }
}
