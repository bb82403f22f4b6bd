//! A count that falls with time.

use tokio::time::Instant;

/// Seconds of a limit that may be used at once.
const BURST_SECONDS: f64 = 5.0;

/// Events, each of which counts less the longer ago it was: `per_second` of them are forgotten every second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FallingCount {
    count: f64,
    at: Instant,
}

impl Default for FallingCount {
    fn default() -> Self {
        Self { count: 0.0, at: Instant::now() }
    }
}

impl FallingCount {
    /// Counts an event, up to a limit, so that also the longest series is forgotten within seconds of its end.
    pub(crate) fn add(&mut self, per_second: u32) {
        let count = (self.now(per_second) + 1.0).min(2.0 * full(per_second));
        *self = Self { count, at: Instant::now() };
    }

    /// Returns whether more than `per_second` came for some time, or five times as many at once.
    pub(crate) fn is_full(self, per_second: u32) -> bool {
        self.now(per_second) >= full(per_second)
    }

    /// Returns whether nothing counts any more.
    pub(crate) fn is_empty(self, per_second: u32) -> bool {
        self.now(per_second) <= 0.0
    }

    fn now(self, per_second: u32) -> f64 {
        (self.count - self.at.elapsed().as_secs_f64() * f64::from(per_second)).max(0.0)
    }
}

fn full(per_second: u32) -> f64 {
    f64::from(per_second) * BURST_SECONDS
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::FallingCount;

    #[tokio::test(start_paused = true)]
    async fn a_burst_fills_it_and_the_longest_series_is_forgotten_in_ten_seconds() {
        let mut count = FallingCount::default();
        for _ in 0..10 {
            assert!(!count.is_full(2));
            count.add(2);
        }
        assert!(count.is_full(2));
        for _ in 0..1_000 {
            count.add(2);
        }
        tokio::time::advance(Duration::from_millis(4_900)).await;
        assert!(count.is_full(2));
        tokio::time::advance(Duration::from_millis(200)).await;
        assert!(!count.is_full(2) && !count.is_empty(2));
        tokio::time::advance(Duration::from_secs(5)).await;
        assert!(count.is_empty(2));
    }
}
