//! Content, drafts and revisions of briefs, read from files and written in each of the three forms.

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::{BriefContent, BriefDraft, RevisionDocument};
use chancery_proto::names::ResourceId;
use chancery_text::Exchange;
use prost::Name;
use prost_types::Timestamp;

use super::brief_form::BriefForm;
use super::data_text::{DataForm, DataText, InvalidData};

/// Content with or without the record of a draft or a revision.
#[derive(Debug, Clone, PartialEq)]
pub enum BriefMessage {
    /// Content alone.
    Content(Box<BriefContent>),
    /// As written by `draft get`.
    Draft(Box<BriefDraft>),
    /// As written by `export`.
    Revision(Box<RevisionDocument>),
}

impl BriefMessage {
    /// Decodes the values of JSON or YAML by the fields that only one kind has.
    pub fn of_data(data: &DataText) -> Result<Self, InvalidData> {
        if !data.has_any(&["content"]) {
            data.decode().map(|content| Self::Content(Box::new(content)))
        } else if data.has_any(&["briefId", "brief_id", "revision"]) {
            data.decode().map(|revision| Self::Revision(Box::new(revision)))
        } else {
            data.decode().map(|draft| Self::Draft(Box::new(draft)))
        }
    }

    /// Returns the name of the message that JSON or YAML is decoded as.
    pub fn name_of(data: &DataText) -> &'static str {
        if !data.has_any(&["content"]) {
            BriefContent::NAME
        } else if data.has_any(&["briefId", "brief_id", "revision"]) {
            RevisionDocument::NAME
        } else {
            BriefDraft::NAME
        }
    }

    /// Returns the message of a text: a revision or a draft if the front matter has the record of one. Drafts are those of a
    /// workspace.
    ///
    /// # Errors
    /// A message for the author, if the time of the revision is none.
    pub fn of_text(
        content: BriefContent,
        exchange: Exchange,
        workspace: &ResourceId,
    ) -> Result<Self, String> {
        let is_published =
            [&exchange.published, &exchange.creator, &exchange.digest].iter().any(|field| !field.is_empty());
        if is_published || exchange.revision > 0 && exchange.etag.is_empty() {
            return revision_of(content, exchange).map(|revision| Self::Revision(Box::new(revision)));
        }
        if exchange.brief.is_empty() && exchange.etag.is_empty() && exchange.revision == 0 {
            return Ok(Self::Content(Box::new(content)));
        }
        let name = match exchange.brief.as_str() {
            "" => String::new(),
            brief => format!("workspaces/{workspace}/briefs/{brief}/draft"),
        };
        let draft = BriefDraft {
            name,
            etag: exchange.etag,
            base_revision: exchange.revision,
            content: Some(content),
            ..BriefDraft::default()
        };
        Ok(Self::Draft(Box::new(draft)))
    }

    /// Returns the content; none if the file has none.
    pub fn content(&self) -> Option<&BriefContent> {
        match self {
            Self::Content(content) => Some(content),
            Self::Draft(draft) => draft.content.as_ref(),
            Self::Revision(revision) => revision.content.as_ref(),
        }
    }

    /// Writes the message in a form. A text has the markings of the scheme.
    pub fn write(&self, form: BriefForm, scheme: Scheme) -> String {
        let form = match form {
            BriefForm::Text => {
                let content = self.content().cloned().unwrap_or_default();
                return chancery_text::write(&content, &self.exchange(scheme));
            }
            BriefForm::Json => DataForm::Json,
            BriefForm::Yaml => DataForm::Yaml,
        };
        match self {
            Self::Content(content) => form.write(&**content),
            Self::Draft(draft) => form.write(&**draft),
            Self::Revision(revision) => form.write(&**revision),
        }
    }

    /// Writes the message in a form, with the scheme of its own markings.
    pub fn write_stored(&self, form: BriefForm) -> String {
        self.write(form, self.scheme().unwrap_or(Scheme::Tlp))
    }

    /// Returns the scheme of the banner, which stored content has, or of the lowest marking.
    pub fn scheme(&self) -> Option<Scheme> {
        let content = self.content()?;
        Scheme::of_label(&content.marking).or_else(|| Scheme::of_label(&content.default_marking))
    }

    /// Returns the fields of the front matter that are not content.
    fn exchange(&self, scheme: Scheme) -> Exchange {
        match self {
            Self::Content(_) => Exchange { scheme, ..Exchange::default() },
            Self::Draft(draft) => Exchange {
                scheme,
                brief: brief_of_draft(&draft.name).unwrap_or_default().to_owned(),
                revision: draft.base_revision,
                etag: draft.etag.clone(),
                ..Exchange::default()
            },
            Self::Revision(revision) => Exchange {
                scheme,
                brief: revision.brief_id.clone(),
                revision: revision.revision,
                published: revision.publish_time.as_ref().map(ToString::to_string).unwrap_or_default(),
                creator: revision.creator.clone(),
                digest: revision.digest.clone(),
                etag: String::new(),
            },
        }
    }

    /// Lists what a text does not state, by the names of the fields.
    pub fn lost_in_text(&self) -> Vec<&'static str> {
        let fields = match self {
            Self::Content(_) => vec![],
            Self::Draft(draft) => {
                vec![("updateTime", draft.update_time.is_some()), ("cursor", !draft.cursor.is_empty())]
            }
            Self::Revision(revision) => {
                vec![
                    ("withdrawTime", revision.withdraw_time.is_some()),
                    ("withdrawReason", !revision.withdraw_reason.is_empty()),
                ]
            }
        };
        fields.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name).collect()
    }
}

/// Returns the id of the brief in the name of a draft, `workspaces/{workspace}/briefs/{brief}/draft`.
pub fn brief_of_draft(name: &str) -> Option<&str> {
    name.split('/').nth(3)
}

/// Returns the revision of a text.
///
/// # Errors
/// A message for the author, if the time of publication is invalid.
pub fn revision_of(content: BriefContent, exchange: Exchange) -> Result<RevisionDocument, String> {
    let publish_time = match exchange.published.as_str() {
        "" => None,
        time => Some(time.parse::<Timestamp>().map_err(|_| {
            format!("published: {time:?} is not a time: expected RFC 3339, such as 2026-11-15T09:00:00Z")
        })?),
    };
    Ok(RevisionDocument {
        brief_id: exchange.brief,
        revision: exchange.revision,
        publish_time,
        creator: exchange.creator,
        digest: exchange.digest,
        content: Some(content),
        ..RevisionDocument::default()
    })
}
