//! Elements with their text.

use std::ops::Range;

use crate::expected_content::file_color::file_color;
use crate::flow::{FigureBlock, Flow, TableBlock, TextBlock};
use crate::pages::Owner;
use crate::tags::{Role, TagNode};
use crate::text::inline::{Deferred, Inline, PageList, PieceKind};
use crate::text::text_style::TextStyle;
use crate::write::document::structure_types::type_name;

use super::drawings::ExpectedPath;

/// A structure element.
#[derive(Clone, Debug)]
pub struct ExpectedElement {
    /// Its structure type.
    pub kind: &'static str,
    /// Its child elements in logical order, each with its logical position.
    pub kids: Vec<(u32, usize)>,
    /// Its text in logical order.
    pub pieces: Vec<ExpectedPiece>,
    /// Its paths, in painting order.
    pub paths: Vec<ExpectedPath>,
    /// Whether the element is a link.
    pub is_link: bool,
    /// Elements of links whose area includes some of its text.
    pub links: Vec<usize>,
}

/// A run of text of an element.
#[derive(Clone, Debug)]
pub struct ExpectedPiece {
    /// Its logical position.
    pub seq: u32,
    /// Its content.
    pub content: PieceContent,
    /// How it is set.
    pub style: ExpectedStyle,
}

/// The content of a run of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PieceContent {
    /// A text, as a range of [`ElementTexts`].
    Text(Range<usize>),
    /// The number of the page on which an anchor lies.
    PageOf(usize),
    /// The numbers of the pages of a list of anchors.
    Pages(usize),
    /// A drawing instead of text.
    Drawn,
}

/// How text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedStyle {
    /// Type size in thousandths of a point.
    pub size: i64,
    /// Colour, in thousandths of each component.
    pub color: [i64; 3],
    /// Indices of the vendored faces that it may use.
    pub faces: [u8; 4],
}

impl ExpectedStyle {
    pub(super) fn of(style: &TextStyle) -> Self {
        // The index of a vendored face is below 12.
        let faces = style.candidates(false).map(|face| u8::try_from(face.index()).unwrap_or(u8::MAX));
        Self { size: style.size.to_milli_pt(), color: file_color(style.color), faces }
    }
}

/// The texts of all elements in one string, so that a piece takes no memory of its own.
#[derive(Debug, Default)]
pub struct ElementTexts(String);

impl ElementTexts {
    /// Returns the text of a piece.
    pub fn get(&self, range: &Range<usize>) -> &str {
        self.0.get(range.clone()).unwrap_or_default()
    }

    fn add(&mut self, text: &str) -> Range<usize> {
        let first = self.0.len();
        self.0.push_str(text);
        first..self.0.len()
    }
}

/// Returns the elements of a flow, without paths, and their texts.
pub(super) fn elements(flow: &Flow) -> (Vec<ExpectedElement>, ElementTexts) {
    let mut texts = ElementTexts::default();
    let nodes = flow.tags.nodes();
    let mut elements: Vec<ExpectedElement> = nodes
        .iter()
        .map(|node| ExpectedElement {
            kind: type_name(&node.role),
            kids: kids(node, nodes),
            pieces: Vec::new(),
            paths: Vec::new(),
            is_link: matches!(node.role, Role::Link { .. }),
            links: Vec::new(),
        })
        .collect();
    for inline in flow.inlines() {
        for piece in &inline.pieces {
            let Owner::Tagged { node, seq } = piece.owner else { continue };
            let content = match piece.kind {
                PieceKind::Text => PieceContent::Text(texts.add(&inline.text[piece.range.clone()])),
                PieceKind::Deferred(Deferred::PageOf(anchor)) => PieceContent::PageOf(anchor.0 as usize),
                PieceKind::Deferred(Deferred::Pages(PageList(list))) => PieceContent::Pages(list),
                PieceKind::Missing | PieceKind::Withheld | PieceKind::Drawing(_) => PieceContent::Drawn,
            };
            let element = &mut elements[node.index()];
            element.pieces.push(ExpectedPiece { seq, content, style: ExpectedStyle::of(&piece.style) });
            element.links.extend(piece.link.map(crate::tags::TagId::index));
        }
    }
    for element in &mut elements {
        element.pieces.sort_by_key(|piece| piece.seq);
        element.links.sort_unstable();
        element.links.dedup();
    }
    (elements, texts)
}

fn kids(node: &TagNode, nodes: &[TagNode]) -> Vec<(u32, usize)> {
    let mut kids: Vec<(u32, usize)> =
        node.kids.iter().map(|kid| (nodes[kid.index()].seq, kid.index())).collect();
    kids.sort_by_key(|(seq, _)| *seq);
    kids
}

/// Texts of artifacts, and page references in them.
#[derive(Default)]
pub(super) struct Repeated {
    pub(super) texts: Vec<String>,
    pub(super) lists: Vec<usize>,
}

impl Repeated {
    /// Adds the texts that a table repeats on a further page: its header, its continued caption, and the cells that name
    /// a row or a group of rows.
    pub(super) fn add_table(&mut self, table: &TableBlock) {
        let names = table.rows.iter().any(|row| row.named_by.is_some());
        let columns = table.label_columns.max(usize::from(names));
        let cells = table.rows.iter().flat_map(|row| row.cells.iter().take(columns));
        let labels = cells.flat_map(|cell| &cell.paragraphs).map(|paragraph| &paragraph.inline);
        let captions = table.continuation.iter().flat_map(TextBlock::inlines);
        table.head.iter().chain(captions).chain(labels).for_each(|inline| self.add(inline));
    }

    /// Adds the texts that a figure repeats on a further page.
    pub(super) fn add_figure(&mut self, figure: &FigureBlock) {
        figure.continuation.iter().flat_map(TextBlock::inlines).for_each(|inline| self.add(inline));
        if !figure.divisions.tops.is_empty() {
            figure.drawing.labels.iter().for_each(|label| self.add(&label.inline));
        }
    }

    fn add(&mut self, inline: &Inline) {
        for piece in &inline.pieces {
            match piece.kind {
                PieceKind::Text => self.texts.push(inline.text[piece.range.clone()].to_owned()),
                PieceKind::Deferred(Deferred::Pages(PageList(list))) => self.lists.push(list),
                _ => {}
            }
        }
    }
}

/// Adds the texts of pieces that are artifacts.
pub(super) fn artifact_texts(inline: &Inline, repeated: &mut Repeated) {
    let artifacts = inline.pieces.iter().filter(|piece| matches!(piece.owner, Owner::Artifact(_)));
    let shown = artifacts.filter(|piece| piece.kind == PieceKind::Text);
    repeated.texts.extend(shown.map(|piece| inline.text[piece.range.clone()].to_owned()));
}
