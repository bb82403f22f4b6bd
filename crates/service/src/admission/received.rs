//! Requests with one message, received whole before their call begins: those of many bytes a few at once.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::errors::v1::Reason;
use chancery_proto::status::refusal;
use http_body::Frame;
use http_body_util::BodyExt as _;
use prost::bytes::{Bytes, BytesMut};
use tonic::body::Body;
use tonic::{Code, Status};
use tonic_types::ErrorDetails;

use crate::rpc::wire::MESSAGE_PREFIX;

/// Size of a request, in bytes, from which it is large.
const LARGE: usize = 256 << 10;

/// A request whose message has arrived.
pub(crate) struct Received<P> {
    /// The request, whose body returns the message at once.
    pub(crate) request: http::Request<Body>,
    /// Size of what has arrived, in bytes.
    pub(crate) size: usize,
    /// The place of a large request. To be kept while its message is in memory.
    pub(crate) place: Option<P>,
}

/// Receives the message of a request. `place` takes the place of a large one as soon as its size is known.
///
/// # Errors
/// The failure of the body, or of `place`.
pub(crate) async fn received<P>(
    request: http::Request<Body>,
    place: impl FnOnce() -> Result<P, Status>,
) -> Result<Received<P>, Status> {
    let (head, mut body) = request.into_parts();
    let (mut ask, mut taken) = (Some(place), None);
    let mut message = Message::default();
    while !message.is_complete()
        && let Some(frame) = body.frame().await
    {
        let Ok(data) = frame?.into_data() else { break };
        message.append(data);
        if message.announced().max(message.len()) > LARGE
            && let Some(ask) = ask.take()
        {
            taken = Some(ask()?);
        }
    }
    let size = message.len();
    if size > message.announced() {
        return Err(several_messages());
    }
    let body = Body::new(ReceivedBody { received: Some(message.into_bytes()), rest: body });
    Ok(Received { request: http::Request::from_parts(head, body), size, place: taken })
}

/// A second message would be received beside all limits, and nothing would read it.
fn several_messages() -> Status {
    let message = "the request has bytes after its message; calls of this method have one message";
    refusal(Code::InvalidArgument, Reason::MalformedMessage, message, ErrorDetails::new())
}

/// The bytes of a message and its prefix, in one piece: frames of single bytes would take thirty times as much.
#[derive(Default)]
struct Message {
    /// The first frame, which most messages have to themselves.
    first: Bytes,
    /// The frames, once there are several.
    all: BytesMut,
}

impl Message {
    fn append(&mut self, data: Bytes) {
        if self.len() == 0 {
            self.first = data;
            return;
        }
        if self.all.is_empty() {
            self.all.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.all.extend_from_slice(&data);
    }

    fn bytes(&self) -> &[u8] {
        if self.all.is_empty() { &self.first } else { &self.all }
    }

    fn len(&self) -> usize {
        self.bytes().len()
    }

    /// Returns the size that the prefix announces, the prefix included; its own size until it has arrived.
    fn announced(&self) -> usize {
        match self.bytes().first_chunk::<MESSAGE_PREFIX>() {
            Some(&[_, a, b, c, d]) => MESSAGE_PREFIX + u32::from_be_bytes([a, b, c, d]) as usize,
            None => MESSAGE_PREFIX,
        }
    }

    /// Returns whether no more bytes are needed: all have arrived, or they will be too many for the decoder.
    fn is_complete(&self) -> bool {
        let announced = self.announced();
        self.len() >= announced || announced > MESSAGE_PREFIX + MESSAGE_LIMIT
    }

    fn into_bytes(self) -> Bytes {
        if self.all.is_empty() { self.first } else { self.all.freeze() }
    }
}

/// The received part of a body, and the rest.
struct ReceivedBody {
    received: Option<Bytes>,
    rest: Body,
}

impl http_body::Body for ReceivedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        match self.received.take() {
            Some(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            None => match ready!(Pin::new(&mut self.rest).poll_frame(context)) {
                Some(Ok(frame)) if frame.data_ref().is_some_and(|data| !data.is_empty()) => {
                    self.rest = Body::empty();
                    Poll::Ready(Some(Err(several_messages())))
                }
                other => Poll::Ready(other),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.received.is_none() && self.rest.is_end_stream()
    }
}
