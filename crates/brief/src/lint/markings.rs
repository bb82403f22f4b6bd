//! Lints statements and key judgments that are marked lower than everything that they rest on.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{BriefContent, List, ListItem};

use super::warning::{MARKING_BELOW_SUPPORT, Warning};
use crate::content_tree::{Node, visit};
use crate::marking::{Rank, Scheme};

/// Warns of statements whose sources, and of key judgments whose support, all have a higher marking.
pub(super) fn lint(content: &BriefContent, warnings: &mut Vec<Warning>) {
    let Some(scheme) = Scheme::of_label(&content.default_marking) else { return };
    let floor = scheme.rank(&content.default_marking).unwrap_or(Rank::LOWEST);
    let own_or = |marking: &str, enclosing: Rank| scheme.rank(marking).unwrap_or(enclosing);
    let sources: BTreeMap<&str, Rank> =
        content.sources.iter().map(|source| (source.id.as_str(), own_or(&source.marking, floor))).collect();
    let mut ranks: BTreeMap<&str, Rank> = BTreeMap::new();
    let (mut section, mut enclosing) = (floor, floor);
    visit(content, &mut |node| match node {
        Node::KeyJudgment(judgment) => {
            enclosing = own_or(&judgment.marking, floor);
            ranks.insert(&judgment.id, enclosing);
        }
        Node::Section(part) => {
            section = own_or(&part.marking, floor);
            enclosing = section;
        }
        Node::Block(located) => {
            let block = own_or(&located.block.marking, section);
            enclosing = match &located.block.kind {
                // Not every item need have the highest marking, so that some are not warned of.
                Some(Kind::List(list)) => highest_item(list, scheme).map_or(block, |item| item.max(block)),
                _ => block,
            };
        }
        Node::Statement(statement, _) if statement.withheld.is_none() => {
            let own = own_or(&statement.marking, enclosing);
            ranks.insert(&statement.id, own);
            let cited = statement.citations.iter().map(|citation| {
                let source = sources.get(citation.source_id.as_str()).copied().unwrap_or(floor);
                own_or(&citation.marking, floor).max(source)
            });
            warn_if_below(scheme, &statement.id, own, cited.min(), "source that it cites", warnings);
        }
        Node::Statement(..) => {}
    });
    for judgment in &content.key_judgments {
        let own = ranks.get(judgment.id.as_str()).copied().unwrap_or(floor);
        let support = judgment.rests_on.iter().map(|id| ranks.get(id.as_str()).copied().unwrap_or(floor));
        warn_if_below(scheme, &judgment.id, own, support.min(), "statement that it rests on", warnings);
    }
}

fn warn_if_below(
    scheme: Scheme,
    id: &str,
    own: Rank,
    lowest_support: Option<Rank>,
    support: &str,
    warnings: &mut Vec<Warning>,
) {
    if let Some(lowest) = lowest_support.filter(|lowest| *lowest > own) {
        let message = format!(
            "it is marked {}, but every {support} is marked {} or higher: mark it so too, or cite what may be shown to its \
             readers",
            scheme.label(own),
            scheme.label(lowest)
        );
        warnings.push(Warning::new(MARKING_BELOW_SUPPORT, id, message));
    }
}

/// Returns the highest marking of the items of a list.
fn highest_item(list: &List, scheme: Scheme) -> Option<Rank> {
    let of_item = |item: &ListItem| {
        let inner = item.list.as_ref().and_then(|list| highest_item(list, scheme));
        scheme.rank(&item.marking).max(inner)
    };
    list.items.iter().filter_map(of_item).max()
}
