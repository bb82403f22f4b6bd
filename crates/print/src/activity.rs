//! Counts the work of a print while it runs, for a watchdog on another thread.
//!
//! Progress is reported per page, and a block of many long words takes minutes before its first page is full. Shaping
//! dominates that time, so each call of the shaper counts. The counter belongs to the thread of the print, because it
//! would otherwise pass through every function between [`crate::print`] and the shaper. It has no influence on output.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

thread_local! {
    static COUNTER: RefCell<Option<Arc<AtomicU64>>> = const { RefCell::new(None) };
}

/// Runs a closure; prints within it, on this thread, increment the counter as they work.
pub fn counted<T>(counter: Arc<AtomicU64>, run: impl FnOnce() -> T) -> T {
    /// Restores the previous counter, also after a panic.
    struct Restore(Option<Arc<AtomicU64>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            COUNTER.set(self.0.take());
        }
    }
    let _restore = Restore(COUNTER.replace(Some(counter)));
    run()
}

/// Counts a unit of work.
pub(crate) fn record() {
    COUNTER.with_borrow(|counter| {
        if let Some(counter) = counter {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::{counted, record};

    #[test]
    fn work_counts_on_the_innermost_counter_only() {
        let (outer, inner) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        record();
        counted(Arc::clone(&outer), || {
            record();
            let panicked =
                std::panic::catch_unwind(|| counted(Arc::clone(&inner), || panic!("while printing")));
            assert!(panicked.is_err());
            counted(Arc::clone(&inner), record);
            record();
        });
        record();
        assert_eq!((outer.load(Ordering::Relaxed), inner.load(Ordering::Relaxed)), (2, 1));
    }
}
