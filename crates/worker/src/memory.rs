//! How much memory the process holds, and how much it may.

use std::fmt;
use std::fs;
use std::sync::Arc;

/// How much memory the whole process may hold, and how that is measured.
///
/// Prints share one heap, so what one of them holds is not known; that the process nears its end is.
#[derive(Clone)]
pub struct MemoryLimit {
    /// The most bytes.
    pub bytes: u64,
    /// Tells how many bytes there are, where the system says so.
    pub resident: Arc<dyn Fn() -> Option<u64> + Send + Sync>,
}

impl MemoryLimit {
    /// A limit on what the system counts as this process's resident memory.
    pub fn of_process(bytes: u64) -> Self {
        Self { bytes, resident: Arc::new(resident) }
    }

    /// The bytes that are over the limit's line, if they are.
    pub(crate) fn exceeded(&self) -> Option<u64> {
        (self.resident)().filter(|resident| *resident > self.bytes)
    }
}

impl fmt::Debug for MemoryLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLimit").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

/// The process's resident memory in bytes. Linux tells it; elsewhere there is no answer, and so no limit.
pub(crate) fn resident() -> Option<u64> {
    kibibytes(&fs::read_to_string("/proc/self/status").ok()?, "VmRSS:")
}

/// How much the process may have before the kernel ends it: its container's limit, or else the machine's memory.
pub(crate) fn available() -> Option<u64> {
    let machine = kibibytes(&fs::read_to_string("/proc/meminfo").ok()?, "MemTotal:")?;
    Some(container().map_or(machine, |container| container.min(machine)))
}

/// The limit of the control group, in both of their versions, as a container sees its own.
fn container() -> Option<u64> {
    ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .into_iter()
        .find_map(|file| fs::read_to_string(file).ok()?.trim().parse().ok())
}

/// A line such as `VmRSS:   1234 kB`.
fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let number: u64 = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    number.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::{MemoryLimit, available, kibibytes, resident};

    #[test]
    fn the_system_s_words_are_understood() {
        let status = "Name:\tx\nVmRSS:\t    2048 kB\nThreads:\t1\n";
        assert_eq!(kibibytes(status, "VmRSS:"), Some(2 << 20));
        assert_eq!(kibibytes(status, "VmSwap:"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_holds_some_memory_and_may_have_more() {
        let resident = resident().unwrap();
        assert!(resident > 1 << 20 && resident < available().unwrap(), "{resident}");
        assert_eq!(MemoryLimit::of_process(u64::MAX).exceeded(), None);
        assert!(MemoryLimit::of_process(1).exceeded().is_some());
    }
}
