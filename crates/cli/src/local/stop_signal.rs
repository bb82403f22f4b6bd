//! Ctrl-C and SIGTERM.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::ui::failure::Failure;

/// Listens for SIGINT and SIGTERM, which from then on do not end the process by themselves.
pub struct StopSignal {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignal {
    pub fn listen() -> Result<Self, Failure> {
        let listening = || Failure::io("listening for signals");
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(listening())?,
            terminate: signal(SignalKind::terminate()).map_err(listening())?,
        })
    }

    /// Waits for a signal.
    pub async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
