//! Follows the change logs of all workspaces, and invalidates the entries that new changes name.

use std::collections::hash_map::Entry;
use std::time::Duration;

use chancery_store::{Invalidation, LogHead, Result};
use tokio::sync::watch;
use tokio::time::Instant;

use super::{Cache, KnownLog};
use crate::background::wakeups::Wakeups;
use crate::shutdown::Shutdown;

/// Maximum pause between two checks. As long as a check takes less than half a second, the logs are checked at least
/// twice a second, and the cache stays fresh from one check to the next.
const CHECK_INTERVAL: Duration = Duration::from_millis(300);

/// Minimum pause between two checks: hints can arrive by the thousand.
const MIN_CHECK_INTERVAL: Duration = Duration::from_millis(2);

/// Maximum number of changes to invalidate one by one; after more, everything is invalidated.
const MAX_REPLAYED_CHANGES: i64 = 5000;

/// Timeout of one check.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// Checks the change logs until the shutdown. The service's start made the first check by [`check_logs`].
pub(crate) async fn run(cache: Cache, wakeups: Wakeups, shutdown: Shutdown) {
    let mut is_failing = false;
    loop {
        let checked = tokio::select! {
            () = shutdown.begun() => return,
            checked = tokio::time::timeout(CHECK_TIMEOUT, check_logs(&cache)) => checked,
        };
        let error = match checked {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("no response from the database within {} s", CHECK_TIMEOUT.as_secs())),
        };
        match (&error, is_failing) {
            (Some(error), false) => {
                tracing::warn!(error, "could not check the change log; bypassing the cache");
            }
            (None, true) => tracing::info!("change-log checks succeed again; using the cache"),
            _ => {}
        }
        is_failing = error.is_some();
        tokio::time::sleep(MIN_CHECK_INTERVAL).await;
        tokio::select! {
            () = shutdown.begun() => return,
            () = wakeups.next_change() => {}
            () = tokio::time::sleep(CHECK_INTERVAL) => {}
        }
    }
}

/// Compares all logs with their last known positions, and invalidates the entries that changed since. In a database that
/// was restored from a backup, the read also begins new log epochs; the service makes one check before it serves, so
/// that no call accepts a cursor of the original database.
pub(crate) async fn check_logs(cache: &Cache) -> Result<()> {
    let checked_at = Instant::now();
    let is_first_check = cache.logs().checked_at.is_none();
    let heads = cache.store.changes().log_heads().await?;
    for head in heads {
        let known = cache.known_position(&head.workspace);
        match known {
            Some(known) if known == head.position => continue,
            Some(known) if known.epoch == head.position.epoch && known.number < head.position.number => {
                invalidate_changes(cache, &head, known.number).await?;
            }
            // A new epoch, or a number that went backwards.
            Some(_) => cache.shared.entries.invalidate_all(),
            // The workspace is new. Entries read between its creation and this check may have changed as well.
            None if !is_first_check => invalidate_changes(cache, &head, 0).await?,
            None => {}
        }
        record_position(cache, head);
    }
    cache.logs_mut().checked_at = Some(checked_at);
    Ok(())
}

async fn invalidate_changes(cache: &Cache, head: &LogHead, after: i64) -> Result<()> {
    let entries = &cache.shared.entries;
    match cache.store.changes().invalidations_since(&head.workspace, after, MAX_REPLAYED_CHANGES).await? {
        Some(outdated) => outdated.iter().for_each(|(_, change)| match change {
            Invalidation::Brief(name) => entries.invalidate_brief(name),
            Invalidation::Token(name) => entries.invalidate_token(name),
            Invalidation::Nothing => {}
        }),
        None => entries.invalidate_all(),
    }
    Ok(())
}

/// Records the log's position, and wakes the watches of its workspace.
fn record_position(cache: &Cache, head: LogHead) {
    let number = head.position.number;
    match cache.logs_mut().logs.entry(head.workspace) {
        Entry::Occupied(mut known) => {
            let known = known.get_mut();
            known.position = head.position;
            known.number.send_replace(number);
        }
        Entry::Vacant(unknown) => {
            unknown.insert(KnownLog { position: head.position, number: watch::channel(number).0 });
        }
    }
}
