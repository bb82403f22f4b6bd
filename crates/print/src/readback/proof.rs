//! Proof that a file has exactly the expected content.

use crate::readback::error::ProofError;
use crate::readback::expected::Expected;
use crate::readback::normalization::normal_form;
use crate::readback::structure_text::{Annotation, Element, FileText, Kid};
#[cfg(feature = "testing")]
use crate::readback::structure_text::{Replacements, lines};
use crate::readback::{attached_data, document_strings, structure_text};
use crate::tags::{LinkTarget, Role, TagId, TagNode};

/// Placeholder of an element in its parent's text.
const ELEMENT: char = '\u{FFFC}';

/// Content of a proven file.
#[cfg(feature = "testing")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Text in reading order, one line per block, in normal form.
    pub text: String,
    /// Number of pages.
    pub pages: usize,
    /// Texts of artifacts by page. They repeat facts of the text; the caller knows which.
    pub artifacts: Vec<Vec<String>>,
}

/// Proves that a file has all expected content in order, and nothing else; returns its content.
#[cfg(feature = "testing")]
pub fn prove(bytes: &[u8], expected: &Expected) -> Result<Proof, ProofError> {
    let file = proven(bytes, expected)?;
    Ok(Proof {
        text: lines(&file.roots, Replacements::Applied),
        pages: file.pages.len(),
        artifacts: file.pages.into_iter().map(|page| page.artifacts).collect(),
    })
}

/// Proves that a file has all expected content in order, and nothing else.
pub(crate) fn check(bytes: &[u8], expected: &Expected) -> Result<(), ProofError> {
    proven(bytes, expected).map(drop)
}

fn proven<'a>(bytes: &'a [u8], expected: &Expected) -> Result<FileText<'a>, ProofError> {
    let file = structure_text::read(bytes)?;
    untagged(&file)?;
    elements(&file, expected)?;
    document_strings::outline(&file, expected)?;
    document_strings::metadata(&file, expected)?;
    document_strings::no_strays(&file.objects, expected)?;
    attached_data::check(&file, expected)?;
    Ok(file)
}

fn untagged(file: &FileText) -> Result<(), ProofError> {
    for (page, text) in file.pages.iter().enumerate() {
        if let Some(text) = text.by_mcid.iter().flatten().next() {
            return Err(ProofError::Untagged { page, text: text.clone() });
        }
        if text.unmarked {
            return Err(ProofError::Untagged { page, text: String::new() });
        }
    }
    Ok(())
}

fn elements(file: &FileText, expected: &Expected) -> Result<(), ProofError> {
    let comparison = Comparison { expected, texts: expected.by_node() };
    let root = expected.tags.root();
    match file.roots.as_slice() {
        [document] => comparison.element("Document", root, document),
        others => Err(ProofError::Elements {
            element: "StructTreeRoot".to_owned(),
            expected: vec!["Document".to_owned()],
            found: others.iter().map(|element| element.role.clone()).collect(),
        }),
    }
}

struct Comparison<'a> {
    expected: &'a Expected<'a>,
    /// Own text by element.
    texts: Vec<Vec<(u32, &'a str)>>,
}

impl Comparison<'_> {
    fn element(&self, path: &str, id: TagId, found: &Element) -> Result<(), ProofError> {
        let node = self.expected.tags.node(id);
        let mut kids = node.kids.clone();
        kids.sort_by_key(|&kid| self.expected.tags.node(kid).seq);
        let found_kids: Vec<&Element> = found.kids.iter().filter_map(element).collect();
        let types = || kids.iter().map(|&kid| structure_type(&self.expected.tags.node(kid).role));
        if !types().eq(found_kids.iter().map(|element| element.role.as_str())) {
            return Err(ProofError::Elements {
                element: path.to_owned(),
                expected: types().map(str::to_owned).collect(),
                found: found_kids.iter().map(|element| element.role.clone()).collect(),
            });
        }
        self.attributes(path, node, found)?;
        self.text(path, id, &kids, found)?;
        for (place, (&kid, found)) in kids.iter().zip(found_kids).enumerate() {
            self.element(&format!("{path}/{}[{place}]", found.role), kid, found)?;
        }
        Ok(())
    }

    /// Compares the element's own text, with a placeholder for each child element.
    fn text(&self, path: &str, id: TagId, kids: &[TagId], found: &Element) -> Result<(), ProofError> {
        if found.actual_text.is_some() {
            return Ok(());
        }
        let marks = kids.iter().map(|&kid| (self.expected.tags.node(kid).seq, "\u{FFFC}"));
        let mut pieces: Vec<(u32, &str)> = self.texts[id.index()].iter().copied().chain(marks).collect();
        pieces.sort_by_key(|&(seq, _)| seq);
        let expected: String = pieces.into_iter().map(|(_, text)| text).collect();
        let mut actual = String::new();
        for kid in &found.kids {
            match kid {
                Kid::Element(_) => actual.push(ELEMENT),
                Kid::Text(text) => actual.push_str(text),
                Kid::Link(_) => {}
            }
        }
        let (expected, found) = (compared(&expected), compared(&actual));
        // Soft hyphens of the author are not printed, and search would stop at them.
        if expected == found && !actual.contains('\u{AD}') {
            Ok(())
        } else {
            Err(ProofError::Text { element: path.to_owned(), expected, found })
        }
    }

    fn attributes(&self, path: &str, node: &TagNode, found: &Element) -> Result<(), ProofError> {
        let (mut alt, mut actual_text, mut id) = (None, None, None);
        match &node.role {
            Role::Figure { alt: text } => alt = Some(text.as_str()),
            Role::Span { actual_text: text } => actual_text = text.as_deref(),
            Role::Note { id: own } => id = Some(own.as_str()),
            _ => {}
        }
        for (what, expected, found) in [
            ("Lang", node.lang.as_deref(), found.lang.as_deref()),
            ("Alt", alt, found.alt.as_deref()),
            ("ActualText", actual_text, found.actual_text.as_deref()),
            ("ID", id, found.id.as_deref()),
        ] {
            same(path, what, expected, found)?;
        }
        let links = found.kids.iter().filter_map(|kid| match kid {
            Kid::Link(annotation) => Some(annotation),
            _ => None,
        });
        for annotation in links {
            self.link(path, &node.role, annotation)?;
        }
        Ok(())
    }

    fn link(&self, path: &str, role: &Role, found: &Annotation) -> Result<(), ProofError> {
        let Role::Link { target, contents } = role else {
            return same(path, "annotation", None, Some(found.target.as_str()));
        };
        let target = match target {
            LinkTarget::Anchor(anchor) => self.expected.anchor_names.get(anchor.0 as usize).cloned(),
            LinkTarget::Uri(uri) => Some(document_strings::percent_encoded(uri)),
        };
        same(path, "target", target.as_deref(), Some(found.target.as_str()))?;
        same(path, "Contents", Some(contents), Some(found.contents.as_str()))
    }
}

fn element(kid: &Kid) -> Option<&Element> {
    match kid {
        Kid::Element(element) => Some(element),
        _ => None,
    }
}

fn compared(text: &str) -> String {
    normal_form(text).trim().to_owned()
}

fn same(
    element: &str,
    what: &'static str,
    expected: Option<&str>,
    found: Option<&str>,
) -> Result<(), ProofError> {
    if expected == found {
        return Ok(());
    }
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Err(ProofError::Attribute {
        element: element.to_owned(),
        what,
        expected: owned(expected),
        found: owned(found),
    })
}

/// Returns the standard structure type of a role (ISO 32000-1, 14.8.4), stated here and not taken from the writer.
fn structure_type(role: &Role) -> &'static str {
    match role {
        Role::Document => "Document",
        Role::Sect => "Sect",
        Role::Div => "Div",
        Role::Title => "Title",
        Role::H(level) => ["H1", "H2", "H3", "H4", "H5", "H6"][usize::from(level.clamp(&1, &6) - 1)],
        Role::P => "P",
        Role::BlockQuote => "BlockQuote",
        Role::Caption => "Caption",
        Role::Toc => "TOC",
        Role::Toci => "TOCI",
        Role::L(_) => "L",
        Role::Li => "LI",
        Role::Lbl => "Lbl",
        Role::LBody => "LBody",
        Role::Table => "Table",
        Role::THead => "THead",
        Role::TBody => "TBody",
        Role::Tr => "TR",
        Role::Th { .. } => "TH",
        Role::Td => "TD",
        Role::Span { .. } => "Span",
        Role::Reference => "Reference",
        Role::Link { .. } => "Link",
        Role::Note { .. } => "Note",
        Role::Figure { .. } => "Figure",
    }
}
