//! Edition to flow: the parts of a brief in reading order, each with its structure elements.

mod annexes;
mod composer;
mod figures;
mod front;
mod judgments;
mod lists;
mod plan;
mod prose;
mod sections;
mod sources;
mod styles;
mod tables;
mod words;

use crate::compose::composer::Composer;
use crate::compose::plan::{Part, PartKind, Plan};
use crate::document::OutlineEntry;
use crate::flow::Flow;
use crate::tags::{Role, TagId};
use crate::text::Typesetter;
use crate::{Edition, Warning};

/// Composes an edition in format FULL.
pub(crate) fn compose(edition: &Edition, typesetter: &mut Typesetter) -> (Flow, Vec<Warning>) {
    let mut plan = Plan::new(edition.content);
    let mut composer = Composer::new(edition, &mut plan, typesetter);
    composer.furniture();
    composer.front(&plan.parts);
    // The elements that are open, one a level: sections nest as their headings do.
    let mut open: Vec<TagId> = vec![composer.flow.tags.root()];
    for part in &plan.parts {
        let level = usize::from(part.level).min(open.len());
        open.truncate(level);
        let above = open[level - 1];
        let sect = composer.tag(above, Role::Sect);
        open.push(sect);
        composer.part(sect, part, u8::try_from(level).unwrap_or(6));
    }
    let warnings = composer.warnings();
    (composer.flow, warnings)
}

impl Composer<'_> {
    fn part(&mut self, sect: TagId, part: &Part, level: u8) {
        let (role, kind) = (Role::H(level), styles::heading(level));
        let mut heading = if part.is_own() {
            self.own_line(sect, role, kind, part.title)
        } else {
            self.line(sect, role, kind, part.title)
        };
        heading.before = styles::above_heading(level);
        heading.after = crate::units::Length::pt(4);
        heading.keep_with_next = true;
        heading.keep_together = true;
        heading.anchors.push(part.anchor);
        self.flow.outline.push(OutlineEntry { level, title: part.title.to_owned(), anchor: part.anchor });
        self.push(heading);
        match part.kind {
            PartKind::BottomLine => self.bottom_line(sect),
            PartKind::KeyJudgments => self.key_judgments(sect),
            PartKind::Changes => self.changes(sect),
            PartKind::Section(section) => self.section(sect, section),
            PartKind::Factors => self.factors(sect),
            PartKind::Scenarios => self.scenarios(sect),
            PartKind::Indicators => self.indicators(sect),
            PartKind::Assumptions => self.assumptions(sect),
            PartKind::Gaps => self.gaps(sect),
            PartKind::Dissents => self.dissents(sect),
            PartKind::Actors => self.actors(sect),
            PartKind::Relationships => self.relationships(sect),
            PartKind::Timeline => self.timeline(sect),
            PartKind::Sources => self.sources(sect),
            PartKind::About => self.about(sect),
        }
    }
}
