//! The evidence of a paragraph: its sources with their grades, its confidence and the exceptions, its likelihoods, and its
//! changes since the earlier revision; and the words for them.

use chancery_proto::brief::v1::{ConfidenceLevel, Statement};

use crate::compose::annotations::Value;
use crate::compose::composer::{Composer, TextContext};
use crate::compose::evidence::{
    CitedSource, ParagraphConfidence, cited_sources, paragraph_confidence, unique_opening,
};
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::stylesheet::{ACCENT, TypeSpec};
use crate::tags::{AnchorId, LinkTarget, Role, TagId};
use crate::text::inline::Inline;

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
    /// Returns whether there is nothing to print.
    pub(crate) fn is_empty(&self) -> bool {
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
    /// Gathers the evidence of statements.
    pub(crate) fn paragraph_evidence<'s>(&self, statements: &'s [Statement]) -> ParagraphEvidence<'s, 'a> {
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

    /// Appends the words of the commonest confidence, which semibold type emphasises, before its exceptions if there are
    /// any.
    pub(crate) fn commonest_words(
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
    pub(crate) fn exception(
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

    /// Appends term and range of a likelihood, and the opening of its statement unless it is the only one.
    pub(crate) fn likelihood_words(
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

    /// Appends the letters of changes and their pages, linked to the first.
    pub(crate) fn change_words(
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
}
