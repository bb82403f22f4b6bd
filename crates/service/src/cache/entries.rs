//! Cached briefs and principals, bounded in size, with the log of recent invalidations.
//!
//! A database read and an invalidation can overlap: a read that began before a change must not be cached after the
//! change was invalidated. Each insertion therefore names the number of invalidations before its read, and is skipped
//! if the resource is among the invalidations since.

use std::collections::VecDeque;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chancery_brief::marking::{Clearance, Rank};
use chancery_proto::names::ResourceId;
use chancery_store::{Principal, TOKEN_USE_INTERVAL};
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};
use tokio::time::Instant;

use crate::briefs::encoded_brief::EncodedBrief;

/// Names of invalidated resources to remember. The result of a read that more invalidations overlap is not cached.
const MAX_RECENT: usize = 8192;

const MAX_PRINCIPALS: usize = 10_000;

/// Approximate size of a cached brief besides its name and content, in bytes.
const ENTRY_OVERHEAD: u64 = 256;

/// Clearances are ranks below this number.
const RANKS: u8 = 16;

/// The SHA-256 of a token's secret.
pub(crate) type SecretDigest = [u8; 32];

/// An encoded `GetBrief` response for one clearance.
#[derive(Debug)]
pub(crate) struct CachedBrief {
    pub(crate) workspace: ResourceId,
    pub(crate) etag: String,
    pub(crate) encoded: EncodedBrief,
}

/// A principal, and the time at which its token expires.
#[derive(Debug, Clone)]
pub(crate) struct CachedPrincipal {
    pub(crate) principal: Arc<Principal>,
    pub(crate) expires_at: Option<Instant>,
    pub(crate) use_recording: Arc<UseRecording>,
}

/// When the use of a token is to be recorded next: each process records it once in [`TOKEN_USE_INTERVAL`] at most.
#[derive(Debug)]
pub(crate) struct UseRecording {
    since: Instant,
    /// Seconds after `since`.
    due: AtomicU64,
}

impl UseRecording {
    /// Starts with a use that is to be recorded after a pause.
    pub(crate) fn after(pause: Duration) -> Self {
        // Rounded up: the database ignores a use within the pause.
        let due = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
        Self { since: Instant::now(), due: AtomicU64::new(due) }
    }

    /// Returns whether to record a use now. Of concurrent calls, one gets `true`.
    pub(crate) fn is_due(&self) -> bool {
        let (now, due) = (self.since.elapsed().as_secs(), self.due.load(Relaxed));
        let next = now + TOKEN_USE_INTERVAL.as_secs();
        now >= due && self.due.compare_exchange(due, next, Relaxed, Relaxed).is_ok()
    }
}

#[derive(Debug)]
pub(crate) struct Entries {
    caches_briefs: bool,
    briefs: Cache<BriefKey, Arc<CachedBrief>, BriefWeighter>,
    principals: Cache<SecretDigest, CachedPrincipal>,
    invalidations: Mutex<Invalidations>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct BriefKey {
    name: Box<str>,
    rank: u8,
}

/// Borrowed form of [`BriefKey`], with the same hash.
#[derive(Hash)]
struct BriefKeyRef<'a> {
    name: &'a str,
    rank: u8,
}

impl Equivalent<BriefKey> for BriefKeyRef<'_> {
    fn equivalent(&self, key: &BriefKey) -> bool {
        self.rank == key.rank && *self.name == *key.name
    }
}

#[derive(Debug, Clone)]
struct BriefWeighter;

impl Weighter<BriefKey, Arc<CachedBrief>> for BriefWeighter {
    fn weight(&self, key: &BriefKey, brief: &Arc<CachedBrief>) -> u64 {
        ENTRY_OVERHEAD + key.name.len() as u64 + brief.encoded.len() as u64
    }
}

/// The number of invalidations so far, and the names of the most recent ones, newest last.
#[derive(Debug, Default)]
struct Invalidations {
    count: u64,
    recent: VecDeque<Box<str>>,
}

impl Invalidations {
    /// Returns whether `name` is known not to be among the invalidations after the first `count`.
    fn none_since(&self, count: u64, name: &str) -> bool {
        let Ok(since) = usize::try_from(self.count - count) else { return false };
        since <= self.recent.len() && self.recent.iter().rev().take(since).all(|recent| **recent != *name)
    }

    fn push(&mut self, name: &str) {
        self.count += 1;
        if self.recent.len() == MAX_RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(name.into());
    }
}

impl Entries {
    pub(crate) fn new(brief_bytes: Option<u64>) -> Self {
        let caches_briefs = brief_bytes.is_some();
        let brief_bytes = brief_bytes.unwrap_or(1);
        // Initial capacity for briefs of some 20 KB.
        let capacity = usize::try_from(brief_bytes / 20_000).unwrap_or(usize::MAX).min(100_000);
        Self {
            caches_briefs,
            briefs: Cache::with_weighter(capacity, brief_bytes, BriefWeighter),
            principals: Cache::new(MAX_PRINCIPALS),
            invalidations: Mutex::default(),
        }
    }

    pub(crate) fn brief(&self, name: &str, clearance: Clearance) -> Option<Arc<CachedBrief>> {
        self.briefs.get(&BriefKeyRef { name, rank: rank(clearance.0) })
    }

    pub(crate) fn principal(&self, secret: &SecretDigest) -> Option<CachedPrincipal> {
        let cached = self.principals.get(secret)?;
        cached.expires_at.is_none_or(|expires_at| expires_at > Instant::now()).then_some(cached)
    }

    /// Returns the number of invalidations so far.
    pub(crate) fn invalidations(&self) -> u64 {
        self.lock_invalidations().count
    }

    pub(crate) fn insert_brief(
        &self,
        read_at: u64,
        name: &str,
        clearance: Clearance,
        brief: &Arc<CachedBrief>,
    ) {
        // The lock is held across the insertion, so that no invalidation comes between the check and it.
        let invalidations = self.lock_invalidations();
        if self.caches_briefs && invalidations.none_since(read_at, name) {
            let key = BriefKey { name: name.into(), rank: rank(clearance.0) };
            self.briefs.insert(key, Arc::clone(brief));
        }
    }

    pub(crate) fn insert_principal(&self, read_at: u64, secret: SecretDigest, principal: &CachedPrincipal) {
        let invalidations = self.lock_invalidations();
        if invalidations.none_since(read_at, &principal.principal.subject) {
            self.principals.insert(secret, principal.clone());
        }
    }

    pub(crate) fn invalidate_brief(&self, name: &str) {
        self.lock_invalidations().push(name);
        for rank in 0..RANKS {
            self.briefs.remove(&BriefKeyRef { name, rank });
        }
    }

    pub(crate) fn invalidate_token(&self, subject: &str) {
        self.lock_invalidations().push(subject);
        self.principals.retain(|_, cached| cached.principal.subject != subject);
    }

    pub(crate) fn invalidate_all(&self) {
        let mut invalidations = self.lock_invalidations();
        // Exceeds what `recent` can hold, so that no read in flight is cached.
        invalidations.count += MAX_RECENT as u64 + 1;
        invalidations.recent.clear();
        self.briefs.clear();
        self.principals.clear();
    }

    fn lock_invalidations(&self) -> MutexGuard<'_, Invalidations> {
        self.invalidations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn rank(rank: Rank) -> u8 {
    u8::from(rank)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use chancery_brief::marking::{Clearance, Rank};

    use super::{CachedBrief, EncodedBrief, Entries, MAX_RECENT, UseRecording};

    const NAME: &str = "workspaces/w1/briefs/b1";

    fn clearance(rank: u8) -> Clearance {
        Clearance(Rank::from(rank))
    }

    fn brief() -> Arc<CachedBrief> {
        Arc::new(CachedBrief {
            workspace: "w1".parse().unwrap(),
            etag: "e".into(),
            encoded: EncodedBrief::of_message(&[0; 100]),
        })
    }

    #[test]
    fn a_brief_is_cached_for_one_clearance_until_it_is_invalidated() {
        let entries = Entries::new(Some(1_000_000));
        entries.insert_brief(0, NAME, clearance(2), &brief());
        assert!(entries.brief(NAME, clearance(2)).is_some());
        assert!(
            entries.brief(NAME, clearance(1)).is_none()
                && entries.brief("workspaces/w1/briefs/b2", clearance(2)).is_none()
        );
        entries.invalidate_brief("workspaces/w1/briefs/b2");
        assert!(entries.brief(NAME, clearance(2)).is_some());
        entries.invalidate_brief(NAME);
        assert!(entries.brief(NAME, clearance(2)).is_none());
    }

    #[test]
    fn a_read_that_began_before_an_invalidation_is_not_cached_after_it() {
        let entries = Entries::new(Some(1_000_000));
        let read_at = entries.invalidations();
        entries.invalidate_brief(NAME);
        entries.insert_brief(read_at, NAME, clearance(0), &brief());
        assert!(entries.brief(NAME, clearance(0)).is_none());
        // Other invalidations matter only once there are more than `recent` holds.
        let read_at = entries.invalidations();
        entries.invalidate_brief("other");
        entries.insert_brief(read_at, NAME, clearance(0), &brief());
        assert!(entries.brief(NAME, clearance(0)).is_some());
        entries.invalidate_brief(NAME);
        let read_at = entries.invalidations();
        (0..=MAX_RECENT).for_each(|_| entries.invalidate_brief("other"));
        entries.insert_brief(read_at, NAME, clearance(0), &brief());
        assert!(entries.brief(NAME, clearance(0)).is_none());
        let read_at = entries.invalidations();
        entries.invalidate_all();
        entries.insert_brief(read_at, NAME, clearance(0), &brief());
        assert!(entries.brief(NAME, clearance(0)).is_none());
    }

    #[test]
    fn cached_briefs_stay_within_the_memory_limit() {
        let entries = Entries::new(Some(10_000));
        for number in 0..1000 {
            entries.insert_brief(0, &format!("workspaces/w1/briefs/b{number}"), clearance(0), &brief());
        }
        assert!(entries.briefs.weight() <= 10_000, "{}", entries.briefs.weight());
    }

    #[test]
    fn a_use_is_recorded_once_it_is_due_and_then_not_soon_again() {
        let recording = UseRecording::after(Duration::ZERO);
        assert!(recording.is_due());
        assert!(!recording.is_due());
        for pause in [Duration::from_millis(900), Duration::from_mins(5)] {
            assert!(!UseRecording::after(pause).is_due(), "{pause:?}");
        }
    }
}
