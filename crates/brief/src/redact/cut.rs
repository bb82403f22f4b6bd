//! Removes withheld parts from the content. Walks in the order in which `parts` lists them.

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{
    Actor, Block, BriefContent, Change, Event, KeyJudgment, ListItem, Relationship, Section, Statement,
    TableRow, Withheld,
};

use super::parts::{BRIEF, Parts};
use crate::canonical::Canonical;
use crate::marking::{Clearance, Policy, Rank, Scheme};
use crate::part::change_subject;

/// The marks in place of removed parts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Marks {
    /// No marks; removes existing ones.
    None,
    /// No new marks; keeps existing ones.
    Existing,
    /// One mark for each run of removed parts.
    OnePerRun,
}

impl Marks {
    pub(super) fn of(policy: Policy) -> Self {
        match policy {
            Policy::Omit => Self::None,
            Policy::Mark => Self::OnePerRun,
        }
    }
}

/// Returns the content without the parts that are not shown.
pub(super) fn cut(
    canonical: &Canonical,
    parts: &Parts<'_>,
    shown: &[bool],
    clearance: Clearance,
    marks: Marks,
) -> BriefContent {
    let scheme = canonical.scheme();
    let banner = parts.list[BRIEF].rank;
    let mut cut = Cut { parts, shown, clearance, marks, scheme, next: BRIEF + 1, banner };
    let mut content = canonical.content().clone();
    cut.content(&mut content);
    scheme.label(cut.banner).clone_into(&mut content.marking);
    content
}

struct Cut<'p, 'a> {
    parts: &'p Parts<'a>,
    shown: &'p [bool],
    clearance: Clearance,
    marks: Marks,
    scheme: Scheme,
    /// Index of the next part of the walk.
    next: usize,
    /// Highest marking of the parts kept so far.
    banner: Rank,
}

/// A part that a `Withheld` can replace.
trait Placeholder {
    fn is_withheld(&self) -> bool;
    fn withheld() -> Self;
}

impl Cut<'_, '_> {
    /// Advances to the next part and returns whether it is kept. Skips the contents of a withheld part.
    fn keeps_next(&mut self) -> bool {
        let index = self.next;
        let part = &self.parts.list[index];
        self.next = if self.shown[index] { index + 1 } else { part.end };
        if self.shown[index] {
            self.banner = self.banner.max(part.rank);
        }
        self.shown[index]
    }

    /// Returns whether a reference is kept. An id that only the parent revision has reveals nothing and is kept.
    fn keeps(&self, id: &str) -> bool {
        self.parts.find(id).is_none_or(|index| self.shown[index])
    }

    fn cut_reference(&self, id: &mut String) {
        if !self.keeps(id) {
            id.clear();
        }
    }

    fn cut_references(&self, ids: &mut Vec<String>) {
        ids.retain(|id| self.keeps(id));
    }

    /// Removes withheld items, replacing each run of them by one `Withheld` if marks are written.
    fn cut_runs<T: Placeholder>(
        &mut self,
        items: &mut Vec<T>,
        mut cut_inside: impl FnMut(&mut Self, &mut T),
    ) {
        let mut kept = Vec::with_capacity(items.len());
        let mut in_run = false;
        for mut item in std::mem::take(items) {
            let is_mark = item.is_withheld();
            if !is_mark && self.keeps_next() {
                cut_inside(self, &mut item);
                kept.push(item);
                in_run = false;
                continue;
            }
            let is_marked = if is_mark { self.marks != Marks::None } else { self.marks == Marks::OnePerRun };
            if is_marked && !in_run {
                kept.push(T::withheld());
                in_run = true;
            }
        }
        *items = kept;
    }

    /// Removes withheld items that are never marked.
    fn cut_parts<T>(&mut self, items: &mut Vec<T>, mut cut_inside: impl FnMut(&mut Self, &mut T)) {
        items.retain_mut(|item| {
            let is_kept = self.keeps_next();
            if is_kept {
                cut_inside(self, item);
            }
            is_kept
        });
    }
}

impl Cut<'_, '_> {
    fn content(&mut self, content: &mut BriefContent) {
        if let Some(subject) = &mut content.subject {
            self.cut_references(&mut subject.entity_ids);
        }
        self.cut_references(&mut content.regions);
        self.cut_runs(&mut content.bluf, Self::statement);
        self.cut_parts(&mut content.key_judgments, Self::key_judgment);
        self.cut_parts(&mut content.sections, Self::section);
        self.cut_parts(&mut content.domains, |cut, domain| cut.cut_reference(&mut domain.section));
        self.cut_parts(&mut content.factors, |cut, factor| cut.cut_references(&mut factor.statement_ids));
        self.cut_parts(&mut content.actors, Self::actor);
        self.cut_parts(&mut content.places, |_, _| {});
        self.cut_parts(&mut content.relationships, Self::relationship);
        self.cut_parts(&mut content.events, Self::event);
        self.cut_parts(&mut content.sources, |_, _| {});
        self.cut_parts(&mut content.scenarios, |cut, scenario| {
            cut.cut_references(&mut scenario.statement_ids);
            cut.cut_references(&mut scenario.indicator_ids);
        });
        self.cut_parts(&mut content.indicators, |cut, part| cut.cut_references(&mut part.statement_ids));
        self.cut_parts(&mut content.assumptions, |cut, part| cut.cut_references(&mut part.statement_ids));
        self.cut_parts(&mut content.information_gaps, |_, _| {});
        self.cut_parts(&mut content.dissents, |cut, dissent| cut.cut_references(&mut dissent.statement_ids));
        self.cut_parts(&mut content.changes, Self::change);
    }

    fn statement(&mut self, statement: &mut Statement) {
        self.cut_parts(&mut statement.citations, |_, _| {});
        self.cut_reference(&mut statement.domain);
        self.cut_references(&mut statement.actor_ids);
        self.cut_references(&mut statement.place_ids);
        statement.spans.retain(|span| span.target.strip_prefix('#').is_none_or(|id| self.keeps(id)));
    }

    fn key_judgment(&mut self, judgment: &mut KeyJudgment) {
        self.cut_references(&mut judgment.rests_on);
        self.cut_reference(&mut judgment.revises_id);
        self.cut_runs(&mut judgment.statements, Self::statement);
    }

    fn section(&mut self, section: &mut Section) {
        self.cut_reference(&mut section.domain);
        self.cut_runs(&mut section.blocks, Self::block);
        self.cut_parts(&mut section.sections, Self::section);
    }

    fn block(&mut self, block: &mut Block) {
        match &mut block.kind {
            Some(BlockKind::Paragraph(paragraph)) => {
                self.cut_runs(&mut paragraph.statements, Self::statement);
            }
            Some(BlockKind::List(list)) => self.cut_runs(&mut list.items, Self::list_item),
            Some(BlockKind::Table(table)) => {
                self.cut_reference(&mut table.source_id);
                self.cut_runs(&mut table.rows, |_, _| {});
            }
            Some(BlockKind::Callout(callout)) => self.cut_runs(&mut callout.statements, Self::statement),
            Some(BlockKind::Quote(quote)) => self.cut_runs(&mut quote.statements, Self::statement),
            Some(BlockKind::Figure(figure)) => self.cut_references(&mut figure.highlight_ids),
            Some(BlockKind::Withheld(_)) | None => {}
        }
    }

    fn list_item(&mut self, item: &mut ListItem) {
        self.cut_runs(&mut item.statements, Self::statement);
        if let Some(list) = &mut item.list {
            self.cut_runs(&mut list.items, Self::list_item);
            if list.items.is_empty() {
                item.list = None;
            }
        }
    }

    fn actor(&mut self, actor: &mut Actor) {
        self.cut_references(&mut actor.member_of);
        self.cut_reference(&mut actor.successor_id);
        self.cut_reference(&mut actor.place_id);
    }

    fn relationship(&mut self, relationship: &mut Relationship) {
        self.cut_references(&mut relationship.statement_ids);
        self.cut_reference(&mut relationship.domain);
        self.cut_reference(&mut relationship.place_id);
    }

    fn event(&mut self, event: &mut Event) {
        self.cut_references(&mut event.statement_ids);
        self.cut_references(&mut event.source_ids);
        self.cut_references(&mut event.actor_ids);
        self.cut_references(&mut event.place_ids);
    }

    fn change(&mut self, change: &mut Change) {
        self.cut_references(&mut change.replaced_by);
        self.cut_references(&mut change.evidence_ids);
        let was_rank = self.scheme.rank(&change.was_marking).unwrap_or(Rank::BEYOND);
        if self.clearance.reads(was_rank) {
            if !change.was.is_empty() {
                self.banner = self.banner.max(was_rank);
            }
            return;
        }
        // Validation writes this marking where there is no quote, so that a removed quote looks like none.
        change.was.clear();
        let part = self.parts.find(change_subject(change)).map(|index| self.parts.list[index].rank);
        let own = self.scheme.rank(&change.marking);
        if let Some(default) = own.max(part) {
            self.scheme.label(default).clone_into(&mut change.was_marking);
        }
    }
}

impl Placeholder for Statement {
    fn is_withheld(&self) -> bool {
        self.withheld.is_some()
    }

    fn withheld() -> Self {
        Self { withheld: Some(Withheld {}), ..Self::default() }
    }
}

impl Placeholder for Block {
    fn is_withheld(&self) -> bool {
        matches!(self.kind, Some(BlockKind::Withheld(_)))
    }

    fn withheld() -> Self {
        Self { kind: Some(BlockKind::Withheld(Withheld {})), ..Self::default() }
    }
}

impl Placeholder for ListItem {
    fn is_withheld(&self) -> bool {
        self.withheld.is_some()
    }

    fn withheld() -> Self {
        Self { withheld: Some(Withheld {}), ..Self::default() }
    }
}

impl Placeholder for TableRow {
    fn is_withheld(&self) -> bool {
        self.withheld.is_some()
    }

    fn withheld() -> Self {
        Self { withheld: Some(Withheld {}), ..Self::default() }
    }
}
