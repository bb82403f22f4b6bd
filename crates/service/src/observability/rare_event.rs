//! Events that may be very frequent, of which the log has a line once in a while.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Time between two lines about the same kind of event.
const INTERVAL: Duration = Duration::from_secs(30);

/// A kind of event.
#[derive(Debug, Default)]
pub(crate) struct RareEvent {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: Option<Instant>,
    /// Events since then that were not logged.
    suppressed: u64,
}

impl RareEvent {
    /// Logs an event, unless one was logged shortly before. The argument of `log` is the number of those that were not logged
    /// since the last line.
    pub(crate) fn log(&self, log: impl FnOnce(u64)) {
        let suppressed = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.last.is_some_and(|last| last.elapsed() < INTERVAL) {
                state.suppressed += 1;
                return;
            }
            state.last = Some(Instant::now());
            std::mem::take(&mut state.suppressed)
        };
        log(suppressed);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::{INTERVAL, RareEvent};

    #[tokio::test(start_paused = true)]
    async fn the_first_event_is_logged_and_then_one_in_a_while_with_the_number_of_the_others() {
        let event = RareEvent::default();
        let logged = RefCell::new(Vec::new());
        let happen = || event.log(|before| logged.borrow_mut().push(before));
        (0..5).for_each(|_| happen());
        tokio::time::advance(INTERVAL).await;
        (0..3).for_each(|_| happen());
        assert_eq!(*logged.borrow(), [0, 4]);
    }
}
