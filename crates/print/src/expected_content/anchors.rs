//! Where destinations lie in the text.

use crate::flow::{Block, Flow, TextBlock};
use crate::pages::Owner;
use crate::tags::AnchorId;
use crate::text::inline::Inline;

/// An anchor of the flow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpectedAnchor {
    /// Whether a block has it. Every such anchor with a name is a destination of the file.
    pub is_placed: bool,
    /// Whether it is named.
    pub is_named: bool,
    /// The element and logical position of the text at which it lies; `None` if there is no text to compare with.
    pub text: Option<(usize, u32)>,
    /// Whether it lies at the top of a block of several columns, which may be far above the text.
    pub is_above_columns: bool,
}

/// Returns the anchors of a flow by their numbers.
pub(super) fn of(flow: &Flow) -> Vec<ExpectedAnchor> {
    let mut anchors: Vec<ExpectedAnchor> = flow
        .anchor_names
        .iter()
        .map(|name| ExpectedAnchor { is_named: !name.is_empty(), ..ExpectedAnchor::default() })
        .collect();
    let mut place = |anchor: AnchorId, text: Option<(usize, u32)>, is_above_columns: bool| {
        let index = anchor.0 as usize;
        if anchors.len() <= index {
            anchors.resize_with(index + 1, ExpectedAnchor::default);
        }
        // The first position of an anchor counts.
        if !std::mem::replace(&mut anchors[index].is_placed, true) {
            (anchors[index].text, anchors[index].is_above_columns) = (text, is_above_columns);
        }
    };
    for block in &flow.blocks {
        match block {
            Block::Text(text) => of_text(text, false, &mut place),
            Block::Columns(columns) => {
                columns.columns.iter().flatten().for_each(|text| of_text(text, true, &mut place));
            }
            Block::Table(table) => {
                table.caption.iter().for_each(|text| of_text(text, false, &mut place));
                for row in &table.rows {
                    let inlines = || row.cells.iter().flat_map(|cell| &cell.paragraphs).map(|of| &of.inline);
                    let text = inlines().find_map(|inline| position(inline, 0));
                    row.anchors.iter().for_each(|anchor| place(*anchor, text, false));
                    let inside = inlines().flat_map(|inline| &inline.anchors);
                    inside.for_each(|(_, anchor)| place(*anchor, text, false));
                }
            }
            Block::Figure(figure) => {
                let texts = figure.caption.iter().chain(&figure.note);
                texts.for_each(|text| of_text(text, false, &mut place));
            }
            _ => {}
        }
    }
    anchors
}

fn of_text(
    block: &TextBlock,
    in_columns: bool,
    place: &mut impl FnMut(AnchorId, Option<(usize, u32)>, bool),
) {
    let first = position(&block.inline, 0);
    block.anchors.iter().for_each(|anchor| place(*anchor, first, in_columns));
    for (at, anchor) in &block.inline.anchors {
        place(*anchor, position(&block.inline, *at), in_columns);
    }
}

/// Returns the element and logical position of the tagged piece at a byte of a text, or of the next or last one.
fn position(inline: &Inline, at: usize) -> Option<(usize, u32)> {
    let owned = |owner: &Owner| match owner {
        Owner::Tagged { node, seq } => Some((node.index(), *seq)),
        Owner::Artifact(_) => None,
    };
    let mut after = inline.pieces.iter().filter(|piece| piece.range.end > at);
    after
        .find_map(|piece| owned(&piece.owner))
        .or_else(|| inline.pieces.iter().rev().find_map(|piece| owned(&piece.owner)))
}
