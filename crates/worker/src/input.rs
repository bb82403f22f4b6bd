//! A task's input as it arrives, and whether it is what the manifest lists.

use std::collections::BTreeMap;
use std::fmt::Write;

use chancery_proto::worker::v1::get_render_input_response::Part;
use chancery_proto::worker::v1::{InputBlob, RenderInputManifest};
use prost::bytes::BytesMut;
use sha2::{Digest, Sha256};

use crate::queue::{PrintInput, QueueError};

/// The largest edition that is taken: a 16 MiB brief, and room.
const EDITION_LIMIT: usize = 64 * 1024 * 1024;

/// The most bytes of all images together that are taken: what the service lets into a print.
const IMAGES_LIMIT: usize = 128 * 1024 * 1024;

/// An input of which some parts are there.
#[derive(Debug, Default)]
pub(crate) struct Arriving {
    manifest: Option<RenderInputManifest>,
    edition: BytesMut,
    comparison: BytesMut,
    images: BTreeMap<String, Vec<u8>>,
    image_bytes: usize,
}

impl Arriving {
    /// Takes the next part.
    ///
    /// # Errors
    /// [`QueueError::Refused`] for more than a print is made of, and for what this worker does not know.
    pub(crate) fn take(&mut self, part: Option<Part>) -> Result<(), QueueError> {
        match part {
            Some(Part::Manifest(manifest)) => {
                self.manifest = Some(manifest);
                Ok(())
            }
            Some(Part::Edition(piece)) => append(&mut self.edition, &piece),
            Some(Part::Comparison(piece)) => append(&mut self.comparison, &piece),
            Some(Part::Blob(piece)) => self.take_image(&piece),
            None => Err(QueueError::Refused("a part of the input is unknown here".to_owned())),
        }
    }

    /// What the manifest does not list is not gathered: it has no place in the print.
    fn take_image(&mut self, piece: &InputBlob) -> Result<(), QueueError> {
        let is_listed =
            |manifest: &RenderInputManifest| images(manifest).any(|digest| *digest == piece.sha256);
        if !self.manifest.as_ref().is_some_and(is_listed) {
            return Err(QueueError::Refused(
                "the input holds an image that its manifest does not list".into(),
            ));
        }
        self.image_bytes += piece.data.len();
        if self.image_bytes > IMAGES_LIMIT {
            return Err(QueueError::Refused("the images are larger than those of any print".to_owned()));
        }
        self.images.entry(piece.sha256.clone()).or_default().extend_from_slice(&piece.data);
        Ok(())
    }

    /// The input, once all parts are there.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] when the stream ended before its first part.
    pub(crate) fn finish(self) -> Result<PrintInput, QueueError> {
        let lacking = || QueueError::Unavailable("the input lacks its manifest".into());
        let manifest = self.manifest.ok_or_else(lacking)?;
        let is_compared = !manifest.comparison_edition_digest.is_empty();
        Ok(PrintInput {
            edition: self.edition.freeze(),
            comparison: is_compared.then(|| self.comparison.freeze()),
            images: self.images,
            manifest,
        })
    }
}

fn append(bytes: &mut BytesMut, piece: &[u8]) -> Result<(), QueueError> {
    if bytes.len() + piece.len() > EDITION_LIMIT {
        return Err(QueueError::Refused("the input is larger than any edition".to_owned()));
    }
    bytes.extend_from_slice(piece);
    Ok(())
}

/// What of an input is not what its manifest lists, if anything. Other bytes would be printed under a wrong key, and
/// shown to whoever asks for it.
pub(crate) fn mismatch(input: &PrintInput) -> Option<String> {
    let manifest = &input.manifest;
    if sha256(&input.edition) != manifest.edition_digest {
        return Some("the edition that arrived is not the manifest's".to_owned());
    }
    let comparison = input.comparison.as_ref().map(|bytes| sha256(bytes)).unwrap_or_default();
    if comparison != manifest.comparison_edition_digest {
        return Some("the edition to compare with is not the manifest's".to_owned());
    }
    images(manifest)
        .find(|digest| input.images.get(*digest).is_none_or(|bytes| sha256(bytes) != **digest))
        .map(|digest| format!("the image {digest} did not arrive as it is"))
}

/// The images that a manifest lists.
fn images(manifest: &RenderInputManifest) -> impl Iterator<Item = &String> {
    manifest.attachment_digests.iter().chain(&manifest.asset_digests)
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use chancery_proto::worker::v1::{InputBlob, RenderInputManifest};
    use prost::bytes::Bytes;

    use super::{Arriving, IMAGES_LIMIT, Part, mismatch, sha256};
    use crate::queue::QueueError;

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

    fn arrived(parts: Vec<Part>) -> Arriving {
        let mut arriving = Arriving::default();
        for part in parts {
            arriving.take(Some(part)).unwrap();
        }
        arriving
    }

    #[test]
    fn pieces_become_what_the_manifest_lists() {
        let input = arrived(parts()).finish().unwrap();
        assert_eq!(mismatch(&input), None);
        assert_eq!((input.edition.as_ref(), input.images.len()), (b"edition".as_slice(), 2));
    }

    #[test]
    fn whatever_is_missing_or_changed_is_named() {
        for (left_out, named) in [(2, "edition"), (3, "compare"), (5, "image"), (6, "image")] {
            let mut parts = parts();
            parts.remove(left_out);
            let found = mismatch(&arrived(parts).finish().unwrap()).unwrap();
            assert!(found.contains(named), "{left_out}: {found}");
        }
    }

    #[test]
    fn what_the_manifest_does_not_list_is_refused() {
        let foreign = arrived(parts()).take(Some(image(b"other", b"other")));
        assert!(matches!(foreign, Err(QueueError::Refused(_))));
        assert!(matches!(arrived(parts()).take(None), Err(QueueError::Refused(_))));
        assert!(matches!(Arriving::default().finish(), Err(QueueError::Unavailable(_))));
        let too_much = Bytes::from(vec![0; IMAGES_LIMIT]);
        let too_much = Part::Blob(InputBlob { sha256: sha256(b"logo"), data: too_much });
        assert!(matches!(arrived(parts()).take(Some(too_much)), Err(QueueError::Refused(_))));
    }
}
