//! Composes an edition into a flow: the parts of a brief in reading order, with their structure elements.

mod addresses;
mod annexes;
pub(crate) mod attached_images;
mod changes;
mod composer;
mod coverage_runs;
pub(crate) mod edtf_dates;
mod figures;
pub(crate) mod key_judgments;
mod labels;
pub(crate) mod lexicon;
mod lists;
mod one_page;
mod part_names;
mod plan;
pub(crate) mod prior_revision;
mod sections;
mod sources;
pub(crate) mod statements;
pub(crate) mod stylesheet;
mod tables;
mod text_origin;
mod theme;
pub(crate) mod title_block;

use crate::compose::composer::Composer;
#[cfg(test)]
pub(crate) use crate::compose::figures::sketch::{TALLEST, WIDTH};
use crate::compose::lexicon::Lexicon;
pub(crate) use crate::compose::one_page::Density;
use crate::compose::plan::{Part, PartKind, Plan};
use crate::document_info::OutlineEntry;
use crate::flow::Flow;
use crate::images::PreparedImages;
use crate::tags::{Role, TagId};
use crate::text::Typesetter;
use crate::units::Length;
use crate::{Edition, Format, Limits, Locale, Options, PrintError, Warning};

/// Composes an edition. `density` applies to the one-page format only.
pub(crate) fn compose(
    edition: &Edition,
    options: &Options,
    density: Density,
    limits: &Limits,
    typesetter: &mut Typesetter,
) -> Result<(Flow, Vec<Warning>), PrintError> {
    let locale = options.locale.or_else(|| Locale::of(&edition.content.language)).unwrap_or(Locale::English);
    let words = Lexicon::new(locale, options.likelihood);
    theme::check(options)?;
    let mut plan = Plan::new(edition, options, words.labels())?;
    let mut composer = Composer::new(edition, options, words, &mut plan, typesetter);
    composer.images = PreparedImages::new(*limits);
    composer.running_elements();
    if options.format == Format::OnePage {
        let overflows = composer.page_overflows();
        if !overflows.is_empty() {
            return Err(PrintError::PageOverfull { overflows });
        }
        composer.one_page(&plan.parts, density);
        return finished(composer);
    }
    composer.front(&plan.parts);
    // Open sections, one per level: they nest like their headings.
    let mut open: Vec<TagId> = vec![composer.flow.tags.root()];
    for part in &plan.parts {
        let level = usize::from(part.level).min(open.len());
        open.truncate(level);
        let above = open[level - 1];
        let sect = composer.tag(above, Role::Sect);
        open.push(sect);
        composer.part(sect, part, u8::try_from(level).unwrap_or(6));
    }
    finished(composer)
}

fn finished(mut composer: Composer) -> Result<(Flow, Vec<Warning>), PrintError> {
    if let Some(refused) = composer.images.take_error() {
        return Err(refused);
    }
    let warnings = composer.warnings();
    let accent = composer.options.theme.accent;
    let mut flow = composer.flow;
    if let Some(accent) = accent {
        theme::recolor(&mut flow, accent);
    }
    Ok((flow, warnings))
}

impl Composer<'_> {
    fn part(&mut self, sect: TagId, part: &Part, level: u8) {
        self.begin_part(part.section_id());
        let (role, kind) = (Role::H(level), stylesheet::heading(level));
        let mut heading = if part.is_own() {
            self.label_line(sect, role, kind, &part.title)
        } else {
            self.line(sect, role, kind, &part.title)
        };
        heading.before = stylesheet::above_heading(level);
        heading.after = Length::pt(4);
        heading.keep_with_next = true;
        heading.keep_together = true;
        heading.anchors.push(part.anchor);
        self.flow.outline.push(OutlineEntry { level, title: part.title.to_string(), anchor: part.anchor });
        self.push(heading);
        match part.kind {
            PartKind::BottomLine => self.bottom_line(sect),
            PartKind::KeyJudgments => self.key_judgments(sect),
            PartKind::Changes => self.changes(sect),
            // Only the one-page format has trends as a part.
            PartKind::Trends => self.page_trends(sect, true),
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
