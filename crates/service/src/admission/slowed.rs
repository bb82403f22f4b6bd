//! Calls that have to wait because their caller makes many that come to nothing.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;

use crate::observability::rare_event::RareEvent;

/// Time that a call waits, at least and up to twice as long: that of the `RetryInfo` of refused calls.
const WAIT: Duration = Duration::from_secs(1);

/// The waits of a listener's calls. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Slowed {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    count: Counter,
    number: AtomicU32,
    log: RareEvent,
}

impl Slowed {
    /// Counts the waits in `count`.
    pub(crate) fn new(count: Counter) -> Self {
        Self { shared: Arc::new(Shared { count, number: AtomicU32::new(0), log: RareEvent::default() }) }
    }

    /// Lets a call wait. `what` says whose it is.
    pub(crate) async fn wait(&self, what: &str, whose: impl fmt::Display) {
        self.shared.count.inc();
        self.shared.log.log(|before| {
            tracing::warn!(what, %whose, before, "many calls come to nothing: they have to wait");
        });
        tokio::time::sleep(self.next_wait()).await;
    }

    /// Returns how long the next call has to wait. Calls that come together wait for different times, so that they do not go
    /// on together.
    fn next_wait(&self) -> Duration {
        /// The golden ratio of the range of numbers: its multiples are evenly spread over it.
        const STEP: u32 = 0x9e37_79b9;
        let number = self.shared.number.fetch_add(1, Ordering::Relaxed).wrapping_mul(STEP);
        WAIT.mul_f64(1.0 + f64::from(number) / f64::from(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::metrics::counter::Counter;

    use super::{Slowed, WAIT};

    #[test]
    fn waits_are_spread_evenly() {
        let slowed = Slowed::new(Counter::default());
        let mut waits: Vec<_> = (0..100).map(|_| slowed.next_wait()).collect();
        waits.sort_unstable();
        assert!(waits[0] >= WAIT && waits[99] <= WAIT * 2);
        assert!(waits.windows(2).all(|pair| pair[1].abs_diff(pair[0]) < WAIT / 40), "{waits:?}");
    }
}
