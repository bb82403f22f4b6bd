//! Checks downloaded PDFs: their bytes, edition and text.

use std::collections::BTreeSet;

use super::{Findings, Kind, Run};
use crate::chaos::history::{Entry, Event, Seen, State};
use crate::chaos::scene::{brief_name, is_cleared, open_word, recipient, secret_word};

pub(super) fn check(run: &Run, found: &mut Findings) {
    let mut looked_at = BTreeSet::new();
    for entry in &run.history {
        let Some(request) = entry.request else { continue };
        match &entry.event {
            Event::Saw(seen) if looked_at.insert((request, &seen.name, seen.state)) => {
                edition(run, request, seen, found);
                text(run, request, seen, found);
            }
            Event::Downloaded { announced, arrived, size, bytes }
                if announced != arrived || size != bytes || !is_of_render(run, entry, arrived) =>
            {
                let what =
                    format!("call {}: {arrived} of {bytes} bytes for {announced} of {size}", entry.call);
                found.add(Kind::WrongBytes, what);
            }
            _ => {}
        }
    }
}

/// Returns whether these bytes are those announced to the request's caller.
fn is_of_render(run: &Run, downloaded: &Entry, arrived: &str) -> bool {
    run.history.iter().any(|entry| {
        entry.request == downloaded.request
            && matches!(&entry.event, Event::Saw(seen) if seen.state == State::Succeeded && seen.sha256 == arrived)
    })
}

fn edition(run: &Run, request: usize, seen: &Seen, found: &mut Findings) {
    let planned = &run.requests[request];
    let is_right = seen.revision == format!("{}/revisions/1", brief_name(planned.brief))
        && seen.edition == run.editions.of(planned.caller, planned.brief)
        && seen.recipient == recipient(planned.recipient);
    if !is_right {
        found.add(Kind::WrongEdition, format!("request {request} got {seen:?}"));
    }
}

fn text(run: &Run, request: usize, seen: &Seen, found: &mut Findings) {
    if seen.state != State::Succeeded {
        return;
    }
    let planned = &run.requests[request];
    let Some(text) = run.snapshot.texts.get(&seen.sha256) else {
        return found.add(Kind::PdfMissing, format!("{} is nowhere", seen.sha256));
    };
    let must = [open_word(planned.brief), recipient(planned.recipient)];
    let missing = must.iter().any(|word| !text.contains(word.as_str()));
    if missing || text.contains(&secret_word(planned.brief)) != is_cleared(planned.caller) {
        found.add(Kind::WrongText, format!("request {request}, the PDF {}", seen.sha256));
    }
}
