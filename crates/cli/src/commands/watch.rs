//! `watch`: what happens to the workspace's briefs, as it happens.

use std::ops::ControlFlow;

use chancery_proto::brief::v1::watch_briefs_response::Event;
use chancery_proto::brief::v1::{BriefChangeKind, WatchBriefsRequest, WatchBriefsResponse, WatchedBrief};
use chancery_proto::json;

use crate::args::{Global, Watch};
use crate::connection::connect;
use crate::failure::Failure;
use crate::{names, output};

/// Tells until it is interrupted; with `--until-current`, the current state only.
pub async fn watch(global: &Global, arguments: &Watch) -> Result<(), Failure> {
    let briefs = arguments.names.iter().map(|name| names::brief(&global.workspace, name));
    let request = WatchBriefsRequest {
        parent: format!("workspaces/{}", global.workspace),
        cursor: arguments.cursor.clone(),
        skip_current_state: arguments.from_now,
        names: briefs.map(|name| name.map(|name| name.to_string())).collect::<Result<_, _>>()?,
    };
    let client = connect(global).await?;
    let told = client.watch_briefs(request, |answer| {
        let is_end = arguments.until_current && is_end_of_state(&answer);
        let line = if global.json { Some(line_of_json(&answer)) } else { line(&answer) };
        match line.map_or(Ok(()), |line| output::print(&format!("{line}\n"))) {
            Ok(()) if !is_end => ControlFlow::Continue(()),
            ended => ControlFlow::Break(ended),
        }
    });
    told.await?
}

fn is_end_of_state(answer: &WatchBriefsResponse) -> bool {
    matches!(&answer.event, Some(Event::Checkpoint(checkpoint)) if checkpoint.end_of_current_state)
}

/// One line, so that programs can read it as it comes.
fn line_of_json(answer: &WatchBriefsResponse) -> String {
    json::to_string_pretty(answer).lines().map(str::trim_start).collect()
}

/// What people are told; checkpoints only by the cursor of the state's end.
fn line(answer: &WatchBriefsResponse) -> Option<String> {
    match answer.event.as_ref()? {
        Event::Current(brief) => Some(format!("is           {}", told(brief))),
        Event::Change(change) => {
            let brief = change.brief.as_ref()?;
            Some(format!("{:<12} {}", word(change.kind()), told(brief)))
        }
        Event::Checkpoint(_) if is_end_of_state(answer) => Some(format!("cursor       {}", answer.cursor)),
        Event::Checkpoint(_) | Event::KeepAlive(_) => None,
    }
}

fn told(brief: &WatchedBrief) -> String {
    let name = if brief.revision.is_empty() { &brief.name } else { &brief.revision };
    let imported = match &brief.import_record {
        Some(import) if import.importer.is_empty() => "  (imported)".to_owned(),
        Some(import) => format!("  (imported by {})", import.importer),
        None => String::new(),
    };
    format!("{name}  {} {}{imported}", brief.marking, brief.title).trim_end().to_owned()
}

const fn word(kind: BriefChangeKind) -> &'static str {
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
