//! Admits calls to a listener: up to a number of each kind, and up to a share of it for each token.

use std::sync::Arc;

use chancery_proto::descriptors::MethodTraits;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tonic::Status;

use super::kind::{self, KINDS, Kind, Method};
use super::limits::CallLimits;
use super::slowed::Slowed;
use super::token_shares::{Share, TokenShares};
use super::unread::{CountedBytes, UnreadResponses};
use crate::cache::entries::SecretDigest;
use crate::rpc::errors::busy;

/// Limits of calls that need no token: health checks and reflection.
const WITHOUT_TOKEN: CallLimits =
    CallLimits { quick: 128, waiting: 512, streaming: 1, uploads: 1, large_messages: 1 };

/// Maximum number of tokens that are looked up at once.
const LOOKUPS: usize = 1024;

/// Admits the calls of a listener. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Admission {
    permits: Permits,
    without_token: Permits,
    shares: TokenShares,
    slowed: Slowed,
    lookups: Arc<Semaphore>,
    /// The responses that callers have not read yet.
    pub(crate) unread: UnreadResponses,
}

impl Admission {
    /// Admits up to `limits`, and `percent` of them to each token, of which `max_cancelled` calls per second may be cancelled.
    pub(crate) fn new(
        limits: CallLimits,
        unread: UnreadResponses,
        percent: u32,
        max_cancelled: u32,
        slowed: Slowed,
    ) -> Self {
        kind::prepare();
        Self {
            permits: Permits::new(limits),
            without_token: Permits::new(WITHOUT_TOKEN),
            shares: TokenShares::new(limits, percent as usize, max_cancelled),
            slowed,
            lookups: Arc::new(Semaphore::new(LOOKUPS)),
            unread,
        }
    }

    /// Admits the lookup of a token.
    ///
    /// # Errors
    /// `RESOURCE_EXHAUSTED` if too many tokens are being looked up.
    pub(crate) fn admit_lookup(&self) -> Result<OwnedSemaphorePermit, Status> {
        let permit = Arc::clone(&self.lookups).try_acquire_owned();
        permit.map_err(|_| busy("too many concurrent calls; retry later"))
    }

    /// Lets a call wait if many with its token were cancelled soon after they began, so that storms of cancelled calls take
    /// little from others, whatever connections they come over.
    ///
    /// # Errors
    /// `RESOURCE_EXHAUSTED` if there are still too many after the wait.
    pub(crate) async fn slow_down(&self, token: SecretDigest, subject: &str) -> Result<(), Status> {
        if !self.shares.cancels_often(&token) {
            return Ok(());
        }
        self.slowed.wait("token", subject).await;
        if self.shares.proceeds(token) {
            Ok(())
        } else {
            Err(busy("too many calls with this token are cancelled; retry later"))
        }
    }

    /// Admits a call with a token, by the traits of its method, and counts the response of one with chunks.
    ///
    /// # Errors
    /// As [`Admission::admit`], and `RESOURCE_EXHAUSTED` if too many bytes of responses are unread, of the token or in all.
    pub(crate) fn admit_call(
        &self,
        token: SecretDigest,
        method: Method,
        traits: MethodTraits,
    ) -> Result<Admitted, Status> {
        if traits.has_side_effects {
            // Its response can no longer be refused once it is done.
            self.unread.check(&token)?;
        }
        let chunks = method.answers_in_chunks.then(|| self.unread.count_stream(token)).transpose()?;
        Ok(Admitted { _chunks: chunks, ..self.admit(token, method.kind)? })
    }

    /// Admits a part of a call with a token. The token's share comes first, so that its excess takes nothing from the others.
    ///
    /// # Errors
    /// `RESOURCE_EXHAUSTED` if too many calls are running, of the token or in all.
    pub(crate) fn admit(&self, token: SecretDigest, kind: Kind) -> Result<Admitted, Status> {
        let share = self.shares.admit(token, kind);
        let mut share =
            share.ok_or_else(|| busy("too many concurrent calls with this token; retry later"))?;
        match self.permits.admit(kind) {
            Ok(permit) => Ok(Admitted { _permit: permit, share: Some(share), _chunks: None }),
            Err(status) => {
                // It was not the caller who ended the call.
                share.done();
                Err(status)
            }
        }
    }

    /// Admits a call of a method that needs no token.
    ///
    /// # Errors
    /// `RESOURCE_EXHAUSTED` if too many such calls are running.
    pub(crate) fn admit_without_token(&self, kind: Kind) -> Result<Admitted, Status> {
        Ok(Admitted { _permit: self.without_token.admit(kind)?, share: None, _chunks: None })
    }
}

/// An admitted call. Its place is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    _permit: OwnedSemaphorePermit,
    share: Option<Share>,
    /// The chunks of its response.
    _chunks: Option<CountedBytes>,
}

impl Admitted {
    /// States the call's deadline.
    pub(crate) fn expect_end(&mut self, deadline: Instant) {
        if let Some(share) = &mut self.share {
            share.expect_end(deadline);
        }
    }

    /// Says that the call's work is done: one that ends without was cancelled.
    pub(crate) fn done(&mut self) {
        if let Some(share) = &mut self.share {
            share.done();
        }
    }
}

/// Permits for each kind.
#[derive(Debug, Clone)]
struct Permits(Arc<[Arc<Semaphore>; KINDS]>);

impl Permits {
    fn new(limits: CallLimits) -> Self {
        let semaphore = |kind| Arc::new(Semaphore::new(limits.of(kind).min(Semaphore::MAX_PERMITS)));
        Self(Arc::new(Kind::ALL.map(semaphore)))
    }

    fn admit(&self, kind: Kind) -> Result<OwnedSemaphorePermit, Status> {
        let permit = Arc::clone(&self.0[kind as usize]).try_acquire_owned();
        permit.map_err(|_| busy("too many concurrent calls; retry later"))
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::metrics::counter::Counter;

    use super::super::kind::Kind;
    use super::super::limits::CallLimits;
    use super::super::slowed::Slowed;
    use super::super::unread::UnreadResponses;
    use super::Admission;

    const LIMITS: CallLimits =
        CallLimits { quick: 1, waiting: 1, streaming: 1, uploads: 1, large_messages: 1 };

    #[tokio::test(start_paused = true)]
    async fn only_calls_that_their_caller_ends_count_as_cancelled() {
        let waits = Counter::default();
        let unread = UnreadResponses::new(1, 100);
        let admission = Admission::new(LIMITS, unread, 100, 1, Slowed::new(waits.clone()));
        let (token, other) = ([1; 32], [2; 32]);
        let held = admission.admit(other, Kind::Quick).unwrap();
        for _ in 0..20 {
            admission.admit(token, Kind::Quick).unwrap_err();
        }
        drop(held);
        for _ in 0..20 {
            admission.admit(token, Kind::Quick).unwrap().done();
            admission.admit(token, Kind::LargeMessage).unwrap();
        }
        admission.slow_down(token, "one").await.unwrap();
        assert_eq!(waits.get(), 0);
        for _ in 0..20 {
            admission.admit(token, Kind::Quick).unwrap();
        }
        admission.slow_down(token, "one").await.unwrap_err();
        assert_eq!(waits.get(), 1);
    }
}
