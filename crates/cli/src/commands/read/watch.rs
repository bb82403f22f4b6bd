//! `watch`: prints changes to the workspace's briefs as they happen.

use std::ops::ControlFlow;

use chancery_proto::brief::v1::watch_briefs_response::Event;
use chancery_proto::brief::v1::{BriefChangeKind, WatchBriefsRequest, WatchBriefsResponse, WatchedBrief};
use chancery_proto::json;

use crate::args::Global;
use crate::args::read::Watch;
use crate::connection::connect;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;

/// Prints until interrupted or, with `--until-current`, until the end of the current state.
pub async fn run(global: &Global, arguments: &Watch) -> Result<(), Failure> {
    let briefs = arguments.names.iter().map(|name| names::brief(&global.workspace, name));
    let request = WatchBriefsRequest {
        parent: format!("workspaces/{}", global.workspace),
        cursor: arguments.cursor.clone(),
        skip_current_state: arguments.from_now,
        names: briefs.map(|name| name.map(|name| name.to_string())).collect::<Result<_, _>>()?,
    };
    let client = connect(global).await?;
    let watch = client.watch_briefs(request, |response| {
        let is_end = arguments.until_current && is_end_of_state(&response);
        let line = if global.json { Some(json_line(&response)) } else { text_line(&response) };
        match line.map_or(Ok(()), |line| output::print(&format!("{line}\n"))) {
            Ok(()) if !is_end => ControlFlow::Continue(()),
            ended => ControlFlow::Break(ended),
        }
    });
    watch.await?
}

fn is_end_of_state(response: &WatchBriefsResponse) -> bool {
    matches!(&response.event, Some(Event::Checkpoint(checkpoint)) if checkpoint.end_of_current_state)
}

/// Formats JSON on one line, so that programs can parse line by line.
fn json_line(response: &WatchBriefsResponse) -> String {
    json::to_string_pretty(response).lines().map(str::trim_start).collect()
}

/// Formats an event for people, who need only the checkpoint at the end of the current state.
fn text_line(response: &WatchBriefsResponse) -> Option<String> {
    match response.event.as_ref()? {
        Event::Current(brief) => Some(format!("current      {}", brief_text(brief))),
        Event::Change(change) => {
            let brief = change.brief.as_ref()?;
            Some(format!("{:<12} {}", kind_label(change.kind()), brief_text(brief)))
        }
        Event::Checkpoint(_) if is_end_of_state(response) => {
            Some(format!("cursor       {}", response.cursor))
        }
        Event::Checkpoint(_) | Event::KeepAlive(_) => None,
    }
}

fn brief_text(brief: &WatchedBrief) -> String {
    let name = if brief.revision.is_empty() { &brief.name } else { &brief.revision };
    let imported = match &brief.import_record {
        Some(import) if import.importer.is_empty() => "  (imported)".to_owned(),
        Some(import) => format!("  (imported by {})", import.importer),
        None => String::new(),
    };
    format!("{name}  {} {}{imported}", brief.marking, brief.title).trim_end().to_owned()
}

const fn kind_label(kind: BriefChangeKind) -> &'static str {
    match kind {
        BriefChangeKind::Unspecified => "?",
        BriefChangeKind::Published => "published",
        BriefChangeKind::Withdrawn => "withdrawn",
        BriefChangeKind::Purged => "purged",
        BriefChangeKind::Deleted => "deleted",
        BriefChangeKind::Undeleted => "undeleted",
        BriefChangeKind::Expunged => "expunged",
    }
}
