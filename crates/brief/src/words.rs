//! Printed words of enum values: English, lower case, exactly as in their standards. Unspecified values have the empty
//! text.

use chancery_proto::brief::v1::{
    ActorKind, BriefKind, ChangeKind, CitationRole, ConfidenceLevel, DatePrecision, FactorKind, PlaceKind,
    PloverType, RelationshipPolarity, RelationshipStatus, SourceReliability, SourceType, StatementStatus,
    StatementType, Trend,
};

/// Defines a function from the values of an enum to words.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident($type:ident) { $($value:ident => $word:literal,)+ }) => {
        $(#[$meta])*
        pub fn $name(value: $type) -> &'static str {
            match value {
                $type::Unspecified => "",
                $($type::$value => $word,)+
            }
        }
    };
}

words!(
    /// Levels of analytic confidence (ICD 203).
    confidence(ConfidenceLevel) { High => "high", Moderate => "moderate", Low => "low", }
);
words!(
    /// The NATO Admiralty scale of sources, without its letter.
    reliability(SourceReliability) {
        A => "completely reliable",
        B => "usually reliable",
        C => "fairly reliable",
        D => "not usually reliable",
        E => "unreliable",
        F => "reliability cannot be judged",
    }
);
words!(
    /// The letter of the NATO Admiralty scale of sources.
    reliability_letter(SourceReliability) { A => "A", B => "B", C => "C", D => "D", E => "E", F => "F", }
);
words!(
    /// Trends.
    trend(Trend) {
        Rising => "rising", Steady => "steady", Falling => "falling", Mixed => "mixed", Unknown => "unknown",
    }
);
words!(
    /// Kinds of changes.
    change(ChangeKind) {
        Confirmed => "confirmed",
        Updated => "updated",
        Corrected => "corrected",
        Superseded => "superseded",
        Contested => "contested",
        Missed => "missed",
        Withdrawn => "withdrawn",
        Added => "added",
        Upgraded => "upgraded",
        Downgraded => "downgraded",
        Dated => "dated",
        Closed => "closed",
        Extended => "extended",
        Quantified => "quantified",
        PartlyAnswered => "partly answered",
    }
);
words!(
    /// Types of statements.
    statement_type(StatementType) {
        Fact => "fact", Assessment => "assessment", Forecast => "forecast", Narrative => "narrative",
    }
);
words!(
    /// Statuses of statements.
    statement_status(StatementStatus) {
        Active => "active", Superseded => "superseded", Withdrawn => "withdrawn",
    }
);
words!(
    /// Event types of PLOVER 2021.
    plover(PloverType) {
        Agree => "agree",
        Consult => "consult",
        Support => "support",
        Concede => "concede",
        Cooperate => "cooperate",
        Aid => "aid",
        Retreat => "retreat",
        Request => "request",
        Accuse => "accuse",
        Reject => "reject",
        Threaten => "threaten",
        Protest => "protest",
        Sanction => "sanction",
        Mobilize => "mobilize",
        Coerce => "coerce",
        Assault => "assault",
    }
);
words!(
    /// Roles of citations.
    citation_role(CitationRole) {
        States => "states", Corroborates => "corroborates", Contradicts => "contradicts",
    }
);
words!(
    /// Statuses of relationships.
    relationship_status(RelationshipStatus) {
        Active => "active",
        Weakened => "weakened",
        Changed => "changed",
        Contested => "contested",
        Ended => "ended",
    }
);
words!(
    /// Polarities of relationships.
    relationship_polarity(RelationshipPolarity) {
        Supportive => "supportive", Adverse => "adverse", Mixed => "mixed", Neutral => "neutral",
    }
);
words!(
    /// Kinds of briefs.
    brief_kind(BriefKind) {
        Relationship => "relationship", Country => "country", Event => "event", Thematic => "thematic",
    }
);
words!(
    /// Kinds of factors.
    factor(FactorKind) {
        Driver => "driver",
        Constraint => "constraint",
        ImplicationRegional => "regional implication",
        ImplicationGlobal => "global implication",
        Outlook => "outlook",
    }
);
words!(
    /// Kinds of actors.
    actor_kind(ActorKind) {
        State => "state",
        FormerState => "former state",
        Government => "government",
        Person => "person",
        Organisation => "organisation",
        Company => "company",
        NonStateGroup => "non-state group",
        GroupOfStates => "group of states",
    }
);
words!(
    /// Kinds of places.
    place_kind(PlaceKind) {
        Country => "country",
        Capital => "capital",
        Region => "region",
        Area => "area",
        DisputedArea => "disputed area",
        Waterway => "waterway",
        Infrastructure => "infrastructure",
        Site => "site",
    }
);
words!(
    /// Types of sources.
    source_type(SourceType) {
        Primary => "primary",
        News => "news",
        Research => "research",
        Data => "data",
        CustomerBriefing => "customer briefing",
    }
);
words!(
    /// Precisions of dates.
    date_precision(DatePrecision) {
        Day => "day",
        Month => "month",
        Year => "year",
        Interval => "interval",
        Approximate => "approximate",
        Unknown => "unknown",
    }
);

/// Returns the term for a credibility rating, 1 to 6 on the NATO Admiralty scale; empty for unrated information.
pub fn credibility(rating: u32) -> &'static str {
    match rating {
        1 => "confirmed by other sources",
        2 => "probably true",
        3 => "possibly true",
        4 => "doubtful",
        5 => "improbable",
        6 => "truth cannot be judged",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::{ChangeKind, SourceReliability, change, credibility, reliability, reliability_letter};

    #[test]
    fn admiralty_words_are_the_standards() {
        let sources = (1..=6).map(|number| SourceReliability::try_from(number).unwrap());
        let printed: Vec<_> =
            sources.map(|rating| (reliability_letter(rating), reliability(rating))).collect();
        assert_eq!(printed[0], ("A", "completely reliable"));
        assert_eq!(printed[3], ("D", "not usually reliable"));
        assert_eq!(printed[5], ("F", "reliability cannot be judged"));
        assert_eq!(credibility(1), "confirmed by other sources");
        assert_eq!(credibility(6), "truth cannot be judged");
        assert_eq!((credibility(0), credibility(7)), ("", ""));
    }

    #[test]
    fn what_is_not_said_has_no_word() {
        assert_eq!(change(ChangeKind::Unspecified), "");
        assert_eq!(change(ChangeKind::PartlyAnswered), "partly answered");
    }
}
