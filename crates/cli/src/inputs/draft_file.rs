//! Files with the content of a brief: the text form, or JSON or YAML of a revision, a draft or content alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::BriefContent;

use super::brief_form::{BriefForm, stem};
use super::brief_message::{BriefMessage, brief_of_draft};
use super::brief_text::BriefText;
use super::data_text::{DataForm, DataText, InvalidData};
use super::documents::read_text;
use super::images::Image;
use super::source_text::SourceText;
use crate::ui::failure::{Failure, Violation};

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
    /// Reads a text, or JSON or YAML of a revision, a draft or content alone, distinguished by the fields that only one has.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let text = read_text(file)?;
        match BriefForm::of_text(file, &text) {
            BriefForm::Text => Self::of_text(file, text),
            BriefForm::Json | BriefForm::Yaml => Self::of_data(file, &text),
        }
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

    /// Reads JSON or YAML.
    fn of_data(file: &Path, text: &Arc<str>) -> Result<Self, Failure> {
        let refuse = |invalid: InvalidData, name: &str| invalid.failure(file, text, name);
        let data = DataText::parse(DataForm::of(file), Arc::clone(text));
        let data = data.map_err(|invalid| refuse(invalid, "brief"))?;
        Self::decode(file, &data).map_err(|invalid| refuse(invalid, BriefMessage::name_of(&data)))
    }

    /// Decodes the values of a text.
    pub fn decode(file: &Path, data: &DataText) -> Result<Self, InvalidData> {
        let mut draft = Self {
            content: BriefContent::default(),
            brief_id: stem(file),
            revision: 0,
            draft_name: String::new(),
            etag: String::new(),
            scheme: None,
            images: BTreeMap::new(),
            file: file.to_owned(),
            text: data.source(),
            prefix: "content",
        };
        match BriefMessage::of_data(data)? {
            BriefMessage::Content(content) => {
                draft.content = *content;
                draft.prefix = "";
            }
            BriefMessage::Revision(document) => {
                draft.content = document.content.unwrap_or_default();
                (draft.brief_id, draft.revision) = (document.brief_id, document.revision);
            }
            BriefMessage::Draft(message) => {
                draft.content = message.content.unwrap_or_default();
                draft.brief_id = brief_of_draft(&message.name).map_or(draft.brief_id, str::to_owned);
                (draft.revision, draft.draft_name, draft.etag) =
                    (message.base_revision, message.name, message.etag);
            }
        }
        Ok(draft)
    }

    /// Returns the text of the file, as it was read.
    pub fn text(&self) -> &str {
        self.text.text()
    }

    /// Returns the text of the file with another etag; none if it has none.
    pub fn with_etag(&self, etag: &str) -> Option<String> {
        let text = self.text.text();
        if self.text.is_brief() {
            return chancery_text::with_etag(text, etag);
        }
        let range = self.text.value_range("etag")?;
        // A string of JSON is one of YAML.
        Some(format!("{}{}{}", &text[..range.start], serde_json::json!(etag), &text[range.end..]))
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
