//! The caller's edition of a published revision.

use chancery_client::Client;
use chancery_print::{Edition, Import, NO_IMAGES, RevisionState};
use chancery_proto::brief::v1::{
    BriefContent, BriefRevision, GetBriefRequest, GetBriefRevisionRequest, RevisionState as State,
};
use chancery_proto::names::{BriefName, BriefOrRevisionName, RevisionName};

use crate::names;
use crate::ui::failure::Failure;
use crate::ui::text;

/// A revision as visible to the caller, with the one to compare it with.
pub struct PublishedEdition {
    brief: String,
    revision: BriefRevision,
    content: BriefContent,
    published_at: String,
    /// Importer and day of the import.
    import: Option<(String, String)>,
    superseded_by: Option<u32>,
    earlier: Option<BriefRevision>,
}

impl PublishedEdition {
    /// Fetches a revision, or the newest one of a brief. Compares it with the named revision, or else with its parent as
    /// a render does.
    pub async fn fetch(
        client: &Client,
        name: &BriefOrRevisionName,
        since: Option<&str>,
    ) -> Result<Self, Failure> {
        let brief = name.brief_name();
        let since = since.map(|given| names::revision_of(&brief, given)).transpose()?;
        let number = match name.revision() {
            Some(number) => number.0,
            None => newest(client, &brief).await?,
        };
        let mut revision = get(client, format!("{brief}/revisions/{number}")).await?;
        let published = published_numbers(client, &brief).await?;
        let earlier = match since {
            Some(since) => Some(chosen(client, &brief, number, &since).await?),
            None => match published.iter().filter(|other| **other < number).max() {
                Some(parent) => Some(get(client, format!("{brief}/revisions/{parent}")).await?),
                None => None,
            },
        };
        let import = revision.import_record.as_ref().map(|import| {
            let mut day = text::time(import.import_time.as_ref());
            day.truncate("2026-11-28".len());
            (import.importer.clone(), day)
        });
        Ok(Self {
            brief: brief.to_string(),
            content: revision.content.take().ok_or_else(|| no_content(&revision.name))?,
            published_at: text::time(revision.publish_time.as_ref()),
            import,
            superseded_by: published.into_iter().filter(|other| *other > number).max(),
            earlier,
            revision,
        })
    }

    /// Returns the printer's input. It has no images.
    pub fn edition(&self) -> Edition<'_> {
        let is_withdrawn = self.revision.state() == State::Withdrawn;
        Edition {
            content: &self.content,
            brief: &self.brief,
            revision: self.revision.number,
            edition_digest: &self.revision.edition_digest,
            published_at: &self.published_at,
            creator: &self.revision.creator,
            import: self.import.as_ref().map(|(importer, imported_on)| Import { importer, imported_on }),
            state: if is_withdrawn { RevisionState::Withdrawn } else { RevisionState::Published },
            withdraw_reason: &self.revision.withdraw_reason,
            superseded_by: self.superseded_by,
            earlier: self.earlier.as_ref().and_then(|earlier| earlier.content.as_ref()),
            earlier_revision: self.earlier.as_ref().map_or(0, |earlier| earlier.number),
            combined_changes: None,
            images: &NO_IMAGES,
        }
    }
}

/// Returns the number of the newest revision that is visible to the caller.
async fn newest(client: &Client, brief: &BriefName) -> Result<u32, Failure> {
    let request = GetBriefRequest { name: brief.to_string(), ..GetBriefRequest::default() };
    Ok(client.get_brief(request).await?.newest_revision)
}

/// Returns the numbers of the visible revisions that are neither withdrawn nor purged.
async fn published_numbers(client: &Client, brief: &BriefName) -> Result<Vec<u32>, Failure> {
    let revisions = client.all_revisions(&brief.to_string()).await?;
    let published = revisions.iter().filter(|revision| revision.state() == State::Published);
    Ok(published.map(|revision| revision.number).collect())
}

/// Fetches the revision to compare with, which must be an earlier one of the same brief.
async fn chosen(
    client: &Client,
    brief: &BriefName,
    number: u32,
    since: &RevisionName,
) -> Result<BriefRevision, Failure> {
    let since = since.to_string();
    let earlier = since.strip_prefix(&format!("{brief}/revisions/")).and_then(|rest| rest.parse().ok());
    if earlier.is_none_or(|earlier: u32| earlier >= number) {
        let message = format!("--since {since} is not a revision of {brief} before revision {number}");
        return Err(Failure::usage("INVALID_FIELD", message));
    }
    let revision = get(client, since).await?;
    if revision.content.is_none() {
        return Err(no_content(&revision.name));
    }
    Ok(revision)
}

async fn get(client: &Client, name: String) -> Result<BriefRevision, Failure> {
    let request = GetBriefRevisionRequest { name, ..GetBriefRevisionRequest::default() };
    Ok(client.get_brief_revision(request).await?)
}

fn no_content(revision: &str) -> Failure {
    Failure::new("NOT_FOUND", "PURGED", format!("{revision} has no content: it was purged"))
}
