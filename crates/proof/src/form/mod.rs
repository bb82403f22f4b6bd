//! The form of a document: every object has its place below the trailer, with the keys, values and types of the
//! printer, in the printer's order and spelling. What a file says is not compared with any edition here.

mod catalog;
mod destination;
mod document;
mod element_fields;
mod embedded;
mod fonts;
mod links;
mod metadata;
mod outline;
mod page;
mod pages;
mod resources;
mod structure;
mod structure_types;
mod to_unicode;
mod trees;
mod walk;

pub(crate) use self::document::Document;
pub(crate) use self::fonts::{Font, face_of};
pub(crate) use self::resources::ImageObject;
pub(crate) use self::structure::Kid;
pub(crate) use self::structure_types::structure_type;

use self::walk::Walk;
use crate::file::{Inflater, Objects};
use crate::refusal::Refusal;

/// Reads a document.
pub(crate) fn read<'o>(
    objects: &'o Objects<'o>,
    inflater: Inflater,
) -> Result<(Document<'o>, Inflater), Refusal> {
    let mut walk = Walk::new(objects, inflater);
    let document = catalog::read(&mut walk)?;
    Ok((document, walk.end()?))
}
