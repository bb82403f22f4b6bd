//! The parts of a brief that can be withheld, in document order, with their dependencies.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{
    Actor, Block, BriefContent, Change, Event, FigureKind, KeyJudgment, List, Relationship, Section,
    Statement,
};

use super::Reference;
use crate::canonical::Canonical;
use crate::likelihood;
use crate::marking::{Clearance, Policy, Rank, Scheme};

/// Index of a part in [`Parts::list`].
pub(super) type PartIndex = usize;

/// Index of the brief itself, which is always shown.
pub(super) const BRIEF: PartIndex = 0;

/// A part that can be withheld.
pub(super) struct Part<'a> {
    pub(super) rank: Rank,
    pub(super) parent: PartIndex,
    /// Index after the last part inside this one.
    pub(super) end: PartIndex,
    /// Name of the part as the holder of references.
    name: Cow<'a, str>,
    /// Whether the name is its own, not that of the enclosing part.
    is_named: bool,
    pub(super) depends_on: DependsOn,
    /// Whether it counts as contents of the enclosing part: sentences and blocks do, citations do not.
    pub(super) is_contents: bool,
    /// Kind of figure that draws it, if any.
    pub(super) drawn_by: Option<FigureKind>,
}

/// The condition for a part to remain, in addition to its references.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum DependsOn {
    /// Nothing.
    Nothing,
    /// Its contents, unless it never had any.
    Contents,
    /// References to it, unless there never were any.
    Referrers,
    /// The parts that a kind of figure draws.
    Data(FigureKind),
}

/// The effect on the holder of a reference when its target is withheld.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// The holder is withheld.
    Required,
    /// The holder is withheld with the last such target.
    Supporting,
    /// The holder loses the reference.
    Optional,
}

/// A reference between parts.
pub(super) struct Link<'a> {
    pub(super) holder: PartIndex,
    pub(super) need: Need,
    field: &'static str,
    target_id: &'a str,
    /// None for the id of a part that only the parent revision has.
    pub(super) target: Option<PartIndex>,
}

/// A counter for each kind of figure.
#[derive(Default)]
pub(super) struct FigureData([usize; 6]);

impl FigureData {
    pub(super) fn of(&mut self, kind: FigureKind) -> &mut usize {
        &mut self.0[kind as usize]
    }
}

/// All parts and references of a brief.
pub(super) struct Parts<'a> {
    pub(super) list: Vec<Part<'a>>,
    pub(super) links: Vec<Link<'a>>,
    by_id: BTreeMap<&'a str, PartIndex>,
    /// Changes that quote earlier texts, with the markings of the quotes.
    quotes: Vec<(PartIndex, Rank)>,
    /// Figures, lists, list items and tables without data at any clearance.
    pub(super) empty: Vec<PartIndex>,
    /// Whether a list item contains a list without items.
    pub(super) has_empty_inner_list: bool,
    scheme: Scheme,
    policy: Policy,
}

impl<'a> Parts<'a> {
    pub(super) fn of(canonical: &'a Canonical, policy: Policy) -> Self {
        let brief = Part {
            rank: canonical.floor(),
            parent: BRIEF,
            end: 0,
            name: Cow::Borrowed(""),
            is_named: false,
            depends_on: DependsOn::Nothing,
            is_contents: false,
            drawn_by: None,
        };
        let (by_id, scheme) = (BTreeMap::new(), canonical.scheme());
        let mut parts = Self {
            list: vec![brief],
            links: Vec::new(),
            by_id,
            quotes: Vec::new(),
            empty: Vec::new(),
            has_empty_inner_list: false,
            scheme,
            policy,
        };
        parts.content(canonical.content());
        parts.list[BRIEF].end = parts.list.len();
        for link in &mut parts.links {
            link.target = parts.by_id.get(link.target_id).copied();
        }
        parts.find_empty_figures();
        parts
    }

    fn find_empty_figures(&mut self) {
        let mut data = FigureData::default();
        self.list.iter().filter_map(|part| part.drawn_by).for_each(|kind| *data.of(kind) += 1);
        for (index, part) in self.list.iter().enumerate() {
            if let DependsOn::Data(kind) = part.depends_on
                && *data.of(kind) == 0
            {
                self.empty.push(index);
            }
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<PartIndex> {
        self.by_id.get(id).copied()
    }

    /// Returns the distinct effective markings in ascending order, starting with the floor.
    pub(super) fn ranks(&self) -> BTreeSet<Rank> {
        self.list.iter().map(|part| part.rank).chain(self.quotes.iter().map(|(_, rank)| *rank)).collect()
    }

    /// Counts the quotes shown, which identifies them: a quote shown at a clearance is shown at every higher one.
    pub(super) fn quotes_shown(&self, shown: &[bool], clearance: Clearance) -> usize {
        self.quotes.iter().filter(|(change, rank)| shown[*change] && clearance.reads(*rank)).count()
    }

    pub(super) fn names_shown<'s>(&'s self, shown: &'s [bool]) -> impl Iterator<Item = &'s str> {
        let named = self.list.iter().zip(shown).filter(|(part, shown)| **shown && part.is_named);
        named.map(|(part, _)| part.name.as_ref())
    }

    pub(super) fn references_shown<'s>(&'s self, shown: &'s [bool]) -> impl Iterator<Item = Reference> {
        let seen = |link: &&Link<'_>| shown[link.holder] && link.target.is_none_or(|target| shown[target]);
        self.links.iter().filter(seen).map(|link| Reference {
            holder: self.list[link.holder].name.clone().into_owned(),
            field: link.field,
            target: link.target_id.to_owned(),
        })
    }

    /// Ranks a label that the scheme does not have above every clearance.
    fn rank(&self, label: &str) -> Rank {
        self.scheme.rank(label).unwrap_or(Rank::BEYOND)
    }
}

/// Adds parts and references.
impl<'a> Parts<'a> {
    /// Adds a part inside another. A part without an id takes the name of the enclosing part.
    fn add(&mut self, parent: PartIndex, id: &'a str, marking: &str) -> PartIndex {
        let is_named = !id.is_empty();
        let index = self.list.len();
        if is_named {
            self.by_id.insert(id, index);
        }
        let name = if is_named { Cow::Borrowed(id) } else { self.list[parent].name.clone() };
        self.list.push(Part {
            rank: self.rank(marking),
            parent,
            end: index + 1,
            name,
            is_named,
            depends_on: DependsOn::Nothing,
            is_contents: true,
            drawn_by: None,
        });
        index
    }

    /// Adds a source, actor, place or domain.
    fn add_referred(&mut self, id: &'a str, marking: &str) -> PartIndex {
        let index = self.add(BRIEF, id, marking);
        self.list[index].depends_on = DependsOn::Referrers;
        index
    }

    /// Closes a part, which contains everything added since.
    fn close(&mut self, index: PartIndex, depends_on: DependsOn) {
        self.list[index].end = self.list.len();
        self.list[index].depends_on = depends_on;
    }

    /// Returns what a part depends on. Under MARK, a part with a text of its own remains around the `Withheld` inside
    /// it.
    fn contents_unless_marked(&self, can_contain_mark: bool) -> DependsOn {
        if self.policy == Policy::Mark && can_contain_mark { DependsOn::Nothing } else { DependsOn::Contents }
    }

    fn link(&mut self, holder: PartIndex, field: &'static str, target_id: &'a str, need: Need) {
        if !target_id.is_empty() {
            self.links.push(Link { holder, need, field, target_id, target: None });
        }
    }

    fn links(&mut self, holder: PartIndex, field: &'static str, target_ids: &'a [String], need: Need) {
        for id in target_ids {
            self.link(holder, field, id, need);
        }
    }
}

/// The walk over the content. `cut` walks in the same order.
impl<'a> Parts<'a> {
    fn content(&mut self, content: &'a BriefContent) {
        if let Some(subject) = &content.subject {
            self.links(BRIEF, "entity_ids", &subject.entity_ids, Need::Optional);
        }
        self.links(BRIEF, "regions", &content.regions, Need::Optional);
        self.statements(BRIEF, &content.bluf);
        content.key_judgments.iter().for_each(|judgment| self.key_judgment(judgment));
        content.sections.iter().for_each(|section| self.section(BRIEF, section));
        for domain in &content.domains {
            let index = self.add_referred(&domain.id, &domain.marking);
            self.list[index].drawn_by = Some(FigureKind::DomainTrends);
            self.link(index, "section", &domain.section, Need::Optional);
        }
        for factor in &content.factors {
            self.supported(&factor.id, &factor.marking, &factor.statement_ids);
        }
        content.actors.iter().for_each(|actor| self.actor(actor));
        for place in &content.places {
            self.add_referred(&place.id, &place.marking);
        }
        content.relationships.iter().for_each(|relationship| self.relationship(relationship));
        content.events.iter().for_each(|event| self.event(event));
        for source in &content.sources {
            self.add_referred(&source.id, &source.marking);
        }
        for scenario in &content.scenarios {
            let index = self.supported(&scenario.id, &scenario.marking, &scenario.statement_ids);
            self.links(index, "indicator_ids", &scenario.indicator_ids, Need::Optional);
        }
        for indicator in &content.indicators {
            let index = self.add(BRIEF, &indicator.id, &indicator.marking);
            self.links(index, "statement_ids", &indicator.statement_ids, Need::Optional);
        }
        for assumption in &content.assumptions {
            self.supported(&assumption.id, &assumption.marking, &assumption.statement_ids);
        }
        for gap in &content.information_gaps {
            self.add(BRIEF, &gap.id, &gap.marking);
        }
        for dissent in &content.dissents {
            self.supported(&dissent.id, &dissent.marking, &dissent.statement_ids);
        }
        (0..).zip(&content.changes).for_each(|(number, change)| self.change(number, change));
    }

    fn supported(&mut self, id: &'a str, marking: &str, statement_ids: &'a [String]) -> PartIndex {
        let index = self.add(BRIEF, id, marking);
        self.links(index, "statement_ids", statement_ids, Need::Supporting);
        index
    }

    fn statements(&mut self, parent: PartIndex, statements: &'a [Statement]) {
        for statement in statements.iter().filter(|statement| statement.withheld.is_none()) {
            self.statement(parent, statement);
        }
    }

    fn statement(&mut self, parent: PartIndex, statement: &'a Statement) {
        let index = self.add(parent, &statement.id, &statement.marking);
        self.list[index].drawn_by = likelihood::shown(statement).map(|_| FigureKind::Likelihoods);
        self.link(index, "domain", &statement.domain, Need::Optional);
        self.links(index, "actor_ids", &statement.actor_ids, Need::Optional);
        self.links(index, "place_ids", &statement.place_ids, Need::Optional);
        for target in statement.spans.iter().filter_map(|span| span.target.strip_prefix('#')) {
            self.link(index, "spans", target, Need::Optional);
        }
        for citation in &statement.citations {
            let index = self.add(index, "", &citation.marking);
            self.list[index].is_contents = false;
            self.link(index, "citations", &citation.source_id, Need::Required);
        }
        self.close(index, DependsOn::Nothing);
    }

    fn key_judgment(&mut self, judgment: &'a KeyJudgment) {
        let index = self.add(BRIEF, &judgment.id, &judgment.marking);
        self.list[index].drawn_by = judgment.likelihood.is_some().then_some(FigureKind::Likelihoods);
        self.links(index, "rests_on", &judgment.rests_on, Need::Supporting);
        self.link(index, "revises_id", &judgment.revises_id, Need::Optional);
        self.statements(index, &judgment.statements);
        self.close(index, DependsOn::Contents);
    }

    fn section(&mut self, parent: PartIndex, section: &'a Section) {
        let index = self.add(parent, &section.id, &section.marking);
        self.link(index, "domain", &section.domain, Need::Optional);
        section.blocks.iter().for_each(|block| self.block(index, block));
        section.sections.iter().for_each(|inner| self.section(index, inner));
        let depends_on = self.contents_unless_marked(!section.blocks.is_empty());
        self.close(index, depends_on);
    }

    fn block(&mut self, parent: PartIndex, block: &'a Block) {
        if let Some(BlockKind::Withheld(_)) = block.kind {
            return;
        }
        let index = self.add(parent, &block.id, &block.marking);
        let depends_on = match &block.kind {
            Some(BlockKind::Paragraph(paragraph)) => {
                self.statements(index, &paragraph.statements);
                DependsOn::Contents
            }
            Some(BlockKind::List(list)) => {
                self.items(index, list);
                self.note_if_empty(index);
                DependsOn::Contents
            }
            Some(BlockKind::Table(table)) => {
                self.link(index, "source_id", &table.source_id, Need::Optional);
                for row in table.rows.iter().filter(|row| row.withheld.is_none()) {
                    self.add(index, "", &row.marking);
                }
                self.note_if_empty(index);
                DependsOn::Contents
            }
            Some(BlockKind::Callout(callout)) => {
                self.statements(index, &callout.statements);
                self.contents_unless_marked(!callout.title.is_empty())
            }
            Some(BlockKind::Quote(quote)) => {
                self.statements(index, &quote.statements);
                self.contents_unless_marked(!quote.attribution.is_empty())
            }
            Some(BlockKind::Figure(figure)) => {
                self.links(index, "highlight_ids", &figure.highlight_ids, Need::Optional);
                match figure.kind() {
                    FigureKind::Attachment | FigureKind::Unspecified => DependsOn::Nothing,
                    kind => DependsOn::Data(kind),
                }
            }
            Some(BlockKind::Withheld(_)) | None => DependsOn::Nothing,
        };
        self.close(index, depends_on);
    }

    /// Records a list, item or table as empty if nothing was added since.
    fn note_if_empty(&mut self, index: PartIndex) {
        if index + 1 == self.list.len() {
            self.empty.push(index);
        }
    }

    fn items(&mut self, parent: PartIndex, list: &'a List) {
        for item in list.items.iter().filter(|item| item.withheld.is_none()) {
            let index = self.add(parent, "", &item.marking);
            self.statements(index, &item.statements);
            if let Some(inner) = &item.list {
                self.has_empty_inner_list |= inner.items.is_empty();
                self.items(index, inner);
            }
            self.note_if_empty(index);
            self.close(index, DependsOn::Contents);
        }
    }

    fn actor(&mut self, actor: &'a Actor) {
        let index = self.add_referred(&actor.id, &actor.marking);
        self.links(index, "member_of", &actor.member_of, Need::Optional);
        self.link(index, "successor_id", &actor.successor_id, Need::Optional);
        self.link(index, "place_id", &actor.place_id, Need::Optional);
    }

    fn relationship(&mut self, relationship: &'a Relationship) {
        let index = self.supported(&relationship.id, &relationship.marking, &relationship.statement_ids);
        self.list[index].drawn_by = Some(FigureKind::ActorNetwork);
        self.link(index, "from_id", &relationship.from_id, Need::Required);
        self.link(index, "to_id", &relationship.to_id, Need::Required);
        self.link(index, "domain", &relationship.domain, Need::Optional);
        self.link(index, "place_id", &relationship.place_id, Need::Optional);
    }

    fn event(&mut self, event: &'a Event) {
        let index = self.supported(&event.id, &event.marking, &event.statement_ids);
        self.list[index].drawn_by = Some(FigureKind::Timeline);
        self.links(index, "source_ids", &event.source_ids, Need::Supporting);
        self.links(index, "actor_ids", &event.actor_ids, Need::Optional);
        self.links(index, "place_ids", &event.place_ids, Need::Optional);
    }

    fn change(&mut self, number: usize, change: &'a Change) {
        let index = self.add(BRIEF, "", &change.marking);
        self.list[index].name = Cow::Owned(format!("changes[{number}]"));
        self.list[index].is_named = true;
        self.link(index, "statement_id", &change.statement_id, Need::Required);
        self.link(index, "part_id", &change.part_id, Need::Required);
        self.links(index, "replaced_by", &change.replaced_by, Need::Optional);
        self.links(index, "evidence_ids", &change.evidence_ids, Need::Supporting);
        if !change.was.is_empty() {
            self.quotes.push((index, self.rank(&change.was_marking)));
        }
    }
}
