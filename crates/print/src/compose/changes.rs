//! What changed against the revision before: a table of it, or how much of it there is.

use chancery_brief::references::change_subject;
use chancery_proto::brief::v1::Change;

use crate::Format;
use crate::compose::composer::{Composer, Voice};
use crate::compose::labels::filled;
use crate::compose::said::Said;
use crate::compose::styles::{BODY, META, TABLE, Type};
use crate::compose::tables::{TableMaker, Words};
use crate::compose::words;
use crate::flow::{Span, TextBlock};
use crate::tags::{Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

impl Composer<'_> {
    pub(crate) fn changes(&mut self, sect: TagId) {
        let content = self.content;
        if !content.change_summary.is_empty() {
            let mut block = self.line(sect, Role::P, BODY, &content.change_summary);
            block = TextBlock { inline: block.inline, ..self.body_block() };
            self.push(block);
        }
        // The table is the full print's: elsewhere it would be longer than what it tells of.
        if self.options.format != Format::Full {
            return self.change_counts(sect, META);
        }
        if content.changes.is_empty() {
            return;
        }
        let labels = self.labels();
        let head = [labels.statement, labels.change, labels.holds_now, labels.why];
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

    /// How many changes of each kind there are.
    pub(crate) fn change_counts(&mut self, sect: TagId, kind: Type) {
        let mut counts: Vec<(i32, usize)> = Vec::new();
        for change in &self.content.changes {
            match counts.iter_mut().find(|(kind, _)| *kind == change.kind) {
                Some((_, count)) => *count += 1,
                None => counts.push((change.kind, 1)),
            }
        }
        counts.sort_by_key(|(kind, count)| (std::cmp::Reverse(*count), *kind));
        let counts: Vec<String> = counts
            .into_iter()
            .map(|(kind, count)| format!("{} {count}", words::capitalised(self.words.change(kind))))
            .map(|count| count.replace(' ', "\u{a0}"))
            .collect();
        if !counts.is_empty() {
            let block = self.own_line(sect, Role::P, kind, &counts.join(" \u{b7} "));
            self.push(TextBlock { span: Span::Full, before: Length::pt(1), ..block });
        }
    }

    fn change_cell(&mut self, inline: &mut Inline, voice: Voice, change: &Change, column: usize) {
        match column {
            0 => {
                let id = change_subject(change);
                let hears = filled(self.labels().go_to, &[id]);
                self.link(inline, voice, id, id, &hears);
            }
            1 => {
                let changed = [self.words.change(change.kind).to_owned()];
                let changed: Vec<String> = changed.into_iter().chain(self.odds_changed(change)).collect();
                self.say_own(inline, voice, &changed.join("; "));
            }
            2 => {
                if let Some(was) = self.old_text(change) {
                    self.say_own(inline, voice, self.labels().was);
                    self.say(inline, voice, &format!(" \u{201c}{was}\u{201d} "));
                }
                self.say(inline, voice, &change.now);
                if !change.replaced_by.is_empty() {
                    self.say(inline, voice, " ");
                    self.say_own(inline, voice, self.labels().see);
                    self.say(inline, voice, " ");
                    self.links(inline, voice, &change.replaced_by);
                    self.say(inline, voice, ".");
                }
            }
            _ => self.say(inline, voice, &change.why),
        }
    }

    /// What a changed statement said: as the change tells it, else as the revision before had it. A statement that
    /// still stands word for word has no old text.
    fn old_text(&self, change: &Change) -> Option<String> {
        if !change.was.is_empty() {
            return Some(change.was.clone());
        }
        let before = &self.earlier.statement(&change.statement_id)?.text;
        let now = self.present.statement(&change.statement_id).map(|statement| &statement.text);
        (now != Some(before) && *before != change.now).then(|| before.clone())
    }

    /// How sure and how likely a changed statement was, where that is another now.
    fn odds_changed(&self, change: &Change) -> Vec<String> {
        let mut changed = Vec::new();
        let level = |of: &Said| {
            of.statement(&change.statement_id)?.confidence.as_ref().map(|confidence| confidence.level)
        };
        let before = some(change.confidence_before).or_else(|| level(&self.earlier));
        let after = some(change.confidence_after).or_else(|| level(&self.present));
        let confidence = |level: Option<i32>| level.and_then(|level| self.words.confidence(level));
        if let (Some(before), Some(after)) = (confidence(before), confidence(after))
            && before != after
        {
            changed.push(filled(self.labels().confidence_changed, &[before, after]));
        }
        let now = self.present.statement(&change.statement_id);
        let before = now.and_then(|statement| self.earlier.of_statement(statement));
        changed
            .extend(before.map(|before| filled(self.labels().was_likely, &[&self.words.short_odds(before)])));
        changed
    }
}

/// A value that is said.
fn some(value: i32) -> Option<i32> {
    (value != 0).then_some(value)
}
