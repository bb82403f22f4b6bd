//! Limits each token to a share of a listener's calls, so that a stolen or runaway token leaves room for the others, and
//! counts those that are cancelled.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::kind::{KINDS, Kind};
use super::limits::CallLimits;
use crate::cache::entries::SecretDigest;
use crate::listener::FallingCount;

/// A call that is cancelled sooner counts as one that was made only for that.
const SOON: Duration = Duration::from_secs(1);

/// Part of a call's time until its deadline after which its end is not a caller's whim: the caller's clock began earlier.
const NEAR_DEADLINE: f64 = 0.8;

/// The calls of each token. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct TokenShares {
    limits: CallLimits,
    max_cancelled: u32,
    tokens: Arc<Mutex<HashMap<SecretDigest, Calls>>>,
}

/// The calls of a token.
#[derive(Debug, Default)]
struct Calls {
    running: [usize; KINDS],
    cancelled: FallingCount,
}

impl TokenShares {
    /// Shares of `percent` of a listener's limits for each token, at least one call of each kind; `max_cancelled` calls of
    /// each may be cancelled per second.
    pub(crate) fn new(limits: CallLimits, percent: usize, max_cancelled: u32) -> Self {
        let share = |limit: usize| (limit.saturating_mul(percent) / 100).max(1);
        let limits = CallLimits {
            quick: share(limits.quick),
            waiting: share(limits.waiting),
            streaming: share(limits.streaming),
            uploads: share(limits.uploads),
            large_messages: share(limits.large_messages),
        };
        Self { limits, max_cancelled, tokens: Arc::default() }
    }

    /// Counts a call of a token, or returns `None` if its share is taken.
    pub(crate) fn admit(&self, token: SecretDigest, kind: Kind) -> Option<Share> {
        let mut tokens = self.tokens();
        let count = &mut tokens.entry(token).or_default().running[kind as usize];
        if *count >= self.limits.of(kind) {
            return None;
        }
        *count += 1;
        drop(tokens);
        let counts_until = Instant::now() + SOON;
        // A large message belongs to a call, which counts.
        let is_done = kind == Kind::LargeMessage;
        Some(Share { shares: self.clone(), token, kind, counts_until, is_done })
    }

    /// Returns whether too many of a token's calls were cancelled soon after they began.
    pub(crate) fn cancels_often(&self, token: &SecretDigest) -> bool {
        self.tokens().get(token).is_some_and(|calls| calls.cancelled.is_full(self.max_cancelled))
    }

    /// Returns whether a call of such a token may proceed, and counts it as if it were cancelled, too: so the number that
    /// proceed is limited as well.
    pub(crate) fn proceeds(&self, token: SecretDigest) -> bool {
        let mut tokens = self.tokens();
        let cancelled = &mut tokens.entry(token).or_default().cancelled;
        let proceeds = !cancelled.is_full(self.max_cancelled);
        if proceeds {
            cancelled.add(self.max_cancelled);
        }
        proceeds
    }

    fn tokens(&self) -> MutexGuard<'_, HashMap<SecretDigest, Calls>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call's part of its token's share, free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    shares: TokenShares,
    token: SecretDigest,
    kind: Kind,
    /// Time until which the call counts as cancelled if it ends undone.
    counts_until: Instant,
    is_done: bool,
}

impl Share {
    /// States the call's deadline. A call that ends by that, as many do while a database is slow, is not cancelled.
    pub(crate) fn expect_end(&mut self, deadline: Instant) {
        let left = deadline.saturating_duration_since(Instant::now());
        self.counts_until = self.counts_until.min(Instant::now() + left.mul_f64(NEAR_DEADLINE));
    }

    /// Says that the call's work is done.
    pub(crate) fn done(&mut self) {
        self.is_done = true;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut tokens = self.shares.tokens();
        let Some(calls) = tokens.get_mut(&self.token) else { return };
        calls.running[self.kind as usize] -= 1;
        if !self.is_done && Instant::now() < self.counts_until {
            calls.cancelled.add(self.shares.max_cancelled);
        }
        if calls.running == [0; KINDS] && calls.cancelled.is_empty(self.shares.max_cancelled) {
            tokens.remove(&self.token);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::super::kind::Kind;
    use super::super::limits::CallLimits;
    use super::TokenShares;

    const LIMITS: CallLimits =
        CallLimits { quick: 8, waiting: 4, streaming: 4, uploads: 1, large_messages: 1 };

    #[tokio::test(start_paused = true)]
    async fn a_token_has_its_share_of_each_kind_and_gets_it_back() {
        let shares = TokenShares::new(LIMITS, 25, 10);
        let (one, other) = ([1; 32], [2; 32]);
        let admit = |token, kind| {
            let mut share = shares.admit(token, kind);
            share.iter_mut().for_each(super::Share::done);
            share
        };
        let first = admit(one, Kind::Quick).unwrap();
        let _second = admit(one, Kind::Quick).unwrap();
        assert!(admit(one, Kind::Quick).is_none());
        let _streaming = admit(one, Kind::Streaming).unwrap();
        let _upload = admit(one, Kind::Upload).expect("at least one");
        let others = admit(other, Kind::Quick).unwrap();
        drop(first);
        assert!(admit(one, Kind::Quick).is_some());
        assert_eq!(shares.tokens().len(), 2);
        drop(others);
        assert_eq!(shares.tokens().len(), 1, "tokens without calls are forgotten");
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_are_cancelled_soon_count_until_they_are_forgotten() {
        let shares = TokenShares::new(LIMITS, 100, 2);
        let token = [1; 32];
        let call = |is_done: bool, seconds| {
            let shares = shares.clone();
            async move {
                let mut share = shares.admit(token, Kind::Quick).unwrap();
                tokio::time::advance(Duration::from_secs(seconds)).await;
                if is_done {
                    share.done();
                }
            }
        };
        for _ in 0..20 {
            call(true, 0).await;
            call(false, 1).await;
        }
        for _ in 0..20 {
            let mut share = shares.admit(token, Kind::Quick).unwrap();
            share.expect_end(Instant::now() + Duration::from_millis(50));
            tokio::time::advance(Duration::from_millis(48)).await;
        }
        assert!(!shares.cancels_often(&token), "done, cancelled after a while, or ended by a deadline");
        for _ in 0..10 {
            assert!(!shares.cancels_often(&token));
            call(false, 0).await;
        }
        assert!(shares.cancels_often(&token) && !shares.proceeds(token));
        tokio::time::advance(Duration::from_millis(400)).await;
        assert!(shares.proceeds(token) && !shares.proceeds(token), "as many proceed as are forgotten");
        tokio::time::advance(Duration::from_secs(6)).await;
        assert!(!shares.cancels_often(&token));
    }
}
