//! Notes below tables.

use crate::compose::composer::Composer;
use crate::compose::stylesheet::{INK, TABLE_NOTE};
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Grid, Span, TextBlock};
use crate::tags::{Role, TagId};

impl Composer<'_> {
    /// Adds a note of the printer's sentences, each after its key; adds nothing without sentences.
    pub(crate) fn keyed_note(&mut self, sect: TagId, sentences: &[(&str, String)]) {
        if sentences.is_empty() {
            return;
        }
        let node = self.label_tag(sect, Role::P);
        let mut block = self.note_block();
        let (key_context, text_context) = (
            self.label_context(node, TABLE_NOTE.strong().colored(INK)),
            self.label_context(node, TABLE_NOTE),
        );
        for (index, (key, text)) in sentences.iter().enumerate() {
            if index > 0 {
                self.push_text(&mut block.inline, text_context, " ");
            }
            self.push_text(&mut block.inline, key_context, key);
            self.push_text(&mut block.inline, text_context, &format!(" {text}"));
        }
        self.push(block);
    }

    /// Adds a note of a text after its key.
    pub(crate) fn note(&mut self, sect: TagId, key: &str, text: &str, origin: TextOrigin) {
        let node = self.tag(sect, Role::P);
        let mut block = self.note_block();
        let key_context = self.text_context(node, TABLE_NOTE.strong().colored(INK));
        self.push_label(&mut block.inline, key_context, key);
        let text_context = self.text_context(node, TABLE_NOTE);
        self.push_text(&mut block.inline, text_context, " ");
        match origin {
            TextOrigin::Printer => self.push_label(&mut block.inline, text_context, text),
            TextOrigin::Author => self.push_text(&mut block.inline, text_context, text),
        }
        self.push(block);
    }

    /// Returns a block for a note below a table.
    pub(crate) fn note_block(&self) -> TextBlock {
        TextBlock { span: Span::Full, grid: Grid::Free, ..self.block(TABLE_NOTE) }
    }
}
