//! The input of a render task, as the service pins it: a manifest, and the bytes that it lists.

use chancery_proto::brief::v1::{BriefContent, RevisionBody};
use chancery_proto::worker::v1::RenderInputManifest;
use prost::Message;
use prost::bytes::Bytes;
use prost_types::Timestamp;

use crate::edition::{Edition, Images, Import, RevisionState};
use crate::options::Options;
use crate::options::from_request::UnknownOption;

/// The decoded input of a task. The same manifest and bytes mean the same pages, for printing and for proving.
#[derive(Clone, Debug)]
pub struct TaskInput<'a> {
    manifest: &'a RenderInputManifest,
    content: BriefContent,
    earlier: Option<BriefContent>,
    images: &'a Images,
    published_at: String,
    imported_on: String,
}

impl<'a> TaskInput<'a> {
    /// Decodes the canonical bytes of the edition and of the edition to compare with.
    ///
    /// # Errors
    ///
    /// The first edition that is no `RevisionBody`.
    pub fn decode(
        manifest: &'a RenderInputManifest,
        edition: &Bytes,
        comparison: Option<&Bytes>,
        images: &'a Images,
    ) -> Result<Self, prost::DecodeError> {
        let import_time = manifest.import_record.as_ref().and_then(|import| import.import_time);
        Ok(Self {
            manifest,
            content: content(edition)?,
            earlier: comparison.map(content).transpose()?,
            images,
            published_at: rfc3339(manifest.publish_time.unwrap_or_default()),
            imported_on: day(import_time.unwrap_or_default()),
        })
    }

    /// Returns the edition to print.
    pub fn edition(&self) -> Edition<'_> {
        let manifest = self.manifest;
        let import = manifest.import_record.as_ref();
        Edition {
            content: &self.content,
            brief: &manifest.brief,
            revision: manifest.revision,
            edition_digest: &manifest.edition_digest,
            published_at: &self.published_at,
            creator: &manifest.creator,
            import: import
                .map(|import| Import { importer: &import.importer, imported_on: &self.imported_on }),
            state: if manifest.withdrawn { RevisionState::Withdrawn } else { RevisionState::Published },
            withdraw_reason: &manifest.withdraw_reason,
            superseded_by: Some(manifest.superseded_by).filter(|newer| *newer != 0),
            earlier: self.earlier.as_ref(),
            earlier_revision: manifest.comparison_revision,
            // The digests distinguish changes that cancel out, an empty list, from no comparison.
            combined_changes: (!manifest.combined_edition_digests.is_empty())
                .then_some(manifest.combined_changes.as_slice()),
            images: self.images,
        }
    }

    /// Returns the options of the print.
    ///
    /// # Errors
    ///
    /// [`UnknownOption`] for a value that this printer does not know.
    pub fn options(&self) -> Result<Options<'_>, UnknownOption> {
        match &self.manifest.options {
            Some(options) => Options::of_request(options),
            None => Ok(Options::default()),
        }
    }
}

fn content(edition: &Bytes) -> Result<BriefContent, prost::DecodeError> {
    Ok(RevisionBody::decode(edition.clone())?.content.unwrap_or_default())
}

/// Formats a time to the second.
fn rfc3339(time: Timestamp) -> String {
    Timestamp { nanos: 0, ..time }.to_string()
}

/// Formats the day of a time in UTC, such as "2026-11-28".
fn day(time: Timestamp) -> String {
    let mut day = rfc3339(time);
    day.truncate("2026-11-28".len());
    day
}

#[cfg(test)]
mod tests {
    use prost_types::Timestamp;

    use chancery_proto::render::v1::RenderOptions;
    use chancery_proto::worker::v1::RenderInputManifest;
    use prost::bytes::Bytes;

    use super::{TaskInput, rfc3339};
    use crate::edition::NO_IMAGES;
    use crate::options::Options;

    #[test]
    fn a_manifest_without_options_prints_like_one_with_default_ones() {
        let manifest = RenderInputManifest::default();
        let task = TaskInput::decode(&manifest, &Bytes::new(), None, &NO_IMAGES).unwrap();
        assert_eq!(task.options(), Options::of_request(&RenderOptions::default()));
    }

    #[test]
    fn times_are_printed_to_the_second() {
        assert_eq!(rfc3339(Timestamp { seconds: 1_700_000_000, nanos: 5 }), "2023-11-14T22:13:20Z");
    }
}
