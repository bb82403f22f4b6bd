//! Evidence beside a paragraph, in the side column.

use chancery_proto::brief::v1::{ConfidenceLevel, Statement};

use crate::compose::annotations::BarSize;
use crate::compose::composer::{Composer, TextContext};
use crate::compose::evidence::CitedSource;
use crate::compose::labels::filled;
use crate::compose::paragraph_evidence::ParagraphEvidence;
use crate::compose::signs::Sign;
use crate::compose::stylesheet::{ACCENT, INK, MARGIN, QUIET};
use crate::flow::{SideNote, TextBlock};
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

impl<'a> Composer<'a> {
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
}
