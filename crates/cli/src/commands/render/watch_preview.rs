//! `preview --watch`: prints again at each save, until Ctrl-C.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_print::{Fonts, Printed};
use chancery_text::Severity;
use serde_json::json;
use tokio::sync::{oneshot, watch};

use crate::args::Global;
use crate::args::render::Preview;
use crate::commands::render::draft_edition::{DraftEdition, read};
use crate::commands::render::preview::{Print, default_output};
use crate::inputs::brief_form::stem;
use crate::inputs::brief_text::FolderImages;
use crate::inputs::checked_draft::{CheckedDraft, check, unreadable};
use crate::inputs::documents::read_text;
use crate::inputs::file_stamp::FileStamp;
use crate::inputs::images::ImageCache;
use crate::inputs::theme::Theme;
use crate::inputs::valid_draft::ValidDraft;
use crate::live::browser;
use crate::live::file_watcher::{FileWatcher, Waker};
use crate::live::preview_server::{PreviewServer, Shown};
use crate::local::stop_signal::StopSignal;
use crate::ui::failure::Failure;
use crate::ui::findings::{self, CheckedFile};
use crate::ui::output;
use crate::ui::output::is_standard;
use crate::ui::print_warnings;
use crate::ui::text;

/// Prints until Ctrl-C, which is the way to end it and no failure.
pub async fn run(global: &Arc<Global>, arguments: Preview) -> Result<(), Failure> {
    let mut stop_signal = StopSignal::listen()?;
    let mut session = Session::new(Arc::clone(global), arguments)?;
    if session.arguments.open {
        let server = PreviewServer::listen().await?;
        announce(global, &server)?;
        session.rounds = Some(Arc::clone(&server.rounds));
        tokio::spawn(server.serve());
    }
    let (watcher, waker) = FileWatcher::new();
    let is_stopped = Arc::new(AtomicBool::new(false));
    let mut ended = start(session, watcher, Arc::clone(&is_stopped))?;
    tokio::select! {
        // Only a failure ends the thread by itself.
        result = &mut ended => result.unwrap_or(Ok(())),
        () = stop_signal.wait() => stop(&is_stopped, &waker, ended).await,
    }
}

/// Prints the address and opens the browser.
fn announce(global: &Global, server: &PreviewServer) -> Result<(), Failure> {
    let address = server.address();
    browser::open(&server.ticket_address());
    output::print(&if global.json {
        format!("{}\n", json!({ "address": address }))
    } else {
        format!("{address}\n")
    })
}

/// Starts the thread that watches and prints.
fn start(
    mut session: Session,
    mut watcher: FileWatcher,
    is_stopped: Arc<AtomicBool>,
) -> Result<oneshot::Receiver<Result<(), Failure>>, Failure> {
    let (sender, ended) = oneshot::channel();
    let watching = move || {
        // The receiver is gone only when the process ends.
        let _ = sender.send(session.run(&mut watcher, &|| is_stopped.load(Ordering::Relaxed)));
    };
    thread::Builder::new()
        .name("preview".into())
        .spawn(watching)
        .map_err(Failure::io("starting the thread of the preview"))?;
    Ok(ended)
}

/// Ends the thread, so that it leaves no unfinished file.
async fn stop(
    is_stopped: &AtomicBool,
    waker: &Waker,
    ended: oneshot::Receiver<Result<(), Failure>>,
) -> Result<(), Failure> {
    is_stopped.store(true, Ordering::Relaxed);
    waker.wake();
    ended.await.unwrap_or(Ok(()))
}

/// The state that is kept from one round to the next.
struct Session {
    global: Arc<Global>,
    arguments: Preview,
    /// The PDF file to write, if any.
    output: Option<PathBuf>,
    fonts: Fonts,
    coverage: GlyphCoverage,
    images: Arc<ImageCache>,
    /// The revision to compare with, with the stamp of its file.
    since: Option<(Option<FileStamp>, ValidDraft)>,
    /// Publishes the rounds to the page in the browser.
    rounds: Option<Arc<watch::Sender<Shown>>>,
    round: u64,
}

/// The result of one round.
struct Round {
    checked: CheckedFile,
    /// None if the text has errors.
    printed: Option<Result<Printed, Failure>>,
    /// The files that the round depends on.
    inputs: BTreeSet<PathBuf>,
}

impl Session {
    fn new(global: Arc<Global>, arguments: Preview) -> Result<Self, Failure> {
        let standard = |path: Option<&Path>| path.is_some_and(is_standard);
        if is_standard(&arguments.file) || standard(arguments.output.as_deref()) {
            let message = "--watch and --open need files: standard input and output cannot be watched";
            return Err(Failure::usage("USAGE", message));
        }
        let output = match &arguments.output {
            Some(output) => Some(output.clone()),
            None if arguments.open => None,
            None => Some(default_output(&arguments.file, &stem(&arguments.file))),
        };
        if let Some(output) = &output {
            output::check_ending(output, "a PDF file", "pdf")?;
        }
        let fonts = chancery_fonts::read(arguments.fonts.as_deref()).map_err(Failure::setup("the fonts"))?;
        let coverage = fonts.glyph_coverage();
        let (images, rounds) = (Arc::default(), None);
        Ok(Self { global, arguments, output, fonts, coverage, images, since: None, rounds, round: 0 })
    }

    /// Prints at once and after each change, until `is_stopped`.
    fn run(
        &mut self,
        watcher: &mut FileWatcher,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<(), Failure> {
        watcher.set_files(BTreeSet::from([self.arguments.file.clone()]));
        while !is_stopped() {
            watcher.take_stamps();
            let start = Instant::now();
            let round = self.round(is_stopped);
            if is_stopped() {
                break;
            }
            watcher.set_files(round.inputs.clone());
            self.show(round, start.elapsed())?;
            watcher.wait(is_stopped);
        }
        Ok(())
    }

    /// Checks the text, and prints it if it has no errors.
    fn round(&mut self, is_stopped: &(dyn Fn() -> bool + Sync)) -> Round {
        let file = self.arguments.file.clone();
        let mut inputs = self.named_files();
        let text = match read_text(&file) {
            Ok(text) => text,
            Err(failure) => {
                let checked = unreadable(file.display().to_string(), failure);
                return Round { checked, printed: None, inputs };
            }
        };
        let images = FolderImages::with_cache(&file, Arc::clone(&self.images));
        let scheme = self.arguments.scheme.scheme();
        let CheckedDraft { checked, draft, image_files } =
            check(&file, text, scheme, Some(&self.coverage), images);
        inputs.extend(image_files);
        let printed = draft.map(|draft| self.print(draft, is_stopped));
        Round { checked, printed, inputs }
    }

    fn print(
        &mut self,
        draft: ValidDraft,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Printed, Failure> {
        self.read_since(&draft)?;
        let since = self.since.as_ref().map(|(_, since)| since);
        let clearance = self.arguments.clearance.as_deref();
        let edition = DraftEdition::of(&self.global, draft, since, clearance)?;
        let Self { global, arguments, fonts, images, .. } = self;
        Print { global, arguments, fonts, images }.print(edition, is_stopped)
    }

    /// Reads the revision to compare with again, if its file has changed.
    fn read_since(&mut self, draft: &ValidDraft) -> Result<(), Failure> {
        let Some(file) = &self.arguments.since else { return Ok(()) };
        let stamp = FileStamp::of(file);
        if stamp.is_none() || self.since.as_ref().is_none_or(|(known, _)| *known != stamp) {
            self.since = None;
            self.since = Some((stamp, read(file, draft.canonical.scheme())?));
        }
        Ok(())
    }

    /// Returns the files that the command line names, and the logo of the theme.
    fn named_files(&self) -> BTreeSet<PathBuf> {
        let Preview { file, since, images, options, .. } = &self.arguments;
        let mut files: BTreeSet<PathBuf> = images.iter().cloned().collect();
        files.insert(file.clone());
        files.extend(since.clone());
        if let Some(theme) = &options.theme {
            files.extend(Theme::logo_file(theme));
            files.insert(theme.clone());
        }
        files
    }

    /// Writes the PDF, publishes it with the findings, and prints the findings and one line about the round. Published first:
    /// a reader of the line finds the round on the page.
    fn show(&mut self, round: Round, took: Duration) -> Result<(), Failure> {
        self.round += 1;
        let Round { checked, printed, .. } = round;
        let mut written = printed.map(|printed| {
            let printed = printed?;
            if let Some(output) = &self.output {
                output::write_unsynced(output, 0o666, &printed.bytes)?;
            }
            Ok(printed)
        });
        let headline = self.headline(&checked, written.as_ref(), took);
        let failure = written.as_ref().and_then(|written| written.as_ref().err());
        let failure_text = failure.map(Failure::plain).unwrap_or_default();
        if let Some(rounds) = &self.rounds {
            let findings = findings::plain(&checked) + &failure_text;
            rounds.send_modify(|shown| {
                shown.round = self.round;
                shown.has_failed = !matches!(written, Some(Ok(_)));
                (shown.headline, shown.findings) = (headline.clone(), findings);
                if let Some(Ok(printed)) = &mut written {
                    (shown.printed_round, shown.pdf) =
                        (self.round, Bytes::from(std::mem::take(&mut printed.bytes)));
                }
            });
        }
        self.print_round(&checked, written.as_ref(), &headline, &failure_text, took)
    }

    fn print_round(
        &self,
        checked: &CheckedFile,
        written: Option<&Result<Printed, Failure>>,
        headline: &str,
        failure: &str,
        took: Duration,
    ) -> Result<(), Failure> {
        let warnings = match written {
            Some(Ok(printed)) => chancery_print::print_warnings(&printed.warnings),
            _ => Vec::new(),
        };
        if !self.global.json {
            let warnings = print_warnings::text(&warnings, "");
            return output::print(&format!("{}{failure}{headline}\n{warnings}", findings::text(checked)));
        }
        let mut line = findings::to_value(std::slice::from_ref(checked));
        line["round"] = json!(self.round);
        line["milliseconds"] = json!(took.as_millis());
        line["printWarnings"] = json!(print_warnings::json(&warnings));
        match written {
            Some(Ok(printed)) => line["pages"] = json!(printed.pages),
            Some(Err(failure)) => line["failure"] = json!(failure),
            None => {}
        }
        if let Some(output) = &self.output {
            line["output"] = json!(output.display().to_string());
        }
        output::print(&format!("{line}\n"))
    }

    /// Returns the line about a round.
    fn headline(
        &self,
        checked: &CheckedFile,
        written: Option<&Result<Printed, Failure>>,
        took: Duration,
    ) -> String {
        let count = |severity| checked.findings.iter().filter(|found| found.severity == severity).count();
        let name = self.output.as_deref().unwrap_or(&self.arguments.file).display();
        match written {
            Some(Ok(printed)) => {
                let warnings = text::counted(count(Severity::Warning), "warning");
                let pages = text::pages(printed.pages);
                format!("{name}: {pages}, stamped as a draft, {warnings}, {} ms", took.as_millis())
            }
            Some(Err(_)) => format!("{name}: not printed"),
            None => {
                let errors = text::counted(count(Severity::Error) + checked.omitted, "error");
                format!("{name}: not printed, because of {errors}")
            }
        }
    }
}
