//! Who calls, and whether he may: one layer in front of every service makes the [`Principal`] from the call's
//! credentials and checks the permission that the method states. Nothing behind it looks at credentials.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};

use chancery_proto::descriptors::{self, MethodTraits};
use chancery_proto::options::v1::Permission;
use chancery_proto::status::shortened;
use chancery_store::{Principal, Role, Scope, Secret, Store};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use tokio::time::Instant;
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};

use crate::BoxedAnswer;
use crate::auth::stream_reauth::rechecked;
use crate::background::wakeups::Wakeups;
use crate::cache::{Freshness, KeptPrincipal, SecretDigest};
use crate::rpc::errors::{permission_denied, status, unauthenticated};

/// The permission and traits of each method, by its path. A method that states no permission is not in it, and refused.
static METHODS: LazyLock<HashMap<String, (Permission, MethodTraits)>> = LazyLock::new(|| {
    let methods = descriptors::methods();
    let permitted = methods.filter_map(|(path, traits)| {
        descriptors::permission(&path).map(|permission| (path, (permission, traits)))
    });
    permitted.collect()
});

/// Services that answer without credentials.
const OPEN: [&str; 3] = ["/grpc.health.v1.", "/grpc.reflection.v1.", "/grpc.reflection.v1alpha."];

/// The principal of a call.
///
/// # Errors
/// `UNAUTHENTICATED` when the call did not come through [`IdentityLayer`].
pub fn principal<T>(request: &tonic::Request<T>) -> Result<Principal, Status> {
    shared_principal(request).map(Arc::unwrap_or_clone)
}

/// As [`principal`], without a copy.
///
/// # Errors
/// As [`principal`].
pub fn shared_principal<T>(request: &tonic::Request<T>) -> Result<Arc<Principal>, Status> {
    let known = request.extensions().get::<Arc<Principal>>();
    known.cloned().ok_or_else(|| unauthenticated("the call carries no credentials"))
}

/// Whether a principal's roles carry a permission. Workspace admin implies the four roles before it; the SYSTEM
/// roles hold in scope SYSTEM only, the others in a workspace only.
pub fn allows(principal: &Principal, permission: Permission) -> bool {
    let in_workspace = matches!(principal.scope, Scope::Workspace { .. });
    let workspace = |role| in_workspace && principal.roles.allow(role);
    let system = |role| !in_workspace && principal.roles.holds(role);
    match permission {
        Permission::Unspecified => false,
        Permission::BriefRead => workspace(Role::Reader),
        Permission::BriefWrite => workspace(Role::Author),
        Permission::BriefPublish => workspace(Role::Publisher),
        Permission::Render => workspace(Role::Renderer),
        Permission::WorkspaceAdmin => workspace(Role::Admin) || system(Role::Operator),
        Permission::Operate => system(Role::Operator),
        Permission::Work => system(Role::Worker),
        Permission::AttachmentRead => {
            workspace(Role::Reader) || workspace(Role::Author) || workspace(Role::Publisher)
        }
        Permission::AttachmentWrite => workspace(Role::Author) || workspace(Role::Publisher),
    }
}

/// Finds the principals of tokens, in memory while that is fresh and else in the database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Authority {
    store: Store,
    freshness: Freshness,
}

impl Authority {
    /// Over a store and what is kept of it.
    pub const fn new(store: Store, freshness: Freshness) -> Self {
        Self { store, freshness }
    }

    /// The principal of a token if it is known without looking.
    pub(crate) fn known(&self, secret: &SecretDigest) -> Option<Arc<Principal>> {
        self.freshness.principal(secret).map(|kept| kept.principal)
    }

    /// The principal of a token; none when it does not hold.
    pub(crate) async fn principal(
        &self,
        secret: &SecretDigest,
    ) -> chancery_store::Result<Option<Arc<Principal>>> {
        if let Some(known) = self.known(secret) {
            return Ok(Some(known));
        }
        let ticket = self.freshness.ticket();
        let asked = Instant::now();
        let Some((principal, left)) = self.store.access().principal_of_secret_sha256(secret).await? else {
            return Ok(None);
        };
        let until = left.and_then(|left| asked.checked_add(left));
        let kept = KeptPrincipal { principal: Arc::new(principal), until };
        self.freshness.keep_principal(ticket, *secret, &kept);
        Ok(Some(kept.principal))
    }
}

/// Puts [`Identity`] in front of a service.
#[derive(Debug, Clone)]
pub struct IdentityLayer {
    // One reference to count for each call, not one for each thing in it.
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    authority: Authority,
    wakeups: Wakeups,
}

impl IdentityLayer {
    /// With who knows tokens, and whom to wake when a call may have changed something.
    pub fn new(authority: Authority, wakeups: Wakeups) -> Self {
        Self { shared: Arc::new(Shared { authority, wakeups }) }
    }
}

impl<S> Layer<S> for IdentityLayer {
    type Service = Identity<S>;

    fn layer(&self, inner: S) -> Identity<S> {
        Identity { inner, shared: Arc::clone(&self.shared) }
    }
}

/// Lets calls through whose principal may make them. The answer's extensions carry the principal, for the log. Streams
/// are checked on while they last.
#[derive(Debug, Clone)]
pub struct Identity<S> {
    inner: S,
    shared: Arc<Shared>,
}

impl<S> Service<http::Request<Body>> for Identity<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = http::Response<Body>;
    type Error = S::Error;
    type Future = BoxedAnswer<S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        // The clone takes the place of the one that is ready.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let path = request.uri().path();
            if OPEN.iter().any(|open| path.starts_with(open)) {
                return inner.call(request).await;
            }
            let (principal, secret) = match authenticate(&shared.authority, request.headers()).await {
                Ok(known) => known,
                Err(refused) => return Ok(refused.into_http()),
            };
            let traits = match authorise(&principal, path) {
                Ok(traits) => traits,
                Err(refused) => {
                    let mut answer = refused.into_http();
                    answer.extensions_mut().insert(principal);
                    return Ok(answer);
                }
            };
            request.extensions_mut().insert(Arc::clone(&principal));
            let mut answer = inner.call(request).await?;
            if traits.has_side_effects {
                // Whatever it was: the followers look what it is.
                shared.wakeups.logged();
            }
            if traits.answers_in_stream {
                answer = answer.map(|body| rechecked(body, shared.authority.clone(), secret));
            }
            answer.extensions_mut().insert(principal);
            Ok(answer)
        })
    }
}

async fn authenticate(
    authority: &Authority,
    headers: &HeaderMap,
) -> Result<(Arc<Principal>, SecretDigest), Status> {
    let header =
        headers.get(AUTHORIZATION).ok_or_else(|| unauthenticated("send \"authorization: Bearer chy_…\""))?;
    let secret = header.to_str().ok().and_then(bearer).ok_or_else(refused_credentials)?.sha256();
    let principal = authority.principal(&secret).await.map_err(status)?.ok_or_else(refused_credentials)?;
    Ok((principal, secret))
}

/// Which of these it is, nobody is told.
pub(crate) fn refused_credentials() -> Status {
    unauthenticated("the credentials are unknown, expired or revoked")
}

/// The token of an authorization header (RFC 6750, section 2.1; the scheme's case does not matter, RFC 9110, 11.1).
fn bearer(header: &str) -> Option<Secret> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::parse(token.trim()))?
}

fn authorise(principal: &Principal, path: &str) -> Result<MethodTraits, Status> {
    match METHODS.get(path) {
        Some((permission, traits)) if allows(principal, *permission) => Ok(*traits),
        Some((permission, _)) => {
            let word = permission.as_str_name();
            Err(permission_denied(format!("the call needs {word}, which the caller's roles do not carry")))
        }
        None => Err(Status::unimplemented(format!("there is no method {}", shortened(path, 200)))),
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::options::v1::Permission;
    use chancery_store::{Principal, Role, Scope};

    use super::{METHODS, allows, bearer};

    fn system(role: Role) -> Principal {
        Principal {
            subject: "workspaces/system/apiTokens/0".into(),
            display_name: "test".into(),
            scope: Scope::System,
            roles: [role].into_iter().collect(),
        }
    }

    #[test]
    fn system_roles_carry_no_permission_of_a_workspace() {
        for permission in
            [Permission::BriefRead, Permission::BriefWrite, Permission::BriefPublish, Permission::Render]
        {
            assert!(
                !allows(&system(Role::Operator), permission) && !allows(&system(Role::Worker), permission)
            );
        }
        assert!(allows(&system(Role::Operator), Permission::WorkspaceAdmin));
        assert!(
            allows(&system(Role::Worker), Permission::Work)
                && !allows(&system(Role::Operator), Permission::Work)
        );
    }

    #[test]
    fn a_workspace_role_means_nothing_in_scope_system() {
        assert!(!allows(&system(Role::Admin), Permission::BriefRead));
    }

    #[test]
    fn every_method_of_the_protos_is_in_the_table() {
        assert!(METHODS.contains_key("/chancery.brief.v1.BriefService/GetBrief"));
        assert!(METHODS.values().all(|(permission, _)| *permission != Permission::Unspecified));
    }

    #[test]
    fn only_a_bearer_token_of_the_right_form_is_taken() {
        let token = format!("chy_{}", "A".repeat(43));
        assert!(bearer(&format!("bearer {token}")).is_some());
        assert!(
            bearer(&token).is_none() && bearer("Bearer chy_short").is_none() && bearer("Basic abc").is_none()
        );
    }
}
