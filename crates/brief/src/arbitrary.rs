//! Random briefs for property tests: valid and small, with markings, nesting and references of every kind.
//!
//! Every marked text contains a canary that names its part and the rank of its marking, such as `canary-s4-r2.`, so that
//! tests can search for withheld text in any bytes derived from an edition.

mod full;
mod parts;
mod prose;

pub use full::full;

use chancery_proto::brief::v1::{AsOf, BriefContent, BriefKind, LocalizedText, Subject};
use proptest::prelude::Strategy;
use std::collections::BTreeMap;

use crate::canonical::Canonical;
use crate::marking::{Rank, Scheme};
use crate::validate::canonicalize;

/// Generates canonical briefs.
pub fn canonical() -> impl Strategy<Value = Canonical> {
    choices().prop_map(|choices| canonical_of(&choices))
}

/// Generates a canonical brief and an earlier revision of it with the same marking scheme. The two differ in a few of the
/// choices that they are made from, so that they share ids and some of their parts.
pub fn revisions() -> impl Strategy<Value = (Canonical, Canonical)> {
    let edits = proptest::collection::vec((proptest::num::usize::ANY, proptest::num::u8::ANY), 0..6);
    (choices(), edits).prop_map(|(choices, edits)| {
        let mut earlier = choices.clone();
        // The first choice is the scheme.
        let editable = earlier.len().saturating_sub(1);
        for (index, choice) in edits.into_iter().filter(|_| editable > 0) {
            earlier[1 + index % editable] = choice;
        }
        (canonical_of(&earlier), canonical_of(&choices))
    })
}

fn canonical_of(choices: &[u8]) -> Canonical {
    let (content, scheme) = Author::new(choices).brief();
    canonicalize(&content, scheme).unwrap_or_else(|invalid| panic!("{:#?}", invalid.violations))
}

/// Generates valid authored briefs, in which some markings, scales and percentages are left to default.
pub fn written() -> impl Strategy<Value = (BriefContent, Scheme)> {
    choices().prop_map(|choices| Author::new(&choices).brief())
}

/// Fewer and smaller choices make simpler briefs, so that shrinking the choices shrinks the brief.
fn choices() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(proptest::num::u8::ANY, 0..2_000)
}

/// Returns the canary of a part.
pub fn canary(part: &str, rank: Rank) -> String {
    format!("canary-{part}-r{}.", u8::from(rank))
}

/// Builds a brief from a sequence of choices; once they run out, takes the first alternative everywhere.
struct Author<'c> {
    choices: std::slice::Iter<'c, u8>,
    scheme: Scheme,
    /// Number of ids assigned so far, by first letter: `s1`, `s2`, `a1`.
    numbers: BTreeMap<&'static str, usize>,
}

/// Number of parts of each kind, which are written whether or not something refers to them.
const DOMAINS: usize = 2;
const ACTORS: usize = 4;
const PLACES: usize = 3;
const SOURCES: usize = 4;
const INDICATORS: usize = 2;

impl<'c> Author<'c> {
    fn new(choices: &'c [u8]) -> Self {
        Self { choices: choices.iter(), scheme: Scheme::Tlp, numbers: BTreeMap::new() }
    }

    /// Takes a number below the limit; 0 once the choices have run out.
    fn below(&mut self, limit: usize) -> usize {
        self.choices.next().map_or(0, |choice| usize::from(*choice) % limit)
    }

    fn one_in(&mut self, limit: usize) -> bool {
        self.below(limit) == 1
    }

    fn new_id(&mut self, sort: &'static str) -> String {
        let number = self.numbers.entry(sort).or_default();
        *number += 1;
        format!("{sort}{number}")
    }

    /// Takes a marking at or above the enclosing one, mostly that one, written out or left empty.
    fn marking(&mut self, enclosing: Rank) -> (Rank, String) {
        let steps = u8::from(self.scheme.highest()) - u8::from(enclosing);
        let raise = [0, 0, 0, 1, 1, 2, 3, 4][self.below(8)].min(steps);
        let rank = Rank::from(u8::from(enclosing) + raise);
        let label = if raise == 0 && self.one_in(2) { "" } else { self.scheme.label(rank) };
        (rank, label.to_owned())
    }

    /// Takes up to a number of different ids of a kind.
    fn ids(&mut self, sort: &str, count: usize, at_most: usize) -> Vec<String> {
        if count == 0 {
            return Vec::new();
        }
        let wanted = self.below(at_most + 1);
        let mut numbers: Vec<usize> = (0..wanted).map(|_| self.below(count) + 1).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| format!("{sort}{number}")).collect()
    }

    /// Takes an id of a kind, or none.
    fn maybe_id(&mut self, sort: &str, count: usize) -> String {
        self.ids(sort, count, 1).pop().unwrap_or_default()
    }

    fn brief(mut self) -> (BriefContent, Scheme) {
        self.scheme = Scheme::ALL[self.below(3)];
        let floor = Rank::from([0, 0, 0, 1][self.below(4)]);
        let mut content = self.envelope(floor);
        let count = self.below(3);
        content.bluf = self.statements(floor, count);
        self.body(&mut content, floor);
        self.annexes(&mut content, floor);
        (content, self.scheme)
    }

    fn envelope(&mut self, floor: Rank) -> BriefContent {
        let mut content = BriefContent {
            title: canary("title", floor),
            language: "en".into(),
            subject: Some(Subject { entity_ids: self.ids("a", ACTORS, 2) }),
            regions: self.ids("p", PLACES, 1),
            tags: vec!["zeta".into(), "alpha".into()],
            localized_titles: vec![LocalizedText { language: "fa".into(), text: "عنوان".into() }],
            as_of: Some(AsOf { date: "2025-12".into(), note: String::new() }),
            ..BriefContent::default()
        };
        content.set_kind(BriefKind::Thematic);
        if floor > Rank::LOWEST || self.one_in(2) {
            self.scheme.label(floor).clone_into(&mut content.default_marking);
        }
        content
    }
}
