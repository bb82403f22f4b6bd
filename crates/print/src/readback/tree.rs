//! The structure tree of a finished file with its text.

use std::collections::{BTreeMap, btree_map::Entry};
use std::sync::Arc;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::cmap::ToUnicode;
use super::page::{self, Fonts, PageText};
use super::{ReadError, text_string};

/// Deeper than this no brief goes; a file that does is damaged, or leads back to itself.
const MAX_DEPTH: usize = 64;

/// An element of the structure tree.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) role: String,
    pub(super) lang: Option<String>,
    pub(super) alt: Option<String>,
    pub(super) actual_text: Option<String>,
    pub(super) id: Option<String>,
    pub(super) kids: Vec<Kid>,
}

/// A kid of an element, in logical order.
#[derive(Debug)]
pub(super) enum Kid {
    Element(Element),
    Text(String),
    Link(Annotation),
}

/// A link annotation.
#[derive(Debug, Default)]
pub(super) struct Annotation {
    pub(super) contents: String,
    /// A destination's name or a URI.
    pub(super) target: String,
}

/// What is read of a file.
#[derive(Debug)]
pub(super) struct FileText {
    pub(super) document: Document,
    /// The kids of the structure tree's root.
    pub(super) roots: Vec<Element>,
    /// By page: what is left over when the tree has taken its sequences, and the artifacts.
    pub(super) pages: Vec<PageText>,
}

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<FileText, ReadError> {
    let document = Document::load_mem(bytes)?;
    let numbers: Vec<ObjectId> = document.get_pages().into_values().collect();
    let mut maps = BTreeMap::new();
    let mut pages = Vec::with_capacity(numbers.len());
    for &id in &numbers {
        pages.push(read_page(&document, id, &mut maps)?);
    }
    let mut walk =
        Walk { document: &document, pages, places: numbers.into_iter().zip(0..).collect(), depth: 0 };
    let root = document.catalog()?.get_deref(b"StructTreeRoot", &document)?.as_dict()?;
    let mut roots = Vec::new();
    for kid in walk.kids(root, None)? {
        match kid {
            Kid::Element(element) => roots.push(element),
            Kid::Text(_) | Kid::Link(_) => return Err(ReadError::Structure("content under the root")),
        }
    }
    let pages = walk.pages;
    Ok(FileText { document, roots, pages })
}

/// Maps of fonts that are read already.
type Maps = BTreeMap<ObjectId, Arc<ToUnicode>>;

fn read_page(document: &Document, id: ObjectId, maps: &mut Maps) -> Result<PageText, ReadError> {
    let page = document.get_dictionary(id)?;
    let resources = page.get_deref(b"Resources", document)?.as_dict()?;
    let mut fonts = Fonts::new();
    if let Ok(entries) = resources.get_deref(b"Font", document).and_then(Object::as_dict) {
        for (name, font) in entries {
            let font = font.as_reference()?;
            let map = match maps.entry(font) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => {
                    let map =
                        document.get_dictionary(font)?.get_deref(b"ToUnicode", document)?.as_stream()?;
                    unknown.insert(Arc::new(ToUnicode::parse(&map.get_plain_content()?)))
                }
            };
            fonts.insert(name.clone(), Arc::clone(map));
        }
    }
    let mut content = Vec::new();
    match page.get_deref(b"Contents", document)? {
        Object::Array(parts) => {
            for part in parts {
                content.extend(document.get_object(part.as_reference()?)?.as_stream()?.get_plain_content()?);
                content.push(b'\n');
            }
        }
        one => content = one.as_stream()?.get_plain_content()?,
    }
    Ok(page::read(&content, &fonts))
}

struct Walk<'a> {
    document: &'a Document,
    pages: Vec<PageText>,
    places: BTreeMap<ObjectId, usize>,
    depth: usize,
}

impl Walk<'_> {
    fn kids(&mut self, element: &Dictionary, page: Option<usize>) -> Result<Vec<Kid>, ReadError> {
        let page = self.page(element).or(page);
        match element.get(b"K") {
            Err(_) => Ok(Vec::new()),
            Ok(Object::Array(kids)) => kids.iter().map(|kid| self.kid(kid, page)).collect(),
            Ok(only) => Ok(vec![self.kid(only, page)?]),
        }
    }

    fn page(&self, dict: &Dictionary) -> Option<usize> {
        dict.get(b"Pg").and_then(Object::as_reference).ok().and_then(|id| self.places.get(&id).copied())
    }

    fn kid(&mut self, kid: &Object, page: Option<usize>) -> Result<Kid, ReadError> {
        let document = self.document;
        match kid {
            Object::Integer(mcid) => self.text(page, *mcid),
            Object::Dictionary(dict) if dict.has(b"MCID") => {
                self.text(self.page(dict).or(page), dict.get(b"MCID")?.as_i64()?)
            }
            Object::Dictionary(dict) if dict.has(b"Obj") => {
                Ok(Kid::Link(annotation(document, dict.get_deref(b"Obj", document)?.as_dict()?)))
            }
            Object::Reference(id) => {
                let dict = document.get_dictionary(*id)?;
                if self.depth == MAX_DEPTH {
                    return Err(ReadError::Structure("an element too deep"));
                }
                self.depth += 1;
                let element = self.element(dict, page);
                self.depth -= 1;
                element.map(Kid::Element)
            }
            _ => Err(ReadError::Structure("a kid that is neither element nor content")),
        }
    }

    /// Takes a sequence's text: it belongs to one element only.
    fn text(&mut self, page: Option<usize>, mcid: i64) -> Result<Kid, ReadError> {
        let mcid = usize::try_from(mcid).map_err(|_| ReadError::Structure("a negative MCID"))?;
        let page = page.and_then(|page| self.pages.get_mut(page));
        let text = page.and_then(|page| page.by_mcid.get_mut(mcid)).and_then(Option::take);
        text.map(Kid::Text).ok_or(ReadError::Structure("an MCID that no content has, or two elements share"))
    }

    fn element(&mut self, dict: &Dictionary, page: Option<usize>) -> Result<Element, ReadError> {
        let text = |key| dict.get(key).and_then(Object::as_str).ok().map(text_string);
        Ok(Element {
            role: String::from_utf8_lossy(dict.get(b"S")?.as_name()?).into_owned(),
            lang: text(b"Lang".as_slice()),
            alt: text(b"Alt"),
            actual_text: text(b"ActualText"),
            id: text(b"ID"),
            kids: self.kids(dict, page)?,
        })
    }
}

fn annotation(document: &Document, dict: &Dictionary) -> Annotation {
    let text = |dict: &Dictionary, key: &[u8]| dict.get(key).and_then(Object::as_str).map(text_string).ok();
    let action = dict.get_deref(b"A", document).and_then(Object::as_dict).ok();
    let uri = action.and_then(|action| text(action, b"URI"));
    Annotation {
        contents: text(dict, b"Contents").unwrap_or_default(),
        target: text(dict, b"Dest").or(uri).unwrap_or_default(),
    }
}
