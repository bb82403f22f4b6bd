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

/// Calls `visit` with the kind, id and marking of every part that has an id, in the order of the content.
pub(crate) fn for_each_part<'a>(
    content: &'a BriefContent,
    visit: &mut impl FnMut(PartKind, &'a str, &'a str),
) {
    let mut walk = Walk { visit };
    walk.statements(&content.bluf);
    for judgment in &content.key_judgments {
        walk.part(PartKind::KeyJudgment, &judgment.id, &judgment.marking);
        walk.statements(&judgment.statements);
    }
    walk.sections(&content.sections, 1);
    walk.annexes(content);
}

/// What each id of a brief names. For an id that is given twice, the first part that has it.
#[derive(Debug, Default)]
pub(crate) struct Ids(BTreeMap<String, PartKind>);

impl Ids {
    pub(crate) fn of(content: &BriefContent) -> Self {
        let mut ids = Self::default();
        for_each_part(content, &mut |kind, id, _| {
            ids.0.entry(id.to_owned()).or_insert(kind);
        });
        ids
    }

    pub(crate) fn kind(&self, id: &str) -> Option<PartKind> {
        self.0.get(id).copied()
    }
}

struct Walk<'v, V> {
    visit: &'v mut V,
}

impl<'a, V: FnMut(PartKind, &'a str, &'a str)> Walk<'_, V> {
    fn part(&mut self, kind: PartKind, id: &'a str, marking: &'a str) {
        if !id.is_empty() {
            (self.visit)(kind, id, marking);
        }
    }

    fn statements(&mut self, statements: &'a [Statement]) {
        for statement in statements {
            self.part(PartKind::Statement, &statement.id, &statement.marking);
        }
    }

    fn sections(&mut self, sections: &'a [Section], depth: usize) {
        if depth > SECTION_DEPTH {
            return;
        }
        for section in sections {
            self.part(PartKind::Section, &section.id, &section.marking);
            section.blocks.iter().for_each(|block| self.block(block));
            self.sections(&section.sections, depth + 1);
        }
    }

    fn block(&mut self, block: &'a Block) {
        self.part(PartKind::Block, &block.id, &block.marking);
        match &block.kind {
            Some(BlockKind::Paragraph(paragraph)) => self.statements(&paragraph.statements),
            Some(BlockKind::List(list)) => self.list(list, 1),
            Some(BlockKind::Callout(callout)) => self.statements(&callout.statements),
            Some(BlockKind::Quote(quote)) => self.statements(&quote.statements),
            Some(BlockKind::Table(_) | BlockKind::Figure(_) | BlockKind::Withheld(_)) | None => {}
        }
    }

    fn list(&mut self, list: &'a List, depth: usize) {
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

    fn annexes(&mut self, content: &'a BriefContent) {
        macro_rules! parts {
            ($($field:ident: $kind:ident,)+) => {
                $(content.$field.iter().for_each(|part| self.part(PartKind::$kind, &part.id, &part.marking));)+
            };
        }
        parts!(
            domains: Domain,
            factors: Factor,
            actors: Actor,
            places: Place,
            relationships: Relationship,
            events: Event,
            sources: Source,
            scenarios: Scenario,
            indicators: Indicator,
            assumptions: Assumption,
            information_gaps: InformationGap,
            dissents: Dissent,
        );
    }
}
