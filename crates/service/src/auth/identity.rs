//! The identity layer: authenticates each call, checks the permission that its method states, and passes the
//! [`Principal`] on in the request's extensions. Nothing behind it reads credentials.

use std::sync::Arc;
use std::task::{Context, Poll};

use chancery_store::{Principal, Secret};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};

use crate::admission::{Admission, Kind, Method, Received, hold_while_open, received};
use crate::auth::permissions::authorize;
use crate::auth::stream_reauth::reauthenticated;
use crate::auth::token_resolver::{TokenResolver, invalid_credentials};
use crate::auth::unknown_tokens::UnknownTokens;
use crate::background::wakeups::Wakeups;
use crate::cache::entries::SecretDigest;
use crate::listener::Peer;
use crate::rpc::computing::{begun, called};
use crate::rpc::deadlines::deadline;
use crate::rpc::errors::{status, unauthenticated};
use crate::rpc::wire::BoxedResponse;

/// Path prefixes of services that need no credentials.
const PUBLIC_SERVICES: [&str; 3] = ["/grpc.health.v1.", "/grpc.reflection.v1.", "/grpc.reflection.v1alpha."];

/// Returns the principal of a call.
///
/// # Errors
/// `UNAUTHENTICATED` if the call did not pass through [`IdentityLayer`].
pub(crate) fn principal<T>(request: &tonic::Request<T>) -> Result<Principal, Status> {
    shared_principal(request).map(Arc::unwrap_or_clone)
}

/// Returns the caller as [`principal`] does, without a copy.
///
/// # Errors
/// As [`principal`].
pub(crate) fn shared_principal<T>(request: &tonic::Request<T>) -> Result<Arc<Principal>, Status> {
    let principal = request.extensions().get::<Arc<Principal>>();
    principal.cloned().ok_or_else(|| unauthenticated("the call carries no credentials"))
}

/// Wraps a service in [`Identity`].
#[derive(Debug, Clone)]
pub(crate) struct IdentityLayer {
    // Shared as a whole, so that a call increments one reference count.
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    tokens: TokenResolver,
    wakeups: Wakeups,
    admission: Admission,
    unknown_tokens: UnknownTokens,
}

impl IdentityLayer {
    /// Admits calls within limits; `max_unknown_tokens` is that of an address, per second.
    pub(crate) fn new(
        tokens: TokenResolver,
        wakeups: Wakeups,
        admission: Admission,
        max_unknown_tokens: u32,
    ) -> Self {
        let unknown_tokens = UnknownTokens::new(max_unknown_tokens);
        Self { shared: Arc::new(Shared { tokens, wakeups, admission, unknown_tokens }) }
    }
}

impl<S> Layer<S> for IdentityLayer {
    type Service = Identity<S>;

    fn layer(&self, inner: S) -> Identity<S> {
        Identity { inner, shared: Arc::clone(&self.shared) }
    }
}

/// Passes on calls that their principal may make. The response's extensions carry the principal for the call log.
/// Response streams are re-authenticated while they last.
#[derive(Debug, Clone)]
pub(crate) struct Identity<S> {
    inner: S,
    shared: Arc<Shared>,
}

impl<S> Service<http::Request<Body>> for Identity<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = S::Error;
    type Future = BoxedResponse<S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        // `poll_ready` made this instance ready, not its clone: call the instance, and leave the clone behind.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let path = request.uri().path();
            let method = Method::of(path);
            let kind = method.kind;
            if PUBLIC_SERVICES.iter().any(|public| path.starts_with(public)) {
                return match shared.admission.admit_without_token(kind) {
                    Ok(admitted) => {
                        Ok(inner.call(request).await?.map(|body| hold_while_open(kind, body, admitted)))
                    }
                    Err(status) => Ok(status.into_http()),
                };
            }
            let peer = request.extensions().get::<Peer>();
            let (principal, secret) = match shared.authenticate(request.headers(), peer).await {
                Ok(authenticated) => authenticated,
                Err(status) => return Ok(status.into_http()),
            };
            if let Some(peer) = peer {
                peer.standing.prove();
            }
            let slowed = shared.admission.slow_down(secret, &principal.subject).await;
            let admitted = slowed.and_then(|()| {
                let traits = authorize(&principal, path)?;
                Ok((traits, shared.admission.admit_call(secret, method, traits)?))
            });
            let (traits, mut admitted) = match admitted {
                Ok(admitted) => admitted,
                Err(status) => {
                    let mut response = status.into_http();
                    response.extensions_mut().insert(principal);
                    return Ok(response);
                }
            };
            if let Some(deadline) = deadline(request.headers()) {
                admitted.expect_end(deadline);
            }
            request.extensions_mut().insert(Arc::clone(&principal));
            let call = async {
                if kind == Kind::Upload {
                    return inner.call(request).await;
                }
                let place = || shared.admission.admit(secret, Kind::LargeMessage);
                let _response_place = match method.has_large_responses.then(place).transpose() {
                    Ok(place) => place,
                    Err(status) => return Ok(status.into_http()),
                };
                match received(request, place).await {
                    Ok(Received { request, size, place: _place }) => called(size, inner.call(request)).await,
                    Err(status) => Ok(status.into_http()),
                }
            };
            let response = if kind.may_take_minutes() {
                tokio::select! {
                    biased;
                    response = call => response?,
                    () = shared.tokens.ended(&secret) => return Ok(invalid_credentials().into_http()),
                }
            } else {
                call.await?
            };
            // A stream's work is done when it ends.
            let response = if traits.answers_in_stream {
                response
            } else {
                admitted.done();
                let (head, body) = response.into_parts();
                let (unread, may_be_refused) = (shared.admission.unread.clone(), !traits.has_side_effects);
                // Encodes the message.
                let counting = async move { unread.counted(secret, body, may_be_refused).await };
                let counted = if method.has_large_responses { begun(counting).await } else { counting.await };
                counted.map_or_else(Status::into_http, |body| http::Response::from_parts(head, body))
            };
            let mut response = response.map(|body| hold_while_open(kind, body, admitted));
            if traits.has_side_effects {
                // Whether the call logged a change is not known here; the followers of the log check.
                shared.wakeups.change_logged();
            }
            if traits.answers_in_stream {
                response = response.map(|body| reauthenticated(body, shared.tokens.clone(), secret));
            }
            response.extensions_mut().insert(principal);
            Ok(response)
        })
    }
}

impl Shared {
    async fn authenticate(
        &self,
        headers: &HeaderMap,
        peer: Option<&Peer>,
    ) -> Result<(Arc<Principal>, SecretDigest), Status> {
        let header = headers.get(AUTHORIZATION).ok_or_else(|| {
            unauthenticated("the call carries no credentials: send \"authorization: Bearer chy_…\"")
        })?;
        let secret = header.to_str().ok().and_then(bearer_token).ok_or_else(invalid_credentials)?.sha256();
        if let Some(principal) = self.tokens.cached(&secret) {
            check_certificate(&principal, peer)?;
            return Ok((principal, secret));
        }
        let address = peer.map(|peer| peer.address.ip());
        self.unknown_tokens.admit(&secret, address)?;
        let _lookup = self.admission.admit_lookup()?;
        let Some(principal) = self.tokens.resolve(&secret).await.map_err(status)? else {
            self.unknown_tokens.add(secret, address);
            return Err(invalid_credentials());
        };
        check_certificate(&principal, peer)?;
        Ok((principal, secret))
    }
}

/// Checks that a call with a token that is bound to a certificate came over a connection with that certificate's key.
fn check_certificate(principal: &Principal, peer: Option<&Peer>) -> Result<(), Status> {
    let presented = peer.and_then(|peer| peer.certificate_key);
    match principal.certificate_key {
        Some(bound) if presented != Some(bound) => {
            Err(unauthenticated("the token is bound to another client certificate"))
        }
        _ => Ok(()),
    }
}

/// Parses the token of an authorization header (RFC 6750, section 2.1; RFC 9110, section 11.1: the scheme is
/// case-insensitive).
fn bearer_token(header: &str) -> Option<Secret> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::parse(token.trim()))?
}

#[cfg(test)]
mod tests {
    use super::bearer_token;

    #[test]
    fn only_well_formed_bearer_tokens_are_accepted() {
        let token = format!("chy_{}", "A".repeat(43));
        assert!(bearer_token(&format!("bearer {token}")).is_some());
        assert!(
            bearer_token(&token).is_none()
                && bearer_token("Bearer chy_short").is_none()
                && bearer_token("Basic abc").is_none()
        );
    }
}
