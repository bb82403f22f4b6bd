//! Image `XObjects` (ISO 32000-1, 8.9.5), each written once.

use std::sync::Arc;

use chancery_images::{Colors, Raster, Samples};

use crate::write::file::pdf_file::PdfFile;
use crate::write::file::syntax::{Dict, Ref};

/// Image `XObjects` of a file, in the order of first use.
#[derive(Default)]
pub(crate) struct ImageXObjects {
    images: Vec<Arc<Raster>>,
}

impl ImageXObjects {
    /// Returns these images.
    pub(crate) const fn of(images: Vec<Arc<Raster>>) -> Self {
        Self { images }
    }

    /// Returns an image's resource name, adding the image at its first use.
    pub(crate) fn name(&mut self, image: &Arc<Raster>) -> String {
        let known = self.images.iter().position(|other| Arc::ptr_eq(other, image) || other == image);
        let index = known.unwrap_or_else(|| {
            self.images.push(Arc::clone(image));
            self.images.len() - 1
        });
        resource_name(index)
    }

    /// Writes the images; returns their names and objects.
    pub(crate) fn write(self, file: &mut PdfFile) -> Vec<(String, Ref)> {
        let mut written = Vec::with_capacity(self.images.len());
        for (index, image) in self.images.iter().enumerate() {
            let mask = image.alpha.as_ref().map(|alpha| {
                let id = file.reserve();
                file.plain_stream(id, alpha, |dict| {
                    header(dict, image, Colors::Gray);
                    filtered(dict, image, Colors::Gray);
                });
                id
            });
            let id = file.reserve();
            let (Samples::Jpeg(content) | Samples::Filtered(content)) = &image.samples;
            file.plain_stream(id, content, |dict| {
                header(dict, image, image.colors);
                match image.samples {
                    Samples::Jpeg(_) => drop(dict.name("Filter", "DCTDecode")),
                    Samples::Filtered(_) => filtered(dict, image, image.colors),
                }
                if let Some(mask) = mask {
                    dict.reference("SMask", mask);
                }
            });
            written.push((resource_name(index), id));
        }
        written
    }
}

/// Writes the common entries. `Interpolate` is omitted: it must not be true (ISO 19005-2, 6.2.8).
fn header(dict: &mut Dict, image: &Raster, colors: Colors) {
    dict.name("Type", "XObject").name("Subtype", "Image");
    dict.integer("Width", image.width.into()).integer("Height", image.height.into());
    dict.name(
        "ColorSpace",
        match colors {
            Colors::Gray => "DeviceGray",
            Colors::Rgb => "DeviceRGB",
        },
    );
    dict.integer("BitsPerComponent", 8);
}

/// Writes the filter entries of PNG-filtered rows.
fn filtered(dict: &mut Dict, image: &Raster, colors: Colors) {
    dict.name("Filter", "FlateDecode").dict("DecodeParms", |parms| {
        parms.integer("Predictor", 15).count("Colors", colors.count());
        parms.integer("Columns", image.width.into());
    });
}

fn resource_name(index: usize) -> String {
    format!("I{index}")
}
