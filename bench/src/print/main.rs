//! Measures printing in this process: the time of each stage, and memory. This program contains only the printer,
//! because its start-up cost counts.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chancery_print::testing::{edition, struct_text};
use chancery_print::{Edition, Fonts, Format, Limits, Options, Printed, Progress};
use chancery_proto::brief::v1::BriefContent;
use clap::{Parser, Subcommand};
use prost::Message as _;
use rustix::time::{ClockId, clock_gettime};

#[derive(Parser)]
#[command(about = "Measures printing; ./dev bench print runs it")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Converts a brief's content from JSON to the message that a worker receives.
    Encode {
        /// The JSON file.
        json: PathBuf,
        /// The message.
        message: PathBuf,
    },
    /// Prints a brief and reports time and memory.
    Print {
        /// The message.
        message: PathBuf,
        /// The PDF file.
        pdf: PathBuf,
        /// How often to print, one after the other.
        #[arg(long, default_value_t = 1)]
        times: u32,
        /// Print the standard format instead of the full one.
        #[arg(long)]
        standard: bool,
        /// Print the full format without annexes.
        #[arg(long)]
        without_annexes: bool,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Encode { json, message } => encode(&json, &message),
        Command::Print { message, pdf, times, standard, without_annexes } => {
            let options = Options {
                format: if standard { Format::Standard } else { Format::Full },
                annexes: without_annexes.then_some(false),
                ..Options::default()
            };
            run(&message, &pdf, times, &options)
        }
    }
}

/// Converts a brief's content from JSON to the message that a worker receives: parsing JSON is not part of printing.
fn encode(json: &Path, message: &Path) -> anyhow::Result<()> {
    let json = std::fs::read_to_string(json)?;
    let content: BriefContent = chancery_proto::json::from_str(&json)?;
    std::fs::write(message, content.encode_to_vec())?;
    Ok(())
}

/// Prints `times` times and writes `figure value` lines: stages in microseconds of CPU time, memory in KB.
fn run(message: &Path, pdf: &Path, times: u32, options: &Options) -> anyhow::Result<()> {
    let mut after_first = 0;
    let mut last = None;
    for _ in 0..times {
        let content = BriefContent::decode(std::fs::read(message)?.as_slice())?;
        last = Some(timed(&content, options)?);
        if after_first == 0 {
            after_first = memory("VmRSS:")?;
        }
    }
    let (printed, stages) = last.context("no print was requested")?;
    std::fs::write(pdf, &printed.bytes)?;
    println!("peak_kb {}", memory("VmHWM:")?);
    println!("growth_kb {}", memory("VmRSS:")?.saturating_sub(after_first));
    println!("pages {}", printed.pages);
    for (stage, microseconds) in stages {
        println!("{stage} {microseconds}");
    }
    // The same proof as the print's own, which has no clock to time it.
    let before = cpu_microseconds();
    struct_text(&printed.bytes)?;
    println!("readback {}", cpu_microseconds() - before);
    Ok(())
}

fn timed(content: &BriefContent, options: &Options) -> anyhow::Result<(Printed, [(&'static str, i64); 3])> {
    let edition = Edition {
        brief: "workspaces/default/briefs/bench",
        revision: 1,
        published_at: "2026-10-14T09:00:00Z",
        creator: "Policy Assessment Unit",
        ..edition(content)
    };
    let started = cpu_microseconds();
    let (mut composed, mut laid_out) = (started, started);
    let mut observe = |progress| {
        match progress {
            Progress::Composed => composed = cpu_microseconds(),
            Progress::Writing => laid_out = cpu_microseconds(),
            Progress::Page(_) => {}
        }
        ControlFlow::Continue(())
    };
    let printed =
        chancery_print::print(&edition, options, &Limits::default(), &Fonts::default(), &mut observe)?;
    let ended = cpu_microseconds();
    let stages = [
        ("compose", composed - started),
        ("layout", laid_out - composed),
        ("write_and_readback", ended - laid_out),
    ];
    Ok((printed, stages))
}

fn cpu_microseconds() -> i64 {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    spent.tv_sec * 1_000_000 + spent.tv_nsec / 1_000
}

/// Returns a line of this process's status, in KB.
fn memory(line: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let value = status
        .lines()
        .find_map(|text| text.strip_prefix(line))
        .context("missing line in /proc/self/status")?;
    Ok(value.trim().trim_end_matches(" kB").parse()?)
}
