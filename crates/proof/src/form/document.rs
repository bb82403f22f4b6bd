//! A document as far as its content is compared with an edition.

use crate::file::{Inflater, Objects, StreamObject};
use crate::form::catalog;
use crate::form::fonts::Font;
use crate::form::links::Link;
use crate::form::resources::{FormObject, ImageObject};
use crate::form::structure::Element;
use crate::form::walk::Walk;
use crate::refusal::Refusal;

/// A document of the printer's form.
pub(crate) struct Document<'a> {
    pub(crate) pages: Vec<Page<'a>>,
    /// By resource name: `T0`, `T1`, …
    pub(crate) fonts: Vec<Font>,
    /// By resource name: `X0`, `X1`, …
    pub(crate) forms: Vec<FormObject<'a>>,
    /// By resource name: `I0`, `I1`, …
    pub(crate) images: Vec<ImageObject<'a>>,
    /// The elements; the root is the first, and the object number of each is that of the root and its index.
    pub(crate) elements: Vec<Element>,
    /// All links, page by page.
    pub(crate) links: Vec<Link>,
    /// Destinations in the order of their names.
    pub(crate) destinations: Vec<Destination>,
}

/// A page.
pub(crate) struct Page<'a> {
    /// Width and height in thousandths of a point.
    pub(crate) size: [i64; 2],
    pub(crate) content: &'a StreamObject<'a>,
    pub(crate) has_transparency: bool,
    /// Element of each marked-content sequence, by MCID.
    pub(crate) marks: Vec<usize>,
}

/// A named destination.
#[derive(Clone, Debug)]
pub(crate) struct Destination {
    pub(crate) name: Vec<u8>,
    pub(crate) page: usize,
    /// In thousandths of a point from the lower edge.
    pub(crate) y: i64,
}

/// Reads a document.
pub(crate) fn read<'o>(
    objects: &'o Objects<'o>,
    inflater: Inflater,
) -> Result<(Document<'o>, Inflater), Refusal> {
    let mut walk = Walk::new(objects, inflater);
    let document = catalog::read(&mut walk)?;
    Ok((document, walk.end()?))
}
