//! Graceful shutdown: one signal that all long-lived tasks and calls observe.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// Begins the shutdown when it is triggered or dropped.
#[derive(Debug)]
pub struct Trigger(watch::Sender<bool>);

/// Signals the shutdown to long polls, streams and background tasks. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Shutdown(watch::Receiver<bool>);

/// Creates a trigger and the signal that it controls.
pub fn channel() -> (Trigger, Shutdown) {
    let (sender, receiver) = watch::channel(false);
    (Trigger(sender), Shutdown(receiver))
}

impl Trigger {
    /// Begins the shutdown.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }
}

impl Shutdown {
    /// Returns once the shutdown has begun.
    pub async fn begun(&self) {
        // An error means that the trigger was dropped, which begins the shutdown as well.
        let _ = self.0.clone().wait_for(|begun| *begun).await;
    }

    /// Returns whether the shutdown has begun.
    pub fn is_begun(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }
}

/// A listener for SIGTERM and SIGINT.
#[derive(Debug)]
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Starts to listen. Must be called within a Tokio runtime, and before anything that takes time: a signal without a
    /// listener kills the process.
    ///
    /// # Errors
    /// If a signal handler cannot be installed.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for a signal, and returns its name.
    pub async fn received(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::channel;

    #[tokio::test]
    async fn a_shutdown_is_visible_to_late_observers() {
        let (trigger, shutdown) = channel();
        assert!(!shutdown.is_begun());
        trigger.begin();
        shutdown.begun().await;
        assert!(shutdown.is_begun());
    }

    #[tokio::test]
    async fn dropping_the_trigger_begins_the_shutdown() {
        let (trigger, shutdown) = channel();
        drop(trigger);
        shutdown.begun().await;
        assert!(shutdown.is_begun());
    }
}
