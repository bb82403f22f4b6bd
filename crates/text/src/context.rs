//! The input of the reader besides the text, and its output besides the content.

use std::collections::BTreeSet;
use std::fmt;

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::BriefContent;

/// Resolves names that a text contains but a file system knows. The crate itself reads no files.
pub trait Resolver {
    /// Returns the SHA-256 of the image with this name, lower-case hexadecimal.
    ///
    /// # Errors
    /// A message for the author: what is wrong with the file and what to do.
    fn attachment(&self, name: &str) -> Result<String, String>;
}

/// The surroundings of a text.
#[derive(Default, Clone, Copy)]
pub struct Context<'c> {
    /// Resolves names of images. Without it, figures name images by `sha256:…` only.
    pub resolver: Option<&'c dyn Resolver>,
    /// Ids that earlier revisions of the brief use: no new part gets one of them.
    pub earlier_ids: Option<&'c BTreeSet<String>>,
    /// The previous revision: sentences and headings without ids get those that they had there, and declared changes the
    /// earlier text and confidence.
    pub earlier: Option<&'c BriefContent>,
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resolver = self.resolver.map(|_| "a resolver");
        f.debug_struct("Context")
            .field("resolver", &resolver)
            .field("earlier_ids", &self.earlier_ids)
            .field("earlier", &self.earlier.map(|earlier| &earlier.title))
            .finish()
    }
}

/// The fields of front matter that are not content: the scheme of the markings, and the record of a revision or draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The scheme of the markings; [`Scheme::Tlp`] unless the front matter says otherwise.
    pub scheme: Scheme,
    /// Id of the brief; empty if not given.
    pub brief: String,
    /// Number of the revision; 0 if not given.
    pub revision: u32,
    /// Time when the revision was published, RFC 3339; empty if not given. Not parsed.
    pub published: String,
    /// Name of the publisher; empty if not given.
    pub creator: String,
    /// SHA-256 of the canonical revision; empty if not given.
    pub digest: String,
    /// Etag of the draft that the text was exported from; empty if not given.
    pub etag: String,
}

impl Default for Exchange {
    fn default() -> Self {
        Self {
            scheme: Scheme::Tlp,
            brief: String::new(),
            revision: 0,
            published: String::new(),
            creator: String::new(),
            digest: String::new(),
            etag: String::new(),
        }
    }
}
