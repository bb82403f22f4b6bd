//! Bodies of requests that must arrive at a minimum rate, and within the size of their method.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body::Frame;
use prost::bytes::Bytes;
use tokio::time::{Instant, Sleep};
use tonic::Status;
use tonic::body::Body;

use crate::rpc::errors::{deadline_exceeded, limit_exceeded};

/// Time that a body may take beside what its bytes take at [`BYTES_PER_SECOND`].
const GRACE: Duration = Duration::from_secs(10);

/// Minimum rate. A slow mobile connection has ten times as much.
const BYTES_PER_SECOND: u64 = 1024;

/// Ends a request's body with an error if it arrives too slowly, or is larger than `limit` bytes. Only time that the service
/// waits for the caller counts.
pub(crate) fn paced(body: Body, limit: Option<u64>) -> Body {
    Body::new(PacedBody { body, limit, received: 0, waited: Duration::ZERO, waiting: None })
}

struct PacedBody {
    body: Body,
    limit: Option<u64>,
    received: u64,
    /// Time that the service has waited before the current wait.
    waited: Duration,
    waiting: Option<Waiting>,
}

/// A wait for the caller.
struct Waiting {
    since: Instant,
    until: Pin<Box<Sleep>>,
}

impl PacedBody {
    /// Returns how long the service may wait in all for what has been received.
    fn allowance(&self) -> Duration {
        GRACE + Duration::from_millis(self.received.saturating_mul(1000) / BYTES_PER_SECOND)
    }

    /// Returns whether the caller took too long. Registers for the time when that will be so.
    fn is_too_slow(&mut self, context: &mut Context<'_>) -> bool {
        let left = self.allowance().saturating_sub(self.waited);
        let waiting = self.waiting.get_or_insert_with(|| {
            let since = Instant::now();
            Waiting { since, until: Box::pin(tokio::time::sleep_until(since + left)) }
        });
        waiting.until.as_mut().poll(context).is_ready()
    }

    fn end_wait(&mut self) {
        if let Some(waiting) = self.waiting.take() {
            self.waited += waiting.since.elapsed();
        }
    }
}

impl http_body::Body for PacedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Pending if self.is_too_slow(context) => {
                self.body = Body::empty();
                let message = format!(
                    "the request arrives too slowly: at least {BYTES_PER_SECOND} bytes a second, after {} seconds",
                    GRACE.as_secs()
                );
                return Poll::Ready(Some(Err(deadline_exceeded(&message))));
            }
            Poll::Pending => {}
            Poll::Ready(frame) => {
                self.end_wait();
                if let Some(Ok(frame)) = frame
                    && let Some(data) = frame.data_ref()
                {
                    self.received += data.len() as u64;
                    if let Some(limit) = self.limit
                        && self.received > limit
                    {
                        self.body = Body::empty();
                        let message = format!("requests of this method are limited to {limit} bytes");
                        return Poll::Ready(Some(Err(limit_exceeded(message))));
                    }
                }
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}
