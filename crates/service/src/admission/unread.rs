//! Responses that their callers have not read yet: their bytes stay in memory until then, so that each token has few of them.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use chancery_proto::MESSAGE_LIMIT;
use chancery_store::CHUNK;
use http_body::Frame;
use http_body_util::BodyExt as _;
use prost::bytes::Bytes;
use tonic::Status;
use tonic::body::Body;

use crate::cache::entries::SecretDigest;
use crate::rpc::errors::busy;
use crate::rpc::response_streams::BUFFERED_MESSAGES;

/// Bytes that a stream of chunks counts while it is open: those that it buffers, and one that waits for the connection.
const CHUNKS: usize = (BUFFERED_MESSAGES + 1) * CHUNK;

/// Bytes that the smallest response counts, for what its stream takes beside the message.
const LEAST: usize = 1024;

/// Counts the bytes of unread responses. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct UnreadResponses {
    limit: usize,
    /// The part of `limit` that a token may have.
    share: usize,
    counts: Arc<Mutex<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    tokens: HashMap<SecretDigest, usize>,
}

impl UnreadResponses {
    /// Limits them to `limit` bytes, of which a token may have `percent`, but at least one response.
    pub(crate) fn new(limit: usize, percent: usize) -> Self {
        let share = (limit.saturating_mul(percent) / 100).max(MESSAGE_LIMIT).min(limit);
        Self { limit, share, counts: Arc::default() }
    }

    /// Checks that a call with a token may have a response. For calls with side effects, before they begin: once they are
    /// done, their response is not refused.
    ///
    /// # Errors
    /// `RESOURCE_EXHAUSTED` if too many bytes are unread, of the token or in all.
    pub(crate) fn check(&self, token: &SecretDigest) -> Result<(), Status> {
        let counts = self.counts();
        let of_token = counts.tokens.get(token).copied().unwrap_or_default();
        self.fits(counts.all, of_token)
    }

    /// Counts a stream of chunks until the result is dropped.
    ///
    /// # Errors
    /// `RESOURCE_EXHAUSTED` if too many bytes are unread with it, of the token or in all.
    pub(crate) fn count_stream(&self, token: SecretDigest) -> Result<CountedBytes, Status> {
        self.count(token, CHUNKS, true)
    }

    /// Counts a response with one message until it has been written to its connection.
    ///
    /// # Errors
    /// `RESOURCE_EXHAUSTED` if it `may_be_refused` and too many bytes are unread with it, of the token or in all; the failure
    /// of the body.
    pub(crate) async fn counted(
        &self,
        token: SecretDigest,
        mut body: Body,
        may_be_refused: bool,
    ) -> Result<Body, Status> {
        if http_body::Body::is_end_stream(&body) {
            return Ok(body);
        }
        // This encodes the message. HTTP/2 does so only when its caller reads; an unread one must count before.
        let message = match body.frame().await {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(message) => {
                    let counted = self.count(token, message.len().max(LEAST), may_be_refused)?;
                    Frame::data(Bytes::from_owner(CountedMessage { message, _counted: counted }))
                }
                Err(trailers) => trailers,
            },
            Some(Err(status)) => return Err(status),
            None => return Ok(Body::empty()),
        };
        Ok(Body::new(CountedBody { message: Some(message), rest: body }))
    }

    fn count(&self, token: SecretDigest, size: usize, may_be_refused: bool) -> Result<CountedBytes, Status> {
        let mut counts = self.counts();
        let of_token = counts.tokens.get(&token).copied().unwrap_or_default();
        if may_be_refused {
            self.fits(counts.all + size, of_token + size)?;
        }
        counts.all += size;
        counts.tokens.insert(token, of_token + size);
        drop(counts);
        Ok(CountedBytes { size, token, responses: self.clone() })
    }

    fn fits(&self, all: usize, of_token: usize) -> Result<(), Status> {
        if of_token > self.share {
            return Err(busy("too many responses to this token are unread; read them, and retry later"));
        }
        if all > self.limit {
            return Err(busy("too many responses are unread; retry later"));
        }
        Ok(())
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A message that counts as unread until it is dropped.
struct CountedMessage {
    message: Bytes,
    _counted: CountedBytes,
}

impl AsRef<[u8]> for CountedMessage {
    fn as_ref(&self) -> &[u8] {
        &self.message
    }
}

/// Bytes that count as unread until this is dropped.
#[derive(Debug)]
pub(crate) struct CountedBytes {
    size: usize,
    token: SecretDigest,
    responses: UnreadResponses,
}

impl Drop for CountedBytes {
    fn drop(&mut self) {
        let mut counts = self.responses.counts();
        counts.all -= self.size;
        if let Some(of_token) = counts.tokens.get_mut(&self.token) {
            *of_token -= self.size;
            if *of_token == 0 {
                counts.tokens.remove(&self.token);
            }
        }
    }
}

/// A body whose message is encoded and counted.
struct CountedBody {
    message: Option<Frame<Bytes>>,
    rest: Body,
}

impl http_body::Body for CountedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        match self.message.take() {
            Some(message) => Poll::Ready(Some(Ok(message))),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.message.is_none() && self.rest.is_end_stream()
    }
}

#[cfg(test)]
mod tests {
    use http_body::Frame;
    use http_body_util::{BodyExt as _, Full};
    use prost::bytes::Bytes;
    use tonic::Code;
    use tonic::body::Body;

    use super::{CHUNKS, LEAST, MESSAGE_LIMIT, UnreadResponses};

    fn body(size: usize) -> Body {
        Body::new(Full::new(Bytes::from(vec![7; size])))
    }

    #[tokio::test]
    async fn a_token_has_its_share_of_unread_bytes_and_gets_it_back() {
        let unread = UnreadResponses::new(8 * MESSAGE_LIMIT, 25);
        let (one, other) = ([1; 32], [2; 32]);
        let mut first = unread.counted(one, body(MESSAGE_LIMIT), true).await.unwrap();
        let second = unread.counted(one, body(MESSAGE_LIMIT), true).await.unwrap();
        unread.check(&one).unwrap();
        let refused = unread.counted(one, body(1), true).await.unwrap_err();
        assert_eq!(refused.code(), Code::ResourceExhausted);
        let written = unread.counted(one, body(1), false).await.unwrap();
        unread.check(&one).unwrap_err();
        unread.check(&other).unwrap();
        unread.counted(other, body(1), true).await.unwrap();

        drop(written);
        let message = first.frame().await.unwrap().unwrap().into_data().unwrap();
        drop(first);
        unread.counted(one, body(1), true).await.unwrap_err();
        assert!(message.len() == MESSAGE_LIMIT && message.iter().all(|byte| *byte == 7));
        drop(message);
        unread.counted(one, body(1), true).await.unwrap();
        drop(second);
        assert!(unread.counts().all == 0 && unread.counts().tokens.is_empty());
    }

    #[test]
    fn streams_count_while_they_are_open() {
        let unread = UnreadResponses::new(2 * CHUNKS, 100);
        let first = unread.count_stream([1; 32]).unwrap();
        let _second = unread.count_stream([2; 32]).unwrap();
        unread.count_stream([3; 32]).unwrap_err();
        drop(first);
        unread.count_stream([3; 32]).unwrap();
    }

    #[tokio::test]
    async fn all_tokens_together_are_limited_and_small_responses_count_more_than_their_bytes() {
        let unread = UnreadResponses::new(3 * LEAST, 100);
        let mut held = Vec::new();
        for token in 0..3 {
            held.push(unread.counted([token; 32], body(1), true).await.unwrap());
        }
        unread.counted([3; 32], body(1), true).await.unwrap_err();
        held.pop();
        unread.counted([3; 32], body(1), true).await.unwrap();
    }

    #[tokio::test]
    async fn trailers_and_empty_bodies_pass() {
        let unread = UnreadResponses::new(1, 100);
        let trailers =
            http_body_util::StreamBody::new(tokio_stream::once(Ok::<_, tonic::Status>(
                Frame::<Bytes>::trailers(http::HeaderMap::new()),
            )));
        let mut passed = unread.counted([1; 32], Body::new(trailers), true).await.unwrap();
        assert!(passed.frame().await.unwrap().unwrap().is_trailers());
        unread.counted([1; 32], Body::empty(), true).await.unwrap();
    }
}
