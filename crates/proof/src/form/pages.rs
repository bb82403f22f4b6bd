//! The page tree: one level of pages (ISO 32000-1, 7.7.3).

use std::collections::BTreeMap;

use crate::form::page::Page;
use crate::form::walk::Walk;
use crate::refusal::{Place, Refusal};
use crate::syntax::fields::Spacing;

/// Edges of a page in thousandths of a point (ISO 19005-2, 6.1.13).
const EDGES: std::ops::RangeInclusive<i64> = 3_000..=14_400_000;

/// The pages and what they share.
pub(crate) struct PageTree<'a> {
    pub(crate) pages: Vec<Page<'a>>,
    /// Index of each page by its object number.
    pub(crate) by_id: BTreeMap<u32, usize>,
    /// The resources of all pages.
    pub(crate) resources: u32,
    /// Annotations of each page.
    pub(crate) annotations: Vec<Vec<u32>>,
}

/// Reads all pages.
pub(crate) fn read<'o>(walk: &mut Walk<'o, 'o>, root: u32) -> Result<PageTree<'o>, Refusal> {
    let mut fields = walk.dict(root, Spacing::Imported)?;
    fields.exactly("Type", "Pages")?;
    let count = fields.count("Count")?;
    let kids = fields.references("Kids")?;
    fields.end()?;
    if kids.is_empty() || kids.len() != count {
        return Err(Refusal::new("PAGES", Place::Object(root), "the number of pages is not the stated one"));
    }
    let mut tree =
        PageTree { pages: Vec::new(), by_id: BTreeMap::new(), resources: 0, annotations: Vec::new() };
    for (index, id) in kids.into_iter().enumerate() {
        tree.by_id.insert(id, index);
        page(walk, &mut tree, (index, id), root)?;
    }
    Ok(tree)
}

fn page<'o>(
    walk: &mut Walk<'o, 'o>,
    tree: &mut PageTree<'o>,
    (index, id): (usize, u32),
    root: u32,
) -> Result<(), Refusal> {
    let wrong = |what: &str| Refusal::new("PAGES", Place::Object(id), what);
    let mut fields = walk.dict(id, Spacing::Own)?;
    fields.exactly("Type", "Page")?;
    let resources = fields.reference("Resources")?;
    let content = fields.reference("Contents")?;
    if fields.reference("Parent")? != root {
        return Err(wrong("a page does not belong to the page tree"));
    }
    let [0, 0, width, height] = fields.rectangle("MediaBox")? else {
        return Err(wrong("a page does not begin at its lower left corner"));
    };
    if !EDGES.contains(&width) || !EDGES.contains(&height) {
        return Err(wrong("a page has no size that PDF/A allows"));
    }
    let group = fields.optional_dict("Group")?;
    let has_transparency = group.is_some();
    if let Some(mut group) = group {
        group.exactly("S", "Transparency")?;
        group.exactly("CS", "DeviceRGB")?;
        group.end()?;
    }
    if fields.count("StructParents")? != index {
        return Err(wrong("a page has another key of the parent tree than its index"));
    }
    fields.exactly("Tabs", "S")?;
    let annotations = if fields.has("Annots") { fields.references("Annots")? } else { Vec::new() };
    fields.end()?;
    if index > 0 && resources != tree.resources {
        return Err(wrong("a page has resources of its own"));
    }
    tree.resources = resources;
    let (content, end) = walk.stream(content)?;
    crate::form::walk::deflated_end(end)?;
    tree.pages.push(Page { size: [width, height], content, has_transparency, marks: Vec::new() });
    tree.annotations.push(annotations);
    Ok(())
}
