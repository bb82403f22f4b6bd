//! Checks the states and errors that callers received.

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, Kind, Run};
use crate::chaos::history::{Call, Entry, Event, Seen, State};
use crate::chaos::plan::FaultKind;
use crate::chaos::snapshot::RenderRow;

/// Reasons for which a call may fail permanently: the print crashed several workers, or the render to cancel has
/// already ended.
const EXPECTED: [&str; 2] = ["RENDER_QUARANTINED", "RENDER_ENDED"];

pub(super) fn check(run: &Run, found: &mut Findings) {
    let tasks = run.snapshot.tasks_of_renders();
    let mut calls: BTreeMap<u64, Vec<&Entry>> = BTreeMap::new();
    for entry in run.history.iter().filter(|entry| entry.request.is_some()) {
        calls.entry(entry.call).or_default().push(entry);
        refusal(entry, found);
        acknowledged(entry, &tasks, found);
    }
    let allowances = Allowances::of(run);
    for entries in calls.values() {
        stream(entries, &tasks, &allowances, found);
    }
    ends(run, &calls, found);
}

fn refusal(entry: &Entry, found: &mut Findings) {
    let Event::Refused { code, reason, passing: false } = &entry.event else { return };
    if !EXPECTED.contains(&reason.as_str()) {
        let (request, call) = (entry.request.unwrap_or_default(), entry.call);
        found.add(Kind::RefusedForGood, format!("request {request}, call {call}: {code} {reason}"));
    }
}

fn acknowledged(entry: &Entry, tasks: &BTreeMap<String, &str>, found: &mut Findings) {
    let Event::Saw(seen) = &entry.event else { return };
    if !tasks.contains_key(&seen.name) {
        found.add(Kind::AcknowledgedLost, format!("{} was acknowledged in call {}", seen.name, entry.call));
    }
}

/// Reasons for which progress may restart within an attempt: the lease was released, or a crash of Postgres lost the
/// latest progress.
struct Allowances<'r> {
    released: BTreeMap<&'r str, usize>,
    crashes: Vec<u64>,
}

impl<'r> Allowances<'r> {
    fn of(run: &'r Run) -> Self {
        let mut released = BTreeMap::new();
        for attempt in run.snapshot.attempts.iter().filter(|attempt| attempt.event == "RELEASED") {
            *released.entry(attempt.task_id.as_str()).or_default() += 1;
        }
        let crash = |entry: &Entry| match &entry.event {
            Event::Broke(fault) if fault.kind == FaultKind::CrashPostgres => Some(entry.at),
            _ => None,
        };
        Self { released, crashes: run.history.iter().filter_map(crash).collect() }
    }

    fn between(&self, from: u64, to: u64) -> usize {
        self.crashes.iter().filter(|at| (from..=to).contains(*at)).count()
    }
}

/// Checks the states that one call returned, in order.
fn stream(
    entries: &[&Entry],
    tasks: &BTreeMap<String, &str>,
    allowances: &Allowances<'_>,
    found: &mut Findings,
) {
    let Some(Event::Called(call)) = entries.first().map(|entry| &entry.event) else { return };
    let seen: Vec<(u64, &Seen)> = entries
        .iter()
        .filter_map(|entry| if let Event::Saw(seen) = &entry.event { Some((entry.at, seen)) } else { None })
        .collect();
    // The typed client reopens streams: each begins with the state at that moment.
    let is_one_stream = *call != Call::Client;
    let mut ran_back = 0;
    for pair in seen.windows(2) {
        let ((from, before), (to, after)) = (pair[0], pair[1]);
        if before.name != after.name {
            continue;
        }
        let number = entries[0].call;
        if before == after && is_one_stream {
            found.add(Kind::SaidTwice, format!("call {number}: {before:?}"));
        }
        if !may_follow(before, after) {
            found.add(Kind::OrderImpossible, format!("call {number}: {before:?}, then {after:?}"));
        }
        let is_same_attempt = before.state == State::Running
            && after.state == State::Running
            && before.attempt == after.attempt;
        if is_same_attempt && after.progress < before.progress {
            ran_back += 1;
            let released = tasks.get(&after.name).and_then(|task| allowances.released.get(task));
            if ran_back > released.copied().unwrap_or_default() + allowances.between(from, to) {
                let what = format!("call {number}: {:?}, then {:?}", before.progress, after.progress);
                found.add(Kind::ProgressRanBack, what);
            }
        }
    }
    let ended = entries.iter().any(|entry| entry.event == Event::Ended);
    if *call == Call::Watch && ended && !seen.last().is_some_and(|(_, seen)| seen.state.has_ended()) {
        found.add(Kind::WatchCutShort, format!("call {}: {:?}", entries[0].call, seen.last()));
    }
}

/// A watcher may miss intermediate states but must never see states out of order.
fn may_follow(before: &Seen, after: &Seen) -> bool {
    match (before.state, after.state) {
        (State::Succeeded | State::Failed | State::Cancelled, _) => before == after,
        (State::Running, State::Running) => before.attempt <= after.attempt,
        _ => true,
    }
}

/// Once any caller has seen a render end, no later call may return another state.
fn ends(run: &Run, calls: &BTreeMap<u64, Vec<&Entry>>, found: &mut Findings) {
    let mut ends: BTreeMap<&str, (u64, &Seen)> = BTreeMap::new();
    for entry in &run.history {
        let Event::Saw(seen) = &entry.event else { continue };
        let Some((at, end)) = ends.get(seen.name.as_str()).copied() else {
            if seen.state.has_ended() {
                ends.insert(&seen.name, (entry.at, seen));
            }
            continue;
        };
        let call = &calls[&entry.call];
        // A response already in flight when the end was seen may be older; a later call may not.
        if end != seen && (seen.state.has_ended() || call[0].at > at) {
            let is_old = !seen.state.has_ended() && first_seen(call) == Some(entry.at);
            let kind = if is_old { Kind::OldStateFirst } else { Kind::EndChanged };
            found.add(kind, format!("{end:?} at {at}, then {seen:?} in call {}", entry.call));
        }
    }
    agree_with_the_database(run, &ends, found);
}

fn first_seen(entries: &[&Entry]) -> Option<u64> {
    entries.iter().find(|entry| matches!(entry.event, Event::Saw(_))).map(|entry| entry.at)
}

fn agree_with_the_database(run: &Run, ends: &BTreeMap<&str, (u64, &Seen)>, found: &mut Findings) {
    let states: BTreeMap<_, _> =
        run.snapshot.tasks.iter().map(|task| (task.task_id.as_str(), task)).collect();
    let tasks = run.snapshot.tasks_of_renders();
    let cancelled = run.snapshot.renders.iter().filter(|row| row.is_cancelled).map(RenderRow::name);
    let cancelled: BTreeSet<String> = cancelled.collect();
    let mut reported = BTreeSet::new();
    for (name, (_, seen)) in ends {
        let Some(task) = tasks.get(*name).and_then(|task| states.get(task)) else { continue };
        if seen.state == State::Cancelled {
            // The task may continue for other renders.
            if !cancelled.contains(*name) {
                found.add(Kind::EndChanged, format!("{seen:?}, which the database does not know"));
            }
            continue;
        }
        let succeeded = task.state == "SUCCEEDED";
        let is_so = (seen.state == State::Succeeded) == succeeded
            && (!succeeded || task.artifact.as_deref() == Some(seen.sha256.as_str()));
        if !is_so && reported.insert(*name) {
            found.add(Kind::EndChanged, format!("{seen:?}, and in the database {task:?}"));
        }
    }
}
