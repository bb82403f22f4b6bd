//! Open texts and their analysis.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use chancery_text::outline::Outline;
use chancery_text::{Check, Context, Fixing, Resolver, TextRange, check, fix};
use ropey::Rope;
use tokio::sync::OnceCell;
use tower_lsp_server::ls_types::{Range, TextDocumentContentChangeEvent, TextEdit, Uri};

use crate::Settings;
use crate::positions::{Encoding, Positions};

/// A version of an open text. A change makes another one.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) uri: Uri,
    pub(crate) version: i32,
    pub(crate) rope: Rope,
    pub(crate) encoding: Encoding,
    /// Filled in at the first use.
    pub(crate) analysis: OnceCell<Arc<Analysis>>,
}

impl Document {
    pub(crate) fn new(uri: Uri, version: i32, rope: Rope, encoding: Encoding) -> Self {
        Self { uri, version, rope, encoding, analysis: OnceCell::new() }
    }

    /// Returns the document after changes, which apply one after the other.
    pub(crate) fn changed(&self, version: i32, changes: Vec<TextDocumentContentChangeEvent>) -> Self {
        let mut rope = self.rope.clone();
        for change in changes {
            match change.range {
                Some(range) => apply(&mut rope, self.encoding, range, &change.text),
                None => rope = Rope::from_str(&change.text),
            }
        }
        Self::new(self.uri.clone(), version, rope, self.encoding)
    }

    pub(crate) fn positions(&self) -> Positions<'_> {
        Positions::new(&self.rope, self.encoding)
    }

    pub(crate) fn edit(&self, range: TextRange, new_text: impl Into<String>) -> TextEdit {
        TextEdit { range: self.positions().range(range), new_text: new_text.into() }
    }

    /// Returns the file of the text; empty for a text that no file has yet.
    fn file(&self) -> PathBuf {
        self.uri.to_file_path().map(std::borrow::Cow::into_owned).unwrap_or_default()
    }

    /// Returns the resolver of the images that the text names.
    pub(crate) fn images(&self, settings: &Settings) -> Box<dyn Resolver> {
        (settings.images)(&self.file())
    }

    /// Reads and checks the text, which takes seconds for the largest ones.
    pub(crate) fn analyse(&self, settings: &Settings) -> Analysis {
        let text = self.rope.to_string();
        let images = self.images(settings);
        let check = check(&text, &context(&*images), settings.coverage.as_ref());
        let outline = Outline::new(&text, &check.reading);
        Analysis { text, check, outline, fixing: OnceLock::new() }
    }
}

/// Replaces a range. One whose end is before its start is empty.
fn apply(rope: &mut Rope, encoding: Encoding, range: Range, new_text: &str) {
    let positions = Positions::new(rope, encoding);
    let (start, end) = (positions.offset(range.start), positions.offset(range.end));
    let (start, end) = (rope.byte_to_char(start), rope.byte_to_char(end.max(start)));
    rope.remove(start..end);
    rope.insert(start, new_text);
}

pub(crate) fn context(images: &dyn Resolver) -> Context<'_> {
    Context { resolver: Some(images), ..Context::default() }
}

/// A text that was read and checked.
#[derive(Debug)]
pub(crate) struct Analysis {
    pub(crate) text: String,
    pub(crate) check: Check,
    pub(crate) outline: Outline,
    fixing: OnceLock<Fixing>,
}

impl Analysis {
    /// Returns the text with its safe fixes, which is computed at the first use.
    pub(crate) fn fixing(&self, document: &Document, settings: &Settings) -> &Fixing {
        self.fixing.get_or_init(|| {
            let images = document.images(settings);
            fix(&self.text, &self.check, &context(&*images), settings.coverage.as_ref())
        })
    }

    /// Returns the number of the line of an offset, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.text[..offset.min(self.text.len())].matches('\n').count() + 1
    }
}
