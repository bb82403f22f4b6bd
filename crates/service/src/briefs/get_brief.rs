//! `GetBrief`, the most frequent read, without decoding briefs.
//!
//! [`get_brief`] handles the method: it checks the request, and returns the [`EncodedBrief`] from the cache or the
//! database. [`GetBriefRoute`] is its transport. `server.rs` routes the method's path to it, beside the routes of the
//! services, and it passes the encoded frame to the connection without a copy. The generated server could not do that:
//! its trait method returns a `Brief`, which would be decoded here only to be encoded again there.
//!
//! The generated trait requires a method for `GetBrief` all the same: `BriefService::get_brief` in `service.rs` decodes the
//! result of [`get_brief`]. The route takes precedence over it on every transport, gRPC-Web included, because the router
//! prefers an exact path to the service's wildcard.

use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::brief::v1::{Brief, BriefView, GetBriefRequest};
use chancery_proto::codec::StrictCodec;
use chancery_store::Store;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use http_body::Frame;
use prost::Message;
use prost::bytes::Bytes;
use tonic::body::Body;
use tonic::codec::{Codec, Streaming};
use tonic::{Request, Status};
use tower::Service;

use crate::auth::identity::shared_principal;
use crate::briefs::encoded_brief::EncodedBrief;
use crate::briefs::reads::{BRIEF, newest};
use crate::cache::Cache;
use crate::rpc::read_masks::read_mask;
use crate::rpc::wire::{BoxedResponse, GRPC_ENCODING, GRPC_STATUS, MESSAGE_PREFIX};

/// Path of the method.
pub(crate) const GET_BRIEF: &str = "/chancery.brief.v1.BriefService/GetBrief";

/// Handles `GetBrief`.
pub(crate) async fn get_brief(
    store: &Store,
    cache: &Cache,
    request: Request<GetBriefRequest>,
) -> Result<EncodedBrief, Status> {
    let principal = shared_principal(&request)?;
    let request = request.into_inner();
    let mask = read_mask(BRIEF, request.view, BriefView::Full, request.read_mask.as_ref())?;
    let brief = newest(store, cache, &principal, &request.name, &request.at_least).await?;
    if request.if_none_match == brief.etag {
        let unchanged = Brief { name: request.name, etag: request.if_none_match, ..Brief::default() };
        return Ok(EncodedBrief::of_message(&unchanged.encode_to_vec()));
    }
    Ok(match mask {
        None => brief.encoded.clone(),
        Some(mask) => EncodedBrief::of_message(&mask.apply(brief.encoded.message())),
    })
}

/// The route of `GetBrief`.
#[derive(Debug, Clone)]
pub(crate) struct GetBriefRoute {
    // Shared as a whole, so that a call increments one reference count.
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    store: Store,
    cache: Cache,
}

impl GetBriefRoute {
    pub(crate) fn new(store: Store, cache: Cache) -> Self {
        Self { shared: Arc::new(Shared { store, cache }) }
    }
}

impl<B> Service<http::Request<B>> for GetBriefRoute
where
    B: http_body::Body + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxedResponse<Infallible>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move { Ok(respond(&shared, request).await.unwrap_or_else(Status::into_http)) })
    }
}

async fn respond<B>(shared: &Shared, request: http::Request<B>) -> Result<http::Response<Body>, Status>
where
    B: http_body::Body + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (head, body) = request.into_parts();
    if head.headers.get(&GRPC_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(Status::unimplemented("compressed messages are not supported"));
    }
    let decoder = StrictCodec::<Brief, GetBriefRequest>::default().decoder();
    let message = Streaming::new_request(decoder, body, None, Some(MESSAGE_LIMIT)).message().await?;
    let message = message.ok_or_else(|| Status::internal("the request has no message"))?;
    let mut request = Request::new(message);
    *request.extensions_mut() = head.extensions;
    let frame = get_brief(&shared.store, &shared.cache, request).await?.into_frame();
    if frame.len() - MESSAGE_PREFIX > MESSAGE_LIMIT {
        return Err(Status::out_of_range("message length too large"));
    }
    let mut response = http::Response::new(Body::new(FrameBody { frame: Some(frame), is_ended: false }));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    Ok(response)
}

/// A body of one frame and the trailers of success. It states no size, because gRPC-Web appends the trailers to the body.
struct FrameBody {
    frame: Option<Bytes>,
    is_ended: bool,
}

impl http_body::Body for FrameBody {
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
