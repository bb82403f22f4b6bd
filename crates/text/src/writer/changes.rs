//! Declared changes: which of them stand on the line of their part, and which in the block `changes`.
//!
//! The reader puts the changes on lines of statements first, in the order of the lines, then those on lines of other
//! parts, by id, then those of the block. The longest run of changes in that order is written on lines; the others follow in
//! the block, so that the order of the content is kept whatever it is.

use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{Block, BriefContent, Change, ConfidenceLevel, List, Section, Statement};

use super::annotations::Annotations;
use crate::vocabulary::word;

/// The changes of a brief, by where they are written.
#[derive(Debug, Default)]
pub(super) struct Changes<'c> {
    statements: BTreeMap<&'c str, &'c Change>,
    parts: BTreeMap<&'c str, &'c Change>,
    pub(super) listed: Vec<&'c Change>,
    /// Ids of parts that are no statements.
    other_parts: BTreeSet<&'c str>,
}

impl<'c> Changes<'c> {
    pub(super) fn of(content: &'c BriefContent) -> Self {
        let mut lines = Lines::default();
        lines.visit(content);
        let mut changes = Self::default();
        let mut last_statement = None;
        let mut last_part: Option<&str> = None;
        let mut rest = content.changes.iter();
        for change in rest.by_ref() {
            let statement = lines.statements.get(change.statement_id.as_str()).copied();
            let is_part = lines.parts.contains(change.part_id.as_str());
            let has_kind = change.kind != 0;
            if has_kind
                && change.part_id.is_empty()
                && statement.is_some()
                && statement > last_statement
                && last_part.is_none()
            {
                last_statement = statement;
                changes.statements.insert(&change.statement_id, change);
            } else if has_kind
                && change.statement_id.is_empty()
                && is_part
                && last_part.is_none_or(|last| last < change.part_id.as_str())
            {
                last_part = Some(&change.part_id);
                changes.parts.insert(&change.part_id, change);
            } else {
                changes.listed.push(change);
                break;
            }
        }
        changes.listed.extend(rest);
        changes.other_parts = lines.parts;
        macro_rules! ids {
            ($($field:ident,)+) => {
                $(changes.other_parts.extend(content.$field.iter().map(|part| part.id.as_str()));)+
            };
        }
        ids!(sources, actors, places, domains,);
        changes
    }

    /// Takes the change on the line of a statement.
    pub(super) fn of_statement(&mut self, id: &str) -> Option<&'c Change> {
        self.statements.remove(id)
    }

    /// Takes the change on the line of another part.
    pub(super) fn of_part(&mut self, id: &str) -> Option<&'c Change> {
        self.parts.remove(id)
    }

    /// Returns the first column of a change in the block: the part, with its kind where the id does not show it.
    pub(super) fn subject(&self, change: &Change) -> String {
        let is_other = |id: &str| self.other_parts.contains(id);
        if change.statement_id.is_empty() {
            let prefix = if is_other(&change.part_id) { "" } else { "part " };
            format!("{prefix}{}", change.part_id)
        } else {
            let prefix = if is_other(&change.statement_id) { "statement " } else { "" };
            format!("{prefix}{}", change.statement_id)
        }
    }
}

/// Adds a change. `floor` is the marking that a change has by default, `was_default` that of the earlier text.
pub(super) fn add_change(
    annotations: &mut Annotations,
    change: &Change,
    floor: &str,
    was_default: Option<&str>,
) {
    let kind = format!("!{}", word(change.kind()));
    if change.why.is_empty() {
        annotations.flag(kind);
    } else {
        annotations.value(&kind, &change.why);
    }
    annotations.text("was", &change.was);
    if !change.was.is_empty() && was_default != Some(change.was_marking.as_str()) {
        annotations.text("was-marking", &change.was_marking);
    }
    annotations.text("now", &change.now);
    let levels =
        [("confidence-was", change.confidence_before()), ("confidence-now", change.confidence_after())];
    for (key, level) in levels {
        if level != ConfidenceLevel::Unspecified {
            annotations.text(key, &word(level));
        }
    }
    annotations.ids("replaced-by", &change.replaced_by);
    annotations.ids("evidence", &change.evidence_ids);
    if change.marking != floor {
        annotations.text("change-marking", &change.marking);
    }
}

/// The parts that have a line: statements with their order, and others.
#[derive(Default)]
struct Lines<'c> {
    statements: BTreeMap<&'c str, usize>,
    parts: BTreeSet<&'c str>,
}

impl<'c> Lines<'c> {
    fn visit(&mut self, content: &'c BriefContent) {
        self.add(&content.bluf);
        for judgment in &content.key_judgments {
            self.add(&judgment.statements);
            self.parts.insert(&judgment.id);
        }
        self.sections(&content.sections);
        macro_rules! entries {
            ($($field:ident,)+) => {
                $(self.parts.extend(content.$field.iter().map(|part| part.id.as_str()));)+
            };
        }
        entries!(
            events,
            relationships,
            scenarios,
            indicators,
            assumptions,
            information_gaps,
            dissents,
            factors,
        );
        self.parts.remove("");
    }

    fn add(&mut self, statements: &'c [Statement]) {
        for statement in statements.iter().filter(|statement| !statement.id.is_empty()) {
            let order = self.statements.len();
            self.statements.entry(&statement.id).or_insert(order);
        }
    }

    fn sections(&mut self, sections: &'c [Section]) {
        for section in sections {
            self.parts.insert(&section.id);
            section.blocks.iter().for_each(|block| self.block(block));
            self.sections(&section.sections);
        }
    }

    fn block(&mut self, block: &'c Block) {
        self.parts.insert(&block.id);
        match &block.kind {
            Some(Kind::Paragraph(paragraph)) => self.add(&paragraph.statements),
            Some(Kind::List(list)) => self.list(list),
            Some(Kind::Callout(callout)) => self.add(&callout.statements),
            Some(Kind::Quote(quote)) => self.add(&quote.statements),
            Some(Kind::Table(_) | Kind::Figure(_) | Kind::Withheld(_)) | None => {}
        }
    }

    fn list(&mut self, list: &'c List) {
        for item in &list.items {
            self.add(&item.statements);
            if let Some(inner) = &item.list {
                self.list(inner);
            }
        }
    }
}
