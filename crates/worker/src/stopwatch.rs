//! How long each phase of a print takes.

use std::time::{Duration, Instant};

use chancery_proto::render::v1::RenderPhase;

use crate::metrics::Phase;
use crate::printer::Progress;

/// The time of each phase that a print went through.
pub(crate) type Times = Vec<(Phase, Duration)>;

/// Follows a print from phase to phase, by what it tells.
#[derive(Debug)]
pub(crate) struct Stopwatch {
    phase: Phase,
    since: Instant,
    times: Times,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self { phase: Phase::Compose, since: Instant::now(), times: Vec::with_capacity(3) }
    }

    pub(crate) fn tell(&mut self, progress: Progress) {
        let phase = if progress.phase == RenderPhase::Write { Phase::Write } else { Phase::Layout };
        if phase != self.phase {
            self.end_phase();
            self.phase = phase;
        }
    }

    pub(crate) fn stop(mut self) -> Times {
        self.end_phase();
        self.times
    }

    fn end_phase(&mut self) {
        let now = Instant::now();
        self.times.push((self.phase, now - std::mem::replace(&mut self.since, now)));
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::render::v1::RenderPhase;

    use super::Stopwatch;
    use crate::metrics::Phase;
    use crate::printer::Progress;

    #[test]
    fn each_phase_is_timed_once() {
        let mut stopwatch = Stopwatch::start();
        for (phase, pages) in [(RenderPhase::Layout, 0), (RenderPhase::Layout, 1), (RenderPhase::Write, 1)] {
            stopwatch.tell(Progress { phase, pages });
        }
        let phases: Vec<Phase> = stopwatch.stop().into_iter().map(|(phase, _)| phase).collect();
        assert_eq!(phases, [Phase::Compose, Phase::Layout, Phase::Write]);
    }
}
