//! The parts of a brief that can be withheld, in the order of the content, and what they need of each other.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{
    Actor, Block, BriefContent, Change, Event, FigureKind, KeyJudgment, List, Relationship, Section,
    Statement,
};

use super::Reference;
use crate::canonical::Canonical;
use crate::marking::{Clearance, Policy, Rank, Scheme};

/// A part's place in [`Parts::list`].
pub(super) type PartIndex = usize;

/// The brief itself: the first part, which is always shown.
pub(super) const BRIEF: PartIndex = 0;

/// A part that can be withheld.
pub(super) struct Part<'a> {
    pub(super) rank: Rank,
    pub(super) parent: PartIndex,
    /// Past the last part that stands in this one.
    pub(super) end: PartIndex,
    /// How references name their holder.
    name: Cow<'a, str>,
    /// Whether the name is its own, and not that of what it stands in.
    is_named: bool,
    pub(super) lives_by: LivesBy,
    /// Whether what it stands in lives by it: sentences and blocks, not citations.
    pub(super) is_contents: bool,
    /// The kind of figure that draws it, if one does.
    pub(super) drawn_by: Option<FigureKind>,
}

/// What a part goes without, beside what it needs by reference.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LivesBy {
    /// Nothing.
    Itself,
    /// What stands in it, if something did.
    Contents,
    /// What refers to it, if something did.
    Referrers,
    /// The parts that this kind of figure draws.
    Data(FigureKind),
}

/// What the holder of a reference does when the target is withheld.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// It goes.
    Required,
    /// It goes when all of these are.
    Supporting,
    /// It stays without the reference.
    Optional,
}

/// A reference between parts.
pub(super) struct Link<'a> {
    pub(super) holder: PartIndex,
    pub(super) need: Need,
    field: &'static str,
    target_id: &'a str,
    /// None for an id of the parent revision that is no part of this one.
    pub(super) target: Option<PartIndex>,
}

/// A number for each kind of figure.
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
    /// The changes that quote earlier texts, with the markings of those.
    quotes: Vec<(PartIndex, Rank)>,
    /// Figures, lists, list items and tables without data at any clearance.
    pub(super) empty: Vec<PartIndex>,
    /// Whether an item has a list without items below it.
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
            lives_by: LivesBy::Itself,
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
            if let LivesBy::Data(kind) = part.lives_by
                && *data.of(kind) == 0
            {
                self.empty.push(index);
            }
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<PartIndex> {
        self.by_id.get(id).copied()
    }

    /// The distinct effective markings, rising; the floor first.
    pub(super) fn ranks(&self) -> BTreeSet<Rank> {
        self.list.iter().map(|part| part.rank).chain(self.quotes.iter().map(|(_, rank)| *rank)).collect()
    }

    /// How many of the quotes are shown; a quote shown to one clearance is shown to each above.
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

    /// A label that the scheme does not know counts as above every clearance.
    fn rank(&self, label: &str) -> Rank {
        self.scheme.rank(label).unwrap_or(Rank::BEYOND)
    }
}

/// Adding parts and references.
impl<'a> Parts<'a> {
    /// A part that stands in another one and has an id, or the name of what it stands in.
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
            lives_by: LivesBy::Itself,
            is_contents: true,
            drawn_by: None,
        });
        index
    }

    /// A source, actor, place or domain.
    fn add_referred(&mut self, id: &'a str, marking: &str) -> PartIndex {
        let index = self.add(BRIEF, id, marking);
        self.list[index].lives_by = LivesBy::Referrers;
        index
    }

    /// All that was added since the part stands in it.
    fn close(&mut self, index: PartIndex, lives_by: LivesBy) {
        self.list[index].end = self.list.len();
        self.list[index].lives_by = lives_by;
    }

    /// What has a text of its own stays under MARK, around the `Withheld` that stands in it.
    fn unless_marked(&self, has_place_for_mark: bool) -> LivesBy {
        if self.policy == Policy::Mark && has_place_for_mark { LivesBy::Itself } else { LivesBy::Contents }
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

/// The walk. `cut` walks in the same order.
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
        self.close(index, LivesBy::Itself);
    }

    fn key_judgment(&mut self, judgment: &'a KeyJudgment) {
        let index = self.add(BRIEF, &judgment.id, &judgment.marking);
        self.list[index].drawn_by = judgment.likelihood.is_some().then_some(FigureKind::Likelihoods);
        self.links(index, "rests_on", &judgment.rests_on, Need::Supporting);
        self.link(index, "revises_id", &judgment.revises_id, Need::Optional);
        self.statements(index, &judgment.statements);
        self.close(index, LivesBy::Contents);
    }

    fn section(&mut self, parent: PartIndex, section: &'a Section) {
        let index = self.add(parent, &section.id, &section.marking);
        self.link(index, "domain", &section.domain, Need::Optional);
        section.blocks.iter().for_each(|block| self.block(index, block));
        section.sections.iter().for_each(|inner| self.section(index, inner));
        let lives_by = self.unless_marked(!section.blocks.is_empty());
        self.close(index, lives_by);
    }

    fn block(&mut self, parent: PartIndex, block: &'a Block) {
        if let Some(BlockKind::Withheld(_)) = block.kind {
            return;
        }
        let index = self.add(parent, &block.id, &block.marking);
        let lives_by = match &block.kind {
            Some(BlockKind::Paragraph(paragraph)) => {
                self.statements(index, &paragraph.statements);
                LivesBy::Contents
            }
            Some(BlockKind::List(list)) => {
                self.items(index, list);
                self.note_if_empty(index);
                LivesBy::Contents
            }
            Some(BlockKind::Table(table)) => {
                self.link(index, "source_id", &table.source_id, Need::Optional);
                for row in table.rows.iter().filter(|row| row.withheld.is_none()) {
                    self.add(index, "", &row.marking);
                }
                self.note_if_empty(index);
                LivesBy::Contents
            }
            Some(BlockKind::Callout(callout)) => {
                self.statements(index, &callout.statements);
                self.unless_marked(!callout.title.is_empty())
            }
            Some(BlockKind::Quote(quote)) => {
                self.statements(index, &quote.statements);
                self.unless_marked(!quote.attribution.is_empty())
            }
            Some(BlockKind::Figure(figure)) => {
                self.links(index, "highlight_ids", &figure.highlight_ids, Need::Optional);
                match figure.kind() {
                    FigureKind::Attachment | FigureKind::Unspecified => LivesBy::Itself,
                    kind => LivesBy::Data(kind),
                }
            }
            Some(BlockKind::Withheld(_)) | None => LivesBy::Itself,
        };
        self.close(index, lives_by);
    }

    /// Notes a list, item or table as empty when nothing was added since.
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
            self.close(index, LivesBy::Contents);
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
