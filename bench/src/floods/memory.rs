//! The memory of a process, as the kernel counts it (proc(5)).

use anyhow::Context as _;

/// Makes the kernel forget the highest memory so far.
///
/// # Errors
/// The process does not exist, or the kernel does not allow it.
pub(crate) fn reset_peak(process: u32) -> anyhow::Result<()> {
    Ok(std::fs::write(format!("/proc/{process}/clear_refs"), "5")?)
}

/// Returns the highest resident memory since the reset, in MiB.
///
/// # Errors
/// The process does not exist.
pub(crate) fn peak_mib(process: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1024.0)
}
