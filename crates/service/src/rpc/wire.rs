//! Terms of gRPC over HTTP/2 that the HTTP layers share.

use std::pin::Pin;

use http::HeaderName;
use tonic::body::Body;

/// The response future of a layer's service.
pub(crate) type BoxedResponse<E> = Pin<Box<dyn Future<Output = Result<http::Response<Body>, E>> + Send>>;

/// The status code of a call: a trailer, or a header of a response without a body (gRPC over HTTP/2, Responses).
pub(crate) const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// The compression of a request's messages (gRPC over HTTP/2, Requests).
pub(crate) const GRPC_ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");

/// Length of a message's prefix: a compression flag and the message's length (gRPC over HTTP/2, Length-Prefixed-Message).
pub(crate) const MESSAGE_PREFIX: usize = 5;
