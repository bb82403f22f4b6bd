//! The list of relationships below their drawing, numbered as there.

use chancery_proto::brief::v1::Relationship;

use crate::compose::composer::Composer;
use crate::compose::figures::sketch::WIDTH;
use crate::compose::stylesheet::{ROW_HEAD, TABLE};
use crate::flow::{Block, ColumnsBlock, Grid, Span, TextBlock};
use crate::tags::{ListNumbering, Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

/// Distance from a number to its text, and between the columns.
const NUMBER: Length = Length::pt(18);
const GAP: Length = Length::pt(14);
/// Maximum number of lines of an item in two columns.
const MOST_LINES_IN_COLUMN: i64 = 2;
/// Space after an item.
const AFTER: Length = Length::pt(2);

impl Composer<'_> {
    /// Adds every relationship with its number; `anchored` makes the items the destinations of the relationships. Long
    /// items have the full width, so that the list may continue on the next page. Returns the number of blocks.
    pub(super) fn tie_list(&mut self, sect: TagId, relationships: &[Relationship], anchored: bool) -> usize {
        let list = self.tag(sect, Role::L(ListNumbering::Decimal));
        let numbered = relationships.iter().enumerate();
        let mut items: Vec<TextBlock> =
            numbered.map(|(index, tie)| self.tie_item(list, index + 1, tie, anchored)).collect();
        let column = (WIDTH - GAP) / 2 - NUMBER;
        if items.iter().any(|item| self.typesetter.width(&item.inline) > column * MOST_LINES_IN_COLUMN) {
            if let Some(last) = items.last_mut() {
                last.keep_with_next = true;
            }
            let count = items.len();
            for item in items {
                self.push(item);
            }
            return count;
        }
        let half = items.len().div_ceil(2);
        let columns = items.chunks(half.max(1)).map(<[TextBlock]>::to_vec).collect();
        let after = Length::pt(2);
        self.flow.blocks.push(Block::Columns(ColumnsBlock {
            columns,
            gap: GAP,
            after,
            keep_with_next: true,
        }));
        1
    }

    fn tie_item(&mut self, list: TagId, number: usize, tie: &Relationship, anchored: bool) -> TextBlock {
        let outer = self.replace_part(&tie.id);
        let number = self.lexicon.digits(&number.to_string());
        let item = self.item(list, ROW_HEAD, &number);
        let node = self.tag(item.body, Role::P);
        let text_context = self.text_context(node, TABLE);
        let mut inline = Inline::default();
        self.tie_anchor(&mut inline, &tie.id, anchored);
        self.tie_sign(&mut inline, text_context, tie);
        self.push_text(&mut inline, text_context, "\u{a0}");
        self.tie_ends(&mut inline, self.text_context(node, ROW_HEAD), tie);
        self.push_text(&mut inline, text_context, "\u{2002}");
        self.tie_words(&mut inline, node, tie);
        self.begin_part(&outer);
        TextBlock {
            inline,
            label: Some(item.label),
            inset: (NUMBER, Length::ZERO),
            after: AFTER,
            span: Span::Full,
            grid: Grid::Free,
            hyphenate: true,
            keep_together: true,
            ..self.block(TABLE)
        }
    }
}
