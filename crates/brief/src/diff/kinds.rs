//! The kind of the difference of each field of the content.

use chancery_proto::brief::v1::DifferenceKind as Kind;
use prost_reflect::FieldDescriptor;

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    /// As a value, whose difference is of this kind.
    As(Kind),
    /// Not as a value, for this reason.
    Elsewhere(&'static str),
}

/// Fields that are not compared as values, with the reason.
const ELSEWHERE: [(&str, &str); 6] = [
    ("BriefContent.changes", "they declare the differences"),
    ("KeyJudgment.revises_id", "names a judgment of the parent, so it differs in every revision"),
    (
        "KeyJudgment.revision_note",
        "describes the difference from the parent, so it differs in every revision",
    ),
    ("Block.withheld", "a mark in place of withheld parts"),
    ("ListItem.withheld", "a mark in place of withheld parts"),
    ("Statement.withheld", "a mark in place of withheld parts"),
];

/// Fields that are texts in every message, except the cells of tables.
const TEXTS: [&str; 25] = [
    "text",
    "title",
    "localized_titles",
    "subtitle",
    "name",
    "short_name",
    "labels",
    "role",
    "heading",
    "caption",
    "attribution",
    "alt",
    "note",
    "why",
    "item",
    "set",
    "meaning",
    "if_wrong",
    "holder",
    "publisher",
    "descriptor",
    "short_title",
    "resolution_criteria",
    "change_summary",
    "label",
];

/// Returns how a field is compared.
pub(super) fn of(field: &FieldDescriptor) -> Compared {
    let name = format!("{}.{}", field.parent_message().name(), field.name());
    if let Some((_, reason)) = ELSEWHERE.iter().find(|(known, _)| *known == name) {
        return Compared::Elsewhere(reason);
    }
    Compared::As(kind(&name).unwrap_or(Kind::Other))
}

/// Returns whether differences of a kind are those of texts, which are compared by words.
pub(super) fn is_text(kind: Kind) -> bool {
    matches!(kind, Kind::Reworded | Kind::Data)
}

/// Returns the kind of a field, named as `Message.field`; none for an unknown field.
pub(super) fn kind(name: &str) -> Option<Kind> {
    let (message, field) = name.split_once('.')?;
    let kind = match (message, field) {
        (_, "marking" | "default_marking") => Kind::Marking,
        ("Likelihood", _) | (_, "likelihood" | "likelihood_scale") | ("Scenario", "percent") => {
            Kind::Likelihood
        }
        ("Confidence", _) | (_, "confidence") => Kind::Confidence,
        ("Citation", "credibility") | ("Source", "reliability") => Kind::Grade,
        ("Citation", _)
        | (_, "citations" | "rests_on" | "statement_ids" | "source_ids" | "indicator_ids" | "source_id") => {
            Kind::Sources
        }
        ("Statement" | "Relationship", "status") => Kind::Status,
        (_, "period" | "horizon" | "precision" | "accessed" | "date" | "as_of") | ("Period", "edtf") => {
            Kind::Date
        }
        (_, "subject" | "tags" | "regions" | "translation_of") | ("Subject" | "TranslationOf", _) => {
            Kind::References
        }
        ("Statement", "spans")
        | ("Span", _)
        | ("List", "ordered")
        | ("Table", "row_headers")
        | ("Figure", "highlight_ids") => Kind::Formatting,
        (_, "kind" | "type") | ("Block", "paragraph" | "list" | "table" | "callout" | "quote" | "figure") => {
            Kind::Type
        }
        ("Statement", "domain" | "actor_ids" | "place_ids" | "topics")
        | ("Section" | "Relationship", "domain")
        | ("Domain", "section")
        | (_, "member_of" | "successor_id" | "place_id" | "place_ids" | "actor_ids" | "from_id" | "to_id") => {
            Kind::References
        }
        (_, "statements" | "items" | "list") => Kind::Contents,
        ("Table" | "TableRow" | "TableCell", "columns" | "rows" | "cells" | "text" | "withheld")
        | ("Figure", "attachment")
        | ("Domain", "trend")
        | ("Relationship", "polarity" | "symmetric")
        | ("Source", "url")
        | (_, "latitude_e6" | "longitude_e6" | "country_code") => Kind::Data,
        ("Figure", "source") => Kind::Reworded,
        (_, text) if TEXTS.contains(&text) => Kind::Reworded,
        (_, "id" | "language") => Kind::Other,
        _ => return None,
    };
    Some(kind)
}
