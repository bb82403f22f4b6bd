//! Resolves API tokens to principals.

use std::sync::Arc;
use std::time::Duration;

use chancery_store::{Principal, Store};
use tokio::time::Instant;
use tonic::Status;

use crate::cache::Cache;
use crate::cache::entries::{CachedPrincipal, SecretDigest, UseRecording};
use crate::rpc::errors::unauthenticated;

/// Resolves tokens from the cache while it is fresh, else from the database. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct TokenResolver {
    store: Store,
    cache: Cache,
}

impl TokenResolver {
    pub(crate) const fn new(store: Store, cache: Cache) -> Self {
        Self { store, cache }
    }

    /// Returns the cached principal of a token.
    pub(crate) fn cached(&self, secret: &SecretDigest) -> Option<Arc<Principal>> {
        let cached = self.cache.principal(secret)?;
        self.record_use(&cached);
        Some(cached.principal)
    }

    /// Returns the principal of a token, or `None` if the token is unknown, expired or revoked.
    pub(crate) async fn resolve(
        &self,
        secret: &SecretDigest,
    ) -> chancery_store::Result<Option<Arc<Principal>>> {
        if let Some(cached) = self.cached(secret) {
            return Ok(Some(cached));
        }
        let read_at = self.cache.generation();
        // Taken before the query, so that the cached entry expires no later than the token.
        let queried_at = Instant::now();
        let Some(token) = self.store.access().principal_of_secret_sha256(secret).await? else {
            return Ok(None);
        };
        let resolved = CachedPrincipal {
            principal: Arc::new(token.principal),
            expires_at: token.time_to_live.and_then(|time_to_live| queried_at.checked_add(time_to_live)),
            use_recording: Arc::new(UseRecording::after(token.use_due_in)),
        };
        self.record_use(&resolved);
        self.cache.insert_principal(read_at, *secret, &resolved);
        Ok(Some(resolved.principal))
    }

    /// Records the use of a token if that is due, without making the call wait for it.
    fn record_use(&self, cached: &CachedPrincipal) {
        if !cached.use_recording.is_due() {
            return;
        }
        let Some(token) = cached.principal.token() else { return };
        let store = self.store.clone();
        tokio::spawn(async move {
            if let Err(error) = store.access().record_token_use(&token).await {
                // Such as a database that is read-only: calls do not depend on it.
                tracing::debug!(%error, "could not record the use of a token");
            }
        });
    }

    /// Waits until a token is no longer valid.
    pub(crate) async fn ended(&self, secret: &SecretDigest) {
        loop {
            tokio::time::sleep(CHECK_INTERVAL).await;
            // While the database does not answer, the call continues.
            if matches!(self.resolve(secret).await, Ok(None)) {
                return;
            }
        }
    }
}

/// Time between two checks of the token of a call or stream that lasts.
pub(crate) const CHECK_INTERVAL: Duration = Duration::from_millis(500);

/// Returns the same status for unknown, expired and revoked tokens, so that a caller cannot probe for tokens.
pub(crate) fn invalid_credentials() -> Status {
    unauthenticated("the credentials are unknown, expired or revoked")
}
