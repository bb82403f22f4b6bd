//! Follows the change logs of all workspaces.

use std::collections::hash_map::Entry;
use std::time::Duration;

use chancery_store::{Invalidation, LogHead, Result};
use tokio::sync::watch;
use tokio::time::Instant;

use super::{Freshness, Head};
use crate::background::wakeups::Wakeups;
use crate::shutdown::Shutdown;

/// The longest pause between two comparisons: with a look of less than half a second, nothing is believed for longer
/// than a second and the counters are compared at least twice in one.
const PAUSE: Duration = Duration::from_millis(300);

/// The shortest: hints may come in thousands.
const SHORTEST: Duration = Duration::from_millis(2);

/// Changes that are gone through one by one; with more of them, everything is dropped.
const ONE_BY_ONE: i64 = 5000;

/// How long a look may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(2);

/// Reads all change logs once, before anything is served. In a database that was restored, this begins new epochs, so that
/// no call finds a cursor of the original accepted.
pub(crate) async fn begin(freshness: &Freshness) -> Result<()> {
    look(freshness).await
}

/// Follows until the shutdown.
pub(crate) async fn follow(freshness: Freshness, wakeups: Wakeups, shutdown: Shutdown) {
    let mut failing = false;
    loop {
        let looked = tokio::select! {
            () = shutdown.begun() => return,
            looked = tokio::time::timeout(PATIENCE, look(&freshness)) => looked,
        };
        let error = match looked {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("the database takes too long".to_owned()),
        };
        match (&error, failing) {
            (Some(error), false) => {
                tracing::warn!(error, "the change log is not heard: everything is read from the database");
            }
            (None, true) => tracing::info!("the change log is heard again"),
            _ => {}
        }
        failing = error.is_some();
        tokio::time::sleep(SHORTEST).await;
        tokio::select! {
            () = shutdown.begun() => return,
            () = wakeups.next_log() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Compares all counters with what was heard, and drops what is not true any more.
async fn look(freshness: &Freshness) -> Result<()> {
    let begun = Instant::now();
    let is_first_look = freshness.logs().compared.is_none();
    let heads = freshness.store.changes().log_heads().await?;
    for head in heads {
        let known = freshness.heard(&head.workspace);
        match known {
            Some(known) if known == head.position => continue,
            Some(known) if known.epoch == head.position.epoch && known.number < head.position.number => {
                drop_outdated(freshness, &head, known.number).await?;
            }
            // Another life of the log, or a log that ran backwards.
            Some(_) => freshness.shared.kept.drop_everything(),
            // A workspace that was made since: what was read of it meanwhile may have changed too.
            None if !is_first_look => drop_outdated(freshness, &head, 0).await?,
            None => {}
        }
        note(freshness, head);
    }
    freshness.logs_mut().compared = Some(begun);
    Ok(())
}

async fn drop_outdated(freshness: &Freshness, head: &LogHead, after: i64) -> Result<()> {
    let kept = &freshness.shared.kept;
    match freshness.store.changes().invalidations_since(&head.workspace, after, ONE_BY_ONE).await? {
        Some(outdated) => outdated.iter().for_each(|(_, what)| match what {
            Invalidation::Brief(name) => kept.drop_brief(name),
            Invalidation::Token(name) => kept.drop_token(name),
            Invalidation::Nothing => {}
        }),
        None => kept.drop_everything(),
    }
    Ok(())
}

/// Notes how far the log was heard of, and wakes those who watch it.
fn note(freshness: &Freshness, head: LogHead) {
    let number = head.position.number;
    match freshness.logs_mut().heads.entry(head.workspace) {
        Entry::Occupied(mut known) => {
            let known = known.get_mut();
            known.position = head.position;
            known.moved.send_replace(number);
        }
        Entry::Vacant(new) => {
            new.insert(Head { position: head.position, moved: watch::channel(number).0 });
        }
    }
}
