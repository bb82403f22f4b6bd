//! A document as far as its content is compared with an edition.

use std::collections::BTreeMap;

use crate::form::destination::Destination;
use crate::form::fonts::Font;
use crate::form::links::Link;
use crate::form::page::Page;
use crate::form::resources::{FormObject, ImageObject};
use crate::form::structure::Element;

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
    /// The contents of deflated streams by object number, without those of pages and forms.
    pub(crate) inflated: BTreeMap<u32, Vec<u8>>,
}
