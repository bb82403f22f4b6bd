//! The layer that logs and counts each call, limits its duration and the slowness of its request, and holds back refusals of
//! connections that do not stop.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use chancery_proto::status::{MESSAGE_LIMIT, code_name, reason_name, reason_of, shortened};
use chancery_store::Principal;
use http::HeaderMap;
use http_body::Frame;
use prost::bytes::Bytes;
use tokio::time::{Instant, Sleep};
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Layer, Service};
use tracing::field::display;

use crate::admission::{Kind, Method, Slowed, paced};
use crate::listener::Peer;
use crate::observability::metrics::CallMetrics;
use crate::rpc::deadlines::deadline;
use crate::rpc::errors::{deadline_exceeded, limit_exceeded};
use crate::rpc::wire::{BoxedResponse, GRPC_STATUS};

/// Wraps a service in [`Calls`].
#[derive(Debug, Clone)]
pub(crate) struct CallLayer {
    timeout: Duration,
    /// Calls of a connection that may be refused per second.
    max_failed_calls: u32,
    metrics: CallMetrics,
    slowed: Slowed,
}

impl CallLayer {
    /// A layer with the maximum duration of calls other than long polls and uploads, and the maximum number of a
    /// connection's calls per second that are refused.
    pub(crate) fn new(timeout: Duration, max_failed_calls: u32, metrics: CallMetrics) -> Self {
        let slowed = metrics.slowed();
        Self { timeout, max_failed_calls, metrics, slowed }
    }

    /// Holds back the refusal of a call where many of its connection were refused, so that who repeats them at once takes
    /// little from others.
    async fn hold_back(&self, peer: &Peer, code: Code) {
        if is_refusal(code) {
            let refused = &peer.standing.refused_calls;
            refused.add(self.max_failed_calls);
            if refused.is_full(self.max_failed_calls) {
                self.slowed.wait("connection", peer.address).await;
            }
        }
    }
}

impl<S> Layer<S> for CallLayer {
    type Service = Calls<S>;

    fn layer(&self, inner: S) -> Calls<S> {
        Calls { inner, layer: self.clone() }
    }
}

/// Logs calls and enforces their limits.
#[derive(Debug, Clone)]
pub(crate) struct Calls<S> {
    inner: S,
    layer: CallLayer,
}

/// Timeout of long calls: above the longest poll that the protos allow.
const LONG_TIMEOUT: Duration = Duration::from_mins(5);

impl<S> Service<http::Request<Body>> for Calls<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = http::Response<Body>;
    type Error = S::Error;
    type Future = BoxedResponse<S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        // `poll_ready` made this instance ready, not its clone: call the instance, and leave the clone behind.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let layer = self.layer.clone();
        Box::pin(async move {
            // First, because the caller's time runs.
            let deadline = deadline(request.headers());
            let peer: Option<Peer> = request.extensions().get().cloned();
            let started_at = Instant::now();
            let path = request.uri().path().to_owned();
            let method = Method::of(&path);
            let timeout = layer.timeout;
            let call = Call { path, peer, started_at, deadline, principal: None, layer, is_logged: false };
            let limit = method.request_limit();
            // Health checks and reflection may wait for their caller's next message.
            let waits_for_caller = method.kind == Kind::Waiting && !call.path.starts_with("/chancery.");
            let request = if waits_for_caller { request } else { request.map(|body| paced(body, limit)) };
            let limit = started_at + if method.kind.may_take_minutes() { LONG_TIMEOUT } else { timeout };
            let until = deadline.map_or(limit, |deadline| deadline.min(limit));
            let response = match tokio::time::timeout_at(until, inner.call(request)).await {
                Ok(response) => response?,
                Err(_) if deadline.is_some_and(|deadline| deadline <= limit) => {
                    return Ok(call.reject(&caller_deadline_exceeded()));
                }
                Err(_) => {
                    return Ok(call.reject(&deadline_exceeded("the call exceeded the server's time limit")));
                }
            };
            let code = Status::from_header_map(response.headers()).map(|status| status.code());
            if let (Some(peer), Some(code)) = (&call.peer, code) {
                call.layer.hold_back(peer, code).await;
            }
            Ok(call.respond(response))
        })
    }
}

/// Returns whether a call was refused for a reason that a well-behaved caller rarely meets, and never again at once.
fn is_refusal(code: Code) -> bool {
    matches!(
        code,
        Code::PermissionDenied | Code::ResourceExhausted | Code::Unauthenticated | Code::Unimplemented
    )
}

fn caller_deadline_exceeded() -> Status {
    deadline_exceeded("the call's deadline passed before the response was ready")
}

/// A call in flight. It is logged once its status is known, or as ended by its caller if it is dropped before.
#[derive(Debug)]
struct Call {
    path: String,
    peer: Option<Peer>,
    started_at: Instant,
    /// The caller's deadline.
    deadline: Option<Instant>,
    principal: Option<Arc<Principal>>,
    layer: CallLayer,
    is_logged: bool,
}

impl Call {
    fn reject(mut self, status: &Status) -> http::Response<Body> {
        self.log(status);
        status.clone().into_http()
    }

    /// Logs the call now if the response's head has its status, else when the body's trailers arrive.
    fn respond(mut self, mut response: http::Response<Body>) -> http::Response<Body> {
        self.principal = response.extensions_mut().remove();
        if let Some(status) = Status::from_header_map(response.headers()) {
            normalize_status(response.headers_mut(), &status);
            self.log(&Status::from_header_map(response.headers()).unwrap_or(status));
            return response;
        }
        response.map(|body| Body::new(LoggedBody { body, call: Some(self), expiry: None, is_ended: false }))
    }

    fn log(&mut self, status: &Status) {
        self.is_logged = true;
        let duration = self.started_at.elapsed();
        let milliseconds = duration.as_secs_f64() * 1000.0;
        let subject = self.principal.as_ref().map_or("", |principal| principal.subject.as_str());
        let reason = reason_of(status).map_or("", reason_name);
        let code = code_name(status.code());
        self.layer.metrics.record(&self.path, code, reason, duration);
        if self.path.starts_with("/grpc.health.") {
            tracing::debug!(method = self.path, code, milliseconds, "call");
        } else {
            let peer = self.peer.as_ref().map(|peer| display(peer.address));
            tracing::info!(method = self.path, code, reason, milliseconds, subject, peer, "call");
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.is_logged {
            return;
        }
        // The caller disconnected before it read the response's end, or its deadline passed.
        if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            self.log(&caller_deadline_exceeded());
        } else {
            self.log(&Status::cancelled("the caller disconnected"));
        }
    }
}

/// Replaces tonic's own statuses where they break the API's contract. A message over the limit gets `OUT_OF_RANGE` and no
/// reason from tonic; some other messages are longer than clients and proxies accept.
fn normalize_status(headers: &mut HeaderMap, status: &Status) {
    let is_limit = status.code() == Code::OutOfRange && status.message().contains("message length too large");
    if is_limit {
        let normalized = limit_exceeded(format!("messages are limited to 16 MiB: {}", status.message()));
        // Cannot fail: the message is a valid header value. If it did, tonic's status would remain.
        let _ = normalized.add_header(headers);
    } else if status.details().is_empty() && status.message().len() > MESSAGE_LIMIT {
        // tonic quotes the caller's headers, such as the name of an unknown compression, at any length.
        let short = Status::new(status.code(), shortened(status.message(), MESSAGE_LIMIT));
        let _ = short.add_header(headers);
    }
}

/// Returns the status in trailers. Success, the common case, skips parsing.
fn trailer_status(trailers: &HeaderMap) -> Option<Status> {
    match trailers.get(GRPC_STATUS) {
        Some(code) if code == "0" => Some(Status::ok("")),
        _ => Status::from_header_map(trailers),
    }
}

/// Logs the call with the status in the body's trailers, and ends the body at the caller's deadline.
struct LoggedBody {
    body: Body,
    call: Option<Call>,
    /// Created when the body is first pending; most bodies never are.
    expiry: Option<Pin<Box<Sleep>>>,
    is_ended: bool,
}

impl LoggedBody {
    /// Returns whether the caller's deadline passed while the body was pending.
    fn is_expired(&mut self, context: &mut Context<'_>) -> bool {
        let Some(deadline) = self.call.as_ref().and_then(|call| call.deadline) else { return false };
        let expiry = self.expiry.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        expiry.as_mut().poll(context).is_ready()
    }
}

impl http_body::Body for LoggedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.is_ended {
            return Poll::Ready(None);
        }
        let mut polled = Pin::new(&mut self.body).poll_frame(context);
        if polled.is_pending() && self.is_expired(context) {
            self.is_ended = true;
            self.body = Body::empty();
            let expired = caller_deadline_exceeded();
            if let Some(mut call) = self.call.take() {
                call.log(&expired);
            }
            let mut trailers = HeaderMap::new();
            expired.add_header(&mut trailers)?;
            return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
        }
        if let Poll::Ready(Some(Ok(frame))) = &mut polled
            && let Some(trailers) = frame.trailers_mut()
            && let Some(status) = trailer_status(trailers)
        {
            normalize_status(trailers, &status);
            if let Some(mut call) = self.call.take() {
                call.log(&trailer_status(trailers).unwrap_or(status));
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.is_ended || self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}
