//! Files with the content of a brief: the text form, or JSON of a revision, a draft or content alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::{BriefContent, BriefDraft, RevisionDocument};

use super::brief_text::{BriefText, is_in_text_form, is_text, stem};
use super::documents::{Document, read_text};
use super::images::Image;
use super::source_text::SourceText;
use crate::ui::failure::{Failure, Violation};
use crate::ui::output::is_standard;

/// The content of a file.
pub struct DraftFile {
    pub content: BriefContent,
    /// Id of the brief; the stem of the file name if the file does not contain it.
    pub brief_id: String,
    /// Number of the revision, or of a draft's base revision; 0 if the file contains neither.
    pub revision: u32,
    /// Resource name of the draft; empty if the file does not contain it.
    pub draft_name: String,
    /// Etag of the draft; empty if the file does not contain it.
    pub etag: String,
    /// Scheme of the markings, which a text states.
    pub scheme: Option<Scheme>,
    /// The images that a text names by their files, by SHA-256.
    pub images: BTreeMap<String, Image>,
    file: PathBuf,
    text: SourceText,
    /// Path of the content in the file.
    prefix: &'static str,
}

impl DraftFile {
    /// Reads a text, or JSON of a revision, a draft or content alone, distinguished by the fields that only one has.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let text = read_text(file)?;
        if is_in_text_form(file, &text) { Self::of_text(file, text) } else { Self::of_json(file, text) }
    }

    fn of_text(file: &Path, text: Arc<str>) -> Result<Self, Failure> {
        let BriefText { reading, source, images } = BriefText::of_text(file, text)?;
        let exchange = reading.exchange;
        Ok(Self {
            content: reading.content,
            brief_id: if exchange.brief.is_empty() { stem(file) } else { exchange.brief },
            revision: exchange.revision,
            draft_name: String::new(),
            etag: exchange.etag,
            scheme: Some(exchange.scheme),
            images,
            file: file.to_owned(),
            text: source,
            prefix: "",
        })
    }

    /// Decodes a JSON text.
    pub fn of_json(file: &Path, text: Arc<str>) -> Result<Self, Failure> {
        let fields: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&text).unwrap_or_default();
        let has_any = |names: &[&str]| names.iter().any(|name| fields.contains_key(*name));
        let mut draft = Self {
            content: BriefContent::default(),
            brief_id: stem(file),
            revision: 0,
            draft_name: String::new(),
            etag: String::new(),
            scheme: None,
            images: BTreeMap::new(),
            file: file.to_owned(),
            text: SourceText::json(text.clone()),
            prefix: "content",
        };
        if !has_any(&["content"]) {
            draft.content = Document::of_text(file, text)?.message;
            draft.prefix = "";
        } else if has_any(&["briefId", "brief_id", "revision"]) {
            let document = Document::<RevisionDocument>::of_text(file, text)?.message;
            draft.content = document.content.unwrap_or_default();
            (draft.brief_id, draft.revision) = (document.brief_id, document.revision);
        } else {
            let message = Document::<BriefDraft>::of_text(file, text)?.message;
            draft.content = message.content.unwrap_or_default();
            draft.brief_id = message.name.split('/').nth(3).map_or(draft.brief_id, str::to_owned);
            (draft.revision, draft.draft_name, draft.etag) =
                (message.base_revision, message.name, message.etag);
        }
        Ok(draft)
    }

    /// Returns the path of the content in the file.
    pub const fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// Locates a violation at a path of the content in the file.
    pub fn violation(&self, path: &str, code: &str, message: &str) -> Violation {
        let message = self.text.message(path, message);
        self.in_text(path, if code.is_empty() { message } else { format!("{code}: {message}") })
    }

    /// Locates a violation reported by the server in the file. `prefix` is the path of the content in the request.
    pub fn locate(&self, prefix: &str, violation: &Violation) -> Option<Violation> {
        let path = violation.path.strip_prefix(prefix)?;
        let path = path.strip_prefix('.').unwrap_or(path);
        Some(self.violation(path, "", &violation.description))
    }

    fn in_text(&self, path: &str, description: String) -> Violation {
        let dot = if self.prefix.is_empty() || path.is_empty() { "" } else { "." };
        let path = format!("{}{dot}{path}", self.prefix);
        Violation::in_text(&self.file, &self.text, path, description)
    }
}

/// Returns whether an argument names a file and not a brief: it ends in `.json` or `.brief.md`, or is `-` for standard
/// input.
pub fn is_named_by(argument: &str) -> bool {
    let path = Path::new(argument);
    is_standard(path)
        || is_text(path)
        || path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}
