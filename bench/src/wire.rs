//! Messages as bytes: the client does not decode them, so that only the server is measured.

use std::marker::PhantomData;

use prost::Message;
use prost::bytes::{Buf, BufMut, Bytes};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Request, Status};
use tonic_prost::{ProstCodec, ProstDecoder};

/// The method that is called: the most frequent one.
pub const GET_BRIEF: &str = "/chancery.brief.v1.BriefService/GetBrief";

/// Writes bytes that are already encoded.
#[derive(Default)]
pub struct WholeEncoder;

impl Encoder for WholeEncoder {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, bytes: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(bytes);
        Ok(())
    }
}

/// The client's codec: counts a response's bytes and discards them.
#[derive(Default)]
pub struct CallerCodec;

/// Counts the bytes of a response.
pub struct Count;

impl Codec for CallerCodec {
    type Encode = Bytes;
    type Decode = usize;
    type Encoder = WholeEncoder;
    type Decoder = Count;

    fn encoder(&mut self) -> WholeEncoder {
        WholeEncoder
    }

    fn decoder(&mut self) -> Count {
        Count
    }
}

impl Decoder for Count {
    type Item = usize;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<usize>, Status> {
        let length = buffer.remaining();
        buffer.advance(length);
        Ok(Some(length))
    }
}

/// Calls `GetBrief` with an encoded request; returns the size of the response, in bytes.
///
/// # Errors
/// The failure of the connection or of the call.
pub async fn get_brief(
    grpc: &mut Grpc<Channel>,
    request: &Bytes,
    token: &MetadataValue<Ascii>,
) -> anyhow::Result<usize> {
    grpc.ready().await?;
    let mut request = Request::new(request.clone());
    request.metadata_mut().insert("authorization", token.clone());
    let response = grpc.unary(request, PathAndQuery::from_static(GET_BRIEF), CallerCodec).await?;
    Ok(response.into_inner())
}

/// The peer's codec: requests are decoded as in generated servers, responses are bytes.
pub struct PeerCodec<T>(PhantomData<T>);

impl<T> Default for PeerCodec<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T: Message + Default + 'static> Codec for PeerCodec<T> {
    type Encode = Bytes;
    type Decode = T;
    type Encoder = WholeEncoder;
    type Decoder = ProstDecoder<T>;

    fn encoder(&mut self) -> WholeEncoder {
        WholeEncoder
    }

    fn decoder(&mut self) -> ProstDecoder<T> {
        ProstCodec::<T, T>::default().decoder()
    }
}
