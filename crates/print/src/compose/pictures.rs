//! Attached images: found by their digests, prepared once, and placed as figures.

use std::collections::BTreeMap;

use chancery_images::{ImageError, PreparedImage, prepare};
use chancery_proto::brief::v1::Figure;

use crate::compose::composer::{Composer, shortened};
use crate::compose::figures::sketch::{Sketch, TALLEST, WIDTH};
use crate::tags::TagId;
use crate::units::Length;
use crate::{Limits, PrintError};

/// A pixel's edge: no image is printed at fewer than 150 an inch.
const PIXEL: Length = Length::milli_pt(480);

/// A reason why an image cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageProblem {
    /// The print was given no bytes for its digest.
    #[error("the image is missing; upload it first")]
    Missing,
    /// The file cannot be printed.
    #[error(transparent)]
    Unprintable(#[from] ImageError),
}

/// However thin a picture is, something of it is to be seen.
const THINNEST: Length = Length::milli_pt(500);

/// The pictures that were asked for so far.
#[derive(Default)]
pub(crate) struct Pictures {
    limits: Limits,
    read: BTreeMap<String, PreparedImage>,
    /// The first that cannot be printed.
    refused: Option<PrintError>,
    /// The section that is being composed, for errors.
    pub(crate) section: String,
}

impl Pictures {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// The first picture that cannot be printed, if there is one.
    pub(crate) fn refused(&mut self) -> Option<PrintError> {
        self.refused.take()
    }
}

impl Composer<'_> {
    /// A picture of the edition; none when it cannot be printed, which ends the print. `element` is where it stands.
    pub(crate) fn picture(
        &mut self,
        digest: &str,
        element: impl FnOnce(&Pictures) -> String,
    ) -> Option<PreparedImage> {
        if let Some(known) = self.pictures.read.get(digest) {
            return Some(known.clone());
        }
        let bytes = self.edition.images.get(digest).ok_or(ImageProblem::Missing);
        let limits = self.pictures.limits.images();
        match bytes.and_then(|bytes| Ok(prepare(bytes, &limits)?)) {
            Ok(read) => {
                self.pictures.read.insert(digest.to_owned(), read.clone());
                Some(read)
            }
            Err(why) => {
                let element = element(&self.pictures);
                self.pictures.refused.get_or_insert(PrintError::Image { element, why });
                None
            }
        }
    }

    /// A figure of an attached picture.
    pub(crate) fn attached(&mut self, sect: TagId, figure: &Figure) {
        let element = |pictures: &Pictures| {
            format!(
                "section {}, figure {:?}, attachment {}",
                pictures.section, figure.title, figure.attachment
            )
        };
        let Some(image) = self.picture(&figure.attachment, element) else { return };
        let sketch = Sketch::of_picture(scaled_down(natural_size(&image), (WIDTH, TALLEST)), image);
        self.drawn(sect, figure, shortened(&figure.alt), sketch);
    }
}

/// An image's own size: of pixels, the largest that they allow.
pub(crate) fn natural_size(image: &PreparedImage) -> (Length, Length) {
    match image {
        PreparedImage::Raster(raster) => {
            let (width, height) = raster.displayed_size();
            (PIXEL * i64::from(width), PIXEL * i64::from(height))
        }
        PreparedImage::Vector(drawing) => {
            (Length::from_units(drawing.width.units()), Length::from_units(drawing.height.units()))
        }
    }
}

/// Measures brought down to a room, their proportion kept.
pub(crate) fn scaled_down((width, height): (Length, Length), room: (Length, Length)) -> (Length, Length) {
    let by_width = (width.min(room.0), portion(height, width.min(room.0), width));
    let by_height = (portion(width, height.min(room.1), height), height.min(room.1));
    let (width, height) = if by_width.1 <= room.1 { by_width } else { by_height };
    (width.max(THINNEST), height.max(THINNEST))
}

/// `length` times `part` over `whole`.
fn portion(length: Length, part: Length, whole: Length) -> Length {
    let product = i128::from(length.units()) * i128::from(part.units());
    let units = product / i128::from(whole.units().max(1));
    Length::from_units(i64::try_from(units).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::{TALLEST, THINNEST, WIDTH, scaled_down};
    use crate::units::Length;

    fn fitted(width: i64, height: i64) -> (Length, Length) {
        scaled_down((Length::pt(width), Length::pt(height)), (WIDTH, TALLEST))
    }

    #[test]
    fn pictures_keep_their_proportion_within_the_columns_and_a_page() {
        assert_eq!(fitted(300, 150), (Length::pt(300), Length::pt(150)));
        let (width, height) = fitted(4000, 3000);
        assert_eq!(width, WIDTH);
        assert_eq!(height.to_milli_pt(), (WIDTH * 3 / 4).to_milli_pt());
        let (width, height) = fitted(1000, 4000);
        assert_eq!(
            (width.to_milli_pt(), height.to_milli_pt()),
            (TALLEST.to_milli_pt() / 4, TALLEST.to_milli_pt())
        );
        assert_eq!(fitted(65_535, 1), (WIDTH, THINNEST));
        assert_eq!(fitted(1, 65_535), (THINNEST, TALLEST));
    }
}
