//! The texts of a reversal's card or row: what an earlier revision said, what holds now, why, and how sure.

use chancery_brief::references::change_subject;
use chancery_proto::brief::v1::{Change, ChangeKind, ConfidenceLevel};

use crate::compose::change_ledger::{Reversal, earlier_text};
use crate::compose::composer::Composer;

/// Maximum number of events under a card's reason.
const MOST_EVENTS: usize = 2;

/// A text with its marking, which may be empty for the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MarkedText {
    pub(crate) text: String,
    pub(crate) marking: String,
}

/// Levels of confidence before and after, each from the lowest to the highest of several statements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConfidenceShift {
    pub(crate) before: Option<(ConfidenceLevel, ConfidenceLevel)>,
    pub(crate) after: Option<(ConfidenceLevel, ConfidenceLevel)>,
}

/// The texts of a card or row.
#[derive(Clone, Debug, Default)]
pub(crate) struct CardFacts<'a> {
    /// One text a change.
    pub(crate) earlier: Vec<MarkedText>,
    pub(crate) now: Vec<MarkedText>,
    pub(crate) why: Vec<MarkedText>,
    /// Events by id, with their titles and dates.
    pub(crate) events: Vec<(&'a str, MarkedText)>,
    pub(crate) confidence: ConfidenceShift,
    /// Indices of changes whose description of what holds now is not among the texts.
    pub(crate) without_now: Vec<usize>,
}

impl<'a> Composer<'a> {
    /// Returns the texts of a reversal.
    pub(crate) fn card_facts(&self, reversal: &Reversal<'a>) -> CardFacts<'a> {
        let mut facts =
            CardFacts { confidence: self.confidence_shift(&reversal.changes), ..CardFacts::default() };
        for (index, change) in reversal.changes.iter().enumerate() {
            facts.earlier.extend(self.said_before(change));
            let own = |text: &str| MarkedText { text: text.to_owned(), marking: change.marking.clone() };
            let mut is_now_used = true;
            if let Some(present) = self.present_text(change, reversal.kind) {
                add(&mut facts.now, present);
                is_now_used = false;
            } else if !change.now.is_empty() {
                add(&mut facts.now, own(&change.now));
            } else if let Some(replacement) = self.replacement_text(change) {
                add(&mut facts.now, replacement);
            }
            if !change.why.is_empty() {
                add(&mut facts.why, own(&change.why));
            } else if !is_now_used && !change.now.is_empty() {
                add(&mut facts.why, own(&change.now));
                is_now_used = true;
            }
            if !is_now_used && !change.now.is_empty() {
                facts.without_now.push(index);
            }
        }
        facts.events = self.card_events(reversal, !facts.why.is_empty());
        facts
    }

    /// Returns the text that a change quotes, otherwise the earlier revision's, otherwise the unchanged one.
    fn said_before(&self, change: &Change) -> Option<MarkedText> {
        if let Some(text) = self.quoted_before(change) {
            return Some(text);
        }
        let id = change_subject(change);
        let unchanged = match (self.current.text(id), self.prior.text(id)) {
            (Some(text), _) => MarkedText { text, marking: self.current_marking(id) },
            (None, Some(text)) => MarkedText { text, marking: self.prior_marking(id) },
            (None, None) => {
                MarkedText { text: self.name_of_part(id)?.text.to_string(), marking: change.marking.clone() }
            }
        };
        Some(unchanged)
    }

    /// Returns the text that a change quotes, otherwise the earlier revision's, unless that is unchanged.
    pub(crate) fn quoted_before(&self, change: &Change) -> Option<MarkedText> {
        let text = earlier_text(change, &self.prior, &self.current)?;
        let is_quoted = !change.was.is_empty();
        let marking =
            if is_quoted { change.was_marking.clone() } else { self.prior_marking(change_subject(change)) };
        Some(MarkedText { text, marking })
    }

    /// Returns the present text of a changed part, if it has another text than before and still holds.
    pub(crate) fn present_text(&self, change: &Change, kind: ChangeKind) -> Option<MarkedText> {
        if is_over(kind) {
            return None;
        }
        earlier_text(change, &self.prior, &self.current)?;
        let id = change_subject(change);
        Some(MarkedText { text: self.current.text(id)?, marking: self.current_marking(id) })
    }

    fn replacement_text(&self, change: &Change) -> Option<MarkedText> {
        let text = |id: &String| {
            Some(MarkedText { text: self.current.text(id)?, marking: self.current_marking(id) })
        };
        change.replaced_by.iter().find_map(text)
    }

    fn current_marking(&self, id: &str) -> String {
        self.current.marking(id).unwrap_or_default().to_owned()
    }

    /// Returns the marking of a part of the earlier revision, which is its default unless the part has its own.
    pub(crate) fn prior_marking(&self, id: &str) -> String {
        let own = self.prior.marking(id).unwrap_or_default();
        let default = self.edition.earlier.map_or("", |earlier| &earlier.default_marking);
        if own.is_empty() { default } else { own }.to_owned()
    }

    /// Returns the events that a card names. With a reason, more than two would hide it: none is named then.
    fn card_events(&self, reversal: &Reversal<'a>, has_why: bool) -> Vec<(&'a str, MarkedText)> {
        let mut events: Vec<(&str, MarkedText)> = Vec::new();
        for id in reversal.changes.iter().flat_map(|change| &change.evidence_ids) {
            if !events.iter().any(|(known, _)| *known == id) {
                events.extend(self.dated_event(id).map(|event| (id.as_str(), event)));
            }
        }
        if has_why && events.len() > MOST_EVENTS {
            return Vec::new();
        }
        events.truncate(MOST_EVENTS);
        events
    }

    /// Returns the title of an event with its date in words; `None` if the edition does not have it.
    pub(crate) fn dated_event(&self, id: &str) -> Option<MarkedText> {
        let event = self.content.events.iter().find(|event| event.id == id)?;
        let comma = self.labels().page.list_comma;
        let text = if event.date.is_empty() {
            event.title.clone()
        } else {
            format!("{}{comma}{}", event.title, self.lexicon.date(&event.date))
        };
        Some(MarkedText { text, marking: event.marking.clone() })
    }

    /// Returns the declared levels of confidence of changes; without any, those of the statements.
    pub(crate) fn confidence_shift(&self, changes: &[&Change]) -> ConfidenceShift {
        let level = |value: i32| ConfidenceLevel::try_from(value).unwrap_or_default();
        let declared = ConfidenceShift {
            before: range(changes.iter().map(|change| level(change.confidence_before))),
            after: range(changes.iter().map(|change| level(change.confidence_after))),
        };
        // The confidence of what does not hold any more says nothing about what holds now.
        if declared != ConfidenceShift::default() || changes.iter().any(|change| is_over(change.kind())) {
            return declared;
        }
        let subjects = || changes.iter().map(|change| change_subject(change));
        let after = range(subjects().map(|id| self.current.confidence(id)));
        // A part that is no longer in the brief has no confidence now.
        let before = after.and_then(|_| range(subjects().map(|id| self.prior.confidence(id))));
        ConfidenceShift { before, after }
    }
}

/// Returns whether a changed text does not hold any more.
const fn is_over(kind: ChangeKind) -> bool {
    matches!(kind, ChangeKind::Superseded | ChangeKind::Missed | ChangeKind::Withdrawn)
}

/// Adds a text once.
fn add(texts: &mut Vec<MarkedText>, text: MarkedText) {
    if !text.text.is_empty() && !texts.iter().any(|known| known.text == text.text) {
        texts.push(text);
    }
}

fn range(levels: impl Iterator<Item = ConfidenceLevel>) -> Option<(ConfidenceLevel, ConfidenceLevel)> {
    let mut known: Vec<ConfidenceLevel> =
        levels.filter(|level| *level != ConfidenceLevel::Unspecified).collect();
    known.sort_unstable_by_key(|level| rank(*level));
    Some((*known.first()?, *known.last()?))
}

const fn rank(level: ConfidenceLevel) -> u8 {
    match level {
        ConfidenceLevel::Unspecified => 0,
        ConfidenceLevel::Low => 1,
        ConfidenceLevel::Moderate => 2,
        ConfidenceLevel::High => 3,
    }
}
