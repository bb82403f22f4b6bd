//! Streaming a task's render input.

use chancery_proto::worker::v1::get_render_input_response::Part;
use chancery_proto::worker::v1::{GetRenderInputResponse, InputBlob};
use chancery_store::{CHUNK, RenderInput, Store};
use prost::bytes::Bytes;
use tokio::sync::mpsc;
use tonic::Status;

use crate::rpc::response_streams::send_attachment;

/// Sends the manifest, the editions, then the images.
pub(crate) async fn send(
    store: Store,
    input: RenderInput,
    messages: mpsc::Sender<Result<GetRenderInputResponse, Status>>,
) -> Result<(), Status> {
    let editions = chunks(input.edition).map(Part::Edition);
    let comparison = chunks(input.comparison.unwrap_or_default()).map(Part::Comparison);
    for part in std::iter::once(Part::Manifest(input.manifest)).chain(editions).chain(comparison) {
        if messages.send(Ok(GetRenderInputResponse { part: Some(part) })).await.is_err() {
            return Ok(());
        }
    }
    for image in input.images {
        let sha256 = image.digest.to_string();
        let blob = |data| {
            let part = Part::Blob(InputBlob { sha256: sha256.clone(), data });
            GetRenderInputResponse { part: Some(part) }
        };
        send_attachment(&store, &image, &messages, blob).await?;
    }
    Ok(())
}

/// Splits bytes into chunks without copying them.
fn chunks(mut bytes: Bytes) -> impl Iterator<Item = Bytes> + Send {
    std::iter::from_fn(move || (!bytes.is_empty()).then(|| bytes.split_to(bytes.len().min(CHUNK))))
}
