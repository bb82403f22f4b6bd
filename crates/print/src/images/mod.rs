//! Attached images of one print: prepared once per digest, with their printed sizes.

use std::collections::BTreeMap;

use chancery_images::{PreparedImage, prepare};

use crate::edition::Images;
use crate::error::{ImageProblem, PrintError};
use crate::options::Limits;
use crate::units::Length;

/// Edge of a printed pixel: images are printed at 150 pixels per inch or more.
const PIXEL: Length = Length::milli_pt(480);

/// Minimum edge of a printed image, so that it stays visible.
const THINNEST: Length = Length::milli_pt(500);

/// Cache of prepared images.
#[derive(Default)]
pub(crate) struct PreparedImages {
    limits: Limits,
    by_digest: BTreeMap<String, PreparedImage>,
    /// The error of the first image that cannot be printed.
    error: Option<PrintError>,
    /// The section that is being composed, for error messages.
    pub(crate) section: String,
}

impl PreparedImages {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Returns an image of the edition, prepared at its first use. An image that cannot be printed yields `None` and
    /// fails the print later: the first such error is stored for [`Self::take_error`]. `element` names the position in
    /// the brief.
    pub(crate) fn get(
        &mut self,
        images: &Images,
        digest: &str,
        element: impl FnOnce(&Self) -> String,
    ) -> Option<PreparedImage> {
        if let Some(known) = self.by_digest.get(digest) {
            return Some(known.clone());
        }
        let bytes = images.get(digest).ok_or(ImageProblem::Missing);
        match bytes.and_then(|bytes| Ok(prepare(bytes, &self.limits.images())?)) {
            Ok(image) => {
                self.by_digest.insert(digest.to_owned(), image.clone());
                Some(image)
            }
            Err(why) => {
                let element = element(self);
                self.error.get_or_insert(PrintError::Image { element, why });
                None
            }
        }
    }

    /// Returns the error of the first image that cannot be printed, if there is one.
    pub(crate) fn take_error(&mut self) -> Option<PrintError> {
        self.error.take()
    }
}

/// Returns an image's natural size; for a raster image, the largest size that its pixels allow.
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

/// Scales a size down to fit into a box, keeping its proportions.
pub(crate) fn scaled_down((width, height): (Length, Length), room: (Length, Length)) -> (Length, Length) {
    let by_width = (width.min(room.0), height.portion(width.min(room.0), width));
    let by_height = (width.portion(height.min(room.1), height), height.min(room.1));
    let (width, height) = if by_width.1 <= room.1 { by_width } else { by_height };
    (width.max(THINNEST), height.max(THINNEST))
}

#[cfg(test)]
mod tests {
    use super::{THINNEST, scaled_down};
    use crate::compose::{TALLEST, WIDTH};
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
