//! Times the phases of a print.

use std::time::{Duration, Instant};

use chancery_proto::render::v1::RenderPhase;

use crate::health::metrics::Phase;
use crate::printing::printer::Progress;

/// The duration of each phase.
pub(crate) type PhaseTimes = Vec<(Phase, Duration)>;

/// Times phases by the progress of a print.
#[derive(Debug)]
pub(crate) struct PhaseTimer {
    phase: Phase,
    since: Instant,
    times: PhaseTimes,
}

impl PhaseTimer {
    pub(crate) fn start() -> Self {
        Self { phase: Phase::Compose, since: Instant::now(), times: Vec::with_capacity(3) }
    }

    pub(crate) fn record(&mut self, progress: Progress) {
        let phase = if progress.phase == RenderPhase::Write { Phase::Write } else { Phase::Layout };
        if phase != self.phase {
            self.end_phase();
            self.phase = phase;
        }
    }

    pub(crate) fn stop(mut self) -> PhaseTimes {
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

    use super::PhaseTimer;
    use crate::health::metrics::Phase;
    use crate::printing::printer::Progress;

    #[test]
    fn each_phase_is_timed_once() {
        let mut timer = PhaseTimer::start();
        for (phase, pages) in [(RenderPhase::Layout, 0), (RenderPhase::Layout, 1), (RenderPhase::Write, 1)] {
            timer.record(Progress { phase, pages });
        }
        let phases: Vec<Phase> = timer.stop().into_iter().map(|(phase, _)| phase).collect();
        assert_eq!(phases, [Phase::Compose, Phase::Layout, Phase::Write]);
    }
}
