//! Markings of everything that a print quotes from earlier revisions: the banner is at least as high.

use chancery_brief::reading_order;
use chancery_brief::references::change_subject;
use chancery_proto::brief::v1::{Change, Statement};

use crate::Format;
use crate::compose::change_ledger::ReversalSelection;
use crate::compose::composer::Composer;
use crate::compose::judgment_basis::level;
use crate::compose::judgment_changes::{not_carried_over, says_the_same};

impl<'a> Composer<'a> {
    /// Returns the markings of everything quoted from earlier revisions: changes and their quotations, texts,
    /// judgments, likelihoods and trends.
    pub(crate) fn quoted_markings(&self) -> Vec<&'a str> {
        let mut markings = Vec::new();
        self.change_markings(&mut markings);
        self.judgment_markings(&mut markings);
        self.likelihood_markings(&mut markings);
        self.trend_markings(&mut markings);
        markings
    }

    /// Returns the changes whose texts are printed.
    fn quoted_changes(&self) -> Vec<&'a Change> {
        if self.anchors.contains_key("part.all-changes") {
            return self.printed_changes().iter().collect();
        }
        let ReversalSelection { cards, rows } = self.selection;
        let printed = self.ledger.cards.iter().take(cards).chain(self.ledger.rows.iter().take(rows));
        let of_judgments = self.ledger.judgments().filter(|_| self.options.format != Format::OnePage);
        printed.flat_map(|reversal| reversal.changes.iter().copied()).chain(of_judgments).collect()
    }

    fn change_markings(&self, markings: &mut Vec<&'a str>) {
        for change in self.quoted_changes() {
            markings.push(&change.marking);
            if !change.was.is_empty() {
                markings.push(&change.was_marking);
            }
            self.prior_markings(markings, change_subject(change));
            // They are named by their texts.
            for id in change.replaced_by.iter().chain(&change.evidence_ids) {
                if !self.is_in_edition(id) {
                    self.prior_markings(markings, id);
                }
            }
        }
    }

    /// Adds the marking of a part of the earlier revision. Parts of other kinds than statements and judgments count as
    /// the whole revision.
    fn prior_markings(&self, markings: &mut Vec<&'a str>, id: &str) {
        let Some(earlier) = self.edition.earlier else { return };
        match self.prior.marking(id) {
            Some("") => markings.push(&earlier.default_marking),
            Some(marking) => markings.push(marking),
            None if self.is_in_edition(id) => {}
            None if self.name_of_part(id).is_some() => markings.push(&earlier.marking),
            None => {}
        }
    }

    /// Adds the markings of earlier judgments whose text, likelihood or confidence is printed, and of those that were not
    /// carried over.
    fn judgment_markings(&self, markings: &mut Vec<&'a str>) {
        let Some(earlier) = self.edition.earlier else { return };
        let judgments = &self.content.key_judgments;
        let compared = judgments.iter().filter_map(|judgment| {
            let before = self.prior.judgment(judgment)?;
            let moved = self.prior.changed_judgment_likelihood(judgment).is_some()
                || level(before) != level(judgment);
            let is_quoted = self.options.format != Format::OnePage && !says_the_same(before, judgment);
            (moved || is_quoted).then_some(before)
        });
        let left = not_carried_over(&earlier.key_judgments, judgments);
        for judgment in compared.chain(left) {
            markings.extend([judgment.marking.as_str(), earlier.default_marking.as_str()]);
            markings.extend(judgment.statements.iter().map(|statement| statement.marking.as_str()));
        }
    }

    /// Adds the markings of statements whose earlier likelihood may be printed.
    fn likelihood_markings(&self, markings: &mut Vec<&'a str>) {
        let statements: Vec<&Statement> = if self.options.format == Format::OnePage {
            let supporting = self.content.key_judgments.iter().flat_map(|judgment| &judgment.rests_on);
            supporting.filter_map(|id| self.current.statement(id)).collect()
        } else {
            reading_order::statements(self.content)
        };
        for statement in statements {
            if self.prior.changed_statement_likelihood(statement).is_some() {
                self.prior_markings(markings, &statement.id);
            }
        }
    }

    /// Adds the markings of fields whose earlier trend is printed.
    fn trend_markings(&self, markings: &mut Vec<&'a str>) {
        let Some(earlier) = self.edition.earlier else { return };
        for domain in &self.content.domains {
            let before = earlier.domains.iter().find(|of| of.id == domain.id);
            markings.extend(before.map(|before| before.marking.as_str()));
        }
    }
}
