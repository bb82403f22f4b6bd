//! Lints figures, lists and tables without data.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{BriefContent, Figure, FigureKind, List};

use super::warning::{BLOCK_WITHOUT_DATA, Warning};
use crate::content_tree::{Node, visit};
use crate::likelihood;
use crate::reading_order::statements;

pub(super) fn lint(content: &BriefContent, warnings: &mut Vec<Warning>) {
    visit(content, &mut |node| {
        let Node::Block(located) = node else { return };
        let (block, path) = (located.block, || located.path());
        let id = if block.id.is_empty() { &located.section.id } else { &block.id };
        let mut warn = |path: &str, fault: &str, remedy: &str| {
            let message = format!("{path} is {fault} and therefore in no edition: {remedy}, or remove it");
            warnings.push(Warning::new(BLOCK_WITHOUT_DATA, id, message));
        };
        match &block.kind {
            Some(Kind::Figure(figure)) => {
                if let Some((fault, remedy)) = missing_data(content, figure) {
                    warn(&path(), fault, remedy);
                }
            }
            Some(Kind::Table(table)) if table.rows.is_empty() => {
                warn(&path(), "a table without rows", "add a row");
            }
            Some(Kind::List(list)) => empty_lists(list, &format!("{}.list", path()), &mut warn),
            _ => {}
        }
    });
}

/// Returns the fault of a figure that has nothing to draw, and its remedy.
fn missing_data(content: &BriefContent, figure: &Figure) -> Option<(&'static str, &'static str)> {
    let (has_data, fault, remedy) = match figure.kind() {
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
            content.key_judgments.iter().any(|judgment| judgment.likelihood.is_some())
                || statements(content).into_iter().any(|statement| likelihood::shown(statement).is_some()),
            "a likelihoods figure without a likelihood",
            "give a key judgment or a statement its likelihood",
        ),
        FigureKind::Attachment | FigureKind::Unspecified => return None,
    };
    (!has_data).then_some((fault, remedy))
}

/// Warns of the outermost lists and items without a sentence.
fn empty_lists(list: &List, path: &str, warn: &mut impl FnMut(&str, &str, &str)) {
    if !has_sentence(list) {
        return warn(path, "a list without sentences", "add an item with a sentence");
    }
    for (number, item) in list.items.iter().enumerate() {
        let item_path = format!("{path}.items[{number}]");
        match &item.list {
            Some(inner) => empty_lists(inner, &format!("{item_path}.list"), warn),
            None if item.statements.is_empty() => {
                warn(&item_path, "a list item without sentences", "add a sentence");
            }
            None => {}
        }
    }
}

fn has_sentence(list: &List) -> bool {
    let inner = |item: &chancery_proto::brief::v1::ListItem| item.list.as_ref().is_some_and(has_sentence);
    list.items.iter().any(|item| !item.statements.is_empty() || inner(item))
}
