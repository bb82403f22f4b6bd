//! The input of a task: assembled from the parts of a stream and checked against the manifest.

use std::collections::BTreeMap;

use chancery_brief::digest::body_digest;
use chancery_proto::worker::v1::get_render_input_response::Part;
use chancery_proto::worker::v1::{InputBlob, RenderInputManifest};
use prost::bytes::{Bytes, BytesMut};

use super::error::QueueError;

/// Maximum size of an edition; a brief is at most 16 MiB.
const MAX_EDITION_BYTES: usize = 64 * 1024 * 1024;

/// Maximum size of all images together, as the service allows for a print.
const MAX_IMAGE_BYTES: usize = 128 * 1024 * 1024;

/// The input of a print: the manifest and exactly the bytes that it lists.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintInput {
    /// The manifest, which determines the print.
    pub manifest: RenderInputManifest,
    /// Canonical bytes of the edition's `RevisionBody`.
    pub edition: Bytes,
    /// The same for the edition to compare with, if the manifest names one.
    pub comparison: Option<Bytes>,
    /// The images that the manifest lists, by their SHA-256.
    pub images: BTreeMap<String, Vec<u8>>,
}

/// Assembles an input from the parts of its stream.
#[derive(Debug, Default)]
pub(crate) struct InputAssembler {
    manifest: Option<RenderInputManifest>,
    edition: BytesMut,
    comparison: BytesMut,
    images: BTreeMap<String, Vec<u8>>,
    image_bytes: usize,
}

impl InputAssembler {
    /// Adds the next part.
    ///
    /// # Errors
    /// [`QueueError::Refused`] for an input over the limits, an unlisted image or an unknown part.
    pub(crate) fn add(&mut self, part: Option<Part>) -> Result<(), QueueError> {
        match part {
            Some(Part::Manifest(manifest)) => {
                self.manifest = Some(manifest);
                Ok(())
            }
            Some(Part::Edition(piece)) => append(&mut self.edition, &piece),
            Some(Part::Comparison(piece)) => append(&mut self.comparison, &piece),
            Some(Part::Blob(piece)) => self.add_image(&piece),
            None => Err(QueueError::Refused("unknown part of the input".to_owned())),
        }
    }

    fn add_image(&mut self, piece: &InputBlob) -> Result<(), QueueError> {
        let is_listed =
            |manifest: &RenderInputManifest| images(manifest).any(|digest| *digest == piece.sha256);
        if !self.manifest.as_ref().is_some_and(is_listed) {
            return Err(QueueError::Refused(
                "the input contains an image that its manifest does not list".into(),
            ));
        }
        self.image_bytes += piece.data.len();
        if self.image_bytes > MAX_IMAGE_BYTES {
            return Err(QueueError::Refused("the images exceed the limit for a print".to_owned()));
        }
        self.images.entry(piece.sha256.clone()).or_default().extend_from_slice(&piece.data);
        Ok(())
    }

    /// Returns the input after the last part.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] if the stream ended before the manifest.
    pub(crate) fn finish(self) -> Result<PrintInput, QueueError> {
        let no_manifest = || QueueError::Unavailable("the input has no manifest".into());
        let manifest = self.manifest.ok_or_else(no_manifest)?;
        let has_comparison = !manifest.comparison_edition_digest.is_empty();
        Ok(PrintInput {
            edition: self.edition.freeze(),
            comparison: has_comparison.then(|| self.comparison.freeze()),
            images: self.images,
            manifest,
        })
    }
}

fn append(bytes: &mut BytesMut, piece: &[u8]) -> Result<(), QueueError> {
    if bytes.len() + piece.len() > MAX_EDITION_BYTES {
        return Err(QueueError::Refused("the edition exceeds the size limit".to_owned()));
    }
    bytes.extend_from_slice(piece);
    Ok(())
}

/// Describes the first difference between an input and its manifest, if any. A print of other bytes would be stored under
/// the wrong render key, and so answer requests for another document.
pub(crate) fn mismatch(input: &PrintInput) -> Option<String> {
    let manifest = &input.manifest;
    if sha256(&input.edition) != manifest.edition_digest {
        return Some("the edition does not match its digest in the manifest".to_owned());
    }
    let comparison = input.comparison.as_ref().map(|bytes| sha256(bytes)).unwrap_or_default();
    if comparison != manifest.comparison_edition_digest {
        return Some("the edition to compare with does not match its digest in the manifest".to_owned());
    }
    images(manifest)
        .find(|digest| input.images.get(*digest).is_none_or(|bytes| sha256(bytes) != **digest))
        .map(|digest| format!("the image {digest} is missing or does not match its digest"))
}

/// Returns the digests of the images that a manifest lists.
fn images(manifest: &RenderInputManifest) -> impl Iterator<Item = &String> {
    manifest.attachment_digests.iter().chain(&manifest.asset_digests)
}

fn sha256(bytes: &[u8]) -> String {
    body_digest(bytes).to_string()
}

#[cfg(test)]
mod tests {
    use chancery_proto::worker::v1::{InputBlob, RenderInputManifest};
    use prost::bytes::Bytes;

    use super::{InputAssembler, MAX_IMAGE_BYTES, Part, mismatch, sha256};
    use crate::queue::error::QueueError;

    fn manifest() -> RenderInputManifest {
        RenderInputManifest {
            edition_digest: sha256(b"edition"),
            comparison_edition_digest: sha256(b"comparison"),
            attachment_digests: vec![sha256(b"picture")],
            asset_digests: vec![sha256(b"logo")],
            ..RenderInputManifest::default()
        }
    }

    fn image(bytes: &'static [u8], piece: &'static [u8]) -> Part {
        Part::Blob(InputBlob { sha256: sha256(bytes), data: Bytes::from_static(piece) })
    }

    fn parts() -> Vec<Part> {
        let text = |text: &'static str| Bytes::from_static(text.as_bytes());
        vec![
            Part::Manifest(manifest()),
            Part::Edition(text("edi")),
            Part::Edition(text("tion")),
            Part::Comparison(text("comparison")),
            image(b"picture", b"pict"),
            image(b"picture", b"ure"),
            image(b"logo", b"logo"),
        ]
    }

    fn assembled(parts: Vec<Part>) -> InputAssembler {
        let mut input = InputAssembler::default();
        for part in parts {
            input.add(Some(part)).unwrap();
        }
        input
    }

    #[test]
    fn the_parts_of_a_stream_are_assembled() {
        let input = assembled(parts()).finish().unwrap();
        assert_eq!(mismatch(&input), None);
        assert_eq!((input.edition.as_ref(), input.images.len()), (b"edition".as_slice(), 2));
    }

    #[test]
    fn missing_and_changed_parts_are_reported() {
        for (left_out, named) in [(2, "edition"), (3, "compare"), (5, "image"), (6, "image")] {
            let mut parts = parts();
            parts.remove(left_out);
            let found = mismatch(&assembled(parts).finish().unwrap()).unwrap();
            assert!(found.contains(named), "{left_out}: {found}");
        }
    }

    #[test]
    fn unlisted_images_unknown_parts_and_excess_are_refused() {
        let foreign = assembled(parts()).add(Some(image(b"other", b"other")));
        assert!(matches!(foreign, Err(QueueError::Refused(_))));
        assert!(matches!(assembled(parts()).add(None), Err(QueueError::Refused(_))));
        assert!(matches!(InputAssembler::default().finish(), Err(QueueError::Unavailable(_))));
        let oversized = Bytes::from(vec![0; MAX_IMAGE_BYTES]);
        let oversized = Part::Blob(InputBlob { sha256: sha256(b"logo"), data: oversized });
        assert!(matches!(assembled(parts()).add(Some(oversized)), Err(QueueError::Refused(_))));
    }
}
