//! The catalog (ISO 32000-1, 7.7.2): no action of its own, no form, no script, no layer.

use crate::form::document::Document;
use crate::form::structure::Structure;
use crate::form::walk::Walk;
use crate::form::{embedded, metadata, outline, pages, resources, trees};
use crate::refusal::{Place, Refusal};
use crate::syntax::fields::{Fields, Spacing};
use crate::syntax::value::Value;

/// Reads everything below the trailer.
pub(crate) fn read<'o>(walk: &mut Walk<'o, 'o>) -> Result<Document<'o>, Refusal> {
    let (root, info) = (walk.objects().root, walk.objects().info);
    let Value::Dict(dict) = walk.value(root)? else {
        return Err(Refusal::new("OBJECT_KIND", Place::Object(root), "the catalog is not a dictionary"));
    };
    let mut fields = Fields::of(dict, Spacing::Own, &Place::Object(root));
    let kind = fields.spaced("Type")?;
    if *kind != Value::Name(b"Catalog") {
        return Err(fields.refusal("FOREIGN_VALUE", "the trailer does not refer to a catalog"));
    }
    let tree = pages::read(walk, fields.reference("Pages")?)?;
    let shared = resources::read(walk, tree.resources, &tree.pages)?;
    let mut mark_info = fields.dict("MarkInfo")?;
    mark_info.equal("Marked", &Value::Boolean(true))?;
    mark_info.end()?;
    let structure = fields.reference("StructTreeRoot")?;
    fields.string("Lang")?;
    viewer_preferences(fields.dict("ViewerPreferences")?)?;
    let outlines = fields.optional_reference("Outlines")?;
    if outlines.is_some() && fields.has("PageMode") {
        fields.exactly("PageMode", "UseOutlines")?;
    }
    let (mut destinations, mut attached) = (Vec::new(), None);
    if let Some(mut names) = fields.optional_dict("Names")? {
        if let Some(tree_root) = names.optional_reference("Dests")? {
            destinations = trees::destinations(walk, tree_root, &tree)?;
        }
        if let Some(mut files) = names.optional_dict("EmbeddedFiles")? {
            attached = Some(embedded::named(&mut files)?);
            files.end()?;
        }
        names.end()?;
    }
    if let Some(attached) = attached {
        if fields.references("AF")? != [attached] {
            return Err(fields.refusal("ATTACHMENT", "another file is associated than the one embedded"));
        }
        embedded::check(walk, attached)?;
    }
    page_labels(&mut fields)?;
    metadata::packet(walk, fields.reference("Metadata")?)?;
    output_intents(walk, &mut fields)?;
    fields.end()?;
    outline::check(walk, outlines, &destinations)?;
    metadata::information(walk, info)?;
    let structure = Structure::read(walk, structure, &tree, &destinations)?;
    let mut pages = tree.pages;
    for (page, marks) in pages.iter_mut().zip(structure.marks) {
        page.marks = marks;
    }
    Ok(Document {
        pages,
        fonts: shared.fonts,
        forms: shared.forms,
        images: shared.images,
        elements: structure.elements,
        links: structure.links,
        destinations,
        inflated: walk.take_inflated(),
    })
}

fn viewer_preferences(mut fields: Fields) -> Result<(), Refusal> {
    fields.equal("DisplayDocTitle", &Value::Boolean(true))?;
    if fields.has("Direction") {
        fields.exactly("Direction", "R2L")?;
    }
    fields.end()
}

/// Reads `<</Nums[0<</S/D>>]>>`: decimal page numbers.
fn page_labels(fields: &mut Fields) -> Result<(), Refusal> {
    let found = fields.spaced("PageLabels")?;
    let wrong = || fields.refusal("FOREIGN_VALUE", "the page labels are not decimal numbers");
    let Value::Dict(labels) = found else { return Err(wrong()) };
    let [only] = labels.entries.as_slice() else { return Err(wrong()) };
    let Value::Array(numbers) = &only.value else { return Err(wrong()) };
    let [Value::Number(0), Value::Dict(style)] = numbers.items.as_slice() else { return Err(wrong()) };
    let [kind] = style.entries.as_slice() else { return Err(wrong()) };
    let is_own = only.key == b"Nums"
        && !only.is_spaced
        && numbers.begins_tight
        && kind.key == b"S"
        && !kind.is_spaced
        && kind.value == Value::Name(b"D");
    if is_own { Ok(()) } else { Err(wrong()) }
}

/// Reads the output intent (ISO 19005-2, 6.2.3).
fn output_intents<'o>(walk: &mut Walk<'o, 'o>, fields: &mut Fields<'o, 'o>) -> Result<(), Refusal> {
    let intents = fields.spaced_array("OutputIntents")?;
    let [Value::Dict(intent)] = intents.items.as_slice() else {
        return Err(fields.refusal("FOREIGN_VALUE", "there is not exactly one output intent"));
    };
    let mut intent = Fields::of(intent, Spacing::Own, &Place::Object(walk.objects().root));
    intent.exactly("Type", "OutputIntent")?;
    intent.exactly("S", "GTS_PDFA1")?;
    intent.equal("OutputConditionIdentifier", &Value::String(b"sRGB".as_slice().into()))?;
    intent.equal("Info", &Value::String(b"sRGB IEC61966-2.1".as_slice().into()))?;
    let profile = intent.reference("DestOutputProfile")?;
    intent.end()?;
    metadata::profile(walk, profile)
}
