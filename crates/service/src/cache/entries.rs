//! Answers and principals in memory, bounded, and what was dropped of them lately: what was read from the database before
//! a drop must not be kept after it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chancery_brief::marking::{Clearance, Rank};
use chancery_proto::names::ResourceId;
use chancery_store::Principal;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};
use tokio::time::Instant;

use crate::briefs::get_brief::EncodedBrief;

/// Drops that are remembered. Whoever reads the database for longer than so many changes does not keep what he read.
const REMEMBERED: usize = 8192;

/// Principals that are kept at most.
const PRINCIPALS: usize = 10_000;

/// Bytes of an answer beside its content.
const OVERHEAD: u64 = 256;

/// The SHA-256 of a token's secret.
pub(crate) type SecretDigest = [u8; 32];

/// An encoded answer to `GetBrief`.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The brief's workspace.
    pub(crate) workspace: ResourceId,
    /// The brief's etag.
    pub(crate) etag: String,
    /// The encoded `Brief`.
    pub(crate) brief: EncodedBrief,
}

/// A principal, and until when its token holds.
#[derive(Debug, Clone)]
pub(crate) struct KeptPrincipal {
    pub(crate) principal: Arc<Principal>,
    pub(crate) until: Option<Instant>,
}

#[derive(Debug)]
pub(crate) struct Kept {
    keeps_answers: bool,
    answers: Cache<AnswerKey, Arc<Answer>, AnswerWeight>,
    principals: Cache<SecretDigest, KeptPrincipal>,
    dropped: Mutex<Dropped>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct AnswerKey {
    name: Box<str>,
    rank: u8,
}

/// A key that is looked for: hashes as [`AnswerKey`] does.
#[derive(Hash)]
struct LookedFor<'a> {
    name: &'a str,
    rank: u8,
}

impl Equivalent<AnswerKey> for LookedFor<'_> {
    fn equivalent(&self, key: &AnswerKey) -> bool {
        self.rank == key.rank && *self.name == *key.name
    }
}

#[derive(Debug, Clone)]
struct AnswerWeight;

impl Weighter<AnswerKey, Arc<Answer>> for AnswerWeight {
    fn weight(&self, key: &AnswerKey, answer: &Arc<Answer>) -> u64 {
        OVERHEAD + key.name.len() as u64 + answer.brief.len() as u64
    }
}

/// What was dropped lately, by resource name, the newest last.
#[derive(Debug, Default)]
struct Dropped {
    so_far: u64,
    latest: VecDeque<Box<str>>,
}

impl Dropped {
    /// Whether nothing of this name was dropped since so much had been.
    fn none_since(&self, so_far: u64, name: &str) -> bool {
        let since = self.so_far - so_far;
        let Ok(since) = usize::try_from(since) else { return false };
        since <= self.latest.len() && self.latest.iter().rev().take(since).all(|dropped| **dropped != *name)
    }

    fn push(&mut self, name: &str) {
        self.so_far += 1;
        if self.latest.len() == REMEMBERED {
            self.latest.pop_front();
        }
        self.latest.push_back(name.into());
    }
}

impl Kept {
    pub(crate) fn new(answer_bytes: Option<u64>) -> Self {
        let keeps_answers = answer_bytes.is_some();
        let answer_bytes = answer_bytes.unwrap_or(1);
        // How many answers to make room for at first: of some 20 KB each.
        let answers = usize::try_from(answer_bytes / 20_000).unwrap_or(usize::MAX).min(100_000);
        Self {
            keeps_answers,
            answers: Cache::with_weighter(answers, answer_bytes, AnswerWeight),
            principals: Cache::new(PRINCIPALS),
            dropped: Mutex::default(),
        }
    }

    pub(crate) fn answer(&self, name: &str, clearance: Clearance) -> Option<Arc<Answer>> {
        self.answers.get(&LookedFor { name, rank: rank(clearance.0) })
    }

    pub(crate) fn principal(&self, secret: &SecretDigest) -> Option<KeptPrincipal> {
        let kept = self.principals.get(secret)?;
        kept.until.is_none_or(|until| until > Instant::now()).then_some(kept)
    }

    pub(crate) fn dropped_so_far(&self) -> u64 {
        self.dropped().so_far
    }

    pub(crate) fn keep_answer(&self, so_far: u64, name: &str, clearance: Clearance, answer: &Arc<Answer>) {
        // Held while it is put in, so that no drop comes between.
        let dropped = self.dropped();
        if self.keeps_answers && dropped.none_since(so_far, name) {
            let key = AnswerKey { name: name.into(), rank: rank(clearance.0) };
            self.answers.insert(key, Arc::clone(answer));
        }
    }

    pub(crate) fn keep_principal(&self, so_far: u64, secret: SecretDigest, principal: &KeptPrincipal) {
        let dropped = self.dropped();
        if dropped.none_since(so_far, &principal.principal.subject) {
            self.principals.insert(secret, principal.clone());
        }
    }

    /// A brief changed.
    pub(crate) fn drop_brief(&self, name: &str) {
        self.dropped().push(name);
        for rank in 0..16 {
            self.answers.remove(&LookedFor { name, rank });
        }
    }

    /// A token was revoked.
    pub(crate) fn drop_token(&self, subject: &str) {
        self.dropped().push(subject);
        self.principals.retain(|_, kept| kept.principal.subject != subject);
    }

    /// Too much happened to go through it one by one.
    pub(crate) fn drop_everything(&self) {
        let mut dropped = self.dropped();
        // Whoever is reading the database now finds more drops than are remembered, and keeps nothing.
        dropped.so_far += REMEMBERED as u64 + 1;
        dropped.latest.clear();
        self.answers.clear();
        self.principals.clear();
    }

    fn dropped(&self) -> MutexGuard<'_, Dropped> {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn rank(rank: Rank) -> u8 {
    u8::from(rank)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chancery_brief::marking::{Clearance, Rank};

    use super::{Answer, EncodedBrief, Kept, REMEMBERED};

    const NAME: &str = "workspaces/w1/briefs/b1";

    fn clearance(rank: u8) -> Clearance {
        Clearance(Rank::from(rank))
    }

    fn answer() -> Arc<Answer> {
        Arc::new(Answer {
            workspace: "w1".parse().unwrap(),
            etag: "e".into(),
            brief: EncodedBrief::of_message(&[0; 100]),
        })
    }

    #[test]
    fn an_answer_is_for_one_clearance_and_goes_with_its_brief() {
        let kept = Kept::new(Some(1_000_000));
        kept.keep_answer(0, NAME, clearance(2), &answer());
        assert!(kept.answer(NAME, clearance(2)).is_some());
        assert!(
            kept.answer(NAME, clearance(1)).is_none()
                && kept.answer("workspaces/w1/briefs/b2", clearance(2)).is_none()
        );
        kept.drop_brief("workspaces/w1/briefs/b2");
        assert!(kept.answer(NAME, clearance(2)).is_some());
        kept.drop_brief(NAME);
        assert!(kept.answer(NAME, clearance(2)).is_none());
    }

    #[test]
    fn what_was_read_before_a_drop_is_not_kept_after_it() {
        let kept = Kept::new(Some(1_000_000));
        let before = kept.dropped_so_far();
        kept.drop_brief(NAME);
        kept.keep_answer(before, NAME, clearance(0), &answer());
        assert!(kept.answer(NAME, clearance(0)).is_none());
        // Drops of others do not matter, unless there are more than are remembered.
        let before = kept.dropped_so_far();
        kept.drop_brief("other");
        kept.keep_answer(before, NAME, clearance(0), &answer());
        assert!(kept.answer(NAME, clearance(0)).is_some());
        kept.drop_brief(NAME);
        let before = kept.dropped_so_far();
        (0..=REMEMBERED).for_each(|_| kept.drop_brief("other"));
        kept.keep_answer(before, NAME, clearance(0), &answer());
        assert!(kept.answer(NAME, clearance(0)).is_none());
        let before = kept.dropped_so_far();
        kept.drop_everything();
        kept.keep_answer(before, NAME, clearance(0), &answer());
        assert!(kept.answer(NAME, clearance(0)).is_none());
    }

    #[test]
    fn memory_is_bounded() {
        let kept = Kept::new(Some(10_000));
        for number in 0..1000 {
            kept.keep_answer(0, &format!("workspaces/w1/briefs/b{number}"), clearance(0), &answer());
        }
        assert!(kept.answers.weight() <= 10_000, "{}", kept.answers.weight());
    }
}
