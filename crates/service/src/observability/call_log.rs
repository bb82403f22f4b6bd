//! The layer that writes one line for each call and bounds what a call may take.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use chancery_proto::status::{MESSAGE_LIMIT, code_name, reason_name, reason_of, shortened};
use chancery_store::Principal;
use http::HeaderMap;
use http_body::Frame;
use prost::bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::{Instant, Sleep};
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Layer, Service};

use crate::rpc::deadlines::deadline;
use crate::rpc::errors::{busy, deadline_exceeded, limit_exceeded};
use crate::{BoxedAnswer, GRPC_STATUS};

/// What calls may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Calls that may be under way at once, long ones aside.
    pub max_calls: usize,
    /// How long a call may take, long ones aside.
    pub call_timeout: Duration,
}

/// Puts [`Calls`] in front of a service.
#[derive(Debug, Clone)]
pub struct CallLayer {
    places: Arc<Semaphore>,
    timeout: Duration,
}

impl CallLayer {
    /// With the limits given.
    pub fn new(limits: Limits) -> Self {
        let places = limits.max_calls.min(Semaphore::MAX_PERMITS);
        Self { places: Arc::new(Semaphore::new(places)), timeout: limits.call_timeout }
    }
}

impl<S> Layer<S> for CallLayer {
    type Service = Calls<S>;

    fn layer(&self, inner: S) -> Calls<S> {
        Calls { inner, layer: self.clone() }
    }
}

/// Times calls, bounds them and writes a line about each.
#[derive(Debug, Clone)]
pub struct Calls<S> {
    inner: S,
    layer: CallLayer,
}

/// Calls that wait or move much, and so hold no place and have a longer limit.
fn is_long(path: &str) -> bool {
    let method = path.rsplit('/').next().unwrap_or_default();
    matches!(method, "AcquireLeases" | "WaitRender" | "UploadArtifact") || path.starts_with("/grpc.")
}

/// The limit of long calls: the longest poll that the protos allow, and then some.
const LONG_TIMEOUT: Duration = Duration::from_mins(5);

impl<S> Service<http::Request<Body>> for Calls<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = http::Response<Body>;
    type Error = S::Error;
    type Future = BoxedAnswer<S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        // The clone takes the place of the one that is ready.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let layer = self.layer.clone();
        Box::pin(async move {
            let path = request.uri().path().to_owned();
            let long = is_long(&path);
            let deadline = deadline(request.headers());
            let begun = Instant::now();
            let call = Call { path, begun, deadline, principal: None, is_logged: false };
            // Held until the answer's head is there: a unary call is done then, and a stream is long by nature.
            let place = if long { None } else { layer.places.try_acquire().ok() };
            if !long && place.is_none() {
                return Ok(call.refuse(&busy("too many calls are under way")));
            }
            let limit = begun + if long { LONG_TIMEOUT } else { layer.timeout };
            let until = deadline.map_or(limit, |deadline| deadline.min(limit));
            match tokio::time::timeout_at(until, inner.call(request)).await {
                Ok(answer) => Ok(call.answer(answer?)),
                Err(_) if deadline.is_some_and(|deadline| deadline <= limit) => {
                    Ok(call.refuse(&caller_deadline_exceeded()))
                }
                Err(_) => Ok(call.refuse(&deadline_exceeded("the call took longer than the server allows"))),
            }
        })
    }
}

fn caller_deadline_exceeded() -> Status {
    deadline_exceeded("the call's deadline passed before the answer was ready")
}

/// A call that is to be logged when its status is known. Dropped before that, it is logged as ended by its caller.
#[derive(Debug)]
struct Call {
    path: String,
    begun: Instant,
    /// When its caller stops waiting for it.
    deadline: Option<Instant>,
    principal: Option<Arc<Principal>>,
    is_logged: bool,
}

impl Call {
    fn refuse(mut self, refused: &Status) -> http::Response<Body> {
        self.log(refused);
        refused.clone().into_http()
    }

    /// Logs now when the head holds the status already, else when the body's trailers do.
    fn answer(mut self, mut answer: http::Response<Body>) -> http::Response<Body> {
        self.principal = answer.extensions_mut().remove();
        if let Some(refused) = Status::from_header_map(answer.headers()) {
            put_into_words(answer.headers_mut(), &refused);
            self.log(&Status::from_header_map(answer.headers()).unwrap_or(refused));
            return answer;
        }
        answer.map(|body| Body::new(Logged { body, call: Some(self), expiry: None, is_over: false }))
    }

    fn log(&mut self, status: &Status) {
        self.is_logged = true;
        let milliseconds = self.begun.elapsed().as_secs_f64() * 1000.0;
        let subject = self.principal.as_ref().map_or("", |principal| principal.subject.as_str());
        let reason = reason_of(status).map_or("", reason_name);
        let code = code_name(status.code());
        if self.path.starts_with("/grpc.health.") {
            tracing::debug!(method = self.path, code, milliseconds, "call");
        } else {
            tracing::info!(method = self.path, code, reason, milliseconds, subject, "call");
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.is_logged {
            return;
        }
        // No answer, or no trailers, were read: the caller went away before the end, or stopped waiting.
        if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            self.log(&caller_deadline_exceeded());
        } else {
            self.log(&Status::cancelled("the caller went away"));
        }
    }
}

/// tonic's refusal of a message over the limit has no reason and the wrong code (`OUT_OF_RANGE`): ours says it in the
/// protos' words.
fn put_into_words(headers: &mut HeaderMap, status: &Status) {
    let is_limit = status.code() == Code::OutOfRange && status.message().contains("message length too large");
    if is_limit {
        let ours = limit_exceeded(format!("a message is at most 16 MiB: {}", status.message()));
        // Only text that is no header value can fail here, and ours is; then tonic's own refusal stays.
        let _ = ours.add_header(headers);
    } else if status.details().is_empty() && status.message().len() > MESSAGE_LIMIT {
        // tonic quotes headers of the caller, such as the name of an unknown compression, at any length.
        let short = Status::new(status.code(), shortened(status.message(), MESSAGE_LIMIT));
        let _ = short.add_header(headers);
    }
}

/// What trailers tell. Most often all went well, and then there is nothing to take apart.
fn ended_with(trailers: &HeaderMap) -> Option<Status> {
    match trailers.get(GRPC_STATUS) {
        Some(code) if code == "0" => Some(Status::ok("")),
        _ => Status::from_header_map(trailers),
    }
}

/// A body whose trailers tell how the call ended, and that ends at the caller's deadline.
struct Logged {
    body: Body,
    call: Option<Call>,
    /// Runs from when the body first has nothing to send: most bodies never wait.
    expiry: Option<Pin<Box<Sleep>>>,
    is_over: bool,
}

impl Logged {
    /// Whether the caller's deadline passed while the body had nothing to send.
    fn is_expired(&mut self, context: &mut Context<'_>) -> bool {
        let Some(deadline) = self.call.as_ref().and_then(|call| call.deadline) else { return false };
        let expiry = self.expiry.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        expiry.as_mut().poll(context).is_ready()
    }
}

impl http_body::Body for Logged {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let mut polled = Pin::new(&mut self.body).poll_frame(context);
        if polled.is_pending() && self.is_expired(context) {
            self.is_over = true;
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
            && let Some(status) = ended_with(trailers)
        {
            put_into_words(trailers, &status);
            if let Some(mut call) = self.call.take() {
                call.log(&ended_with(trailers).unwrap_or(status));
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.is_over || self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}
