//! Request ids, which make retried writes idempotent (AIP-155).

use chancery_proto::brief::v1::{
    CreateBriefRequest, DeleteBriefRequest, ImportBriefRequest, PublishBriefRequest,
    PurgeBriefRevisionRequest, UndeleteBriefRequest, UpdateBriefDraftRequest, WithdrawBriefRevisionRequest,
};
use chancery_proto::render::v1::{CancelRenderRequest, CreateRenderRequest, DeleteRenderRequest};

/// A request with a request id.
pub(crate) trait HasRequestId {
    /// Returns the id; empty for none.
    fn request_id(&mut self) -> &mut String;
}

macro_rules! has_request_id {
    ($($request:ty),+) => {
        $(impl HasRequestId for $request {
            fn request_id(&mut self) -> &mut String {
                &mut self.request_id
            }
        })+
    };
}

has_request_id!(CancelRenderRequest, CreateRenderRequest, DeleteRenderRequest);
has_request_id!(CreateBriefRequest, UpdateBriefDraftRequest, PublishBriefRequest, ImportBriefRequest);
has_request_id!(DeleteBriefRequest, UndeleteBriefRequest);
has_request_id!(WithdrawBriefRevisionRequest, PurgeBriefRevisionRequest);

/// Adds a random id to a request without one.
pub(crate) fn with_request_id<R: HasRequestId>(mut request: R) -> R {
    let id = request.request_id();
    if id.is_empty() {
        // Without a source of randomness the request has no id, so that a retry may have a second effect.
        *id = random_uuid().unwrap_or_default();
    }
    request
}

/// Creates a random UUID (RFC 9562, version 4).
fn random_uuid() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = format!("{:032x}", u128::from_be_bytes(bytes));
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| digits.get(part).unwrap_or_default());
    Some(parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::{CreateRenderRequest, with_request_id};

    #[test]
    fn a_request_gets_a_random_id_unless_it_has_one() {
        let first = with_request_id(CreateRenderRequest::default()).request_id;
        let second = with_request_id(CreateRenderRequest::default()).request_id;
        assert_ne!(first, second);
        assert_eq!((first.len(), first.as_bytes()[14], first.matches('-').count()), (36, b'4', 4));
        let given = CreateRenderRequest { request_id: "mine".into(), ..Default::default() };
        assert_eq!(with_request_id(given).request_id, "mine");
    }
}
