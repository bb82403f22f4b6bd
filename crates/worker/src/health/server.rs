//! The health listener: `/livez`, `/readyz` and `/metrics` over HTTP/1.

use std::fmt::Display;
use std::io;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;

use super::health_state::HealthState;
use super::metrics::CONTENT_TYPE;

/// Serves health and metrics until the future is dropped.
///
/// # Errors
/// The listener fails.
pub async fn serve(listener: TcpListener, health: HealthState) -> io::Result<()> {
    let routes = Router::new()
        .route("/livez", get(async |State(health): State<HealthState>| response(health.liveness())))
        .route("/readyz", get(async |State(health): State<HealthState>| response(health.readiness())))
        .route(
            "/metrics",
            get(async |State(health): State<HealthState>| {
                ([(header::CONTENT_TYPE, CONTENT_TYPE)], health.exposition())
            }),
        )
        .with_state(health);
    axum::serve(listener, routes).await
}

fn response(state: Result<(), impl Display>) -> impl IntoResponse {
    match state {
        Ok(()) => (StatusCode::OK, "ok\n".to_owned()),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")),
    }
}
