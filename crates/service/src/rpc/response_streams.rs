//! Answers in streams.

use std::pin::Pin;

use chancery_proto::names::AttachmentName;
use chancery_store::Store;
use prost::bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Response, Status};

use crate::rpc::errors::{status, unavailable};
use crate::shutdown::Shutdown;

/// Answers of a stream that wait for the network: a slow reader holds no more memory than this many chunks.
const AHEAD: usize = 2;

/// A stream of answers, as handlers give it.
pub(crate) type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The answers that a task gives into a channel. It ends when the caller goes away; when the server stops, the
/// caller is told to come again.
pub(crate) fn stream<T, F>(
    answer: impl FnOnce(mpsc::Sender<Result<T, Status>>) -> F,
    shutdown: &Shutdown,
) -> Response<Answers<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<(), Status>> + Send + 'static,
{
    let (answers, stream) = mpsc::channel(AHEAD);
    let (answering, shutdown) = (answer(answers.clone()), shutdown.clone());
    tokio::spawn(async move {
        let done = tokio::select! {
            () = answers.closed() => return,
            () = shutdown.begun() => Err(unavailable("the server is stopping")),
            done = answering => done,
        };
        if let Err(status) = done {
            // Nobody is told when nobody listens any more.
            let _ = answers.send(Err(status)).await;
        }
    });
    Response::new(Box::pin(ReceiverStream::new(stream)))
}

/// An image's bytes, a piece at a time.
pub(crate) async fn send_attachment<T>(
    store: &Store,
    name: &AttachmentName,
    answers: &mpsc::Sender<Result<T, Status>>,
    encode: impl Fn(Bytes) -> T,
) -> Result<(), Status> {
    let mut offset = 0;
    loop {
        let Ok(place) = answers.reserve().await else { return Ok(()) };
        let data = store.attachments().bytes(name, offset).await.map_err(status)?;
        if data.is_empty() {
            return Ok(());
        }
        offset += data.len() as u64;
        place.send(Ok(encode(data)));
    }
}
