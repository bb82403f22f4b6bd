//! What the statements and judgments of a revision push_text: to compare one with the one before, at the same clearance.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{BriefContent, KeyJudgment, Likelihood, List, Section, Statement};

use crate::compose::lexicon::has_term;

/// What a revision says.
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

    /// A statement that is not withheld.
    pub(crate) fn statement(&self, id: &str) -> Option<&'a Statement> {
        self.statements.get(id).copied()
    }

    /// How likely a statement was, where it was said and is another now.
    pub(crate) fn changed_statement_likelihood(&self, statement: &Statement) -> Option<&'a Likelihood> {
        let before = self.statement(&statement.id)?.likelihood.as_ref()?;
        moved(before, statement.likelihood.as_ref()).then_some(before)
    }

    /// A key judgment of this id, or else the one that it revises.
    pub(crate) fn judgment(&self, judgment: &KeyJudgment) -> Option<&'a KeyJudgment> {
        let ids = [judgment.id.as_str(), judgment.revises_id.as_str()];
        ids.iter().find_map(|id| self.judgments.get(id)).copied()
    }

    /// How likely a key judgment was, or the one that it revises, where it was said and is another now.
    pub(crate) fn changed_judgment_likelihood(&self, judgment: &KeyJudgment) -> Option<&'a Likelihood> {
        let before = self.judgment(judgment)?.likelihood.as_ref()?;
        moved(before, judgment.likelihood.as_ref()).then_some(before)
    }
}

/// Whether a likelihood was said and is another now. How it came about does not count.
fn moved(before: &Likelihood, now: Option<&Likelihood>) -> bool {
    let facts = |of: &Likelihood| (of.term, of.low_percent, of.high_percent, of.point_percent);
    has_term(before) && now.is_some_and(|now| facts(before) != facts(now))
}

/// Every statement of a brief.
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
