//! The process's log on standard error, written in batches. A system call for each line would add a tenth to the cost of
//! a cached read, and so would waking a thread for each.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::LogFormat;

/// Maximum time that a line is buffered.
const FLUSH_INTERVAL: Duration = Duration::from_millis(50);

/// Buffered bytes above which the buffer is flushed at once.
const MAX_BUFFERED_BYTES: usize = 64 * 1024;

/// Initializes logging to standard error, filtered by `RUST_LOG`, or from INFO on without it. The returned guard flushes
/// the log when it is dropped.
///
/// # Errors
/// If `RUST_LOG` is malformed, or logging is already initialized.
pub fn init(format: LogFormat) -> Result<FlushGuard, Box<dyn std::error::Error + Send + Sync>> {
    let filter = EnvFilter::builder().with_default_directive(tracing::Level::INFO.into()).from_env()?;
    let buffer = Buffer(Arc::default());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(buffer.clone());
    match format {
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).try_init(),
        LogFormat::Text if io::stderr().is_terminal() => log.try_init(),
        LogFormat::Text => log.with_ansi(false).try_init(),
    }?;
    let shared = Arc::downgrade(&buffer.0);
    std::thread::Builder::new().name("log".into()).spawn(move || flush_periodically(&shared))?;
    Ok(FlushGuard(buffer))
}

/// Log lines that have not been written yet.
#[derive(Debug, Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

/// Flushes the log when it is dropped.
#[derive(Debug)]
pub struct FlushGuard(Buffer);

impl Drop for FlushGuard {
    fn drop(&mut self) {
        flush(&mut self.0.lock());
    }
}

impl Buffer {
    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> MakeWriter<'a> for Buffer {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for Buffer {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut unwritten = self.lock();
        unwritten.extend_from_slice(line);
        if unwritten.len() >= MAX_BUFFERED_BYTES {
            flush(&mut unwritten);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Flushes the buffer until it is dropped.
fn flush_periodically(buffer: &Weak<Mutex<Vec<u8>>>) {
    while let Some(shared) = buffer.upgrade() {
        flush(&mut Buffer(shared).lock());
        std::thread::sleep(FLUSH_INTERVAL);
    }
}

/// Writes the buffer to standard error. Write errors are ignored: without standard error there is nowhere to report
/// them.
fn flush(unwritten: &mut Vec<u8>) {
    if !unwritten.is_empty() {
        let _ = io::stderr().write_all(unwritten);
        unwritten.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::Buffer;

    #[test]
    fn buffered_lines_stay_complete_and_in_order() {
        let mut buffer = Buffer::default();
        for line in ["one\n", "two\n"] {
            assert_eq!(buffer.write(line.as_bytes()).unwrap(), line.len());
        }
        assert_eq!(buffer.lock().as_slice(), b"one\ntwo\n");
    }
}
