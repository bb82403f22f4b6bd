//! Uploads the images that a text names by their files.

use std::collections::BTreeMap;

use chancery_brief::attachments::shown_images;
use chancery_brief::marking::{Rank, Scheme};
use chancery_brief::validate::canonicalize;
use chancery_client::Client;
use chancery_proto::brief::v1::AttachmentHeader;

use crate::inputs::draft_file::DraftFile;
use crate::ui::failure::Failure;

/// Uploads the images beside a text, each with the lowest marking of the figures that show it. An image that the workspace
/// has already is left as it is. Content that breaks rules has no markings yet: the service then rejects it.
pub async fn upload(client: &Client, parent: &str, file: &DraftFile) -> Result<(), Failure> {
    if file.images.is_empty() {
        return Ok(());
    }
    let scheme = file.scheme.unwrap_or(Scheme::Tlp);
    let Ok(canonical) = canonicalize(&file.content, scheme) else { return Ok(()) };
    let mut markings: BTreeMap<&str, Rank> = BTreeMap::new();
    for shown in shown_images(canonical.content()) {
        if let Some(rank) = scheme.rank(shown.marking) {
            markings.entry(shown.digest).and_modify(|lowest| *lowest = rank.min(*lowest)).or_insert(rank);
        }
    }
    for (digest, rank) in markings {
        let Some(image) = file.images.get(digest) else { continue };
        let header = AttachmentHeader {
            parent: parent.to_owned(),
            media_type: image.report.media_type.as_str().to_owned(),
            marking: scheme.label(rank).to_owned(),
            ..AttachmentHeader::default()
        };
        let uploaded = client.upload_attachment(header, image.bytes.clone()).await.map_err(Failure::from);
        match uploaded {
            Ok(_) => {}
            // Stored with another marking, which the service compares with the figure when the brief is published.
            Err(failure) if failure.reason == "ALREADY_EXISTS" => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}
