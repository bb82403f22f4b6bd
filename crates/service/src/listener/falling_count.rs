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
    /// Counts an event.
    pub(crate) fn add(&mut self, per_second: u32) {
        *self = Self { count: self.now(per_second) + 1.0, at: Instant::now() };
    }

    /// Returns whether more than `per_second` came for some time, or five times as many at once.
    pub(crate) fn is_full(self, per_second: u32) -> bool {
        self.now(per_second) >= f64::from(per_second) * BURST_SECONDS
    }

    /// Returns whether nothing counts any more.
    pub(crate) fn is_empty(self, per_second: u32) -> bool {
        self.now(per_second) <= 0.0
    }

    fn now(self, per_second: u32) -> f64 {
        (self.count - self.at.elapsed().as_secs_f64() * f64::from(per_second)).max(0.0)
    }
}
