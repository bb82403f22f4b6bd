//! Parts other than statements, key judgments and sections.

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{
    Actor, ActorKind, Assumption, BriefContent, Change, ChangeKind, Dissent, Domain, Event, Factor,
    FactorKind, FigureKind, Indicator, InformationGap, Place, PlaceKind, Relationship, Scenario, Section,
    Source,
};

use super::{ACTORS, Author, DOMAINS, INDICATORS, PLACES, SOURCES, canary};
use crate::marking::Rank;

impl Author<'_> {
    pub(super) fn annexes(&mut self, content: &mut BriefContent, floor: Rank) {
        content.domains = (0..DOMAINS).map(|_| self.domain(floor)).collect();
        content.actors = (0..ACTORS).map(|_| self.actor(floor)).collect();
        content.places = (0..PLACES).map(|_| self.place(floor)).collect();
        content.sources = (0..SOURCES).map(|_| self.source(floor)).collect();
        content.indicators = (0..INDICATORS).map(|_| self.indicator(floor)).collect();
        content.events = (0..self.below(4)).map(|_| self.event(floor)).collect();
        content.relationships = (0..self.below(4)).map(|_| self.relationship(floor)).collect();
        content.factors = (0..self.below(3)).map(|_| self.factor(floor)).collect();
        content.scenarios = (0..self.below(3)).map(|_| self.scenario(floor)).collect();
        content.assumptions = (0..self.below(2)).map(|_| self.assumption(floor)).collect();
        content.information_gaps = (0..self.below(2)).map(|_| self.gap(floor)).collect();
        content.dissents = (0..self.below(3)).map(|_| self.dissent(floor)).collect();
        self.highlight_events(&mut content.sections);
        if self.count_of("s") > 0 {
            content.changes = (0..self.below(4)).map(|_| self.change(floor)).collect();
        }
    }

    /// Takes an id and a marking, and returns them with their canary.
    fn part(&mut self, sort: &'static str, floor: Rank) -> (String, String, String) {
        let id = self.new_id(sort);
        let (rank, marking) = self.marking(floor);
        let text = canary(&id, rank);
        (id, marking, text)
    }

    fn statement_ids(&mut self) -> Vec<String> {
        let count = self.count_of("s");
        self.ids("s", count, 3)
    }

    fn domain(&mut self, floor: Rank) -> Domain {
        let (id, marking, name) = self.part("d", floor);
        let sections = self.count_of("sec");
        Domain { id, name, section: self.maybe_id("sec", sections), marking, ..Domain::default() }
    }

    fn actor(&mut self, floor: Rank) -> Actor {
        let (id, marking, name) = self.part("a", floor);
        let mut successor_id = self.maybe_id("a", ACTORS);
        if successor_id == id {
            successor_id.clear();
        }
        let mut member_of = self.ids("a", ACTORS, 2);
        member_of.retain(|group| *group != id);
        let place_id = self.maybe_id("p", PLACES);
        let mut actor = Actor { id, name, member_of, successor_id, place_id, marking, ..Actor::default() };
        actor.set_kind(ActorKind::State);
        actor
    }

    fn place(&mut self, floor: Rank) -> Place {
        let (id, marking, name) = self.part("p", floor);
        let mut place = Place { id, name, marking, ..Place::default() };
        place.set_kind(PlaceKind::Country);
        place
    }

    fn source(&mut self, floor: Rank) -> Source {
        let (id, marking, title) = self.part("src", floor);
        let mut source = Source { id, title, date: "2024-10~".into(), marking, ..Source::default() };
        if self.one_in(2) {
            source.short_title = "Short".into();
            source.accessed = "2025-03-03".into();
        }
        source
    }

    fn indicator(&mut self, floor: Rank) -> Indicator {
        let (id, marking, text) = self.part("ind", floor);
        Indicator { id, text, statement_ids: self.statement_ids(), marking, ..Indicator::default() }
    }

    fn event(&mut self, floor: Rank) -> Event {
        let (id, marking, title) = self.part("e", floor);
        Event {
            id,
            title,
            actor_ids: self.ids("a", ACTORS, 2),
            place_ids: self.ids("p", PLACES, 1),
            statement_ids: self.statement_ids(),
            source_ids: self.ids("src", SOURCES, 2),
            marking,
            ..Event::default()
        }
    }

    fn relationship(&mut self, floor: Rank) -> Relationship {
        let (id, marking, note) = self.part("r", floor);
        Relationship {
            id,
            note,
            from_id: format!("a{}", self.below(ACTORS) + 1),
            to_id: format!("p{}", self.below(PLACES) + 1),
            r#type: "trades-with".into(),
            statement_ids: self.statement_ids(),
            domain: self.maybe_id("d", DOMAINS),
            place_id: self.maybe_id("p", PLACES),
            marking,
            polarity: i32::try_from(self.below(5)).expect("it is below 5"),
            ..Relationship::default()
        }
    }

    fn factor(&mut self, floor: Rank) -> Factor {
        let (id, marking, text) = self.part("f", floor);
        let mut factor =
            Factor { id, text, statement_ids: self.statement_ids(), marking, ..Factor::default() };
        factor.set_kind(FactorKind::Driver);
        factor
    }

    fn scenario(&mut self, floor: Rank) -> Scenario {
        let (id, marking, title) = self.part("sce", floor);
        let statement_ids = self.statement_ids();
        let indicator_ids = self.ids("ind", INDICATORS, 2);
        Scenario { id, title, statement_ids, indicator_ids, marking, percent: 50, ..Scenario::default() }
    }

    fn assumption(&mut self, floor: Rank) -> Assumption {
        let (id, marking, text) = self.part("as", floor);
        Assumption { id, text, statement_ids: self.statement_ids(), marking, ..Assumption::default() }
    }

    fn gap(&mut self, floor: Rank) -> InformationGap {
        let (id, marking, text) = self.part("gap", floor);
        InformationGap { id, text, marking }
    }

    fn dissent(&mut self, floor: Rank) -> Dissent {
        let (id, marking, text) = self.part("dis", floor);
        Dissent { id, text, statement_ids: self.statement_ids(), marking, ..Dissent::default() }
    }

    /// Makes timelines highlight some of the events, after all events are built.
    fn highlight_events(&mut self, sections: &mut [Section]) {
        for section in sections {
            for block in &mut section.blocks {
                if let Some(BlockKind::Figure(figure)) = &mut block.kind
                    && figure.kind() == FigureKind::Timeline
                {
                    let events = self.count_of("e");
                    figure.highlight_ids = self.ids("e", events, 2);
                }
            }
            self.highlight_events(&mut section.sections);
        }
    }

    /// Takes the id of any part of this content.
    fn changed_part(&mut self) -> String {
        let sorts =
            ["s", "kj", "sec", "b", "d", "f", "a", "p", "r", "e", "src", "sce", "ind", "as", "gap", "dis"];
        let sort = sorts[self.below(sorts.len())];
        match self.count_of(sort) {
            0 => "s1".to_owned(),
            count => format!("{sort}{}", self.below(count) + 1),
        }
    }

    fn change(&mut self, floor: Rank) -> Change {
        let statements = self.count_of("s");
        let is_statement = self.one_in(2);
        let subject =
            if is_statement { format!("s{}", self.below(statements) + 1) } else { self.changed_part() };
        let (rank, marking) = self.marking(floor);
        let mut evidence_ids = self.ids("src", SOURCES, 2);
        let events = self.count_of("e");
        evidence_ids.extend(self.ids("e", events, 2));
        let mut replaced_by = self.statement_ids();
        replaced_by.retain(|id| *id != subject);
        let mut change =
            Change { now: canary("now", rank), replaced_by, evidence_ids, marking, ..Change::default() };
        if self.one_in(2) {
            let was_rank = self.scheme.highest();
            change.was = canary("was", was_rank);
            self.scheme.label(was_rank).clone_into(&mut change.was_marking);
        }
        if is_statement {
            change.statement_id = subject;
        } else {
            change.part_id = subject;
        }
        change.set_kind(ChangeKind::Updated);
        change
    }
}
