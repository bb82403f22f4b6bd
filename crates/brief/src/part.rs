//! The parts of a brief that have ids.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::{BriefContent, Change, PartKind as ProtoPartKind};

use crate::content_tree::{Node, visit};

/// Name of what belongs to a brief as a whole, such as its title, where a change names a part. No id of a part contains an
/// underscore.
pub const FRONT_MATTER: &str = "front_matter";

/// The kind of a part that has an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of the content")]
pub enum PartKind {
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
    /// Returns the kind in the API; none for kinds that cannot rest on other parts.
    pub(crate) fn to_proto(self) -> Option<ProtoPartKind> {
        match self {
            Self::Statement => Some(ProtoPartKind::Statement),
            Self::KeyJudgment => Some(ProtoPartKind::KeyJudgment),
            Self::Factor => Some(ProtoPartKind::Factor),
            Self::Relationship => Some(ProtoPartKind::Relationship),
            Self::Event => Some(ProtoPartKind::Event),
            Self::Scenario => Some(ProtoPartKind::Scenario),
            Self::Indicator => Some(ProtoPartKind::Indicator),
            Self::Assumption => Some(ProtoPartKind::Assumption),
            Self::Dissent => Some(ProtoPartKind::Dissent),
            Self::Section
            | Self::Block
            | Self::Domain
            | Self::Actor
            | Self::Place
            | Self::Source
            | Self::InformationGap => None,
        }
    }

    /// Returns the name for messages to authors, with its article.
    pub fn with_article(self) -> &'static str {
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

/// Calls `on_part` with the kind, id and marking of every part that has an id, in the order of the content.
pub(crate) fn for_each_part<'a>(
    content: &'a BriefContent,
    on_part: &mut impl FnMut(PartKind, &'a str, &'a str),
) {
    let mut on_part = |kind, id: &'a str, marking| {
        if !id.is_empty() {
            on_part(kind, id, marking);
        }
    };
    visit(content, &mut |node| match node {
        Node::KeyJudgment(judgment) => on_part(PartKind::KeyJudgment, &judgment.id, &judgment.marking),
        Node::Section(section) => on_part(PartKind::Section, &section.id, &section.marking),
        Node::Block(located) => on_part(PartKind::Block, &located.block.id, &located.block.marking),
        Node::Statement(statement, _) => on_part(PartKind::Statement, &statement.id, &statement.marking),
    });
    macro_rules! annexes {
        ($($field:ident: $kind:ident,)+) => {
            $(content.$field.iter().for_each(|part| on_part(PartKind::$kind, &part.id, &part.marking));)+
        };
    }
    annexes!(
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

/// Returns the id of the part that a change describes: its `statement_id` or its `part_id`.
pub fn change_subject(change: &Change) -> &str {
    if change.statement_id.is_empty() { &change.part_id } else { &change.statement_id }
}

/// The kind of part that each id of a brief names. For a duplicate id, the first part counts.
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
