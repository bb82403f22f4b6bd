//! Evidence in a line below its text: of lists, callouts and quotations, and in large print of every paragraph.

use chancery_proto::brief::v1::Statement;

use crate::compose::composer::{Composer, TextContext};
use crate::compose::stylesheet::REMARK;
use crate::flow::{Grid, TextBlock};
use crate::tags::{Role, TagId};
use crate::text::inline::Inline;

impl Composer<'_> {
    /// Adds a block of text and its evidence in a line below it.
    pub(crate) fn push_with_evidence(&mut self, parent: TagId, block: TextBlock, statements: &[Statement]) {
        if block.inline.is_empty() {
            return self.push(block);
        }
        let TextBlock { inset, keep_with_next, .. } = block;
        match self.evidence_block(parent, statements) {
            Some(line) => {
                self.push(TextBlock { keep_with_next: true, ..block });
                self.push(TextBlock { inset, keep_with_next, ..line });
            }
            None => self.push(block),
        }
    }

    /// Returns the evidence of statements as a line of text; `None` without any.
    pub(crate) fn evidence_block(&mut self, parent: TagId, statements: &[Statement]) -> Option<TextBlock> {
        let evidence = self.paragraph_evidence(statements);
        if evidence.is_empty() {
            return None;
        }
        let div = self.tag(parent, Role::Div);
        let node = self.tag(div, Role::P);
        let mut block = TextBlock { grid: Grid::Free, keep_together: true, ..self.block(REMARK) };
        let inline = &mut block.inline;
        let text_context = self.text_context(node, REMARK);
        let strong = self.text_context(node, REMARK.strong());
        for (index, cited) in evidence.sources.iter().enumerate() {
            let comma = if index > 0 { self.labels().page.list_comma } else { "" };
            self.push_text(inline, text_context, comma);
            let number = self.lexicon.digits(&cited.number.to_string());
            self.push_text(inline, strong, &format!("{number}\u{a0}"));
            if cited.contradicts {
                self.contradicting_sign(inline, text_context);
            }
            // Without isolation, the number of the next source would join a name that runs from left to right.
            let name = self.isolated_in_line(&self.marked_source_name(cited.source));
            self.push_text(inline, TextContext { language: "", ..text_context }, &name);
            if !cited.grades.is_empty() {
                let grades = self.isolated_grades(&cited.grades);
                self.push_text(
                    inline,
                    TextContext { language: "", ..text_context },
                    &format!("\u{a0}{grades}"),
                );
            }
            if cited.only {
                self.push_text(inline, text_context, " (");
                self.push_label(inline, text_context, self.labels().page.only_source);
                self.push_text(inline, text_context, ")");
            }
        }
        if let Some(confidence) = &evidence.confidence {
            self.next_fact(inline, text_context);
            let excepted = !confidence.exceptions.is_empty();
            self.commonest_words(inline, node, REMARK, confidence.commonest, excepted);
            for (index, (level, indices)) in confidence.exceptions.iter().enumerate() {
                let comma = if index > 0 { self.labels().page.list_comma } else { " " };
                self.push_text(inline, text_context, comma);
                self.exception(inline, text_context, &evidence, *level, indices);
            }
        }
        for index in &evidence.likely {
            self.next_fact(inline, text_context);
            self.likelihood_words(inline, node, REMARK, &evidence, *index);
        }
        if !evidence.changes.is_empty() {
            self.next_fact(inline, text_context);
            self.change_words(inline, node, REMARK, &evidence.changes);
        }
        Some(block)
    }

    fn next_fact(&mut self, inline: &mut Inline, text_context: TextContext) {
        if !inline.is_empty() {
            self.push_text(inline, text_context, self.list_separator());
        }
    }
}
