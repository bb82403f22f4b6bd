//! Pairs the blocks of two editions. Most blocks have no id.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{Block, BriefContent, List, Statement};

use crate::content_tree::{Node, visit};

/// Returns the number of each block of the later edition, in reading order. Blocks of the earlier edition are numbered in
/// reading order from 0; a block of the later one has the number of the block that it pairs with, or one of its own.
pub(super) fn pair(before: &BriefContent, after: &BriefContent) -> Vec<usize> {
    let (old, new) = (blocks(before), blocks(after));
    let mut pairing = Pairing { is_paired: vec![false; old.len()], numbers: vec![None; new.len()] };
    pairing.by_key(&old, &new, |located| (!located.block.id.is_empty()).then(|| located.block.id.clone()));
    pairing.by_statement(&old, &new);
    pairing.by_key(&old, &new, label);
    pairing.by_key(&old, &new, |located| Some(format!("{} {}", located.section, kind_name(located.block)?)));
    let number = |(index, number): (usize, Option<usize>)| number.unwrap_or(old.len() + index);
    pairing.numbers.into_iter().enumerate().map(number).collect()
}

struct Located<'a> {
    block: &'a Block,
    section: &'a str,
}

fn blocks(content: &BriefContent) -> Vec<Located<'_>> {
    let mut blocks = Vec::new();
    visit(content, &mut |node| {
        if let Node::Block(located) = node {
            blocks.push(Located { block: located.block, section: &located.section.id });
        }
    });
    blocks
}

struct Pairing {
    is_paired: Vec<bool>,
    numbers: Vec<Option<usize>>,
}

impl Pairing {
    /// Pairs blocks that are still unpaired and have the same key, in order.
    fn by_key(&mut self, old: &[Located], new: &[Located], key: impl Fn(&Located) -> Option<String>) {
        let mut by_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, located) in old.iter().enumerate().rev().filter(|(index, _)| !self.is_paired[*index]) {
            if let Some(key) = key(located) {
                by_key.entry(key).or_default().push(index);
            }
        }
        for (number, located) in self.numbers.iter_mut().zip(new).filter(|(number, _)| number.is_none()) {
            if let Some(index) = key(located).and_then(|key| by_key.get_mut(&key)?.pop()) {
                *number = Some(index);
                self.is_paired[index] = true;
            }
        }
    }

    /// Pairs each block with the first unpaired one that contained one of its statements.
    fn by_statement(&mut self, old: &[Located], new: &[Located]) {
        let mut holders: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, located) in old.iter().enumerate() {
            each_statement(located.block, &mut |statement| {
                holders.entry(&statement.id).or_insert(index);
            });
        }
        for (number, located) in self.numbers.iter_mut().zip(new).filter(|(number, _)| number.is_none()) {
            each_statement(located.block, &mut |statement| {
                let holder = holders.get(statement.id.as_str()).copied();
                if let Some(index) = holder.filter(|index| number.is_none() && !self.is_paired[*index]) {
                    *number = Some(index);
                    self.is_paired[index] = true;
                }
            });
        }
    }
}

fn each_statement<'a>(block: &'a Block, visit: &mut impl FnMut(&'a Statement)) {
    let statements = match &block.kind {
        Some(Kind::Paragraph(paragraph)) => &paragraph.statements,
        Some(Kind::Callout(callout)) => &callout.statements,
        Some(Kind::Quote(quote)) => &quote.statements,
        Some(Kind::List(list)) => return each_in_list(list, visit),
        Some(Kind::Table(_) | Kind::Figure(_) | Kind::Withheld(_)) | None => return,
    };
    statements.iter().filter(|statement| !statement.id.is_empty()).for_each(visit);
}

fn each_in_list<'a>(list: &'a List, visit: &mut impl FnMut(&'a Statement)) {
    for item in &list.items {
        item.statements.iter().filter(|statement| !statement.id.is_empty()).for_each(&mut *visit);
        if let Some(inner) = &item.list {
            each_in_list(inner, visit);
        }
    }
}

/// Returns the text that identifies a table, figure or callout to readers.
fn label(located: &Located) -> Option<String> {
    match located.block.kind.as_ref()? {
        Kind::Table(table) => Some(format!("table {}", table.caption)),
        Kind::Figure(figure) => {
            Some(format!("figure {} {} {}", figure.kind, figure.attachment, figure.title))
        }
        Kind::Callout(callout) => Some(format!("callout {}", callout.title)),
        Kind::Quote(quote) => Some(format!("quote {}", quote.attribution)),
        Kind::Paragraph(_) | Kind::List(_) | Kind::Withheld(_) => None,
    }
}

/// Returns the kind of a block with values of its own. Paragraphs and lists that share no statement have nothing in common.
fn kind_name(block: &Block) -> Option<&'static str> {
    match block.kind.as_ref()? {
        Kind::Table(_) => Some("table"),
        Kind::Figure(_) => Some("figure"),
        Kind::Callout(_) => Some("callout"),
        Kind::Quote(_) => Some("quote"),
        Kind::Paragraph(_) | Kind::List(_) | Kind::Withheld(_) => None,
    }
}
