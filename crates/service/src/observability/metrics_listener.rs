//! The listener for metrics: `/metrics` over HTTP/1. It shows no content and takes no credentials; keep it inside.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use tokio::net::TcpListener;

use super::metrics::Metrics;

/// Content type of the `OpenMetrics` text format.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves metrics until the future is dropped.
///
/// # Errors
/// The listener fails.
pub(crate) async fn serve(listener: TcpListener, metrics: Arc<Metrics>) -> io::Result<()> {
    let exposition =
        async |State(metrics): State<Arc<Metrics>>| ([(CONTENT_TYPE, OPENMETRICS)], metrics.encode());
    axum::serve(listener, Router::new().route("/metrics", get(exposition)).with_state(metrics)).await
}
