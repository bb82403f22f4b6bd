//! SVG pictures: a strict part of SVG 1.1 that only draws. What could run, load or blend something is refused by name;
//! nothing of it is skipped silently. No document type is read, so no entity can grow.

mod arc;
mod path;
mod scan;
mod shapes;
mod style;
mod transform;

use roxmltree::{Document, Node, ParsingOptions};

use self::path::Step;
use self::scan::Scanner;
use self::style::Style;
use self::transform::Matrix;
use super::ImageError;
use super::vector::{Shape, Vector};
use crate::pages::Segment;
use crate::units::Length;

/// The longest file: a logo has a few thousand bytes.
const MAX_BYTES: usize = 1 << 20;
const MAX_ELEMENTS: u32 = 10_000;
const MAX_SEGMENTS: usize = 100_000;
const MAX_DEPTH: usize = 32;
/// The most attributes of one element: each is compared with all.
const MAX_ATTRIBUTES: usize = 64;
/// The largest number that a position may have, in points.
const FAR: f64 = 100_000.0;
/// A pixel is 1/96 inch.
const PIXEL: f64 = 0.75;

const SVG: &str = "http://www.w3.org/2000/svg";
/// What drawing programs note for themselves; it draws nothing.
const EDITORS: [&str; 2] =
    ["http://www.inkscape.org/namespaces/inkscape", "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"];

/// Why an SVG file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, <{element}>: {why}")]
pub struct SvgError {
    /// The line of the element's begin.
    pub line: u32,
    /// The element.
    pub element: String,
    /// What is wrong with it.
    pub why: String,
}

/// What is wrong; where, is added on the way up.
type Problem = String;

/// Whether a file is an SVG file, as far as its beginning tells.
pub(super) fn is_svg(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    [&b"<?xml"[..], b"<svg", b"<!--", b"<!DOCTYPE"].iter().any(|begin| text.starts_with(begin))
}

pub(super) fn read(bytes: &[u8]) -> Result<Vector, ImageError> {
    let whole = |why: &str| SvgError { line: 1, element: "svg".to_owned(), why: why.to_owned() };
    if bytes.len() > MAX_BYTES {
        return Err(ImageError::TooManyBytes { bytes: bytes.len(), limit: MAX_BYTES });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| whole("it is not UTF-8"))?;
    let crowded = |tag: &str| tag.bytes().filter(|&byte| byte == b'=').count() > MAX_ATTRIBUTES;
    if text.split('<').any(|tag| crowded(tag.split('>').next().unwrap_or_default())) {
        return Err(whole("an element with too many attributes").into());
    }
    if text.contains("<?xml-stylesheet") {
        return Err(whole("it loads a style sheet").into());
    }
    let options =
        ParsingOptions { allow_dtd: false, nodes_limit: MAX_ELEMENTS * 3, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| SvgError { line: error.pos().row, ..whole(&error.to_string()) })?;
    let root = document.root_element();
    let mut reader = Reader { shapes: Vec::new(), segments: 0, size: (0.0, 0.0) };
    reader.picture(root)?;
    let (width, height) = reader.size;
    Ok(Vector { width: length(width), height: length(height), shapes: reader.shapes })
}

struct Reader {
    shapes: Vec<Shape>,
    segments: usize,
    /// In points.
    size: (f64, f64),
}

/// An element's name and line with what is wrong.
fn at(node: Node, why: impl Into<String>) -> SvgError {
    let line = node.document().text_pos_at(node.range().start).row;
    SvgError { line, element: node.tag_name().name().to_owned(), why: why.into() }
}

impl Reader {
    fn picture(&mut self, root: Node) -> Result<(), SvgError> {
        if root.tag_name().name() != "svg" || root.tag_name().namespace() != Some(SVG) {
            return Err(at(root, "it is no SVG picture"));
        }
        let (size, matrix) = viewport(root).map_err(|why| at(root, why))?;
        self.size = size;
        let style = Style::default().with(root).map_err(|why| at(root, why))?;
        self.children(root, &style, matrix, 0)
    }

    fn children(
        &mut self,
        parent: Node,
        style: &Style,
        matrix: Matrix,
        depth: usize,
    ) -> Result<(), SvgError> {
        for node in parent.children().filter(Node::is_element) {
            if depth == MAX_DEPTH {
                return Err(at(node, "it is nested too deep"));
            }
            match node.tag_name().namespace() {
                Some(SVG) => self.element(node, style, matrix, depth)?,
                Some(other) if EDITORS.contains(&other) => {}
                _ => return Err(at(node, "it is no element of SVG")),
            }
        }
        Ok(())
    }

    fn element(&mut self, node: Node, style: &Style, matrix: Matrix, depth: usize) -> Result<(), SvgError> {
        let name = node.tag_name().name();
        match name {
            "title" | "desc" | "metadata" => return Ok(()),
            "defs" if !node.children().any(|child| child.is_element()) => return Ok(()),
            "g" | "path" | "rect" | "circle" | "ellipse" | "line" | "polyline" | "polygon" => {}
            _ => return Err(at(node, "this element is not printed; convert it to plain paths")),
        }
        let style = style.with(node).map_err(|why| at(node, why))?;
        let matrix = match node.attribute("transform") {
            Some(text) => matrix.then(transform::parse(text).map_err(|why| at(node, why))?),
            None => matrix,
        };
        if name == "g" {
            return self.children(node, &style, matrix, depth + 1);
        }
        let steps = shapes::steps(node, MAX_SEGMENTS - self.segments).map_err(|why| at(node, why))?;
        self.segments += steps.len();
        let segments = placed(&steps, matrix).map_err(|why| at(node, why))?;
        let shape = style.shape(segments, matrix).map_err(|why| at(node, why))?;
        self.shapes.extend(shape);
        Ok(())
    }
}

/// The picture's size in points, and the way from its units to points from its top left corner.
fn viewport(root: Node) -> Result<((f64, f64), Matrix), Problem> {
    let numbers = root.attribute("viewBox").map(view_box).transpose()?;
    let measure = |name| root.attribute(name).filter(|text| !text.ends_with('%')).map(points).transpose();
    let (width, height) = (measure("width")?, measure("height")?);
    let [left, top, across, down] = match (numbers, width, height) {
        (Some(numbers), ..) => numbers,
        (None, Some(width), Some(height)) => [0.0, 0.0, width / PIXEL, height / PIXEL],
        _ => return Err("it has neither viewBox nor width and height".to_owned()),
    };
    let size = match (width, height) {
        (Some(width), Some(height)) => (width, height),
        (Some(width), None) => (width, width * down / across),
        (None, Some(height)) => (height * across / down, height),
        (None, None) => (across * PIXEL, down * PIXEL),
    };
    if let Some(other) = root.attribute("preserveAspectRatio")
        && !matches!(other, "xMidYMid" | "xMidYMid meet")
    {
        return Err(format!("preserveAspectRatio={other:?}: only xMidYMid meet is printed"));
    }
    let sizes = [size.0, size.1, across, down];
    if !sizes.iter().all(|side| (0.01..FAR).contains(side)) || left.abs() > FAR || top.abs() > FAR {
        return Err("its size is nothing, or too large".to_owned());
    }
    let scale = (size.0 / across).min(size.1 / down);
    let shift = ((size.0 - across * scale) / 2.0 - left * scale, (size.1 - down * scale) / 2.0 - top * scale);
    Ok((size, Matrix { a: scale, b: 0.0, c: 0.0, d: scale, e: shift.0, f: shift.1 }))
}

fn view_box(text: &str) -> Result<[f64; 4], Problem> {
    let mut scanner = Scanner::new(text);
    let numbers = [scanner.number()?, scanner.number()?, scanner.number()?, scanner.number()?];
    if scanner.is_at_end() { Ok(numbers) } else { Err("its viewBox has more than four numbers".to_owned()) }
}

/// A length in points.
fn points(text: &str) -> Result<f64, Problem> {
    let text = text.trim();
    let unit = text.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let factor = match unit {
        "" | "px" => PIXEL,
        "pt" => 1.0,
        "pc" => 12.0,
        "in" => 72.0,
        "mm" => 72.0 / 25.4,
        "cm" => 72.0 / 2.54,
        _ => return Err(format!("{text:?} is no length that can be printed")),
    };
    Ok(scan::whole(&text[..text.len() - unit.len()])? * factor)
}

/// Steps to segments, in lengths from the picture's top left corner.
fn placed(steps: &[Step], matrix: Matrix) -> Result<Vec<Segment>, Problem> {
    let point = |(x, y): (f64, f64)| {
        let (x, y) = matrix.apply((x, y));
        let near = x.abs() < FAR && y.abs() < FAR;
        if near {
            Ok((length(x), length(y)))
        } else {
            Err("a position that is no number, or too far away".to_owned())
        }
    };
    steps
        .iter()
        .map(|step| {
            Ok(match *step {
                Step::Move(to) => point(to).map(|(x, y)| Segment::Move(x, y))?,
                Step::Line(to) => point(to).map(|(x, y)| Segment::Line(x, y))?,
                Step::Curve([first, second, to]) => {
                    Segment::Curve([point(first)?, point(second)?, point(to)?])
                }
                Step::Close => Segment::Close,
            })
        })
        .collect()
}

/// Points to a length, rounded to the nearest unit; the caller has bounded them.
#[expect(clippy::cast_possible_truncation, reason = "it is less than 2^40, and rounded")]
fn length(points: f64) -> Length {
    Length::from_units((points * 65_536.0).round() as i64)
}
