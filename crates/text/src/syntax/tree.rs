//! The tree of a text's body.

use crate::range::{Spanned, TextRange};
use crate::syntax::parts::Parts;
use crate::syntax::sentences::Passage;

/// A block, heading or fenced block, in the order of the text.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) range: TextRange,
    /// The line of annotations before a block.
    pub(crate) own: Option<Parts>,
    pub(crate) kind: ElementKind,
}

#[derive(Debug)]
pub(crate) enum ElementKind {
    Heading {
        level: usize,
        title: Parts,
    },
    Paragraph(Passage),
    /// Above the first heading, the items of a numbered list are key judgments.
    List(List),
    Table(Table),
    Callout {
        title: Parts,
        passage: Passage,
    },
    Quote {
        passage: Passage,
        attribution: Option<Spanned>,
    },
    Figure(Figure),
    /// A paragraph or list without sentences, which only the annotation `empty` can express.
    Empty(EmptyBlock),
    Fenced {
        kind: Spanned,
        entries: Vec<Parts>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmptyBlock {
    Paragraph,
    List,
    NumberedList,
}

/// Words of the annotation `empty`.
pub(crate) const EMPTY_BLOCKS: [(&str, EmptyBlock); 3] = [
    ("paragraph", EmptyBlock::Paragraph),
    ("list", EmptyBlock::List),
    ("numbered-list", EmptyBlock::NumberedList),
];

#[derive(Debug, Default)]
pub(crate) struct List {
    pub(crate) range: TextRange,
    pub(crate) ordered: bool,
    pub(crate) items: Vec<ListItem>,
}

#[derive(Debug, Default)]
pub(crate) struct ListItem {
    pub(crate) range: TextRange,
    /// Columns before the text of the item.
    pub(crate) indentation: usize,
    pub(crate) passage: Passage,
    /// The item's line of annotations.
    pub(crate) own: Option<Parts>,
    pub(crate) list: Option<List>,
    /// The id of the key judgment that the formatter will write, if it has no line of its own.
    pub(crate) assigned_id: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) title: Parts,
    pub(crate) header: Vec<Spanned>,
    pub(crate) delimiters: Vec<Spanned>,
    pub(crate) rows: Vec<TableRow>,
    /// Whether the last column contains the markings of the rows.
    pub(crate) has_markings: bool,
}

#[derive(Debug)]
pub(crate) struct TableRow {
    pub(crate) range: TextRange,
    pub(crate) cells: Vec<Spanned>,
}

#[derive(Debug)]
pub(crate) struct Figure {
    /// Marking, annotations and id; no text.
    pub(crate) parts: Parts,
    pub(crate) alt: Spanned,
    /// The kind, or the file that the figure shows; none for a malformed figure.
    pub(crate) image: Option<Spanned>,
    pub(crate) title: Spanned,
}
