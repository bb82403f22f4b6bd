//! The time from a save of a text to its pages, as `preview --watch` writes them.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

/// Longest wait for the pages of a save.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Time between two looks at the PDF.
const LOOK_INTERVAL: Duration = Duration::from_micros(200);

/// Time between the pages of a save and the next save: the preview waits for the file again.
const PAUSE: Duration = Duration::from_millis(300);

/// The running preview, which ends with this value.
struct Preview(Child);

impl Drop for Preview {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Saves a text again and again, each time with another sentence, and returns the times to the new pages.
pub(crate) fn save_times(
    chancery: &Path,
    sample: &Path,
    folder: &Path,
    runs: usize,
) -> anyhow::Result<Vec<Duration>> {
    fs::create_dir_all(folder)?;
    let (file, pdf) = (folder.join("saved.brief.md"), folder.join("saved.pdf"));
    // Left by an earlier run, or not there.
    let _ = fs::remove_file(&pdf);
    let text = fs::read_to_string(sample)?;
    fs::write(&file, &text)?;
    let mut command = Command::new(chancery);
    command.arg("preview").arg(&file).arg("--watch").arg("-o").arg(&pdf);
    let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut preview = Preview(started.with_context(|| format!("starting {}", chancery.display()))?);
    let mut before = wait_for_pages(&pdf, None, &mut preview)?;
    let mut times = Vec::with_capacity(runs);
    for run in 1..=runs {
        thread::sleep(PAUSE);
        let saved = format!("{text}\n# Run {run}\n\nThe page shows run {run}.\n");
        let start = Instant::now();
        fs::write(&file, saved)?;
        before = wait_for_pages(&pdf, Some(before), &mut preview)?;
        times.push(start.elapsed());
    }
    Ok(times)
}

/// Waits for a PDF that is not the one before, and returns its inode and time: complete files replace each other.
fn wait_for_pages(
    pdf: &Path,
    before: Option<(u64, i64)>,
    preview: &mut Preview,
) -> anyhow::Result<(u64, i64)> {
    let start = Instant::now();
    loop {
        let now = fs::metadata(pdf).ok().map(|pdf| (pdf.ino(), pdf.mtime_nsec()));
        if let Some(now) = now.filter(|now| Some(*now) != before) {
            return Ok(now);
        }
        ensure!(preview.0.try_wait()?.is_none(), "the preview has ended");
        ensure!(start.elapsed() < LONGEST_WAIT, "no pages after {LONGEST_WAIT:?}");
        thread::sleep(LOOK_INTERVAL);
    }
}
