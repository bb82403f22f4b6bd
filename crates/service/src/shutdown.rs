//! How the process stops: one signal that everything long-lived listens to.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// Begins the shutdown. Dropping it begins it too.
#[derive(Debug)]
pub struct Trigger(watch::Sender<bool>);

/// Tells long polls, streams and loops that the process is stopping. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Shutdown(watch::Receiver<bool>);

/// A trigger and what it sets off.
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
        // An error means that the trigger is gone, which begins it as well.
        let _ = self.0.clone().wait_for(|begun| *begun).await;
    }

    /// Whether the shutdown has begun.
    pub fn is_begun(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }
}

/// SIGTERM and SIGINT, listened to since this was made.
#[derive(Debug)]
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Begins to listen. Called within a runtime, before anything that takes time: a signal that finds nobody who
    /// listens kills.
    ///
    /// # Errors
    /// When the signals cannot be listened to.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Returns when the process is asked to stop, and by which signal.
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
    async fn a_shutdown_is_seen_by_those_who_ask_late() {
        let (trigger, shutdown) = channel();
        assert!(!shutdown.is_begun());
        trigger.begin();
        shutdown.begun().await;
        assert!(shutdown.is_begun());
    }

    #[tokio::test]
    async fn a_lost_trigger_begins_the_shutdown() {
        let (trigger, shutdown) = channel();
        drop(trigger);
        shutdown.begun().await;
        assert!(shutdown.is_begun());
    }
}
