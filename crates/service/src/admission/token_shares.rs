//! Limits each token to a share of a listener's calls, so that a stolen or runaway token leaves room for the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::kind::{KINDS, Kind};
use super::limits::CallLimits;
use crate::cache::entries::SecretDigest;

/// The calls of each token. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct TokenShares {
    limits: CallLimits,
    calls: Arc<Mutex<HashMap<SecretDigest, [usize; KINDS]>>>,
}

impl TokenShares {
    /// Shares of `percent` of a listener's limits for each token, at least one call of each kind.
    pub(crate) fn new(limits: CallLimits, percent: usize) -> Self {
        let share = |limit: usize| (limit.saturating_mul(percent) / 100).max(1);
        let limits = CallLimits {
            quick: share(limits.quick),
            waiting: share(limits.waiting),
            streaming: share(limits.streaming),
            uploads: share(limits.uploads),
        };
        Self { limits, calls: Arc::default() }
    }

    /// Counts a call of a token, or returns `None` if its share is taken.
    pub(crate) fn admit(&self, token: SecretDigest, kind: Kind) -> Option<Share> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let count = &mut calls.entry(token).or_default()[kind as usize];
        if *count >= self.limits.of(kind) {
            return None;
        }
        *count += 1;
        drop(calls);
        Some(Share { shares: self.clone(), token, kind })
    }
}

/// A call's part of its token's share, free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    shares: TokenShares,
    token: SecretDigest,
    kind: Kind,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut calls = self.shares.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counts) = calls.get_mut(&self.token) {
            counts[self.kind as usize] -= 1;
            if *counts == [0; KINDS] {
                calls.remove(&self.token);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kind::Kind;
    use super::super::limits::CallLimits;
    use super::TokenShares;

    #[test]
    fn a_token_has_its_share_of_each_kind_and_gets_it_back() {
        let limits = CallLimits { quick: 8, waiting: 4, streaming: 4, uploads: 1 };
        let shares = TokenShares::new(limits, 25);
        let (one, other) = ([1; 32], [2; 32]);
        let first = shares.admit(one, Kind::Quick).unwrap();
        let _second = shares.admit(one, Kind::Quick).unwrap();
        assert!(shares.admit(one, Kind::Quick).is_none());
        let _streaming = shares.admit(one, Kind::Streaming).unwrap();
        let _upload = shares.admit(one, Kind::Upload).expect("at least one");
        let others = shares.admit(other, Kind::Quick).unwrap();
        drop(first);
        assert!(shares.admit(one, Kind::Quick).is_some());
        assert_eq!(shares.calls.lock().unwrap().len(), 2);
        drop(others);
        assert_eq!(shares.calls.lock().unwrap().len(), 1, "tokens without calls are forgotten");
    }
}
