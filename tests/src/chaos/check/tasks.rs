//! Checks the invariants of the queue's tables.

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, Kind, Run};
use crate::chaos::snapshot::{Attempt, Task};

const ENDED: [&str; 4] = ["SUCCEEDED", "FAILED", "DEAD", "CANCELLED"];

pub(super) fn check(run: &Run, found: &mut Findings) {
    let mut leases: BTreeMap<&str, Vec<&Attempt>> = BTreeMap::new();
    for attempt in &run.snapshot.attempts {
        leases.entry(&attempt.task_id).or_default().push(attempt);
    }
    for task in &run.snapshot.tasks {
        let attempts = leases.get(task.task_id.as_str()).map(Vec::as_slice).unwrap_or_default();
        ended(task, attempts, found);
        epochs(task, attempts, found);
        if run.needs_agreement {
            agreement(task, attempts, found);
        }
    }
    queue(run, found);
    artifacts(run, found);
    single_flight(run, found);
}

fn is_ended(task: &Task) -> bool {
    ENDED.contains(&task.state.as_str())
}

/// Checks that each task ends once, under its last lease.
fn ended(task: &Task, attempts: &[&Attempt], found: &mut Findings) {
    let id = &task.task_id;
    if !is_ended(task) {
        found.add(Kind::NeverEnded, format!("task {id} is {}", task.state));
    }
    let finished: Vec<_> = attempts.iter().filter(|attempt| attempt.event == "SUCCEEDED").collect();
    if finished.len() > 1 {
        found.add(Kind::EndedTwice, format!("task {id} was finished by {} leases", finished.len()));
    }
    for attempt in &finished {
        let ends = attempts.iter().filter(|other| other.epoch == attempt.epoch && other.event != "LEASED");
        if ends.count() > 1 {
            let epoch = attempt.epoch;
            found.add(Kind::EndedTwice, format!("lease {epoch} of task {id} ended in two ways"));
        }
    }
    let Some(finished_epoch) = task.finished_epoch else { return };
    let last_lease = attempts.iter().filter(|attempt| attempt.event == "LEASED").map(|attempt| attempt.epoch);
    let last_lease = last_lease.max().unwrap_or_default();
    if finished_epoch != last_lease || finished_epoch != task.epoch {
        let epoch = task.epoch;
        found.add(
            Kind::StaleWrite,
            format!(
                "task {id} was finished under lease {finished_epoch}; the last was {last_lease}, the epoch {epoch}"
            ),
        );
    }
}

/// Checks that another worker than the one that finished the task had printed the same bytes.
fn agreement(task: &Task, attempts: &[&Attempt], found: &mut Findings) {
    let Some(finished_epoch) = task.finished_epoch else { return };
    let finisher = attempts.iter().find(|other| other.event == "LEASED" && other.epoch == finished_epoch);
    let is_another = |print: &Attempt| finisher.is_some_and(|lease| lease.token != print.token);
    let prints = || attempts.iter().filter(|print| print.event == "PRINTED");
    if !prints().any(|print| is_another(print) && print.artifact == task.artifact) {
        found.add(Kind::DeliveredAlone, format!("task {} under lease {finished_epoch}", task.task_id));
    }
    if prints().any(|print| print.artifact != task.artifact) {
        found.add(Kind::PrintedTwice, format!("workers printed task {} differently", task.task_id));
    }
}

/// Checks that epochs rise from lease to lease, with no lease after the end.
fn epochs(task: &Task, attempts: &[&Attempt], found: &mut Findings) {
    let (mut last, mut end) = (0, None);
    for attempt in attempts {
        let (id, epoch) = (&task.task_id, attempt.epoch);
        match attempt.event.as_str() {
            "LEASED" => {
                if epoch <= last {
                    found.add(Kind::EpochFell, format!("task {id}: lease {epoch} came after {last}"));
                }
                last = last.max(epoch);
                if let Some(end) = end {
                    let what = format!("task {id}: lease {epoch} began after {end} had finished it");
                    found.add(Kind::LeasedAfterEnd, what);
                }
            }
            "SUCCEEDED" => end = Some(epoch),
            _ => {}
        }
    }
    if last > task.epoch {
        let (id, epoch) = (&task.task_id, task.epoch);
        found.add(Kind::EpochFell, format!("task {id} is at epoch {epoch} and had lease {last}"));
    }
}

fn queue(run: &Run, found: &mut Findings) {
    let queued: BTreeSet<_> = run.snapshot.queue.iter().map(|row| row.task_id.as_str()).collect();
    for task in &run.snapshot.tasks {
        let (id, state) = (task.task_id.as_str(), &task.state);
        if is_ended(task) == queued.contains(id) {
            let is = if is_ended(task) { "still" } else { "not" };
            found.add(Kind::QueueDiffers, format!("task {id} is {state} and {is} in the queue"));
        }
    }
}

fn artifacts(run: &Run, found: &mut Findings) {
    let known: BTreeMap<_, _> = run.snapshot.artifacts.iter().map(|row| (row.digest.as_str(), row)).collect();
    for artifact in &run.snapshot.artifacts {
        if artifact.digest != artifact.stored_digest || artifact.size != artifact.stored_size {
            let what = format!("{} is stored as {}", artifact.digest, artifact.stored_digest);
            found.add(Kind::PdfMissing, what);
        }
    }
    for task in run.snapshot.tasks.iter().filter(|task| task.state == "SUCCEEDED") {
        if !task.artifact.as_deref().is_some_and(|digest| known.contains_key(digest)) {
            found.add(Kind::PdfMissing, format!("task {} succeeded without a PDF", task.task_id));
        }
    }
}

/// Checks that each render key has at most one task at a time, and one PDF.
fn single_flight(run: &Run, found: &mut Findings) {
    let mut by_key: BTreeMap<&str, Vec<&Task>> = BTreeMap::new();
    for task in &run.snapshot.tasks {
        by_key.entry(&task.key).or_default().push(task);
    }
    for (key, tasks) in by_key {
        let printed = tasks.iter().filter(|task| task.state == "SUCCEEDED").count();
        if printed > 1 {
            found.add(Kind::PrintedTwice, format!("the inputs {key} were printed {printed} times"));
        }
    }
}
