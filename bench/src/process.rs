//! Processes of this program, and the CPU time and memory of processes.

use std::process::Stdio;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// The kernel reports CPU time in hundredths of a second.
const MICROSECONDS_A_TICK: f64 = 10_000.0;

/// Another process of this program. It is killed with the handle.
pub struct Running {
    /// Its handle.
    pub process: Child,
    /// The first line that it printed.
    pub first_line: String,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// Reads the next line that it prints.
    ///
    /// # Errors
    /// The failure to read, or that it has exited.
    pub async fn next_line(&mut self) -> anyhow::Result<String> {
        self.lines.next_line().await?.context("the process has exited")
    }
}

/// Starts this program with other arguments and waits for its first line.
///
/// # Errors
/// The failure to start, or that it exited before its first line.
pub async fn start(arguments: &[String]) -> anyhow::Result<Running> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut process = command.spawn()?;
    let output = process.stdout.take().context("standard output is not piped")?;
    let mut lines = BufReader::new(output).lines();
    let first_line =
        lines.next_line().await?.with_context(|| format!("{arguments:?} exited before its first line"))?;
    Ok(Running { process, first_line, lines })
}

/// Returns the CPU time of a process so far, in microseconds.
///
/// # Errors
/// The process does not exist.
pub fn cpu_microseconds(process: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name, in brackets, may contain anything; after it the fields are numbers (proc(5): 14 utime, 15 stime).
    let (_, fields) = stat.rsplit_once(')').context("malformed /proc/PID/stat")?;
    let ticks = |place: usize| -> anyhow::Result<f64> {
        Ok(fields.split_whitespace().nth(place - 3).context("malformed /proc/PID/stat")?.parse()?)
    };
    Ok((ticks(14)? + ticks(15)?) * MICROSECONDS_A_TICK)
}

/// Returns a value of a process's memory, in KiB, from a line of `/proc/PID/status`: `VmRSS:` is what it has, `VmHWM:` the
/// highest that it had (proc(5)).
///
/// # Errors
/// The process does not exist.
pub fn memory_kib(process: u32, line: &str) -> anyhow::Result<u32> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let value = status.lines().find_map(|text| text.strip_prefix(line));
    let value = value.with_context(|| format!("no line {line} in /proc/PID/status"))?;
    Ok(value.trim().trim_end_matches(" kB").parse()?)
}

/// Makes the kernel forget the highest memory that a process had (proc(5)).
///
/// # Errors
/// The process does not exist, or the kernel does not allow it.
pub fn reset_peak_memory(process: u32) -> anyhow::Result<()> {
    Ok(std::fs::write(format!("/proc/{process}/clear_refs"), "5")?)
}
