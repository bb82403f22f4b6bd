//! Backoff between retries.

use std::time::Duration;

/// Exponential backoff with decorrelated jitter: each wait is random between the shortest one and three times the last, so
/// that workers do not reconnect all at once after an outage.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    shortest: Duration,
    longest: Duration,
    last: Duration,
}

impl Backoff {
    pub(crate) const fn new(shortest: Duration, longest: Duration) -> Self {
        Self { shortest, longest, last: shortest }
    }

    /// Returns the backoff for calls within a job, whose lease expires meanwhile.
    pub(crate) const fn for_call() -> Self {
        Self::new(Duration::from_millis(50), Duration::from_secs(3))
    }

    /// Returns the backoff between attempts to lease tasks.
    pub(crate) const fn for_acquire() -> Self {
        Self::new(Duration::from_millis(100), Duration::from_secs(10))
    }

    /// Makes the next wait short again, after a success.
    pub(crate) const fn reset(&mut self) {
        self.last = self.shortest;
    }

    /// Returns the duration of the next wait.
    pub(crate) fn next(&mut self) -> Duration {
        let span = (self.last * 3).saturating_sub(self.shortest);
        self.last = (self.shortest + span.mul_f64(random_fraction())).min(self.longest);
        self.last
    }

    /// Waits.
    pub(crate) async fn wait(&mut self) {
        tokio::time::sleep(self.next()).await;
    }
}

/// Returns a random number from 0 to 1. Without a source of randomness, all workers wait equally long, which is
/// tolerable.
fn random_fraction() -> f64 {
    getrandom::u32().map_or(0.5, |random| f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Backoff;

    #[test]
    fn waits_grow_to_a_limit_and_reset_after_a_success() {
        let (shortest, longest) = (Duration::from_millis(10), Duration::from_millis(200));
        let mut backoff = Backoff::new(shortest, longest);
        for _ in 0..100 {
            let wait = backoff.next();
            assert!(shortest <= wait && wait <= longest, "{wait:?}");
        }
        backoff.reset();
        assert!(backoff.next() <= shortest * 3);
    }

    #[test]
    fn two_backoffs_differ() {
        let mut backoffs = [Backoff::for_acquire(), Backoff::for_acquire()];
        let waits = backoffs.each_mut().map(|backoff| [0; 8].map(|_| backoff.next()));
        assert_ne!(waits[0], waits[1]);
    }
}
