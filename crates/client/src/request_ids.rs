//! Ids by which the server knows a repeated write again (AIP-155).

use chancery_proto::brief::v1::{
    CreateBriefRequest, DeleteBriefRequest, ImportBriefRequest, PublishBriefRequest,
    PurgeBriefRevisionRequest, UndeleteBriefRequest, UpdateBriefDraftRequest, WithdrawBriefRevisionRequest,
};
use chancery_proto::render::v1::{CancelRenderRequest, CreateRenderRequest, DeleteRenderRequest};

/// A request that the server knows again by an id.
pub(crate) trait Identified {
    /// The id; empty while it has none.
    fn request_id(&mut self) -> &mut String;
}

macro_rules! identified {
    ($($request:ty),+) => {
        $(impl Identified for $request {
            fn request_id(&mut self) -> &mut String {
                &mut self.request_id
            }
        })+
    };
}

identified!(CancelRenderRequest, CreateRenderRequest, DeleteRenderRequest);
identified!(CreateBriefRequest, UpdateBriefDraftRequest, PublishBriefRequest, ImportBriefRequest);
identified!(DeleteBriefRequest, UndeleteBriefRequest);
identified!(WithdrawBriefRevisionRequest, PurgeBriefRevisionRequest);

/// The request with an id of its own, unless its caller gave it one.
pub(crate) fn identified<R: Identified>(mut request: R) -> R {
    let id = request.request_id();
    if id.is_empty() {
        // Without randomness it stays without one: then a repeated call is a second one.
        *id = random_uuid().unwrap_or_default();
    }
    request
}

/// A UUID made at random (RFC 9562, version 4).
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
    use super::{CreateRenderRequest, identified};

    #[test]
    fn each_call_has_an_id_of_its_own_unless_it_was_given_one() {
        let first = identified(CreateRenderRequest::default()).request_id;
        let second = identified(CreateRenderRequest::default()).request_id;
        assert_ne!(first, second);
        assert_eq!((first.len(), first.as_bytes()[14], first.matches('-').count()), (36, b'4', 4));
        let given = CreateRenderRequest { request_id: "mine".into(), ..Default::default() };
        assert_eq!(identified(given).request_id, "mine");
    }
}
