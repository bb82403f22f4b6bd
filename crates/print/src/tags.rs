//! The tag tree (ISO 32000-1, 14.7 and 14.8): the logical structure of a brief in reading order, made by `compose` and
//! written by `write`. Roles carry their required attributes, and [`TagTree::add`] rejects children that the standard
//! does not allow, so that an invalid tree cannot be built.

use crate::text::plain_text::without_soft_hyphens;

/// A node of a [`TagTree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagId(u32);

impl TagId {
    /// Returns its index in the tree.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Scope of a table header cell (ISO 32000-1, table 349).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The cells of its row.
    Row,
    /// The cells of its column.
    Column,
}

/// Numbering of a list (ISO 32000-1, table 347).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListNumbering {
    /// Bullets.
    Disc,
    /// 1, 2, 3.
    Decimal,
    /// No label at all.
    None,
}

/// A structure type with its required attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The root.
    Document,
    /// A part of the brief.
    Sect,
    /// A division without a heading: a callout.
    Div,
    /// The document's title: a paragraph role-mapped from `Title`.
    Title,
    /// A heading of level 1 to 6; no level is skipped.
    H(u8),
    /// A paragraph.
    P,
    /// A block quotation.
    BlockQuote,
    /// A table's or figure's caption.
    Caption,
    /// The table of contents.
    Toc,
    /// An entry of the table of contents.
    Toci,
    /// A list.
    L(ListNumbering),
    /// A list item.
    Li,
    /// Its label; also a note's.
    Lbl,
    /// Its body.
    LBody,
    /// A table.
    Table,
    /// The table's header rows.
    THead,
    /// The table's body rows.
    TBody,
    /// A row.
    Tr,
    /// A header cell.
    Th {
        /// The cells that it names.
        scope: Scope,
        /// Number of columns that it spans.
        columns: u16,
    },
    /// A cell.
    Td,
    /// A run of text with a property of its own.
    Span {
        /// Replacement text for extraction and screen readers.
        actual_text: Option<String>,
    },
    /// A citation of an endnote, or a contents entry's target.
    Reference,
    /// A link; its annotations are written by `write`.
    Link {
        /// The target.
        target: LinkTarget,
        /// The annotation's `Contents`, read out by screen readers.
        contents: String,
    },
    /// An endnote. `id` is unique in the file (ISO 14289-1, 7.9).
    Note {
        /// The element's `/ID`.
        id: String,
    },
    /// A drawing that carries meaning.
    Figure {
        /// Alternative text: the content of the drawing with its data.
        alt: String,
    },
}

/// Targets of links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// A destination in this file.
    Anchor(AnchorId),
    /// Another document.
    Uri(String),
}

/// A destination of the flow. Its name is `Flow.anchor_names[id]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnchorId(pub u32);

/// A structure element.
#[derive(Clone, Debug)]
pub struct TagNode {
    /// Its type and attributes.
    pub role: Role,
    /// Its language (BCP 47) if it differs from its parent's.
    pub lang: Option<String>,
    /// Its parent; none for the root.
    pub parent: Option<TagId>,
    /// Its element kids in logical order. Content is ordered against them by its `seq`.
    pub kids: Vec<TagId>,
    /// Its logical position, on the same scale as content's `seq`: the kids of an element are written in this order.
    pub seq: u32,
}

/// An arena of structure elements. The root is the first.
#[derive(Clone, Debug)]
pub struct TagTree {
    nodes: Vec<TagNode>,
    next_seq: u32,
}

impl TagTree {
    /// Creates a tree with a `Document` root.
    pub fn new() -> Self {
        let root = TagNode { role: Role::Document, lang: None, parent: None, kids: Vec::new(), seq: 0 };
        Self { nodes: vec![root], next_seq: 1 }
    }

    /// Returns the `Document` element.
    pub const fn root(&self) -> TagId {
        TagId(0)
    }

    /// Adds a child after its siblings. Soft hyphens in alternative texts and in link contents are left out.
    ///
    /// # Panics
    /// If the standard does not allow the child there. This is a bug in `compose`, never a property of the input.
    pub fn add(&mut self, parent: TagId, role: Role, lang: Option<String>) -> TagId {
        let above = &self.nodes[parent.index()].role;
        assert!(allows(above, &role), "{role:?} is not allowed under {above:?}");
        let role = match role {
            Role::Figure { alt } => Role::Figure { alt: without_soft_hyphens(&alt).into_owned() },
            Role::Link { target, contents } => {
                Role::Link { target, contents: without_soft_hyphens(&contents).into_owned() }
            }
            other => other,
        };
        let id = TagId(u32::try_from(self.nodes.len()).expect("fewer than 2^32 elements fit in memory"));
        let seq = self.next_seq();
        self.nodes.push(TagNode { role, lang, parent: Some(parent), kids: Vec::new(), seq });
        self.nodes[parent.index()].kids.push(id);
        id
    }

    /// Returns the next logical position for a run of content.
    pub fn next_seq(&mut self) -> u32 {
        let seq = self.next_seq;
        self.next_seq += 1;
        seq
    }

    /// Returns an element.
    pub fn node(&self, id: TagId) -> &TagNode {
        &self.nodes[id.index()]
    }

    /// Returns all elements, the root first, parents before their kids.
    pub fn nodes(&self) -> &[TagNode] {
        &self.nodes
    }
}

impl Default for TagTree {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns whether the standard allows `child` under `parent` (ISO 32000-1, 14.8.4, as veraPDF checks it).
fn allows(parent: &Role, child: &Role) -> bool {
    use Role as R;
    let inline = matches!(child, R::Span { .. } | R::Reference | R::Link { .. } | R::Figure { .. });
    let block = matches!(
        child,
        R::P | R::L(_) | R::Table | R::Figure { .. } | R::BlockQuote | R::Div | R::H(_) | R::Title
    );
    match parent {
        R::Document => block || matches!(child, R::Sect | R::Toc | R::Note { .. }),
        R::Sect => block || matches!(child, R::Sect | R::Toc | R::Note { .. } | R::Caption),
        R::Div | R::BlockQuote => block,
        R::Title | R::H(_) | R::P | R::Caption | R::Lbl | R::Span { .. } => inline,
        R::Reference => matches!(child, R::Link { .. } | R::Span { .. }),
        R::Link { .. } => matches!(child, R::Span { .. }),
        R::Toc => matches!(child, R::Toci | R::Toc | R::Caption),
        R::Toci => matches!(child, R::Reference | R::Toc | R::Lbl),
        R::L(_) => matches!(child, R::Li | R::Caption),
        R::Li => matches!(child, R::Lbl | R::LBody),
        R::Table => matches!(child, R::Caption | R::THead | R::TBody),
        R::THead | R::TBody => matches!(child, R::Tr),
        R::Tr => matches!(child, R::Th { .. } | R::Td),
        R::LBody | R::Th { .. } | R::Td => block || inline,
        R::Note { .. } => block || inline || matches!(child, R::Lbl),
        R::Figure { .. } => matches!(child, R::Span { .. } | R::Caption),
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, TagTree};

    #[test]
    #[should_panic(expected = "is not allowed under")]
    fn a_list_item_outside_a_list_cannot_be_built() {
        let mut tags = TagTree::new();
        let root = tags.root();
        tags.add(root, Role::Li, None);
    }
}
