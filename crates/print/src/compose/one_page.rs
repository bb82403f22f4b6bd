//! The one-page format: bottom line, key judgments, changes, trends and indicators, set at the loosest density that
//! fits. Reference information is at the foot.

use chancery_proto::brief::v1::{Indicator, KeyJudgment};

use crate::compose::composer::{Composer, TextContext};
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::lists::OpenItem;
use crate::compose::numerals;
use crate::compose::plan::{Part, PartKind};
use crate::compose::stylesheet::{
    ACCENT, FINE, INK, ONE_PAGE_HEADING, ONE_PAGE_TITLE, QUIET, SIDE, TINT, TypeSpec,
};
use crate::compose::tables::Fact;
use crate::compose::text_origin::TextOrigin;
use crate::document_info::OutlineEntry;
use crate::flow::{Block, Frame, Grid, Group, Span, TextBlock};
use crate::tags::{ListNumbering, Role, TagId};
use crate::text::inline::Inline;
use crate::text::text_style::{Family, Figures, TextStyle, Weight};
use crate::units::Length;
use crate::{Overflow, RevisionState};

/// Maximum number of words of the bottom line, and of key judgments.
const MOST_WORDS: usize = 45;
const MOST_JUDGMENTS: usize = 5;

/// Width of a likelihood bar beside a judgment.
const BESIDE: Length = Length::mm(38);

/// Density of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Density {
    Roomy,
    Even,
    Close,
    Tight,
}

impl Density {
    /// All densities from the loosest to the tightest.
    pub(crate) const ALL: [Self; 4] = [Self::Roomy, Self::Even, Self::Close, Self::Tight];

    /// Returns the type of judgments and indicators.
    const fn body(self) -> TypeSpec {
        match self {
            Self::Roomy => serif(10_500, 14_000),
            Self::Even => serif(10_000, 13_000),
            Self::Close => serif(9_500, 12_500),
            Self::Tight => serif(9_000, 11_500),
        }
    }

    const fn bottom_line(self) -> TypeSpec {
        match self {
            Self::Roomy => serif(13_500, 19_000),
            Self::Even => serif(12_500, 17_000),
            Self::Close => serif(11_500, 15_500),
            Self::Tight => serif(10_500, 14_000),
        }
    }

    /// Returns the space before a part, a judgment and an indicator.
    const fn spaces(self) -> [Length; 3] {
        match self {
            Self::Roomy => [Length::pt(14), Length::pt(6), Length::pt(3)],
            Self::Even => [Length::pt(11), Length::pt(5), Length::pt(2)],
            Self::Close => [Length::pt(8), Length::pt(3), Length::pt(1)],
            Self::Tight => [Length::pt(6), Length::pt(2), Length::ZERO],
        }
    }

    /// Returns whether trends are printed with their reasons.
    pub(crate) const fn has_reasons(self) -> bool {
        matches!(self, Self::Roomy | Self::Even)
    }
}

const fn serif(size: i64, leading: i64) -> TypeSpec {
    let style = TextStyle {
        family: Family::Serif,
        weight: Weight::Regular,
        italic: false,
        size: Length::milli_pt(size),
        color: INK,
        rise: Length::ZERO,
        figures: Figures::Proportional,
    };
    TypeSpec { style, leading: Length::milli_pt(leading) }
}

/// A note beside a judgment.
struct Aside {
    text: String,
    kind: TypeSpec,
    origin: TextOrigin,
}

impl Composer<'_> {
    /// Returns the limits that the content exceeds at any density.
    pub(crate) fn page_overflows(&self) -> Vec<Overflow> {
        let mut overflows = Vec::new();
        let words = self.content.bluf.iter().map(|statement| statement.text.split_whitespace().count()).sum();
        if words > MOST_WORDS {
            overflows.push(Overflow::BottomLine { words, most: MOST_WORDS });
        }
        let count = self.content.key_judgments.len();
        if count > MOST_JUDGMENTS {
            overflows.push(Overflow::KeyJudgments { count, most: MOST_JUDGMENTS });
        }
        overflows
    }

    /// Composes the page.
    pub(crate) fn one_page(&mut self, parts: &[Part], density: Density) {
        let root = self.flow.tags.root();
        let (front, foot): (Vec<Fact>, Vec<Fact>) =
            self.page_facts().into_iter().partition(|(name, _)| self.is_for_the_front(name));
        self.group("title block");
        let sect = self.tag(root, Role::Sect);
        self.page_title(sect, &front);
        for part in parts {
            let sect = self.tag(root, Role::Sect);
            self.page_part(sect, part, density);
        }
        self.group("scale and facts");
        let sect = self.tag(root, Role::Sect);
        self.page_foot(sect, &foot);
        for block in &mut self.flow.blocks {
            match block {
                Block::Text(text) => text.grid = Grid::Free,
                Block::Figure(figure) => figure.grid = Grid::Free,
                Block::Table(_)
                | Block::Columns(_)
                | Block::PageBreak
                | Block::PageBreakUnlessFresh
                | Block::CommitPages => {}
            }
        }
    }

    fn group(&mut self, name: &'static str) {
        self.flow.groups.push(Group { name, first: self.flow.blocks.len() });
    }

    /// Returns the facts without the note on the date, which longer formats have.
    fn page_facts(&self) -> Vec<Fact> {
        let labels = self.labels();
        let mut facts = self.fact_list();
        if let Some(date) = self.as_of_date() {
            for fact in facts.iter_mut().filter(|(name, _)| *name == labels.as_of) {
                date.clone_into(&mut fact.1);
            }
        }
        facts
    }

    fn is_for_the_front(&self, name: &str) -> bool {
        let labels = self.labels();
        [labels.revision, labels.as_of, labels.recipient, labels.organisation].contains(&name)
    }

    fn page_title(&mut self, sect: TagId, facts: &[Fact]) {
        self.masthead(sect);
        let mut title = self.line(sect, Role::Title, ONE_PAGE_TITLE, &self.content.title);
        title.span = Span::Full;
        title.after = Length::pt(2);
        self.push(title);
        self.facts_line(sect, facts, FINE.colored(QUIET));
        let first = self.flow.blocks.len();
        self.revision_state_lines(sect);
        for block in &mut self.flow.blocks[first..] {
            if let Block::Text(text) = block {
                text.before = Length::pt(3);
                text.span = Span::Full;
            }
        }
    }

    /// Adds facts as one line: "Name value · Name value".
    pub(crate) fn facts_line(&mut self, sect: TagId, facts: &[Fact], kind: TypeSpec) {
        if facts.is_empty() {
            return;
        }
        let node = self.tag(sect, Role::P);
        let mut block = TextBlock { span: Span::Full, ..self.block(kind) };
        let text_context = self.text_context(node, kind);
        for (index, (name, value)) in facts.iter().enumerate() {
            if index > 0 {
                self.push_text(&mut block.inline, text_context, " \u{b7} ");
            }
            self.push_label(&mut block.inline, text_context, name);
            self.push_text(&mut block.inline, text_context, " ");
            // Without a language, names and digests are not hyphenated.
            self.push_text(&mut block.inline, TextContext { language: "", ..text_context }, value);
        }
        self.push(block);
    }

    fn page_part(&mut self, sect: TagId, part: &Part, density: Density) {
        let [above, ..] = density.spaces();
        self.begin_part("");
        match part.kind {
            PartKind::BottomLine => {
                self.group("bottom line");
                self.page_bottom_line(sect, part, density);
            }
            PartKind::KeyJudgments => {
                self.group("key judgments");
                self.page_heading(sect, part, &part.title, above);
                self.page_judgments(sect, density);
            }
            PartKind::Changes => {
                self.group("what changed");
                let title = self.since();
                self.page_heading(sect, part, title.as_deref().unwrap_or(&part.title), above);
                self.page_changes(sect, density);
            }
            PartKind::Trends => {
                self.group("trends");
                self.page_heading(sect, part, &part.title, above);
                self.page_trends(sect, density.has_reasons());
            }
            PartKind::Indicators => {
                self.group("indicators");
                self.page_heading(sect, part, &part.title, above);
                self.page_indicators(sect, density);
            }
            // The one-page plan has no other parts.
            _ => {}
        }
    }

    fn page_heading(&mut self, sect: TagId, part: &Part, title: &str, above: Length) {
        let mut heading = self.label_line(sect, Role::H(1), ONE_PAGE_HEADING.colored(ACCENT), title);
        heading.span = Span::Full;
        heading.before = above;
        heading.after = Length::milli_pt(1_500);
        heading.anchors.push(part.anchor);
        let entry = OutlineEntry { level: 1, title: title.to_owned(), anchor: part.anchor };
        self.flow.outline.push(entry);
        self.push(heading);
    }

    fn page_bottom_line(&mut self, sect: TagId, part: &Part, density: Density) {
        let [above, ..] = density.spaces();
        let first = self.flow.blocks.len();
        self.page_heading(sect, part, &part.title, above);
        let node = self.tag(sect, Role::P);
        let mut block = TextBlock { span: Span::Full, ..self.block(density.bottom_line()) };
        let text_context = self.text_context(node, density.bottom_line());
        let content = self.content;
        self.statements(&mut block.inline, text_context, &content.bluf, &content.default_marking);
        self.push(block);
        self.frames += 1;
        let rule = Some((ACCENT, Length::pt(3)));
        let frame = Frame {
            id: self.frames,
            tint: Some(TINT),
            rule,
            outline: None,
            inset: Length::ZERO,
            span: Span::Full,
        };
        let last = self.flow.blocks.len() - 1;
        for (index, block) in self.flow.blocks[first..].iter_mut().enumerate() {
            let Block::Text(block) = block else { continue };
            block.frame = Some(frame);
            block.inset = (Length::pt(14), Length::pt(12));
            if index == 0 {
                block.padding.0 = Length::pt(7);
            }
            if first + index == last {
                block.padding.1 = Length::pt(8);
            }
        }
    }

    fn page_judgments(&mut self, sect: TagId, density: Density) {
        let content = self.content;
        if content.key_judgments.is_empty() {
            return;
        }
        let list = self.tag(sect, Role::L(ListNumbering::Decimal));
        for (index, judgment) in content.key_judgments.iter().enumerate() {
            let label = density.body().strong().colored(ACCENT);
            let OpenItem { body, label } = self.item(list, label, &format!("{}.", index + 1));
            self.page_judgment(body, judgment, label, density);
        }
    }

    fn page_judgment(&mut self, body: TagId, judgment: &KeyJudgment, label: Inline, density: Density) {
        let [_, above, _] = density.spaces();
        self.begin_part(&judgment.id);
        let floor = &self.content.default_marking;
        let marking = if judgment.marking.is_empty() { floor } else { &judgment.marking };
        let node = self.tag(body, Role::P);
        let mut block = TextBlock {
            inset: (self.indent(), Length::ZERO),
            label: Some(label),
            before: above,
            hyphenate: true,
            ..self.block(density.body())
        };
        block.anchors.extend(self.anchors.get(&judgment.id));
        let text_context = self.text_context(node, density.body());
        if marking != floor {
            self.small_word(&mut block.inline, text_context, &format!("({marking}) "));
        }
        self.statements(&mut block.inline, text_context, &judgment.statements, marking);
        self.put_asides(body, text_context, &mut block, judgment);
        self.push(block);
    }

    /// Adds likelihood, confidence and revision note of a judgment beside it, or after its text if there is no side
    /// column.
    pub(crate) fn put_asides(
        &mut self,
        body: TagId,
        text_context: TextContext,
        block: &mut TextBlock,
        judgment: &KeyJudgment,
    ) {
        let odds = judgment.likelihood.as_ref().filter(|likelihood| lexicon::has_term(likelihood));
        let notes = self.asides(judgment);
        if self.sheet.is_large() {
            for Aside { text, .. } in notes {
                self.small_word(&mut block.inline, text_context, &format!(" [{text}]"));
            }
            return;
        }
        if let Some(likelihood) = odds {
            let before = self.prior.changed_judgment_likelihood(judgment);
            block.beside = Some(self.bar(body, likelihood, before, BESIDE));
        }
        for Aside { text, kind, origin } in notes {
            let line = match origin {
                TextOrigin::Printer => self.label_line(body, Role::P, kind, &text),
                TextOrigin::Author => self.line(body, Role::P, kind, &text),
            };
            block.side.push(self.side_note(line.inline));
        }
    }

    /// Returns the notes on a judgment: its likelihood now and before, its confidence, and its difference from the
    /// judgment it revises.
    fn asides(&self, judgment: &KeyJudgment) -> Vec<Aside> {
        let mut notes = Vec::new();
        let mut own =
            |text: String, kind: TypeSpec| notes.push(Aside { text, kind, origin: TextOrigin::Printer });
        let note = SIDE.colored(INK);
        if let Some(likelihood) =
            judgment.likelihood.as_ref().filter(|likelihood| lexicon::has_term(likelihood))
        {
            own(lexicon::capitalised(&self.lexicon.short_odds(likelihood)), note.strong());
            if let Some(before) = self.prior.changed_judgment_likelihood(judgment) {
                own(filled(self.labels().was_likely, &[&self.lexicon.short_odds(before)]), SIDE);
            }
        }
        let level =
            judgment.confidence.as_ref().and_then(|confidence| self.lexicon.confidence(confidence.level));
        if let Some(level) = level {
            own(lexicon::capitalised(&filled(self.labels().confidence, &[level])), note);
        }
        if !judgment.revision_note.is_empty() {
            let text = judgment.revision_note.clone();
            notes.push(Aside { text, kind: SIDE, origin: TextOrigin::Author });
        }
        notes
    }

    /// Adds the authors' summary and the number of changes.
    fn page_changes(&mut self, sect: TagId, density: Density) {
        if let Some(block) = self.change_summary(sect, density.body()) {
            self.push(TextBlock { span: Span::Full, hyphenate: true, ..block });
        }
        if self.printed_changes().is_empty() && self.edition.combined_changes.is_some() {
            let block = self.label_line(sect, Role::P, density.body(), self.labels().no_changes);
            self.push(TextBlock { span: Span::Full, ..block });
        }
        self.change_counts(sect, FINE);
    }

    fn page_indicators(&mut self, sect: TagId, density: Density) {
        let content = self.content;
        let [.., above] = density.spaces();
        self.bullets(sect, &content.indicators, |composer, indicator: &Indicator, node, block| {
            block.span = Span::Full;
            block.before = above;
            block.leading = composer.block(density.body()).leading;
            let text_context = composer.text_context(node, density.body());
            composer.begin_part(&indicator.id);
            block.anchors.extend(composer.anchors.get(&indicator.id));
            composer.mark_part(&mut block.inline, text_context, &indicator.marking);
            composer.push_text(&mut block.inline, text_context, &indicator.text);
            if !indicator.meaning.is_empty() {
                let meaning = composer.text_context(node, density.body().italic().colored(QUIET));
                composer.push_text(&mut block.inline, meaning, &format!(" \u{2014} {}", indicator.meaning));
            }
        });
    }

    /// Adds the reference information: the likelihood scale and the facts of this copy.
    fn page_foot(&mut self, sect: TagId, facts: &[Fact]) {
        let mut block = self.scale_line(sect);
        block.span = Span::Full;
        block.before = Length::pt(10);
        self.push(block);
        self.facts_line(sect, facts, FINE.colored(QUIET));
    }

    /// Returns the scale's terms with their percentages, on one line if they fit.
    pub(crate) fn scale_line(&mut self, sect: TagId) -> TextBlock {
        let labels = self.labels();
        let node = self.label_tag(sect, Role::P);
        let mut block = self.block(FINE);
        let (strong, text_context) =
            (self.label_context(node, FINE.strong()), self.label_context(node, FINE));
        self.push_text(&mut block.inline, strong, labels.scale_key);
        let terms = self.scale_terms();
        let last = terms.len().saturating_sub(1);
        for (index, (term, range)) in terms.into_iter().enumerate() {
            let locale = self.lexicon.locale();
            let end = if index == last { numerals::percent_sign(locale) } else { "," };
            let range = numerals::range(&range, locale).replace(' ', "\u{a0}");
            self.push_text(
                &mut block.inline,
                text_context,
                &format!(" {} {range}{end}", self.lexicon.term(term)),
            );
        }
        block
    }
}
