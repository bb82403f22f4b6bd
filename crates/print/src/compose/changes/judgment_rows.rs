//! The table of key judgments that differ from the earlier revision: what each said, what it says now, and why. Below
//! them are the earlier judgments that none revises, if their change is declared, with what became of them.

use chancery_brief::references::change_subject;
use chancery_proto::brief::v1::{Change, KeyJudgment, Likelihood};

use crate::compose::changes::card_facts::{ConfidenceShift, MarkedText};
use crate::compose::changes::cards::{CARD_COLUMNS, KIND, LETTER, ROW_PADDING};
use crate::compose::composer::Composer;
use crate::compose::judgment_basis::{level, likelihood};
use crate::compose::judgment_changes::{JudgmentChange, judgment_changes, not_carried_over, says_the_same};
use crate::compose::lexicon;
use crate::compose::stylesheet::{REMARK, ROW_HEAD, TABLE};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Cell, Span};
use crate::tags::TagId;
use crate::text::inline::Inline;
use crate::units::Length;

/// A row: a judgment with the one that it revises, or an earlier one that none revises.
struct JudgmentRow<'a> {
    /// Number of the judgment; `None` for an earlier one.
    number: Option<usize>,
    earlier: Option<&'a KeyJudgment>,
    now: Option<&'a KeyJudgment>,
    /// The declared change of the judgment itself.
    declared: Option<&'a Change>,
}

impl<'a> Composer<'a> {
    /// Adds the table, unless no judgment differs.
    pub(super) fn changed_judgments(&mut self, sect: TagId) {
        let rows = self.judgment_rows();
        if rows.is_empty() {
            return;
        }
        let labels = self.labels();
        let said = self.earlier_head();
        let head = [labels.page.key_judgment, &said, "", labels.page.holds_now_head, labels.why];
        let mut maker = TableMaker::begin(self, sect, "", &head, true, TextOrigin::Printer);
        maker.widths(self, &CARD_COLUMNS);
        maker.block.padding = ROW_PADDING;
        maker.block.span = Span::Full;
        maker.block.before = Length::ZERO;
        maker.block.after = Length::pt(6);
        for row in &rows {
            self.begin_part(row.now.or(row.earlier).map_or("", |judgment| &judgment.id));
            maker.row_of_cells(self, Vec::new(), |composer, column, tag, cell| match column {
                0 => composer.judgment_row_label(tag, cell, row),
                1 => composer.earlier_judgment(tag, cell, row),
                2 if row.now.is_some() && row.earlier.is_some() => composer.arrow(tag, cell),
                2 => {}
                3 => composer.present_judgment(tag, cell, row),
                _ => composer.judgment_reason(tag, cell, row),
            });
        }
        self.begin_part("");
        maker.finish(self);
    }

    fn judgment_rows(&self) -> Vec<JudgmentRow<'a>> {
        let Some(earlier) = self.edition.earlier else { return Vec::new() };
        let content = self.content;
        let present = content.key_judgments.iter().enumerate().map(|(index, judgment)| JudgmentRow {
            number: Some(index + 1),
            earlier: self.prior.judgment(judgment),
            now: Some(judgment),
            declared: self.ledger.change_of_judgment(&judgment.id),
        });
        let left = not_carried_over(&earlier.key_judgments, &content.key_judgments).into_iter();
        // The note below the opening's table names those of which nothing is declared.
        let left = left.filter_map(|judgment| {
            let declared = Some(self.ledger.change_of_judgment(&judgment.id)?);
            Some(JudgmentRow { number: None, earlier: Some(judgment), now: None, declared })
        });
        present.filter(|row| self.is_of_interest(row)).chain(left).collect()
    }

    /// Returns whether a row of a present judgment says more than the opening does: what a judgment revises, or the note
    /// on a new one. The card that a reversed judgment refers to says what it reverses.
    fn is_of_interest(&self, row: &JudgmentRow) -> bool {
        let Some(now) = row.now else { return true };
        let changes = judgment_changes(now, &self.prior, &self.ledger);
        match changes.first() {
            Some(JudgmentChange::New) => self.informative_note(now).is_some(),
            Some(JudgmentChange::Reversed | JudgmentChange::Unchanged) | None => false,
            Some(_) => true,
        }
    }

    /// Returns the note on a judgment's revision, unless it only repeats the word for the change. Changes combined over
    /// several revisions have no such note.
    fn informative_note<'j>(&self, judgment: &'j KeyJudgment) -> Option<&'j str> {
        let note = judgment.revision_note.as_str();
        let words = &self.lexicon.terms().judgments;
        let is_only_word = note.trim_end_matches('.').to_lowercase() == words.new.to_lowercase();
        let is_of_print = self.edition.combined_changes.is_none();
        (is_of_print && !note.is_empty() && !is_only_word).then_some(note)
    }

    fn judgment_row_label(&mut self, tag: TagId, cell: &mut Cell, row: &JudgmentRow) {
        let Some((number, now)) = row.number.zip(row.now) else {
            return self.label_paragraph(tag, cell, KIND, self.labels().page.not_carried_over);
        };
        let number = self.lexicon.digits(&number.to_string());
        self.label_paragraph(tag, cell, LETTER, &number);
        let changes = judgment_changes(now, &self.prior, &self.ledger);
        let mut words: Vec<&str> =
            changes.into_iter().map(|change| self.judgment_change_word(change)).collect();
        let reworded = self.judgment_change_word(JudgmentChange::Reworded);
        let differs = row.earlier.is_some_and(|earlier| !says_the_same(earlier, now));
        if differs && !words.contains(&reworded) {
            words.push(reworded);
        }
        let words = words.join(self.labels().page.list_comma);
        self.label_paragraph(tag, cell, KIND, &words);
    }

    fn earlier_judgment(&mut self, tag: TagId, cell: &mut Cell, row: &JudgmentRow) {
        let Some(earlier) = row.earlier else { return };
        let default = self.edition.earlier.map_or("", |earlier| &earlier.default_marking);
        let texts = judgment_texts(earlier, default);
        self.quotations(tag, cell, TABLE, &texts);
        self.odds_line(tag, cell, likelihood(earlier));
    }

    fn present_judgment(&mut self, tag: TagId, cell: &mut Cell, row: &JudgmentRow) {
        let Some(now) = row.now else {
            if let Some(change) = row.declared.filter(|change| !change.now.is_empty()) {
                self.texts(tag, cell, ROW_HEAD, &[declared_text(change, &change.now)]);
            }
            return;
        };
        let texts = judgment_texts(now, &self.content.default_marking);
        self.texts(tag, cell, ROW_HEAD, &texts);
        self.odds_line(tag, cell, likelihood(now));
        let level_of = |judgment: &KeyJudgment| Some(level(judgment)).filter(|level| *level as i32 != 0);
        let range = |judgment: &KeyJudgment| level_of(judgment).map(|level| (level, level));
        let before = row.earlier.and_then(range);
        self.confidence_line(tag, cell, &ConfidenceShift { before, after: range(now) });
    }

    fn judgment_reason(&mut self, tag: TagId, cell: &mut Cell, row: &JudgmentRow) {
        let note = row.now.and_then(|now| self.informative_note(now));
        if let Some(note) = note {
            let mut inline = Inline::default();
            let text_context = self.text_context(tag, TABLE);
            self.push_with_letters(&mut inline, text_context, note);
            return self.cell_paragraph(cell, TABLE, inline);
        }
        let of_sentence = || row.now.and_then(|now| self.change_of_sentence(now));
        let Some(change) = row.declared.or_else(of_sentence) else { return };
        let why = if change.why.is_empty() && row.now.is_some() { &change.now } else { &change.why };
        if !why.is_empty() {
            self.texts(tag, cell, TABLE, &[declared_text(change, why)]);
        }
    }

    /// Returns the first declared change of one of a judgment's sentences that is no reversal; those have cards and rows.
    fn change_of_sentence(&self, judgment: &KeyJudgment) -> Option<&'a Change> {
        let is_sentence = |id: &str| judgment.statements.iter().any(|statement| statement.id == id);
        self.ledger.others.iter().find(|change| is_sentence(change_subject(change))).copied()
    }

    fn odds_line(&mut self, tag: TagId, cell: &mut Cell, likelihood: Option<&Likelihood>) {
        if let Some(likelihood) = likelihood.filter(|likelihood| lexicon::has_term(likelihood)) {
            let odds = self.lexicon.short_odds(likelihood);
            self.label_paragraph(tag, cell, REMARK, &lexicon::capitalised(&odds));
        }
    }
}

/// Returns the sentences of a judgment as one text, with the marking of the judgment.
fn judgment_texts(judgment: &KeyJudgment, default_marking: &str) -> Vec<MarkedText> {
    let own = if judgment.marking.is_empty() { default_marking } else { &judgment.marking };
    let shown = judgment.statements.iter().filter(|statement| statement.withheld.is_none());
    shown
        .map(|statement| {
            let marking = if statement.marking.is_empty() { own } else { &statement.marking };
            MarkedText { text: statement.text.clone(), marking: marking.to_owned() }
        })
        .collect()
}

fn declared_text(change: &Change, text: &str) -> MarkedText {
    MarkedText { text: text.to_owned(), marking: change.marking.clone() }
}
