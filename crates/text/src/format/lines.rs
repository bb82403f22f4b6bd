//! Lines in their canonical form: single spaces between the parts, and the id.

use chancery_brief::marking::Scheme;

use crate::syntax::parts::Parts;
use crate::writer::protect_marker;

/// Returns a sentence as a line of its own.
pub(super) fn sentence(parts: &Parts, scheme: Scheme, is_in_quote: bool) -> String {
    let mut source = parts.source.clone();
    protect_marker(&mut source, scheme, is_in_quote);
    line(parts, &source)
}

/// Returns a title, an entry or a line of annotations.
pub(super) fn title(parts: &Parts) -> String {
    line(parts, &parts.source)
}

fn line(parts: &Parts, source: &str) -> String {
    let marking = parts.marking.as_ref().map(|marking| format!("({})", marking.text));
    let citations: Vec<&str> = parts.citations.iter().map(|citation| citation.source.as_str()).collect();
    let citations = (!citations.is_empty()).then(|| format!("[{}]", citations.join("; ")));
    let items: Vec<&str> = parts.items.iter().map(|item| item.source.as_str()).collect();
    let items = (!items.is_empty()).then(|| format!("{{{}}}", items.join("; ")));
    // A duplicate id has an assigned one, which replaces it.
    let written = parts.id.as_ref().map(|id| id.text.as_str());
    let id = parts.assigned_id.as_deref().or(written).map(|id| format!("^{id}"));
    let source = (!source.is_empty()).then(|| with_closed_escape(source));
    let pieces: Vec<String> = [marking, source, citations, items, id].into_iter().flatten().collect();
    pieces.join(" ")
}

/// Returns a text whose last backslash does not escape the space behind it.
fn with_closed_escape(source: &str) -> String {
    let backslashes = source.bytes().rev().take_while(|byte| *byte == b'\\').count();
    let closing = if backslashes % 2 == 1 { "\\" } else { "" };
    format!("{source}{closing}")
}
