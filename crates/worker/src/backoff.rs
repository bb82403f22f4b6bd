//! How long to wait before trying again.

use std::time::Duration;

/// Decorrelated jitter: each wait is drawn between the shortest one and three times the last, so that workers that
/// lost their service together do not come back together.
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

    /// For calls within a job: the lease runs out in the meantime.
    pub(crate) const fn of_call() -> Self {
        Self::new(Duration::from_millis(50), Duration::from_secs(3))
    }

    /// For a service that is away.
    pub(crate) const fn of_service() -> Self {
        Self::new(Duration::from_millis(100), Duration::from_secs(10))
    }

    /// After a success the next wait is short again.
    pub(crate) const fn reset(&mut self) {
        self.last = self.shortest;
    }

    /// The next wait.
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

/// From 0 up to 1. Without a source of randomness the waits are the same for everyone: worse, not wrong.
fn random_fraction() -> f64 {
    getrandom::u32().map_or(0.5, |random| f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Backoff;

    #[test]
    fn waits_grow_up_to_the_longest_and_start_over_after_a_success() {
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
    fn two_that_lost_their_service_together_do_not_come_back_together() {
        let mut backoffs = [Backoff::of_service(), Backoff::of_service()];
        let waits = backoffs.each_mut().map(|backoff| [0; 8].map(|_| backoff.next()));
        assert_ne!(waits[0], waits[1]);
    }
}
