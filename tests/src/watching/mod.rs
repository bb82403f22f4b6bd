//! Watches under concurrent writers: two services on one database that are stopped and killed in turn, writers on both,
//! watchers on both that resume from their cursors, one that reads slowly and one with a lower clearance. In the end
//! each must have received exactly its part of the change log, in order.

mod watcher;
mod writer;

use std::time::Duration;

use chancery_cli::processes::Service;
use chancery_proto::admin::v1::Role;
use chancery_testkit::{Caller, Stack};
use tokio::sync::watch;
use tokio::task::JoinSet;

use watcher::{Received, Watcher};

/// The size of a run.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Number of writers.
    pub writers: usize,
    /// Number of revisions that each publishes.
    pub publishes: u32,
    /// Number of service restarts during the run.
    pub restarts: u32,
}

/// The result of a run.
#[derive(Debug)]
pub struct Report {
    /// Number of changes in the log.
    pub logged: usize,
    /// The count of changes and restarts of each watcher.
    pub watchers: Vec<(String, usize, u32)>,
    /// Seconds from the first publish to the last change received.
    pub seconds: f64,
    /// The violations.
    pub violations: Vec<String>,
}

/// How long the slow watcher may leave changes unread.
const PATIENCE: &str = "500";

/// How long watchers may take for the remaining changes once the writers are done.
const GRACE: Duration = Duration::from_mins(2);

/// Runs and compares.
pub async fn run(settings: Settings) -> Report {
    let patience = ("CHANCERY_TEST_WATCH_TIMEOUT_MILLIS", PATIENCE);
    let stack = Stack::without_worker().await;
    let url = stack.database().url().to_owned();
    let services = [stack.replica(&url, &[patience]).await, stack.replica(&url, &[patience]).await];
    let urls = services.each_ref().map(Service::url);

    let everything = stack.caller("everything", &[Role::Reader], "TLP:RED").await;
    let little = stack.caller("little", &[Role::Reader], "TLP:CLEAR").await;
    let admin = stack.token_file("admin");
    let kinds: [(&str, &Caller, usize, bool); 4] = [
        ("everything here", &everything, 0, false),
        ("everything there", &everything, 1, false),
        ("little", &little, 0, false),
        ("slow", &everything, 1, true),
    ];
    let (done, is_done) = watch::channel(false);
    let mut watchers = JoinSet::new();
    for (name, caller, place, is_slow) in kinds {
        let client = stack.client_of(urls[place].clone(), &caller.token_file).await;
        let watcher = Watcher::begin(name, client, is_slow).await;
        watchers.spawn(watcher.run(is_done.clone()));
    }

    let begun = tokio::time::Instant::now();
    let mut writers = JoinSet::new();
    for number in 0..settings.writers {
        let client = stack.client_of(urls[number % urls.len()].clone(), &admin).await;
        writers.spawn(writer::write(client, number, settings.publishes));
    }
    let services = break_services(&stack, services, settings, &mut writers).await;
    done.send_replace(true);
    let received = tokio::time::timeout(GRACE, watchers.join_all()).await;
    let seconds = begun.elapsed().as_secs_f64();
    drop(services);
    report(&stack, received.unwrap_or_default(), seconds)
}

/// Restarts the services in turn, evenly spread over the run, until all writers are done.
async fn break_services(
    stack: &Stack,
    services: [Service; 2],
    settings: Settings,
    writers: &mut JoinSet<()>,
) -> [Service; 2] {
    let [mut first, mut second] = services;
    let all = settings.publishes as usize * settings.writers;
    let mut restarts = 0;
    loop {
        tokio::select! {
            joined = writers.join_next() => match joined {
                Some(joined) => joined.expect("a writer failed"),
                None => return [first, second],
            },
            () = tokio::time::sleep(Duration::from_millis(200)) => {
                let written = written(stack);
                let due = all * (restarts as usize + 1) / (settings.restarts as usize + 1);
                if restarts < settings.restarts && written >= due {
                    restarts += 1;
                    // Alternates between SIGTERM and SIGKILL.
                    if restarts % 2 == 1 {
                        first = stack.restart(first, restarts % 4 == 1).await;
                    } else {
                        second = stack.restart(second, restarts % 4 == 2).await;
                    }
                }
            }
        }
    }
}

fn written(stack: &Stack) -> usize {
    let rows = stack
        .database()
        .psql()
        .rows("select last_number from change_counters where workspace_id = 'default'");
    rows.ok().and_then(|rows| rows.first()?.parse().ok()).unwrap_or(0)
}

/// A row of the change log: brief, revision, audience.
fn log(stack: &Stack) -> Vec<(String, u32, u32)> {
    let rows = stack.database().psql().rows(
        "select brief_id, revision, audience from change_log
        where workspace_id = 'default' and kind = 'revision_published' order by number",
    );
    let change = |row: String| {
        let mut columns = row.split('|');
        let mut next = || columns.next().expect("there are three columns").to_owned();
        (
            next(),
            next().parse().expect("the column is a number"),
            next().parse().expect("the column is a number"),
        )
    };
    rows.unwrap_or_else(|error| panic!("{error}")).into_iter().map(change).collect()
}

fn report(stack: &Stack, received: Vec<Received>, seconds: f64) -> Report {
    let log = log(stack);
    let mut violations = Vec::new();
    if received.is_empty() {
        violations.push("the watchers did not finish".to_owned());
    }
    for watcher in &received {
        let bit = if watcher.name == "little" { 0 } else { 4 };
        let expected = log.iter().filter(|(_, _, audience)| audience & (1 << bit) != 0);
        let expected: Vec<(&str, u32)> =
            expected.map(|(brief, revision, _)| (brief.as_str(), *revision)).collect();
        let found: Vec<(&str, u32)> =
            watcher.changes.iter().map(|(brief, revision)| (brief.as_str(), *revision)).collect();
        if found != expected {
            let place = found.iter().zip(&expected).position(|(found, expected)| found != expected);
            let place = place.unwrap_or(found.len().min(expected.len()));
            let (has, should) = (found.get(place), expected.get(place));
            violations.push(format!("{}: at {place} received {has:?}, not {should:?}", watcher.name));
        }
    }
    let little = received.iter().find(|watcher| watcher.name == "little");
    if little.is_some_and(|little| little.changes.len() >= log.len()) {
        violations.push("the watcher with the lower clearance received every change".to_owned());
    }
    Report {
        logged: log.len(),
        watchers: received
            .into_iter()
            .map(|received| (received.name, received.changes.len(), received.restarts))
            .collect(),
        seconds,
        violations,
    }
}
