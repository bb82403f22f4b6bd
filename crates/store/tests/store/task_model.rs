//! The states of a render task as a pure function: the effect of each event, and its refusals.

use std::ops::RangeInclusive;

use chancery_proto::render::v1::RenderPhase;

/// Maximum numbers of attempts and of expired leases.
const ATTEMPTS: i32 = 5;
const CRASHES: i32 = 3;

/// Bounds of pauses between attempts, in milliseconds.
const SHORTEST_PAUSE: i64 = 1_000;
const LONGEST_PAUSE: i64 = 60_000;

/// The state of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Queued,
    Running,
    Succeeded,
    Failed,
    Dead,
    Cancelled,
}

impl State {
    /// The state as the database stores it.
    pub(crate) fn name(self) -> String {
        format!("{self:?}").to_uppercase()
    }
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) state: State,
    pub(crate) epoch: i64,
    pub(crate) attempts: i32,
    pub(crate) crashes: i32,
    pub(crate) progress: (RenderPhase, i32),
    pub(crate) quarantined: bool,
    /// Whether it may be claimed now: it is not leased, or its lease has expired.
    pub(crate) is_due: bool,
    /// The last pause before another attempt, in milliseconds.
    pub(crate) pause: i64,
    /// Whether its lease has reached the deadline, renewals included.
    pub(crate) is_late: bool,
}

/// An event. Events with an epoch come from a worker that assumes it holds the lease of that epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Claimed,
    /// Time passes: the lease, or the pause before the next attempt, has ended.
    TimePassed,
    /// Much time passes: the lease can no longer be renewed.
    DeadlinePassed,
    Renewed(i64),
    Progressed(i64, RenderPhase, i32),
    Finished(i64, i32),
    /// Whether the failure is retryable, and the pause drawn if another attempt follows.
    Failed(i64, bool, i64),
    Released(i64),
    /// The last render waiting for it was cancelled.
    Cancelled,
}

/// The event changes nothing: the task cannot be claimed, or the lease is not current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused;

impl Task {
    /// Just requested.
    pub(crate) const fn new() -> Self {
        Self {
            state: State::Queued,
            epoch: 0,
            attempts: 0,
            crashes: 0,
            progress: (RenderPhase::Unspecified, 0),
            quarantined: false,
            is_due: true,
            pause: 0,
            is_late: false,
        }
    }

    /// The pauses that may follow a failure of the current attempt, in milliseconds: drawn between the minimum and
    /// three times the previous pause.
    pub(crate) fn pauses(&self) -> RangeInclusive<i64> {
        SHORTEST_PAUSE..=(3 * self.pause.max(SHORTEST_PAUSE)).min(LONGEST_PAUSE)
    }

    /// The state after an event.
    pub(crate) fn after(&self, event: &Event) -> Result<Self, Refused> {
        match event {
            Event::Claimed if self.is_due && !self.has_ended() => Ok(self.claimed()),
            Event::Claimed => Err(Refused),
            Event::TimePassed => Ok(Self { is_due: true, ..self.clone() }),
            Event::DeadlinePassed => Ok(Self { is_late: true, ..self.clone() }),
            Event::Renewed(epoch) => {
                self.held_under(*epoch)?;
                if self.is_late { Err(Refused) } else { Ok(Self { is_due: false, ..self.clone() }) }
            }
            Event::Progressed(epoch, phase, pages) => {
                self.held_under(*epoch)?;
                // Late reports change nothing: progress never decreases.
                let latest = (*phase as i32).max(self.progress.0 as i32);
                let phase = RenderPhase::try_from(latest).unwrap_or_default();
                Ok(Self { progress: (phase, self.progress.1.max(*pages)), ..self.clone() })
            }
            Event::Finished(epoch, pages) => {
                self.held_under(*epoch)?;
                let progress = (self.progress.0, *pages);
                Ok(Self { state: State::Succeeded, progress, ..self.clone() })
            }
            Event::Failed(epoch, retryable, pause) => {
                self.held_under(*epoch)?;
                Ok(self.failed(*retryable, *pause))
            }
            Event::Released(epoch) => {
                self.held_under(*epoch)?;
                let attempts = (self.attempts - 1).max(0);
                Ok(Self { attempts, is_due: true, ..self.given_up(State::Queued) })
            }
            Event::Cancelled if self.has_ended() => Err(Refused),
            Event::Cancelled => Ok(self.given_up(State::Cancelled)),
        }
    }

    pub(crate) fn has_ended(&self) -> bool {
        !matches!(self.state, State::Queued | State::Running)
    }

    /// The fence. An expired lease holds until another worker claims the task.
    fn held_under(&self, epoch: i64) -> Result<(), Refused> {
        if self.state == State::Running && self.epoch == epoch { Ok(()) } else { Err(Refused) }
    }

    fn claimed(&self) -> Self {
        let ran_out = self.state == State::Running;
        let crashes = self.crashes + i32::from(ran_out);
        let attempts = self.attempts + i32::from(!ran_out);
        let quarantined = ran_out && crashes >= CRASHES;
        let state = if quarantined { State::Dead } else { State::Running };
        Self { attempts, crashes, quarantined, ..self.given_up(state) }
    }

    fn failed(&self, retryable: bool, pause: i64) -> Self {
        if !retryable {
            self.given_up(State::Failed)
        } else if self.attempts >= ATTEMPTS {
            self.given_up(State::Dead)
        } else {
            Self { pause, ..self.given_up(State::Queued) }
        }
    }

    /// A lease begins or ends: messages under the previous epoch no longer count.
    fn given_up(&self, state: State) -> Self {
        let progress = (RenderPhase::Unspecified, 0);
        Self { state, epoch: self.epoch + 1, progress, is_due: false, is_late: false, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Refused, State, Task};

    fn after(events: &[Event]) -> Task {
        events.iter().fold(Task::new(), |task, event| task.after(event).unwrap())
    }

    #[test]
    fn an_old_lease_has_no_effect_once_another_has_begun() {
        let task = after(&[Event::Claimed, Event::TimePassed, Event::Claimed]);
        for refused in
            [Event::Renewed(1), Event::Finished(1, 3), Event::Failed(1, true, 1_000), Event::Released(1)]
        {
            assert_eq!(task.after(&refused), Err(Refused));
        }
        assert_eq!(task.after(&Event::Finished(2, 3)).unwrap().state, State::Succeeded);
    }

    #[test]
    fn pauses_grow_from_the_previous_one_up_to_a_maximum() {
        let mut task = Task::new();
        assert_eq!(task.pauses(), 1_000..=3_000);
        task.pause = 2_000;
        assert_eq!(task.pauses(), 1_000..=6_000);
        task.pause = 50_000;
        assert_eq!(task.pauses(), 1_000..=60_000);
    }

    #[test]
    fn an_ended_task_does_not_change() {
        let task = after(&[Event::Claimed, Event::Failed(1, false, 0), Event::TimePassed]);
        assert_eq!(task.after(&Event::Claimed), Err(Refused));
        assert_eq!(task.after(&Event::Finished(1, 3)), Err(Refused));
    }
}
