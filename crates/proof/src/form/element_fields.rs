//! The entries of a structure element (ISO 32000-1, 14.7.2 and 14.8.5).

use crate::form::pages::PageTree;
use crate::form::structure_types::structure_type;
use crate::refusal::{Place, Refusal};
use crate::syntax::fields::{Fields, Spacing};
use crate::syntax::value::{Dict, Value};

/// Highest MCID: a page of the printer has a few thousand sequences.
const LAST_MCID: i64 = 1 << 16;

/// A kid as an element lists it.
pub(crate) enum Kid {
    /// An element by its object number.
    Element(u32),
    /// Content of a page.
    Mark { page: usize, mcid: usize },
    /// An annotation by its object number, and its page if that is stated.
    Annotation { page: Option<usize>, id: u32 },
}

/// Attributes of an element.
#[derive(Default)]
pub(crate) struct Attributes {
    /// ID of a note.
    pub(crate) id: Option<Vec<u8>>,
    /// Bounding box of a figure or table.
    pub(crate) bounds: Option<[i64; 4]>,
}

/// Reads the structure type.
pub(crate) fn kind(fields: &mut Fields) -> Result<&'static str, Refusal> {
    fields.known("S", structure_type)
}

/// Reads the page and the kids.
pub(crate) fn kids(fields: &mut Fields, tree: &PageTree) -> Result<Vec<Kid>, Refusal> {
    let wrong = |fields: &Fields, what: &str| fields.refusal("STRUCTURE", what);
    let page = match fields.optional_reference("Pg")? {
        Some(page) => Some(*tree.by_id.get(&page).ok_or_else(|| wrong(fields, "an element is on no page"))?),
        None => None,
    };
    let mut kids = Vec::new();
    if fields.has("K") {
        match fields.kids("K")? {
            Value::Array(array) if array.items.len() > 1 && !array.begins_tight => {
                for item in &array.items {
                    kids.push(kid(item, page, tree).ok_or_else(|| wrong(fields, "a kid has another form"))?);
                }
            }
            only => kids.push(kid(only, page, tree).ok_or_else(|| wrong(fields, "a kid has another form"))?),
        }
    }
    let first = kids.iter().find_map(|kid| match kid {
        Kid::Mark { page, .. } => Some(*page),
        _ => None,
    });
    if first != page {
        return Err(wrong(fields, "an element's page is not that of its first content"));
    }
    Ok(kids)
}

fn kid(value: &Value, own: Option<usize>, tree: &PageTree) -> Option<Kid> {
    match value {
        Value::Number(milli) => Some(Kid::Mark { page: own?, mcid: mcid(*milli)? }),
        Value::Reference(id) => Some(Kid::Element(*id)),
        Value::Dict(dict) => content_reference(dict, own, tree),
        _ => None,
    }
}

fn mcid(milli: i64) -> Option<usize> {
    let is_mcid = milli % 1000 == 0 && (0..=LAST_MCID).contains(&(milli / 1000));
    is_mcid.then(|| usize::try_from(milli / 1000).ok()).flatten()
}

/// Reads a reference to an annotation, or to content on a page other than the element's.
fn content_reference(dict: &Dict, own: Option<usize>, tree: &PageTree) -> Option<Kid> {
    let mut fields = Fields::of(dict, Spacing::Own, &Place::File);
    let kind = fields.one_of("Type", &["MCR", "OBJR"]).ok()?;
    let content = if kind == "MCR" {
        fields.integer("MCID").ok()
    } else {
        fields.reference("Obj").ok().map(i64::from)
    }?;
    let page = fields.optional_reference("Pg").ok()?;
    fields.end().ok()?;
    let page = match page {
        // The element's own page is not repeated.
        Some(page) => Some(*tree.by_id.get(&page)?).filter(|page| own != Some(*page)),
        None => None,
    };
    if kind == "MCR" {
        return Some(Kid::Mark { page: page?, mcid: mcid(content.checked_mul(1000)?)? });
    }
    Some(Kid::Annotation { page: page.or(own), id: u32::try_from(content).ok()? })
}

/// Reads the attributes that the type has.
pub(crate) fn attributes(fields: &mut Fields, kind: &str) -> Result<Attributes, Refusal> {
    fields.optional_string("Lang")?;
    let mut attributes = Attributes::default();
    match kind {
        "Figure" => drop(fields.string("Alt")?),
        "Span" => drop(fields.optional_string("ActualText")?),
        "Note" => attributes.id = Some(fields.string("ID")?.to_vec()),
        "TH" => table_header(fields.dict("A")?)?,
        "L" => list(fields.dict("A")?)?,
        _ => {}
    }
    if matches!(kind, "Figure" | "Table")
        && let Some(layout) = fields.optional_dict("A")?
    {
        attributes.bounds = Some(bounds(layout)?);
    }
    Ok(attributes)
}

fn table_header(mut fields: Fields) -> Result<(), Refusal> {
    fields.exactly("O", "Table")?;
    fields.one_of("Scope", &["Row", "Column"])?;
    if fields.has("ColSpan") && !(2..=i64::from(u16::MAX)).contains(&fields.integer("ColSpan")?) {
        return Err(fields.refusal("FOREIGN_VALUE", "a cell spans an impossible number of columns"));
    }
    fields.end()
}

fn list(mut fields: Fields) -> Result<(), Refusal> {
    fields.exactly("O", "List")?;
    fields.one_of("ListNumbering", &["Disc", "Decimal", "None"])?;
    fields.end()
}

/// Reads a bounding box; it is rounded to tenths of a point.
fn bounds(mut fields: Fields) -> Result<[i64; 4], Refusal> {
    fields.exactly("O", "Layout")?;
    let bounds = fields.rectangle("BBox")?;
    fields.one_of("Placement", &["Inline", "Block"])?;
    let [left, bottom, right, top] = bounds;
    if left > right || bottom > top || bounds.iter().any(|edge| edge % 100 != 0) {
        return Err(fields.refusal("FOREIGN_VALUE", "a bounding box is not one of the printer's"));
    }
    fields.end()?;
    Ok(bounds)
}
