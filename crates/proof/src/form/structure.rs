//! The structure tree (ISO 32000-1, 14.7): elements, the parent tree and the ID tree, which must agree.

use crate::form::destination::Destination;
use crate::form::element_fields::{Kid as Listed, attributes, kids};
use crate::form::links;
use crate::form::links::Link;
use crate::form::pages::PageTree;
use crate::form::structure_types::allows;
use crate::form::trees;
use crate::form::walk::Walk;
use crate::refusal::{Place, Refusal};
use crate::syntax::fields::Spacing;
use crate::syntax::value::Value;

/// Maximum depth of the tree.
const MAX_DEPTH: usize = 64;

/// An element.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) kind: &'static str,
    pub(crate) kids: Vec<Kid>,
    /// The bounding box of a figure or table, in thousandths of a point.
    pub(crate) bounds: Option<[i64; 4]>,
}

/// A kid of an element, in logical order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kid {
    /// An element by its index.
    Element(usize),
    /// A marked-content sequence.
    Mark { page: usize, mcid: usize },
    /// A link by its index.
    Link(usize),
}

/// The structure of a document.
pub(crate) struct Structure {
    pub(crate) elements: Vec<Element>,
    /// Object number of the root.
    pub(crate) first: u32,
    pub(crate) links: Vec<Link>,
    /// Element of each sequence, by page and MCID.
    pub(crate) marks: Vec<Vec<usize>>,
}

impl Structure {
    /// Reads the whole tree.
    pub(crate) fn read<'o>(
        walk: &mut Walk<'o, 'o>,
        root: u32,
        tree: &PageTree,
        destinations: &[Destination],
    ) -> Result<Self, Refusal> {
        let place = Place::Object(root);
        let mut fields = walk.dict(root, Spacing::Own)?;
        fields.exactly("Type", "StructTreeRoot")?;
        let first = fields.reference("K")?;
        let parents = fields.reference("ParentTree")?;
        let next_key = fields.count("ParentTreeNextKey")?;
        let ids = fields.optional_reference("IDTree")?;
        let mut roles = fields.dict("RoleMap")?;
        roles.exactly("Title", "P")?;
        roles.end()?;
        fields.end()?;
        let (links, annotations) = links::read(walk, tree, destinations)?;
        let mut builder = Builder {
            first,
            elements: Vec::new(),
            notes: Vec::new(),
            owners: vec![None; links.len()],
            marks: vec![Vec::new(); tree.pages.len()],
            annotations,
        };
        builder.build(walk, root, tree)?;
        builder.check_ids(walk, ids)?;
        let structure = builder.finish(links, &place)?;
        structure.check_parents(walk, parents, next_key)?;
        Ok(structure.0)
    }
}

/// The structure with the owner of each link.
struct Owned(Structure, Vec<usize>);

impl Owned {
    /// Compares the parent tree with the elements (14.7.4.4).
    fn check_parents<'o>(&self, walk: &mut Walk<'o, 'o>, root: u32, next_key: usize) -> Result<(), Refusal> {
        let Self(structure, owners) = self;
        let wrong = |what: &str| Refusal::new("PARENT_TREE", Place::Object(root), what);
        let id = |element: &usize| {
            u32::try_from(*element).ok().and_then(|index| structure.first.checked_add(index))
        };
        let found = trees::references(walk, root)?;
        let pages = structure.marks.len();
        if found.len() != pages + owners.len() || next_key != found.len() {
            return Err(wrong("the parent tree has another number of entries than pages and links"));
        }
        for (marks, array) in structure.marks.iter().zip(&found) {
            let array = walk.array(*array)?;
            let expected = marks.iter().map(|element| id(element).map(Value::Reference));
            if array.begins_tight
                || !array.items.iter().map(Some).eq(expected.collect::<Vec<_>>().iter().map(Option::as_ref))
            {
                return Err(wrong("the parent tree names another element than the one that has the content"));
            }
        }
        if !owners.iter().map(id).eq(found[pages..].iter().map(|id| Some(*id))) {
            return Err(wrong("the parent tree names another element than the one that has the link"));
        }
        Ok(())
    }
}

/// Collects elements from the root downwards.
struct Builder {
    first: u32,
    /// By index; `None` until it is reached.
    elements: Vec<Option<Element>>,
    /// IDs of notes with their elements.
    notes: Vec<(Vec<u8>, usize)>,
    /// Element of each link.
    owners: Vec<Option<usize>>,
    marks: Vec<Vec<Option<usize>>>,
    /// Index of each link by its object.
    annotations: std::collections::BTreeMap<u32, usize>,
}

impl Builder {
    fn build<'o>(&mut self, walk: &mut Walk<'o, 'o>, root: u32, tree: &PageTree) -> Result<(), Refusal> {
        let mut waiting: Vec<(u32, u32, &'static str, usize)> = vec![(self.first, root, "", 0)];
        while let Some((id, parent, above, depth)) = waiting.pop() {
            let index = id.checked_sub(self.first).map(|index| index as usize);
            let wrong = |what: &str| Refusal::new("STRUCTURE", Place::Object(id), what);
            let index = index.ok_or_else(|| wrong("an element has a number before the root's"))?;
            if depth == MAX_DEPTH {
                return Err(wrong("an element is nested too deeply"));
            }
            let mut fields = walk.dict(id, Spacing::Own)?;
            let kind = crate::form::element_fields::kind(&mut fields)?;
            if fields.reference("P")? != parent {
                return Err(wrong("an element names another parent than the one that has it"));
            }
            let is_allowed = if above.is_empty() { kind == "Document" } else { allows(above, kind) };
            if !is_allowed {
                return Err(wrong("an element is not allowed below its parent"));
            }
            let listed = kids(&mut fields, tree)?;
            let attributes = attributes(&mut fields, kind)?;
            fields.end()?;
            if let Some(note) = attributes.id {
                self.notes.push((note, index));
            }
            let mut own = Vec::with_capacity(listed.len());
            for item in listed {
                own.push(match item {
                    Listed::Element(number) => {
                        waiting.push((number, id, kind, depth + 1));
                        let position = number.checked_sub(self.first).map(|position| position as usize);
                        Kid::Element(
                            position.ok_or_else(|| wrong("an element has a number before the root's"))?,
                        )
                    }
                    Listed::Mark { page, mcid } => self.mark(index, page, mcid).ok_or_else(|| {
                        wrong("two elements have the same content, or its number is too high")
                    })?,
                    Listed::Annotation { page, id } => {
                        let link = self.annotations.get(&id).copied();
                        let link = link
                            .filter(|_| kind == "Link" && page.is_none_or(|page| page < tree.pages.len()));
                        let owner = link.and_then(|link| self.owners.get_mut(link));
                        match owner {
                            Some(owner @ None) => *owner = Some(index),
                            _ => return Err(wrong("an element has an annotation that is not its own link")),
                        }
                        Kid::Link(link.unwrap_or_default())
                    }
                });
            }
            self.add(index, Element { kind, kids: own, bounds: attributes.bounds });
        }
        Ok(())
    }

    fn add(&mut self, index: usize, element: Element) {
        // Bounded by the number of objects, each of which is reached once.
        if self.elements.len() <= index {
            self.elements.resize_with(index + 1, || None);
        }
        self.elements[index] = Some(element);
    }

    fn mark(&mut self, element: usize, page: usize, mcid: usize) -> Option<Kid> {
        let marks = self.marks.get_mut(page)?;
        if marks.len() <= mcid {
            marks.resize(mcid + 1, None);
        }
        match &mut marks[mcid] {
            owner @ None => *owner = Some(element),
            Some(_) => return None,
        }
        Some(Kid::Mark { page, mcid })
    }

    /// Compares the ID tree with the notes (ISO 14289-1, 7.9).
    fn check_ids<'o>(&mut self, walk: &mut Walk<'o, 'o>, root: Option<u32>) -> Result<(), Refusal> {
        self.notes.sort();
        let named = match root {
            Some(root) => trees::named(walk, root)?,
            None => Vec::new(),
        };
        let first = self.first;
        let expected = self.notes.iter().map(|(id, element)| {
            (id.as_slice(), u32::try_from(*element).ok().and_then(|index| first.checked_add(index)))
        });
        let found = named.iter().map(|(id, value)| (*id, crate::syntax::fields::reference(value)));
        if expected.eq(found) && root.is_some() != self.notes.is_empty() {
            return Ok(());
        }
        let place = Place::Object(root.unwrap_or(first));
        Err(Refusal::new("ID_TREE", place, "the ID tree does not have exactly the notes"))
    }

    fn finish(self, links: Vec<Link>, place: &Place) -> Result<Owned, Refusal> {
        let wrong = |what: &str| Refusal::new("STRUCTURE", place.clone(), what);
        let elements: Option<Vec<Element>> = self.elements.into_iter().collect();
        let elements = elements.ok_or_else(|| wrong("the elements are not numbered consecutively"))?;
        let owners: Option<Vec<usize>> = self.owners.into_iter().collect();
        let owners = owners.ok_or_else(|| wrong("a link belongs to no element"))?;
        let marks: Option<Vec<Vec<usize>>> =
            self.marks.into_iter().map(|marks| marks.into_iter().collect()).collect();
        let marks = marks.ok_or_else(|| wrong("some content of a page belongs to no element"))?;
        Ok(Owned(Structure { elements, first: self.first, links, marks }, owners))
    }
}
