//! Link annotations (ISO 32000-1, 12.5.6.5; ISO 14289-1, 7.18), one per rectangle of a link.

use crate::hexadecimal;
use crate::tags::{LinkTarget, Role, TagNode};
use crate::write::WriteError;
use crate::write::content::bounding_box::Bounds;
use crate::write::document::outline::Destinations;
use crate::write::file::pdf_file::PdfFile;
use crate::write::file::syntax::{Dict, Ref};

/// Maximum length of a URI that all viewers follow; validation rejects longer ones.
const MAX_URI: usize = 2000;
/// Value of `F` for printed annotations, which PDF/A requires (ISO 19005-2, 6.3.2).
const PRINT: i64 = 4;

/// Writes one annotation. `struct_parent` is its key in the parent tree.
pub(crate) fn write(
    file: &mut PdfFile,
    id: Ref,
    link: &TagNode,
    rect: Bounds,
    struct_parent: usize,
    destinations: &Destinations,
) -> Result<(), WriteError> {
    let Role::Link { target, contents } = &link.role else { return Ok(()) };
    let target = resolved(target, destinations)?;
    file.dict(id, |dict| {
        dict.name("Subtype", "Link");
        dict.milli_array("Rect", &rect.outer_corners()).milli_array("Border", &[0, 0, 0]);
        dict.integer("F", PRINT).text("Contents", contents).count("StructParent", struct_parent);
        match target {
            Target::Name(name) => dict.bytes("Dest", name),
            Target::Uri(uri) => dict.dict("A", |action: &mut Dict| {
                action.name("S", "URI").bytes("URI", uri.as_bytes());
            }),
        };
    });
    Ok(())
}

enum Target<'a> {
    Name(&'a [u8]),
    Uri(String),
}

fn resolved<'a>(target: &LinkTarget, destinations: &'a Destinations) -> Result<Target<'a>, WriteError> {
    match target {
        LinkTarget::Anchor(anchor) => Ok(Target::Name(destinations.name(*anchor)?)),
        LinkTarget::Uri(uri) => {
            let uri = ascii(uri);
            if uri.len() > MAX_URI {
                return Err(WriteError::TooLong { what: "URI", bytes: uri.len() });
            }
            Ok(Target::Uri(uri))
        }
    }
}

/// Percent-encodes bytes outside of ASCII: URI actions take ASCII only (12.6.4.7).
fn ascii(uri: &str) -> String {
    let mut ascii = String::with_capacity(uri.len());
    for byte in uri.bytes() {
        if byte.is_ascii_graphic() {
            ascii.push(char::from(byte));
        } else {
            ascii.push('%');
            ascii.extend(hexadecimal::upper(byte).map(char::from));
        }
    }
    ascii
}
