//! Statements and judgments of a revision by id, to compare a revision with an earlier one at the same clearance.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    BriefContent, ConfidenceLevel, KeyJudgment, Likelihood, List, Section, Statement,
};

use crate::compose::judgment_basis::likelihood;
use crate::compose::lexicon::has_term;

/// Statements and judgments of a revision by id.
#[derive(Default)]
pub(crate) struct RevisionStatements<'a> {
    judgments: BTreeMap<&'a str, &'a KeyJudgment>,
    statements: BTreeMap<&'a str, &'a Statement>,
}

impl<'a> RevisionStatements<'a> {
    pub(crate) fn new(content: Option<&'a BriefContent>) -> Self {
        let Some(content) = content else { return Self::default() };
        let judgments = content.key_judgments.iter().map(|judgment| (judgment.id.as_str(), judgment));
        let known = statements(content).into_iter().filter(|statement| statement.withheld.is_none());
        let statements = known.map(|statement| (statement.id.as_str(), statement));
        Self { judgments: judgments.collect(), statements: statements.collect() }
    }

    /// Returns a statement unless it is withheld.
    pub(crate) fn statement(&self, id: &str) -> Option<&'a Statement> {
        self.statements.get(id).copied()
    }

    /// Returns whether a key judgment has this id.
    pub(crate) fn has_judgment(&self, id: &str) -> bool {
        self.judgments.contains_key(id)
    }

    /// Returns the text of a statement, or of a key judgment's statements; `None` if it is withheld.
    pub(crate) fn text(&self, id: &str) -> Option<String> {
        if let Some(statement) = self.statement(id) {
            return Some(statement.text.clone());
        }
        let statements = self.judgments.get(id)?.statements.iter();
        let texts: Vec<&str> =
            statements.filter(|of| of.withheld.is_none()).map(|of| of.text.as_str()).collect();
        (!texts.is_empty()).then(|| texts.join(" "))
    }

    /// Returns the own marking of a statement or key judgment.
    pub(crate) fn marking(&self, id: &str) -> Option<&'a str> {
        let statement = self.statement(id).map(|statement| statement.marking.as_str());
        statement.or_else(|| Some(self.judgments.get(id)?.marking.as_str()))
    }

    /// Returns the level of confidence of a statement or key judgment.
    pub(crate) fn confidence(&self, id: &str) -> ConfidenceLevel {
        let own = self.statement(id).map(|statement| statement.confidence.as_ref());
        let confidence = own.or_else(|| Some(self.judgments.get(id)?.confidence.as_ref())).flatten();
        confidence.and_then(|of| ConfidenceLevel::try_from(of.level).ok()).unwrap_or_default()
    }

    /// Returns the earlier likelihood of a statement, if it had one and it has changed.
    pub(crate) fn changed_statement_likelihood(&self, statement: &Statement) -> Option<&'a Likelihood> {
        let before = self.statement(&statement.id)?.likelihood.as_ref()?;
        moved(before, statement.likelihood.as_ref()).then_some(before)
    }

    /// Returns the key judgment with this id, or the one that it revises.
    pub(crate) fn judgment(&self, judgment: &KeyJudgment) -> Option<&'a KeyJudgment> {
        let ids = [judgment.id.as_str(), judgment.revises_id.as_str()];
        ids.iter().find_map(|id| self.judgments.get(id)).copied()
    }

    /// Returns the earlier likelihood of a key judgment or of the one that it revises, if it had one and it has
    /// changed.
    pub(crate) fn changed_judgment_likelihood(&self, judgment: &KeyJudgment) -> Option<&'a Likelihood> {
        let before = likelihood(self.judgment(judgment)?)?;
        moved(before, likelihood(judgment)).then_some(before)
    }
}

/// Returns whether a likelihood changed in term or percentages; its derivation does not count.
fn moved(before: &Likelihood, now: Option<&Likelihood>) -> bool {
    let facts = |of: &Likelihood| (of.term, of.low_percent, of.high_percent, of.point_percent);
    has_term(before) && now.is_some_and(|now| facts(before) != facts(now))
}

/// Returns all statements of a brief.
fn statements(content: &BriefContent) -> Vec<&Statement> {
    let mut all: Vec<&Statement> = content.bluf.iter().collect();
    all.extend(content.key_judgments.iter().flat_map(|judgment| &judgment.statements));
    let mut open: Vec<&Section> = content.sections.iter().collect();
    while let Some(section) = open.pop() {
        open.extend(&section.sections);
        for block in &section.blocks {
            match &block.kind {
                Some(Kind::Paragraph(paragraph)) => all.extend(&paragraph.statements),
                Some(Kind::Callout(callout)) => all.extend(&callout.statements),
                Some(Kind::Quote(quote)) => all.extend(&quote.statements),
                Some(Kind::List(list)) => listed(list, &mut all),
                Some(Kind::Table(_) | Kind::Figure(_) | Kind::Withheld(_)) | None => {}
            }
        }
    }
    all
}

fn listed<'a>(list: &'a List, all: &mut Vec<&'a Statement>) {
    for item in &list.items {
        all.extend(&item.statements);
        if let Some(list) = &item.list {
            listed(list, all);
        }
    }
}
