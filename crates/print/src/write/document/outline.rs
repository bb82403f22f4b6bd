//! Named destinations (ISO 32000-1, 12.3.2.3) and the outline (12.3.3).

use std::collections::BTreeMap;

use crate::document_info::OutlineEntry;
use crate::tags::AnchorId;
use crate::units::Length;
use crate::write::WriteError;
use crate::write::content::bounding_box::milli;
use crate::write::file::pdf_file::PdfFile;
use crate::write::file::syntax::{Dict, Ref};
use crate::write::file::text_strings::encode_text_string;
use crate::write::file::{syntax, trees};

/// Named destinations of links, the outline and other files' fragments.
pub(crate) struct Destinations {
    by_anchor: BTreeMap<AnchorId, Destination>,
}

struct Destination {
    name: Vec<u8>,
    page: usize,
    y: i64,
}

impl Destinations {
    /// Creates destinations for all placed anchors that have a name. `pages` is the number of pages.
    pub(crate) fn new(
        placed: &BTreeMap<AnchorId, (usize, Length)>,
        names: &[String],
        pages: usize,
    ) -> Result<Self, WriteError> {
        let mut by_anchor = BTreeMap::new();
        let mut known = BTreeMap::new();
        for (&anchor, &(page, y)) in placed {
            let name = names.get(anchor.0 as usize).ok_or(WriteError::UnnamedAnchor { anchor: anchor.0 })?;
            if name.is_empty() {
                continue;
            }
            if page >= pages {
                return Err(WriteError::AnchorPage { name: name.clone(), page });
            }
            if let Some(other) = known.insert(name, anchor) {
                return Err(WriteError::TwoAnchors { name: name.clone(), first: other.0, second: anchor.0 });
            }
            let bytes = encode_text_string("destination name", name)?;
            by_anchor.insert(anchor, Destination { name: bytes, page, y: milli(y) });
        }
        Ok(Self { by_anchor })
    }

    /// Returns the name of a placed anchor.
    pub(crate) fn name(&self, anchor: AnchorId) -> Result<&[u8], WriteError> {
        let destination =
            self.by_anchor.get(&anchor).ok_or(WriteError::UnplacedAnchor { anchor: anchor.0 })?;
        Ok(&destination.name)
    }

    /// Writes the name tree.
    pub(crate) fn write(&self, file: &mut PdfFile, pages: &[Ref]) -> Option<Ref> {
        let mut entries: Vec<(Vec<u8>, (usize, i64))> =
            self.by_anchor.values().map(|place| (place.name.clone(), (place.page, place.y))).collect();
        entries.sort();
        (!entries.is_empty()).then(|| {
            trees::name_tree(file, &entries, |out, &(page, y)| {
                out.push(b'[');
                syntax::reference(out, pages[page]);
                // `null` keeps the reader's zoom and horizontal position.
                out.extend_from_slice(b"/XYZ null ");
                syntax::milli(out, y);
                out.extend_from_slice(b" null]");
            })
        })
    }
}

/// Links of an entry to its neighbours, by index.
#[derive(Clone, Default)]
struct HierarchyEntry {
    parent: Option<usize>,
    previous: Option<usize>,
    next: Option<usize>,
    first: Option<usize>,
    last: Option<usize>,
    descendants: i64,
}

/// Writes the outline; returns `None` if it has no entries.
pub(crate) fn write(
    file: &mut PdfFile,
    entries: &[OutlineEntry],
    destinations: &Destinations,
) -> Result<Option<Ref>, WriteError> {
    if entries.is_empty() {
        return Ok(None);
    }
    let items = hierarchy(entries);
    let root = file.reserve();
    let first = file.reserve_many(entries.len());
    let id = |index: usize| first.plus(index);
    for (index, (entry, item)) in entries.iter().zip(&items).enumerate() {
        let title = encode_text_string("outline title", &entry.title)?;
        let destination = destinations.name(entry.anchor)?;
        file.dict(id(index), |dict| {
            dict.bytes("Title", &title).bytes("Dest", destination);
            dict.reference("Parent", item.parent.map_or(root, id));
            links(
                dict,
                [("Prev", item.previous), ("Next", item.next), ("First", item.first), ("Last", item.last)],
                id,
            );
            if item.descendants > 0 {
                // A negative count closes the entry until a reader opens it.
                dict.integer("Count", -item.descendants);
            }
        });
    }
    let top: Vec<usize> = (0..items.len()).filter(|&index| items[index].parent.is_none()).collect();
    file.dict(root, |dict| {
        dict.name("Type", "Outlines").count("Count", top.len());
        links(dict, [("First", top.first().copied()), ("Last", top.last().copied())], id);
    });
    Ok(Some(root))
}

fn links<const N: usize>(dict: &mut Dict, links: [(&str, Option<usize>); N], id: impl Fn(usize) -> Ref) {
    for (key, index) in links {
        if let Some(index) = index {
            dict.reference(key, id(index));
        }
    }
}

/// Nests each entry under the nearest preceding entry of a lower level.
fn hierarchy(entries: &[OutlineEntry]) -> Vec<HierarchyEntry> {
    let mut items = vec![HierarchyEntry::default(); entries.len()];
    let mut open: Vec<usize> = Vec::new();
    let mut last_top = None;
    for (index, entry) in entries.iter().enumerate() {
        while open.last().is_some_and(|&above| entries[above].level >= entry.level) {
            open.pop();
        }
        let parent = open.last().copied();
        let previous = parent.map_or(last_top, |parent| items[parent].last);
        items[index].parent = parent;
        items[index].previous = previous;
        if let Some(previous) = previous {
            items[previous].next = Some(index);
        }
        match parent {
            Some(parent) => {
                items[parent].first.get_or_insert(index);
                items[parent].last = Some(index);
                // A closed entry counts the entries that opening it shows: its children.
                items[parent].descendants += 1;
            }
            None => last_top = Some(index),
        }
        open.push(index);
    }
    items
}

#[cfg(test)]
mod tests {
    use super::hierarchy;
    use crate::document_info::OutlineEntry;
    use crate::tags::AnchorId;

    #[test]
    fn outline_entries_nest_under_the_nearest_lower_level() {
        let entry = |level| OutlineEntry { level, title: String::new(), anchor: AnchorId(0) };
        let items = hierarchy(&[entry(1), entry(3), entry(2), entry(1)]);
        let parents: Vec<_> = items.iter().map(|item| item.parent).collect();
        assert_eq!(parents, [None, Some(0), Some(0), None]);
        assert_eq!((items[0].first, items[0].last, items[0].next), (Some(1), Some(2), Some(3)));
        assert_eq!(items[0].descendants, 2);
    }
}
