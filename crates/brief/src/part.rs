//! The kinds of parts that have ids.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{Block, BriefContent, List, Section, Statement};

/// How deep sections may stand in each other.
pub(crate) const SECTION_DEPTH: usize = 4;
/// How deep lists may stand in each other.
pub(crate) const LIST_DEPTH: usize = 6;

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartKind {
    Statement,
    KeyJudgment,
    Section,
    Block,
    Domain,
    Factor,
    Actor,
    Place,
    Relationship,
    Event,
    Source,
    Scenario,
    Indicator,
    Assumption,
    InformationGap,
    Dissent,
}

impl PartKind {
    /// Its name in messages to authors, with its article.
    pub(crate) fn with_article(self) -> &'static str {
        match self {
            Self::Statement => "a statement",
            Self::KeyJudgment => "a key judgment",
            Self::Section => "a section",
            Self::Block => "a block",
            Self::Domain => "a domain",
            Self::Factor => "a factor",
            Self::Actor => "an actor",
            Self::Place => "a place",
            Self::Relationship => "a relationship",
            Self::Event => "an event",
            Self::Source => "a source",
            Self::Scenario => "a scenario",
            Self::Indicator => "an indicator",
            Self::Assumption => "an assumption",
            Self::InformationGap => "an information gap",
            Self::Dissent => "a dissent",
        }
    }
}

/// What each id of a brief names. For an id that is given twice, the first part that has it.
#[derive(Debug, Default)]
pub(crate) struct Ids(BTreeMap<String, PartKind>);

impl Ids {
    pub(crate) fn of(content: &BriefContent) -> Self {
        let mut ids = Self::default();
        ids.statements(&content.bluf);
        for judgment in &content.key_judgments {
            ids.add(PartKind::KeyJudgment, &judgment.id);
            ids.statements(&judgment.statements);
        }
        ids.sections(&content.sections, 1);
        ids.annexes(content);
        ids
    }

    pub(crate) fn kind(&self, id: &str) -> Option<PartKind> {
        self.0.get(id).copied()
    }

    fn add(&mut self, kind: PartKind, id: &str) {
        if !id.is_empty() {
            self.0.entry(id.to_owned()).or_insert(kind);
        }
    }

    fn statements(&mut self, statements: &[Statement]) {
        for statement in statements {
            self.add(PartKind::Statement, &statement.id);
        }
    }

    fn sections(&mut self, sections: &[Section], depth: usize) {
        if depth > SECTION_DEPTH {
            return;
        }
        for section in sections {
            self.add(PartKind::Section, &section.id);
            section.blocks.iter().for_each(|block| self.block(block));
            self.sections(&section.sections, depth + 1);
        }
    }

    fn block(&mut self, block: &Block) {
        self.add(PartKind::Block, &block.id);
        match &block.kind {
            Some(BlockKind::Paragraph(paragraph)) => self.statements(&paragraph.statements),
            Some(BlockKind::List(list)) => self.list(list, 1),
            Some(BlockKind::Callout(callout)) => self.statements(&callout.statements),
            Some(BlockKind::Quote(quote)) => self.statements(&quote.statements),
            Some(BlockKind::Table(_) | BlockKind::Figure(_) | BlockKind::Withheld(_)) | None => {}
        }
    }

    fn list(&mut self, list: &List, depth: usize) {
        if depth > LIST_DEPTH {
            return;
        }
        for item in &list.items {
            self.statements(&item.statements);
            if let Some(inner) = &item.list {
                self.list(inner, depth + 1);
            }
        }
    }

    fn annexes(&mut self, content: &BriefContent) {
        content.domains.iter().for_each(|part| self.add(PartKind::Domain, &part.id));
        content.factors.iter().for_each(|part| self.add(PartKind::Factor, &part.id));
        content.actors.iter().for_each(|part| self.add(PartKind::Actor, &part.id));
        content.places.iter().for_each(|part| self.add(PartKind::Place, &part.id));
        content.relationships.iter().for_each(|part| self.add(PartKind::Relationship, &part.id));
        content.events.iter().for_each(|part| self.add(PartKind::Event, &part.id));
        content.sources.iter().for_each(|part| self.add(PartKind::Source, &part.id));
        content.scenarios.iter().for_each(|part| self.add(PartKind::Scenario, &part.id));
        content.indicators.iter().for_each(|part| self.add(PartKind::Indicator, &part.id));
        content.assumptions.iter().for_each(|part| self.add(PartKind::Assumption, &part.id));
        content.information_gaps.iter().for_each(|part| self.add(PartKind::InformationGap, &part.id));
        content.dissents.iter().for_each(|part| self.add(PartKind::Dissent, &part.id));
    }
}
