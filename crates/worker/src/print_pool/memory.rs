//! Resident memory of the process and its limit.

use std::fmt;
use std::fs;
use std::sync::Arc;

/// A limit on the memory of the whole process. Prints share one heap, so their memory cannot be measured individually.
#[derive(Clone)]
pub struct MemoryLimit {
    /// The limit in bytes.
    pub bytes: u64,
    /// Measures the memory in bytes, if the system provides it.
    pub resident: Arc<dyn Fn() -> Option<u64> + Send + Sync>,
}

impl MemoryLimit {
    /// Creates a limit on the resident memory of this process.
    pub fn of_process(bytes: u64) -> Self {
        Self { bytes, resident: Arc::new(resident) }
    }

    /// Returns the memory in bytes, if it is over the limit.
    pub(crate) fn exceeded(&self) -> Option<u64> {
        (self.resident)().filter(|resident| *resident > self.bytes)
    }
}

impl fmt::Debug for MemoryLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLimit").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

/// Returns the resident memory of the process in bytes; only known, and so only limited, on Linux.
pub(crate) fn resident() -> Option<u64> {
    kibibytes(&fs::read_to_string("/proc/self/status").ok()?, "VmRSS:")
}

/// Returns the memory available to the process in bytes: the limit of its container, or else the memory of the machine.
pub(crate) fn available() -> Option<u64> {
    let machine = kibibytes(&fs::read_to_string("/proc/meminfo").ok()?, "MemTotal:")?;
    Some(container().map_or(machine, |container| container.min(machine)))
}

/// Returns the limit of the control group, version 2 or 1, as seen from inside a container.
fn container() -> Option<u64> {
    ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .into_iter()
        .find_map(|file| fs::read_to_string(file).ok()?.trim().parse().ok())
}

/// Parses a line such as `VmRSS:   1234 kB`.
fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let number: u64 = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    number.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::{MemoryLimit, available, kibibytes, resident};

    #[test]
    fn lines_of_proc_files_are_parsed() {
        let status = "Name:\tx\nVmRSS:\t    2048 kB\nThreads:\t1\n";
        assert_eq!(kibibytes(status, "VmRSS:"), Some(2 << 20));
        assert_eq!(kibibytes(status, "VmSwap:"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn resident_memory_is_less_than_available_memory() {
        let resident = resident().unwrap();
        assert!(resident > 1 << 20 && resident < available().unwrap(), "{resident}");
        assert_eq!(MemoryLimit::of_process(u64::MAX).exceeded(), None);
        assert!(MemoryLimit::of_process(1).exceeded().is_some());
    }
}
