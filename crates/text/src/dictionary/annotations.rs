//! The keys of annotations.

use chancery_brief::PartKind;
use chancery_proto::brief::v1::{
    ChangeKind, ConfidenceLevel, DatePrecision, LikelihoodScale, LikelihoodTerm, PloverType,
    RelationshipPolarity, RelationshipStatus,
};

use super::word_lists::{plain_words, words_of};
use super::{Key, Values, Word};
use crate::reader::leading_term;
use crate::syntax::tree::EMPTY_BLOCKS;
use crate::vocabulary::term;

/// The parts that can have annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the content")]
pub enum Annotated {
    Sentence,
    KeyJudgment,
    Section,
    ListItem,
    Table,
    Figure,
    /// A paragraph, list, callout or quote.
    Block,
    Event,
    Relationship,
    Scenario,
    Indicator,
    Assumption,
    InformationGap,
    Dissent,
    Factor,
    /// An entry of a block `changes`.
    Change,
}

impl Annotated {
    /// Returns whether the part can have a likelihood.
    pub fn has_likelihood(self) -> bool {
        matches!(self, Self::Sentence | Self::KeyJudgment)
    }

    /// Returns whether the part can have the annotations of a change.
    pub fn has_change(self) -> bool {
        self != Self::ListItem
    }

    /// Returns the part of an entry of a fenced block.
    pub(crate) fn of_entry(fenced: &str) -> Self {
        match fenced {
            "events" => Self::Event,
            "relationships" => Self::Relationship,
            "scenarios" => Self::Scenario,
            "indicators" => Self::Indicator,
            "assumptions" => Self::Assumption,
            "information-gaps" => Self::InformationGap,
            "dissents" => Self::Dissent,
            "changes" => Self::Change,
            _ => Self::Factor,
        }
    }
}

/// Lists the keys that a part can have, and the words that are annotations of it by themselves, except likelihoods and
/// confidences.
pub fn annotation_keys(part: Annotated) -> impl Iterator<Item = &'static Key> {
    let own: &[Key] = match part {
        Annotated::Sentence => SENTENCE,
        Annotated::KeyJudgment => KEY_JUDGMENT,
        Annotated::Section => SECTION,
        Annotated::ListItem => LIST_ITEM,
        Annotated::Table => TABLE,
        Annotated::Figure => FIGURE,
        Annotated::Block | Annotated::InformationGap | Annotated::Change => &[],
        Annotated::Event => EVENT,
        Annotated::Relationship => RELATIONSHIP,
        Annotated::Scenario => SCENARIO,
        Annotated::Indicator => INDICATOR,
        Annotated::Assumption => ASSUMPTION,
        Annotated::Dissent => DISSENT,
        Annotated::Factor => FACTOR,
    };
    let change: &[Key] = if part.has_change() { CHANGE } else { &[] };
    own.iter().chain(&MARKING).chain(change)
}

/// Lists the levels of confidence, which parts with a likelihood can have too. A reason can follow each.
pub fn confidences() -> &'static [Key] {
    CONFIDENCES
}

/// Returns the term of a scale at the start of an annotation such as `likely 60-75%`.
pub fn likelihood_term(written: &str, scale: LikelihoodScale) -> Option<LikelihoodTerm> {
    let (words, _) = leading_term(written)?;
    term(words, scale)
}

/// Lists the kinds of changes, as they are written behind `!`.
pub fn change_kinds() -> Vec<Word> {
    words_of::<ChangeKind>()
}

fn empty_blocks() -> Vec<Word> {
    plain_words(EMPTY_BLOCKS.map(|(word, _)| word))
}

const CONFIDENCES: &[Key] = &[
    Key::explained(
        "high confidence",
        Values::Text,
        "High confidence in the judgment, which is independent of its likelihood.",
    ),
    Key::explained(
        "moderate confidence",
        Values::Text,
        "Moderate confidence in the judgment, which is independent of its likelihood.",
    ),
    Key::explained(
        "low confidence",
        Values::Text,
        "Low confidence in the judgment, which is independent of its likelihood.",
    ),
];

const STATEMENTS: &[PartKind] = &[PartKind::Statement];
const ACTORS: &[PartKind] = &[PartKind::Actor];
const PLACES: &[PartKind] = &[PartKind::Place];
const SOURCES: &[PartKind] = &[PartKind::Source];
const EVENTS: &[PartKind] = &[PartKind::Event];
const DOMAINS: &[PartKind] = &[PartKind::Domain];

const MARKING: [Key; 1] = [Key::explained(
    "marking",
    Values::Marking,
    "Marking of the part, if no label at its start says it. Its contents have at least this marking.",
)];

const SENTENCE: &[Key] = &[
    Key::flag("fact", "StatementType", "STATEMENT_TYPE_FACT"),
    Key::flag("assessment", "StatementType", "STATEMENT_TYPE_ASSESSMENT"),
    Key::flag("forecast", "StatementType", "STATEMENT_TYPE_FORECAST"),
    Key::flag("narrative", "StatementType", "STATEMENT_TYPE_NARRATIVE"),
    Key::flag("active", "StatementStatus", "STATEMENT_STATUS_ACTIVE"),
    Key::flag("superseded", "StatementStatus", "STATEMENT_STATUS_SUPERSEDED"),
    Key::flag("withdrawn", "StatementStatus", "STATEMENT_STATUS_WITHDRAWN"),
    Key::new("by", Values::Text, "Statement", "horizon"),
    Key::new("resolves", Values::Text, "Statement", "resolution_criteria"),
    Key::new("actors", Values::Ids(ACTORS), "Statement", "actor_ids"),
    Key::new("places", Values::Ids(PLACES), "Statement", "place_ids"),
    Key::new("topics", Values::Text, "Statement", "topics"),
    Key::new("domain", Values::Id(DOMAINS), "Statement", "domain"),
    Key::new("period", Values::Text, "Statement", "period"),
    Key::new("period-label", Values::Text, "Period", "label"),
    Key::new("likelihood-origin", Values::Text, "Likelihood", "origin"),
];

const KEY_JUDGMENT: &[Key] = &[
    Key::new("rests-on", Values::Ids(STATEMENTS), "KeyJudgment", "rests_on"),
    Key::new("revises", Values::Id(&[PartKind::KeyJudgment]), "KeyJudgment", "revises_id"),
    Key::new("revision-note", Values::Text, "KeyJudgment", "revision_note"),
    Key::new("likelihood-origin", Values::Text, "Likelihood", "origin"),
];

const SECTION: &[Key] = &[Key::new("domain", Values::Id(DOMAINS), "Section", "domain")];

const LIST_ITEM: &[Key] = &[Key::explained(
    "empty",
    Values::Words(empty_blocks),
    "The item contains a list without items, which only this annotation can express.",
)];

const TABLE: &[Key] = &[
    Key::new("row-headers", Values::None, "Table", "row_headers"),
    Key::new("source", Values::Id(SOURCES), "Table", "source_id"),
];

const FIGURE: &[Key] = &[
    Key::new("source", Values::Text, "Figure", "source"),
    Key::new("highlight", Values::Ids(EVENTS), "Figure", "highlight_ids"),
];

const EVENT: &[Key] = &[
    Key::new("rests-on", Values::Ids(STATEMENTS), "Event", "statement_ids"),
    Key::new("precision", Values::Words(words_of::<DatePrecision>), "Event", "precision"),
    Key::new("type", Values::Words(words_of::<PloverType>), "Event", "type"),
    Key::new("actors", Values::Ids(ACTORS), "Event", "actor_ids"),
    Key::new("places", Values::Ids(PLACES), "Event", "place_ids"),
    Key::new("sources", Values::Ids(SOURCES), "Event", "source_ids"),
    Key::new("note", Values::Text, "Event", "note"),
];

const RELATIONSHIP: &[Key] = &[
    Key::new("rests-on", Values::Ids(STATEMENTS), "Relationship", "statement_ids"),
    Key::new("period", Values::Text, "Relationship", "period"),
    Key::new("period-label", Values::Text, "Period", "label"),
    Key::new("symmetric", Values::None, "Relationship", "symmetric"),
    Key::new("status", Values::Words(words_of::<RelationshipStatus>), "Relationship", "status"),
    Key::new("polarity", Values::Words(words_of::<RelationshipPolarity>), "Relationship", "polarity"),
    Key::new("label", Values::Text, "Relationship", "label"),
    Key::new("item", Values::Text, "Relationship", "item"),
    Key::new("domain", Values::Id(DOMAINS), "Relationship", "domain"),
    Key::new("place", Values::Id(PLACES), "Relationship", "place_id"),
    Key::new("note", Values::Text, "Relationship", "note"),
];

const SCENARIO: &[Key] = &[
    Key::new("rests-on", Values::Ids(STATEMENTS), "Scenario", "statement_ids"),
    Key::new("set", Values::Text, "Scenario", "set"),
    Key::new("indicators", Values::Ids(&[PartKind::Indicator]), "Scenario", "indicator_ids"),
];

const INDICATOR: &[Key] = &[
    Key::new("meaning", Values::Text, "Indicator", "meaning"),
    Key::new("rests-on", Values::Ids(STATEMENTS), "Indicator", "statement_ids"),
];

const ASSUMPTION: &[Key] = &[
    Key::new("if-wrong", Values::Text, "Assumption", "if_wrong"),
    Key::new("rests-on", Values::Ids(STATEMENTS), "Assumption", "statement_ids"),
];

const DISSENT: &[Key] = &[
    Key::new("holder", Values::Text, "Dissent", "holder"),
    Key::new("rests-on", Values::Ids(STATEMENTS), "Dissent", "statement_ids"),
];

const FACTOR: &[Key] = &[Key::new("rests-on", Values::Ids(STATEMENTS), "Factor", "statement_ids")];

/// Keys of the change of a part, beside `!KIND: why`.
const CHANGE: &[Key] = &[
    Key::new("was", Values::Text, "Change", "was"),
    Key::new("now", Values::Text, "Change", "now"),
    Key::new("replaced-by", Values::Ids(STATEMENTS), "Change", "replaced_by"),
    Key::new("evidence", Values::Ids(&[PartKind::Event, PartKind::Source]), "Change", "evidence_ids"),
    Key::new("confidence-was", Values::Words(words_of::<ConfidenceLevel>), "Change", "confidence_before"),
    Key::new("confidence-now", Values::Words(words_of::<ConfidenceLevel>), "Change", "confidence_after"),
    Key::new("was-marking", Values::Marking, "Change", "was_marking"),
    Key::new("change-marking", Values::Marking, "Change", "marking"),
];
