//! What changed since the parent revision, or since the revision that the reader chose: reversals as cards and rows, and
//! a line on the other changes.

mod card_facts;
mod cards;
mod judgment_rows;
mod letter_references;
mod quoted_markings;
mod selection;

use std::collections::BTreeSet;

use crate::compose::annotations::Value;
use crate::compose::composer::Composer;
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::stylesheet::{BODY, META, TABLE_NOTE, TypeSpec};
use crate::flow::{Grid, Span, TextBlock};
use crate::tags::{Role, TagId};
use crate::text::inline::{Deferred, PieceKind};
use crate::units::Length;

pub(crate) use crate::compose::change_ledger::ReversalSelection;
pub(crate) use crate::compose::changes::card_facts::MarkedText;

impl Composer<'_> {
    /// Adds the part of the standard and the full format.
    pub(crate) fn changes(&mut self, sect: TagId) {
        if self.printed_changes().is_empty() {
            // The opening has the authors' summary, but the part must not be empty.
            return self.without_changes(sect);
        }
        if !self.summary_in_opening
            && let Some(summary) = self.change_summary(sect, BODY)
        {
            let after = Length::pt(4);
            self.push(TextBlock { span: Span::Full, hyphenate: true, grid: Grid::Free, after, ..summary });
        }
        self.changed_judgments(sect);
        let ReversalSelection { cards, rows } = self.selection;
        let has_tables = cards + rows > 0;
        if has_tables {
            let ledger = self.ledger.clone();
            self.change_cards(sect, &ledger.cards[..cards]);
            self.change_rows(sect, &ledger.rows[..rows]);
        } else {
            self.change_counts(sect, META);
        }
        self.other_changes(sect);
    }

    fn without_changes(&mut self, sect: TagId) {
        let block = if self.edition.combined_changes.is_some() {
            self.label_line(sect, Role::P, BODY, self.labels().no_changes)
        } else if let Some(summary) = self.change_summary(sect, BODY) {
            summary
        } else {
            return;
        };
        self.push(TextBlock { span: Span::Full, ..block });
    }

    /// Returns the authors' summary. With combined changes of several revisions it names its revision.
    pub(crate) fn change_summary(&mut self, sect: TagId, kind: TypeSpec) -> Option<TextBlock> {
        let content = self.content;
        if content.change_summary.is_empty() {
            return None;
        }
        let node = self.tag(sect, Role::P);
        let mut block = self.block(kind);
        let text_context = self.text_context(node, kind);
        self.mark_part(&mut block.inline, text_context, &content.default_marking);
        if self.edition.combined_changes.is_some() {
            let number = self.lexicon.digits(&self.edition.revision.to_string());
            self.push_label(
                &mut block.inline,
                text_context,
                &filled(self.labels().summary_of_revision, &[&number]),
            );
            self.push_text(&mut block.inline, text_context, " ");
        }
        self.push_text(&mut block.inline, text_context, &content.change_summary);
        Some(block)
    }

    /// Adds the number of changes of each kind.
    pub(crate) fn change_counts(&mut self, sect: TagId, kind: TypeSpec) {
        let mut counts: Vec<(i32, usize)> = Vec::new();
        for change in self.printed_changes() {
            match counts.iter_mut().find(|(kind, _)| *kind == change.kind) {
                Some((_, count)) => *count += 1,
                None => counts.push((change.kind, 1)),
            }
        }
        counts.sort_by_key(|(kind, count)| (std::cmp::Reverse(*count), *kind));
        let counts: Vec<String> = counts
            .into_iter()
            .map(|(kind, count)| {
                let count = self.lexicon.digits(&count.to_string());
                format!("{} {count}", lexicon::capitalised(self.lexicon.change(kind)))
            })
            .map(|count| count.replace(' ', "\u{a0}"))
            .collect();
        if !counts.is_empty() {
            let block = self.label_line(sect, Role::P, kind, &counts.join(" \u{b7} "));
            self.push(TextBlock { span: Span::Full, before: Length::pt(1), ..block });
        }
    }

    /// Adds a line on the reversals that the tables omit, on the other changes, and on where they are.
    fn other_changes(&mut self, sect: TagId) {
        let page = &self.labels().page;
        let ReversalSelection { cards, rows } = self.selection;
        let omitted = (self.ledger.cards.len() - cards, self.ledger.rows.len() - rows);
        let mut facts = Vec::new();
        if omitted.0 > 0 {
            facts.push(self.lexicon.counted(&page.more_reversals, omitted.0, &[]));
        }
        if omitted.1 > 0 {
            facts.push(self.lexicon.counted(&page.scaled_back_or_disputed, omitted.1, &[]));
        }
        let others = self.ledger.others.len();
        let annex = self.anchors.get("part.all-changes").copied();
        if annex.is_none() && others > 0 {
            let kinds = self.other_kinds();
            facts.push(self.lexicon.counted(&page.other_changes_named, others, &[&kinds]));
        }
        let facts = facts.join(page.list_comma);
        if (facts.is_empty() && others == 0) || (cards + rows == 0 && annex.is_none()) {
            return;
        }
        let node = self.label_tag(sect, Role::P);
        let mut block = TextBlock { before: Length::pt(2), ..self.note_block() };
        let text_context = self.label_context(node, TABLE_NOTE);
        let inline = &mut block.inline;
        if cards + rows == 0 {
            // Without a page break after the part, the annex has no page yet: its number gets a reserved width.
            let all = self.lexicon.counted(&page.all_changes, self.printed_changes().len(), &[]);
            let line = filled(page.on_page, &[&lexicon::capitalised(&all), "\u{1}"]);
            let (before, after) = line.split_once('\u{1}').unwrap_or((&line, ""));
            self.push_text(inline, text_context, before);
            if let Some(anchor) = annex {
                let zeros = "0".repeat(self.page_digits);
                self.piece(inline, text_context, &zeros, PieceKind::Deferred(Deferred::PageOf(anchor)));
            }
            self.push_text(inline, text_context, after);
            return self.push(block);
        }
        if !facts.is_empty() {
            let facts = lexicon::capitalised(&facts);
            match annex {
                Some(anchor) => {
                    let values = [Value::Text(&facts), Value::Pages(vec![anchor])];
                    self.push_template(inline, text_context, page.on_page, &values);
                }
                None => {
                    self.push_template(inline, text_context, page.in_full_brief, &[Value::Text(&facts)]);
                }
            }
            self.push_text(inline, text_context, " ");
        }
        if let Some(anchor) = annex.filter(|_| others > 0) {
            let (count, kinds) = (self.lexicon.digits(&others.to_string()), self.other_kinds());
            let template = page.other_changes.of(others, self.lexicon.locale());
            let values = [Value::Text(&count), Value::Text(&kinds), Value::Pages(vec![anchor])];
            self.push_template(inline, text_context, template, &values);
        }
        self.push(block);
    }

    /// Returns the kinds of the changes that are no reversals, the most frequent first.
    fn other_kinds(&self) -> String {
        let others = &self.ledger.others;
        let kinds: BTreeSet<i32> = others.iter().map(|change| change.kind).collect();
        let mut kinds: Vec<i32> = kinds.into_iter().collect();
        let count = |kind: i32| others.iter().filter(|change| change.kind == kind).count();
        kinds.sort_by_key(|kind| (std::cmp::Reverse(count(*kind)), *kind));
        let words: Vec<&str> = kinds.into_iter().map(|kind| self.lexicon.change(kind)).collect();
        words.join(self.labels().page.list_comma)
    }
}
