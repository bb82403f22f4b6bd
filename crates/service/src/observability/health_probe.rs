//! Probes a running service's health, for container health checks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use chancery_tls::{ClientTls, Connector, PlainText, explain};
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
    Unreachable(SocketAddr, String),
    /// The health check returned an error.
    #[error("the health check failed: {0}")]
    Check(#[from] tonic::Status),
    /// The service reports that it is not serving.
    #[error("not serving: the service is shutting down or has lost Postgres; see its log")]
    NotServing,
}

impl ProbeError {
    fn unreachable(address: SocketAddr, error: &tonic::transport::Error) -> Self {
        Self::Unreachable(address, explain(error))
    }
}

/// Checks that the service at an address is serving. `service` is a health-check name. With TLS, the certificate is not
/// checked: it names the host that callers use, and the probe sends nothing secret.
///
/// # Errors
/// [`ProbeError`] if it is not.
pub async fn probe(listen: SocketAddr, is_encrypted: bool, service: &str) -> Result<(), ProbeError> {
    let address = callable(listen);
    let scheme = if is_encrypted { "https" } else { "http" };
    let endpoint = Endpoint::from_shared(format!("{scheme}://{address}"))
        .map_err(|error| ProbeError::unreachable(address, &error))?
        .connect_timeout(PROBE_TIMEOUT)
        .timeout(PROBE_TIMEOUT);
    let tls = is_encrypted.then(|| Arc::new(ClientTls::trusting_anyone()));
    let connector = Connector::new(tls, PlainText::Anywhere, PROBE_TIMEOUT);
    let channel = endpoint.connect_with_connector(connector).await;
    let channel = channel.map_err(|error| ProbeError::unreachable(address, &error))?;
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
