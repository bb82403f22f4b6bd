//! Plan of the printed parts in order, the common basis of headings, contents, outline and destinations.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::{BriefContent, FigureKind, List, Section, Statement, block::Kind};

use crate::compose::content_facts;
use crate::compose::labels::{Labels, filled};
use crate::compose::trends::MovedFigure;
use crate::error::PrintError;
use crate::tags::AnchorId;
use crate::{Edition, Format, Options};

/// A part of the print with a heading.
pub(crate) struct Part<'a> {
    /// Heading level, 1 for the top.
    pub(crate) level: u8,
    pub(crate) title: Cow<'a, str>,
    pub(crate) anchor: AnchorId,
    pub(crate) kind: PartKind<'a>,
}

#[derive(Clone, Copy)]
pub(crate) enum PartKind<'a> {
    BottomLine,
    KeyJudgments,
    Changes,
    Trends,
    Forecasts,
    Section(&'a Section),
    Factors,
    Scenarios,
    Indicators,
    Assumptions,
    Gaps,
    Dissents,
    Basis,
    /// The heading of the annexes that follow.
    Annexes,
    Actors,
    Relationships,
    Timeline,
    AllChanges,
    Sources,
    About,
}

impl PartKind<'_> {
    /// Returns whether a part is in the opening, whose pages are set last.
    pub(crate) const fn is_in_opening(self) -> bool {
        matches!(
            self,
            Self::BottomLine
                | Self::KeyJudgments
                | Self::Changes
                | Self::Trends
                | Self::Forecasts
                | Self::Scenarios
                | Self::Indicators
        )
    }
}

impl Part<'_> {
    /// Returns whether its title is the printer's and not the author's.
    pub(crate) const fn is_own(&self) -> bool {
        !matches!(self.kind, PartKind::Section(_))
    }

    /// Returns the id of its section; empty for other parts.
    pub(crate) fn section_id(&self) -> &str {
        if let PartKind::Section(section) = self.kind { &section.id } else { "" }
    }
}

/// The printed parts and all destinations of a brief.
pub(crate) struct Plan<'a> {
    pub(crate) parts: Vec<Part<'a>>,
    /// The selected top-level sections.
    pub(crate) sections: Vec<&'a Section>,
    /// Anchors by content id. Names of generated parts contain a full stop, which content ids must not. Parts that are
    /// not printed have no anchor.
    pub(crate) anchors: BTreeMap<String, AnchorId>,
    pub(crate) anchor_names: Vec<String>,
    /// Numbers of the sources.
    pub(crate) numbers: BTreeMap<String, usize>,
    format: Format,
    annexes: bool,
    /// Whether a section has the table of events, which the annexes do not repeat.
    has_table_of_events: bool,
    /// Whether a statement is printed.
    has_statements: bool,
}

impl<'a> Plan<'a> {
    /// Plans a print. `tabulates_events` returns whether any of the printed sections has the table of events.
    ///
    /// # Errors
    /// Returns [`PrintError::UnknownSection`] if the options select a section that the brief does not have.
    pub(crate) fn new(
        edition: &Edition<'a>,
        options: &Options,
        labels: &'static Labels,
        digits: fn(&str) -> String,
        tabulates_events: impl FnOnce(&[&'a Section]) -> bool,
    ) -> Result<Self, PrintError> {
        let content = edition.content;
        let sections = selected_sections(content, options.sections)?;
        let mut plan = Self {
            has_table_of_events: options.format != Format::OnePage && tabulates_events(&sections),
            parts: Vec::new(),
            sections,
            anchors: BTreeMap::new(),
            anchor_names: Vec::new(),
            numbers: BTreeMap::new(),
            format: options.format,
            annexes: options.annexes.unwrap_or(options.format == Format::Full),
            has_statements: false,
        };
        plan.numbers = plan.source_numbers(content);
        plan.front(edition, labels, digits);
        plan.predictions(content, labels);
        if plan.format != Format::OnePage {
            for section in plan.sections.clone() {
                plan.section(section, 1);
            }
            if plan.has_table_of_events {
                content.events.iter().for_each(|event| plan.anchor(&event.id));
            }
        }
        if plan.has_figure(FigureKind::ActorNetwork) {
            content.relationships.iter().for_each(|part| plan.anchor(&part.id));
        }
        plan.analysis(content, labels);
        plan.annexes(edition, labels);
        plan.back(content, labels);
        Ok(plan)
    }

    fn front(&mut self, edition: &Edition<'a>, labels: &'static Labels, digits: fn(&str) -> String) {
        let content = edition.content;
        if !content.bluf.is_empty() {
            self.part("part.bottom-line", labels.bottom_line, PartKind::BottomLine);
            self.statements(&content.bluf);
        }
        if !content.key_judgments.is_empty() {
            self.part("part.key-judgments", labels.key_judgments, PartKind::KeyJudgments);
            for judgment in &content.key_judgments {
                self.anchor(&judgment.id);
                self.statements(&judgment.statements);
            }
        }
        let compared = edition.combined_changes.is_some();
        // With a comparison the part is printed even without changes: "none" is the result that the reader requested.
        if compared || !content.changes.is_empty() || !content.change_summary.is_empty() {
            let title: Cow<'a, str> = match edition.earlier_number() {
                Some(number) => filled(labels.changed_since, &[&digits(&number.to_string())]).into(),
                None => labels.what_changed.into(),
            };
            self.part("part.changes", title, PartKind::Changes);
        }
    }

    /// Adds the parts about the future: trends, forecasts, scenarios and indicators. On a single page the trends are
    /// last.
    fn predictions(&mut self, content: &'a BriefContent, labels: &'static Labels) {
        let is_one_page = self.format == Format::OnePage;
        if !is_one_page && !content.domains.is_empty() && !self.has_trends_in_body() {
            self.part("part.trends", labels.page.trend_directions, PartKind::Trends);
        }
        if !is_one_page && content_facts::forecasts(content).next().is_some() {
            self.part("part.forecasts", labels.page.predictions, PartKind::Forecasts);
        }
        let ids = content.scenarios.iter().map(|part| &part.id);
        self.listed(ids, "part.scenarios", labels.scenarios, PartKind::Scenarios);
        let ids = content.indicators.iter().map(|part| &part.id);
        self.listed(ids, "part.indicators", labels.watch, PartKind::Indicators);
        // Scenarios refer to the indicators, which are a part of theirs.
        if let [.., Part { kind: PartKind::Scenarios, .. }, indicators] = self.parts.as_mut_slice()
            && matches!(indicators.kind, PartKind::Indicators)
        {
            indicators.level = 2;
        }
        if is_one_page && !content.domains.is_empty() {
            self.part("part.trends", labels.page.trend_directions, PartKind::Trends);
        }
    }

    /// Returns whether a figure of trends stays in its section, so that a part of their own would repeat them.
    fn has_trends_in_body(&self) -> bool {
        self.has_figure(FigureKind::DomainTrends) && MovedFigure::of(&self.sections).is_none()
    }

    /// Adds the analytic parts outside of sections.
    fn analysis(&mut self, content: &'a BriefContent, labels: &'static Labels) {
        if self.format == Format::Full {
            let ids = content.factors.iter().map(|part| &part.id);
            self.listed(ids, "part.factors", labels.factors, PartKind::Factors);
        }
        if self.format != Format::OnePage {
            let ids = content.assumptions.iter().map(|part| &part.id);
            self.listed(ids, "part.assumptions", labels.assumptions, PartKind::Assumptions);
            let ids = content.information_gaps.iter().map(|part| &part.id);
            self.listed(ids, "part.gaps", labels.gaps, PartKind::Gaps);
        }
        if self.format == Format::OnePage {
            return;
        }
        // Dissents on judgments are printed with the judgments.
        let ids = content.dissents.iter().map(|part| &part.id);
        ids.clone().for_each(|id| self.anchor(id));
        let elsewhere =
            content.dissents.iter().filter(|of| content_facts::disputed_judgment(content, of).is_none());
        self.listed(elsewhere.map(|part| &part.id), "part.dissents", labels.dissents, PartKind::Dissents);
    }

    fn annexes(&mut self, edition: &Edition<'a>, labels: &'static Labels) {
        let content = edition.content;
        if !self.annexes || self.format == Format::OnePage {
            return;
        }
        if self.has_statements {
            self.part("part.basis", labels.page.basis, PartKind::Basis);
        }
        let changes = edition.combined_changes.unwrap_or(&content.changes);
        // A relationship figure has all of them.
        let shown = self.has_figure(FigureKind::ActorNetwork);
        let relationships = if shown { &[][..] } else { content.relationships.as_slice() };
        let lists = [
            content.actors.is_empty(),
            relationships.is_empty(),
            content.events.is_empty() || self.has_table_of_events,
            changes.is_empty(),
        ];
        if lists.iter().all(|is_empty| *is_empty) {
            return;
        }
        self.part("part.annexes", labels.page.annexes, PartKind::Annexes);
        let first = self.parts.len();
        let ids = content.actors.iter().map(|part| &part.id);
        self.listed(ids, "part.actors", labels.annex_actors, PartKind::Actors);
        let ids = relationships.iter().map(|part| &part.id);
        self.listed(ids, "part.relationships", labels.annex_relationships, PartKind::Relationships);
        if !self.has_table_of_events {
            let ids = content.events.iter().map(|part| &part.id);
            self.listed(ids, "part.timeline", labels.annex_timeline, PartKind::Timeline);
        }
        if !changes.is_empty() {
            self.part("part.all-changes", labels.page.all_changes_heading, PartKind::AllChanges);
        }
        for part in &mut self.parts[first..] {
            part.level = 2;
        }
    }

    fn back(&mut self, content: &'a BriefContent, labels: &'static Labels) {
        if self.format != Format::OnePage {
            let numbered = |id: &&String| self.numbers.contains_key(id.as_str());
            let ids: Vec<&String> = content.sources.iter().map(|part| &part.id).filter(numbered).collect();
            self.listed(ids.into_iter(), "part.sources", labels.sources, PartKind::Sources);
        }
        if self.format == Format::Full {
            self.part("part.about", labels.about, PartKind::About);
        }
    }

    /// Adds a part made of elements with ids, unless there are none.
    fn listed<'i>(
        &mut self,
        ids: impl Iterator<Item = &'i String>,
        name: &str,
        title: &'a str,
        kind: PartKind<'a>,
    ) {
        let mut ids = ids.peekable();
        if ids.peek().is_some() {
            self.part(name, title, kind);
            ids.for_each(|id| self.anchor(id));
        }
    }

    fn part(&mut self, name: &str, title: impl Into<Cow<'a, str>>, kind: PartKind<'a>) {
        let anchor = self.add_anchor(name);
        self.parts.push(Part { level: 1, title: title.into(), anchor, kind });
    }

    fn section(&mut self, section: &'a Section, level: u8) {
        let anchor = self.add_anchor(&section.id);
        let title = Cow::Borrowed(section.heading.as_str());
        self.parts.push(Part { level, title, anchor, kind: PartKind::Section(section) });
        for block in &section.blocks {
            match &block.kind {
                Some(Kind::Paragraph(paragraph)) => self.statements(&paragraph.statements),
                Some(Kind::Callout(callout)) => self.statements(&callout.statements),
                Some(Kind::Quote(quote)) => self.statements(&quote.statements),
                Some(Kind::List(list)) => self.list(list),
                Some(Kind::Table(_) | Kind::Figure(_) | Kind::Withheld(_)) | None => {}
            }
        }
        for section in &section.sections {
            self.section(section, (level + 1).min(6));
        }
    }

    /// Returns whether a printed section has a figure of a kind.
    fn has_figure(&self, kind: FigureKind) -> bool {
        self.format != Format::OnePage && content_facts::figures(&self.sections, kind).next().is_some()
    }

    fn list(&mut self, list: &List) {
        for item in &list.items {
            self.statements(&item.statements);
            if let Some(list) = &item.list {
                self.list(list);
            }
        }
    }

    fn statements(&mut self, statements: &[Statement]) {
        for statement in statements.iter().filter(|statement| statement.withheld.is_none()) {
            self.anchor(&statement.id);
            self.has_statements = true;
        }
    }

    /// Numbers the sources in order of first citation in the printed text. If the whole brief is printed, uncited
    /// sources follow. The one-page format has no endnotes and no numbers.
    fn source_numbers(&self, content: &BriefContent) -> BTreeMap<String, usize> {
        let mut numbers = BTreeMap::new();
        if self.format == Format::OnePage {
            return numbers;
        }
        let known: BTreeSet<&str> = content.sources.iter().map(|source| source.id.as_str()).collect();
        let mut cite = |id: &str| {
            if known.contains(id) && !numbers.contains_key(id) {
                let number = numbers.len() + 1;
                numbers.insert(id.to_owned(), number);
            }
        };
        cited_by(&content.bluf, &mut cite);
        content.key_judgments.iter().for_each(|judgment| cited_by(&judgment.statements, &mut cite));
        self.sections.iter().for_each(|section| cited_in(section, &mut cite));
        if self.format == Format::Full && self.sections.len() == content.sections.len() {
            content.sources.iter().for_each(|source| cite(&source.id));
        }
        numbers
    }

    fn anchor(&mut self, id: &str) {
        if !id.is_empty() {
            self.add_anchor(id);
        }
    }

    fn add_anchor(&mut self, id: &str) -> AnchorId {
        if let Some(known) = self.anchors.get(id) {
            return *known;
        }
        let anchor =
            AnchorId(u32::try_from(self.anchor_names.len()).expect("fewer than 2^32 ids fit in memory"));
        self.anchor_names.push(id.to_owned());
        self.anchors.insert(id.to_owned(), anchor);
        anchor
    }
}

/// Returns the selected sections in the brief's order.
fn selected_sections<'a>(content: &'a BriefContent, ids: &[String]) -> Result<Vec<&'a Section>, PrintError> {
    let known = |id: &&String| content.sections.iter().any(|section| section.id == **id);
    if let Some(id) = ids.iter().find(|id| !known(id)) {
        return Err(PrintError::UnknownSection { id: id.clone() });
    }
    let is_selected = |section: &&Section| ids.is_empty() || ids.contains(&section.id);
    Ok(content.sections.iter().filter(is_selected).collect())
}

fn cited_by(statements: &[Statement], cite: &mut impl FnMut(&str)) {
    let citations = statements.iter().flat_map(|statement| &statement.citations);
    citations.for_each(|citation| cite(&citation.source_id));
}

fn cited_in(section: &Section, cite: &mut impl FnMut(&str)) {
    for block in &section.blocks {
        match &block.kind {
            Some(Kind::Paragraph(paragraph)) => cited_by(&paragraph.statements, cite),
            Some(Kind::Callout(callout)) => cited_by(&callout.statements, cite),
            Some(Kind::Quote(quote)) => cited_by(&quote.statements, cite),
            Some(Kind::List(list)) => cited_in_list(list, cite),
            Some(Kind::Table(table)) if !table.rows.is_empty() => cite(&table.source_id),
            Some(Kind::Table(_) | Kind::Figure(_) | Kind::Withheld(_)) | None => {}
        }
    }
    section.sections.iter().for_each(|section| cited_in(section, cite));
}

fn cited_in_list(list: &List, cite: &mut impl FnMut(&str)) {
    for item in &list.items {
        cited_by(&item.statements, cite);
        if let Some(list) = &item.list {
            cited_in_list(list, cite);
        }
    }
}
