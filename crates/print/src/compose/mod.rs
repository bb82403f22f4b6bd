//! Edition to flow: the parts of a brief in reading order, each with its structure elements.

mod annexes;
mod changes;
mod composer;
mod date_words;
mod figures;
mod front;
mod judgments;
mod labels;
mod lists;
mod one_page;
mod part_names;
mod pictures;
mod plan;
mod prose;
mod said;
mod sections;
mod sources;
mod styles;
mod tables;
mod theme;
mod words;

use crate::compose::composer::Composer;
pub(crate) use crate::compose::one_page::Density;
pub use crate::compose::pictures::ImageProblem;
use crate::compose::pictures::Pictures;
pub(crate) use crate::compose::plan::UnknownSection;
use crate::compose::plan::{Part, PartKind, Plan};
pub use crate::compose::theme::ThemeError;
use crate::compose::words::Lexicon;
use crate::document::OutlineEntry;
use crate::flow::Flow;
use crate::tags::{Role, TagId};
use crate::text::Typesetter;
use crate::{Edition, Format, Limits, Locale, Options, Overflow, PrintError, Warning};

/// Why an edition cannot be composed as it is asked for.
pub(crate) enum ComposeError {
    UnknownSection(UnknownSection),
    Overflows(Vec<Overflow>),
    Refused(PrintError),
}

impl From<UnknownSection> for ComposeError {
    fn from(error: UnknownSection) -> Self {
        Self::UnknownSection(error)
    }
}

/// Composes an edition. The density is that of one page; the longer formats have one of their own.
pub(crate) fn compose(
    edition: &Edition,
    options: &Options,
    density: Density,
    limits: &Limits,
    typesetter: &mut Typesetter,
) -> Result<(Flow, Vec<Warning>), ComposeError> {
    let locale = options.locale.or_else(|| Locale::of(&edition.content.language)).unwrap_or(Locale::English);
    let words = Lexicon::new(locale, options.likelihood);
    theme::check(options).map_err(ComposeError::Refused)?;
    let mut plan = Plan::new(edition, options, words.labels())?;
    let mut composer = Composer::new(edition, options, words, &mut plan, typesetter);
    composer.pictures = Pictures::new(*limits);
    composer.furniture();
    if options.format == Format::OnePage {
        let overflows = composer.page_overflows();
        if !overflows.is_empty() {
            return Err(ComposeError::Overflows(overflows));
        }
        composer.one_page(&plan.parts, density);
        return finished(composer);
    }
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
    finished(composer)
}

fn finished(mut composer: Composer) -> Result<(Flow, Vec<Warning>), ComposeError> {
    if let Some(refused) = composer.pictures.refused() {
        return Err(ComposeError::Refused(refused));
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
        let (role, kind) = (Role::H(level), styles::heading(level));
        let mut heading = if part.is_own() {
            self.own_line(sect, role, kind, &part.title)
        } else {
            self.line(sect, role, kind, &part.title)
        };
        heading.before = styles::above_heading(level);
        heading.after = crate::units::Length::pt(4);
        heading.keep_with_next = true;
        heading.keep_together = true;
        heading.anchors.push(part.anchor);
        self.flow.outline.push(OutlineEntry { level, title: part.title.to_string(), anchor: part.anchor });
        self.push(heading);
        match part.kind {
            PartKind::BottomLine => self.bottom_line(sect),
            PartKind::KeyJudgments => self.key_judgments(sect),
            PartKind::Changes => self.changes(sect),
            // One page alone has them as a part of their own.
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
