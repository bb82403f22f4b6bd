//! Progress on standard error: a bar on a terminal, lines elsewhere.

use std::io::IsTerminal;
use std::time::Duration;

use chancery_client::RenderEvent;
use chancery_proto::render::v1::{Render, RenderPhase, RenderState, RenderWaitingReason};
use indicatif::{ProgressBar, ProgressStyle};

use crate::ui::{output, text};

/// Progress of a render.
pub enum RenderProgress {
    /// A bar on a terminal.
    Bar(ProgressBar),
    /// One line for each change.
    Lines {
        /// The last line, so that no line is repeated.
        last: String,
    },
    /// No output, for `--json`.
    Silent,
}

impl RenderProgress {
    /// Chooses the form by whether standard error is a terminal.
    pub fn new(silent: bool) -> Self {
        if silent {
            Self::Silent
        } else if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(Duration::from_millis(100));
            Self::Bar(bar)
        } else {
            Self::Lines { last: String::new() }
        }
    }

    /// Shows a render event.
    pub fn show(&mut self, event: RenderEvent<'_>) {
        match (self, event) {
            (Self::Silent, _) => {}
            (Self::Bar(bar), RenderEvent::State(render)) => bar.set_message(state_text(render)),
            (Self::Bar(bar), RenderEvent::Downloaded { bytes, total }) => {
                if bar.length().is_none() {
                    bar.set_length(total);
                    bar.set_style(download_style());
                }
                bar.set_position(bytes);
            }
            (Self::Lines { last }, RenderEvent::State(render)) => {
                let line = state_text(render);
                if *last != line {
                    eprintln!("{line}");
                    *last = line;
                }
            }
            (Self::Lines { .. }, RenderEvent::Downloaded { bytes, total }) => {
                if bytes == total {
                    eprintln!("downloaded {total} bytes");
                }
            }
        }
    }

    /// Clears the bar.
    pub fn end(self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// Progress of a long command in several parts: a bar on a terminal, one line for each part elsewhere.
pub struct CountProgress {
    bar: ProgressBar,
    is_silent: bool,
}

impl CountProgress {
    pub fn new(is_silent: bool) -> Self {
        Self { bar: ProgressBar::hidden(), is_silent }
    }

    /// Starts a part with a total of `noun`.
    pub fn begin(&mut self, noun: &'static str, total: u64) {
        self.bar.finish_and_clear();
        if self.is_silent {
            return;
        }
        if std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template("{msg:12} {bar:40} {pos}/{len}, {eta} to go");
            self.bar = ProgressBar::new(total).with_message(noun);
            self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        } else {
            eprintln!("{total} {noun}");
        }
    }

    /// Advances the current part.
    pub fn add(&mut self, more: u64) {
        self.bar.inc(more);
    }

    /// Prints a line to standard output without garbling the bar.
    pub fn print(&mut self, line: &str) {
        // Progress output must not fail the command.
        let _ = self.bar.suspend(|| output::print(&format!("{line}\n")));
    }

    /// Clears the bar.
    pub fn end(self) {
        self.bar.finish_and_clear();
    }
}

fn download_style() -> ProgressStyle {
    ProgressStyle::with_template("downloading {bar:40} {bytes}/{total_bytes}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Describes the state of a render.
fn state_text(render: &Render) -> String {
    let progress = render.progress.unwrap_or_default();
    let pages = if progress.pages > 0 { format!(", {}", text::pages(progress.pages)) } else { String::new() };
    match render.state() {
        RenderState::Queued => waiting_text(render.waiting_reason()).to_owned(),
        RenderState::Running => format!("{}{pages}", phase_text(progress.phase())),
        RenderState::Succeeded => "printed".to_owned(),
        RenderState::Failed => "failed".to_owned(),
        RenderState::Cancelled => "cancelled".to_owned(),
        RenderState::Unspecified => "requested".to_owned(),
    }
}

/// Describes why a render waits.
pub fn waiting_text(reason: RenderWaitingReason) -> &'static str {
    match reason {
        RenderWaitingReason::Unspecified => "waiting for a worker",
        RenderWaitingReason::NoWorkerForEnvironment => {
            "waiting: no live worker has the print environment that the render is pinned to"
        }
        RenderWaitingReason::RetryPause => "waiting: an attempt failed, the next one starts after a pause",
        RenderWaitingReason::SecondWorker => "printed; waiting for a second worker to print the same file",
    }
}

fn phase_text(phase: RenderPhase) -> &'static str {
    match phase {
        RenderPhase::Unspecified => "leased by a worker",
        RenderPhase::Compose => "composing",
        RenderPhase::Layout => "laying out",
        RenderPhase::Write => "writing and verifying the file",
        RenderPhase::Upload => "uploading the file",
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::render::v1::{Render, RenderPhase, RenderProgress, RenderState};

    use super::state_text;

    #[test]
    fn a_running_render_shows_its_phase_and_pages() {
        let progress = RenderProgress { phase: RenderPhase::Layout.into(), pages: 7, attempt: 1 };
        let render =
            Render { state: RenderState::Running.into(), progress: Some(progress), ..Default::default() };
        assert_eq!(state_text(&render), "laying out, 7 pages");
    }
}
