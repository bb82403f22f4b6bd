//! Annotations: the values that differ from their defaults, in a fixed order.

use chancery_brief::likelihood::{bounds, stated_bounds, words};
use chancery_proto::brief::v1::{Confidence, Likelihood, LikelihoodScale, Period};

use crate::syntax::gaps::is_gap;
use crate::syntax::markings::has_marking;
use crate::syntax::separators::{is_foreign_comma, starts_annotation, swallowed_annotation};
use crate::syntax::values::quoted;
use crate::vocabulary::{CONFIDENCES, SCALES};

/// Annotations in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct Annotations {
    items: Vec<String>,
}

impl Annotations {
    pub(super) fn flag(&mut self, flag: impl Into<String>) {
        self.items.push(flag.into());
    }

    /// Adds a key with a value, even an empty one.
    pub(super) fn value(&mut self, key: &str, text: &str) {
        self.items.push(format!("{key}: {}", value(text, '}')));
    }

    /// Adds a key, unless its value is empty.
    pub(super) fn text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.value(key, text);
        }
    }

    pub(super) fn ids(&mut self, key: &str, ids: &[String]) {
        if !ids.is_empty() {
            self.items.push(format!("{key}: {}", ids.join(" ")));
        }
    }

    pub(super) fn list(&mut self, key: &str, texts: &[String]) {
        if !texts.is_empty() {
            let elements: Vec<String> = texts.iter().map(|text| element(text)).collect();
            self.items.push(format!("{key}: {}", elements.join(", ")));
        }
    }

    pub(super) fn likelihood(&mut self, likelihood: Option<&Likelihood>, scale: LikelihoodScale) {
        let Some(likelihood) = likelihood else { return };
        let term = likelihood.term();
        let mut written = String::new();
        if likelihood.scale() != scale
            && let Some((prefix, _)) = SCALES.iter().find(|(_, known)| *known == likelihood.scale())
        {
            written.extend([prefix, ": "]);
        }
        written.push_str(words(term));
        let (low, high) = stated_bounds(likelihood);
        if (low, high) != bounds(term) || likelihood.point_percent.is_some() {
            written.extend([" ", &low.to_string(), "-", &high.to_string(), "%"]);
        }
        if let Some(point) = likelihood.point_percent {
            written.extend([" at ", &point.to_string(), "%"]);
        }
        self.items.push(written);
        self.text("likelihood-origin", &likelihood.origin);
    }

    pub(super) fn confidence(&mut self, confidence: Option<&Confidence>) {
        let Some(confidence) = confidence else { return };
        let name = CONFIDENCES.iter().find(|(_, level)| *level == confidence.level());
        let name = name.map_or("", |(name, _)| name);
        if confidence.why.is_empty() {
            self.flag(name);
        } else {
            self.value(name, &confidence.why);
        }
    }

    pub(super) fn period(&mut self, period: Option<&Period>) {
        let Some(period) = period else { return };
        if !period.edtf.is_empty() || period.label.is_empty() {
            self.value("period", &period.edtf);
        }
        self.text("period-label", &period.label);
    }

    /// Returns the annotations in braces; empty if there are none.
    pub(super) fn written(&self) -> String {
        if self.items.is_empty() { String::new() } else { format!("{{{}}}", self.items.join("; ")) }
    }
}

/// Returns a value as it is written before `;` or `close`.
pub(super) fn value(text: &str, close: char) -> String {
    let is_bare = !text.is_empty()
        && !text.contains(['"', ';', close])
        && !text.starts_with(['“', '”', '„'])
        && (close != ']' || !text.contains('@'))
        && swallowed_annotation(text).is_none()
        && !has_marking(text)
        && !text.starts_with(is_gap)
        && !text.ends_with(is_gap)
        && !text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
    if is_bare { text.to_owned() } else { quoted(text) }
}

/// Returns an element of a list with commas.
fn element(text: &str) -> String {
    let is_separated = text.contains(',') || text.contains(is_foreign_comma) || starts_annotation(text, true);
    if is_separated { quoted(text) } else { value(text, '}') }
}
