//! Tokens that were looked up in vain: remembered for a moment, and limited by the address that sends them, so that guessing
//! takes little from the database.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio::time::Instant;
use tonic::Status;

use crate::auth::token_resolver::invalid_credentials;
use crate::cache::entries::SecretDigest;
use crate::listener::{FallingCount, network};
use crate::observability::rare_event::RareEvent;
use crate::rpc::errors::busy;

/// Time for which an unknown token is not looked up again. A token that is created meanwhile works after it.
const REMEMBERED: Duration = Duration::from_secs(2);

/// Maximum number of remembered tokens.
const MAX_TOKENS: usize = 10_000;

/// Maximum number of addresses that are counted.
const MAX_ADDRESSES: usize = 10_000;

/// Unknown tokens of a listener's callers.
#[derive(Debug)]
pub(crate) struct UnknownTokens {
    per_second: u32,
    remembered: Cache<SecretDigest, Instant>,
    addresses: Mutex<HashMap<IpAddr, FallingCount>>,
    refusals: RareEvent,
}

impl UnknownTokens {
    /// Limits each address to a number of unknown tokens per second, and five times as many at once.
    pub(crate) fn new(per_second: u32) -> Self {
        Self {
            per_second,
            remembered: Cache::new(MAX_TOKENS),
            addresses: Mutex::default(),
            refusals: RareEvent::default(),
        }
    }

    /// Admits the lookup of a token.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` if it was unknown a moment ago; `RESOURCE_EXHAUSTED` if the address sent too many unknown ones.
    pub(crate) fn admit(&self, secret: &SecretDigest, address: Option<IpAddr>) -> Result<(), Status> {
        if self.remembered.get(secret).is_some_and(|since| since.elapsed() < REMEMBERED) {
            return Err(invalid_credentials());
        }
        let Some(address) = address.map(network) else { return Ok(()) };
        let count = self.addresses().get(&address).copied();
        if !count.is_some_and(|count| count.is_full(self.per_second)) {
            return Ok(());
        }
        self.refusals.log(|before| {
            tracing::warn!(%address, before, "an address sends too many unknown tokens; its lookups are refused");
        });
        Err(busy("too many unknown tokens from this address; retry later"))
    }

    /// Counts a token that is unknown.
    pub(crate) fn add(&self, secret: SecretDigest, address: Option<IpAddr>) {
        self.remembered.insert(secret, Instant::now());
        let Some(address) = address.map(network) else { return };
        let mut addresses = self.addresses();
        if addresses.len() >= MAX_ADDRESSES {
            addresses.retain(|_, count| !count.is_empty(self.per_second));
        }
        if addresses.len() >= MAX_ADDRESSES {
            addresses.clear();
        }
        addresses.entry(address).or_default().add(self.per_second);
    }

    fn addresses(&self) -> std::sync::MutexGuard<'_, HashMap<IpAddr, FallingCount>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tonic::Code;

    use super::{REMEMBERED, UnknownTokens};

    #[tokio::test(start_paused = true)]
    async fn an_unknown_token_is_remembered_for_a_moment() {
        let tokens = UnknownTokens::new(20);
        tokens.admit(&[1; 32], None).unwrap();
        tokens.add([1; 32], None);
        assert_eq!(tokens.admit(&[1; 32], None).unwrap_err().code(), Code::Unauthenticated);
        tokens.admit(&[2; 32], None).unwrap();
        tokio::time::advance(REMEMBERED).await;
        tokens.admit(&[1; 32], None).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_with_many_unknown_tokens_waits_and_others_do_not() {
        let tokens = UnknownTokens::new(2);
        let (one, other) = ("192.0.2.1".parse().ok(), "192.0.2.2".parse().ok());
        for number in 0..10 {
            tokens.admit(&[number; 32], one).unwrap();
            tokens.add([number; 32], one);
        }
        assert_eq!(tokens.admit(&[99; 32], one).unwrap_err().code(), Code::ResourceExhausted);
        tokens.admit(&[99; 32], other).unwrap();
        tokio::time::advance(Duration::from_millis(600)).await;
        tokens.admit(&[99; 32], one).unwrap();
    }
}
