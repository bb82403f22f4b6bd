//! Checks domains, factors, scenarios, indicators, assumptions, gaps, dissents and changes.

use chancery_proto::brief::v1::{
    Assumption, Change, ChangeKind, ConfidenceLevel, Dissent, Domain, Factor, FactorKind, Indicator,
    InformationGap, Scenario, Trend,
};

use super::checker::Checker;
use super::{STATEMENT_LIMIT, TEXT_LIMIT, TITLE_LIMIT, code};
use crate::marking::Rank;
use crate::part::{FRONT_MATTER, PartKind, change_subject};

const STATEMENT: &[PartKind] = &[PartKind::Statement];

impl Checker<'_> {
    pub(super) fn domain(&mut self, domain: &mut Domain) {
        self.own_id(&domain.id);
        self.required_text("name", &mut domain.name, TITLE_LIMIT);
        self.reference("section", &domain.section, &[PartKind::Section]);
        self.known::<Trend>("trend", domain.trend);
        self.text("why", &mut domain.why, TEXT_LIMIT);
        self.own_marking(&mut domain.marking);
    }

    pub(super) fn factor(&mut self, factor: &mut Factor) {
        self.own_id(&factor.id);
        self.chosen::<FactorKind>("kind", factor.kind);
        self.required_text("text", &mut factor.text, TEXT_LIMIT);
        self.references("statement_ids", &factor.statement_ids, STATEMENT);
        self.own_marking(&mut factor.marking);
    }

    pub(super) fn scenario(&mut self, scenario: &mut Scenario) {
        self.own_id(&scenario.id);
        self.text("set", &mut scenario.set, TITLE_LIMIT);
        self.required_text("title", &mut scenario.title, TITLE_LIMIT);
        self.text("text", &mut scenario.text, TEXT_LIMIT);
        self.at_most("percent", scenario.percent, 100);
        self.references("statement_ids", &scenario.statement_ids, STATEMENT);
        self.references("indicator_ids", &scenario.indicator_ids, &[PartKind::Indicator]);
        self.own_marking(&mut scenario.marking);
    }

    pub(super) fn indicator(&mut self, indicator: &mut Indicator) {
        self.own_id(&indicator.id);
        self.required_text("text", &mut indicator.text, TEXT_LIMIT);
        self.text("meaning", &mut indicator.meaning, TEXT_LIMIT);
        self.references("statement_ids", &indicator.statement_ids, STATEMENT);
        self.own_marking(&mut indicator.marking);
    }

    pub(super) fn assumption(&mut self, assumption: &mut Assumption) {
        self.own_id(&assumption.id);
        self.required_text("text", &mut assumption.text, TEXT_LIMIT);
        self.text("if_wrong", &mut assumption.if_wrong, TEXT_LIMIT);
        self.references("statement_ids", &assumption.statement_ids, STATEMENT);
        self.own_marking(&mut assumption.marking);
    }

    pub(super) fn information_gap(&mut self, gap: &mut InformationGap) {
        self.own_id(&gap.id);
        self.required_text("text", &mut gap.text, TEXT_LIMIT);
        self.own_marking(&mut gap.marking);
    }

    pub(super) fn dissent(&mut self, dissent: &mut Dissent) {
        self.own_id(&dissent.id);
        self.required_text("text", &mut dissent.text, TEXT_LIMIT);
        self.text("holder", &mut dissent.holder, TEXT_LIMIT);
        self.references("statement_ids", &dissent.statement_ids, STATEMENT);
        self.own_marking(&mut dissent.marking);
    }

    pub(super) fn change(&mut self, change: &mut Change) {
        self.change_subject(change);
        self.chosen::<ChangeKind>("kind", change.kind);
        self.text("was", &mut change.was, STATEMENT_LIMIT);
        let rank = self.own_marking(&mut change.marking);
        self.was_marking(change, rank);
        self.text("now", &mut change.now, STATEMENT_LIMIT);
        self.text("why", &mut change.why, TEXT_LIMIT);
        self.known::<ConfidenceLevel>("confidence_before", change.confidence_before);
        self.known::<ConfidenceLevel>("confidence_after", change.confidence_after);
        self.others("replaced_by", &change.replaced_by, change_subject(change), STATEMENT);
        self.references("evidence_ids", &change.evidence_ids, &[PartKind::Event, PartKind::Source]);
    }

    /// Checks that exactly one of `statement_id` and `part_id` is set. Either may name a part that only the parent revision
    /// has; [`super::unknown_earlier_parts`] checks that where the parent is known.
    fn change_subject(&mut self, change: &Change) {
        match (change.statement_id.is_empty(), change.part_id.is_empty()) {
            (true, true) => {
                let message = "expected the changed part: set statement_id to the id of a statement, or part_id to the id of any other \
                               part, of this revision or of its parent, or to front_matter";
                self.violate("statement_id", code::REQUIRED, message);
            }
            (false, false) => {
                let message =
                    "a change has one subject, but statement_id is set as well: clear one of the two";
                self.violate("part_id", code::NOT_APPLICABLE, message);
            }
            (false, true) => self.part_of_this_or_parent("statement_id", &change.statement_id, STATEMENT),
            (true, false) if change.part_id == FRONT_MATTER => {}
            (true, false) => self.part_of_this_or_parent("part_id", &change.part_id, &[]),
        }
    }

    /// Checks the marking of the quoted earlier text, which may be lower than that of the change. Without a quote it is
    /// the default, so that an edition without the quote looks like one that never had it.
    fn was_marking(&mut self, change: &mut Change, change_rank: Rank) {
        let part_rank = self.part_ranks.get(change_subject(change)).copied();
        let default = change_rank.max(part_rank.unwrap_or(change_rank));
        let Some(rank) = self.labelled("was_marking", &mut change.was_marking, default) else { return };
        if change.was.is_empty() {
            change.was_marking.clear();
            self.labelled("was_marking", &mut change.was_marking, default);
        } else {
            self.raise_banner(rank);
        }
    }
}
