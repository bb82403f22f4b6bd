//! One-line texts of parts, for responses that refer to a part without containing it.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::{BriefContent, Change, KeyJudgment, PartKind, Relationship};

use crate::part::change_subject;
use crate::reading_order;

/// Texts by the kind and id of the part; for a change, the id of the part that changed.
pub type PartTexts = BTreeMap<(PartKind, String), String>;

/// Returns the texts or titles of all parts of the kinds that can rest on other parts.
pub fn part_texts(content: &BriefContent) -> PartTexts {
    let mut texts = PartTexts::new();
    let mut add = |kind: PartKind, id: &str, text: String| {
        texts.entry((kind, id.to_owned())).or_insert(text);
    };
    for part in reading_order::statements(content) {
        add(PartKind::Statement, &part.id, part.text.clone());
    }
    for part in &content.key_judgments {
        add(PartKind::KeyJudgment, &part.id, judgment(part));
    }
    for part in &content.factors {
        add(PartKind::Factor, &part.id, part.text.clone());
    }
    for part in &content.relationships {
        add(PartKind::Relationship, &part.id, relationship(part));
    }
    for part in &content.events {
        add(PartKind::Event, &part.id, part.title.clone());
    }
    for part in &content.scenarios {
        add(PartKind::Scenario, &part.id, part.title.clone());
    }
    for part in &content.assumptions {
        add(PartKind::Assumption, &part.id, part.text.clone());
    }
    for part in &content.dissents {
        add(PartKind::Dissent, &part.id, part.text.clone());
    }
    for part in &content.changes {
        add(PartKind::Change, change_subject(part), change(part));
    }
    for part in &content.indicators {
        add(PartKind::Indicator, &part.id, part.text.clone());
    }
    texts
}

/// Returns the sentences of a key judgment.
fn judgment(judgment: &KeyJudgment) -> String {
    let sentences: Vec<&str> = judgment.statements.iter().map(|statement| statement.text.as_str()).collect();
    sentences.join(" ").trim_end().to_owned()
}

/// Returns the type of a relationship between the ids of its ends, and its label.
fn relationship(relationship: &Relationship) -> String {
    let Relationship { from_id, r#type, to_id, label, .. } = relationship;
    format!("{from_id} {type} {to_id} {label}").trim_end().to_owned()
}

/// Returns the new text of a change, or else its reason.
fn change(change: &Change) -> String {
    if change.now.is_empty() { change.why.clone() } else { change.now.clone() }
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{BriefContent, Change, KeyJudgment, PartKind, Relationship, Statement};

    use super::part_texts;

    #[test]
    fn parts_are_represented_by_their_texts() {
        let statement =
            |id: &str, text: &str| Statement { id: id.into(), text: text.into(), ..Statement::default() };
        let content = BriefContent {
            key_judgments: vec![KeyJudgment {
                id: "j1".into(),
                statements: vec![statement("s1", "It holds."), statement("s2", "It grows.")],
                ..KeyJudgment::default()
            }],
            relationships: vec![Relationship {
                id: "r1".into(),
                from_id: "russia".into(),
                to_id: "iran".into(),
                r#type: "supplies-weapons-to".into(),
                ..Relationship::default()
            }],
            changes: vec![
                Change { statement_id: "s1".into(), why: "New figures.".into(), ..Change::default() },
                Change {
                    statement_id: "s2".into(),
                    now: "It grows.".into(),
                    why: "So.".into(),
                    ..Change::default()
                },
            ],
            ..BriefContent::default()
        };
        let texts = part_texts(&content);
        let text = |kind, id: &str| texts[&(kind, id.to_owned())].as_str();
        assert_eq!(text(PartKind::Statement, "s1"), "It holds.");
        assert_eq!(text(PartKind::KeyJudgment, "j1"), "It holds. It grows.");
        assert_eq!(text(PartKind::Relationship, "r1"), "russia supplies-weapons-to iran");
        assert_eq!(text(PartKind::Change, "s1"), "New figures.");
        assert_eq!(text(PartKind::Change, "s2"), "It grows.");
    }
}
