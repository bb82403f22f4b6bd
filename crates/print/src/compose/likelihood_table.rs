//! The figure of likelihoods: a table of everything that has one, the likeliest first, with bars on a shared axis.

use std::cmp::Reverse;

use chancery_brief::likelihood::shown;
use chancery_brief::reading_order::located_statements;
use chancery_proto::brief::v1::{BriefContent, Figure, KeyJudgment, Likelihood, Statement};

use crate::compose::annotations::BarSize;
use crate::compose::composer::Composer;
use crate::compose::figure_notes::FigureNote;
use crate::compose::inherited_markings::InheritedMarkings;
use crate::compose::labels::filled;
use crate::compose::lexicon::has_term;
use crate::compose::stylesheet::{FORECAST, LABEL, REMARK, TABLE};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Cell, Span};
use crate::tags::TagId;
use crate::text::inline::Inline;
use crate::units::Length;

/// Widths of the columns: text, bar, and term with range; each with the space after it.
const WIDTHS: [Length; 3] = [Length::ZERO, Length::mm(48), Length::mm(38)];
const BAR: BarSize = BarSize { width: Length::mm(44), height: Length::milli_pt(5_500) };

/// Space above and below a row's text.
const PADDING: (Length, Length) = (Length::milli_pt(1_800), Length::milli_pt(2_600));

/// A key judgment or statement with a likelihood.
struct Judged<'a> {
    part: JudgedPart<'a>,
    likelihood: &'a Likelihood,
    /// Its own marking or that of the part around it.
    marking: &'a str,
}

enum JudgedPart<'a> {
    /// A key judgment with its number.
    Judgment(usize, &'a KeyJudgment),
    Statement(&'a Statement),
}

impl Composer<'_> {
    /// Adds the table under the figure's title, with its source; adds nothing without a likelihood.
    pub(crate) fn likelihood_table(&mut self, sect: TagId, figure: &Figure) {
        let judged = judged(self.content);
        let page = &self.labels().page;
        let head = [page.judgment_or_statement, page.likelihood_whole_axis, page.term_and_range];
        let mut maker = TableMaker::begin(self, sect, &figure.title, &head, true, TextOrigin::Printer);
        maker.widths(self, &WIDTHS);
        maker.block.span = Span::Full;
        maker.block.padding = PADDING;
        let mut is_compared = false;
        for judged in &judged {
            let before = match judged.part {
                JudgedPart::Judgment(_, judgment) => self.prior.changed_judgment_likelihood(judgment),
                JudgedPart::Statement(statement) => self.prior.changed_statement_likelihood(statement),
            };
            is_compared |= before.is_some();
            let outer = self.replace_part(judged.part.id());
            maker.row_of_cells(self, Vec::new(), |composer, column, tag, cell| match column {
                0 => composer.judged_text(tag, cell, judged),
                1 => {
                    let mut inline = Inline::default();
                    let text_context = composer.text_context(tag, TABLE);
                    composer.inline_bar(&mut inline, text_context, judged.likelihood, before, BAR);
                    composer.cell_paragraph(cell, TABLE, inline);
                }
                _ => composer.judged_odds(tag, cell, judged.likelihood, before),
            });
            self.begin_part(&outer);
        }
        self.axis(&mut maker, 1, BAR.width, judged.iter().map(|judged| judged.likelihood));
        let outline = is_compared.then(|| FigureNote::key(None, self.labels().legend_earlier));
        let note = self.note_line(sect, outline.as_slice(), &figure.source);
        maker.finish_with(self, note);
    }

    fn judged_text(&mut self, tag: TagId, cell: &mut Cell, judged: &Judged) {
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, FORECAST);
        self.mark_part(&mut inline, text_context, judged.marking);
        for (index, statement) in judged.part.statements().iter().enumerate() {
            if index > 0 {
                self.push_text(&mut inline, text_context, " ");
            }
            self.marked_text(&mut inline, text_context, &statement.text, &statement.spans);
        }
        if self.options.show_ids {
            self.small_word(&mut inline, text_context, &format!(" [{}]", judged.part.id()));
        }
        let remark = self.text_context(tag, REMARK);
        match judged.part {
            JudgedPart::Judgment(number, judgment) => {
                self.push_text(&mut inline, remark, "  ");
                self.judgment_link(&mut inline, remark, number, judgment);
            }
            JudgedPart::Statement(statement) if self.anchors.contains_key(&statement.id) => {
                self.push_text(&mut inline, remark, "  ");
                self.page_reference(&mut inline, remark, [statement.id.as_str()]);
            }
            JudgedPart::Statement(_) => {}
        }
        self.cell_paragraph(cell, FORECAST, inline);
    }

    fn judged_odds(&mut self, tag: TagId, cell: &mut Cell, now: &Likelihood, before: Option<&Likelihood>) {
        let odds = self.lexicon.short_odds(now);
        self.cell_label(tag, cell, LABEL, &odds);
        if let Some(before) = before {
            let was = filled(self.labels().was_likely, &[&self.lexicon.short_odds(before)]);
            self.cell_label(tag, cell, REMARK, &was);
        }
    }
}

impl<'a> JudgedPart<'a> {
    fn id(&self) -> &'a str {
        match self {
            Self::Judgment(_, judgment) => &judgment.id,
            Self::Statement(statement) => &statement.id,
        }
    }

    /// Returns the sentences, without those that are withheld.
    fn statements(&self) -> Vec<&'a Statement> {
        match self {
            Self::Judgment(_, judgment) => {
                judgment.statements.iter().filter(|statement| statement.withheld.is_none()).collect()
            }
            Self::Statement(statement) => vec![statement],
        }
    }
}

/// Returns everything with a likelihood that still holds: the likeliest first, key judgments before statements. The
/// statements of a judgment, and those that it rests on, are left out where they have the judgment's likelihood.
fn judged(content: &BriefContent) -> Vec<Judged<'_>> {
    let markings = InheritedMarkings::new(content);
    let with_term = |likelihood: &&Likelihood| has_term(likelihood);
    let judgments = content.key_judgments.iter().enumerate().filter_map(|(index, judgment)| {
        let likelihood = judgment.likelihood.as_ref().filter(with_term)?;
        let part = JudgedPart::Judgment(index + 1, judgment);
        Some(Judged { part, likelihood, marking: &judgment.marking })
    });
    let statements = located_statements(content).into_iter().filter_map(|located| {
        let statement = located.statement;
        let likelihood = shown(statement).filter(with_term)?;
        let is_said = |judgment: &KeyJudgment| {
            let own = judgment.statements.iter().map(|of| &of.id);
            let same = |of: &Likelihood| middle(of) == middle(likelihood) && of.term == likelihood.term;
            own.chain(&judgment.rests_on).any(|id| *id == statement.id)
                && judgment.likelihood.as_ref().is_some_and(same)
        };
        let part = JudgedPart::Statement(statement);
        let is_repeated = content.key_judgments.iter().any(is_said);
        (!is_repeated).then(|| Judged { part, likelihood, marking: markings.of(statement) })
    });
    let mut all: Vec<Judged> = judgments.chain(statements).collect();
    all.sort_by_key(|judged| Reverse(middle(judged.likelihood)));
    all
}

/// Returns twice the middle of the range, or of the point estimate.
const fn middle(likelihood: &Likelihood) -> u32 {
    match likelihood.point_percent {
        Some(point) => point.saturating_mul(2),
        None => likelihood.low_percent.saturating_add(likelihood.high_percent),
    }
}

#[cfg(test)]
mod tests {
    use chancery_brief::likelihood::bounds;
    use chancery_proto::brief::v1::block::Kind;
    use chancery_proto::brief::v1::{
        Block, BriefContent, KeyJudgment, Likelihood, LikelihoodTerm, Paragraph, Section, Statement,
        StatementStatus,
    };

    use super::judged;

    fn likelihood(term: LikelihoodTerm) -> Likelihood {
        let (low_percent, high_percent) = bounds(term);
        Likelihood { term: term as i32, low_percent, high_percent, ..Likelihood::default() }
    }

    fn statement(id: &str, term: LikelihoodTerm) -> Statement {
        Statement { id: id.to_owned(), likelihood: Some(likelihood(term)), ..Statement::default() }
    }

    #[test]
    fn the_likeliest_is_first_and_what_no_longer_holds_is_left_out() {
        use LikelihoodTerm::{Icd203Likely, Icd203Unlikely, Icd203VeryLikely};
        let superseded =
            Statement { status: StatementStatus::Superseded as i32, ..statement("old", Icd203VeryLikely) };
        let statements = vec![statement("s1", Icd203Unlikely), superseded, statement("s2", Icd203VeryLikely)];
        let block = Block { kind: Some(Kind::Paragraph(Paragraph { statements })), ..Block::default() };
        let judgment = |id: &str, term, own| KeyJudgment {
            id: id.to_owned(),
            likelihood: Some(likelihood(term)),
            statements: vec![statement(&format!("{id}-s"), own)],
            ..KeyJudgment::default()
        };
        let content = BriefContent {
            key_judgments: vec![
                judgment("kj1", Icd203Likely, Icd203Likely),
                judgment("kj2", Icd203Unlikely, Icd203Likely),
            ],
            sections: vec![Section { blocks: vec![block], ..Section::default() }],
            ..BriefContent::default()
        };
        let ids: Vec<&str> = judged(&content).iter().map(|judged| judged.part.id()).collect();
        assert_eq!(ids, ["s2", "kj1", "kj2-s", "kj2", "s1"]);
    }
}
