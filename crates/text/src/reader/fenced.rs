//! Entries of fenced blocks.

use chancery_proto::brief::v1::{
    Assumption, BriefContent, Change, DatePrecision, Dissent, Event, Factor, FactorKind, Indicator,
    InformationGap, PloverType, Relationship, RelationshipPolarity, RelationshipStatus, Scenario,
};
use chancery_proto::lookalikes::{described, in_ascii};

use super::annotations::Annotations;
use super::changes::ChangedPart;
use super::lowering::{LocatedChange, Lowering};
use super::part_fields::own_id;
use crate::code;
use crate::defaults;
use crate::diagnostics::Diagnostic;
use crate::paths::PathNode;
use crate::range::Spanned;
use crate::syntax::parts::Parts;
use crate::syntax::tree::{Element, ElementKind};

/// The date column of an event without a date.
pub(crate) const UNDATED: &str = "undated";

/// Kinds of fenced blocks with factors.
pub(crate) const FACTORS: [(&str, FactorKind); 5] = [
    ("drivers", FactorKind::Driver),
    ("constraints", FactorKind::Constraint),
    ("implications-regional", FactorKind::ImplicationRegional),
    ("implications-global", FactorKind::ImplicationGlobal),
    ("outlook", FactorKind::Outlook),
];

/// An entry while it is read.
struct Entry<'p> {
    parts: &'p Parts,
    annotations: Annotations,
    node: PathNode,
    id: String,
    marking: String,
    columns: std::slice::Iter<'p, Spanned>,
}

impl Entry<'_> {
    /// Returns the text of the next column.
    fn column(&mut self, field: &'static str) -> String {
        let column = self.columns.next().cloned().unwrap_or_default();
        let range = if column.range.end == 0 { self.parts.range } else { column.range };
        self.node.set(field, range);
        column.text
    }
}

impl Lowering<'_> {
    /// Reads the entries of the fenced blocks, except changes. Those of a block below a marked heading have its marking, unless
    /// they have their own.
    pub(super) fn fenced(&mut self, elements: &[Element], content: &mut BriefContent, root: &mut PathNode) {
        for (kind, entries, enclosing) in blocks(elements) {
            for parts in entries {
                match enclosing.as_ref().filter(|_| written_marking(parts).is_none()) {
                    Some(marking) => {
                        let marked = Parts { marking: Some(marking.clone()), ..parts.clone() };
                        self.entry(kind, &marked, content, root);
                    }
                    None => self.entry(kind, parts, content, root),
                }
            }
        }
    }

    fn entry(&mut self, kind: &str, parts: &Parts, content: &mut BriefContent, root: &mut PathNode) {
        let list = |root: &mut PathNode, field, node: PathNode| {
            let range = node.range();
            root.field(field, range).push(node);
        };
        match kind {
            "events" => {
                let (event, node) = self.event(parts);
                content.events.push(event);
                list(root, "events", node);
            }
            "relationships" => {
                let (relationship, node) = self.relationship(parts);
                content.relationships.push(relationship);
                list(root, "relationships", node);
            }
            "scenarios" => {
                let (scenario, node) = self.scenario(parts);
                content.scenarios.push(scenario);
                list(root, "scenarios", node);
            }
            "indicators" => {
                let mut entry = self.open(parts, "an indicator", "INDICATOR", 1..=1);
                let text = entry.column("text");
                let meaning =
                    entry.annotations.take_text("meaning", "meaning", &mut entry.node, self.diagnostics);
                let statement_ids = self.rests_on(&mut entry);
                let (id, marking, node) = self.close(entry);
                content.indicators.push(Indicator { id, text, meaning, statement_ids, marking });
                list(root, "indicators", node);
            }
            "assumptions" => {
                let mut entry = self.open(parts, "an assumption", "ASSUMPTION", 1..=1);
                let text = entry.column("text");
                let if_wrong =
                    entry.annotations.take_text("if-wrong", "if_wrong", &mut entry.node, self.diagnostics);
                let statement_ids = self.rests_on(&mut entry);
                let (id, marking, node) = self.close(entry);
                content.assumptions.push(Assumption { id, text, if_wrong, statement_ids, marking });
                list(root, "assumptions", node);
            }
            "information-gaps" => {
                let mut entry = self.open(parts, "an information gap", "GAP", 1..=1);
                let text = entry.column("text");
                let (id, marking, node) = self.close(entry);
                content.information_gaps.push(InformationGap { id, text, marking });
                list(root, "information_gaps", node);
            }
            "dissents" => {
                let mut entry = self.open(parts, "a dissent", "VIEW", 1..=1);
                let text = entry.column("text");
                let holder =
                    entry.annotations.take_text("holder", "holder", &mut entry.node, self.diagnostics);
                let statement_ids = self.rests_on(&mut entry);
                let (id, marking, node) = self.close(entry);
                content.dissents.push(Dissent { id, text, holder, statement_ids, marking });
                list(root, "dissents", node);
            }
            _ => {
                let Some((_, factor)) = FACTORS.iter().find(|(name, _)| *name == kind) else { return };
                let mut entry = self.open(parts, "a factor", "FACTOR", 1..=1);
                let text = entry.column("text");
                let statement_ids = self.rests_on(&mut entry);
                let (id, marking, node) = self.close(entry);
                content.factors.push(Factor { id, kind: (*factor).into(), text, statement_ids, marking });
                list(root, "factors", node);
            }
        }
    }

    fn open<'p>(
        &mut self,
        parts: &'p Parts,
        place: &'static str,
        form: &str,
        columns: std::ops::RangeInclusive<usize>,
    ) -> Entry<'p> {
        let mut node = PathNode::new(parts.range);
        let mut annotations = Annotations::new(parts.items.clone(), place, self.diagnostics);
        let id = own_id(parts, &mut node);
        let marking = self.part_marking(parts, &mut annotations, &mut node);
        self.refuse_citations(parts, "an event has `sources: …`, others rest on statements");
        if !columns.contains(&parts.columns.len()) {
            let message = format!(
                "expected the columns `{form}`, with ` | ` between them and \\| for a bar in a text; number of columns: {}",
                parts.columns.len()
            );
            self.diagnostics.error(code::WRONG_COLUMNS, parts.range, message);
        }
        Entry { parts, annotations, node, id, marking, columns: parts.columns.iter() }
    }

    fn rests_on(&mut self, entry: &mut Entry<'_>) -> Vec<String> {
        entry.annotations.take_ids("rests-on", "statement_ids", &mut entry.node, self.diagnostics)
    }

    /// Reports what is unknown, and returns id, marking and ranges.
    fn close(&mut self, mut entry: Entry<'_>) -> (String, String, PathNode) {
        self.own_change(ChangedPart::Other(&entry.id), &mut entry.annotations, &entry.node);
        entry.annotations.finish(self.diagnostics);
        (entry.id, entry.marking, entry.node)
    }

    fn event(&mut self, parts: &Parts) -> (Event, PathNode) {
        let mut entry = self.open(parts, "an event", "DATE | TITLE", 2..=2);
        let mut event =
            Event { date: entry.column("date"), title: entry.column("title"), ..Event::default() };
        if event.date == UNDATED {
            event.date.clear();
        }
        let statement_ids = self.rests_on(&mut entry);
        let Entry { annotations, node, .. } = &mut entry;
        let diagnostics = &mut *self.diagnostics;
        let precision = annotations.take_word::<DatePrecision>("precision", "precision", node, diagnostics);
        event.precision = precision.unwrap_or_else(|| defaults::precision(&event.date).into());
        let kind = annotations.take_word::<PloverType>("type", "type", node, diagnostics);
        event.r#type = kind.unwrap_or_default();
        event.actor_ids = annotations.take_ids("actors", "actor_ids", node, diagnostics);
        event.place_ids = annotations.take_ids("places", "place_ids", node, diagnostics);
        event.statement_ids = statement_ids;
        event.source_ids = annotations.take_ids("sources", "source_ids", node, diagnostics);
        event.note = annotations.take_text("note", "note", node, diagnostics);
        let (id, marking, node) = self.close(entry);
        (Event { id, marking, ..event }, node)
    }

    fn relationship(&mut self, parts: &Parts) -> (Relationship, PathNode) {
        let mut entry = self.open(parts, "a relationship", "FROM | TYPE | TO", 3..=3);
        let from_id = entry.column("from_id");
        let r#type = entry.column("type");
        let to_id = entry.column("to_id");
        let mut relationship = Relationship { from_id, r#type, to_id, ..Relationship::default() };
        relationship.statement_ids = self.rests_on(&mut entry);
        relationship.period = self.period(&mut entry.annotations, &mut entry.node);
        let Entry { annotations, node, .. } = &mut entry;
        let diagnostics = &mut *self.diagnostics;
        relationship.symmetric = annotations.take_flag("symmetric", diagnostics);
        let status = annotations.take_word::<RelationshipStatus>("status", "status", node, diagnostics);
        relationship.status = status.unwrap_or(RelationshipStatus::Active.into());
        let polarity =
            annotations.take_word::<RelationshipPolarity>("polarity", "polarity", node, diagnostics);
        relationship.polarity = polarity.unwrap_or_default();
        relationship.label = annotations.take_text("label", "label", node, diagnostics);
        relationship.item = annotations.take_text("item", "item", node, diagnostics);
        relationship.domain = annotations.take_text("domain", "domain", node, diagnostics);
        relationship.place_id = annotations.take_text("place", "place_id", node, diagnostics);
        relationship.note = annotations.take_text("note", "note", node, diagnostics);
        let (id, marking, node) = self.close(entry);
        (Relationship { id, marking, ..relationship }, node)
    }

    fn scenario(&mut self, parts: &Parts) -> (Scenario, PathNode) {
        let mut entry = self.open(parts, "a scenario", "70% | TITLE | TEXT", 2..=3);
        let percent = entry.column("percent");
        let title = entry.column("title");
        let text = entry.column("text");
        let percent = self.percent(&percent, parts);
        let statement_ids = self.rests_on(&mut entry);
        let Entry { annotations, node, .. } = &mut entry;
        let set = annotations.take_text("set", "set", node, self.diagnostics);
        let indicator_ids = annotations.take_ids("indicators", "indicator_ids", node, self.diagnostics);
        let (id, marking, node) = self.close(entry);
        (Scenario { id, set, title, text, percent, statement_ids, indicator_ids, marking }, node)
    }

    fn percent(&mut self, written: &str, parts: &Parts) -> u32 {
        let digits = written.strip_suffix('%').unwrap_or(written).trim();
        let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let Some(percent) = is_number.then(|| digits.parse().ok()).flatten() else {
            let range = parts.columns.first().map_or(parts.range, |column| column.range);
            let ascii = in_ascii(written).filter(|ascii| ascii.bytes().any(|byte| byte.is_ascii_digit()));
            let ascii = ascii.map(|ascii| format!("{}%", ascii.replace('%', "").trim()));
            let remedy = match &ascii {
                Some(ascii) => format!("it contains {}: write {ascii}", described(written)),
                None => "the columns are `70% | TITLE | TEXT`, the first one a whole number".to_owned(),
            };
            let error = Diagnostic::error(
                code::INVALID_VALUE,
                range,
                format!("{written:?} is no percentage: {remedy}"),
            );
            self.diagnostics.push(match ascii {
                Some(ascii) => error.with_fix(range, ascii),
                None => error,
            });
            return 0;
        };
        percent
    }

    /// Reads the entries of blocks `changes`. `is_statement` and `is_part` tell the kinds of ids of this content apart.
    pub(super) fn listed_changes(
        &mut self,
        elements: &[Element],
        is_other_part: impl Fn(&str) -> bool,
    ) -> Vec<LocatedChange> {
        let mut changes = Vec::new();
        for (_, entries, enclosing) in blocks(elements).filter(|(kind, ..)| *kind == "changes") {
            for parts in entries {
                let listed = self.listed_change(parts, &is_other_part);
                changes.extend(listed.map(|(mut change, mut node)| {
                    if let Some(marking) = enclosing.as_ref().filter(|_| change.marking.is_empty()) {
                        change.marking = self.label(marking);
                        node.set("marking", marking.range);
                    }
                    (change, node)
                }));
            }
        }
        changes
    }

    fn listed_change(
        &mut self,
        parts: &Parts,
        is_other_part: &impl Fn(&str) -> bool,
    ) -> Option<(Change, PathNode)> {
        let mut entry = self.open(parts, "a change", "PART-ID", 1..=1);
        let subject = entry.column("statement_id");
        let subject: Vec<&str> = subject.split_whitespace().collect();
        let part = match subject.as_slice() {
            ["part", id] => ChangedPart::Other(id),
            [id] if is_other_part(id) => ChangedPart::Other(id),
            ["statement", id] | [id] => ChangedPart::Statement(id),
            _ => {
                let message = "expected the id of the part that changed, then `{!KIND: why}`";
                self.diagnostics.error(code::INVALID_VALUE, parts.range, message);
                return None;
            }
        };
        let column = parts.columns.first().map_or(parts.range, |column| column.range);
        let change = self.change(part, &mut entry.annotations, &entry.node, true);
        let written_marking = std::mem::take(&mut entry.marking);
        entry.annotations.finish(self.diagnostics);
        let (mut change, mut node) = change?;
        if change.marking.is_empty() {
            change.marking = written_marking;
        }
        node.set("statement_id", column);
        node.set("part_id", column);
        Some((change, node))
    }
}

/// Returns the kind and the entries of each fenced block, with the marking of the headings above it.
fn blocks(elements: &[Element]) -> impl Iterator<Item = (&str, &[Parts], Option<Spanned>)> {
    let mut open: Vec<(usize, Option<Spanned>)> = Vec::new();
    elements.iter().filter_map(move |element| match &element.kind {
        ElementKind::Heading { level, title } => {
            open.retain(|(above, _)| above < level);
            open.push((*level, written_marking(title)));
            None
        }
        ElementKind::Fenced { kind, entries } => {
            let enclosing = open.iter().rev().find_map(|(_, marking)| marking.clone());
            Some((kind.text.as_str(), entries.as_slice(), enclosing))
        }
        _ => None,
    })
}

/// Returns the marking that a line has, before its text or as an annotation.
fn written_marking(parts: &Parts) -> Option<Spanned> {
    let annotation = || {
        let item = parts.items.iter().find(|item| item.head.text == "marking")?;
        item.value.as_ref().map(|value| Spanned::new(&*value.text, value.range))
    };
    parts.marking.clone().or_else(annotation)
}
