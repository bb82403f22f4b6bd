//! The table of key judgments: each with its likelihood, its confidence, its evidence and its change since the earlier
//! revision.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::{ConfidenceLevel, KeyJudgment, Likelihood, Statement};

use crate::Format;
use crate::compose::abridgement::Abridgement;
use crate::compose::annotations::{BarSize, Value};
use crate::compose::composer::{Composer, TextContext};
use crate::compose::evidence::Evidence;
use crate::compose::judgment_basis;
use crate::compose::judgment_changes::{JudgmentChange, judgment_changes, says_the_same};
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::stylesheet::{
    ACCENT, INK, JUDGMENT, JUDGMENT_BESIDE_AXIS, LABEL, REMARK, ROW_HEAD, TABLE,
};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Cell, Span};
use crate::tags::TagId;
use crate::text::inline::Inline;
use crate::units::Length;

/// Widths of the columns, each with the space after it.
const NUMBER: Length = Length::mm(7);
const CONFIDENCE: Length = Length::mm(28);
const CHANGE: Length = Length::mm(30);
/// With a column of likelihoods.
const AXIS: Length = Length::mm(48);
const CONFIDENCE_BESIDE_AXIS: Length = Length::mm(27);
const CHANGE_BESIDE_AXIS: Length = Length::mm(27);

/// The bar under a judgment, and in the column of likelihoods.
const BAR: BarSize = BarSize { width: Length::mm(60), height: Length::milli_pt(6_500) };
const BAR_IN_AXIS: BarSize = BarSize { width: Length::mm(44), height: Length::milli_pt(6_500) };

/// Number of sources above which a judgment gives their count and grades alone.
const MOST_NUMBERED_SOURCES: usize = 16;

/// Space above and below a judgment.
const PADDING: (Length, Length) = (Length::milli_pt(2_200), Length::milli_pt(2_800));

/// A column of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum JudgmentColumn {
    Number,
    Judgment,
    Likelihood,
    Confidence,
    Change,
}

impl Composer<'_> {
    /// Returns whether likelihoods have a column of their own: at least half of the judgments have one, and the type
    /// and the page leave room for sentences beside it.
    pub(crate) fn has_axis(&self) -> bool {
        if self.sheet.is_large() || self.abridgement >= Abridgement::LikelihoodColumn {
            return false;
        }
        let judgments = &self.content.key_judgments;
        let likely = judgments.iter().filter(|judgment| likelihood(judgment).is_some()).count();
        likely * 2 >= judgments.len() && likely > 0
    }

    fn judgment_columns(&self) -> Vec<JudgmentColumn> {
        let mut columns = vec![JudgmentColumn::Number, JudgmentColumn::Judgment];
        if self.has_axis() {
            columns.push(JudgmentColumn::Likelihood);
        }
        columns.push(JudgmentColumn::Confidence);
        if self.edition.earlier.is_some() {
            columns.push(JudgmentColumn::Change);
        }
        columns
    }

    /// Adds the table, its notes and the dissents on judgments.
    pub(crate) fn judgment_table(&mut self, sect: TagId) {
        let content = self.content;
        let columns = self.judgment_columns();
        let axis = columns.contains(&JudgmentColumn::Likelihood);
        let page = &self.labels().page;
        let since = self.since().unwrap_or_else(|| self.labels().change.to_owned());
        let heads: Vec<&str> = columns
            .iter()
            .map(|column| match column {
                JudgmentColumn::Number => "",
                JudgmentColumn::Judgment => page.key_judgment,
                JudgmentColumn::Likelihood => page.likelihood_percent,
                JudgmentColumn::Confidence => page.confidence_and_sources,
                JudgmentColumn::Change => since.as_str(),
            })
            .collect();
        let widths: Vec<Length> = columns
            .iter()
            .map(|column| match column {
                JudgmentColumn::Number => NUMBER,
                JudgmentColumn::Judgment => Length::ZERO,
                JudgmentColumn::Likelihood => AXIS,
                JudgmentColumn::Confidence if axis => CONFIDENCE_BESIDE_AXIS,
                JudgmentColumn::Change if axis => CHANGE_BESIDE_AXIS,
                JudgmentColumn::Confidence => CONFIDENCE,
                JudgmentColumn::Change => CHANGE,
            })
            .collect();
        let mut maker = TableMaker::begin(self, sect, "", &heads, true, TextOrigin::Printer);
        maker.header_columns = 2;
        maker.widths(self, &widths);
        maker.block.span = Span::Full;
        maker.block.padding = PADDING;
        maker.block.before = Length::ZERO;
        maker.block.after = Length::pt(4);
        for (index, judgment) in content.key_judgments.iter().enumerate() {
            self.begin_part(&judgment.id);
            let anchors = self.anchor_of(&judgment.id);
            maker.row_of_cells(self, anchors, |composer, column, tag, cell| match columns[column] {
                JudgmentColumn::Number => composer.judgment_number(tag, cell, index + 1),
                JudgmentColumn::Judgment => composer.judgment_text(tag, cell, judgment, axis),
                JudgmentColumn::Likelihood => composer.judgment_likelihood(tag, cell, judgment),
                JudgmentColumn::Confidence => composer.judgment_confidence(tag, cell, judgment),
                JudgmentColumn::Change => composer.judgment_change(tag, cell, judgment),
            });
        }
        self.begin_part("");
        // A single page needs the line for a judgment.
        let has_room = self.options.format != Format::OnePage;
        let axis_column = columns.iter().position(|column| *column == JudgmentColumn::Likelihood);
        if let Some(column) = axis_column.filter(|_| has_room) {
            let shown = content.key_judgments.iter().filter_map(likelihood);
            self.axis(&mut maker, column, BAR_IN_AXIS.width, shown);
        }
        maker.finish(self);
        // A single page has the notes at its foot.
        if self.options.format != Format::OnePage {
            self.judgment_notes(sect);
        }
        for dissent in &content.dissents {
            self.judgment_dissent(sect, dissent);
        }
    }

    fn judgment_number(&mut self, tag: TagId, cell: &mut Cell, number: usize) {
        let kind = ROW_HEAD.colored(ACCENT);
        let text = self.lexicon.digits(&number.to_string());
        self.cell_label(tag, cell, kind, &text);
    }

    fn judgment_text(&mut self, tag: TagId, cell: &mut Cell, judgment: &KeyJudgment, axis: bool) {
        let kind = if axis { JUDGMENT_BESIDE_AXIS } else { JUDGMENT };
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, kind);
        let floor = &self.content.default_marking;
        let marking = if judgment.marking.is_empty() { floor } else { &judgment.marking };
        self.mark_part_of_statements(&mut inline, text_context, marking);
        self.statements(&mut inline, text_context, &judgment.statements, marking);
        if self.options.show_ids {
            self.small_word(&mut inline, text_context, &format!(" [{}]", judgment.id));
        }
        let remark = self.text_context(tag, REMARK);
        let mut pages = Inline::default();
        self.page_reference(&mut pages, remark, judgment.rests_on.iter().map(String::as_str));
        if !pages.is_empty() {
            self.push_text(&mut inline, remark, "  ");
            let rests_on = judgment.rests_on.iter().map(String::as_str);
            self.page_reference(&mut inline, remark, rests_on);
        }
        self.cell_paragraph(cell, kind, inline);
        if let Some(likelihood) = likelihood(judgment).filter(|_| !axis) {
            let mut inline = Inline::default();
            let text_context = self.text_context(tag, LABEL);
            let before = self.prior.changed_judgment_likelihood(judgment);
            self.inline_bar(&mut inline, text_context, likelihood, before, BAR);
            self.push_text(&mut inline, text_context, "\u{a0} ");
            self.push_label(&mut inline, text_context, &self.lexicon.short_odds(likelihood));
            self.cell_paragraph(cell, LABEL, inline);
        }
    }

    fn judgment_likelihood(&mut self, tag: TagId, cell: &mut Cell, judgment: &KeyJudgment) {
        let Some(likelihood) = likelihood(judgment) else {
            let words = self.lexicon.terms().not_stated;
            return self.cell_label(tag, cell, REMARK, words);
        };
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, LABEL);
        let before = self.prior.changed_judgment_likelihood(judgment);
        self.inline_bar(&mut inline, text_context, likelihood, before, BAR_IN_AXIS);
        self.cell_paragraph(cell, TABLE, inline);
        let odds = self.lexicon.short_odds(likelihood);
        self.cell_label(tag, cell, LABEL, &odds);
    }

    fn judgment_confidence(&mut self, tag: TagId, cell: &mut Cell, judgment: &KeyJudgment) {
        let level = judgment_basis::level(judgment);
        if level == ConfidenceLevel::Unspecified {
            let words = self.lexicon.terms().not_stated;
            self.cell_label(tag, cell, REMARK, words);
        } else {
            let mut inline = Inline::default();
            let text_context = self.text_context(tag, ROW_HEAD);
            self.confidence(&mut inline, text_context, level);
            self.cell_paragraph(cell, ROW_HEAD, inline);
        }
        let evidence = self.judgment_evidence(judgment);
        if evidence.count() > 0 {
            let text = self.evidence_words(&evidence);
            self.cell_label(tag, cell, REMARK, &text);
        }
        self.evidence_numbers(tag, cell, &evidence);
    }

    /// Adds the numbers of the sources, and of those that contradict, where the print lists its sources.
    fn evidence_numbers(&mut self, tag: TagId, cell: &mut Cell, evidence: &Evidence<'_>) {
        let numbers = |ids: &BTreeSet<&str>| -> Vec<usize> {
            let numbers: BTreeSet<usize> =
                ids.iter().filter_map(|id| self.numbers.get(*id).copied()).collect();
            numbers.into_iter().filter(|number| self.source_anchors.contains_key(number)).collect()
        };
        let (supporting, contradicting) = (numbers(evidence.supporting()), numbers(evidence.contradicting()));
        if supporting.len() + contradicting.len() > MOST_NUMBERED_SOURCES {
            return;
        }
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, REMARK);
        self.source_numbers(&mut inline, text_context, &supporting);
        if !contradicting.is_empty() {
            if !inline.is_empty() {
                self.push_text(&mut inline, text_context, " ");
            }
            self.contradicting_sign(&mut inline, text_context);
            self.push_text(&mut inline, text_context, "\u{a0}");
            self.source_numbers(&mut inline, text_context, &contradicting);
        }
        self.cell_paragraph(cell, REMARK, inline);
    }

    /// Appends dots and the word of a level of confidence.
    pub(crate) fn confidence(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        level: ConfidenceLevel,
    ) {
        let Some(word) = self.lexicon.confidence(level as i32) else { return };
        self.confidence_dots(inline, text_context, level);
        self.push_text(inline, text_context, "\u{a0}");
        self.push_label(inline, text_context, word);
    }

    /// Returns the number of sources with the best and the weakest grade, such as "6 sources, A1–D1".
    pub(crate) fn evidence_words(&self, evidence: &Evidence) -> String {
        let page = &self.labels().page;
        let count = self.lexicon.counted(&page.sources_count, evidence.count(), &[]);
        match evidence.grades() {
            Some(grades) => filled(page.sources_with_grades, &[&count, &self.isolated_grades(&grades)]),
            None => count,
        }
    }

    fn judgment_change(&mut self, tag: TagId, cell: &mut Cell, judgment: &KeyJudgment) {
        for change in judgment_changes(judgment, &self.prior, &self.ledger) {
            let mut inline = Inline::default();
            let text_context = self.text_context(tag, ROW_HEAD);
            self.sign(&mut inline, text_context, change.sign(), INK);
            self.push_text(&mut inline, text_context, "\u{a0}");
            self.push_label(&mut inline, text_context, self.judgment_change_word(change));
            self.cell_paragraph(cell, ROW_HEAD, inline);
            let was = match change {
                JudgmentChange::Likelier(before) | JudgmentChange::LessLikely(before) => {
                    Some(self.lexicon.short_odds(before))
                }
                JudgmentChange::Surer(level) | JudgmentChange::LessSure(level) => {
                    self.lexicon.confidence(level as i32).map(str::to_owned)
                }
                JudgmentChange::New
                | JudgmentChange::Reversed
                | JudgmentChange::Reworded
                | JudgmentChange::Unchanged => None,
            };
            if let Some(was) = was {
                let mut text = filled(self.labels().was_likely, &[&was]);
                if self.prior.judgment(judgment).is_some_and(|earlier| !says_the_same(earlier, judgment)) {
                    text.push_str(self.list_separator());
                    text.push_str(self.judgment_change_word(JudgmentChange::Reworded));
                }
                self.indented_remark(tag, cell, &text);
            }
            if change == JudgmentChange::Reversed {
                self.reversal_reference(tag, cell, judgment);
            }
        }
    }

    pub(crate) fn judgment_change_word(&self, change: JudgmentChange) -> &'static str {
        let words = &self.lexicon.terms().judgments;
        match change {
            JudgmentChange::New => words.new,
            JudgmentChange::Likelier(_) => words.likelier,
            JudgmentChange::LessLikely(_) => words.less_likely,
            JudgmentChange::Surer(_) => words.surer,
            JudgmentChange::LessSure(_) => words.less_sure,
            JudgmentChange::Reversed => words.reversed,
            JudgmentChange::Reworded => words.reworded,
            JudgmentChange::Unchanged => words.unchanged,
        }
    }

    /// Refers to the change that a reversed judgment rests on: "see A, p. 2".
    fn reversal_reference(&mut self, tag: TagId, cell: &mut Cell, judgment: &KeyJudgment) {
        let reversal = judgment.rests_on.iter().find_map(|id| self.ledger.reversal_of(id));
        let Some((letter, name)) = reversal.map(|of| (of.letter.clone(), of.anchor_name())) else { return };
        let one_page = self.options.format == Format::OnePage;
        if one_page && !self.ledger.cards.iter().take(self.shown_reversals()).any(|of| of.letter == letter) {
            return;
        }
        let page = &self.labels().page;
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, REMARK);
        match self.anchors.get(&name).copied().filter(|_| !one_page) {
            Some(anchor) => {
                let values = [Value::Text(&letter), Value::Pages(vec![anchor])];
                self.push_template(&mut inline, text_context, page.see_card, &values);
            }
            None => self.push_template(&mut inline, text_context, page.see_below, &[Value::Text(&letter)]),
        }
        self.cell_paragraph(cell, REMARK, inline);
        if let Some(last) = cell.paragraphs.last_mut() {
            last.indent = self.sheet.fit(REMARK).style.size * 4 / 3;
        }
    }

    fn indented_remark(&mut self, tag: TagId, cell: &mut Cell, text: &str) {
        self.cell_label(tag, cell, REMARK, text);
        if let Some(last) = cell.paragraphs.last_mut() {
            last.indent = self.sheet.fit(REMARK).style.size * 4 / 3;
        }
    }
}

impl<'a> Composer<'a> {
    /// Returns the sources of the statements of a judgment and of those that it rests on.
    fn judgment_evidence(&self, judgment: &KeyJudgment) -> Evidence<'a> {
        let supporting = judgment.rests_on.iter().filter_map(|id| self.current.statement(id));
        let statements: Vec<&Statement> = self
            .content
            .key_judgments
            .iter()
            .filter(|of| of.id == judgment.id)
            .flat_map(|of| &of.statements)
            .collect();
        Evidence::of(statements.into_iter().chain(supporting), &self.sources_by_id)
    }
}

/// Returns the likelihood of a judgment, if it has a term.
pub(crate) fn likelihood(judgment: &KeyJudgment) -> Option<&Likelihood> {
    judgment_basis::likelihood(judgment).filter(|likelihood| lexicon::has_term(likelihood))
}
