//! The proof that a file says what was expected.

use super::expected::Expected;
use super::tree::{self, Annotation, Element, FileText, Kid};
use super::{ReadError, data, lines, normal_form, strings};
use crate::tags::{LinkTarget, Role, TagId, TagNode};
use crate::write::type_name;

/// Stands for an element within its parent's text.
const ELEMENT: char = '\u{FFFC}';

/// What a proven file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The text in reading order, one block a line, in normal form.
    pub text: String,
    /// The pages.
    pub pages: usize,
    /// The texts of artifacts, page by page. They repeat facts that stand in the text too; the caller knows which.
    pub artifacts: Vec<Vec<String>>,
}

/// How a file differs from what was expected. Elements are named by the way to them, counted from 0.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An element's kids are others.
    #[error("{element}: expected the elements {expected:?}, found {found:?}")]
    Elements {
        /// The parent.
        element: String,
        /// Their types.
        expected: Vec<String>,
        /// Their types in the file.
        found: Vec<String>,
    },
    /// An element's own text is another; U+FFFC stands for each element within.
    #[error("{element}: expected the text {expected:?}, found {found:?}")]
    Text {
        /// The element.
        element: String,
        /// The text in normal form.
        expected: String,
        /// The file's.
        found: String,
    },
    /// An attribute is another.
    #[error("{element}: expected {what} {expected:?}, found {found:?}")]
    Attribute {
        /// The element.
        element: String,
        /// Which attribute.
        what: &'static str,
        /// Its value.
        expected: Option<String>,
        /// The file's.
        found: Option<String>,
    },
    /// The outline is another.
    #[error("outline entry {entry}: expected {expected:?}, found {found:?}")]
    Outline {
        /// Its place, in document order.
        entry: usize,
        /// Level, title and destination.
        expected: Option<(u8, String, String)>,
        /// The file's.
        found: Option<(u8, String, String)>,
    },
    /// The metadata lack a fact.
    #[error("the metadata do not say {0:?}")]
    Metadata(String),
    /// The attached data is not what was given.
    #[error("the attached data is not the edition")]
    Data,
    /// The file holds a string that nobody put there.
    #[error("the file holds {0:?}, which nothing that was composed explains")]
    Stray(String),
    /// A page shows something outside of the structure tree that is no artifact.
    #[error("page {page}: {text:?} stands outside of the structure tree")]
    Untagged {
        /// The page, from 0.
        page: usize,
        /// The text, if it is text.
        text: String,
    },
}

/// Proves that a file says all that was expected, in order, and nothing else; returns what it says.
pub fn prove(bytes: &[u8], expected: &Expected) -> Result<Proof, ProofError> {
    let file = proven(bytes, expected)?;
    Ok(Proof {
        text: lines(&file.roots),
        pages: file.pages.len(),
        artifacts: file.pages.into_iter().map(|page| page.artifacts).collect(),
    })
}

/// The same, for those who know what it says.
pub(crate) fn check(bytes: &[u8], expected: &Expected) -> Result<(), ProofError> {
    proven(bytes, expected).map(drop)
}

fn proven<'a>(bytes: &'a [u8], expected: &Expected) -> Result<FileText<'a>, ProofError> {
    let file = tree::read(bytes)?;
    untagged(&file)?;
    elements(&file, expected)?;
    strings::outline(&file, expected)?;
    strings::metadata(&file, expected)?;
    strings::no_strays(&file.objects, expected)?;
    data::check(&file, expected)?;
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
    /// By element: its own text.
    texts: Vec<Vec<(u32, &'a str)>>,
}

impl Comparison<'_> {
    fn element(&self, path: &str, id: TagId, found: &Element) -> Result<(), ProofError> {
        let node = self.expected.tags.node(id);
        let mut kids = node.kids.clone();
        kids.sort_by_key(|&kid| self.expected.tags.node(kid).seq);
        let found_kids: Vec<&Element> = found.kids.iter().filter_map(element).collect();
        let types = || kids.iter().map(|&kid| type_name(&self.expected.tags.node(kid).role));
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

    /// The element's own text, with a mark for each element within.
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
        if expected == found {
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
            LinkTarget::Uri(uri) => Some(strings::percent_encoded(uri)),
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
