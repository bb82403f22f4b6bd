//! Asks a running service how it is, for container health checks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tonic::transport::Endpoint;
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

/// How long the service has to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why a service is not taken for serving.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// Nobody answers at the address.
    #[error("no answer at {0}: {1}")]
    Unreachable(SocketAddr, tonic::transport::Error),
    /// The answer is a refusal.
    #[error("health check refused: {0}")]
    Refused(#[from] tonic::Status),
    /// It answers that it is not serving.
    #[error("not serving: the service is stopping, or has lost Postgres; its log says which")]
    NotServing,
}

/// Returns when the service that listens at the address is serving. The name is that of a service as health checks know it.
///
/// # Errors
/// [`ProbeError`] otherwise.
pub async fn probe(listen: SocketAddr, service: &str) -> Result<(), ProbeError> {
    let address = reachable(listen);
    let endpoint = Endpoint::from_shared(format!("http://{address}"))
        .map_err(|error| ProbeError::Unreachable(address, error))?
        .connect_timeout(PATIENCE)
        .timeout(PATIENCE);
    let channel = endpoint.connect().await.map_err(|error| ProbeError::Unreachable(address, error))?;
    let request = HealthCheckRequest { service: service.to_owned() };
    let answer = HealthClient::new(channel).check(request).await?;
    let is_serving = answer.into_inner().status == ServingStatus::Serving as i32;
    is_serving.then_some(()).ok_or(ProbeError::NotServing)
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
