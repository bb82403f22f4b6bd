//! Lists with their elements: `L`, `LI`, `Lbl`, `LBody`.

use chancery_proto::brief::v1::List;

use crate::compose::composer::Composer;
use crate::compose::stylesheet::{BODY, TypeSpec};
use crate::flow::{Grid, TextBlock};
use crate::tags::{ListNumbering, Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

/// A list item whose content is being composed.
pub(crate) struct OpenItem {
    pub(crate) body: TagId,
    pub(crate) label: Inline,
}

impl Composer<'_> {
    /// Begins an item with a number or bullet.
    pub(crate) fn item(&mut self, list: TagId, kind: TypeSpec, label: &str) -> OpenItem {
        let item = self.tag(list, Role::Li);
        let node = self.tag(item, Role::Lbl);
        let mut inline = Inline::default();
        let text_context = self.text_context(node, kind);
        self.push_text(&mut inline, text_context, label);
        // The space separates the label from the text in extraction and screen readers.
        self.push_text(&mut inline, text_context, " ");
        OpenItem { body: self.tag(item, Role::LBody), label: inline }
    }

    /// Adds a list of the author, `before` below the text above it.
    pub(crate) fn list(&mut self, parent: TagId, list: &List, enclosing: &str, before: Length) {
        let first = self.flow.blocks.len();
        self.list_level(parent, list, 1, enclosing);
        if let Some(block) = self.flow.blocks.get_mut(first) {
            block.lower(before);
        }
    }

    /// Adds a list; `level` is 1 for the outermost.
    fn list_level(&mut self, parent: TagId, list: &List, level: i64, enclosing: &str) {
        if list.items.is_empty() {
            return;
        }
        let numbering = if list.ordered { ListNumbering::Decimal } else { ListNumbering::Disc };
        let node = self.tag(parent, Role::L(numbering));
        for (index, entry) in list.items.iter().enumerate() {
            let number = self.lexicon.digits(&(index + 1).to_string());
            let label = if list.ordered { format!("{number}.") } else { "\u{2022}".to_owned() };
            let OpenItem { body, label } = self.item(node, BODY, &label);
            let mut block = TextBlock {
                inset: (self.indent() * level, Length::ZERO),
                label: Some(label),
                hyphenate: true,
                grid: Grid::Body,
                ..self.block(BODY)
            };
            let paragraph = self.tag(body, Role::P);
            let text_context = self.text_context(paragraph, BODY);
            let marking = if entry.marking.is_empty() { enclosing } else { &entry.marking };
            if entry.withheld.is_some() {
                self.withheld(&mut block.inline, text_context);
                self.push(block);
            } else {
                self.mark_part_of_statements(&mut block.inline, text_context, marking);
                self.statements(&mut block.inline, text_context, &entry.statements, marking);
                self.push_with_evidence(body, block, &entry.statements);
            }
            if let Some(list) = &entry.list {
                self.list_level(body, list, level + 1, marking);
            }
        }
    }

    /// Adds a bulleted list; `fill` adds each item's text.
    pub(crate) fn bullets<T>(
        &mut self,
        parent: TagId,
        items: &[T],
        mut fill: impl FnMut(&mut Self, &T, TagId, &mut TextBlock),
    ) {
        if items.is_empty() {
            return;
        }
        let list = self.tag(parent, Role::L(ListNumbering::Disc));
        for item in items {
            let OpenItem { body, label } = self.item(list, BODY, "\u{2022}");
            let mut block = TextBlock {
                inset: (self.indent(), Length::ZERO),
                label: Some(label),
                hyphenate: true,
                grid: Grid::Body,
                ..self.block(BODY)
            };
            let paragraph = self.tag(body, Role::P);
            fill(self, item, paragraph, &mut block);
            self.push(block);
        }
    }
}
