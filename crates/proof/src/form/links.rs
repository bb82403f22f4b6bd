//! Link annotations (ISO 32000-1, 12.5.6.5): to a destination of the file, or to a web address. No other annotation
//! and no other action occurs.

use std::collections::BTreeMap;

use crate::form::destination::Destination;
use crate::form::pages::PageTree;
use crate::form::walk::Walk;
use crate::refusal::{Place, Refusal};
use crate::syntax::fields::{Fields, Spacing};
use crate::syntax::value::Value;

/// Maximum length of a web address.
const MAX_URI: usize = 2_000;
/// The flag of printed annotations.
const PRINT: i64 = 4;

/// A link.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) page: usize,
    /// Its active area in thousandths of a point: left, bottom, right, top.
    pub(crate) rect: [i64; 4],
}

/// Returns all links page by page, and their indices by object number.
pub(crate) fn read<'o>(
    walk: &mut Walk<'o, 'o>,
    tree: &PageTree,
    destinations: &[Destination],
) -> Result<(Vec<Link>, BTreeMap<u32, usize>), Refusal> {
    let (mut links, mut by_id) = (Vec::new(), BTreeMap::new());
    for (page, annotations) in tree.annotations.iter().enumerate() {
        for &id in annotations {
            let key = tree.pages.len() + links.len();
            let fields = walk.dict(id, Spacing::Own)?;
            let rect = link(fields, key, destinations)?;
            let [width, height] = tree.pages[page].size;
            let [left, bottom, right, top] = rect;
            // The area of a line may reach a little beyond its page.
            let is_inside =
                left < width && bottom < height && right > 0 && top > 0 && left <= right && bottom <= top;
            if !is_inside || rect.iter().any(|edge| edge % 100 != 0) {
                return Err(Refusal::new("LINK_AREA", Place::Object(id), "a link's area is not on its page"));
            }
            by_id.insert(id, links.len());
            links.push(Link { page, rect });
        }
    }
    Ok((links, by_id))
}

fn link(mut fields: Fields, key: usize, destinations: &[Destination]) -> Result<[i64; 4], Refusal> {
    let kind = fields.name("Subtype")?;
    if kind != b"Link" {
        return Err(fields.refusal("FOREIGN_ANNOTATION", "an annotation is not a link"));
    }
    let rect = fields.rectangle("Rect")?;
    let border = fields.array("Border")?;
    if border.begins_tight || border.items != [Value::Number(0), Value::Number(0), Value::Number(0)] {
        return Err(fields.refusal("FOREIGN_VALUE", "a link has a border"));
    }
    fields.equal("F", &Value::Number(PRINT * 1000))?;
    fields.string("Contents")?;
    if fields.count("StructParent")? != key {
        return Err(fields.refusal("PARENT_TREE", "a link has another key than its position"));
    }
    if fields.has("Dest") {
        let name = fields.string("Dest")?;
        if destinations.binary_search_by(|known| known.name.as_slice().cmp(name.as_ref())).is_err() {
            return Err(fields.refusal("DESTINATION", "a link refers to a destination that does not exist"));
        }
    } else {
        action(fields.dict("A")?)?;
    }
    fields.end()?;
    Ok(rect)
}

/// Reads the only action of the printer's files: opening a web address.
fn action(mut fields: Fields) -> Result<(), Refusal> {
    let kind = fields.name("S")?;
    if kind != b"URI" {
        let kind = String::from_utf8_lossy(kind).into_owned();
        return Err(fields.refusal("FOREIGN_ACTION", format!("the printer writes no action {kind}")));
    }
    let uri = fields.string("URI")?;
    let is_graphic = uri.iter().all(u8::is_ascii_graphic);
    if uri.len() > MAX_URI || !is_graphic || has_active_scheme(uri) {
        return Err(fields.refusal("FOREIGN_ACTION", "an address is not one that the printer links to"));
    }
    fields.end()
}

/// Returns whether an address runs a script or opens a file rather than a page.
fn has_active_scheme(uri: &[u8]) -> bool {
    let end = uri.iter().position(|byte| *byte == b':').unwrap_or(0);
    let scheme = uri[..end].to_ascii_lowercase();
    matches!(scheme.as_slice(), b"javascript" | b"vbscript" | b"file" | b"data" | b"blob" | b"about")
}
