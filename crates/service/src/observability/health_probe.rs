//! Probes a running service's health, for container health checks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tonic::transport::Endpoint;
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

/// Timeout of the connection, and of the check.
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);

/// A failed probe.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The address does not accept connections.
    #[error("could not connect to {0}: {1}")]
    Unreachable(SocketAddr, tonic::transport::Error),
    /// The health check returned an error.
    #[error("the health check failed: {0}")]
    Check(#[from] tonic::Status),
    /// The service reports that it is not serving.
    #[error("not serving: the service is shutting down or has lost Postgres; see its log")]
    NotServing,
}

/// Checks that the service at an address is serving. `service` is a health-check name.
///
/// # Errors
/// [`ProbeError`] if it is not.
pub async fn probe(listen: SocketAddr, service: &str) -> Result<(), ProbeError> {
    let address = callable(listen);
    let endpoint = Endpoint::from_shared(format!("http://{address}"))
        .map_err(|error| ProbeError::Unreachable(address, error))?
        .connect_timeout(PROBE_TIMEOUT)
        .timeout(PROBE_TIMEOUT);
    let channel = endpoint.connect().await.map_err(|error| ProbeError::Unreachable(address, error))?;
    let request = HealthCheckRequest { service: service.to_owned() };
    let response = HealthClient::new(channel).check(request).await?;
    let is_serving = response.into_inner().status == ServingStatus::Serving as i32;
    is_serving.then_some(()).ok_or(ProbeError::NotServing)
}

/// Replaces the unspecified address, which a listener may bind but a client cannot call, with the loopback address.
fn callable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
