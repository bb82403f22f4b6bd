//! A good run has no violations; each corruption of it is reported as the right kind.

#![allow(clippy::unwrap_used, reason = "a test whose setup fails has failed")]

use super::{Kind, Run, check};
use crate::chaos::history::{Call, Entry, Event, Seen, State};
use crate::chaos::plan::{BRIEFS, Behaviour, FaultKind, PlannedFault, PlannedRequest};
use crate::chaos::scene::{Editions, brief_name, open_word, recipient, secret_word};
use crate::chaos::snapshot::{ArtifactRow, Attempt, QueueRow, RenderRow, Snapshot, Task};

const BRIEF: usize = 3;
const RECIPIENT: usize = 5;
const NAME: &str = "workspaces/default/renders/r1";

/// One caller watches one render, whose first worker loses its lease, and downloads the PDF.
fn good() -> Run {
    let request =
        PlannedRequest { at: 0, caller: 1, brief: BRIEF, recipient: RECIPIENT, behaviour: Behaviour::Watch };
    let events = [
        (1, Event::Called(Call::Create)),
        (1, saw(State::Queued, 0, 0)),
        (2, Event::Called(Call::Watch)),
        (2, saw(State::Queued, 0, 0)),
        (2, saw(State::Running, 1, 2)),
        (2, saw(State::Running, 2, 0)),
        (2, saw(State::Running, 2, 4)),
        (2, saw(State::Succeeded, 0, 0)),
        (2, Event::Ended),
        (3, Event::Called(Call::Download)),
        (3, downloaded("pdf", 9)),
    ];
    let history = events
        .into_iter()
        .zip(10..)
        .map(|((call, event), at)| Entry { at, request: Some(0), call, event })
        .collect();
    let digests = vec![vec!["full".to_owned(); BRIEFS], vec!["open".to_owned(); BRIEFS]];
    Run {
        requests: vec![request],
        needs_agreement: false,
        editions: Editions { digests },
        history,
        snapshot: snapshot(),
        died: Vec::new(),
    }
}

fn snapshot() -> Snapshot {
    let attempt = |epoch, event: &str| Attempt {
        task_id: "t1".into(),
        epoch,
        event: event.into(),
        token: format!("token {epoch}"),
        ..Attempt::default()
    };
    Snapshot {
        tasks: vec![Task {
            task_id: "t1".into(),
            key: "k1".into(),
            generation: 1,
            state: "SUCCEEDED".into(),
            epoch: 2,
            finished_epoch: Some(2),
            artifact: Some("pdf".into()),
        }],
        attempts: vec![
            attempt(1, "LEASED"),
            attempt(1, "EXPIRED"),
            attempt(2, "LEASED"),
            attempt(2, "SUCCEEDED"),
        ],
        renders: vec![RenderRow { render_id: "r1".into(), task_id: "t1".into(), is_cancelled: false }],
        queue: Vec::new(),
        artifacts: vec![ArtifactRow {
            digest: "pdf".into(),
            size: 9,
            stored_digest: "pdf".into(),
            stored_size: 9,
        }],
        texts: [("pdf".to_owned(), format!("{} {}", open_word(BRIEF), recipient(RECIPIENT)))].into(),
    }
}

fn seen(state: State, attempt: u32, pages: u32) -> Seen {
    Seen {
        name: NAME.into(),
        state,
        waiting: String::new(),
        attempt,
        progress: (0, pages),
        revision: format!("{}/revisions/1", brief_name(BRIEF)),
        edition: "open".into(),
        recipient: recipient(RECIPIENT),
        sha256: if state == State::Succeeded { "pdf".into() } else { String::new() },
        failure: String::new(),
    }
}

fn saw(state: State, attempt: u32, pages: u32) -> Event {
    Event::Saw(seen(state, attempt, pages))
}

fn downloaded(arrived: &str, bytes: u64) -> Event {
    Event::Downloaded { announced: "pdf".into(), arrived: arrived.into(), size: 9, bytes }
}

/// A later call of the same caller.
fn later(run: &mut Run, call: Call, events: impl IntoIterator<Item = Event>) {
    let number = run.history.iter().map(|entry| entry.call).max().unwrap() + 1;
    for event in std::iter::once(Event::Called(call)).chain(events) {
        let at = run.history.last().unwrap().at + 1;
        run.history.push(Entry { at, request: Some(0), call: number, event });
    }
}

fn replace(run: &mut Run, place: usize, event: Event) {
    run.history[place].event = event;
}

#[track_caller]
fn spoiled(kind: Kind, spoil: impl FnOnce(&mut Run)) {
    let mut run = good();
    spoil(&mut run);
    let found = check(&run);
    assert!(found.iter().any(|violation| violation.kind == kind), "{kind:?} is not among {found:?}");
}

#[test]
fn a_good_run_has_no_violations() {
    assert_eq!(check(&good()), []);
}

#[test]
fn a_render_that_was_acknowledged_and_is_not_there_is_found() {
    spoiled(Kind::AcknowledgedLost, |run| run.snapshot.renders.clear());
}

#[test]
fn a_task_that_never_ends_is_found() {
    spoiled(Kind::NeverEnded, |run| {
        run.snapshot.tasks[0].state = "RUNNING".into();
        run.snapshot.queue.push(QueueRow { task_id: "t1".into() });
    });
}

#[test]
fn an_end_that_changes_is_found() {
    let failed = || Event::Saw(Seen { failure: "TOO_LATE".into(), ..seen(State::Failed, 0, 0) });
    spoiled(Kind::EndChanged, |run| later(run, Call::Get, [failed()]));
    // No other caller saw the end: only the database can contradict it.
    spoiled(Kind::EndChanged, |run| run.snapshot.tasks[0].state = "FAILED".into());
    let cancelled = || saw(State::Cancelled, 0, 0);
    spoiled(Kind::EndChanged, |run| {
        replace(run, 7, cancelled());
        run.history.truncate(9);
    });
    let other = || Event::Saw(Seen { sha256: "other".into(), ..seen(State::Succeeded, 0, 0) });
    spoiled(Kind::EndChanged, |run| later(run, Call::Get, [other()]));
}

#[test]
fn an_old_state_in_a_later_call_is_found() {
    spoiled(Kind::OldStateFirst, |run| later(run, Call::Watch, [saw(State::Running, 2, 4)]));
}

#[test]
fn states_in_an_impossible_order_are_found() {
    spoiled(Kind::OrderImpossible, |run| replace(run, 5, saw(State::Succeeded, 0, 0)));
    spoiled(Kind::OrderImpossible, |run| replace(run, 4, saw(State::Running, 3, 0)));
}

#[test]
fn a_repeated_state_is_found() {
    spoiled(Kind::SaidTwice, |run| replace(run, 5, saw(State::Running, 2, 4)));
}

#[test]
fn decreasing_progress_is_found_unless_the_lease_was_released_or_postgres_crashed() {
    let back = |run: &mut Run| replace(run, 5, saw(State::Running, 2, 7));
    spoiled(Kind::ProgressRanBack, back);
    let mut released = good();
    back(&mut released);
    let given_back =
        Attempt { task_id: "t1".into(), epoch: 1, event: "RELEASED".into(), ..Attempt::default() };
    released.snapshot.attempts.insert(1, given_back);
    assert_eq!(check(&released), []);
    let mut crashed = good();
    back(&mut crashed);
    let fault = PlannedFault { at: 0, kind: FaultKind::CrashPostgres, target: 0, lasts: 0 };
    let at = crashed.history[6].at;
    crashed.history.insert(6, Entry { at, request: None, call: 0, event: Event::Broke(fault) });
    assert_eq!(check(&crashed), []);
}

#[test]
fn a_watch_that_ends_before_its_render_is_found() {
    spoiled(Kind::WatchCutShort, |run| {
        run.history.remove(7);
    });
}

#[test]
fn a_permanent_failure_is_found_and_a_transient_one_is_not() {
    let refusal = |passing| Event::Refused { code: "INTERNAL".into(), reason: "INTERNAL".into(), passing };
    spoiled(Kind::RefusedForGood, |run| later(run, Call::Get, [refusal(false)]));
    let mut run = good();
    later(&mut run, Call::Get, [refusal(true)]);
    assert_eq!(check(&run), []);
}

#[test]
fn bytes_that_differ_from_the_announced_ones_are_found() {
    spoiled(Kind::WrongBytes, |run| replace(run, 10, downloaded("other", 9)));
    spoiled(Kind::WrongBytes, |run| replace(run, 10, downloaded("pdf", 8)));
}

#[test]
fn a_print_of_the_wrong_edition_or_for_the_wrong_recipient_is_found() {
    let full = || Event::Saw(Seen { edition: "full".into(), ..seen(State::Queued, 0, 0) });
    spoiled(Kind::WrongEdition, |run| replace(run, 1, full()));
    let other = || Event::Saw(Seen { recipient: recipient(6), ..seen(State::Queued, 0, 0) });
    spoiled(Kind::WrongEdition, |run| replace(run, 1, other()));
}

#[test]
fn a_pdf_without_its_text_or_with_withheld_text_is_found() {
    let set_text = |run: &mut Run, text: String| {
        run.snapshot.texts.insert("pdf".into(), text);
    };
    spoiled(Kind::WrongText, |run| set_text(run, recipient(RECIPIENT)));
    spoiled(Kind::WrongText, |run| {
        set_text(run, format!("{} {} {}", open_word(BRIEF), recipient(RECIPIENT), secret_word(BRIEF)));
    });
}

#[test]
fn a_stale_write_is_found() {
    spoiled(Kind::StaleWrite, |run| {
        run.snapshot.tasks[0].finished_epoch = Some(1);
        run.snapshot.attempts[3].epoch = 1;
    });
}

#[test]
fn two_ends_of_a_task_are_found() {
    spoiled(Kind::EndedTwice, |run| {
        let first = Attempt { epoch: 1, ..run.snapshot.attempts[3].clone() };
        run.snapshot.attempts.push(first);
    });
    spoiled(Kind::EndedTwice, |run| {
        let failed = Attempt { event: "FAILED".into(), ..run.snapshot.attempts[3].clone() };
        run.snapshot.attempts.push(failed);
    });
}

#[test]
fn a_print_that_no_second_worker_made_is_found() {
    let printed = |run: &mut Run, token: &str, artifact: &str| {
        run.needs_agreement = true;
        let (token, artifact) = (token.to_owned(), Some(artifact.to_owned()));
        let print = Attempt { event: "PRINTED".into(), token, artifact, ..run.snapshot.attempts[0].clone() };
        run.snapshot.attempts.insert(1, print);
    };
    let mut agreed = good();
    let artifact = agreed.snapshot.tasks[0].artifact.clone().unwrap();
    printed(&mut agreed, "token 1", &artifact);
    assert_eq!(check(&agreed), []);
    spoiled(Kind::DeliveredAlone, |run| run.needs_agreement = true);
    spoiled(Kind::DeliveredAlone, |run| printed(run, "token 2", &artifact));
    spoiled(Kind::DeliveredAlone, |run| printed(run, "token 1", "another"));
    spoiled(Kind::PrintedTwice, |run| printed(run, "token 1", "another"));
}

#[test]
fn a_decreasing_epoch_is_found() {
    spoiled(Kind::EpochFell, |run| run.snapshot.attempts.swap(0, 2));
    spoiled(Kind::EpochFell, |run| run.snapshot.tasks[0].epoch = 1);
}

#[test]
fn a_lease_of_an_ended_task_is_found() {
    spoiled(Kind::LeasedAfterEnd, |run| run.snapshot.attempts.swap(2, 3));
}

#[test]
fn inputs_that_were_printed_twice_are_found() {
    spoiled(Kind::PrintedTwice, |run| {
        let again = Task { task_id: "t2".into(), generation: 2, ..run.snapshot.tasks[0].clone() };
        run.snapshot.tasks.push(again);
    });
}

#[test]
fn a_pdf_that_is_missing_or_damaged_is_found() {
    spoiled(Kind::PdfMissing, |run| run.snapshot.artifacts.clear());
    spoiled(Kind::PdfMissing, |run| run.snapshot.artifacts[0].stored_digest = "other".into());
    spoiled(Kind::PdfMissing, |run| run.snapshot.texts.clear());
}

#[test]
fn a_queue_that_differs_from_its_tasks_is_found() {
    spoiled(Kind::QueueDiffers, |run| run.snapshot.queue.push(QueueRow { task_id: "t1".into() }));
    spoiled(Kind::QueueDiffers, |run| run.snapshot.tasks[0].state = "QUEUED".into());
}

#[test]
fn an_unexpected_process_exit_is_found() {
    spoiled(Kind::ProcessDied, |run| run.died.push("worker-1".into()));
}
