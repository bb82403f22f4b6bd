//! The state of the validation walk, and checks that many fields share.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use chancery_proto::brief::v1::{BriefContent, LikelihoodScale, LocalizedText};

use super::text::clean;
use super::{InvalidContent, TEXT_LIMIT, Violation, code, forms};
use crate::edtf;
use crate::marking::{Rank, Scheme};
use crate::part::{Ids, for_each_part};
use crate::value_names::value_names;

/// A step of a path.
enum Step {
    Field(&'static str),
    Index(usize),
}

/// Walks authored content, checking and canonicalising it in place.
pub(super) struct Checker<'a> {
    pub(super) ids: &'a Ids,
    scheme: Scheme,
    scale: LikelihoodScale,
    floor: Rank,
    highest: Rank,
    seen: BTreeSet<String>,
    /// Effective markings of the parts with ids, which quoted earlier texts inherit. Empty until all parts are checked.
    pub(super) part_ranks: BTreeMap<String, Rank>,
    path: Vec<Step>,
    violations: Vec<Violation>,
    /// Maximum number of listed violations.
    limit: usize,
    /// Number of violations, listed or not.
    total: usize,
}

impl<'a> Checker<'a> {
    pub(super) fn new(scheme: Scheme, ids: &'a Ids, limit: usize) -> Self {
        Self {
            ids,
            scheme,
            scale: LikelihoodScale::Icd203,
            floor: scheme.lowest(),
            highest: scheme.lowest(),
            seen: BTreeSet::new(),
            part_ranks: BTreeMap::new(),
            path: Vec::new(),
            violations: Vec::new(),
            limit,
            total: 0,
        }
    }

    /// Returns the highest effective marking, or the violations.
    pub(super) fn finish(self) -> Result<Rank, InvalidContent> {
        if self.violations.is_empty() {
            Ok(self.highest)
        } else {
            Err(InvalidContent { violations: self.violations, total: self.total })
        }
    }

    pub(super) fn violate(&mut self, field: &'static str, code: &'static str, message: impl Into<String>) {
        self.total += 1;
        if self.violations.len() < self.limit {
            let path = self.path_to(field);
            self.violations.push(Violation { path, code, message: message.into() });
        }
    }

    fn path_to(&self, field: &'static str) -> String {
        let mut path = String::new();
        let leaf = Step::Field(field);
        for step in self.path.iter().chain((!field.is_empty()).then_some(&leaf)) {
            match step {
                Step::Field(name) if path.is_empty() => path.push_str(name),
                Step::Field(name) => path.extend([".", name]),
                Step::Index(index) => write!(path, "[{index}]").expect("writing to a String does not fail"),
            }
        }
        path
    }

    pub(super) fn inside(&mut self, field: &'static str, check: impl FnOnce(&mut Self)) {
        self.path.push(Step::Field(field));
        check(self);
        self.path.pop();
    }

    pub(super) fn each<T>(
        &mut self,
        field: &'static str,
        items: &mut [T],
        mut check: impl FnMut(&mut Self, &mut T),
    ) {
        self.path.push(Step::Field(field));
        for (index, item) in items.iter_mut().enumerate() {
            self.path.push(Step::Index(index));
            check(self, item);
            self.path.pop();
        }
        self.path.pop();
    }
}

/// Texts and their lists.
impl Checker<'_> {
    pub(super) fn text(&mut self, field: &'static str, text: &mut String, limit: usize) {
        self.text_with_spans(field, text, limit, false);
    }

    pub(super) fn required_text(&mut self, field: &'static str, text: &mut String, limit: usize) {
        self.text(field, text, limit);
        self.refuse_empty(field, text);
    }

    /// Checks a text that is either empty or has visible content.
    pub(super) fn optional_text(&mut self, field: &'static str, text: &mut String, limit: usize) {
        self.text(field, text, limit);
        if !text.is_empty() {
            self.refuse_empty(field, text);
        }
    }

    pub(super) fn refuse_empty(&mut self, field: &'static str, text: &str) {
        if text.trim().is_empty() {
            self.violate(field, code::REQUIRED, "expected a text");
        }
    }

    pub(super) fn text_with_spans(
        &mut self,
        field: &'static str,
        text: &mut String,
        limit: usize,
        spans: bool,
    ) {
        match clean(text, spans) {
            Ok(Cow::Borrowed(_)) => {}
            Ok(Cow::Owned(cleaned)) => *text = cleaned,
            Err(fault) => self.violate(field, fault.code, fault.message),
        }
        // A code point has at least one byte, so most texts need no counting.
        if text.len() > limit && text.chars().count() > limit {
            self.violate(field, code::TOO_LONG, format!("expected at most {limit} code points"));
        }
    }

    /// Checks free-form labels and makes them a sorted set.
    pub(super) fn labels(&mut self, field: &'static str, labels: &mut Vec<String>) {
        self.each(field, labels, |checker, label| checker.required_text("", label, TEXT_LIMIT));
        labels.sort();
        labels.dedup();
    }

    /// Checks translations of a text, one for each language, and sorts them by language.
    pub(super) fn localized(&mut self, field: &'static str, texts: &mut [LocalizedText], limit: usize) {
        let mut languages = BTreeSet::new();
        self.each(field, texts, |checker, text| {
            checker.required_language("language", &text.language);
            if !languages.insert(text.language.to_ascii_lowercase()) {
                checker.violate(
                    "language",
                    code::DUPLICATE_LANGUAGE,
                    "another text of this list has the same language",
                );
            }
            checker.required_text("text", &mut text.text, limit);
        });
        texts.sort_by(|one, other| one.language.cmp(&other.language));
    }

    pub(super) fn required_language(&mut self, field: &'static str, language: &str) {
        if language.is_empty() {
            self.violate(field, code::REQUIRED, "expected a BCP 47 language tag such as en or fa-IR");
        } else if !forms::is_language(language) {
            self.violate(field, code::INVALID_LANGUAGE, "not a BCP 47 language tag such as en or fa-IR");
        }
    }

    /// Checks an EDTF date, which is empty if unknown.
    pub(super) fn date(&mut self, field: &'static str, date: &str) {
        if date.is_empty() {
            return;
        }
        if let Err(error) = edtf::parse(date) {
            self.violate(field, code::INVALID_DATE, error.to_string());
        }
    }

    /// Checks an EDTF date, empty if unknown, that must not be an interval.
    pub(super) fn single_date(&mut self, field: &'static str, date: &str) {
        self.date(field, date);
        if matches!(edtf::parse(date), Ok(edtf::Edtf::Interval(..))) {
            self.violate(field, code::INVALID_DATE, "expected one date such as 2026-01-10, not an interval");
        }
    }

    /// Checks a URL and percent-encodes it.
    pub(super) fn web_url(&mut self, field: &'static str, url: &mut String) {
        match forms::web_url(url) {
            Some(Cow::Borrowed(_)) => {}
            Some(Cow::Owned(encoded)) => *url = encoded,
            None => {
                self.violate(
                    field,
                    code::INVALID_URL,
                    "expected an http or https URL of at most 2,000 bytes",
                );
            }
        }
    }

    pub(super) fn country_code(&mut self, country: &str) {
        if !country.is_empty() && !forms::is_country_code(country) {
            self.violate(
                "country_code",
                code::INVALID_FORM,
                "expected an ISO 3166-1 alpha-3 code such as IRN",
            );
        }
    }
}

/// Numbers and enums.
impl Checker<'_> {
    /// Checks an enum that may be unset.
    pub(super) fn known<E: TryFrom<i32>>(&mut self, field: &'static str, value: i32) {
        if E::try_from(value).is_err() {
            let message = format!("{value} is not a known value; expected one of {}", value_names::<E>());
            self.violate(field, code::UNKNOWN_VALUE, message);
        }
    }

    /// Checks an enum that must be set.
    pub(super) fn chosen<E: TryFrom<i32>>(&mut self, field: &'static str, value: i32) {
        if value == 0 {
            let message = format!("is required; expected one of {}", value_names::<E>());
            self.violate(field, code::REQUIRED, message);
        } else {
            self.known::<E>(field, value);
        }
    }

    pub(super) fn at_most(&mut self, field: &'static str, value: u32, limit: u32) {
        if value > limit {
            self.violate(field, code::OUT_OF_RANGE, format!("expected 0 to {limit}, not {value}"));
        }
    }

    pub(super) fn scale(&self) -> LikelihoodScale {
        self.scale
    }

    pub(super) fn set_scale(&mut self, scale: LikelihoodScale) {
        self.scale = scale;
    }
}

/// Markings.
impl Checker<'_> {
    pub(super) fn floor(&self) -> Rank {
        self.floor
    }

    /// Sets the floor, by default the lowest label of the scheme.
    pub(super) fn set_floor(&mut self, label: &mut String) {
        self.floor = self.marking("default_marking", label, self.scheme.lowest());
    }

    /// Checks the marking of a top-level part.
    pub(super) fn own_marking(&mut self, label: &mut String) -> Rank {
        self.marking("marking", label, self.floor)
    }

    /// Checks the marking of a part and writes out its effective marking.
    pub(super) fn marking(&mut self, field: &'static str, label: &mut String, enclosing: Rank) -> Rank {
        let Some(rank) = self.labelled(field, label, enclosing) else { return enclosing };
        if rank < enclosing {
            let enclosing = self.scheme.label(enclosing);
            let message = format!("{label} is below {enclosing}, the marking of the enclosing part");
            self.violate(field, code::MARKING_TOO_LOW, message);
        }
        self.raise_banner(rank);
        rank
    }

    /// Returns the rank of a label, after writing out the default for an empty one.
    pub(super) fn labelled(
        &mut self,
        field: &'static str,
        label: &mut String,
        default: Rank,
    ) -> Option<Rank> {
        if label.is_empty() {
            self.scheme.label(default).clone_into(label);
            return Some(default);
        }
        let rank = self.scheme.rank(label);
        if rank.is_none() {
            let labels = self.scheme.labels().join(", ");
            self.violate(field, code::UNKNOWN_MARKING, format!("expected one of the labels {labels}"));
        }
        rank
    }

    /// Records the effective markings of all parts, after the walk has written them out.
    pub(super) fn record_part_ranks(&mut self, content: &BriefContent) {
        let mut ranks = BTreeMap::new();
        for_each_part(content, &mut |_, id, marking| {
            if let Some(rank) = self.scheme.rank(marking) {
                ranks.entry(id.to_owned()).or_insert(rank);
            }
        });
        self.part_ranks = ranks;
    }

    pub(super) fn raise_banner(&mut self, rank: Rank) {
        self.highest = self.highest.max(rank);
    }
}

/// Ids.
impl Checker<'_> {
    pub(super) fn own_id(&mut self, id: &str) {
        if id.is_empty() {
            self.violate("id", code::REQUIRED, "expected an id");
        } else {
            self.optional_id(id);
        }
    }

    pub(super) fn optional_id(&mut self, id: &str) {
        if id.is_empty() {
            return;
        }
        if !forms::is_part_id(id) {
            self.violate("id", code::INVALID_ID, "expected an id matching [A-Za-z][A-Za-z0-9-]{0,62}");
        }
        if !self.seen.insert(id.to_owned()) {
            self.violate("id", code::DUPLICATE_ID, "another part of the brief has the same id");
        }
    }
}
