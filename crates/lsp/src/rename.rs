//! Renaming of ids.

use chancery_text::outline::{OutlinePart, is_id};
use chancery_text::{Severity, TextRange};
use tower_lsp_server::ls_types::{PrepareRenameResponse, WorkspaceEdit};

use crate::document::{Analysis, Document};
use crate::error::Refusal;
use crate::fixes::workspace_edit;

/// Returns the id at an offset, if it can be renamed; none where there is no id.
pub(crate) fn prepare_rename(
    document: &Document,
    analysis: &Analysis,
    offset: usize,
) -> Result<Option<PrepareRenameResponse>, Refusal> {
    let Some((part, range)) = renamed_part(analysis, offset)? else { return Ok(None) };
    let range = document.positions().range(range);
    Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder: part.id.clone() }))
}

/// Replaces the id at an offset everywhere in the text.
pub(crate) fn rename(
    document: &Document,
    analysis: &Analysis,
    offset: usize,
    new: &str,
) -> Result<Option<WorkspaceEdit>, Refusal> {
    let Some((part, _)) = renamed_part(analysis, offset)? else { return Ok(None) };
    if !is_id(new) {
        return Err(Refusal::InvalidId(new.to_owned()));
    }
    if let Some(other) = analysis.outline.part(new).filter(|other| other.id != part.id) {
        let (kind, line) = (other.kind.with_article(), analysis.line(other.whole.start));
        return Err(Refusal::IdTaken { id: new.to_owned(), kind, line });
    }
    let mut ranges = vec![part.name];
    ranges.extend(analysis.outline.references(&part.id).map(|reference| reference.range));
    ranges.sort_unstable();
    refuse_unread(analysis, &part.id, &ranges)?;
    let edits = ranges.into_iter().map(|range| document.edit(range, new)).collect();
    Ok(Some(workspace_edit(document, edits)))
}

/// Returns the part whose id is at an offset, and the range of the id there.
fn renamed_part(analysis: &Analysis, offset: usize) -> Result<Option<(&OutlinePart, TextRange)>, Refusal> {
    let Some((id, range)) = analysis.outline.id_at(offset) else { return Ok(None) };
    let Some(part) = analysis.outline.part(id) else { return Err(Refusal::UnknownId(id.to_owned())) };
    if !part.is_named() {
        return Err(Refusal::UnwrittenId(id.to_owned()));
    }
    if analysis
        .outline
        .parts()
        .iter()
        .filter(|other| other.id == id || other.name.of(&analysis.text) == id)
        .count()
        > 1
    {
        return Err(Refusal::DuplicateId(id.to_owned()));
    }
    Ok(Some((part, range)))
}

/// Refuses a text in which a line with an error may name an id at a place that the reader does not know.
fn refuse_unread(analysis: &Analysis, id: &str, known: &[TextRange]) -> Result<(), Refusal> {
    let text = &analysis.text;
    let mut read_to = 0;
    for error in analysis.check.reading.diagnostics.iter().filter(|found| found.severity == Severity::Error) {
        let start = text[..error.range.start].rfind('\n').map_or(0, |end| end + 1);
        let end = text[error.range.end..].find('\n').map_or(text.len(), |length| error.range.end + length);
        // The errors are in the order of the text: a long line is searched once.
        if end <= read_to {
            continue;
        }
        read_to = end;
        let names = |(at, _): (usize, &str)| {
            let found = TextRange::new(start + at, start + at + id.len());
            is_word(text, found) && !known.contains(&found)
        };
        if text[start..end].match_indices(id).any(names) {
            return Err(Refusal::UnreadLine { id: id.to_owned(), line: analysis.line(error.range.start) });
        }
    }
    Ok(())
}

fn is_word(text: &str, range: TextRange) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    !text[..range.start].ends_with(is_part) && !text[range.end..].starts_with(is_part)
}
