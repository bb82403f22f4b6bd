//! Server-streaming responses.

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

/// Messages that a stream buffers for the network, so that the next one is read while the last one is sent.
pub(crate) const BUFFERED_MESSAGES: usize = 1;

/// The response type of streaming handlers.
pub(crate) type ResponseStream<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Spawns a task that sends messages into the response stream. The task ends when the caller disconnects. When the server
/// shuts down, the stream ends with UNAVAILABLE, so that the client reconnects to another replica.
pub(crate) fn stream<T, F>(
    send_all: impl FnOnce(mpsc::Sender<Result<T, Status>>) -> F,
    shutdown: &Shutdown,
) -> Response<ResponseStream<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<(), Status>> + Send + 'static,
{
    let (messages, stream) = mpsc::channel(BUFFERED_MESSAGES);
    let (sending, shutdown) = (send_all(messages.clone()), shutdown.clone());
    tokio::spawn(async move {
        let sent = tokio::select! {
            () = messages.closed() => return,
            () = shutdown.begun() => Err(unavailable("the server is shutting down")),
            sent = sending => sent,
        };
        if let Err(status) = sent {
            // Fails only if the caller has disconnected.
            let _ = messages.send(Err(status)).await;
        }
    });
    Response::new(Box::pin(ReceiverStream::new(stream)))
}

/// Sends an image's bytes in chunks, each read from the store once the stream has room for it.
pub(crate) async fn send_attachment<T>(
    store: &Store,
    name: &AttachmentName,
    messages: &mpsc::Sender<Result<T, Status>>,
    encode: impl Fn(Bytes) -> T,
) -> Result<(), Status> {
    let mut offset = 0;
    loop {
        let Ok(permit) = messages.reserve().await else { return Ok(()) };
        let data = store.attachments().bytes(name, offset).await.map_err(status)?;
        if data.is_empty() {
            return Ok(());
        }
        offset += data.len() as u64;
        permit.send(Ok(encode(data)));
    }
}
