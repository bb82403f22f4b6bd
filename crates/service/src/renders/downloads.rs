//! Streaming a PDF's bytes.

use chancery_proto::render::v1::DownloadRenderResponse;
use chancery_store::{CHUNK, Download, Principal, Store};
use prost::bytes::Bytes;
use tokio::sync::mpsc;
use tonic::Status;

use crate::renders::messages::artifact_message;
use crate::rpc::errors::status;

/// Sends a PDF in chunks, each read once the stream has room for it, and records the completed delivery.
pub(crate) async fn send<T>(
    store: &Store,
    principal: &Principal,
    download: &Download,
    messages: &mpsc::Sender<Result<T, Status>>,
    encode: impl Fn(DownloadRenderResponse) -> T,
) -> Result<(), Status> {
    let (mut offset, end) = (download.offset, download.artifact.size_bytes);
    // Only the first chunk describes the artifact.
    let mut artifact = Some(artifact_message(&download.artifact));
    let failed = async |error| status(store.renders().download_failed(principal, download, error).await);
    let (reader, mut buffered) = match store.artifacts().open(&download.artifact).await {
        Ok(reader) => (reader, Bytes::new()),
        Err(error) => return Err(failed(error).await),
    };
    while offset < end {
        let Ok(permit) = messages.reserve().await else { return Ok(()) };
        if buffered.is_empty() {
            buffered = match reader.read(offset).await {
                Ok(read) => read,
                Err(error) => return Err(failed(error).await),
            };
        }
        let data = buffered.split_to(buffered.len().min(CHUNK));
        let next = offset + data.len() as u64;
        permit.send(Ok(encode(DownloadRenderResponse { offset, data, artifact: artifact.take() })));
        offset = next;
    }
    store.renders().complete_download(principal, download).await.map_err(status)
}

const _: () = assert!(CHUNK <= 256 * 1024, "render_service.proto promises chunks of at most 256 KiB");
