//! Threads to print on. Printing takes whole seconds of a core and never waits, so it stays off tokio's threads.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use chancery_proto::render::v1::RenderPhase;
use tokio::sync::{oneshot, watch};

use crate::printer::Progress;

/// A fixed number of threads. They end when the press is dropped and their work is done.
#[derive(Debug, Clone)]
pub(crate) struct Press {
    work: Sender<Work>,
    floor: Arc<Floor>,
}

/// Why there is no answer to some work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// It panicked. The thread lives on.
    Panicked,
    /// It gave no sign of life for too long. Its thread cannot be ended; another has taken its place.
    Stuck,
    /// The process holds too much memory, and this work was the furthest. It is to be told to stop.
    OverMemory,
}

/// Signs of life of some work.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    beats: AtomicU64,
    pages: AtomicU32,
    writing: AtomicBool,
}

impl Pulse {
    /// The work goes on.
    pub(crate) fn beat(&self, progress: Progress) {
        self.pages.store(progress.pages, Ordering::Relaxed);
        self.writing.store(progress.phase == RenderPhase::Write, Ordering::Relaxed);
        self.beats.fetch_add(1, Ordering::Relaxed);
    }
}

/// What the press has decided about some work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    GoOn,
    Stop,
    Abandoned,
}

struct Work {
    begin: Box<dyn FnOnce(&Pulse) + Send>,
    verdict: watch::Sender<Verdict>,
}

/// Work that a thread is at.
#[derive(Debug)]
struct Busy {
    pulse: Arc<Pulse>,
    beats_seen: u64,
    silent: Duration,
    verdict: watch::Sender<Verdict>,
}

/// What the threads share.
#[derive(Debug)]
struct Floor {
    waiting: Mutex<Receiver<Work>>,
    busy: Mutex<BTreeMap<u64, Busy>>,
    begun: AtomicU64,
    threads: AtomicUsize,
    abandoned: AtomicUsize,
}

/// Work that was handed in.
#[derive(Debug)]
pub(crate) struct Pressed<T> {
    answered: oneshot::Receiver<Result<T, Lost>>,
    verdict: watch::Receiver<Verdict>,
}

impl Press {
    /// Starts the threads.
    pub(crate) fn start(threads: usize) -> io::Result<Self> {
        let (work, waiting) = channel::<Work>();
        let floor = Arc::new(Floor {
            waiting: Mutex::new(waiting),
            busy: Mutex::default(),
            begun: AtomicU64::new(0),
            threads: AtomicUsize::new(0),
            abandoned: AtomicUsize::new(0),
        });
        for _ in 0..threads {
            start_thread(&floor)?;
        }
        Ok(Self { work, floor })
    }

    /// Has the work done by one of the threads. It is given where to show that it goes on.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Pulse) -> T + Send + 'static,
    ) -> Pressed<T> {
        let (answer, answered) = oneshot::channel();
        let (verdict, watched) = watch::channel(Verdict::GoOn);
        let begin: Box<dyn FnOnce(&Pulse) + Send> = Box::new(move |pulse| {
            // Nobody waits any more: the time was over before a thread was free.
            if answer.is_closed() {
                return;
            }
            // What the work captured is gone with it; nobody sees it half changed.
            let done = catch_unwind(AssertUnwindSafe(|| work(pulse))).map_err(|_| Lost::Panicked);
            // Nobody waits any more when the job has ended before its print.
            let _ = answer.send(done);
        });
        // Can only fail when every thread is gone: then the answer's sender is dropped, which the caller sees.
        let _ = self.work.send(Work { begin, verdict });
        Pressed { answered, verdict: watched }
    }

    /// Leaves the threads behind whose work has shown nothing for the limit, and starts others in their place. Returns
    /// how many. Called over and over, with the time that has passed since.
    ///
    /// # Errors
    /// A thread could not be started: there is one fewer.
    pub(crate) fn abandon_silent(&self, passed: Duration, limit: Duration) -> io::Result<usize> {
        let stuck = self.floor.take_silent(passed, limit);
        for busy in &stuck {
            self.floor.abandoned.fetch_add(1, Ordering::Relaxed);
            busy.verdict.send_replace(Verdict::Abandoned);
        }
        for _ in &stuck {
            start_thread(&self.floor)?;
        }
        Ok(stuck.len())
    }

    /// Tells the work that is the furthest to stop, and returns whether there was some: what is being told already, and
    /// what writes and so hears nothing any more, must end first.
    pub(crate) fn relieve(&self) -> bool {
        let busy = self.floor.busy();
        let told = busy.values().any(|busy| *busy.verdict.borrow() == Verdict::Stop);
        let can_stop = busy.iter().filter(|(_, busy)| !busy.pulse.writing.load(Ordering::Relaxed));
        // Memory grows with pages; of two with as many, the one that began first has had more of it.
        let furthest = can_stop
            .max_by_key(|(number, busy)| (busy.pulse.pages.load(Ordering::Relaxed), Reverse(**number)));
        match furthest.filter(|_| !told) {
            Some((_, furthest)) => {
                furthest.verdict.send_replace(Verdict::Stop);
                true
            }
            None => false,
        }
    }

    /// Whether no thread has work.
    pub(crate) fn is_idle(&self) -> bool {
        self.floor.busy().is_empty()
    }

    /// How many abandoned threads have not ended after all.
    pub(crate) fn abandoned(&self) -> usize {
        self.floor.abandoned.load(Ordering::Relaxed)
    }
}

impl<T> Pressed<T> {
    /// The work's answer, or the press's word that none is to be waited for.
    pub(crate) async fn answer(&mut self) -> Result<T, Lost> {
        tokio::select! {
            biased;
            done = &mut self.answered => done.unwrap_or(Err(Lost::Panicked)),
            lost = told(&mut self.verdict) => Err(lost),
        }
    }

    /// Returns once the thread is free for other work, or another one has taken its place.
    pub(crate) async fn freed(mut self) {
        while *self.verdict.borrow_and_update() != Verdict::Abandoned && self.verdict.changed().await.is_ok()
        {
        }
    }
}

/// Returns when the press gives some work up, which it does not with work that is over.
async fn told(verdict: &mut watch::Receiver<Verdict>) -> Lost {
    let verdict = verdict.wait_for(|verdict| *verdict != Verdict::GoOn).await.map(|verdict| *verdict);
    match verdict {
        Ok(Verdict::Stop) => Lost::OverMemory,
        Ok(_) => Lost::Stuck,
        Err(_) => std::future::pending().await,
    }
}

impl Floor {
    fn busy(&self) -> MutexGuard<'_, BTreeMap<u64, Busy>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_silent(&self, passed: Duration, limit: Duration) -> Vec<Busy> {
        let mut busy = self.busy();
        for work in busy.values_mut() {
            let beats = work.pulse.beats.load(Ordering::Relaxed);
            let is_silent = std::mem::replace(&mut work.beats_seen, beats) == beats;
            work.silent = if is_silent { work.silent + passed } else { Duration::ZERO };
        }
        busy.extract_if(.., |_, work| work.silent >= limit).map(|(_, work)| work).collect()
    }

    /// Does some work; false when it was given up meanwhile and this thread is one too many.
    fn work_off(&self, work: Work) -> bool {
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        let pulse = Arc::new(Pulse::default());
        let busy =
            Busy { pulse: Arc::clone(&pulse), beats_seen: 0, silent: Duration::ZERO, verdict: work.verdict };
        self.busy().insert(number, busy);
        (work.begin)(&pulse);
        let is_wanted = self.busy().remove(&number).is_some();
        if !is_wanted {
            self.abandoned.fetch_sub(1, Ordering::Relaxed);
        }
        is_wanted
    }
}

fn start_thread(floor: &Arc<Floor>) -> io::Result<()> {
    let number = floor.threads.fetch_add(1, Ordering::Relaxed);
    let floor = Arc::clone(floor);
    // Content nests; the default of 2 MiB leaves little room over the deepest layout.
    let builder = thread::Builder::new().name(format!("print-{number}")).stack_size(8 << 20);
    builder.spawn(move || work_for_ever(&floor)).map(drop)
}

fn work_for_ever(floor: &Floor) {
    loop {
        // Held while waiting: the other threads queue up behind the lock instead of at the channel.
        let next = floor.waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        if !floor.work_off(work) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use chancery_proto::render::v1::RenderPhase;

    use super::{Lost, Press};
    use crate::printer::Progress;

    const SECOND: Duration = Duration::from_secs(1);

    fn page(pages: u32) -> Progress {
        Progress { phase: RenderPhase::Layout, pages }
    }

    #[tokio::test]
    async fn work_is_done_on_a_thread_of_the_press() {
        let press = Press::start(2).unwrap();
        let name = press.run(|_| thread::current().name().map(str::to_owned)).answer().await.unwrap();
        assert!(name.is_some_and(|name| name.starts_with("print-")));
    }

    #[tokio::test]
    async fn a_panic_is_answered_and_the_thread_lives_on() {
        let press = Press::start(1).unwrap();
        assert_eq!(press.run(|_| panic!("as the test wants")).answer().await, Err::<(), _>(Lost::Panicked));
        assert_eq!(press.run(|_| 7).answer().await, Ok(7));
    }

    #[tokio::test]
    async fn silent_work_is_given_up_and_other_work_goes_on_in_its_place() {
        let press = Press::start(1).unwrap();
        let (begun, has_begun) = channel();
        let (wake, awake) = channel::<()>();
        let mut silent = press.run(move |_| {
            begun.send(()).unwrap();
            awake.recv().ok();
        });
        has_begun.recv().unwrap();
        assert_eq!(press.abandon_silent(SECOND, 2 * SECOND).unwrap(), 0);
        assert_eq!(press.abandon_silent(SECOND, 2 * SECOND).unwrap(), 1);
        assert_eq!(silent.answer().await, Err(Lost::Stuck));
        silent.freed().await;
        assert_eq!(press.abandoned(), 1);
        assert_eq!(press.run(|_| 7).answer().await, Ok(7));
        // It comes back after all: nobody waits for it, and there is no thread too many.
        wake.send(()).unwrap();
        while press.abandoned() > 0 {
            thread::yield_now();
        }
    }

    #[tokio::test]
    async fn work_that_shows_signs_of_life_is_left_alone() {
        let press = Press::start(1).unwrap();
        let (step, steps) = channel();
        let (stepped, has_stepped) = channel();
        let mut lively = press.run(move |pulse| {
            for pages in steps {
                pulse.beat(page(pages));
                stepped.send(()).unwrap();
            }
        });
        for pages in 0..5 {
            step.send(pages).unwrap();
            has_stepped.recv().unwrap();
            assert_eq!(press.abandon_silent(SECOND, SECOND).unwrap(), 0);
        }
        drop(step);
        assert_eq!(lively.answer().await, Ok(()));
    }

    #[tokio::test]
    async fn of_all_work_that_can_stop_the_furthest_is_told_to_and_one_at_a_time() {
        let press = Press::start(3).unwrap();
        let (begun, has_begun) = channel();
        let mut work = Vec::new();
        let mut ends = Vec::new();
        for (phase, pages) in [(RenderPhase::Layout, 3), (RenderPhase::Layout, 9), (RenderPhase::Write, 90)] {
            let (end, ended) = channel::<()>();
            let begun = begun.clone();
            work.push(press.run(move |pulse| {
                pulse.beat(Progress { phase, pages });
                begun.send(()).unwrap();
                ended.recv().ok();
            }));
            ends.push(end);
        }
        for _ in 0..3 {
            has_begun.recv().unwrap();
        }
        assert!(press.relieve());
        assert_eq!(work[1].answer().await, Err(Lost::OverMemory));
        assert!(!press.relieve(), "the one that was told has not ended");
        ends.remove(1);
        work.remove(1).freed().await;
        assert!(press.relieve());
        assert_eq!(work[0].answer().await, Err(Lost::OverMemory));
        ends.clear();
        assert_eq!(work[1].answer().await, Ok(()));
    }
}
