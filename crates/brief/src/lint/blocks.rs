//! Figures, lists and tables without data.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{BriefContent, Figure, FigureKind, List, Section};

use super::{BLOCK_WITHOUT_DATA, Warning, warn};

pub(super) fn lint(content: &BriefContent, warnings: &mut Vec<Warning>) {
    sections(content, &content.sections, "", warnings);
}

fn sections(content: &BriefContent, of: &[Section], path: &str, warnings: &mut Vec<Warning>) {
    for (number, section) in of.iter().enumerate() {
        let path = format!("{path}sections[{number}]");
        for (number, block) in section.blocks.iter().enumerate() {
            let path = format!("{path}.blocks[{number}]");
            let id = if block.id.is_empty() { &section.id } else { &block.id };
            let mut found = |path: &str, what: &str, cure: &str| {
                let message = format!("{path} is {what}; no edition shows it: {cure}, or remove it");
                warn(warnings, BLOCK_WITHOUT_DATA, id, message);
            };
            match &block.kind {
                Some(Kind::Figure(figure)) => {
                    if let Some((what, cure)) = missing_data(content, figure) {
                        found(&path, what, cure);
                    }
                }
                Some(Kind::Table(table)) if table.rows.is_empty() => {
                    found(&path, "a table without rows", "add a row");
                }
                Some(Kind::List(list)) => empty_lists(list, &format!("{path}.list"), &mut found),
                _ => {}
            }
        }
        sections(content, &section.sections, &format!("{path}."), warnings);
    }
}

/// What a figure has nothing to draw of, and the cure.
fn missing_data(content: &BriefContent, figure: &Figure) -> Option<(&'static str, &'static str)> {
    let (has_data, what, cure) = match figure.kind() {
        FigureKind::Timeline => (!content.events.is_empty(), "a timeline without events", "add an event"),
        FigureKind::ActorNetwork => (
            !content.relationships.is_empty(),
            "an actor network without relationships",
            "add a relationship",
        ),
        FigureKind::DomainTrends => {
            (!content.domains.is_empty(), "a domain trends figure without domains", "add a domain")
        }
        FigureKind::Likelihoods => (
            content.key_judgments.iter().any(|judgment| judgment.likelihood.is_some()),
            "a likelihoods figure without a key judgment that has a likelihood",
            "give a key judgment its likelihood",
        ),
        FigureKind::Attachment | FigureKind::Unspecified => return None,
    };
    (!has_data).then_some((what, cure))
}

/// The outermost lists without a sentence.
fn empty_lists(list: &List, path: &str, found: &mut impl FnMut(&str, &str, &str)) {
    if !has_sentence(list) {
        return found(path, "a list without sentences", "add an item with a sentence");
    }
    for (number, item) in list.items.iter().enumerate() {
        let item_path = format!("{path}.items[{number}]");
        match &item.list {
            Some(inner) => empty_lists(inner, &format!("{item_path}.list"), found),
            None if item.statements.is_empty() => {
                found(&item_path, "a list item without sentences", "add a sentence");
            }
            None => {}
        }
    }
}

fn has_sentence(list: &List) -> bool {
    let inner = |item: &chancery_proto::brief::v1::ListItem| item.list.as_ref().is_some_and(has_sentence);
    list.items.iter().any(|item| !item.statements.is_empty() || inner(item))
}
