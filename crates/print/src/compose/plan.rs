//! What a brief prints, in order: the one list that headings, contents, outline and destinations are made from.

use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::{BriefContent, List, Section, Statement, block::Kind};

use crate::tags::AnchorId;

/// A part with a heading.
pub(crate) struct Part<'a> {
    /// 1 for the top.
    pub(crate) level: u8,
    pub(crate) title: &'a str,
    pub(crate) anchor: AnchorId,
    pub(crate) kind: PartKind<'a>,
}

#[derive(Clone, Copy)]
pub(crate) enum PartKind<'a> {
    BottomLine,
    KeyJudgments,
    Changes,
    Section(&'a Section),
    Factors,
    Scenarios,
    Indicators,
    Assumptions,
    Gaps,
    Dissents,
    Actors,
    Relationships,
    Timeline,
    Sources,
    About,
}

impl Part<'_> {
    /// Whether its title is the printer's and not the author's.
    pub(crate) const fn is_own(&self) -> bool {
        !matches!(self.kind, PartKind::Section(_))
    }
}

/// The parts and every destination of a brief.
pub(crate) struct Plan<'a> {
    pub(crate) parts: Vec<Part<'a>>,
    /// By content id; generated parts have a full stop in theirs, which no content id has.
    pub(crate) anchors: BTreeMap<String, AnchorId>,
    pub(crate) anchor_names: Vec<String>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(content: &'a BriefContent) -> Self {
        let mut plan = Self { parts: Vec::new(), anchors: BTreeMap::new(), anchor_names: Vec::new() };
        plan.front(content);
        for section in &content.sections {
            plan.section(section, 1);
        }
        plan.back(content);
        plan
    }

    fn front(&mut self, content: &'a BriefContent) {
        if !content.bluf.is_empty() {
            self.part("part.bottom-line", "Bottom line", PartKind::BottomLine);
            self.statements(&content.bluf);
        }
        if !content.key_judgments.is_empty() {
            self.part("part.key-judgments", "Key judgments", PartKind::KeyJudgments);
            for judgment in &content.key_judgments {
                self.anchor(&judgment.id);
                self.statements(&judgment.statements);
            }
        }
        if !content.changes.is_empty() || !content.change_summary.is_empty() {
            self.part("part.changes", "What changed", PartKind::Changes);
        }
    }

    fn back(&mut self, content: &'a BriefContent) {
        let parts = [
            (
                !content.factors.is_empty(),
                "part.factors",
                "Drivers, constraints and implications",
                PartKind::Factors,
            ),
            (!content.scenarios.is_empty(), "part.scenarios", "Scenarios", PartKind::Scenarios),
            (!content.indicators.is_empty(), "part.indicators", "Indicators to watch", PartKind::Indicators),
            (!content.assumptions.is_empty(), "part.assumptions", "Assumptions", PartKind::Assumptions),
            (!content.information_gaps.is_empty(), "part.gaps", "Information gaps", PartKind::Gaps),
            (!content.dissents.is_empty(), "part.dissents", "Dissenting views", PartKind::Dissents),
            (!content.actors.is_empty(), "part.actors", "Annex: actors", PartKind::Actors),
            (
                !content.relationships.is_empty(),
                "part.relationships",
                "Annex: relationships",
                PartKind::Relationships,
            ),
            (!content.events.is_empty(), "part.timeline", "Annex: timeline", PartKind::Timeline),
            (!content.sources.is_empty(), "part.sources", "Sources", PartKind::Sources),
            (true, "part.about", "About this brief", PartKind::About),
        ];
        for (present, name, title, kind) in parts {
            if present {
                self.part(name, title, kind);
            }
        }
        let ids = content.factors.iter().map(|part| &part.id);
        let ids = ids.chain(content.scenarios.iter().map(|part| &part.id));
        let ids = ids.chain(content.indicators.iter().map(|part| &part.id));
        let ids = ids.chain(content.assumptions.iter().map(|part| &part.id));
        let ids = ids.chain(content.information_gaps.iter().map(|part| &part.id));
        let ids = ids.chain(content.dissents.iter().map(|part| &part.id));
        let ids = ids.chain(content.actors.iter().map(|part| &part.id));
        let ids = ids.chain(content.relationships.iter().map(|part| &part.id));
        let ids = ids.chain(content.events.iter().map(|part| &part.id));
        for id in ids.chain(content.sources.iter().map(|part| &part.id)) {
            self.anchor(id);
        }
    }

    fn part(&mut self, name: &str, title: &'a str, kind: PartKind<'a>) {
        let anchor = self.add_anchor(name);
        self.parts.push(Part { level: 1, title, anchor, kind });
    }

    fn section(&mut self, section: &'a Section, level: u8) {
        let anchor = self.add_anchor(&section.id);
        self.parts.push(Part { level, title: &section.heading, anchor, kind: PartKind::Section(section) });
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
        }
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

/// The sources' numbers: those cited, in order of first citation through the printed text, then the others.
pub(crate) fn source_numbers(content: &BriefContent) -> BTreeMap<String, usize> {
    let known: BTreeSet<&str> = content.sources.iter().map(|source| source.id.as_str()).collect();
    let mut numbers = BTreeMap::new();
    let mut cite = |id: &str| {
        if known.contains(id) && !numbers.contains_key(id) {
            let number = numbers.len() + 1;
            numbers.insert(id.to_owned(), number);
        }
    };
    let mut each = |statements: &[Statement]| {
        let citations = statements.iter().flat_map(|statement| &statement.citations);
        citations.for_each(|citation| cite(&citation.source_id));
    };
    each(&content.bluf);
    content.key_judgments.iter().for_each(|judgment| each(&judgment.statements));
    content.sections.iter().for_each(|section| cited_in(section, &mut each));
    content.sources.iter().for_each(|source| cite(&source.id));
    numbers
}

fn cited_in(section: &Section, each: &mut impl FnMut(&[Statement])) {
    for block in &section.blocks {
        match &block.kind {
            Some(Kind::Paragraph(paragraph)) => each(&paragraph.statements),
            Some(Kind::Callout(callout)) => each(&callout.statements),
            Some(Kind::Quote(quote)) => each(&quote.statements),
            Some(Kind::List(list)) => cited_in_list(list, each),
            Some(Kind::Table(_) | Kind::Figure(_) | Kind::Withheld(_)) | None => {}
        }
    }
    section.sections.iter().for_each(|section| cited_in(section, each));
}

fn cited_in_list(list: &List, each: &mut impl FnMut(&[Statement])) {
    for item in &list.items {
        each(&item.statements);
        if let Some(list) = &item.list {
            cited_in_list(list, each);
        }
    }
}
