//! Bodies of responses whose calls last until the body ends.

use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::Frame;
use prost::bytes::Bytes;
use tonic::Status;
use tonic::body::Body;

use super::kind::Kind;
use super::listener_admission::Admitted;

/// Keeps the place of a call: of streams until they end, of other calls until the response's head, when their work is done
/// and the caller may read as slowly as it likes.
pub(crate) fn hold_while_open(kind: Kind, body: Body, mut admitted: Admitted) -> Body {
    match kind {
        Kind::Quick | Kind::Upload | Kind::LargeMessage => body,
        Kind::Waiting | Kind::Streaming if http_body::Body::is_end_stream(&body) => {
            admitted.done();
            body
        }
        Kind::Waiting | Kind::Streaming => Body::new(HeldBody { body, admitted: Some(admitted) }),
    }
}

struct HeldBody {
    body: Body,
    admitted: Option<Admitted>,
}

impl http_body::Body for HeldBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        let is_end = match &polled {
            Poll::Ready(Some(Ok(frame))) => frame.is_trailers(),
            Poll::Ready(None | Some(Err(_))) => true,
            Poll::Pending => false,
        };
        if is_end && let Some(mut admitted) = self.admitted.take() {
            admitted.done();
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
