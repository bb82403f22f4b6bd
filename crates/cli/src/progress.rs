//! How far a render or a long command is: a bar on a terminal, lines elsewhere. Always on standard error.

use std::io::IsTerminal;
use std::time::Duration;

use chancery_client::RenderEvent;
use chancery_proto::render::v1::{Render, RenderPhase, RenderState, RenderWaitingReason};
use indicatif::{ProgressBar, ProgressStyle};

use crate::text;

/// Shows a render's events.
pub enum Progress {
    /// A bar that redraws itself.
    Bar(ProgressBar),
    /// A line a change.
    Lines {
        /// The line before, so that none comes twice.
        last: String,
    },
    /// Nothing: `--json`.
    Silent,
}

impl Progress {
    /// As standard error allows.
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

    /// Shows an event.
    pub fn show(&mut self, event: RenderEvent<'_>) {
        match (self, event) {
            (Self::Silent, _) => {}
            (Self::Bar(bar), RenderEvent::State(render)) => bar.set_message(told(render)),
            (Self::Bar(bar), RenderEvent::Downloaded { bytes, total }) => {
                if bar.length().is_none() {
                    bar.set_length(total);
                    bar.set_style(download_style());
                }
                bar.set_position(bytes);
            }
            (Self::Lines { last }, RenderEvent::State(render)) => {
                let line = told(render);
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

    /// Takes the bar away.
    pub fn end(self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// How many of something are done: a bar on a terminal, a line a part elsewhere.
pub struct Counted {
    bar: ProgressBar,
    is_silent: bool,
}

impl Counted {
    /// As standard error allows.
    pub fn new(is_silent: bool) -> Self {
        Self { bar: ProgressBar::hidden(), is_silent }
    }

    /// A part begins.
    pub fn begin(&mut self, what: &'static str, total: u64) {
        self.bar.finish_and_clear();
        if self.is_silent {
            return;
        }
        if std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template("{msg:12} {bar:40} {pos}/{len}, {eta} to go");
            self.bar = ProgressBar::new(total).with_message(what);
            self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        } else {
            eprintln!("{total} {what}");
        }
    }

    /// So many more are done.
    pub fn add(&mut self, more: u64) {
        self.bar.inc(more);
    }

    /// Prints a line to standard output, past the bar.
    pub fn print(&mut self, line: &str) {
        // A reader who went away has what he wants.
        let _ = self.bar.suspend(|| crate::output::print(&format!("{line}\n")));
    }

    /// Takes the bar away.
    pub fn end(self) {
        self.bar.finish_and_clear();
    }
}

fn download_style() -> ProgressStyle {
    ProgressStyle::with_template("downloading {bar:40} {bytes}/{total_bytes}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A state in a few words.
fn told(render: &Render) -> String {
    let progress = render.progress.unwrap_or_default();
    let pages = if progress.pages > 0 { format!(", {}", text::pages(progress.pages)) } else { String::new() };
    match render.state() {
        RenderState::Queued => waiting(render.waiting_reason()).to_owned(),
        RenderState::Running => format!("{}{pages}", doing(progress.phase())),
        RenderState::Succeeded => "printed".to_owned(),
        RenderState::Failed => "failed".to_owned(),
        RenderState::Cancelled => "cancelled".to_owned(),
        RenderState::Unspecified => "requested".to_owned(),
    }
}

/// Why a render is not being printed yet.
pub fn waiting(reason: RenderWaitingReason) -> &'static str {
    match reason {
        RenderWaitingReason::Unspecified => "waiting for a worker",
        RenderWaitingReason::NoWorkerForEnvironment => {
            "waiting: no live worker prints with what it is pinned to"
        }
        RenderWaitingReason::RetryPause => "waiting: an attempt failed, the next one follows after a pause",
    }
}

fn doing(phase: RenderPhase) -> &'static str {
    match phase {
        RenderPhase::Unspecified => "a worker has it",
        RenderPhase::Compose => "composing",
        RenderPhase::Layout => "laying out",
        RenderPhase::Write => "writing and proving the file",
        RenderPhase::Upload => "sending it to the service",
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::render::v1::{Render, RenderPhase, RenderProgress, RenderState};

    use super::told;

    #[test]
    fn a_running_render_says_what_it_does_and_how_far_it_is() {
        let progress = RenderProgress { phase: RenderPhase::Layout.into(), pages: 7, attempt: 1 };
        let render =
            Render { state: RenderState::Running.into(), progress: Some(progress), ..Default::default() };
        assert_eq!(told(&render), "laying out, 7 pages");
    }
}
