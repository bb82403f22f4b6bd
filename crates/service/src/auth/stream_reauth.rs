//! Streams outlive the moment in which their caller was let in: he is looked up again at each thing that he is told, and
//! at least once a second. Once his token does not hold any more, the stream ends.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::HeaderMap;
use http_body::Frame;
use prost::bytes::Bytes;
use tokio::time::{Instant, Sleep};
use tonic::Status;
use tonic::body::Body;

use crate::auth::identity::{Authority, refused_credentials};
use crate::cache::SecretDigest;

/// How often a stream that tells nothing is looked at.
const EVERY: Duration = Duration::from_millis(500);

/// How long to wait before looking again where the database does not answer. What is to be told waits for so long.
const AGAIN: Duration = Duration::from_millis(100);

/// A stream's body that ends when its caller's token does not hold any more.
pub(crate) fn rechecked(body: Body, authority: Authority, secret: SecretDigest) -> Body {
    let due = Box::pin(tokio::time::sleep(EVERY));
    Body::new(Rechecked { body, authority, secret, due, check: None, held: None, is_over: false })
}

struct Rechecked {
    body: Body,
    authority: Authority,
    secret: SecretDigest,
    due: Pin<Box<Sleep>>,
    check: Option<Pin<Box<dyn Future<Output = bool> + Send>>>,
    /// What is to be told when the check has passed.
    held: Option<Frame<Bytes>>,
    is_over: bool,
}

impl Rechecked {
    fn begin_check(&mut self) {
        let (authority, secret) = (self.authority.clone(), self.secret);
        self.check = Some(Box::pin(async move {
            loop {
                match authority.principal(&secret).await {
                    Ok(principal) => return principal.is_some(),
                    Err(_) => tokio::time::sleep(AGAIN).await,
                }
            }
        }));
    }
}

impl http_body::Body for Rechecked {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        loop {
            if this.is_over {
                return Poll::Ready(None);
            }
            if let Some(check) = &mut this.check {
                let holds = ready!(check.as_mut().poll(context));
                this.check = None;
                this.due.as_mut().reset(Instant::now() + EVERY);
                if !holds {
                    this.is_over = true;
                    let mut trailers = HeaderMap::new();
                    refused_credentials().add_header(&mut trailers)?;
                    return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
                }
                if let Some(held) = this.held.take() {
                    return Poll::Ready(Some(Ok(held)));
                }
            }
            if this.due.as_mut().poll(context).is_ready() {
                this.begin_check();
                continue;
            }
            match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                Some(Ok(frame)) if frame.is_data() && this.authority.known(&this.secret).is_none() => {
                    this.held = Some(frame);
                    this.begin_check();
                }
                other => return Poll::Ready(other),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.is_over || (self.held.is_none() && self.body.is_end_stream())
    }
}
