//! Waits until files change, whichever way an editor writes them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::inputs::file_stamp::FileStamp;
use crate::ui::pending_file::folder_of;

/// Time without a further event after which a save is taken to be complete.
const QUIET: Duration = Duration::from_millis(10);

/// Longest wait for such a time: a file that is written without end is read as it is.
const LONGEST_BURST: Duration = Duration::from_millis(200);

/// Longest wait for a file that is missing or empty, because an editor is about to write it.
const LONGEST_ABSENCE: Duration = Duration::from_millis(500);

/// Time between two looks at the files, for file systems without events and for folders that are replaced.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The same where no events arrive at all.
const POLL_INTERVAL_WITHOUT_EVENTS: Duration = Duration::from_millis(200);

/// Watches files through their folders, because an editor that saves by renaming replaces the file that a watch of the
/// file itself would follow. Events only say that it is time to look: a change is a changed [`FileStamp`], so that other
/// files in the folder, such as the written PDF, cause nothing.
pub struct FileWatcher {
    /// None if the system has no watches left: then the files are polled.
    watcher: Option<RecommendedWatcher>,
    events: Receiver<()>,
    /// The folders with a watch, with their stamps then.
    folders: BTreeMap<PathBuf, (u64, u64)>,
    files: BTreeMap<PathBuf, Option<FileStamp>>,
}

/// Ends the wait of a [`FileWatcher`] from another thread.
#[derive(Clone)]
pub struct Waker(SyncSender<()>);

impl Waker {
    /// Makes the watcher look.
    pub fn wake(&self) {
        // A full channel wakes the watcher already.
        let _ = self.0.try_send(());
    }
}

impl FileWatcher {
    /// Creates a watcher of no files.
    pub fn new() -> (Self, Waker) {
        let (sender, events) = sync_channel(1);
        let waker = Waker(sender);
        let on_event = waker.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| !is_read(event.kind)) {
                on_event.wake();
            }
        });
        let watcher = watcher.ok();
        (Self { watcher, events, folders: BTreeMap::new(), files: BTreeMap::new() }, waker)
    }

    /// Sets the files. A file that was watched before keeps its last stamp.
    pub fn set_files(&mut self, files: BTreeSet<PathBuf>) {
        let known = std::mem::take(&mut self.files);
        self.files = files
            .into_iter()
            .map(|file| {
                let stamp = known.get(&file).copied().unwrap_or_else(|| FileStamp::of(&file));
                (file, stamp)
            })
            .collect();
        self.watch_folders();
    }

    /// Takes the stamps of all files; to be called before they are read.
    pub fn take_stamps(&mut self) {
        for (file, stamp) in &mut self.files {
            *stamp = FileStamp::of(file);
        }
    }

    /// Waits until a file has changed and its writer is done, or until `is_stopped`. Does not return for an event after
    /// which all files are as they were.
    pub fn wait(&mut self, is_stopped: impl Fn() -> bool) {
        let interval = if self.watcher.is_some() { POLL_INTERVAL } else { POLL_INTERVAL_WITHOUT_EVENTS };
        while !is_stopped() && !self.has_changed() {
            if self.events.recv_timeout(interval) == Err(RecvTimeoutError::Disconnected) {
                thread::sleep(interval);
            }
            self.watch_folders();
        }
        self.settle(is_stopped);
    }

    fn has_changed(&self) -> bool {
        self.files.iter().any(|(file, stamp)| FileStamp::of(file) != *stamp)
    }

    /// Waits until events pause and no file is missing or empty that was not so before.
    fn settle(&self, is_stopped: impl Fn() -> bool) {
        let start = Instant::now();
        while !is_stopped() {
            let is_quiet = self.events.recv_timeout(QUIET).is_err();
            let limit = if self.is_incomplete() { LONGEST_ABSENCE } else { LONGEST_BURST };
            if start.elapsed() >= limit || (is_quiet && !self.is_incomplete()) {
                return;
            }
        }
    }

    /// Returns whether a file has become missing or empty.
    fn is_incomplete(&self) -> bool {
        self.files.iter().any(|(file, before)| match FileStamp::of(file) {
            None => before.is_some(),
            Some(stamp) => stamp.size == 0 && before.is_none_or(|before| before.size > 0),
        })
    }

    /// Watches the folders of the files, and those that were replaced since.
    fn watch_folders(&mut self) {
        let Some(watcher) = &mut self.watcher else { return };
        let folders: BTreeSet<PathBuf> = self.files.keys().flat_map(|file| folders_of(file)).collect();
        let dropped: Vec<PathBuf> =
            self.folders.keys().filter(|folder| !folders.contains(*folder)).cloned().collect();
        for folder in dropped {
            self.folders.remove(&folder);
            // A folder that is gone has no watch.
            let _ = watcher.unwatch(&folder);
        }
        for folder in folders {
            let Some(identity) = FileStamp::of(&folder).map(FileStamp::identity) else {
                self.folders.remove(&folder);
                continue;
            };
            if self.folders.get(&folder) == Some(&identity) {
                continue;
            }
            let _ = watcher.unwatch(&folder);
            // Without a watch, the files of the folder are polled.
            if watcher.watch(&folder, RecursiveMode::NonRecursive).is_ok() {
                self.folders.insert(folder, identity);
            }
        }
    }
}

/// Returns the folder that names a file and, for a link, the folder of the file itself.
fn folders_of(file: &Path) -> Vec<PathBuf> {
    let folder = |file: &Path| folder_of(file).to_owned();
    let target = file.canonicalize().ok();
    std::iter::once(folder(file)).chain(target.as_deref().map(folder)).collect()
}

/// Returns whether an event is that of a reader, such as of this process.
const fn is_read(kind: EventKind) -> bool {
    matches!(kind, EventKind::Access(access) if !matches!(access, AccessKind::Close(AccessMode::Write)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use super::FileWatcher;

    /// Returns whether a watcher reports a change of `a` after an action.
    fn reports(action: impl FnOnce(&std::path::Path)) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        fs::write(&file, "one").unwrap();
        let (mut watcher, waker) = FileWatcher::new();
        watcher.set_files(BTreeSet::from([file]));
        watcher.take_stamps();
        action(folder.path());
        let (stop, is_stopped) = channel::<()>();
        let reported = thread::spawn(move || {
            let stopped = std::cell::Cell::new(false);
            watcher.wait(|| {
                stopped.set(stopped.get() || is_stopped.try_recv().is_ok());
                stopped.get()
            });
            !stopped.get()
        });
        // Long enough for a report, after which the watcher is ended.
        for _ in 0..40 {
            if reported.is_finished() {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = stop.send(());
        waker.wake();
        reported.join().unwrap()
    }

    #[test]
    fn a_write_a_rename_and_a_removal_are_changes() {
        assert!(reports(|folder| fs::write(folder.join("a"), "two!").unwrap()));
        assert!(reports(|folder| {
            fs::write(folder.join("b"), "two!").unwrap();
            fs::rename(folder.join("b"), folder.join("a")).unwrap();
        }));
        assert!(reports(|folder| fs::remove_file(folder.join("a")).unwrap()));
    }

    #[test]
    fn other_files_of_the_folder_are_no_changes() {
        assert!(!reports(|folder| fs::write(folder.join("other"), "two").unwrap()));
    }
}
