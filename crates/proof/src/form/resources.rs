//! Resources that all pages share: fonts, forms and images (ISO 32000-1, 7.8.3).

use crate::file::StreamObject;
use crate::form::fonts;
use crate::form::fonts::Font;
use crate::form::page::Page;
use crate::form::walk::Walk;
use crate::form::walk::deflated_end;
use crate::refusal::{Place, Refusal};
use crate::syntax::fields::{Fields, Spacing};

/// Largest number of pixels of an image, and of an edge, as for uploads.
const MOST_PIXELS: u64 = 50_000_000;
const LONGEST_EDGE: i64 = 65_535;

/// The shared resources.
pub(crate) struct Resources<'a> {
    pub(crate) fonts: Vec<Font>,
    pub(crate) forms: Vec<FormObject<'a>>,
    pub(crate) images: Vec<ImageObject<'a>>,
}

/// A form `XObject`.
pub(crate) struct FormObject<'a> {
    pub(crate) content: &'a StreamObject<'a>,
}

/// An image `XObject` with its mask.
pub(crate) struct ImageObject<'a> {
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) is_gray: bool,
    /// Whether the samples are a JPEG file, and not deflated rows.
    pub(crate) is_jpeg: bool,
    pub(crate) samples: &'a [u8],
    pub(crate) alpha: Option<&'a [u8]>,
}

/// Reads the resources.
pub(crate) fn read<'o>(walk: &mut Walk<'o, 'o>, id: u32, pages: &[Page]) -> Result<Resources<'o>, Refusal> {
    let mut fields = walk.dict(id, Spacing::Own)?;
    let fonts_id = fields.reference("Font")?;
    let objects = match fields.optional_dict("XObject")? {
        Some(mut objects) => objects.named_references()?,
        None => Vec::new(),
    };
    fields.end()?;
    let fonts = fonts::read(walk, fonts_id)?;
    let is_form = |name: &[u8]| name.starts_with(b"X");
    let forms_end = objects.iter().position(|(name, _)| !is_form(name)).unwrap_or(objects.len());
    let (forms, images) = objects.split_at(forms_end);
    let is_numbered = |objects: &[(&[u8], u32)], letter: char| {
        objects.iter().enumerate().all(|(index, (name, _))| *name == format!("{letter}{index}").as_bytes())
    };
    if !is_numbered(forms, 'X') || !is_numbered(images, 'I') {
        return Err(Refusal::new(
            "RESOURCES",
            Place::Object(id),
            "the forms and images are not numbered in order",
        ));
    }
    let size = pages.first().map_or([0, 0], |page| page.size);
    let mut found = Resources { fonts, forms: Vec::new(), images: Vec::new() };
    for &(_, id) in images {
        found.images.push(image(walk, id)?);
    }
    for &(_, id) in forms {
        found.forms.push(form(walk, id, size, (fonts_id, images))?);
    }
    Ok(found)
}

fn form<'o>(
    walk: &mut Walk<'o, 'o>,
    id: u32,
    [width, height]: [i64; 2],
    (fonts, images): (u32, &[(&[u8], u32)]),
) -> Result<FormObject<'o>, Refusal> {
    let (stream, mut fields) = walk.stream(id)?;
    fields.exactly("Type", "XObject")?;
    fields.exactly("Subtype", "Form")?;
    let bounds = fields.rectangle("BBox")?;
    let mut resources = fields.dict("Resources")?;
    let own_fonts = resources.reference("Font")?;
    let own_images = match resources.optional_dict("XObject")? {
        Some(mut objects) => objects.named_references()?,
        None => Vec::new(),
    };
    resources.end()?;
    if bounds != [0, 0, width, height] || own_fonts != fonts || own_images != images {
        return Err(Refusal::new(
            "RESOURCES",
            Place::Object(id),
            "a form has other resources than the pages",
        ));
    }
    deflated_end(fields)?;
    Ok(FormObject { content: stream })
}

fn image<'o>(walk: &mut Walk<'o, 'o>, id: u32) -> Result<ImageObject<'o>, Refusal> {
    let (stream, mut fields) = walk.stream(id)?;
    let (width, height, is_gray) = header(&mut fields)?;
    let is_jpeg = fields.one_of("Filter", &["DCTDecode", "FlateDecode"])? == "DCTDecode";
    if !is_jpeg {
        parameters(&mut fields, (width, is_gray))?;
    }
    let mask = fields.optional_reference("SMask")?;
    fields.count("Length")?;
    fields.end()?;
    let alpha = mask.map(|mask| alpha(walk, mask, (width, height))).transpose()?;
    Ok(ImageObject { width, height, is_gray, is_jpeg, samples: stream.data, alpha })
}

fn alpha<'o>(walk: &mut Walk<'o, 'o>, id: u32, size: (i64, i64)) -> Result<&'o [u8], Refusal> {
    let (stream, mut fields) = walk.stream(id)?;
    let (width, height, is_gray) = header(&mut fields)?;
    fields.exactly("Filter", "FlateDecode")?;
    parameters(&mut fields, (width, true))?;
    fields.count("Length")?;
    fields.end()?;
    if (width, height) != size || !is_gray {
        return Err(Refusal::new("IMAGE", Place::Object(id), "a mask has another size than its image"));
    }
    Ok(stream.data)
}

fn header(fields: &mut Fields) -> Result<(i64, i64, bool), Refusal> {
    fields.exactly("Type", "XObject")?;
    fields.exactly("Subtype", "Image")?;
    let (width, height) = (fields.integer("Width")?, fields.integer("Height")?);
    let is_gray = fields.one_of("ColorSpace", &["DeviceGray", "DeviceRGB"])? == "DeviceGray";
    let bits = fields.integer("BitsPerComponent")?;
    let edges = 1..=LONGEST_EDGE;
    let pixels = width.unsigned_abs().saturating_mul(height.unsigned_abs());
    if bits != 8 || !edges.contains(&width) || !edges.contains(&height) || pixels > MOST_PIXELS {
        return Err(fields.refusal("IMAGE", "an image is empty, too large or of another depth"));
    }
    Ok((width, height, is_gray))
}

/// Reads the parameters of PNG-filtered rows.
fn parameters(fields: &mut Fields, (width, is_gray): (i64, bool)) -> Result<(), Refusal> {
    let mut parameters = fields.dict("DecodeParms")?;
    let found =
        (parameters.integer("Predictor")?, parameters.integer("Colors")?, parameters.integer("Columns")?);
    parameters.end()?;
    if found == (15, if is_gray { 1 } else { 3 }, width) {
        return Ok(());
    }
    Err(fields.refusal("IMAGE", "the rows of an image are filtered in another way"))
}
