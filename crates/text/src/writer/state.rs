//! The state of writing, and lines with their parts.

use std::collections::BTreeMap;

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::{BriefContent, Change, LikelihoodScale, Section, SourceReliability};

use super::annotations::Annotations;
use super::changes::{Changes, add_change};
use crate::vocabulary::word;

/// The mark of a withheld part.
pub(super) const WITHHELD: &str = "<!-- withheld -->";

/// Writes a brief line by line.
pub(super) struct Writer<'c> {
    pub(super) text: String,
    pub(super) scheme: Scheme,
    pub(super) scale: LikelihoodScale,
    /// The language that the reader will have: that of the content, or else English.
    pub(super) language: &'c str,
    /// The marking of parts that state none.
    pub(super) floor: &'c str,
    /// The marking of the last section, below which the fenced blocks are.
    pub(super) last_section: &'c str,
    /// The letters of the sources that are rated.
    pub(super) reliabilities: BTreeMap<&'c str, String>,
    pub(super) changes: Changes<'c>,
}

impl<'c> Writer<'c> {
    pub(super) fn new(content: &'c BriefContent, scheme: Scheme) -> Self {
        let rated =
            content.sources.iter().filter(|source| source.reliability() != SourceReliability::Unspecified);
        let letter = |reliability| word::<SourceReliability>(reliability).to_ascii_uppercase();
        let floor = match content.default_marking.as_str() {
            "" => scheme.label(scheme.lowest()),
            marking => marking,
        };
        let scale = match content.likelihood_scale() {
            LikelihoodScale::Unspecified => LikelihoodScale::Icd203,
            scale => scale,
        };
        Self {
            text: String::new(),
            scheme,
            scale,
            language: if content.language.is_empty() { "en" } else { &content.language },
            floor,
            last_section: last_marking(&content.sections, floor),
            reliabilities: rated.map(|source| (source.id.as_str(), letter(source.reliability()))).collect(),
            changes: Changes::of(content),
        }
    }

    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub(super) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Adds the change on the line of a part, whose marking is given.
    pub(super) fn own_change(&self, annotations: &mut Annotations, change: Option<&Change>, marking: &str) {
        let Some(change) = change else { return };
        let change_marking = if change.marking.is_empty() { self.floor } else { &change.marking };
        let rank = |label: &str| self.scheme.rank(label);
        let was_default = if rank(marking) > rank(change_marking) { marking } else { change_marking };
        add_change(annotations, change, self.floor, Some(was_default));
    }
}

/// Returns the marking of the last of nested sections.
fn last_marking<'c>(sections: &'c [Section], enclosing: &'c str) -> &'c str {
    let (mut sections, mut marking) = (sections, enclosing);
    while let Some(last) = sections.last() {
        marking = effective(&last.marking, marking);
        sections = &last.sections;
    }
    marking
}

/// Returns the marking that a part states: none if it is that of the enclosing part.
pub(super) fn stated<'m>(marking: &'m str, enclosing: &str) -> &'m str {
    if marking == enclosing { "" } else { marking }
}

/// Returns the effective marking of a part.
pub(super) fn effective<'m>(marking: &'m str, enclosing: &'m str) -> &'m str {
    if marking.is_empty() { enclosing } else { marking }
}

/// Joins the parts of a line that are not empty with spaces.
pub(super) fn joined(parts: &[&str]) -> String {
    let mut line = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(part);
    }
    line
}

/// Returns a marking in parentheses; empty for none.
pub(super) fn label(marking: &str) -> String {
    if marking.is_empty() { String::new() } else { format!("({marking})") }
}

/// Returns an id behind its mark; empty for none.
pub(super) fn id(id: &str) -> String {
    if id.is_empty() { String::new() } else { format!("^{id}") }
}
