//! Idempotency keys of writes: the `request_id` of a request (AIP-155).

use chancery_brief::digest::body_digest;
use chancery_store::IdempotencyKey;
use prost::Message;
use tonic::Status;

use crate::rpc::errors::invalid_field;

/// Maximum length of a `request_id`, in characters; a UUID has 36.
const MAX_LENGTH: usize = 64;

/// Returns the idempotency key of a write, or `None` if it has no `request_id`. `request` is the message without the id;
/// a later write with the same id must have the same digest.
///
/// # Errors
/// `INVALID_FIELD` for `request_id`.
pub(crate) fn write_id(
    method: &'static str,
    id: String,
    request: &impl Message,
) -> Result<Option<IdempotencyKey>, Status> {
    if id.is_empty() {
        return Ok(None);
    }
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if id.len() > MAX_LENGTH || !id.bytes().all(is_allowed) {
        let description = "must be a UUID, or 1 to 64 letters, digits, \"-\" and \"_\"";
        return Err(invalid_field("request_id", description));
    }
    Ok(Some(IdempotencyKey { method, id, request_digest: body_digest(&request.encode_to_vec()) }))
}

#[cfg(test)]
mod tests {
    use chancery_proto::render::v1::CancelRenderRequest;

    use super::write_id;

    #[test]
    fn malformed_request_ids_are_rejected_and_an_empty_one_is_none() {
        let request = CancelRenderRequest::default();
        let read = |id: &str| write_id("CancelRender", id.to_owned(), &request);
        assert!(read("").unwrap().is_none());
        for valid in ["x", "7b0c9a52-0f0a-4c8e-9d43-5f4f0a4f1c11", &"a_-9".repeat(16)] {
            assert_eq!(read(valid).unwrap().unwrap().id, valid);
        }
        for bad in [" ", "a b", "ä", "a/b", &"a".repeat(65)] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
