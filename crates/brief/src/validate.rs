//! Validation: turns authored content into canonical content.
//!
//! One walk in the order of the proto file checks every rule and canonicalises each value in place, so that violations
//! are in document order and each value is checked in the form in which it is stored.

mod annexes;
mod body;
mod checker;
pub mod code;
mod earlier_parts;
mod forms;
mod network;
mod prose;
mod references;
#[cfg(test)]
mod tests;
mod text;

use std::borrow::Cow;

use chancery_proto::brief::v1::{BriefContent, BriefKind, LikelihoodScale};
use prost::Message;

use crate::canonical::Canonical;
use crate::marking::Scheme;
use crate::part::{Ids, PartKind};
use checker::Checker;
pub use earlier_parts::{changes_of_earlier_parts, unknown_earlier_parts};
pub use forms::is_language;
pub(crate) use forms::is_part_id;

/// Maximum size of encoded content: 10 MiB.
pub const CONTENT_LIMIT: usize = 10 * 1024 * 1024;
/// Maximum length of a title in code points.
pub const TITLE_LIMIT: usize = 300;
/// Maximum length of a statement in code points.
pub const STATEMENT_LIMIT: usize = 4_000;
/// Maximum length of the short title of a source in code points.
pub const SHORT_TITLE_LIMIT: usize = 60;
/// Maximum length of other texts in code points.
pub const TEXT_LIMIT: usize = 2_000;
/// Maximum number of violations that [`canonicalize`] lists.
pub const VIOLATION_LIMIT: usize = 100;
/// Maximum number of violations that [`violations`] lists.
pub const LISTED_VIOLATION_LIMIT: usize = 10_000;

/// A violation of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of proto field names, such as `sections[0].blocks[2].paragraph.statements[1].spans[0].end`. Empty
    /// for the content as a whole.
    pub path: String,
    /// Stable code of [`code`], such as `UNKNOWN_REFERENCE`.
    pub code: &'static str,
    /// Message for the author.
    pub message: String,
}

/// The content breaks rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the content breaks {total} rule(s){}", first(violations))]
pub struct InvalidContent {
    /// The first violations in document order; never empty.
    pub violations: Vec<Violation>,
    /// Number of all violations, listed or not.
    pub total: usize,
}

impl From<Vec<Violation>> for InvalidContent {
    /// Wraps a complete, non-empty list of violations.
    fn from(violations: Vec<Violation>) -> Self {
        Self { total: violations.len(), violations }
    }
}

fn first(violations: &[Violation]) -> String {
    let first = violations.first();
    first
        .map(|violation| format!(", first at {:?}: {}", violation.path, violation.message))
        .unwrap_or_default()
}

/// Validates and canonicalises content: normalises texts to NFC, replaces noncharacters, unassigned code points and U+FEFF
/// by U+FFFD, writes out effective markings, likelihood scales and percentages, sorts labels, tags and topics, and
/// computes the banner.
///
/// # Errors
/// [`InvalidContent`] with the first [`VIOLATION_LIMIT`] violations.
pub fn canonicalize(content: &BriefContent, scheme: Scheme) -> Result<Canonical, InvalidContent> {
    check(content, scheme, VIOLATION_LIMIT)
}

/// Validates content like [`canonicalize`], but lists up to [`LISTED_VIOLATION_LIMIT`] violations, for authors.
///
/// # Errors
/// [`InvalidContent`].
pub fn violations(content: &BriefContent, scheme: Scheme) -> Result<Canonical, InvalidContent> {
    check(content, scheme, LISTED_VIOLATION_LIMIT)
}

fn check(content: &BriefContent, scheme: Scheme, limit: usize) -> Result<Canonical, InvalidContent> {
    if content.encoded_len() > CONTENT_LIMIT {
        let message = format!("the encoded content is larger than {CONTENT_LIMIT} bytes");
        let violation = Violation { path: String::new(), code: code::TOO_LARGE, message };
        return Err(InvalidContent { violations: vec![violation], total: 1 });
    }
    let ids = Ids::of(content);
    let mut content = content.clone();
    let mut checker = Checker::new(scheme, &ids, limit);
    checker.content(&mut content);
    let floor = checker.floor();
    let highest = checker.finish()?;
    scheme.label(highest).clone_into(&mut content.marking);
    Ok(Canonical::new(content, scheme, floor, highest))
}

/// Checks a name or reason that is stored outside content and shown beside it.
///
/// # Errors
/// A description of the first control character other than a line end, or of the first direction control that is not
/// paired within its line (UAX #9): it would reorder the text that surrounds it.
pub fn check_plain_text(text: &str) -> Result<(), String> {
    text.split('\n').try_for_each(|line| clean(line).map(drop))
}

/// Canonicalises a text outside of content; fails with a message.
pub(crate) fn clean(text: &str) -> Result<Cow<'_, str>, String> {
    text::clean(text, false).map_err(|fault| fault.message)
}

impl Checker<'_> {
    fn content(&mut self, content: &mut BriefContent) {
        self.envelope(content);
        self.statements("bluf", &mut content.bluf, self.floor());
        self.each("key_judgments", &mut content.key_judgments, Self::key_judgment);
        self.sections(&mut content.sections, self.floor(), 1);
        self.each("domains", &mut content.domains, Self::domain);
        self.each("factors", &mut content.factors, Self::factor);
        self.each("actors", &mut content.actors, Self::actor);
        self.each("places", &mut content.places, Self::place);
        self.each("relationships", &mut content.relationships, Self::relationship);
        self.each("events", &mut content.events, Self::event);
        self.each("sources", &mut content.sources, Self::source);
        self.each("scenarios", &mut content.scenarios, Self::scenario);
        self.each("indicators", &mut content.indicators, Self::indicator);
        self.each("assumptions", &mut content.assumptions, Self::assumption);
        self.each("information_gaps", &mut content.information_gaps, Self::information_gap);
        self.each("dissents", &mut content.dissents, Self::dissent);
        self.record_part_ranks(content);
        self.each("changes", &mut content.changes, Self::change);
        self.text("change_summary", &mut content.change_summary, TEXT_LIMIT);
        self.labels("tags", &mut content.tags);
        self.references("regions", &content.regions, &[PartKind::Place]);
        self.translation_of(content);
    }

    /// Checks the fields before the bottom line, which are visible at the floor.
    fn envelope(&mut self, content: &mut BriefContent) {
        self.chosen::<BriefKind>("kind", content.kind);
        self.required_text("title", &mut content.title, TITLE_LIMIT);
        self.localized("localized_titles", &mut content.localized_titles, TITLE_LIMIT);
        self.text("subtitle", &mut content.subtitle, TEXT_LIMIT);
        self.required_language("language", &content.language);
        if let Some(subject) = &content.subject {
            let actors_and_places = [PartKind::Actor, PartKind::Place];
            self.inside("subject", |checker| {
                checker.references("entity_ids", &subject.entity_ids, &actors_and_places);
            });
        }
        if let Some(as_of) = &mut content.as_of {
            self.inside("as_of", |checker| {
                checker.date("date", &as_of.date);
                checker.text("note", &mut as_of.note, TEXT_LIMIT);
            });
        }
        self.set_floor(&mut content.default_marking);
        content.marking.clear();
        self.known::<LikelihoodScale>("likelihood_scale", content.likelihood_scale);
        if content.likelihood_scale() == LikelihoodScale::Unspecified {
            content.set_likelihood_scale(LikelihoodScale::Icd203);
        }
        self.set_scale(content.likelihood_scale());
    }

    fn translation_of(&mut self, content: &BriefContent) {
        let Some(original) = &content.translation_of else { return };
        self.inside("translation_of", |checker| {
            if !forms::is_resource_id(&original.brief_id) {
                checker.violate(
                    "brief_id",
                    code::INVALID_ID,
                    "expected a brief id matching [a-z][a-z0-9-]{0,61}[a-z0-9]",
                );
            }
            if original.revision == 0 {
                checker.violate("revision", code::REQUIRED, "expected a revision number, from 1");
            }
        });
    }
}
