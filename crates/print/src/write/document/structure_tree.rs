//! The structure tree (ISO 32000-1, 14.7): elements with their attributes, the parent tree and the ID tree.

use crate::write::document::structure_types::{states_box, type_name};
use crate::write::file::text_strings::encode_text_string;
use std::collections::{BTreeMap, BTreeSet};

use crate::tags::{ListNumbering, Role, Scope, TagId, TagNode, TagTree};
use crate::write::WriteError;
use crate::write::content::bounding_box::Bounds;
use crate::write::content::marked_content::ContentOwner;
use crate::write::file::pdf_file::PdfFile;
use crate::write::file::syntax::{Dict, Ref};
use crate::write::file::{syntax, trees};

/// A piece of content or an annotation of an element.
#[derive(Clone, Copy)]
pub(crate) enum Content {
    /// A marked-content sequence.
    Marked { page: usize, mcid: usize },
    /// A link annotation.
    Annotation { page: usize, id: Ref },
}

impl Content {
    /// Returns a key that sorts marked content before annotations, each by page.
    const fn sort_key(self) -> (bool, usize) {
        match self {
            Self::Marked { page, .. } => (false, page),
            Self::Annotation { page, .. } => (true, page),
        }
    }
}

/// Content with its owning element and its logical position.
pub(crate) struct Owned {
    pub(crate) node: usize,
    pub(crate) seq: u32,
    pub(crate) content: Content,
}

/// Input of the structure tree.
pub(crate) struct Structure<'a> {
    pub(crate) tags: &'a TagTree,
    /// The page objects.
    pub(crate) pages: &'a [Ref],
    /// All content, page by page in logical order.
    pub(crate) content: Vec<Owned>,
    /// Bounding boxes of figures and tables; `None` for an element on several pages.
    pub(crate) boxes: &'a BTreeMap<usize, Option<Bounds>>,
    /// Owner of each marked-content sequence, by page and MCID.
    pub(crate) marks: Vec<Vec<(ContentOwner, usize)>>,
    /// `Link` element of each annotation. An annotation's `StructParent` is its index plus the number of pages.
    pub(crate) annotations: Vec<usize>,
}

/// A kid of an element. Elements and content are ordered by `seq`.
#[derive(Clone, Copy)]
enum Kid {
    Element(TagId),
    Content(Content),
}

impl Structure<'_> {
    /// Writes the whole tree and returns its root.
    pub(crate) fn write(mut self, file: &mut PdfFile) -> Ref {
        let root = file.reserve();
        let first = file.reserve_many(self.tags.nodes().len());
        let elements = Elements { root, first };
        // Pages may arrive in any order; the key restores reading order, and the stable sort keeps pieces with one
        // position in page order.
        self.content.sort_by_key(|owned| (owned.node, owned.seq, owned.content.sort_key()));
        let mut content = std::mem::take(&mut self.content).into_iter().peekable();
        for (index, node) in self.tags.nodes().iter().enumerate() {
            let mut kids: Vec<(u32, Kid)> =
                node.kids.iter().map(|&kid| (self.tags.node(kid).seq, Kid::Element(kid))).collect();
            while let Some(owned) = content.next_if(|owned| owned.node == index) {
                kids.push((owned.seq, Kid::Content(owned.content)));
            }
            kids.sort_by_key(|&(seq, _)| seq);
            file.dict(elements.at(index), |dict| {
                dict.name("S", type_name(&node.role)).reference("P", elements.parent(node));
                self.kids(dict, &kids, elements);
                self.attributes(dict, index, node);
            });
        }
        self.root(file, elements);
        root
    }

    /// Writes `/K`, and `/Pg` with the page of the content that has no page of its own.
    fn kids(&self, dict: &mut Dict, kids: &[(u32, Kid)], elements: Elements) {
        let own_page = kids.iter().find_map(|(_, kid)| match kid {
            Kid::Content(Content::Marked { page, .. }) => Some(*page),
            _ => None,
        });
        if let Some(page) = own_page {
            dict.reference("Pg", self.pages[page]);
        }
        let write = |out: &mut Vec<u8>, &(_, kid): &(u32, Kid)| match kid {
            Kid::Element(id) => syntax::reference(out, elements.at(id.index())),
            Kid::Content(Content::Marked { page, mcid }) if Some(page) == own_page => {
                syntax::count(out, mcid);
            }
            Kid::Content(content) => self.content_reference(out, content, own_page),
        };
        match kids {
            // An element may be empty (14.7.2): a withheld cell keeps the table regular.
            [] => {}
            [only] => write(dict.key("K"), only),
            several => syntax::array(dict.tight_key("K"), several, write),
        }
    }

    /// Writes a reference to an annotation, or to content on a page other than the element's.
    fn content_reference(&self, out: &mut Vec<u8>, content: Content, own_page: Option<usize>) {
        let mut dict = Dict::begin(out);
        let page = match content {
            Content::Marked { page, mcid } => {
                dict.name("Type", "MCR").count("MCID", mcid);
                page
            }
            Content::Annotation { page, id } => {
                dict.name("Type", "OBJR").reference("Obj", id);
                page
            }
        };
        if own_page != Some(page) {
            dict.reference("Pg", self.pages[page]);
        }
        dict.end();
    }

    fn attributes(&self, dict: &mut Dict, index: usize, node: &TagNode) {
        if let Some(lang) = &node.lang {
            dict.text("Lang", lang);
        }
        match &node.role {
            Role::Figure { alt } => {
                dict.text("Alt", alt);
            }
            Role::Span { actual_text: Some(text) } => {
                dict.text("ActualText", text);
            }
            Role::Note { id } => {
                dict.text("ID", id);
            }
            Role::Th { scope, columns } => {
                let scope = match scope {
                    Scope::Row => "Row",
                    Scope::Column => "Column",
                };
                dict.dict("A", |attributes| {
                    attributes.name("O", "Table").name("Scope", scope);
                    if *columns > 1 {
                        attributes.count("ColSpan", usize::from(*columns));
                    }
                });
            }
            Role::L(numbering) => {
                let numbering = match numbering {
                    ListNumbering::Disc => "Disc",
                    ListNumbering::Decimal => "Decimal",
                    ListNumbering::None => "None",
                };
                dict.dict("A", |attributes| {
                    attributes.name("O", "List").name("ListNumbering", numbering);
                });
            }
            _ => {}
        }
        if states_box(&node.role) {
            self.layout_attributes(dict, index, node);
        }
    }

    /// Writes the bounding box of a figure or table that is on a single page (14.8.5.4.3).
    fn layout_attributes(&self, dict: &mut Dict, index: usize, node: &TagNode) {
        let Some(bounds) = self.boxes.get(&index).copied().flatten() else { return };
        let above = node.parent.map(|parent| &self.tags.node(parent).role);
        let inline = matches!(
            above,
            Some(Role::P | Role::Title | Role::H(_) | Role::Caption | Role::Lbl | Role::Span { .. })
        );
        dict.dict("A", |attributes| {
            attributes.name("O", "Layout").milli_array("BBox", &bounds.outer_corners());
            attributes.name("Placement", if inline { "Inline" } else { "Block" });
        });
    }

    fn root(&self, file: &mut PdfFile, elements: Elements) {
        let parents = self.parent_tree(file, elements);
        let notes = self.id_tree(file, elements);
        let next_key = self.marks.len() + self.annotations.len();
        file.dict(elements.root, |dict| {
            dict.name("Type", "StructTreeRoot").reference("K", elements.at(0));
            dict.reference("ParentTree", parents).count("ParentTreeNextKey", next_key);
            if let Some(notes) = notes {
                dict.reference("IDTree", notes);
            }
            // `Title` is not a standard type before PDF 2.0 (14.8.4).
            dict.dict("RoleMap", |map| {
                map.name("Title", "P");
            });
        });
    }

    /// Writes the parent tree, from MCIDs and annotations to their elements (14.7.4.4).
    fn parent_tree(&self, file: &mut PdfFile, elements: Elements) -> Ref {
        let mut entries = Vec::with_capacity(self.marks.len() + self.annotations.len());
        for owners in &self.marks {
            let id = file.reserve();
            file.object(id, |out| {
                syntax::array(out, owners, |out, (mark, _)| syntax::reference(out, elements.at(mark.node)));
            });
            entries.push(id);
        }
        entries.extend(self.annotations.iter().map(|&node| elements.at(node)));
        let entries: Vec<(usize, Ref)> = (0..).zip(entries).collect();
        trees::number_tree(file, &entries)
    }

    /// Writes the ID tree, from notes' IDs to their elements (ISO 14289-1, 7.9).
    fn id_tree(&self, file: &mut PdfFile, elements: Elements) -> Option<Ref> {
        let mut notes: Vec<(Vec<u8>, Ref)> = Vec::new();
        for (index, node) in self.tags.nodes().iter().enumerate() {
            if let Role::Note { id } = &node.role {
                notes.push((syntax::text_bytes(id), elements.at(index)));
            }
        }
        notes.sort();
        (!notes.is_empty()).then(|| trees::name_tree(file, &notes, |out, &id| syntax::reference(out, id)))
    }
}

/// Checks the tag tree for everything that no conforming file may contain, so that writing cannot fail.
pub(crate) fn check(tags: &TagTree) -> Result<(), WriteError> {
    let mut ids = BTreeSet::new();
    for (index, node) in tags.nodes().iter().enumerate() {
        if let Some(lang) = &node.lang {
            encode_text_string("Lang", lang)?;
        }
        match &node.role {
            Role::Table if !has_rows(tags, node) => return Err(WriteError::EmptyTable { node: index }),
            Role::L(_) if !has_kid(tags, node, |role| *role == Role::Li) => {
                return Err(WriteError::EmptyList { node: index });
            }
            Role::Figure { alt } if alt.trim().is_empty() => return Err(WriteError::NoAlt { node: index }),
            Role::Figure { alt } => drop(encode_text_string("Alt", alt)?),
            Role::Span { actual_text: Some(text) } => {
                drop(encode_text_string("ActualText", text)?);
            }
            Role::Link { contents, .. } if contents.trim().is_empty() => {
                return Err(WriteError::NoContents { node: index });
            }
            Role::Link { contents, .. } => {
                drop(encode_text_string("Contents", contents)?);
            }
            Role::Note { id } => {
                encode_text_string("ID", id)?;
                if id.is_empty() || !ids.insert(id) {
                    return Err(WriteError::NoteId { node: index, id: id.clone() });
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Returns whether a table has a body, and a row in each of its head and bodies.
fn has_rows(tags: &TagTree, table: &TagNode) -> bool {
    let groups = || {
        table
            .kids
            .iter()
            .map(|kid| tags.node(*kid))
            .filter(|kid| matches!(kid.role, Role::THead | Role::TBody))
    };
    groups().any(|group| group.role == Role::TBody)
        && groups().all(|group| has_kid(tags, group, |role| *role == Role::Tr))
}

fn has_kid(tags: &TagTree, node: &TagNode, is_wanted: impl Fn(&Role) -> bool) -> bool {
    node.kids.iter().any(|kid| is_wanted(&tags.node(*kid).role))
}

/// Object numbers of the elements, consecutive in tree order.
#[derive(Clone, Copy)]
struct Elements {
    root: Ref,
    first: Ref,
}

impl Elements {
    fn at(self, index: usize) -> Ref {
        self.first.plus(index)
    }

    fn parent(self, node: &TagNode) -> Ref {
        node.parent.map_or(self.root, |parent| self.at(parent.index()))
    }
}
