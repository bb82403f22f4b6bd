//! The content tree in document order, for code that reads content without changing it.
//!
//! Validation and redaction have walks of their own: validation rewrites each field in place under a path, and redaction
//! pairs each part with the rules by which it is withheld.

use std::fmt::Write;

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{Block, BriefContent, KeyJudgment, List, Section, Statement};

/// Maximum nesting of sections. Deeper sections are not visited; validation rejects them.
pub(crate) const MAX_SECTION_DEPTH: usize = 4;
/// Maximum nesting of lists. Deeper lists are not visited; validation rejects them.
pub(crate) const MAX_LIST_DEPTH: usize = 6;

/// The part of a brief that contains a statement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StatementLocation<'a> {
    /// The bottom line.
    BottomLine,
    /// A key judgment.
    KeyJudgment(&'a KeyJudgment),
    /// The blocks of a section.
    Section(&'a Section),
}

impl<'a> StatementLocation<'a> {
    /// Returns the id of the key judgment or section; empty for the bottom line.
    pub fn holder_id(self) -> &'a str {
        match self {
            Self::BottomLine => "",
            Self::KeyJudgment(judgment) => &judgment.id,
            Self::Section(section) => &section.id,
        }
    }
}

/// A node of the content tree.
pub(crate) enum Node<'a, 'p> {
    KeyJudgment(&'a KeyJudgment),
    Section(&'a Section),
    Block(LocatedBlock<'a, 'p>),
    /// Includes the marks of withheld statements.
    Statement(&'a Statement, StatementLocation<'a>),
}

/// A block and its position in the content.
pub(crate) struct LocatedBlock<'a, 'p> {
    pub(crate) block: &'a Block,
    pub(crate) section: &'a Section,
    /// Index of the section and of each section around it, outermost first.
    section_indices: &'p [usize],
    block_index: usize,
}

impl LocatedBlock<'_, '_> {
    /// Returns the path of proto field names, such as `sections[0].sections[1].blocks[2]`.
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for index in self.section_indices {
            // Writing to a String does not fail, here and below.
            let _ = write!(path, "sections[{index}].");
        }
        let _ = write!(path, "blocks[{}]", self.block_index);
        path
    }
}

/// Calls `visit` with each node of the bottom line, key judgments and sections, in document order. A part comes before its
/// contents.
pub(crate) fn visit<'a>(content: &'a BriefContent, visit: &mut impl FnMut(Node<'a, '_>)) {
    let mut walk = Walk { visit, section_indices: Vec::new() };
    walk.statements(&content.bluf, StatementLocation::BottomLine);
    for judgment in &content.key_judgments {
        (walk.visit)(Node::KeyJudgment(judgment));
        walk.statements(&judgment.statements, StatementLocation::KeyJudgment(judgment));
    }
    walk.sections(&content.sections);
}

struct Walk<'v, V> {
    visit: &'v mut V,
    section_indices: Vec<usize>,
}

impl<'a, V: FnMut(Node<'a, '_>)> Walk<'_, V> {
    fn statements(&mut self, statements: &'a [Statement], location: StatementLocation<'a>) {
        for statement in statements {
            (self.visit)(Node::Statement(statement, location));
        }
    }

    fn sections(&mut self, sections: &'a [Section]) {
        if self.section_indices.len() == MAX_SECTION_DEPTH {
            return;
        }
        for (index, section) in sections.iter().enumerate() {
            self.section_indices.push(index);
            (self.visit)(Node::Section(section));
            for (index, block) in section.blocks.iter().enumerate() {
                self.block(index, block, section);
            }
            self.sections(&section.sections);
            self.section_indices.pop();
        }
    }

    fn block(&mut self, block_index: usize, block: &'a Block, section: &'a Section) {
        let section_indices = &self.section_indices;
        (self.visit)(Node::Block(LocatedBlock { block, section, section_indices, block_index }));
        let location = StatementLocation::Section(section);
        match &block.kind {
            Some(BlockKind::Paragraph(paragraph)) => self.statements(&paragraph.statements, location),
            Some(BlockKind::List(list)) => self.list(list, location, 1),
            Some(BlockKind::Callout(callout)) => self.statements(&callout.statements, location),
            Some(BlockKind::Quote(quote)) => self.statements(&quote.statements, location),
            Some(BlockKind::Table(_) | BlockKind::Figure(_) | BlockKind::Withheld(_)) | None => {}
        }
    }

    fn list(&mut self, list: &'a List, location: StatementLocation<'a>, depth: usize) {
        if depth > MAX_LIST_DEPTH {
            return;
        }
        for item in &list.items {
            self.statements(&item.statements, location);
            if let Some(inner) = &item.list {
                self.list(inner, location, depth + 1);
            }
        }
    }
}
