//! `GetBrief` without decoding what the store holds: protobuf messages concatenate, so the answer is the envelope's
//! bytes and then the content's, as they were digested when the revision was published. All other methods of the
//! service go to the generated server.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::brief::v1::brief_service_server::BriefServiceServer;
use chancery_proto::brief::v1::{Brief, GetBriefRequest};
use chancery_proto::codec::{StrictCodec, StrictDecoder};

use prost::bytes::{BufMut, Bytes};
use prost::encoding::{WireType, encode_key, encode_varint};
use tonic::body::Body;
use tonic::codec::{Codec, EncodeBuf, Encoder};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::{Request, Response, Status};
use tower::Service;

use crate::BoxedAnswer;
use crate::brief_service::Briefs;

const GET_BRIEF: &str = "/chancery.brief.v1.BriefService/GetBrief";

/// The number of `Brief.content`.
const CONTENT_FIELD: u32 = 15;

/// An encoded `Brief`.
#[derive(Debug)]
pub(crate) struct EncodedBrief(pub(crate) Bytes);

impl EncodedBrief {
    /// An encoded envelope without content, and the content's bytes.
    pub(crate) fn new(envelope: &[u8], content: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(envelope.len() + content.len() + 8);
        bytes.extend_from_slice(envelope);
        encode_key(CONTENT_FIELD, WireType::LengthDelimited, &mut bytes);
        encode_varint(content.len() as u64, &mut bytes);
        bytes.extend_from_slice(content);
        Self(bytes.into())
    }
}

/// The service, with its hottest method apart.
#[derive(Debug, Clone)]
pub(crate) struct HotBriefs {
    generated: BriefServiceServer<Briefs>,
    briefs: Briefs,
}

impl HotBriefs {
    pub(crate) const fn new(generated: BriefServiceServer<Briefs>, briefs: Briefs) -> Self {
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
        let method = GetBrief(self.briefs.clone());
        Box::pin(async move {
            let limit = Some(MESSAGE_LIMIT);
            let mut grpc = Grpc::new(EncodedCodec).apply_max_message_size_config(limit, limit);
            Ok(grpc.unary(method, request).await)
        })
    }
}

struct GetBrief(Briefs);

impl UnaryService<GetBriefRequest> for GetBrief {
    type Response = EncodedBrief;
    type Future = Pin<Box<dyn Future<Output = Result<Response<EncodedBrief>, Status>> + Send>>;

    fn call(&mut self, request: Request<GetBriefRequest>) -> Self::Future {
        let briefs = self.0.clone();
        Box::pin(async move { briefs.encoded_brief(request).await.map(Response::new) })
    }
}

/// Reads requests as all methods do, and writes bytes that are encoded already.
struct EncodedCodec;

impl Codec for EncodedCodec {
    type Encode = EncodedBrief;
    type Decode = GetBriefRequest;
    type Encoder = EncodedEncoder;
    type Decoder = StrictDecoder<GetBriefRequest>;

    fn encoder(&mut self) -> EncodedEncoder {
        EncodedEncoder
    }

    fn decoder(&mut self) -> Self::Decoder {
        StrictCodec::<Brief, GetBriefRequest>::default().decoder()
    }
}

struct EncodedEncoder;

impl Encoder for EncodedEncoder {
    type Item = EncodedBrief;
    type Error = Status;

    fn encode(
        &mut self,
        EncodedBrief(bytes): EncodedBrief,
        buffer: &mut EncodeBuf<'_>,
    ) -> Result<(), Status> {
        buffer.put(bytes);
        Ok(())
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
        let EncodedBrief(bytes) = EncodedBrief::new(&envelope.encode_to_vec(), &content.encode_to_vec());
        assert_eq!(bytes, Brief { content: Some(content), ..envelope }.encode_to_vec());
    }
}
