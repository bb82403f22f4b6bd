//! Composes an edition into a flow: the parts of a brief in reading order, with their structure elements.

mod about;
mod abridgement;
mod addresses;
mod annexes;
mod annotations;
pub(crate) mod attached_images;
mod axis;
mod basis;
mod blank_texts;
mod caption_numbers;
mod captions;
mod change_annex;
mod change_ledger;
mod changes;
mod composer;
mod content_facts;
mod contents;
mod coverage_runs;
mod data_tables;
pub(crate) mod dates;
mod evidence;
mod evidence_line;
mod figure_notes;
mod figures;
mod forecasts;
mod inherited_markings;
mod judgment_basis;
mod judgment_changes;
mod judgment_dissents;
mod judgment_notes;
mod judgment_table;
mod labels;
pub(crate) mod lexicon;
mod likelihood_table;
mod lists;
mod margin;
mod margin_fit;
mod marked_names;
mod numerals;
mod one_page;
mod opening;
mod opening_words;
mod paragraph_evidence;
mod part_links;
mod part_names;
mod plan;
pub(crate) mod prior_revision;
mod scale_cells;
mod scenarios;
mod sections;
mod sentence_ends;
mod signs;
mod single_figure;
mod source_names;
mod sources;
pub(crate) mod statements;
pub(crate) mod stylesheet;
mod table_notes;
mod tables;
mod templates;
mod text_origin;
mod theme;
pub(crate) mod title_block;
mod trends;

use chancery_proto::brief::v1::{Block as ContentBlock, Section};

pub(crate) use crate::compose::abridgement::Abridgement;
use crate::compose::composer::Composer;
#[cfg(test)]
pub(crate) use crate::compose::figures::sketch::{TALLEST, WIDTH};
use crate::compose::figures::timeline::forms::Timelines;
use crate::compose::lexicon::Lexicon;
use crate::compose::plan::{Part, PartKind, Plan};
use crate::compose::scenarios::RowSpacing;
use crate::document_info::OutlineEntry;
use crate::flow::{Block, Flow, Grid, Span};
use crate::images::PreparedImages;
use crate::tags::{Role, TagId};
use crate::text::Typesetter;
use crate::units::Length;
use crate::{Edition, Format, Limits, Locale, Options, PrintError, TextSize, Warning};

/// Composes an edition. `abridgement` applies to the one-page format only.
pub(crate) fn compose(
    edition: &Edition,
    options: &Options,
    abridgement: Abridgement,
    limits: &Limits,
    typesetter: &mut Typesetter,
) -> Result<(Flow, Vec<Warning>), PrintError> {
    theme::check(options)?;
    let words = lexicon_of(edition, options);
    let mut timelines = Timelines::default();
    let tabulates_events = |sections: &[&Section]| {
        let is_large = options.text_size == TextSize::Large;
        timelines = Timelines::of(sections, edition.content, is_large, words, typesetter);
        timelines.is_any_tabulated()
    };
    let mut plan = Plan::new(edition, options, words.labels(), words.digits_converter(), tabulates_events)?;
    let mut composer = Composer::new(edition, options, words, &mut plan, typesetter);
    composer.images = PreparedImages::new(*limits);
    composer.timelines = timelines;
    composer.running_elements();
    if options.format == Format::OnePage {
        let overflows = composer.page_overflows();
        if !overflows.is_empty() {
            return Err(PrintError::PageOverfull { overflows });
        }
        composer.abridgement = abridgement;
        composer.one_page(&plan.parts);
        return finished(composer);
    }
    composer.opening(&plan.parts);
    // Open sections, one per level: they nest like their headings.
    let mut open: Vec<TagId> = vec![composer.flow.tags.root()];
    let (opening, rest): (Vec<&Part>, Vec<&Part>) =
        plan.parts.iter().partition(|part| part.kind.is_in_opening());
    let in_title = |part: &&&Part| matches!(part.kind, PartKind::BottomLine | PartKind::KeyJudgments);
    for (index, part) in opening.iter().filter(|part| !in_title(part)).enumerate() {
        if index == 0 {
            composer.flow.blocks.push(Block::PageBreakUnlessFresh);
        }
        composer.open_part(&mut open, part);
    }
    composer.end_opening(opening.is_empty());
    for part in rest {
        composer.open_part(&mut open, part);
    }
    finished(composer)
}

/// A figure or table by itself.
pub(crate) struct SingleFigure {
    pub(crate) flow: Flow,
    /// Width of the columns that it spans.
    pub(crate) width: Length,
    pub(crate) warnings: Vec<Warning>,
}

/// Composes one figure or table of a section by itself, without references to the rest of the brief. Returns `None` if
/// it has no data.
pub(crate) fn compose_figure(
    edition: &Edition,
    options: &Options,
    (section, block): (&Section, &ContentBlock),
    typesetter: &mut Typesetter,
) -> Result<Option<SingleFigure>, PrintError> {
    theme::check(options)?;
    let words = lexicon_of(edition, options);
    let is_tabulated = |_: &[&Section]| false;
    let mut plan = Plan::new(edition, options, words.labels(), words.digits_converter(), is_tabulated)?;
    let mut composer = Composer::new(edition, options, words, &mut plan, typesetter);
    composer.moved_trends = None;
    composer.running_elements();
    let Some(width) = composer.single_figure(section, block) else { return Ok(None) };
    let (flow, warnings) = finished(composer)?;
    Ok(Some(SingleFigure { flow, width, warnings }))
}

/// Returns the words of the locale that the options name, or else of the brief's language if the printer has them.
fn lexicon_of(edition: &Edition, options: &Options) -> Lexicon {
    let language = &edition.content.language;
    let locale = options.locale.or_else(|| Locale::of(language)).unwrap_or(Locale::English);
    let page = crate::text::languages::is_right_to_left(language);
    Lexicon::new(locale, options.likelihood).with_dates_of(language).on_page(page)
}

fn finished(mut composer: Composer) -> Result<(Flow, Vec<Warning>), PrintError> {
    if let Some(refused) = composer.images.take_error() {
        return Err(refused);
    }
    composer.running_sections();
    let warnings = composer.warnings();
    let accent = composer.options.theme.accent;
    let mut flow = composer.flow;
    if let Some(accent) = accent {
        theme::recolor(&mut flow, accent);
    }
    Ok((flow, warnings))
}

impl Composer<'_> {
    /// Ends the opening, whose page the body begins unless it would leave most of it blank; below a title without any
    /// other part the body begins in any case.
    fn end_opening(&mut self, is_title_only: bool) {
        // Page references to later pages need an opening of its own pages. Those of the contents are filled in last.
        if !self.flow.page_lists.is_empty() {
            self.flow.opening_end = Some(self.flow.blocks.len());
            return self.flow.blocks.push(Block::PageBreak);
        }
        self.flow.opening_end = Some(0);
        if !is_title_only {
            self.flow.blocks.push(Block::PageBreakUnlessFresh);
        }
    }

    /// Adds a part under its section element, inside the open sections of higher levels.
    fn open_part(&mut self, open: &mut Vec<TagId>, part: &Part) {
        let level = usize::from(part.level).min(open.len());
        open.truncate(level);
        let above = open[level - 1];
        let sect = self.tag(above, Role::Sect);
        open.push(sect);
        self.part(sect, part, u8::try_from(level).unwrap_or(6));
    }

    /// Returns whether a part is the first that refers to pages before it: the first section, whose margin refers to
    /// the changes, the annex on the basis of statements, and the sources.
    fn refers_back(&mut self, part: &Part) -> bool {
        match part.kind {
            PartKind::Section(_) => !std::mem::replace(&mut self.in_body, true),
            PartKind::Basis | PartKind::Sources => true,
            _ => false,
        }
    }

    fn part(&mut self, sect: TagId, part: &Part, level: u8) {
        self.begin_part(part.section_id());
        if self.refers_back(part) {
            self.flow.blocks.push(Block::CommitPages);
        }
        let (own, above) = match part.kind {
            PartKind::Indicators if level > 1 => (stylesheet::SUBPART_HEADING, stylesheet::ABOVE_SUBPART),
            kind if kind.is_in_opening() => (stylesheet::PART_HEADING, opening::ABOVE_HEADING),
            _ if part.is_own() && level == 1 => (stylesheet::PART_HEADING, stylesheet::above_heading(1)),
            _ => (stylesheet::heading(level), stylesheet::above_heading(level)),
        };
        let (role, kind) = (Role::H(level), own);
        let mut heading = if part.is_own() {
            self.label_line(sect, role, kind, &part.title)
        } else {
            self.line(sect, role, kind, &part.title)
        };
        heading.before = above;
        if part.kind.is_in_opening() {
            heading.grid = Grid::Free;
        }
        heading.after = Length::pt(4);
        heading.span = if part.is_own() { Span::Full } else { Span::Main };
        heading.keep_with_next = true;
        heading.keep_together = true;
        heading.anchors.push(part.anchor);
        let title = self.visible_name("heading", &part.title, "\u{2026}").into_owned();
        self.flow.outline.push(OutlineEntry { level, title, anchor: part.anchor });
        self.push(heading);
        match part.kind {
            // The opening has the first two, and the annexes are parts of their own.
            PartKind::BottomLine | PartKind::KeyJudgments | PartKind::Annexes => {}
            PartKind::Trends => self.trends(sect),
            PartKind::Changes => self.changes(sect),
            PartKind::Forecasts => self.forecasts(sect),
            PartKind::Basis => self.basis(sect),
            PartKind::AllChanges => self.all_changes(sect),
            PartKind::Section(section) => self.section(sect, section),
            PartKind::Factors => self.factors(sect),
            PartKind::Scenarios => self.scenarios(sect, RowSpacing::Even),
            PartKind::Indicators => self.indicators(sect, RowSpacing::Even),
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
