//! Bottom line and key judgments.

use chancery_proto::brief::v1::KeyJudgment;

use crate::Format;
use crate::compose::composer::Composer;
use crate::compose::labels::filled;
use crate::compose::lists::OpenItem;
use crate::compose::stylesheet::{ACCENT, BODY, BOTTOM_LINE, META};
use crate::flow::{Grid, TextBlock};
use crate::tags::{ListNumbering, Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

impl Composer<'_> {
    pub(crate) fn bottom_line(&mut self, sect: TagId) {
        let node = self.tag(sect, Role::P);
        let mut block = self.block(BOTTOM_LINE);
        let text_context = self.text_context(node, BOTTOM_LINE);
        let content = self.content;
        self.statements(&mut block.inline, text_context, &content.bluf, &content.default_marking);
        self.push(block);
    }

    pub(crate) fn key_judgments(&mut self, sect: TagId) {
        let content = self.content;
        if content.key_judgments.is_empty() {
            return;
        }
        let list = self.tag(sect, Role::L(ListNumbering::Decimal));
        for (index, judgment) in content.key_judgments.iter().enumerate() {
            let OpenItem { body, label } =
                self.item(list, BODY.strong().colored(ACCENT), &format!("{}.", index + 1));
            self.judgment(body, judgment, label);
        }
    }

    fn judgment(&mut self, body: TagId, judgment: &KeyJudgment, label: Inline) {
        self.begin_part(&judgment.id);
        let floor = &self.content.default_marking;
        let marking = if judgment.marking.is_empty() { floor } else { &judgment.marking };
        let paragraph = self.tag(body, Role::P);
        let mut block = TextBlock {
            inset: (self.indent(), Length::ZERO),
            label: Some(label),
            before: Length::pt(7),
            grid: Grid::Free,
            keep_with_next: true,
            hyphenate: true,
            ..self.block(BODY.strong())
        };
        block.anchors.extend(self.anchors.get(&judgment.id));
        let text_context = self.text_context(paragraph, BODY.strong());
        if marking != floor {
            self.small_word(&mut block.inline, text_context, &format!("({marking}) "));
        }
        self.statements(&mut block.inline, text_context, &judgment.statements, marking);
        let beside = self.options.format == Format::Standard;
        if beside {
            self.put_asides(body, text_context, &mut block, judgment);
            // The note on supporting statements may continue on the next page.
            block.keep_with_next = false;
        }
        self.push(block);
        self.judgment_notes(body, judgment, beside);
    }

    fn judgment_notes(&mut self, body: TagId, judgment: &KeyJudgment, beside: bool) {
        let inset = (self.indent(), Length::ZERO);
        let (mut notes, mut was) = (Vec::new(), None);
        if beside {
            let why = judgment.confidence.as_ref().map_or("", |confidence| confidence.why.as_str());
            if !why.is_empty() {
                notes.push(self.line(body, Role::P, META.colored(ACCENT), why));
            }
        } else if let Some(text) =
            self.lexicon.odds(judgment.likelihood.as_ref(), judgment.confidence.as_ref())
        {
            if let Some(likelihood) = judgment.likelihood.as_ref().filter(|of| of.term != 0) {
                let before = self.prior.changed_judgment_likelihood(judgment);
                self.likelihood_bar(body, likelihood, before);
                was = before
                    .map(|before| filled(self.labels().was_likely, &[&self.lexicon.short_odds(before)]));
            }
            let text = match was {
                Some(was) => format!("{text} ({was})"),
                None => text,
            };
            notes.push(self.line(body, Role::P, META.colored(ACCENT), &text));
        }
        if !beside && !judgment.revision_note.is_empty() {
            notes.push(self.line(body, Role::P, META, &judgment.revision_note));
        }
        if !judgment.rests_on.is_empty() {
            let node = self.tag(body, Role::P);
            let mut block = self.block(META);
            let text_context = self.text_context(node, META);
            self.push_label(&mut block.inline, text_context, self.labels().rests_on);
            self.push_text(&mut block.inline, text_context, " ");
            self.links(&mut block.inline, text_context, &judgment.rests_on);
            notes.push(block);
        }
        let last = notes.len().saturating_sub(1);
        for (index, note) in notes.into_iter().enumerate() {
            let keep_with_next = index < last;
            self.push(TextBlock { inset, keep_with_next, hyphenate: true, grid: Grid::Free, ..note });
        }
    }
}
