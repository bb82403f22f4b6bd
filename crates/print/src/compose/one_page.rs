//! The one-page format: title, bottom line, key judgments, what changed, scenarios, indicators and trends, with the keys
//! and the evidence at the foot. It has no page references. If it does not fit, it is abridged step by step.

use crate::Overflow;
use crate::compose::abridgement::Abridgement;
use crate::compose::composer::Composer;
use crate::compose::opening::ABOVE_HEADING;
use crate::compose::plan::{Part, PartKind};
use crate::compose::scenarios::RowSpacing;
use crate::compose::stylesheet::{ABOVE_SUBPART, SUBPART_HEADING};
use crate::document_info::OutlineEntry;
use crate::flow::{Block, Grid, Group, Span, TextBlock};
use crate::tags::{Role, TagId};
use crate::units::Length;

/// Maximum number of key judgments.
const MOST_JUDGMENTS: usize = 7;

impl Composer<'_> {
    /// Returns the limits that the content exceeds, however it is abridged.
    pub(crate) fn page_overflows(&self) -> Vec<Overflow> {
        let count = self.content.key_judgments.len();
        let exceeds = count > MOST_JUDGMENTS;
        exceeds.then_some(Overflow::KeyJudgments { count, most: MOST_JUDGMENTS }).into_iter().collect()
    }

    /// Composes the page.
    pub(crate) fn one_page(&mut self, parts: &[Part]) {
        let root = self.flow.tags.root();
        self.group("title block");
        let opening = self.tag(root, Role::Sect);
        self.masthead(opening);
        self.title_lines(opening);
        let mut above = opening;
        let (omitted, shown): (Vec<&Part>, Vec<&Part>) = parts.iter().partition(|part| self.omits(part));
        for part in shown {
            let parent = if part.level > 1 { above } else { root };
            self.page_part(parent, opening, part, &mut above);
        }
        self.group("notes");
        let sect = self.tag(root, Role::Sect);
        self.judgment_notes(sect);
        self.omission_note(sect, &omitted);
        for block in &mut self.flow.blocks {
            match block {
                Block::Text(text) => text.grid = Grid::Free,
                Block::Figure(figure) => figure.grid = Grid::Free,
                Block::Table(_)
                | Block::Columns(_)
                | Block::PageBreak
                | Block::PageBreakUnlessFresh
                | Block::CommitPages
                | Block::FloatPoint
                | Block::FloatBarrier => {}
            }
        }
    }

    /// Returns whether the page has no room for a part.
    fn omits(&self, part: &Part) -> bool {
        match part.kind {
            PartKind::Trends => self.abridgement >= Abridgement::Trends,
            PartKind::Scenarios | PartKind::Indicators => self.abridgement >= Abridgement::Scenarios,
            _ => false,
        }
    }

    /// Names the parts that the page has no room for.
    fn omission_note(&mut self, sect: TagId, omitted: &[&Part]) {
        let titles: Vec<&str> = omitted.iter().map(|part| part.title.as_ref()).collect();
        if !titles.is_empty() {
            let text = format!("{}.", titles.join(self.list_separator()));
            self.keyed_note(sect, &[(self.labels().page.not_on_this_page, text)]);
        }
    }

    fn group(&mut self, name: &'static str) {
        self.flow.groups.push(Group { name, first: self.flow.blocks.len() });
    }

    /// Adds a part under its own section, the bottom line under that of the title.
    fn page_part(&mut self, parent: TagId, opening: TagId, part: &Part, above: &mut TagId) {
        self.begin_part("");
        if matches!(part.kind, PartKind::BottomLine) {
            self.group("bottom line");
            return self.bottom_line_box(opening, part);
        }
        let sect = self.tag(parent, Role::Sect);
        *above = sect;
        match part.kind {
            PartKind::KeyJudgments => {
                self.group("key judgments");
                self.opening_heading(sect, part, &part.title);
                self.judgment_table(sect);
            }
            PartKind::Changes => {
                self.group("what changed");
                self.opening_heading(sect, part, &part.title);
                self.change_summary_lines(sect);
            }
            PartKind::Scenarios => {
                self.group("scenarios");
                self.opening_heading(sect, part, &part.title);
                self.scenarios(sect, RowSpacing::Close);
            }
            PartKind::Indicators => {
                self.group("indicators");
                self.indicators_heading(sect, part);
                self.indicators(sect, RowSpacing::Close);
            }
            PartKind::Trends => {
                self.group("trends");
                self.opening_heading(sect, part, &part.title);
                self.trend_strip(sect);
            }
            // The one-page plan has no other parts.
            _ => {}
        }
    }

    fn indicators_heading(&mut self, sect: TagId, part: &Part) {
        if part.level == 1 {
            return self.opening_heading(sect, part, &part.title);
        }
        let line = self.label_line(sect, Role::H(part.level), SUBPART_HEADING, &part.title);
        let before = ABOVE_SUBPART.min(ABOVE_HEADING);
        let mut heading = TextBlock { span: Span::Full, before, after: Length::pt(1), ..line };
        heading.anchors.push(part.anchor);
        let entry = OutlineEntry { level: part.level, title: part.title.to_string(), anchor: part.anchor };
        self.flow.outline.push(entry);
        self.push(heading);
    }
}
