//! The text of an exported figure, for readers who do not see its outlines.

use std::collections::BTreeSet;

use crate::flow::{Block, Drawing, Flow, TableBlock, TextBlock};
use crate::pages::Owner;
use crate::tags::{Role, TagId, TagTree};
use crate::text::inline::{Inline, PieceKind};
use crate::text::plain_text::without_soft_hyphens;

/// Returns the text of all blocks in order, with the alternative texts of drawings: one line for each block or table
/// row. Captions are left out where they repeat the document's title.
pub(super) fn description(flow: &Flow) -> String {
    let text = FlowText { tags: &flow.tags, title: flow.info.title.as_str() };
    let lines: Vec<String> = flow.blocks.iter().flat_map(|block| text.lines(block)).collect();
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

struct FlowText<'a> {
    tags: &'a TagTree,
    title: &'a str,
}

impl FlowText<'_> {
    fn lines(&self, block: &Block) -> Vec<String> {
        match block {
            Block::Text(block) => vec![self.block(block)],
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => {
                let caption = figure.caption.iter().map(|caption| self.caption(caption));
                let note = figure.note.iter().map(|note| self.block(note));
                caption.chain([self.drawing(&figure.drawing)]).chain(note).collect()
            }
            Block::Columns(columns) => {
                columns.columns.iter().flatten().map(|block| self.block(block)).collect()
            }
            Block::PageBreak
            | Block::PageBreakUnlessFresh
            | Block::CommitPages
            | Block::FloatPoint
            | Block::FloatBarrier => Vec::new(),
        }
    }

    fn caption(&self, caption: &TextBlock) -> String {
        let text = self.block(caption);
        if text == self.title { String::new() } else { text }
    }

    fn table(&self, table: &TableBlock) -> Vec<String> {
        let row = |cells: &mut dyn Iterator<Item = &Inline>| -> String {
            let cells: Vec<String> = cells.map(|cell| self.inline(cell)).collect();
            cells.join(" | ")
        };
        let mut lines: Vec<String> = table.caption.iter().map(|caption| self.caption(caption)).collect();
        if !table.head.is_empty() {
            lines.push(row(&mut table.head.iter()));
        }
        for line in &table.rows {
            let cells = line.cells.iter().map(|cell| {
                let paragraphs = cell.paragraphs.iter().map(|paragraph| self.inline(&paragraph.inline));
                paragraphs.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
            });
            lines.push(cells.collect::<Vec<_>>().join(" | "));
        }
        lines
    }

    /// Returns a drawing's alternative text, or its labels if it has none.
    fn drawing(&self, drawing: &Drawing) -> String {
        match drawing.owner {
            Owner::Tagged { node, .. } => self.replacement(node).map(str::to_owned),
            Owner::Artifact(_) => None,
        }
        .unwrap_or_else(|| {
            let labels = drawing.labels.iter().map(|label| self.inline(&label.inline));
            labels.collect::<Vec<_>>().join(" ")
        })
    }

    fn block(&self, block: &TextBlock) -> String {
        let inlines = block.inlines().into_iter().map(|inline| self.inline(inline));
        inlines.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Returns a text with the texts that replace its drawings.
    fn inline(&self, inline: &Inline) -> String {
        let mut text = String::new();
        let mut replaced = BTreeSet::new();
        for piece in &inline.pieces {
            let replacement = match piece.owner {
                Owner::Tagged { node, .. } => self.replacement(node).map(|text| (node, text)),
                Owner::Artifact(_) => None,
            };
            match replacement {
                Some((node, own)) if replaced.insert(node) => text.push_str(own),
                Some(_) => {}
                None if matches!(piece.kind, PieceKind::Drawing(_)) => {}
                None => text.push_str(&inline.text[piece.range.clone()]),
            }
        }
        without_soft_hyphens(text.trim()).into_owned()
    }

    /// Returns the text that replaces an element's content.
    fn replacement(&self, node: TagId) -> Option<&str> {
        match &self.tags.node(node).role {
            Role::Figure { alt } => Some(alt),
            Role::Span { actual_text: Some(text) } => Some(text),
            _ => None,
        }
    }
}
