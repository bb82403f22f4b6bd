//! The bottom line, the key judgments, and what changed.

use chancery_proto::brief::v1::{Change, Confidence, KeyJudgment, Likelihood};

use crate::compose::composer::{Composer, Voice};
use crate::compose::lists::{INDENT, Item};
use crate::compose::styles::{ACCENT, BODY, BOTTOM_LINE, META, TABLE};
use crate::compose::tables::{TableMaker, Words};
use crate::compose::words;
use crate::flow::{Grid, Span, TextBlock};
use crate::tags::{ListNumbering, Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

impl Composer<'_> {
    pub(crate) fn bottom_line(&mut self, sect: TagId) {
        let node = self.tag(sect, Role::P);
        let mut block = self.block(BOTTOM_LINE);
        let voice = self.voice(node, BOTTOM_LINE);
        let content = self.content;
        self.statements(&mut block.inline, voice, &content.bluf, &content.default_marking);
        self.push(block);
    }

    pub(crate) fn key_judgments(&mut self, sect: TagId) {
        let list = self.tag(sect, Role::L(ListNumbering::Decimal));
        let content = self.content;
        for (index, judgment) in content.key_judgments.iter().enumerate() {
            let Item { body, label } =
                self.item(list, BODY.strong().colored(ACCENT), &format!("{}.", index + 1));
            self.judgment(body, judgment, label);
        }
    }

    fn judgment(&mut self, body: TagId, judgment: &KeyJudgment, label: Inline) {
        let floor = &self.content.default_marking;
        let marking = if judgment.marking.is_empty() { floor } else { &judgment.marking };
        let paragraph = self.tag(body, Role::P);
        let mut block = TextBlock {
            inset: (INDENT, Length::ZERO),
            label: Some(label),
            before: Length::pt(7),
            grid: Grid::Free,
            keep_with_next: true,
            hyphenate: true,
            ..self.block(BODY.strong())
        };
        block.anchors.extend(self.anchors.get(&judgment.id));
        let voice = self.voice(paragraph, BODY.strong());
        if marking != floor {
            self.small_word(&mut block.inline, voice, &format!("({marking}) "));
        }
        self.statements(&mut block.inline, voice, &judgment.statements, marking);
        self.push(block);
        self.judgment_notes(body, judgment);
    }

    fn judgment_notes(&mut self, body: TagId, judgment: &KeyJudgment) {
        let inset = (INDENT, Length::ZERO);
        let mut notes = Vec::new();
        if let Some(text) = odds(judgment.likelihood.as_ref(), judgment.confidence.as_ref()) {
            if let Some(likelihood) = judgment.likelihood.as_ref().filter(|of| of.term != 0) {
                self.likelihood_bar(body, likelihood);
            }
            notes.push(self.line(body, Role::P, META.colored(ACCENT), &text));
        }
        if !judgment.revision_note.is_empty() {
            notes.push(self.line(body, Role::P, META, &judgment.revision_note));
        }
        if !judgment.rests_on.is_empty() {
            let node = self.tag(body, Role::P);
            let mut block = self.block(META);
            let voice = self.voice(node, META);
            self.say(&mut block.inline, voice, "Rests on ");
            self.links(&mut block.inline, voice, &judgment.rests_on);
            notes.push(block);
        }
        let last = notes.len().saturating_sub(1);
        for (index, note) in notes.into_iter().enumerate() {
            let keep_with_next = index < last;
            self.push(TextBlock { inset, keep_with_next, hyphenate: true, grid: Grid::Free, ..note });
        }
    }

    pub(crate) fn changes(&mut self, sect: TagId) {
        let content = self.content;
        if !content.change_summary.is_empty() {
            let mut block = self.line(sect, Role::P, BODY, &content.change_summary);
            block = TextBlock { inline: block.inline, ..self.body_block() };
            self.push(block);
        }
        if content.changes.is_empty() {
            return;
        }
        let head = ["Statement", "Change", "What holds now", "Why"];
        // A column that nothing stands in is left out.
        let explained = content.changes.iter().any(|change| !change.why.is_empty());
        let head = if explained { &head[..] } else { &head[..3] };
        let mut maker = TableMaker::begin(self, sect, "", head, true, Words::Own);
        maker.block.span = Span::Full;
        for change in &content.changes {
            maker.row(self, Vec::new(), |composer, column, cell, inline| {
                let voice = composer.voice(cell, TABLE);
                composer.change_cell(inline, voice, change, column);
            });
        }
        maker.finish(self);
    }

    fn change_cell(&mut self, inline: &mut Inline, voice: Voice, change: &Change, column: usize) {
        match column {
            0 => {
                let id = &change.statement_id;
                self.link(inline, voice, id, id, &format!("Go to {id}"));
            }
            1 => {
                self.say(inline, voice, words::change(change.kind));
                let (before, after) =
                    (words::confidence(change.confidence_before), words::confidence(change.confidence_after));
                if let (Some(before), Some(after)) = (before, after)
                    && before != after
                {
                    self.say(inline, voice, &format!("; confidence {before}, now {after}"));
                }
            }
            2 => {
                if !change.was.is_empty() {
                    self.say(inline, voice, &format!("Was: \u{201c}{}\u{201d} ", change.was));
                }
                self.say(inline, voice, &change.now);
                if !change.replaced_by.is_empty() {
                    self.say(inline, voice, " See ");
                    self.links(inline, voice, &change.replaced_by);
                    self.say(inline, voice, ".");
                }
            }
            _ => self.say(inline, voice, &change.why),
        }
    }
}

/// "Likely (55–80 %). Moderate confidence: why."
pub(crate) fn odds(likelihood: Option<&Likelihood>, confidence: Option<&Confidence>) -> Option<String> {
    let mut sentences = Vec::new();
    if let Some(likelihood) = likelihood
        && let Some(word) = words::likelihood(likelihood.term)
    {
        sentences.push(format!("{} ({}).", words::capitalised(word), percentages(likelihood)));
    }
    if let Some(confidence) = confidence
        && let Some(level) = words::confidence(confidence.level)
    {
        let why = confidence.why.trim_end_matches('.');
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        sentences.push(format!("{} confidence{why}.", words::capitalised(level)));
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// "55–80 %, about 60 %".
pub(crate) fn percentages(likelihood: &Likelihood) -> String {
    let range = format!("{}\u{2013}{}\u{a0}%", likelihood.low_percent, likelihood.high_percent);
    match likelihood.point_percent {
        Some(point) => format!("{range}, about {point}\u{a0}%"),
        None => range,
    }
}
