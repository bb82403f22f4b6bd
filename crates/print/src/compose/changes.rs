//! Changes since the parent revision, or since the revision that the reader chose: a table, or counts by kind.

use chancery_brief::references::change_subject;
use chancery_proto::brief::v1::{Change, Statement};

use crate::Format;
use crate::compose::composer::{Composer, TextContext};
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::prior_revision::RevisionStatements;
use crate::compose::stylesheet::{BODY, META, TABLE, TypeSpec};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Span, TextBlock};
use crate::tags::{Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

impl Composer<'_> {
    pub(crate) fn changes(&mut self, sect: TagId) {
        if let Some(block) = self.change_summary(sect, BODY) {
            self.push(TextBlock { inline: block.inline, ..self.body_block() });
        }
        let changes = self.printed_changes();
        if changes.is_empty() && self.edition.combined_changes.is_some() {
            let block = self.label_line(sect, Role::P, BODY, self.labels().no_changes);
            return self.push(block);
        }
        // Only the full format has the table; in shorter formats it would dominate the text.
        if self.options.format != Format::Full {
            return self.change_counts(sect, META);
        }
        if changes.is_empty() {
            return;
        }
        let labels = self.labels();
        let by_id = self.options.show_ids && changes.iter().all(|change| change.part_id.is_empty());
        let head = [
            if by_id { labels.statement } else { labels.part_head },
            labels.change,
            labels.holds_now,
            labels.why,
        ];
        // An empty column is omitted.
        let explained = changes.iter().any(|change| !change.why.is_empty());
        let head = if explained { &head[..] } else { &head[..3] };
        let mut maker = TableMaker::begin(self, sect, "", head, true, TextOrigin::Printer);
        maker.block.span = Span::Full;
        for change in changes {
            self.begin_part(change_subject(change));
            maker.row(self, Vec::new(), |composer, column, cell, inline| {
                let text_context = composer.text_context(cell, TABLE);
                composer.change_cell(inline, text_context, change, column);
            });
        }
        maker.finish(self);
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
        if self.edition.combined_changes.is_some() {
            let number = self.edition.revision.to_string();
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
            .map(|(kind, count)| format!("{} {count}", lexicon::capitalised(self.lexicon.change(kind))))
            .map(|count| count.replace(' ', "\u{a0}"))
            .collect();
        if !counts.is_empty() {
            let block = self.label_line(sect, Role::P, kind, &counts.join(" \u{b7} "));
            self.push(TextBlock { span: Span::Full, before: Length::pt(1), ..block });
        }
    }

    fn change_cell(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        change: &Change,
        column: usize,
    ) {
        match column {
            0 => {
                self.mark_part(inline, text_context, &change.marking);
                self.changed_part(inline, text_context, change);
            }
            1 => {
                let changed = [self.lexicon.change(change.kind).to_owned()];
                let changed: Vec<String> = changed.into_iter().chain(self.odds_changed(change)).collect();
                self.push_label(inline, text_context, &changed.join("; "));
            }
            2 => {
                if let Some(was) = self.old_text(change) {
                    self.push_label(inline, text_context, self.labels().was);
                    self.push_text(inline, text_context, &format!(" \u{201c}{was}\u{201d} "));
                }
                self.push_text(inline, text_context, &change.now);
                if !change.replaced_by.is_empty() {
                    self.push_text(inline, text_context, " ");
                    self.push_label(inline, text_context, self.labels().see);
                    self.push_text(inline, text_context, " ");
                    self.replacements(inline, text_context, &change.replaced_by);
                    self.push_text(inline, text_context, ".");
                }
            }
            _ => self.push_text(inline, text_context, &change.why),
        }
    }

    /// Appends the changed part's name, linked if printed, or its id if ids are printed.
    fn changed_part(&mut self, inline: &mut Inline, text_context: TextContext, change: &Change) {
        let id = change_subject(change);
        if self.options.show_ids && change.part_id.is_empty() {
            let contents = filled(self.labels().go_to, &[id]);
            return self.link(inline, text_context, id, id, &contents);
        }
        self.quoted_link(inline, text_context, id);
        if self.options.show_ids && self.name_of_part(id).is_some() {
            self.push_text(inline, text_context, &format!(" ({id})"));
        }
    }

    /// Appends links to the statements that replace another.
    fn replacements(&mut self, inline: &mut Inline, text_context: TextContext, ids: &[String]) {
        if self.options.show_ids {
            return self.links(inline, text_context, ids);
        }
        for (index, id) in ids.iter().enumerate() {
            if index > 0 {
                self.push_text(inline, text_context, self.list_separator());
            }
            self.quoted_link(inline, text_context, id);
        }
    }

    /// Returns the previous text of a changed statement: from the change itself, otherwise from the earlier revision.
    /// Unchanged text has no previous text.
    fn old_text(&self, change: &Change) -> Option<String> {
        if !change.was.is_empty() {
            return Some(change.was.clone());
        }
        let id = change_subject(change);
        let before = &self.prior.statement(id)?.text;
        let now = self.current.statement(id).map(|statement| &statement.text);
        (now != Some(before) && *before != change.now).then(|| before.clone())
    }

    /// Returns previous confidence and likelihood of a changed statement, if they differ.
    fn odds_changed(&self, change: &Change) -> Vec<String> {
        let mut changed = Vec::new();
        let level = |of: &RevisionStatements| {
            of.statement(change_subject(change))?.confidence.as_ref().map(|confidence| confidence.level)
        };
        let before = some(change.confidence_before).or_else(|| level(&self.prior));
        let after =
            some(change.confidence_after).or_else(|| self.edition.earlier.and_then(|_| level(&self.current)));
        let confidence = |level: Option<i32>| level.and_then(|level| self.lexicon.confidence(level));
        if let (Some(before), Some(after)) = (confidence(before), confidence(after))
            && before != after
        {
            changed.push(filled(self.labels().confidence_changed, &[before, after]));
        }
        let now = self.current.statement(change_subject(change));
        let before = now.and_then(|statement| self.prior.changed_statement_likelihood(statement));
        changed.extend(
            before.map(|before| filled(self.labels().was_likely, &[&self.lexicon.short_odds(before)])),
        );
        changed
    }
}

impl<'a> Composer<'a> {
    /// Returns the markings of everything quoted from earlier revisions: changes and their quotations, texts and
    /// likelihoods.
    pub(crate) fn quoted_markings(&self) -> Vec<&'a str> {
        let mut markings: Vec<&'a str> = Vec::new();
        // Shorter formats have counts only.
        let quoted = if self.options.format == Format::Full { self.printed_changes() } else { &[] };
        for change in quoted {
            markings.push(&change.marking);
            if !change.was.is_empty() {
                markings.push(&change.was_marking);
            }
            let before: Option<&'a Statement> = self.prior.statement(change_subject(change));
            markings.extend(before.map(|statement| statement.marking.as_str()));
        }
        let judgments = self.content.key_judgments.iter();
        let moved = judgments.filter(|judgment| self.prior.changed_judgment_likelihood(judgment).is_some());
        markings.extend(moved.filter_map(|judgment| Some(self.prior.judgment(judgment)?.marking.as_str())));
        let supporting = self.content.key_judgments.iter().flat_map(|judgment| &judgment.rests_on);
        for statement in supporting.filter_map(|id| self.current.statement(id)) {
            if self.prior.changed_statement_likelihood(statement).is_some() {
                let before = self.prior.statement(&statement.id);
                markings.extend(before.map(|before| before.marking.as_str()));
            }
        }
        markings
    }
}

/// Returns a value unless it is unspecified.
fn some(value: i32) -> Option<i32> {
    (value != 0).then_some(value)
}
