//! The symbols of a text: its key judgments, and its sections with their tables, figures and callouts.

use chancery_brief::PartKind;
use chancery_text::TextRange;
use chancery_text::outline::OutlinePart;
use tower_lsp_server::ls_types::{DocumentSymbol, SymbolKind};

use crate::document::{Analysis, Document};
use crate::markdown::describe;

/// Longest name of a symbol, in code points.
const NAME_LENGTH: usize = 120;

/// Returns the symbols as a tree.
pub(crate) fn symbols(document: &Document, analysis: &Analysis) -> Vec<DocumentSymbol> {
    let parts = analysis.outline.parts();
    let mut symbols: Vec<DocumentSymbol> = parts
        .iter()
        .filter(|part| part.kind == PartKind::KeyJudgment)
        .map(|part| symbol(document, analysis, part, part.whole))
        .collect();
    let sections: Vec<&OutlinePart> = parts.iter().filter(|part| part.kind == PartKind::Section).collect();
    let mut open: Vec<(usize, DocumentSymbol)> = Vec::new();
    for (index, part) in sections.iter().enumerate() {
        close(&mut open, part.depth, &mut symbols);
        // A section ends where the next one of its level or above starts.
        let next = sections[index + 1..].iter().find(|next| next.depth <= part.depth);
        let end = next.map_or(analysis.text.len(), |next| next.whole.start);
        let end = analysis.text[..end].trim_end().len().max(part.whole.end);
        let mut section = symbol(document, analysis, part, TextRange::new(part.whole.start, end));
        let blocks_end = sections.get(index + 1).map_or(end, |next| next.whole.start);
        let at = |offset| parts.partition_point(|part| part.whole.start < offset);
        let own = parts[at(part.whole.end)..at(blocks_end)].iter().filter(|own| own.kind == PartKind::Block);
        section.children = Some(own.map(|block| symbol(document, analysis, block, block.whole)).collect());
        open.push((part.depth, section));
    }
    close(&mut open, 0, &mut symbols);
    symbols
}

/// Moves the open symbols at and below a depth into those that contain them.
fn close(open: &mut Vec<(usize, DocumentSymbol)>, depth: usize, complete: &mut Vec<DocumentSymbol>) {
    while open.last().is_some_and(|(own, _)| *own >= depth) {
        let Some((_, closed)) = open.pop() else { return };
        match open.last_mut() {
            Some((_, parent)) => parent.children.get_or_insert_default().push(closed),
            None => complete.push(closed),
        }
    }
}

#[expect(deprecated, reason = "the type of the protocol has a deprecated field")]
fn symbol(document: &Document, analysis: &Analysis, part: &OutlinePart, range: TextRange) -> DocumentSymbol {
    let positions = document.positions();
    // A section has its heading; others have marks around their words.
    let words = match part.kind {
        PartKind::Section => part.title.of(&analysis.text).to_owned(),
        _ => describe(analysis, part).text,
    };
    let words: String = words.trim().chars().take(NAME_LENGTH).collect();
    let selection = if range.contains(part.title) { part.title } else { range };
    DocumentSymbol {
        // Names may not be empty.
        name: if words.is_empty() { part.id.clone() } else { words },
        detail: Some(part.id.clone()),
        kind: match part.kind {
            PartKind::KeyJudgment => SymbolKind::EVENT,
            PartKind::Section => SymbolKind::NAMESPACE,
            _ => SymbolKind::OBJECT,
        },
        tags: None,
        deprecated: None,
        range: positions.range(range),
        selection_range: positions.range(selection),
        children: None,
    }
}
