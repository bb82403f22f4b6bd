//! Files with the content of a brief: a revision, a draft or content alone.

use std::path::{Path, PathBuf};

use chancery_proto::brief::v1::{BriefContent, BriefDraft, RevisionDocument};

use super::documents::{Document, read_text};
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
    file: PathBuf,
    text: SourceText,
    /// Path of the content in the file.
    prefix: &'static str,
}

impl DraftFile {
    /// Reads a revision, a draft or content alone, distinguished by the fields that only one of them has.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let text = read_text(file)?;
        let fields: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&text).unwrap_or_default();
        let has_any = |names: &[&str]| names.iter().any(|name| fields.contains_key(*name));
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (content, brief_id, revision, prefix) = if !has_any(&["content"]) {
            let content = Document::<BriefContent>::of_text(file, text.clone())?.message;
            (Some(content), stem, 0, "")
        } else if has_any(&["briefId", "brief_id", "revision"]) {
            let document = Document::<RevisionDocument>::of_text(file, text.clone())?.message;
            (document.content, document.brief_id, document.revision, "content")
        } else {
            let draft = Document::<BriefDraft>::of_text(file, text.clone())?.message;
            let brief_id = draft.name.split('/').nth(3).map_or(stem, str::to_owned);
            (draft.content, brief_id, draft.base_revision, "content")
        };
        let content = content.unwrap_or_default();
        Ok(Self { content, brief_id, revision, file: file.to_owned(), text: SourceText::new(text), prefix })
    }

    /// Locates a violation at a path of the content in the file.
    pub fn violation(&self, path: &str, code: &str, message: &str) -> Violation {
        let dot = if self.prefix.is_empty() || path.is_empty() { "" } else { "." };
        let path = format!("{}{dot}{path}", self.prefix);
        Violation::in_text(&self.file, &self.text, path, format!("{code}: {message}"))
    }
}

/// Returns whether an argument names a file and not a brief: it ends in `.json`, or is `-` for standard input.
pub fn is_named_by(argument: &str) -> bool {
    let path = Path::new(argument);
    is_standard(path) || path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}
