//! Structure tree of a file with its text.

#[cfg(feature = "testing")]
use crate::readback::normalization::normal_form;
use std::collections::{BTreeMap, btree_map::Entry};
use std::sync::Arc;

use crate::readback::cmap::ToUnicode;
use crate::readback::error::ReadError;
use crate::readback::objects::{Dict, Objects, Value};
use crate::readback::page_text;
use crate::readback::page_text::{Fonts, Forms, PageText, Resources};
use crate::readback::text_strings::text_string;

/// Maximum depth of the tree; deeper or cyclic trees are damaged.
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

/// A kid of an element in logical order. Variants are boxed because a long brief has tens of thousands of kids.
#[derive(Debug)]
pub(super) enum Kid {
    Element(Box<Element>),
    Text(String),
    Link(Box<Annotation>),
}

/// A link annotation.
#[derive(Debug, Default)]
pub(super) struct Annotation {
    pub(super) contents: String,
    /// A destination's name or a URI.
    pub(super) target: String,
}

/// Text and structure of a file.
pub(super) struct FileText<'a> {
    pub(super) objects: Objects<'a>,
    /// The kids of the structure tree's root.
    pub(super) roots: Vec<Element>,
    /// By page: sequences that no element refers to, and artifacts.
    pub(super) pages: Vec<PageText>,
}

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<FileText<'_>, ReadError> {
    let objects = Objects::read(bytes)?;
    let catalog = objects.catalog()?;
    let numbers = page_numbers(&objects, &catalog)?;
    let mut reader = PageReader { objects: &objects, maps: BTreeMap::new(), resources: BTreeMap::new() };
    let pages: Vec<PageText> = numbers.iter().map(|&id| reader.page(id)).collect::<Result<_, _>>()?;
    let tree = objects.entry(&catalog, b"StructTreeRoot")?.ok_or(ReadError::Structure("no root"))?;
    let mut walk =
        Walk { objects: &objects, pages, places: numbers.into_iter().zip(0..).collect(), depth: 0 };
    let mut roots = Vec::new();
    for kid in walk.kids(&tree, None)? {
        match kid {
            Kid::Element(element) => roots.push(*element),
            Kid::Text(_) | Kid::Link(_) => return Err(ReadError::Structure("content under the root")),
        }
    }
    let pages = walk.pages;
    drop((catalog, tree));
    Ok(FileText { objects, roots, pages })
}

/// Returns the pages' object numbers in order; the printer's page tree has one level.
fn page_numbers<'a>(objects: &'a Objects, catalog: &Dict<'a>) -> Result<Vec<u32>, ReadError> {
    let tree = objects.entry(catalog, b"Pages")?.ok_or(ReadError::Damaged("no pages"))?;
    let Some(Value::Array(kids)) = tree.get(b"Kids") else { return Err(ReadError::Damaged("no pages")) };
    let numbers = kids.iter().map(|kid| match kid {
        Value::Reference(id) => Ok(*id),
        _ => Err(ReadError::Damaged("a page that is not an object")),
    });
    numbers.collect()
}

/// Reads pages; shared resources are read once.
struct PageReader<'a> {
    objects: &'a Objects<'a>,
    maps: BTreeMap<u32, Arc<ToUnicode>>,
    /// Resources by object number.
    resources: BTreeMap<u32, Arc<Resources>>,
}

impl<'a> PageReader<'a> {
    fn page(&mut self, id: u32) -> Result<PageText, ReadError> {
        let page = self.objects.dict(id)?;
        let resources = match page.reference(b"Resources") {
            Some(id) => self.shared(id)?,
            None => Arc::default(),
        };
        let mut content = Vec::new();
        for part in match page.get(b"Contents") {
            Some(Value::Array(parts)) => parts.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        } {
            let Value::Reference(part) = part else {
                return Err(ReadError::Damaged("content that is not a stream"));
            };
            content.append(&mut self.objects.stream(*part)?.1);
            content.push(b'\n');
        }
        Ok(page_text::read(&content, &resources))
    }

    fn shared(&mut self, id: u32) -> Result<Arc<Resources>, ReadError> {
        if let Some(known) = self.resources.get(&id) {
            return Ok(Arc::clone(known));
        }
        let dict = self.objects.dict(id)?;
        let mut forms = Forms::new();
        for (name, form) in self.objects.entry(&dict, b"XObject")?.unwrap_or_default().iter() {
            let Value::Reference(form) = form else { continue };
            // Images have no text.
            if self.objects.dict(*form)?.name(b"Subtype") == Some(b"Form") {
                let (form, content) = self.objects.stream(*form)?;
                let own = self.objects.entry(&form, b"Resources")?.unwrap_or_default();
                let fonts = self.fonts(&own)?;
                forms.insert(name.to_vec(), page_text::read_form(&content, fonts).into());
            }
        }
        let read = Arc::new(Resources { fonts: self.fonts(&dict)?, forms });
        self.resources.insert(id, Arc::clone(&read));
        Ok(read)
    }

    fn fonts(&mut self, resources: &Dict<'a>) -> Result<Fonts, ReadError> {
        let mut fonts = Fonts::new();
        for (name, font) in self.objects.entry(resources, b"Font")?.unwrap_or_default().iter() {
            let Value::Reference(font) = font else { continue };
            let map = match self.maps.entry(*font) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => {
                    let map = self.objects.dict(*font)?.reference(b"ToUnicode");
                    let map = map.ok_or(ReadError::Damaged("a font without ToUnicode"))?;
                    unknown.insert(Arc::new(ToUnicode::parse(&self.objects.stream(map)?.1)))
                }
            };
            fonts.insert(name.to_vec(), Arc::clone(map));
        }
        Ok(fonts)
    }
}

struct Walk<'a> {
    objects: &'a Objects<'a>,
    pages: Vec<PageText>,
    places: BTreeMap<u32, usize>,
    depth: usize,
}

impl<'a> Walk<'a> {
    fn kids(&mut self, element: &Dict<'a>, page: Option<usize>) -> Result<Vec<Kid>, ReadError> {
        let page = self.page(element).or(page);
        match element.get(b"K") {
            None => Ok(Vec::new()),
            Some(Value::Array(kids)) => kids.iter().map(|kid| self.kid(kid, page)).collect(),
            Some(only) => Ok(vec![self.kid(only, page)?]),
        }
    }

    fn page(&self, dict: &Dict) -> Option<usize> {
        self.places.get(&dict.reference(b"Pg")?).copied()
    }

    fn kid(&mut self, kid: &Value<'a>, page: Option<usize>) -> Result<Kid, ReadError> {
        match kid {
            Value::Integer(mcid) => self.text(page, *mcid),
            Value::Dict(dict) => {
                if let Some(mcid) = dict.integer(b"MCID") {
                    return self.text(self.page(dict).or(page), mcid);
                }
                let annotation = self.objects.entry(dict, b"Obj")?;
                let annotation = annotation.ok_or(ReadError::Structure("a kid without content"))?;
                Ok(Kid::Link(Box::new(annotation_of(self.objects, &annotation)?)))
            }
            Value::Reference(id) => {
                let dict = self.objects.dict(*id)?;
                if self.depth == MAX_DEPTH {
                    return Err(ReadError::Structure("an element too deep"));
                }
                self.depth += 1;
                let element = self.element(&dict, page);
                self.depth -= 1;
                element.map(|element| Kid::Element(Box::new(element)))
            }
            _ => Err(ReadError::Structure("a kid that is neither element nor content")),
        }
    }

    /// Takes a sequence's text; only one element may refer to it.
    fn text(&mut self, page: Option<usize>, mcid: i64) -> Result<Kid, ReadError> {
        let mcid = usize::try_from(mcid).map_err(|_| ReadError::Structure("a negative MCID"))?;
        let page = page.and_then(|page| self.pages.get_mut(page));
        let text = page.and_then(|page| page.by_mcid.get_mut(mcid)).and_then(Option::take);
        text.map(Kid::Text).ok_or(ReadError::Structure("an MCID that no content has, or two elements share"))
    }

    fn element(&mut self, dict: &Dict<'a>, page: Option<usize>) -> Result<Element, ReadError> {
        let text = |key: &[u8]| dict.string(key).map(|bytes| text_string(bytes).into_owned());
        let role = dict.name(b"S").ok_or(ReadError::Structure("an element without a type"))?;
        Ok(Element {
            role: String::from_utf8_lossy(role).into_owned(),
            lang: text(b"Lang"),
            alt: text(b"Alt"),
            actual_text: text(b"ActualText"),
            id: text(b"ID"),
            kids: self.kids(dict, page)?,
        })
    }
}

fn annotation_of<'a>(objects: &'a Objects, dict: &Dict<'a>) -> Result<Annotation, ReadError> {
    let action = objects.entry(dict, b"A")?.unwrap_or_default();
    let target = dict.string(b"Dest").or(action.string(b"URI"));
    let owned = |bytes: Option<&[u8]>| bytes.map(text_string).unwrap_or_default().into_owned();
    Ok(Annotation { contents: owned(dict.string(b"Contents")), target: owned(target) })
}

/// Whether the `ActualText` of elements replaces their text.
#[cfg(feature = "testing")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Replacements {
    Applied,
    Ignored,
}

#[cfg(feature = "testing")]
pub(super) fn lines(roots: &[Element], replacements: Replacements) -> String {
    let mut text = String::new();
    for element in roots {
        append(element, replacements, &mut text);
    }
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| normal_form(line).trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}

#[cfg(feature = "testing")]
fn append(element: &Element, replacements: Replacements, text: &mut String) {
    let inline = matches!(element.role.as_str(), "Span" | "Link" | "Reference");
    if !inline {
        text.push('\n');
    }
    let actual = element.actual_text.as_ref().filter(|_| replacements == Replacements::Applied);
    if let Some(actual) = actual {
        text.push_str(actual);
    } else {
        for kid in &element.kids {
            match kid {
                Kid::Element(element) => append(element, replacements, text),
                Kid::Text(run) => text.push_str(run),
                Kid::Link(_) => {}
            }
        }
    }
    if !inline {
        text.push('\n');
    }
}
