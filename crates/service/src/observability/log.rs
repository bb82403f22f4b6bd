//! The log: one line for each call, written together. A system call for each line would be a tenth of what a read from
//! memory costs, and so would be waking a thread for each.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::LogFormat;

/// How long a line waits at most.
const WAIT: Duration = Duration::from_millis(50);

/// Bytes that are written at once without waiting.
const TOGETHER: usize = 64 * 1024;

/// Begins to write the log to standard error. `RUST_LOG` says what is written; without it, everything from INFO on. What
/// is returned writes the rest when it is dropped.
///
/// # Errors
/// When `RUST_LOG` does not parse or a log was begun before.
pub fn begin(format: LogFormat) -> Result<Rest, Box<dyn std::error::Error + Send + Sync>> {
    let filter = EnvFilter::builder().with_default_directive(tracing::Level::INFO.into()).from_env()?;
    let lines = Lines(Arc::default());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines.clone());
    match format {
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).try_init(),
        LogFormat::Text => log.try_init(),
    }?;
    let waiting = Arc::downgrade(&lines.0);
    std::thread::Builder::new().name("log".into()).spawn(move || write_again_and_again(&waiting))?;
    Ok(Rest(lines))
}

/// Lines that are not written yet.
#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

/// What is not written when the process ends.
#[derive(Debug)]
pub struct Rest(Lines);

impl Drop for Rest {
    fn drop(&mut self) {
        write_out(&mut self.0.unwritten());
    }
}

impl Lines {
    fn unwritten(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut unwritten = self.unwritten();
        unwritten.extend_from_slice(line);
        if unwritten.len() >= TOGETHER {
            write_out(&mut unwritten);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Until nobody logs any more.
fn write_again_and_again(lines: &Weak<Mutex<Vec<u8>>>) {
    while let Some(lines) = lines.upgrade() {
        write_out(&mut Lines(lines).unwritten());
        std::thread::sleep(WAIT);
    }
}

/// Where standard error is gone, nobody can be told.
fn write_out(unwritten: &mut Vec<u8>) {
    if !unwritten.is_empty() {
        let _ = io::stderr().write_all(unwritten);
        unwritten.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::Lines;

    #[test]
    fn lines_wait_whole_and_in_order() {
        let mut lines = Lines::default();
        for line in ["one\n", "two\n"] {
            assert_eq!(lines.write(line.as_bytes()).unwrap(), line.len());
        }
        assert_eq!(lines.unwritten().as_slice(), b"one\ntwo\n");
    }
}
