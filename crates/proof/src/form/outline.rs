//! The outline (ISO 32000-1, 12.3.3): entries whose neighbours agree, each with a destination of the file.

use crate::form::destination::Destination;
use crate::form::walk::Walk;
use crate::refusal::{Place, Refusal};
use crate::syntax::fields::Spacing;

/// Maximum number of levels.
const MAX_DEPTH: usize = 16;

/// The links of an entry.
struct Entry {
    parent: u32,
    previous: Option<u32>,
    next: Option<u32>,
    first: Option<u32>,
    last: Option<u32>,
    count: i64,
}

/// Checks the outline from its root.
pub(crate) fn check<'o>(
    walk: &mut Walk<'o, 'o>,
    root: Option<u32>,
    destinations: &[Destination],
) -> Result<(), Refusal> {
    let Some(root) = root else { return Ok(()) };
    let mut fields = walk.dict(root, Spacing::Own)?;
    fields.exactly("Type", "Outlines")?;
    let count = fields.integer("Count")?;
    let (first, last) = (fields.reference("First")?, fields.reference("Last")?);
    fields.end()?;
    siblings(walk, (root, Some(first), Some(last), count), destinations, 0)
}

/// Checks the entries below one, and those below them.
fn siblings<'o>(
    walk: &mut Walk<'o, 'o>,
    (parent, first, last, count): (u32, Option<u32>, Option<u32>, i64),
    destinations: &[Destination],
    depth: usize,
) -> Result<(), Refusal> {
    let wrong = |id: u32| Refusal::new("OUTLINE", Place::Object(id), "an outline entry has other neighbours");
    if depth == MAX_DEPTH {
        return Err(wrong(parent));
    }
    let (mut found, mut previous, mut next) = (0, None, first);
    while let Some(id) = next {
        let entry = entry(walk, id, destinations)?;
        let has_kids = entry.first.is_some() && entry.last.is_some() && entry.count < 0;
        let has_none = entry.first.is_none() && entry.last.is_none() && entry.count == 0;
        if entry.parent != parent || entry.previous != previous || !(has_kids || has_none) {
            return Err(wrong(id));
        }
        if has_kids {
            siblings(walk, (id, entry.first, entry.last, -entry.count), destinations, depth + 1)?;
        }
        (found, previous, next) = (found + 1, Some(id), entry.next);
    }
    if found == count && previous == last { Ok(()) } else { Err(wrong(parent)) }
}

fn entry<'o>(walk: &mut Walk<'o, 'o>, id: u32, destinations: &[Destination]) -> Result<Entry, Refusal> {
    let mut fields = walk.dict(id, Spacing::Own)?;
    fields.string("Title")?;
    let name = fields.string("Dest")?;
    if destinations.binary_search_by(|known| known.name.as_slice().cmp(name.as_ref())).is_err() {
        return Err(fields.refusal("DESTINATION", "the outline refers to a destination that does not exist"));
    }
    let entry = Entry {
        parent: fields.reference("Parent")?,
        previous: fields.optional_reference("Prev")?,
        next: fields.optional_reference("Next")?,
        first: fields.optional_reference("First")?,
        last: fields.optional_reference("Last")?,
        count: if fields.has("Count") { fields.integer("Count")? } else { 0 },
    };
    fields.end()?;
    Ok(entry)
}
