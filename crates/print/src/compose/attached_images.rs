//! Figures of attached images.

use crate::images::{PreparedImages, natural_size, scaled_down};

use chancery_images::PreparedImage;
use chancery_proto::brief::v1::Figure;

use crate::compose::composer::Composer;
use crate::compose::coverage_runs::shortened;
use crate::compose::figures::sketch::{Sketch, TALLEST, WIDTH};
use crate::flow::Block;
use crate::tags::TagId;
use crate::text::plain_text::is_blank;

/// Percentage of its height to which an image is scaled down where it would leave much of a page blank.
const LEAST_PERCENT: i64 = 50;

impl Composer<'_> {
    /// Returns an image of the edition; see [`PreparedImages::get`].
    pub(crate) fn image(
        &mut self,
        digest: &str,
        element: impl FnOnce(&PreparedImages) -> String,
    ) -> Option<PreparedImage> {
        self.images.get(self.edition.images, digest, element)
    }

    /// Adds a figure of an attached image.
    pub(crate) fn attached_image(&mut self, sect: TagId, figure: &Figure) {
        let element = |images: &PreparedImages| {
            format!("section {}, figure {:?}, attachment {}", images.section, figure.title, figure.attachment)
        };
        let Some(image) = self.image(&figure.attachment, element) else { return };
        let sketch = Sketch::of_image(scaled_down(natural_size(&image), (WIDTH, TALLEST)), image);
        let substitute = if is_blank(&figure.title) { self.labels().image } else { &figure.title };
        let alt = self.visible_name("alternative text of an image", &figure.alt, substitute);
        let height = sketch.height;
        self.drawn(sect, figure, shortened(&alt), sketch);
        if let Some(Block::Figure(drawn)) = self.flow.blocks.last_mut() {
            drawn.least_height = Some(height * LEAST_PERCENT / 100);
        }
    }
}
