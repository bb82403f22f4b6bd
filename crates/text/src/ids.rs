//! Ids for parts that have none: the next number above the highest one with the prefix that the file uses.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use chancery_brief::part_texts::part_texts;
use chancery_proto::nearest::nearest;

use crate::code;
use crate::context::Context;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::positions::Positions;
use crate::range::{Spanned, TextRange};
use crate::syntax::front_matter::FrontMatter;
use crate::syntax::parts::Parts;
use crate::syntax::sentences::Passage;
use crate::syntax::tokens::is_id_character;
use crate::syntax::tree::{Element, ElementKind, List};
use crate::syntax::yaml::YamlValue;
use crate::vocabulary::MAX_COMPARISONS;

/// The kinds of parts that must have an id, with the prefix and the digits of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct IdKind {
    /// Name of the part, for messages.
    name: &'static str,
    prefix: &'static str,
    digits: usize,
}

const STATEMENT: IdKind = IdKind { name: "sentence", prefix: "s-", digits: 2 };
const JUDGMENT: IdKind = IdKind { name: "key judgment", prefix: "kj-", digits: 1 };
const SECTION: IdKind = IdKind { name: "section", prefix: "sec-", digits: 1 };
/// A block has an id only if the author writes one.
const BLOCK: IdKind = IdKind { name: "block", prefix: "b-", digits: 1 };

/// Returns the kind of id of the entries of a fenced block; none for changes.
fn entry_kind(fenced: &str) -> Option<IdKind> {
    let prefix = match fenced {
        "events" => "e-",
        "relationships" => "r-",
        "scenarios" => "sc-",
        "indicators" => "ind-",
        "assumptions" => "as-",
        "information-gaps" => "gap-",
        "dissents" => "dis-",
        "changes" => return None,
        _ => "f-",
    };
    Some(IdKind { name: "entry", prefix, digits: 1 })
}

/// The id of a part: as written, and where to put an assigned one.
struct IdSlot<'s> {
    kind: Option<IdKind>,
    written: Option<&'s Spanned>,
    assigned: &'s mut Option<String>,
    range: TextRange,
}

/// Assigns ids to the parts that must have one, and to parts whose id an earlier part has; reports both.
pub(crate) fn assign_ids(
    text: &str,
    front_matter: &FrontMatter,
    elements: &mut [Element],
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let mut numbers = Numbers::default();
    // Of each id, what the first part with it is, and where.
    let mut seen: BTreeMap<String, Holder> = BTreeMap::new();
    for (kind, id) in front_matter_ids(front_matter) {
        seen.entry(id.text.clone()).or_insert(Holder { kind, at: id.range.start });
    }
    for id in seen.keys().chain(context.earlier_ids.into_iter().flatten()) {
        numbers.reserve(id);
    }
    for (_, id) in context.earlier.into_iter().flat_map(part_texts).map(|(part, _)| part) {
        numbers.reserve(&id);
    }
    for_each_slot(elements, &mut |slot| {
        let reattached = slot.assigned.as_deref();
        if let Some(id) = slot.written.map(|written| written.text.as_str()).or(reattached) {
            numbers.count(slot.kind, id);
        }
    });
    numbers.reserve_named(text);
    let mut missing: Option<(usize, TextRange)> = None;
    let mut positions: Option<Positions<'_>> = None;
    for_each_slot(elements, &mut |slot| {
        let holder = |at| Holder { kind: slot.kind.map_or("block", |kind| kind.name), at };
        let duplicate = slot.written.and_then(|written| match seen.entry(written.text.clone()) {
            Entry::Occupied(earlier) => Some((written, *earlier.get())),
            Entry::Vacant(vacant) => {
                vacant.insert(holder(written.range.start));
                None
            }
        });
        if let Some((written, earlier)) = duplicate {
            let id = numbers.next(slot.kind.unwrap_or(BLOCK));
            let positions = positions.get_or_insert_with(|| Positions::new(text));
            let message = format!(
                "the {} in line {} has the id {:?} too: give this one another, such as {id:?}",
                earlier.kind,
                positions.of(earlier.at).line,
                written.text
            );
            let error = Diagnostic::error(code::DUPLICATE_ID, written.range, message);
            diagnostics.push(error.with_fix(written.range, id.as_str()));
            *slot.assigned = Some(id);
        } else if let (Some(kind), None) = (slot.kind, slot.written) {
            let reattached = slot.assigned.take().filter(|id| !seen.contains_key(id));
            if let Some(id) = &reattached {
                seen.insert(id.clone(), holder(slot.range.start));
            }
            let id = reattached.unwrap_or_else(|| numbers.next(kind));
            missing = missing.or(Some((0, slot.range))).map(|(count, first)| (count + 1, first));
            *slot.assigned = Some(id);
        }
    });
    if let Some((count, first)) = missing {
        let message = format!("the formatter assigns ids: {count} part(s) have none yet, the first one here");
        diagnostics.push(Diagnostic::hint(code::MISSING_ID, TextRange::at(first.end), message));
    }
}

/// A part with an id: its kind, and the offset of the id.
#[derive(Debug, Clone, Copy)]
struct Holder {
    kind: &'static str,
    at: usize,
}

/// Returns the ids of the parts of front matter with the kinds of these parts.
fn front_matter_ids(front_matter: &FrontMatter) -> impl Iterator<Item = (&'static str, &Spanned)> {
    const KINDS: [(&str, &str); 4] =
        [("sources", "source"), ("actors", "actor"), ("places", "place"), ("domains", "domain")];
    front_matter.entries.iter().flat_map(|(key, node)| {
        let kind = KINDS.iter().find(|(field, _)| *field == key.text).map(|(_, kind)| *kind);
        let entries = match (&node.value, kind) {
            (YamlValue::Map(entries), Some(_)) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(move |(id, _)| (kind.unwrap_or_default(), id))
    })
}

fn for_each_slot(elements: &mut [Element], on_slot: &mut impl FnMut(IdSlot<'_>)) {
    let mut is_in_section = false;
    for element in elements {
        if let Some(own) = &mut element.own {
            parts_slot(own, None, on_slot);
        }
        match &mut element.kind {
            ElementKind::Heading { title, .. } => {
                is_in_section = true;
                parts_slot(title, Some(SECTION), on_slot);
            }
            ElementKind::Paragraph(passage) | ElementKind::Quote { passage, .. } => {
                passage_slots(passage, on_slot);
            }
            ElementKind::Callout { title, passage } => {
                parts_slot(title, None, on_slot);
                passage_slots(passage, on_slot);
            }
            ElementKind::List(list) => list_slots(list, !is_in_section && list.ordered, on_slot),
            ElementKind::Table(table) => parts_slot(&mut table.title, None, on_slot),
            ElementKind::Figure(figure) => parts_slot(&mut figure.parts, None, on_slot),
            ElementKind::Empty(_) => {}
            ElementKind::Fenced { kind, entries } => {
                let Some(kind) = entry_kind(&kind.text) else { continue };
                for entry in entries {
                    parts_slot(entry, Some(kind), on_slot);
                }
            }
        }
    }
}

fn parts_slot(parts: &mut Parts, kind: Option<IdKind>, on_slot: &mut impl FnMut(IdSlot<'_>)) {
    let Parts { id, assigned_id, range, .. } = parts;
    on_slot(IdSlot { kind, written: id.as_ref(), assigned: assigned_id, range: *range });
}

fn passage_slots(passage: &mut Passage, on_slot: &mut impl FnMut(IdSlot<'_>)) {
    passage.sentences.iter_mut().for_each(|sentence| parts_slot(sentence, Some(STATEMENT), on_slot));
}

/// Visits a list. Its nesting is limited by the reader of lists.
fn list_slots(list: &mut List, are_judgments: bool, on_slot: &mut impl FnMut(IdSlot<'_>)) {
    for item in &mut list.items {
        passage_slots(&mut item.passage, on_slot);
        match &mut item.own {
            Some(own) => parts_slot(own, are_judgments.then_some(JUDGMENT), on_slot),
            None if are_judgments => {
                let slot = IdSlot {
                    kind: Some(JUDGMENT),
                    written: None,
                    assigned: &mut item.assigned_id,
                    range: item.range,
                };
                on_slot(slot);
            }
            None => {}
        }
        if let Some(inner) = &mut item.list {
            list_slots(inner, false, on_slot);
        }
    }
}

/// The numbers of the ids in use.
#[derive(Default)]
struct Numbers {
    used: BTreeSet<String>,
    /// The highest number of each prefix.
    highest: BTreeMap<String, u64>,
    /// Of each kind, the prefixes in use, with their count, order and fewest digits.
    prefixes: BTreeMap<IdKind, BTreeMap<String, PrefixUse>>,
}

struct PrefixUse {
    count: usize,
    order: usize,
    digits: usize,
}

/// Longest prefix that new ids get: an id has at most 63 characters.
const LONGEST_PREFIX: usize = 40;

impl Numbers {
    fn reserve(&mut self, id: &str) {
        if let Some((prefix, digits)) = numbered(id)
            && let Ok(number) = digits.parse::<u64>()
        {
            let highest = self.highest.entry(prefix.to_owned()).or_default();
            *highest = number.max(*highest);
        }
        self.used.insert(id.to_owned());
    }

    /// Keeps ids that a text names: a part that got one would be meant by references that were written before it had it.
    fn reserve_named(&mut self, text: &str) {
        let words = text.split(|c: char| !is_id_character(c));
        let named = words.filter(|word| numbered(word).is_some());
        self.used.extend(named.map(str::to_owned));
    }

    fn count(&mut self, kind: Option<IdKind>, id: &str) {
        self.reserve(id);
        let (Some(kind), Some((prefix, digits))) = (kind, numbered(id)) else { return };
        let of_kind = self.prefixes.entry(kind).or_default();
        let order = of_kind.len();
        let found =
            of_kind.entry(prefix.to_owned()).or_insert(PrefixUse { count: 0, order, digits: digits.len() });
        found.count += 1;
        found.digits = found.digits.min(digits.len());
    }

    fn next(&mut self, kind: IdKind) -> String {
        let own = self.prefixes.get(&kind).and_then(|prefixes| {
            prefixes.iter().max_by_key(|(_, found)| (found.count, std::cmp::Reverse(found.order)))
        });
        let (prefix, digits) =
            own.map_or((kind.prefix, kind.digits), |(prefix, found)| (prefix.as_str(), found.digits));
        let highest = self.highest.entry(prefix.to_owned()).or_default();
        loop {
            *highest += 1;
            let id = format!("{prefix}{highest:0digits$}");
            if self.used.insert(id.clone()) {
                return id;
            }
        }
    }
}

/// The ids of a brief, of which the nearest one is proposed for a reference that names none.
#[derive(Debug)]
pub struct NearestId<'i> {
    ids: Vec<&'i str>,
    /// Comparisons that are left. Past them, nothing is proposed.
    comparisons: usize,
}

impl<'i> NearestId<'i> {
    /// Takes the ids that references may mean.
    pub fn new(ids: impl IntoIterator<Item = &'i str>) -> Self {
        Self { ids: ids.into_iter().filter(|id| id.is_ascii()).collect(), comparisons: MAX_COMPARISONS }
    }

    /// Returns the id that a reference most likely misspells.
    pub fn of(&mut self, given: &str) -> Option<&'i str> {
        self.comparisons = self.comparisons.checked_sub(self.ids.len())?;
        // Another number of the same series, such as s-12 for s-13, is no misspelling.
        let misspelt: Vec<&str> = self.ids.iter().copied().filter(|id| !is_same_series(id, given)).collect();
        nearest(given, &misspelt)
    }
}

/// Returns whether two ids differ only in the number at their end.
fn is_same_series(one: &str, other: &str) -> bool {
    let prefix = |id| numbered(id).map(|(prefix, _)| prefix);
    prefix(one).is_some_and(|own| prefix(other) == Some(own))
}

/// Splits an id into a prefix and the digits at its end; none if it has none or too many.
fn numbered(id: &str) -> Option<(&str, &str)> {
    let prefix = id.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &id[prefix.len()..];
    let fits = (1..=15).contains(&digits.len()) && (1..=LONGEST_PREFIX).contains(&prefix.len());
    fits.then_some((prefix, digits))
}
