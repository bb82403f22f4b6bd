//! Re-authentication of response streams: a stream can outlive its caller's token. The token is resolved again before
//! each message and at least once a second, and the stream ends once the token is no longer valid.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::HeaderMap;
use http_body::Frame;
use prost::bytes::Bytes;
use tokio::time::{Instant, Sleep};
use tonic::Status;
use tonic::body::Body;

use crate::auth::token_resolver::{CHECK_INTERVAL, TokenResolver, invalid_credentials};
use crate::cache::entries::SecretDigest;

/// Pause before a check that the database did not answer is retried. Pending messages wait for it.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// Wraps a stream's body so that it ends once the caller's token is no longer valid.
pub(crate) fn reauthenticated(body: Body, tokens: TokenResolver, secret: SecretDigest) -> Body {
    let next_check = Box::pin(tokio::time::sleep(CHECK_INTERVAL));
    Body::new(Reauthenticated {
        body,
        tokens,
        secret,
        next_check,
        check: None,
        pending: None,
        is_ended: false,
    })
}

struct Reauthenticated {
    body: Body,
    tokens: TokenResolver,
    secret: SecretDigest,
    next_check: Pin<Box<Sleep>>,
    check: Option<Pin<Box<dyn Future<Output = bool> + Send>>>,
    /// The frame to send once the running check succeeds.
    pending: Option<Frame<Bytes>>,
    is_ended: bool,
}

impl Reauthenticated {
    fn start_check(&mut self) {
        let (tokens, secret) = (self.tokens.clone(), self.secret);
        self.check = Some(Box::pin(async move {
            loop {
                match tokens.resolve(&secret).await {
                    Ok(principal) => return principal.is_some(),
                    Err(_) => tokio::time::sleep(RETRY_PAUSE).await,
                }
            }
        }));
    }
}

impl http_body::Body for Reauthenticated {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        loop {
            if this.is_ended {
                return Poll::Ready(None);
            }
            if let Some(check) = &mut this.check {
                let is_valid = ready!(check.as_mut().poll(context));
                this.check = None;
                this.next_check.as_mut().reset(Instant::now() + CHECK_INTERVAL);
                if !is_valid {
                    this.is_ended = true;
                    let mut trailers = HeaderMap::new();
                    invalid_credentials().add_header(&mut trailers)?;
                    return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
                }
                if let Some(frame) = this.pending.take() {
                    return Poll::Ready(Some(Ok(frame)));
                }
            }
            if this.next_check.as_mut().poll(context).is_ready() {
                this.start_check();
                continue;
            }
            match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                Some(Ok(frame)) if frame.is_data() && this.tokens.cached(&this.secret).is_none() => {
                    this.pending = Some(frame);
                    this.start_check();
                }
                other => return Poll::Ready(other),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.is_ended || (self.pending.is_none() && self.body.is_end_stream())
    }
}
