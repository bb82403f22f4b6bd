//! What a file has to say, as the side that composed it knows it.

use std::borrow::Cow;

use crate::document_info::{DocumentInfo, OutlineEntry};
use crate::tags::{TagId, TagTree};

/// What a file has to say. Alternative texts, link contents and IDs stand in `tags`.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// The elements.
    pub tags: &'a TagTree,
    /// The facts of the metadata.
    pub info: &'a DocumentInfo,
    /// The outline.
    pub outline: &'a [OutlineEntry],
    /// The names of the flow's anchors; a file may place only some of them.
    pub anchor_names: &'a [String],
    content: Vec<(TagId, u32, Cow<'a, str>)>,
}

impl<'a> Expected<'a> {
    /// Nothing but empty elements as yet.
    pub const fn new(
        tags: &'a TagTree,
        info: &'a DocumentInfo,
        outline: &'a [OutlineEntry],
        anchor_names: &'a [String],
    ) -> Self {
        Self { tags, info, outline, anchor_names, content: Vec::new() }
    }

    /// Text of an element's own at a logical position; pieces with one position follow each other as they come.
    pub fn text(&mut self, node: TagId, seq: u32, text: impl Into<Cow<'a, str>>) {
        self.content.push((node, seq, text.into()));
    }

    /// The text by element, each in logical order.
    pub(super) fn by_node(&self) -> Vec<Vec<(u32, &str)>> {
        let mut by_node = vec![Vec::new(); self.tags.nodes().len()];
        for (node, seq, text) in &self.content {
            if let Some(pieces) = by_node.get_mut(node.index()) {
                pieces.push((*seq, text.as_ref()));
            }
        }
        for pieces in &mut by_node {
            pieces.sort_by_key(|&(seq, _)| seq);
        }
        by_node
    }
}
