//! Measures the text form: its length beside the JSON's, the time to check large texts, and the time from a save to the
//! pages of `preview --watch`.

mod large_texts;
mod preview;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use chancery_brief::reading_order::statements;
use chancery_text::{Context, check, read};
use clap::Parser;

#[derive(Parser)]
#[command(about = "Measures the text form; ./dev bench text runs it")]
struct Arguments {
    /// The command whose preview is measured.
    chancery: PathBuf,
    /// The folder of the samples, each in a folder of its own as text and as JSON.
    examples: PathBuf,
    /// A folder for files of the bench.
    folder: PathBuf,
    /// How often each text is checked and saved.
    #[arg(long, default_value_t = 9)]
    runs: usize,
}

fn main() -> anyhow::Result<()> {
    let Arguments { chancery, examples, folder, runs } = Arguments::parse();
    ensure!(runs > 0, "--runs is at least 1");
    let samples = samples(&examples)?;
    lengths(&samples)?;
    for (name, text) in large_texts::all() {
        let times = (0..runs).map(|_| check_time(&text));
        figure(&format!("text.check_ms.{name}"), median(times.collect()));
    }
    let mut all = Vec::new();
    for sample in &samples {
        let times: Vec<f64> =
            preview::save_times(&chancery, sample, &folder, runs)?.into_iter().map(milliseconds).collect();
        println!("# {}: {:.1} ms from the save to the pages", sample.display(), median(times.clone()));
        all.extend(times);
    }
    figure("text.save_to_page_ms", median(all.clone()));
    figure("text.save_to_page_slowest_ms", all.into_iter().fold(0.0, f64::max));
    Ok(())
}

/// Returns the texts of the samples, in order.
fn samples(examples: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut samples = Vec::new();
    for folder in fs::read_dir(examples)?.filter_map(Result::ok).filter(|entry| entry.path().is_dir()) {
        let files = fs::read_dir(folder.path())?.filter_map(Result::ok).map(|entry| entry.path());
        samples.extend(files.filter(|file| is_text(file) && json_of(file).exists()));
    }
    samples.sort();
    ensure!(!samples.is_empty(), "{} has no samples", examples.display());
    Ok(samples)
}

fn is_text(file: &Path) -> bool {
    file.to_string_lossy().ends_with(".brief.md")
}

/// Returns the file with the same brief in JSON.
fn json_of(text: &Path) -> PathBuf {
    PathBuf::from(text.to_string_lossy().replace(".brief.md", ".json"))
}

/// Reports the lines a sentence of each sample, in text and in JSON.
fn lengths(samples: &[PathBuf]) -> anyhow::Result<()> {
    let (mut of_text, mut of_json) = (Vec::new(), Vec::new());
    for sample in samples {
        let text = fs::read_to_string(sample).with_context(|| sample.display().to_string())?;
        let json = fs::read_to_string(json_of(sample))?;
        let sentences = statements(&read(&text, &Context::default()).content).len();
        ensure!(sentences > 0, "{} has no sentences", sample.display());
        let (text, json) = (ratio(text.lines().count(), sentences), ratio(json.lines().count(), sentences));
        println!("# {}: {sentences} sentences, {text:.2} and {json:.2} lines a sentence", sample.display());
        of_text.push(text);
        of_json.push(json);
    }
    figure("text.lines_a_sentence", median(of_text));
    figure("text.json_lines_a_sentence", median(of_json));
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "counts of lines")]
fn ratio(lines: usize, sentences: usize) -> f64 {
    lines as f64 / sentences as f64
}

/// Returns the time of a check, in milliseconds.
fn check_time(text: &str) -> f64 {
    let start = Instant::now();
    let checked = check(text, &Context::default(), None);
    let time = milliseconds(start.elapsed());
    assert!(checked.canonical.is_some(), "a text of the bench has errors: {:?}", checked.findings.first());
    time
}

fn figure(name: &str, value: f64) {
    println!("{name} {value:.2}");
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
