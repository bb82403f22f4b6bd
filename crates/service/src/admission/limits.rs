//! Limits of calls by kind.

use super::kind::Kind;

/// Maximum numbers of concurrent calls of a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimits {
    /// Calls that return at once.
    pub quick: usize,
    /// Long polls.
    pub waiting: usize,
    /// Calls that return a stream.
    pub streaming: usize,
    /// Calls that receive a stream.
    pub uploads: usize,
    /// Requests of more than 256 KiB, and exports.
    pub large_messages: usize,
}

impl CallLimits {
    pub(super) fn of(self, kind: Kind) -> usize {
        match kind {
            Kind::Quick => self.quick,
            Kind::Waiting => self.waiting,
            Kind::Streaming => self.streaming,
            Kind::Upload => self.uploads,
            Kind::LargeMessage => self.large_messages,
        }
    }
}
