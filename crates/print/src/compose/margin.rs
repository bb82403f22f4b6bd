//! Evidence beside a paragraph: its sources with their grades, its confidence and the exceptions, its likelihoods, and
//! its changes since the earlier revision. Lists, callouts, quotations and large print have it in a line below the text.

use chancery_proto::brief::v1::{ConfidenceLevel, Statement};

use crate::compose::annotations::{BarSize, Value};
use crate::compose::composer::{Composer, TextContext};
use crate::compose::evidence::{
    CitedSource, ParagraphConfidence, cited_sources, paragraph_confidence, unique_opening,
};
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::signs::Sign;
use crate::compose::stylesheet::{ACCENT, INK, MARGIN, QUIET, REMARK, TypeSpec};
use crate::flow::{Grid, SideNote, TextBlock};
use crate::pages::Owner;
use crate::tags::{AnchorId, LinkTarget, Role, TagId};
use crate::text::inline::Inline;
use crate::text::text_style::TextStyle;
use crate::units::Length;

/// The side column, and the column of numbers in it.
pub(crate) const COLUMN: Length = Length::mm(40);
pub(crate) const NUMBERS: Length = Length::pt(11);
/// Dots of confidence at 7.5 points.
const DOT: Length = Length::milli_pt(3_800);
const DOT_GAP: Length = Length::milli_pt(1_200);
/// A likelihood bar.
const BAR: BarSize = BarSize { width: Length::mm(39), height: Length::pt(4) };
/// Name of the annex on the basis of statements.
const BASIS: &str = "part.basis";

/// The evidence of a paragraph's statements.
pub(crate) struct ParagraphEvidence<'s, 'a> {
    pub(crate) statements: Vec<&'s Statement>,
    pub(crate) sources: Vec<CitedSource<'a>>,
    pub(crate) confidence: Option<ParagraphConfidence>,
    /// Indices of the statements with a likelihood.
    pub(crate) likely: Vec<usize>,
    /// Letters and destinations of changes.
    pub(crate) changes: Vec<(String, AnchorId)>,
    /// Number of sources, exceptions and likelihoods to print; the rest is in the annex.
    pub(crate) shown: Shown,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) sources: usize,
    pub(crate) exceptions: usize,
    pub(crate) likely: usize,
}

impl ParagraphEvidence<'_, '_> {
    fn is_empty(&self) -> bool {
        self.sources.is_empty()
            && self.confidence.is_none()
            && self.likely.is_empty()
            && self.changes.is_empty()
    }

    pub(crate) fn exceptions(&self) -> &[(ConfidenceLevel, Vec<usize>)] {
        self.confidence.as_ref().map_or(&[], |confidence| &confidence.exceptions)
    }

    pub(crate) fn all(&self) -> Shown {
        Shown { sources: self.sources.len(), exceptions: self.exceptions().len(), likely: self.likely.len() }
    }
}

impl<'a> Composer<'a> {
    fn paragraph_evidence<'s>(&self, statements: &'s [Statement]) -> ParagraphEvidence<'s, 'a> {
        let statements: Vec<&Statement> = statements.iter().filter(|of| of.withheld.is_none()).collect();
        let has_term = |of: &&Statement| of.likelihood.as_ref().is_some_and(lexicon::has_term);
        let likely = (0..statements.len()).filter(|index| has_term(&statements[*index])).collect();
        let mut changes: Vec<(String, AnchorId)> = Vec::new();
        for reversal in statements.iter().filter_map(|of| self.ledger.reversal_with(&of.id)) {
            if let Some(anchor) = self.anchors.get(&reversal.anchor_name())
                && !changes.iter().any(|(letter, _)| *letter == reversal.letter)
            {
                changes.push((reversal.letter.clone(), *anchor));
            }
        }
        changes.sort_by(|a, b| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0)));
        let mut evidence = ParagraphEvidence {
            sources: cited_sources(&statements, &self.sources_by_id, &self.numbers),
            confidence: paragraph_confidence(&statements),
            statements,
            likely,
            changes,
            shown: Shown { sources: 0, exceptions: 0, likely: 0 },
        };
        evidence.shown = evidence.all();
        evidence
    }

    /// Adds the evidence of a paragraph to its side column, in an element after the paragraph's.
    pub(crate) fn margin_evidence(&mut self, block: &mut TextBlock, sect: TagId, statements: &[Statement]) {
        let mut evidence = self.paragraph_evidence(statements);
        if evidence.is_empty() {
            return;
        }
        if self.anchors.contains_key(BASIS) {
            self.fit_beside(block, &mut evidence);
        }
        let div = self.tag(sect, Role::Div);
        for cited in &evidence.sources[..evidence.shown.sources] {
            self.source_notes(block, div, cited);
        }
        self.confidence_notes(block, div, &evidence);
        if evidence.shown != evidence.all() {
            self.more_note(block, div, &evidence);
        }
        for index in &evidence.likely[..evidence.shown.likely] {
            self.likelihood_notes(block, div, &evidence, *index);
        }
        self.change_note(block, div, &evidence.changes);
    }

    fn margin_context(&self, node: TagId) -> TextContext<'a> {
        self.text_context(node, MARGIN)
    }

    fn margin_note(&self, text: Inline, indent: Length) -> SideNote {
        SideNote { text, indent, leading: self.sheet.fit(MARGIN).leading, ..SideNote::default() }
    }

    /// Adds number, name and grades of a source.
    fn source_notes(&mut self, block: &mut TextBlock, div: TagId, cited: &CitedSource) {
        let node = self.tag(div, Role::P);
        let text_context = self.margin_context(node);
        let mut label = Inline::default();
        let number = TextContext { style: TextStyle { color: ACCENT, ..text_context.style }, ..text_context };
        let digits = self.lexicon.digits(&cited.number.to_string());
        self.push_text(&mut label, number, &digits);
        self.push_text(&mut label, text_context, " ");
        let mut text = Inline::default();
        if cited.contradicts {
            self.contradicting_sign(&mut text, text_context);
        }
        let grades = self.isolated_grades(&cited.grades);
        let measure = self.name_measure(cited, &grades);
        let mut lines = self.name_lines(cited.source, measure).into_iter();
        // Names have no language, so that they are not hyphenated.
        let name_context = TextContext { language: "", ..text_context };
        self.push_text(&mut text, name_context, &lines.next().unwrap_or_default());
        self.push_text(&mut text, text_context, " ");
        let indent = self.numbers_width(cited.number);
        let mut notes = vec![SideNote { label: Some(label), ..self.margin_note(text, indent) }];
        if let Some(second) = lines.next() {
            let mut text = Inline::default();
            self.push_text(&mut text, name_context, &second);
            self.push_text(&mut text, text_context, " ");
            notes.push(self.margin_note(text, indent));
        }
        if !grades.is_empty() {
            let mut tail = Inline::default();
            let strong = self.text_context(node, MARGIN.strong());
            // The space separates it from the mark below in extraction.
            let space = if cited.only { " " } else { "" };
            self.push_text(&mut tail, TextContext { language: "", ..strong }, &format!("{grades}{space}"));
            notes[0].tail = Some(tail);
        }
        if cited.only {
            let mut text = Inline::default();
            let quiet = self.text_context(node, MARGIN.colored(QUIET));
            self.push_label(&mut text, quiet, self.labels().page.only_source);
            notes.push(self.margin_note(text, indent));
        }
        let last = notes.len() - 1;
        for note in &mut notes[..last] {
            note.keep_with_next = true;
        }
        block.side.append(&mut notes);
    }

    /// Appends the sign of a contradicting source with its meaning as replacement text.
    pub(crate) fn contradicting_sign(&mut self, inline: &mut Inline, text_context: TextContext) {
        let role = Role::Span { actual_text: Some(self.labels().page.contradicts.to_owned()) };
        let node = self.label_tag(text_context.node, role);
        let owner = Owner::Tagged { node, seq: self.flow.tags.next_seq() };
        self.owned_sign(inline, text_context, Sign::Contradicts, INK, owner);
        self.push_text(inline, text_context, "\u{a0}");
    }

    /// Returns grades isolated from text that runs from right to left.
    pub(crate) fn isolated_grades(&self, grades: &str) -> String {
        if self.flow.right_to_left && !grades.is_empty() {
            format!("\u{2066}{grades}\u{2069}")
        } else {
            grades.to_owned()
        }
    }

    /// Appends the dots of a level of confidence at the size of the margin.
    fn margin_dots(&mut self, inline: &mut Inline, text_context: TextContext, level: ConfidenceLevel) {
        let size = self.dot_size();
        self.dots(inline, text_context, level, size);
    }

    fn dot_size(&self) -> (Length, Length) {
        let size = self.sheet.fit(MARGIN).style.size.units();
        let scaled = |of: Length| of * size / MARGIN.style.size.units();
        (scaled(DOT), scaled(DOT_GAP))
    }

    pub(crate) fn dots_width(&self) -> Length {
        let (dot, gap) = self.dot_size();
        dot * 3 + gap * 4
    }

    /// Adds the commonest confidence, and the exceptions by their opening words.
    fn confidence_notes(&mut self, block: &mut TextBlock, div: TagId, evidence: &ParagraphEvidence) {
        let Some(confidence) = &evidence.confidence else { return };
        // Without room for any exception, the level is alone, and the annex has all of them.
        let excepted = evidence.shown.exceptions > 0;
        let indent = self.dots_width();
        let node = self.label_tag(div, Role::P);
        let mut label = Inline::default();
        let text_context = self.margin_context(node);
        self.margin_dots(&mut label, text_context, confidence.commonest);
        let mut text = Inline::default();
        self.commonest_words(&mut text, node, MARGIN, confidence.commonest, excepted);
        block.side.push(SideNote {
            label: Some(label),
            keep_with_next: excepted,
            ..self.margin_note(text, indent)
        });
        for (level, indices) in &confidence.exceptions[..evidence.shown.exceptions] {
            let node = self.tag(div, Role::P);
            let text_context = self.margin_context(node);
            let mut label = Inline::default();
            self.margin_dots(&mut label, text_context, *level);
            let mut text = Inline::default();
            self.exception(&mut text, text_context, evidence, *level, indices);
            block.side.push(SideNote { label: Some(label), ..self.margin_note(text, indent) });
        }
    }

    /// Appends the words of the commonest confidence, which semibold type emphasises, before its exceptions if there are
    /// any.
    fn commonest_words(
        &mut self,
        inline: &mut Inline,
        node: TagId,
        kind: TypeSpec,
        level: ConfidenceLevel,
        excepted: bool,
    ) {
        let labels = self.labels();
        let word = self.lexicon.confidence(level as i32).unwrap_or_default();
        let alone = filled(labels.confidence, &[word]);
        let strong = self.label_context(node, kind.strong());
        let whole = if excepted { filled(labels.page.confidence_but, &[word]) } else { alone.clone() };
        match whole.strip_prefix(&alone) {
            Some(rest) => {
                self.push_text(inline, strong, &alone);
                let plain = self.label_context(node, kind);
                self.push_text(inline, plain, rest);
            }
            None => self.push_text(inline, strong, &whole),
        }
    }

    /// Appends a level of confidence and the openings of its statements.
    fn exception(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        evidence: &ParagraphEvidence,
        level: ConfidenceLevel,
        indices: &[usize],
    ) {
        let word = self.lexicon.confidence(level as i32).unwrap_or_default();
        self.push_label(inline, text_context, word);
        let openings = self.openings(evidence, indices);
        self.push_text(inline, text_context, &format!(": {openings}"));
    }

    /// Returns the openings of statements in quotation marks.
    pub(crate) fn openings(&self, evidence: &ParagraphEvidence, indices: &[usize]) -> String {
        let page = &self.labels().page;
        let quoted = |index: &usize| {
            let (opening, whole) = unique_opening(&evidence.statements, *index);
            filled(if whole { page.quote } else { page.quote_opening }, &[opening])
        };
        indices.iter().map(quoted).collect::<Vec<_>>().join(page.list_comma)
    }

    /// Adds a likelihood in words with its bar.
    fn likelihood_notes(
        &mut self,
        block: &mut TextBlock,
        div: TagId,
        evidence: &ParagraphEvidence,
        index: usize,
    ) {
        let statement = evidence.statements[index];
        let Some(likelihood) = &statement.likelihood else { return };
        let node = self.tag(div, Role::P);
        let mut text = Inline::default();
        self.likelihood_words(&mut text, node, MARGIN, evidence, index);
        block.side.push(SideNote { keep_with_next: true, ..self.margin_note(text, Length::ZERO) });
        let text_context = self.margin_context(node);
        let mut bar = Inline::default();
        let before = self.prior.changed_statement_likelihood(statement);
        self.inline_bar(&mut bar, text_context, likelihood, before, BAR);
        block.side.push(self.margin_note(bar, Length::ZERO));
    }

    /// Appends term and range of a likelihood, and the opening of its statement unless it is the only one.
    fn likelihood_words(
        &mut self,
        inline: &mut Inline,
        node: TagId,
        kind: TypeSpec,
        evidence: &ParagraphEvidence,
        index: usize,
    ) {
        let Some(likelihood) = &evidence.statements[index].likelihood else { return };
        let (strong, plain) = (self.text_context(node, kind.strong()), self.text_context(node, kind));
        let odds = self.lexicon.short_odds(likelihood);
        self.push_label(inline, strong, &odds);
        if evidence.statements.len() > 1 {
            let opening = self.openings(evidence, &[index]);
            self.push_text(inline, plain, &format!(": {opening}"));
        }
    }

    /// Adds the reference to the annex for evidence that does not fit.
    fn more_note(&mut self, block: &mut TextBlock, div: TagId, evidence: &ParagraphEvidence) {
        let Some(anchor) = self.basis_anchor(evidence) else { return };
        let node = self.label_tag(div, Role::P);
        let template = self.labels().page.more_on_page;
        let contents = self.link_contents(&filled(self.labels().go_to, &[self.labels().page.basis]));
        let link = self.tag(node, Role::Link { target: LinkTarget::Anchor(anchor), contents });
        let text_context =
            TextContext { link: Some(link), ..self.label_context(link, MARGIN.colored(ACCENT)) };
        let mut text = Inline::default();
        let (before, after) = template.split_once("{0}").unwrap_or((template, ""));
        self.push_text(&mut text, text_context, before);
        self.page_of(&mut text, text_context, anchor);
        self.push_text(&mut text, text_context, after);
        block.side.push(self.margin_note(text, Length::ZERO));
    }

    /// Returns the destination of a paragraph's first statement in the annex.
    fn basis_anchor(&mut self, evidence: &ParagraphEvidence) -> Option<AnchorId> {
        let first = evidence.statements.iter().find(|statement| !statement.id.is_empty());
        let Some(statement) = first else { return self.anchors.get(BASIS).copied() };
        if let Some(known) = self.basis_anchors.get(&statement.id) {
            return Some(*known);
        }
        let anchor = self.new_anchor(&format!("basis.{}", statement.id));
        self.basis_anchors.insert(statement.id.clone(), anchor);
        Some(anchor)
    }

    /// Adds the letters of a paragraph's changes and their pages.
    fn change_note(&mut self, block: &mut TextBlock, div: TagId, changes: &[(String, AnchorId)]) {
        if changes.is_empty() {
            return;
        }
        let node = self.label_tag(div, Role::P);
        let text_context = self.margin_context(node);
        let mut label = Inline::default();
        self.sign(&mut label, text_context, Sign::Reversed, ACCENT);
        let mut text = Inline::default();
        self.change_words(&mut text, node, MARGIN, changes);
        block.side.push(SideNote { label: Some(label), ..self.margin_note(text, NUMBERS) });
    }

    /// Appends the letters of changes and their pages, linked to the first.
    fn change_words(
        &mut self,
        inline: &mut Inline,
        node: TagId,
        kind: TypeSpec,
        changes: &[(String, AnchorId)],
    ) {
        // The reversals that only the annex prints are on a later page.
        let (earlier, later): (Vec<_>, Vec<_>) =
            changes.iter().cloned().partition(|(letter, _)| self.selection_has(letter));
        for (index, changes) in [earlier, later].iter().filter(|group| !group.is_empty()).enumerate() {
            if index > 0 {
                let text_context = self.label_context(node, kind);
                self.push_text(inline, text_context, "; ");
            }
            self.change_group(inline, node, kind, changes);
        }
    }

    /// Appends the letters of changes on one page, linked to the first.
    fn change_group(
        &mut self,
        inline: &mut Inline,
        node: TagId,
        kind: TypeSpec,
        changes: &[(String, AnchorId)],
    ) {
        let Some((letter, first)) = changes.first() else { return };
        let is_earlier = self.selection_has(letter);
        let page = &self.labels().page;
        let letters: Vec<&str> = changes.iter().map(|(letter, _)| letter.as_str()).collect();
        let letters = letters.join(page.list_comma);
        let contents = self.link_contents(&filled(self.labels().go_to, &[&letters]));
        let link = self.label_tag(node, Role::Link { target: LinkTarget::Anchor(*first), contents });
        let kind = kind.strong().colored(ACCENT);
        let text_context = TextContext { link: Some(link), ..self.label_context(link, kind) };
        let anchors = changes.iter().map(|(_, anchor)| *anchor).collect();
        let pages = if is_earlier { Value::Pages(anchors) } else { Value::LaterPage(*first) };
        let values = [Value::Text(&letters), pages];
        self.push_template(inline, text_context, page.changed_card, &values);
    }

    /// Adds a block of text and its evidence in a line below it.
    pub(crate) fn push_with_evidence(&mut self, parent: TagId, block: TextBlock, statements: &[Statement]) {
        if block.inline.is_empty() {
            return self.push(block);
        }
        let TextBlock { inset, keep_with_next, .. } = block;
        match self.evidence_block(parent, statements) {
            Some(line) => {
                self.push(TextBlock { keep_with_next: true, ..block });
                self.push(TextBlock { inset, keep_with_next, ..line });
            }
            None => self.push(block),
        }
    }

    /// Returns the evidence of statements as a line of text; `None` without any.
    pub(crate) fn evidence_block(&mut self, parent: TagId, statements: &[Statement]) -> Option<TextBlock> {
        let evidence = self.paragraph_evidence(statements);
        if evidence.is_empty() {
            return None;
        }
        let div = self.tag(parent, Role::Div);
        let node = self.tag(div, Role::P);
        let mut block = TextBlock { grid: Grid::Free, keep_together: true, ..self.block(REMARK) };
        let inline = &mut block.inline;
        let text_context = self.text_context(node, REMARK);
        let strong = self.text_context(node, REMARK.strong());
        for (index, cited) in evidence.sources.iter().enumerate() {
            let comma = if index > 0 { self.labels().page.list_comma } else { "" };
            self.push_text(inline, text_context, comma);
            let number = self.lexicon.digits(&cited.number.to_string());
            self.push_text(inline, strong, &format!("{number}\u{a0}"));
            if cited.contradicts {
                self.contradicting_sign(inline, text_context);
            }
            // Without isolation, the number of the next source would join a name that runs from left to right.
            let name = self.isolated_in_line(&self.marked_source_name(cited.source));
            self.push_text(inline, TextContext { language: "", ..text_context }, &name);
            if !cited.grades.is_empty() {
                let grades = self.isolated_grades(&cited.grades);
                self.push_text(
                    inline,
                    TextContext { language: "", ..text_context },
                    &format!("\u{a0}{grades}"),
                );
            }
            if cited.only {
                self.push_text(inline, text_context, " (");
                self.push_label(inline, text_context, self.labels().page.only_source);
                self.push_text(inline, text_context, ")");
            }
        }
        if let Some(confidence) = &evidence.confidence {
            self.next_fact(inline, text_context);
            let excepted = !confidence.exceptions.is_empty();
            self.commonest_words(inline, node, REMARK, confidence.commonest, excepted);
            for (index, (level, indices)) in confidence.exceptions.iter().enumerate() {
                let comma = if index > 0 { self.labels().page.list_comma } else { " " };
                self.push_text(inline, text_context, comma);
                self.exception(inline, text_context, &evidence, *level, indices);
            }
        }
        for index in &evidence.likely {
            self.next_fact(inline, text_context);
            self.likelihood_words(inline, node, REMARK, &evidence, *index);
        }
        if !evidence.changes.is_empty() {
            self.next_fact(inline, text_context);
            self.change_words(inline, node, REMARK, &evidence.changes);
        }
        Some(block)
    }

    fn next_fact(&mut self, inline: &mut Inline, text_context: TextContext) {
        if !inline.is_empty() {
            self.push_text(inline, text_context, self.list_separator());
        }
    }
}
