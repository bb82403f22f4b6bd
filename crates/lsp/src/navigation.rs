//! Definitions and references of ids.

use chancery_text::TextRange;
use tower_lsp_server::ls_types::Location;

use crate::document::{Analysis, Document};

/// Returns the place of the part whose id is at an offset.
pub(crate) fn definition(document: &Document, analysis: &Analysis, offset: usize) -> Option<Location> {
    let (id, _) = analysis.outline.id_at(offset)?;
    let part = analysis.outline.part(id)?;
    Some(location(document, part.name))
}

/// Returns the places that name the id at an offset.
pub(crate) fn references(
    document: &Document,
    analysis: &Analysis,
    offset: usize,
    include_declaration: bool,
) -> Option<Vec<Location>> {
    let (id, _) = analysis.outline.id_at(offset)?;
    let part = analysis.outline.part(id).filter(|_| include_declaration);
    let mut ranges: Vec<TextRange> = part.map(|part| part.name).into_iter().collect();
    ranges.extend(analysis.outline.references(id).map(|reference| reference.range));
    ranges.sort_unstable();
    Some(ranges.into_iter().map(|range| location(document, range)).collect())
}

fn location(document: &Document, range: TextRange) -> Location {
    Location { uri: document.uri.clone(), range: document.positions().range(range) }
}
