//! Measures the proof of PDFs against their printing: CPU time of both in this process, one after the other, and the memory
//! of a proof in a process of its own.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, anyhow, ensure};
use chancery_bench::process::{memory_kib, reset_peak_memory};
use chancery_bench::statistics::median;
use chancery_print::testing::edition;
use chancery_print::{Edition, Fonts, Limits, Options};
use chancery_proof::{check_form, prove};
use chancery_proto::brief::v1::BriefContent;
use clap::Parser;
use rustix::time::{ClockId, clock_gettime};

#[derive(Parser)]
#[command(about = "Measures the proof of PDFs; ./dev bench proof runs it")]
struct Arguments {
    /// Folder with the contents, by size.
    folder: PathBuf,
    /// Number of runs.
    #[arg(long, default_value_t = 7)]
    runs: usize,
    /// Prints the memory of one proof, in KiB: of this size's print, which a run left in the folder.
    #[arg(long, hide = true)]
    memory_of: Option<String>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(size) = &arguments.memory_of {
        return memory(&arguments.folder, size);
    }
    for size in ["small", "medium", "large"] {
        measure(&arguments.folder, size, arguments.runs)?;
    }
    hostile(arguments.runs)
}

/// The content of a size.
fn content(folder: &Path, size: &str) -> anyhow::Result<BriefContent> {
    let file = folder.join(format!("{size}.json"));
    let json = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    Ok(chancery_proto::json::from_str(&json)?)
}

fn bench_edition(content: &BriefContent) -> Edition<'_> {
    Edition {
        brief: "workspaces/default/briefs/bench",
        revision: 1,
        published_at: "2026-10-14T09:00:00Z",
        creator: "Policy Assessment Unit",
        ..edition(content)
    }
}

/// Prints the ratios of one size.
fn measure(folder: &Path, size: &str, runs: usize) -> anyhow::Result<()> {
    let content = content(folder, size)?;
    let edition = bench_edition(&content);
    let (options, limits, fonts) = (Options::default(), Limits::default(), Fonts::default());
    let (mut printing, mut forms, mut proofs) = (Vec::new(), Vec::new(), Vec::new());
    // The first run warms caches up.
    for run in 0..=runs {
        let proceed = &mut |_| ControlFlow::Continue(());
        let (printed, print_time) =
            timed(|| chancery_print::print(&edition, &options, &limits, &fonts, proceed));
        let printed = printed?;
        let (form, form_time) = timed(|| check_form(&printed.bytes));
        form.map_err(|refusal| anyhow!("{refusal}"))?;
        let (proven, proof_time) = timed(|| prove(&printed.bytes, &edition, &options, &limits, &fonts));
        proven.map_err(|refusal| anyhow!("{refusal}"))?;
        fs::write(pdf(folder, size), &printed.bytes)?;
        if run > 0 {
            printing.push(print_time);
            forms.push(form_time);
            proofs.push(proof_time);
        }
    }
    let (printing, forms, proofs) = (median(&mut printing), median(&mut forms), median(&mut proofs));
    println!("# {size}: print {printing:.1} ms, form {forms:.1} ms, proof {proofs:.1} ms");
    println!("proof.form_cpu_ratio.{size} {:.3}", forms / printing);
    println!("proof.cpu_ratio.{size} {:.3}", proofs / printing);
    let child = Command::new(std::env::current_exe()?).arg(folder).args(["--memory-of", size]).output()?;
    ensure!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    let memory = String::from_utf8(child.stdout)?.trim().parse::<f64>()? / 1024.0;
    let file = mib(&fs::read(pdf(folder, size))?);
    println!("proof.memory_mib.{size} {memory:.1}");
    println!("# {size}: a file of {file:.2} MiB");
    Ok(())
}

/// The file in which a size's print is left.
fn pdf(folder: &Path, size: &str) -> PathBuf {
    folder.join(format!("{size}.pdf"))
}

/// Prints how much more memory this process has at most while it proves a file than before, in KiB, without pages of the
/// program's file.
fn memory(folder: &Path, size: &str) -> anyhow::Result<()> {
    let (content, bytes) = (content(folder, size)?, fs::read(pdf(folder, size))?);
    let process = std::process::id();
    reset_peak_memory(process)?;
    // The fonts are part of the program's file, whose pages all processes share.
    let (before, mapped_before) = (memory_kib(process, "VmHWM:")?, memory_kib(process, "RssFile:")?);
    let (options, limits, fonts) = (Options::default(), Limits::default(), Fonts::default());
    let proven = prove(&bytes, &bench_edition(&content), &options, &limits, &fonts);
    proven.map_err(|refusal| anyhow!("{refusal}"))?;
    let (peak, mapped) = (memory_kib(process, "VmHWM:")?, memory_kib(process, "RssFile:")?);
    println!("{}", (peak - before).saturating_sub(mapped.saturating_sub(mapped_before)));
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "files are far below 2^52 bytes")]
fn mib(bytes: &[u8]) -> f64 {
    bytes.len() as f64 / f64::from(1 << 20)
}

/// Prints how long the longest refusal of a hostile file takes: zeros, junk, and streams that inflate a thousandfold.
fn hostile(runs: usize) -> anyhow::Result<()> {
    let mut longest: f64 = 0.0;
    let header = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let nested = [header.clone(), b"1 0 obj\n".to_vec(), b"[".repeat(20_000_000)].concat();
    for file in [vec![0; 64 << 20], [header.clone(), vec![b'1'; 64 << 20]].concat(), nested] {
        for _ in 0..runs.min(3) {
            let (checked, time) = timed(|| check_form(&file));
            if checked.is_ok() {
                return Err(anyhow!("a hostile file has the printer's form"));
            }
            longest = longest.max(time);
        }
    }
    println!("proof.hostile_ms {longest:.1}");
    Ok(())
}

/// Returns a result and the CPU time that it took, in milliseconds.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let before = cpu_milliseconds();
    let done = work();
    (done, cpu_milliseconds() - before)
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds of a process are far below 2^52")]
fn cpu_milliseconds() -> f64 {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    spent.tv_sec as f64 * 1e3 + spent.tv_nsec as f64 / 1e6
}
