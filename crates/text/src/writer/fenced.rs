//! Fenced blocks.

use chancery_proto::brief::v1::{
    BriefContent, Change, Event, Factor, PloverType, Relationship, RelationshipPolarity, RelationshipStatus,
    Scenario,
};

use super::annotations::Annotations;
use super::changes::add_change;
use super::escapes::{Place, escaped, protect_entry_start, protect_label};
use super::state::{Writer, effective, id, joined, label, stated};
use crate::defaults;
use crate::reader::{FACTORS, UNDATED};
use crate::vocabulary::word;

impl Writer<'_> {
    pub(super) fn fenced(&mut self, content: &BriefContent) {
        let lines: Vec<String> = content.events.iter().map(|event| self.event(event)).collect();
        self.fence("events", &lines);
        let lines: Vec<String> =
            content.relationships.iter().map(|relationship| self.relationship(relationship)).collect();
        self.fence("relationships", &lines);
        let lines: Vec<String> = content.scenarios.iter().map(|scenario| self.scenario(scenario)).collect();
        self.fence("scenarios", &lines);
        let mut lines = Vec::new();
        for indicator in &content.indicators {
            let mut annotations = Annotations::default();
            annotations.text("meaning", &indicator.meaning);
            annotations.ids("rests-on", &indicator.statement_ids);
            lines.push(self.entry(&[&indicator.text], annotations, &indicator.marking, &indicator.id));
        }
        self.fence("indicators", &lines);
        let mut lines = Vec::new();
        for assumption in &content.assumptions {
            let mut annotations = Annotations::default();
            annotations.text("if-wrong", &assumption.if_wrong);
            annotations.ids("rests-on", &assumption.statement_ids);
            lines.push(self.entry(&[&assumption.text], annotations, &assumption.marking, &assumption.id));
        }
        self.fence("assumptions", &lines);
        let mut lines = Vec::new();
        for gap in &content.information_gaps {
            lines.push(self.entry(&[&gap.text], Annotations::default(), &gap.marking, &gap.id));
        }
        self.fence("information-gaps", &lines);
        let mut lines = Vec::new();
        for dissent in &content.dissents {
            let mut annotations = Annotations::default();
            annotations.text("holder", &dissent.holder);
            annotations.ids("rests-on", &dissent.statement_ids);
            lines.push(self.entry(&[&dissent.text], annotations, &dissent.marking, &dissent.id));
        }
        self.fence("dissents", &lines);
        self.factors(&content.factors);
        self.listed_changes();
    }

    fn fence(&mut self, kind: &str, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        self.blank();
        self.line(&format!("```{kind}"));
        for line in lines {
            self.line(line);
        }
        self.line("```");
    }

    /// Returns an entry of columns, annotations and id.
    fn entry(
        &mut self,
        columns: &[&str],
        mut annotations: Annotations,
        marking: &str,
        own_id: &str,
    ) -> String {
        let escaped = |column: &&str| escaped(column, Place::Column, self.scheme);
        let columns: Vec<String> = columns.iter().map(escaped).collect();
        let mut text = columns.join(" | ");
        // The floor's too, below a marked section.
        let own = effective(marking, self.floor);
        let stated_marking = if self.last_section == self.floor { stated(own, self.floor) } else { own };
        if stated_marking.is_empty() {
            protect_entry_start(&mut text, self.scheme);
        } else {
            protect_label(&mut text, self.scheme);
        }
        let change = self.changes.of_part(own_id);
        self.own_change(&mut annotations, change, own);
        joined(&[&label(stated_marking), &text, &annotations.written(), &id(own_id)])
    }

    fn event(&mut self, event: &Event) -> String {
        let mut annotations = Annotations::default();
        if event.precision() != defaults::precision(&event.date) {
            annotations.text("precision", &word(event.precision()));
        }
        if event.r#type() != PloverType::Unspecified {
            annotations.text("type", &word(event.r#type()));
        }
        annotations.ids("actors", &event.actor_ids);
        annotations.ids("places", &event.place_ids);
        annotations.ids("rests-on", &event.statement_ids);
        annotations.ids("sources", &event.source_ids);
        annotations.text("note", &event.note);
        let date = if event.date.is_empty() { UNDATED } else { &event.date };
        self.entry(&[date, &event.title], annotations, &event.marking, &event.id)
    }

    fn relationship(&mut self, relationship: &Relationship) -> String {
        let mut annotations = Annotations::default();
        annotations.text("label", &relationship.label);
        if relationship.symmetric {
            annotations.flag("symmetric");
        }
        if relationship.status() != RelationshipStatus::Active {
            annotations.text("status", &word(relationship.status()));
        }
        if relationship.polarity() != RelationshipPolarity::Unspecified {
            annotations.text("polarity", &word(relationship.polarity()));
        }
        annotations.period(relationship.period.as_ref());
        annotations.text("item", &relationship.item);
        annotations.text("domain", &relationship.domain);
        annotations.text("place", &relationship.place_id);
        annotations.ids("rests-on", &relationship.statement_ids);
        annotations.text("note", &relationship.note);
        let columns = [relationship.from_id.as_str(), &relationship.r#type, &relationship.to_id];
        self.entry(&columns, annotations, &relationship.marking, &relationship.id)
    }

    fn scenario(&mut self, scenario: &Scenario) -> String {
        let mut annotations = Annotations::default();
        annotations.text("set", &scenario.set);
        annotations.ids("indicators", &scenario.indicator_ids);
        annotations.ids("rests-on", &scenario.statement_ids);
        let percent = format!("{}%", scenario.percent);
        let columns = [percent.as_str(), &scenario.title, &scenario.text];
        let count = if scenario.text.is_empty() { 2 } else { 3 };
        self.entry(&columns[..count], annotations, &scenario.marking, &scenario.id)
    }

    /// Writes one block for each run of factors of a kind.
    fn factors(&mut self, factors: &[Factor]) {
        for run in factors.chunk_by(|one, next| one.kind == next.kind) {
            let mut lines = Vec::new();
            for factor in run {
                let mut annotations = Annotations::default();
                annotations.ids("rests-on", &factor.statement_ids);
                lines.push(self.entry(&[&factor.text], annotations, &factor.marking, &factor.id));
            }
            let kind = run[0].kind();
            let name =
                FACTORS.iter().find(|(_, known)| *known == kind).map_or(FACTORS[0].0, |(name, _)| name);
            self.fence(name, &lines);
        }
    }

    fn listed_changes(&mut self) {
        let listed = std::mem::take(&mut self.changes.listed);
        let mut lines = Vec::new();
        for change in listed {
            let mut annotations = Annotations::default();
            if self.last_section == self.floor {
                add_change(&mut annotations, change, self.floor, None);
            } else {
                let marking = effective(&change.marking, self.floor).to_owned();
                add_change(&mut annotations, &Change { marking, ..change.clone() }, "", None);
            }
            lines.push(joined(&[&self.changes.subject(change), &annotations.written()]));
        }
        self.fence("changes", &lines);
    }
}
