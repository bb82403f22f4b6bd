//! `GetBrief` without decoding what the store holds: protobuf messages concatenate, so the answer is the envelope's
//! bytes and then the content's, as they were digested when the revision was published. The answer is kept as it goes
//! over the wire, length in front, and is handed to the connection without a copy. All other methods of the service go to
//! the generated server.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::brief::v1::brief_service_server::BriefServiceServer;
use chancery_proto::brief::v1::{Brief, GetBriefRequest};
use chancery_proto::codec::StrictCodec;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::Frame;
use prost::bytes::Bytes;
use prost::encoding::{WireType, encode_key, encode_varint};
use tonic::body::Body;
use tonic::codec::{Codec, Streaming};
use tonic::server::NamedService;
use tonic::{Request, Status};
use tower::Service;

use crate::briefs::service::Briefs;
use crate::{BoxedAnswer, GRPC_STATUS};

const GET_BRIEF: &str = "/chancery.brief.v1.BriefService/GetBrief";

/// The number of `Brief.content`.
const CONTENT_FIELD: u32 = 15;

/// A message's frame begins with whether it is compressed, and its length (gRPC over HTTP/2, Length-Prefixed-Message).
const PREFIX: usize = 5;

const GRPC_ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");

/// An encoded `Brief` in its frame.
#[derive(Debug, Clone)]
pub(crate) struct EncodedBrief(Bytes);

impl EncodedBrief {
    /// An encoded envelope without content, and the content's bytes.
    pub(crate) fn new(envelope: &[u8], content: &[u8]) -> Self {
        let mut frame = Vec::with_capacity(PREFIX + envelope.len() + content.len() + 8);
        frame.extend_from_slice(&[0; PREFIX]);
        frame.extend_from_slice(envelope);
        encode_key(CONTENT_FIELD, WireType::LengthDelimited, &mut frame);
        encode_varint(content.len() as u64, &mut frame);
        frame.extend_from_slice(content);
        Self::framed(frame)
    }

    /// An encoded message.
    pub(crate) fn of_message(message: &[u8]) -> Self {
        Self::framed([&[0; PREFIX], message].concat())
    }

    /// The encoded message.
    pub(crate) fn message(&self) -> &[u8] {
        &self.0[PREFIX..]
    }

    /// How many bytes it has.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Writes the length into the room in front of the message. The store holds no message of 4 GiB.
    fn framed(mut frame: Vec<u8>) -> Self {
        let length = u32::try_from(frame.len() - PREFIX).unwrap_or(u32::MAX);
        frame[1..PREFIX].copy_from_slice(&length.to_be_bytes());
        Self(frame.into())
    }
}

/// The service, with its hottest method apart.
#[derive(Debug, Clone)]
pub(crate) struct HotBriefs {
    generated: BriefServiceServer<Briefs>,
    briefs: Arc<Briefs>,
}

impl HotBriefs {
    pub(crate) const fn new(generated: BriefServiceServer<Briefs>, briefs: Arc<Briefs>) -> Self {
        Self { generated, briefs }
    }
}

impl NamedService for HotBriefs {
    const NAME: &'static str = <BriefServiceServer<Briefs> as NamedService>::NAME;
}

impl Service<http::Request<Body>> for HotBriefs {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxedAnswer<Infallible>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        if request.uri().path() != GET_BRIEF {
            return self.generated.call(request);
        }
        let briefs = Arc::clone(&self.briefs);
        Box::pin(async move {
            Ok(match answer(&briefs, request).await {
                Ok(answer) => answer,
                Err(refused) => refused.into_http(),
            })
        })
    }
}

async fn answer(briefs: &Briefs, request: http::Request<Body>) -> Result<http::Response<Body>, Status> {
    let (head, body) = request.into_parts();
    if head.headers.get(&GRPC_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(Status::unimplemented("this server takes no compressed messages"));
    }
    let decoder = StrictCodec::<Brief, GetBriefRequest>::default().decoder();
    let message = Streaming::new_request(decoder, body, None, Some(MESSAGE_LIMIT)).message().await?;
    let message = message.ok_or_else(|| Status::internal("the request holds no message"))?;
    let mut request = Request::new(message);
    *request.extensions_mut() = head.extensions;
    let EncodedBrief(frame) = briefs.encoded_brief(request).await?;
    if frame.len() - PREFIX > MESSAGE_LIMIT {
        return Err(Status::out_of_range("message length too large"));
    }
    let mut answer = http::Response::new(Body::new(Answer { frame: Some(frame), is_ended: false }));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    Ok(answer)
}

/// One frame and the trailers of success. Its size is not told ahead: gRPC-Web puts the trailers into the body.
struct Answer {
    frame: Option<Bytes>,
    is_ended: bool,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if let Some(frame) = self.frame.take() {
            return Poll::Ready(Some(Ok(Frame::data(frame))));
        }
        if std::mem::replace(&mut self.is_ended, true) {
            return Poll::Ready(None);
        }
        let trailers = HeaderMap::from_iter([(GRPC_STATUS, HeaderValue::from_static("0"))]);
        Poll::Ready(Some(Ok(Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.is_ended
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{Brief, BriefContent};
    use prost::Message;

    use super::EncodedBrief;

    #[test]
    fn an_envelope_and_content_bytes_are_the_bytes_of_the_whole_message() {
        let content = BriefContent { title: "T".repeat(200), ..BriefContent::default() };
        let envelope = Brief { name: "workspaces/w1/briefs/b1".into(), ..Brief::default() };
        let encoded = EncodedBrief::new(&envelope.encode_to_vec(), &content.encode_to_vec());
        let whole = Brief { content: Some(content), ..envelope }.encode_to_vec();
        assert_eq!(encoded.message(), whole);
        assert_eq!(encoded.0[..5], [0, 0, 0, 0, u8::try_from(whole.len()).unwrap_or(0)][..].to_vec());
    }
}
