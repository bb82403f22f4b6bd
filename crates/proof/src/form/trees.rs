//! Number trees and name trees with one level of leaves (ISO 32000-1, 7.9.6 and 7.9.7).

use crate::form::destination::Destination;
use crate::form::pages::PageTree;
use crate::form::walk::Walk;
use crate::refusal::{Place, Refusal};
use crate::syntax::fields::{Spacing, reference};
use crate::syntax::value::{Array, Value};

/// Maximum number of entries of a leaf.
const LEAF: usize = 64;

/// Returns the keys and values of a tree, in order. Leaves are as full as the printer fills them, and state their limits.
pub(crate) fn entries<'o>(
    walk: &mut Walk<'o, 'o>,
    root: u32,
    name: &str,
) -> Result<Vec<(&'o Value<'o>, &'o Value<'o>)>, Refusal> {
    let place = Place::Object(root);
    let wrong = |what: &str| Refusal::new("TREE", place.clone(), what);
    let mut fields = walk.dict(root, Spacing::Own)?;
    let mut found = Vec::new();
    if !fields.has("Kids") {
        add(&mut found, fields.spaced_array(name)?)
            .ok_or_else(|| wrong("a leaf has a key without a value"))?;
        fields.end()?;
        return if found.len() <= LEAF { Ok(found) } else { Err(wrong("a leaf has too many entries")) };
    }
    let leaves = fields.references("Kids")?;
    fields.end()?;
    let count = leaves.len();
    for (index, leaf) in leaves.into_iter().enumerate() {
        let mut fields = walk.dict(leaf, Spacing::Own)?;
        let limits = fields.spaced_array("Limits")?;
        let first = found.len();
        add(&mut found, fields.spaced_array(name)?)
            .ok_or_else(|| wrong("a leaf has a key without a value"))?;
        fields.end()?;
        let added = &found[first..];
        let is_full = added.len() == LEAF || (index + 1 == count && !added.is_empty() && added.len() < LEAF);
        let (Some((low, _)), Some((high, _))) = (added.first(), added.last()) else {
            return Err(wrong("a leaf is empty"));
        };
        let has_limits = matches!(limits.items.as_slice(), [from, to] if from == *low && to == *high);
        if !is_full || !has_limits || limits.begins_tight {
            return Err(wrong("a leaf has other limits or another size than the printer's"));
        }
    }
    if count > 1 { Ok(found) } else { Err(wrong("a tree has a leaf below its root without need")) }
}

fn add<'o>(found: &mut Vec<(&'o Value<'o>, &'o Value<'o>)>, leaf: &'o Array<'o>) -> Option<()> {
    if leaf.begins_tight || !leaf.items.len().is_multiple_of(2) {
        return None;
    }
    found.extend(leaf.items.chunks_exact(2).map(|pair| (&pair[0], &pair[1])));
    Some(())
}

/// Returns the references of a number tree, by consecutive keys from 0.
pub(crate) fn references<'o>(walk: &mut Walk<'o, 'o>, root: u32) -> Result<Vec<u32>, Refusal> {
    let wrong = || Refusal::new("TREE", Place::Object(root), "the keys of a number tree are not consecutive");
    let mut found = Vec::new();
    for (key, value) in entries(walk, root, "Nums")? {
        let expected = i64::try_from(found.len()).ok().and_then(|index| index.checked_mul(1000));
        if expected.map(Value::Number).as_ref() != Some(key) {
            return Err(wrong());
        }
        found.push(reference(value).ok_or_else(wrong)?);
    }
    Ok(found)
}

/// Returns the entries of a name tree with their names, which ascend.
pub(crate) fn named<'o>(
    walk: &mut Walk<'o, 'o>,
    root: u32,
) -> Result<Vec<(&'o [u8], &'o Value<'o>)>, Refusal> {
    let wrong = |what: &str| Refusal::new("TREE", Place::Object(root), what);
    let mut found: Vec<(&[u8], &Value)> = Vec::new();
    for (key, value) in entries(walk, root, "Names")? {
        let Value::String(name) = key else { return Err(wrong("a key of a name tree is not a string")) };
        if found.last().is_some_and(|(before, _)| *before >= name.as_ref()) {
            return Err(wrong("the keys of a name tree do not ascend"));
        }
        found.push((name.as_ref(), value));
    }
    Ok(found)
}

/// Returns the named destinations (12.3.2.3), each at a height of one of the pages.
pub(crate) fn destinations<'o>(
    walk: &mut Walk<'o, 'o>,
    root: u32,
    tree: &PageTree,
) -> Result<Vec<Destination>, Refusal> {
    let mut found = Vec::new();
    for (name, value) in named(walk, root)? {
        let destination = destination(name, value, tree);
        let message = "a destination is not a height of a page";
        found.push(destination.ok_or_else(|| Refusal::new("DESTINATION", Place::Object(root), message))?);
    }
    Ok(found)
}

/// Reads `[5 0 R/XYZ null 700.1 null]`.
fn destination(name: &[u8], value: &Value, tree: &PageTree) -> Option<Destination> {
    let Value::Array(array) = value else { return None };
    let [Value::Reference(page), Value::Name(b"XYZ"), Value::Null, Value::Number(y), Value::Null] =
        array.items.as_slice()
    else {
        return None;
    };
    let page = *tree.by_id.get(page)?;
    let height = tree.pages.get(page)?.size[1];
    let is_on_page = array.begins_tight && (0..=height).contains(y);
    is_on_page.then(|| Destination { name: name.to_vec(), page, y: *y })
}
