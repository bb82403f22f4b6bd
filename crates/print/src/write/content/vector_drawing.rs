//! Vector drawings, clipped to their rectangle so that they paint over nothing else, and between `q` and `Q` so that
//! they leave the graphics state unchanged.

use chancery_images::{Cap, FixedPt, Join, Outline, PathSegment, Shape, Vector};

use crate::graphics::{Color, Rect};
use crate::units::Length;
use crate::write::content::bounding_box::{milli, units};
use crate::write::content::operands::{color_operands, operands};
use crate::write::file::syntax;

/// Maps a drawing's coordinates to the page's.
struct Scale<'a> {
    vector: &'a Vector,
    rect: Rect,
}

impl Scale<'_> {
    fn across(&self, length: FixedPt) -> Length {
        portion(length, self.rect.width, self.vector.width)
    }

    fn point(&self, (x, y): (FixedPt, FixedPt)) -> [i64; 2] {
        let down = portion(y, self.rect.height, self.vector.height);
        [milli(self.rect.x + self.across(x)), milli(self.rect.y + self.rect.height - down)]
    }
}

/// Returns `length` times `part` over `whole`.
fn portion(length: FixedPt, part: Length, whole: FixedPt) -> Length {
    let product = i128::from(length.units()) * i128::from(units(part)) / i128::from(whole.units().max(1));
    Length::from_units(i64::try_from(product).unwrap_or(i64::MAX))
}

/// Paints a drawing.
pub(crate) fn paint(out: &mut Vec<u8>, vector: &Vector, rect: Rect) {
    let scale = Scale { vector, rect };
    out.extend_from_slice(b"q\n");
    operands(out, &[milli(rect.x), milli(rect.y), milli(rect.width), milli(rect.height)]);
    out.extend_from_slice(b"re\nW\nn\n");
    for shape in &vector.shapes {
        paint_shape(out, shape, &scale);
    }
    out.extend_from_slice(b"Q\n");
}

fn paint_shape(out: &mut Vec<u8>, shape: &Shape, scale: &Scale) {
    if let Some(color) = shape.fill {
        color_operands(out, device_color(color));
        out.extend_from_slice(b"rg\n");
    }
    if let Some(outline) = &shape.outline {
        set(out, outline, scale);
    }
    for segment in &shape.segments {
        write_segment(out, segment, scale);
    }
    out.extend_from_slice(match (shape.fill, &shape.outline, shape.even_odd) {
        (Some(_), None, false) => b"f\n",
        (Some(_), None, true) => b"f*\n",
        (Some(_), Some(_), false) => b"B\n",
        (Some(_), Some(_), true) => b"B*\n",
        (None, Some(_), _) => b"S\n",
        (None, None, _) => b"n\n",
    });
}

fn set(out: &mut Vec<u8>, outline: &Outline, scale: &Scale) {
    color_operands(out, device_color(outline.color));
    out.extend_from_slice(b"RG\n");
    operands(out, &[milli(scale.across(outline.width))]);
    out.extend_from_slice(b"w\n");
    out.extend_from_slice(match outline.cap {
        Cap::Butt => b"0 J\n",
        Cap::Round => b"1 J\n",
        Cap::Square => b"2 J\n",
    });
    out.extend_from_slice(match outline.join {
        Join::Miter => b"0 j\n",
        Join::Round => b"1 j\n",
        Join::Bevel => b"2 j\n",
    });
    operands(out, &[milli(Length::from_units(outline.miter.units()))]);
    out.extend_from_slice(b"M\n");
    let dash: Vec<i64> = outline.dash.iter().map(|&part| milli(scale.across(part))).collect();
    // A pattern of zeros is an error (8.4.3.6).
    let dash = if dash.iter().any(|&part| part > 0) { dash } else { Vec::new() };
    syntax::milli_array(out, &dash);
    out.push(b' ');
    operands(out, &[milli(scale.across(outline.dash_offset))]);
    out.extend_from_slice(b"d\n");
}

const fn device_color(chancery_images::Color(red, green, blue): chancery_images::Color) -> Color {
    Color(red, green, blue)
}

fn write_segment(out: &mut Vec<u8>, segment: &PathSegment, scale: &Scale) {
    match *segment {
        PathSegment::Move(x, y) => {
            operands(out, &scale.point((x, y)));
            out.extend_from_slice(b"m\n");
        }
        PathSegment::Line(x, y) => {
            operands(out, &scale.point((x, y)));
            out.extend_from_slice(b"l\n");
        }
        PathSegment::Curve(points) => {
            for point in points {
                operands(out, &scale.point(point));
            }
            out.extend_from_slice(b"c\n");
        }
        PathSegment::Close => out.extend_from_slice(b"h\n"),
    }
}
