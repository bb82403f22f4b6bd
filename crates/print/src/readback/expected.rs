//! Expected content of a file, from the composing side.

use std::borrow::Cow;

use crate::document_info::{DocumentInfo, OutlineEntry};
use crate::tags::{TagId, TagTree};

/// Expected content of a file. Alternative texts, link contents and IDs are in `tags`.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// The elements.
    pub tags: &'a TagTree,
    /// The metadata.
    pub info: &'a DocumentInfo,
    /// The outline.
    pub outline: &'a [OutlineEntry],
    /// Names of the flow's anchors; a file may have only some of them.
    pub anchor_names: &'a [String],
    content: Vec<(TagId, u32, Cow<'a, str>)>,
}

impl<'a> Expected<'a> {
    /// Creates the expectation of empty elements.
    pub const fn new(
        tags: &'a TagTree,
        info: &'a DocumentInfo,
        outline: &'a [OutlineEntry],
        anchor_names: &'a [String],
    ) -> Self {
        Self { tags, info, outline, anchor_names, content: Vec::new() }
    }

    /// Adds an element's own text at a logical position. Pieces with one position keep their order.
    pub fn text(&mut self, node: TagId, seq: u32, text: impl Into<Cow<'a, str>>) {
        self.content.push((node, seq, text.into()));
    }

    /// Returns the text by element in logical order.
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
