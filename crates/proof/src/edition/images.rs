//! Images: each is one of the edition's, as the printer prepares it, and is shown by its own element.

use std::sync::Arc;

use chancery_images::{Colors, PreparedImage, Raster, Samples};
use chancery_print::expected_content::ExpectedContent;

use crate::check_form::Read;
use crate::content::Sequence;
use crate::edition::matched::sequence;
use crate::form::{Document, ImageObject, Kid};
use crate::refusal::{Place, Refusal};
use crate::syntax::cursor::Cursor;

/// The images of a file, and what each element shows.
pub(super) struct Images<'e> {
    /// The rasters in the order of the file.
    pub(super) rasters: Vec<Arc<Raster>>,
    /// Images of the edition with their elements.
    expected: &'e [(usize, u32, PreparedImage)],
}

/// Finds each image of a file among those of the edition.
pub(super) fn identify<'e>(
    document: &Document,
    expected: &'e ExpectedContent,
) -> Result<Images<'e>, Refusal> {
    let known: Vec<&Arc<Raster>> = expected
        .images
        .iter()
        .filter_map(|(.., image)| match image {
            PreparedImage::Raster(raster) => Some(raster),
            PreparedImage::Vector(_) => None,
        })
        .collect();
    let mut rasters = Vec::with_capacity(document.images.len());
    for image in &document.images {
        let found = known.iter().find(|raster| is_same(image, raster));
        let missing = || Refusal::new("IMAGE", Place::File, "an image is not one of the edition's");
        rasters.push(Arc::clone(found.ok_or_else(missing)?));
    }
    Ok(Images { rasters, expected: &expected.images })
}

fn is_same(image: &ImageObject, raster: &Raster) -> bool {
    let (is_jpeg, samples) = match &raster.samples {
        Samples::Jpeg(samples) => (true, samples),
        Samples::Filtered(samples) => (false, samples),
    };
    image.width == i64::from(raster.width)
        && image.height == i64::from(raster.height)
        && image.is_gray == matches!(raster.colors, Colors::Gray)
        && image.is_jpeg == is_jpeg
        && image.samples == samples.as_slice()
        && image.alpha == raster.alpha.as_deref()
}

impl Images<'_> {
    /// Checks that the images and drawings of a sequence are those of its element; returns their logical position.
    pub(super) fn check(&self, sequence: &Sequence, element: usize) -> Result<Option<u32>, &'static str> {
        let mut position = None;
        let own = |(of, ..): &&(usize, u32, PreparedImage)| *of == element;
        for painted in &sequence.images {
            let raster = self.rasters.get(painted.image);
            let found = self.expected.iter().filter(own).find(|(.., image)| match image {
                PreparedImage::Raster(known) => raster.is_some_and(|raster| **raster == **known),
                PreparedImage::Vector(_) => false,
            });
            let (_, seq, image) = found.ok_or("the element shows an image of another")?;
            let PreparedImage::Raster(raster) = image else { continue };
            if !has_orientation(painted.matrix, raster) {
                return Err("an image is turned or mirrored");
            }
            position = Some(*seq);
        }
        for painted in &sequence.drawings {
            let found = self.expected.iter().filter(own).find(|(.., image)| match image {
                PreparedImage::Vector(vector) => {
                    is_alike(&ExpectedContent::painted_drawing(vector, painted.rect), &painted.bytes)
                }
                PreparedImage::Raster(_) => false,
            });
            position = Some(found.ok_or("the element shows a drawing that is not its own")?.1);
        }
        Ok(position)
    }

    /// Returns whether an element shows its image. All of its sequences have passed [`Self::check`].
    pub(super) fn are_complete(&self, element: usize, kids: &[Kid], read: &Read) -> bool {
        let count = self.expected.iter().filter(|(of, ..)| *of == element).count();
        if count == 0 {
            // Each image that the element shows was found among its own.
            return true;
        }
        let shown = kids.iter().filter_map(|kid| match kid {
            Kid::Mark { page, mcid } => {
                let sequence = sequence(read, *page, *mcid);
                Some(sequence.images.len() + sequence.drawings.len())
            }
            _ => None,
        });
        shown.sum::<usize>() == count
    }
}

/// How far a point of a drawing may be from the expected one, in thousandths of a point: the file states the drawing's
/// place with that precision, and the printer has it exactly.
const ROUNDING: i64 = 3;

/// Returns whether two drawings have the same operators, colours, and points but for roundings.
fn is_alike(expected: &[u8], found: &[u8]) -> bool {
    let is_newline = |byte: &u8| *byte == b'\n';
    let mut lines = found.split(is_newline);
    let all =
        expected.split(is_newline).all(|line| lines.next().is_some_and(|other| is_line_alike(line, other)));
    all && lines.next().is_none()
}

fn is_line_alike(expected: &[u8], found: &[u8]) -> bool {
    if expected == found {
        return true;
    }
    if expected.ends_with(b"rg") || expected.ends_with(b"RG") {
        return false;
    }
    let (mut words, mut others) = (expected.split(|byte| *byte == b' '), found.split(|byte| *byte == b' '));
    loop {
        match (words.next(), others.next()) {
            (None, None) => return true,
            (Some(word), Some(other)) if word == other => {}
            (Some(word), Some(other)) => match (number(word), number(other)) {
                (Some(word), Some(other)) if (word - other).abs() <= ROUNDING => {}
                _ => return false,
            },
            _ => return false,
        }
    }
}

/// Returns a number in thousandths, also with a bracket around it.
fn number(word: &[u8]) -> Option<i64> {
    let word = word.strip_prefix(b"[").unwrap_or(word);
    let word = word.strip_suffix(b"]").unwrap_or(word);
    let mut cursor = Cursor::new(word);
    cursor.milli().ok().filter(|_| cursor.is_at_end())
}

/// Returns whether a matrix turns and mirrors an image as its orientation says (EXIF's orientations in order).
fn has_orientation([a, b, c, d, ..]: [i64; 6], raster: &Raster) -> bool {
    use chancery_images::Orientation as O;
    let signs = [a, b, c, d].map(i64::signum);
    signs
        == match raster.orientation {
            O::Upright => [1, 0, 0, 1],
            O::MirrorHorizontal => [-1, 0, 0, 1],
            O::Rotate180 => [-1, 0, 0, -1],
            O::MirrorVertical => [1, 0, 0, -1],
            O::Transpose => [0, -1, -1, 0],
            O::Rotate90 => [0, -1, 1, 0],
            O::Transverse => [0, 1, 1, 0],
            O::Rotate270 => [0, 1, -1, 0],
        }
}
