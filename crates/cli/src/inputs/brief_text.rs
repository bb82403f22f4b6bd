//! Files in the text form of a brief, `NAME.brief.md`, with the images beside them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery_proto::brief::v1::RevisionDocument;
use chancery_text::{Context, Diagnostic, Reading, Resolver, Severity};

use super::brief_message::revision_of;
use super::documents::{Document, read_text};
use super::images::{Image, ImageCache};
use super::source_text::{SourceText, line_starts};
use crate::ui::failure::{Failure, Violation};
use crate::ui::text_position::TextPosition;

/// A text that was read without errors.
pub struct BriefText {
    pub reading: Reading,
    pub source: SourceText,
    /// The images that the text names by their files, by SHA-256.
    pub images: BTreeMap<String, Image>,
}

impl BriefText {
    /// Reads the text of a file. Fails with every error of its form.
    pub fn of_text(file: &Path, text: Arc<str>) -> Result<Self, Failure> {
        let images = FolderImages::beside(file);
        let reading = chancery_text::read(&text, &Context { resolver: Some(&images), ..Context::default() });
        if reading.has_errors() {
            return Err(unreadable(file, &text, &reading));
        }
        let source = SourceText::brief(text, reading.paths.clone());
        Ok(Self { reading, source, images: images.into_images() })
    }
}

fn unreadable(file: &Path, text: &Arc<str>, reading: &Reading) -> Failure {
    let line_starts = line_starts(text);
    let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
    let violations: Vec<Violation> = reading
        .diagnostics
        .iter()
        .filter(is_error)
        .map(|error| {
            let at = TextPosition::in_lines(text, &line_starts, error.range.start);
            Violation::at(file, text, at, String::new(), format!("{}: {}", error.code, error.message))
        })
        .collect();
    let message = format!("{} has errors", file.display());
    let failure = Failure::new("INVALID_ARGUMENT", "INVALID_TEXT", message).with_violations(violations);
    let total = failure.total_violations + reading.omitted;
    Failure { total_violations: total, ..failure }
        .help(format!("`chancery check {}` lists all problems with their fixes", file.display()))
}

/// Reads a published revision, whose front matter has its brief and number.
pub fn revision_document(file: &Path) -> Result<Document<RevisionDocument>, Failure> {
    let BriefText { reading, source, .. } = BriefText::of_text(file, read_text(file)?)?;
    let exchange = reading.exchange;
    let refuse = |message: String| {
        let at = TextPosition::of(source.text(), 0);
        let violation = Violation::at(file, source.text(), at, String::new(), message);
        let message = format!("{} is not a published revision", file.display());
        Failure::new("INVALID_ARGUMENT", "INVALID_TEXT", message)
            .with_violations(vec![violation])
            .help("`create` and `draft set` read texts that are not published yet")
    };
    if exchange.brief.is_empty() || exchange.revision == 0 {
        return Err(refuse("the front matter has no `brief` and `revision`: add both".into()));
    }
    let message = revision_of(reading.content, exchange).map_err(refuse)?;
    Ok(Document { file: file.to_owned(), text: source, message })
}

/// Resolves the names of images to files in the folder of the text.
pub struct FolderImages {
    folder: PathBuf,
    cache: Arc<ImageCache>,
    /// The digest, or the reason why there is none, by name.
    digests: RefCell<BTreeMap<String, Result<String, String>>>,
    images: RefCell<BTreeMap<String, Image>>,
}

impl FolderImages {
    /// Creates a resolver for a text; names in standard input are relative to the working folder.
    pub fn beside(file: &Path) -> Self {
        Self::with_cache(file, Arc::default())
    }

    /// Creates a resolver that shares the images that it reads with others.
    pub fn with_cache(file: &Path, cache: Arc<ImageCache>) -> Self {
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        Self { folder, cache, digests: RefCell::default(), images: RefCell::default() }
    }

    /// Returns the files that the text names, whether they exist or not.
    pub fn files(&self) -> Vec<PathBuf> {
        self.digests.borrow().keys().map(|name| self.folder.join(name)).collect()
    }

    /// Returns the images that were read, by SHA-256.
    pub fn into_images(self) -> BTreeMap<String, Image> {
        self.images.into_inner()
    }

    fn read(&self, name: &str) -> Result<String, String> {
        let image = self.cache.read(&self.folder.join(name)).map_err(|failure| match failure.code.as_str() {
            _ if name.contains("://") => format!(
                "{name:?} is an address, and images are not downloaded: save it as a file beside the text and name that, \
                 or upload it with `chancery attach` and write sha256:DIGEST"
            ),
            "NOT_FOUND" => format!(
                "{}: put the file beside the text, or upload it with `chancery attach` and write sha256:DIGEST",
                failure.message
            ),
            _ => failure.message,
        })?;
        let digest = image.digest.to_string();
        self.images.borrow_mut().insert(digest.clone(), image);
        Ok(digest)
    }
}

impl Resolver for FolderImages {
    fn attachment(&self, name: &str) -> Result<String, String> {
        if let Some(known) = self.digests.borrow().get(name) {
            return known.clone();
        }
        let digest = self.read(name);
        self.digests.borrow_mut().insert(name.to_owned(), digest.clone());
        digest
    }
}

#[cfg(test)]
mod tests {
    use super::BriefText;

    #[test]
    fn an_image_is_found_beside_the_text() {
        let folder = tempfile::tempdir().unwrap();
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"3\"/>";
        std::fs::write(folder.path().join("map.svg"), svg).unwrap();
        let file = folder.path().join("a.brief.md");
        let text =
            |name: &str| format!("---\ntitle: T\n---\n\n# A ^sec-1\n\n![A map]({name} \"M\") ^fig-1\n");
        let read = BriefText::of_text(&file, text("map.svg").into()).unwrap();
        let digest = read.images.keys().next().unwrap();
        assert!(
            chancery_text::write(&read.reading.content, &read.reading.exchange).contains(digest.as_str())
        );
        let missing = BriefText::of_text(&file, text("none.svg").into()).err().unwrap();
        assert_eq!(missing.reason, "INVALID_TEXT");
        assert!(missing.violations[0].to_string().contains("none.svg"), "{}", missing.violations[0]);
    }
}
