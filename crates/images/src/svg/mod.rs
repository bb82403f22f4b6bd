//! SVG drawings: a strict subset of SVG 1.1 that only draws. Elements and attributes that run, load or blend are
//! rejected by name, and nothing visible is skipped. Document types are rejected, so no entity can expand.

mod arc;
mod colors;
mod numbers;
mod path;
mod problem;
mod shapes;
mod step;
mod style;
mod transform;

use roxmltree::{Document, Node, ParsingOptions};

use self::numbers::Scanner;
use self::problem::{Problem, remedy_of_element};
use self::step::Step;
use self::style::Style;
use self::transform::Matrix;
use crate::{FixedPt, ImageError, PathSegment, Shape, SvgError, Vector};

/// Maximum size of a file in bytes.
const MAX_BYTES: usize = 1 << 20;
const MAX_ELEMENTS: u32 = 10_000;
const MAX_SEGMENTS: usize = 100_000;
const MAX_DEPTH: usize = 32;
/// Maximum number of attributes of an element; each is compared with all others.
const MAX_ATTRIBUTES: usize = 64;
/// Maximum coordinate in points.
const FAR: f64 = 100_000.0;
/// A pixel is 1/96 inch.
const PIXEL: f64 = 0.75;

const SVG: &str = "http://www.w3.org/2000/svg";
/// Namespaces in which drawing programs store their own settings; they draw nothing.
const EDITORS: [&str; 2] =
    ["http://www.inkscape.org/namespaces/inkscape", "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"];
const REMOVE_DOCTYPE: &str = "delete the <!DOCTYPE ...> declaration, which drawing programs do not need";
const SAVE_AS_UTF8: &str = "save the file in UTF-8 and state encoding=\"UTF-8\"";

/// Returns whether a file begins like an SVG file.
pub(crate) fn is_svg(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    [&b"<?xml"[..], b"<svg", b"<!--", b"<!DOCTYPE"].iter().any(|begin| text.starts_with(begin))
}

pub(crate) fn read(bytes: &[u8]) -> Result<Vector, ImageError> {
    if bytes.len() > MAX_BYTES {
        return Err(ImageError::TooManyBytes { limit: MAX_BYTES });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|&byte| byte == b'\n').count();
        whole(line, Problem::with_remedy("it is not UTF-8", SAVE_AS_UTF8))
    })?;
    check_markup(text)?;
    let options =
        ParsingOptions { allow_dtd: false, nodes_limit: MAX_ELEMENTS * 3, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        let line = match error {
            // The parser does not report the position.
            roxmltree::Error::DtdDetected => {
                1 + text.split("<!DOCTYPE").next().unwrap_or_default().matches('\n').count()
            }
            _ => usize::try_from(error.pos().row).unwrap_or(1),
        };
        whole(line, unparsed(&error))
    })?;
    let root = document.root_element();
    let mut reader = Reader { shapes: Vec::new(), segments: 0, size: (0.0, 0.0) };
    reader.drawing(root)?;
    let (width, height) = reader.size;
    Ok(Vector { width: FixedPt::round(width), height: FixedPt::round(height), shapes: reader.shapes })
}

/// Checks properties that the parser accepts, or takes long to reject.
fn check_markup(text: &str) -> Result<(), SvgError> {
    let mut line = 1;
    for tag in text.split('<') {
        let attributes = tag.split('>').next().unwrap_or_default();
        if attributes.bytes().filter(|&byte| byte == b'=').count() > MAX_ATTRIBUTES {
            return Err(whole(line, format!("an element has more than {MAX_ATTRIBUTES} attributes").into()));
        }
        if tag.starts_with("?xml-stylesheet") {
            let problem = "it loads a style sheet";
            return Err(whole(line, Problem::with_remedy(problem, remedy_of_element("style"))));
        }
        line += tag.bytes().filter(|&byte| byte == b'\n').count();
    }
    Ok(())
}

/// Returns a problem of the file as a whole.
fn whole(line: usize, problem: Problem) -> SvgError {
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    SvgError { line, element: "svg".to_owned(), problem: problem.text, remedy: problem.remedy }
}

fn unparsed(error: &roxmltree::Error) -> Problem {
    match error {
        roxmltree::Error::DtdDetected => Problem::with_remedy("it has a document type", REMOVE_DOCTYPE),
        roxmltree::Error::NodesLimitReached => {
            Problem::with_remedy("it has too many elements", "simplify the drawing, or export it as PNG")
        }
        other => Problem::with_remedy(format!("it is malformed: {other}"), "export it again from its source"),
    }
}

struct Reader {
    shapes: Vec<Shape>,
    segments: usize,
    /// Size in points.
    size: (f64, f64),
}

/// Adds an element's name and line to its problem.
fn at(node: Node, problem: impl Into<Problem>) -> SvgError {
    let line = node.document().text_pos_at(node.range().start).row;
    let Problem { text, remedy } = problem.into();
    SvgError { line, element: node.tag_name().name().to_owned(), problem: text, remedy }
}

impl Reader {
    fn drawing(&mut self, root: Node) -> Result<(), SvgError> {
        if root.tag_name().name() != "svg" || root.tag_name().namespace() != Some(SVG) {
            let remedy = "start the file with <svg xmlns=\"http://www.w3.org/2000/svg\">";
            return Err(at(root, Problem::with_remedy("its root is not an SVG element", remedy)));
        }
        if root.has_attribute("transform") {
            let remedy = "move the transform to a group inside <svg>";
            return Err(at(
                root,
                Problem::with_remedy("a transform of the whole drawing is not printed", remedy),
            ));
        }
        let (size, matrix) = viewport(root).map_err(|problem| at(root, problem))?;
        self.size = size;
        let style = Style::default().with(root).map_err(|problem| at(root, problem))?;
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
                let problem = format!("it is nested deeper than {MAX_DEPTH} levels");
                return Err(at(node, Problem::with_remedy(problem, "ungroup the drawing")));
            }
            match node.tag_name().namespace() {
                Some(SVG) => self.element(node, style, matrix, depth)?,
                Some(other) if EDITORS.contains(&other) => {}
                _ => return Err(at(node, Problem::with_remedy("it is not an SVG element", "remove it"))),
            }
        }
        Ok(())
    }

    fn element(&mut self, node: Node, style: &Style, matrix: Matrix, depth: usize) -> Result<(), SvgError> {
        let name = node.tag_name().name();
        match name {
            "title" | "desc" | "metadata" => return Ok(()),
            "defs" => return definitions(node),
            "g" | "path" | "rect" | "circle" | "ellipse" | "line" | "polyline" | "polygon" => {}
            _ => {
                return Err(at(
                    node,
                    Problem::with_remedy("this element is not printed", remedy_of_element(name)),
                ));
            }
        }
        let style = style.with(node).map_err(|problem| at(node, problem))?;
        let matrix = match node.attribute("transform") {
            Some(text) => matrix.then(transform::parse(text).map_err(|problem| at(node, problem))?),
            None => matrix,
        };
        if name == "g" {
            return self.children(node, &style, matrix, depth + 1);
        }
        let steps = shapes::steps(node, MAX_SEGMENTS - self.segments).map_err(|problem| at(node, problem))?;
        self.segments += steps.len();
        let segments = placed(&steps, matrix).map_err(|problem| at(node, problem))?;
        let shapes = style.shapes(segments, matrix).map_err(|problem| at(node, problem))?;
        self.shapes.extend(shapes);
        Ok(())
    }
}

/// Skips definitions: they draw only by reference, which is rejected where it occurs. Style sheets and scripts among
/// them are rejected, because they affect the whole drawing.
fn definitions(node: Node) -> Result<(), SvgError> {
    let acts = |node: &Node| node.is_element() && matches!(node.tag_name().name(), "style" | "script");
    match node.descendants().find(acts) {
        Some(found) => {
            let remedy = remedy_of_element(found.tag_name().name());
            Err(at(found, Problem::with_remedy("this element is not printed", remedy)))
        }
        None => Ok(()),
    }
}

/// Returns the drawing's size in points, and the matrix from its units to points from its top left corner.
fn viewport(root: Node) -> Result<((f64, f64), Matrix), Problem> {
    let numbers = root.attribute("viewBox").map(view_box).transpose()?;
    let measure = |name| root.attribute(name).filter(|text| !text.ends_with('%')).map(points).transpose();
    let (width, height) = (measure("width")?, measure("height")?);
    let [left, top, across, down] = match (numbers, width, height) {
        (Some(numbers), ..) => numbers,
        (None, Some(width), Some(height)) => [0.0, 0.0, width / PIXEL, height / PIXEL],
        _ => {
            let problem = "it has neither viewBox nor width and height";
            return Err(Problem::with_remedy(problem, "state width and height on <svg>"));
        }
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
        let problem = format!("preserveAspectRatio={other:?} is not printed");
        return Err(Problem::with_remedy(problem, "remove it, or use xMidYMid meet"));
    }
    let sizes = [size.0, size.1, across, down];
    if !sizes.iter().all(|side| (0.01..FAR).contains(side)) || left.abs() > FAR || top.abs() > FAR {
        let problem = "its size is zero, negative or above 100,000 points";
        return Err(Problem::with_remedy(problem, "state width, height and viewBox within these bounds"));
    }
    let scale = (size.0 / across).min(size.1 / down);
    let shift = ((size.0 - across * scale) / 2.0 - left * scale, (size.1 - down * scale) / 2.0 - top * scale);
    Ok((size, Matrix { a: scale, b: 0.0, c: 0.0, d: scale, e: shift.0, f: shift.1 }))
}

fn view_box(text: &str) -> Result<[f64; 4], Problem> {
    let mut scanner = Scanner::new(text);
    let numbers = [scanner.number()?, scanner.number()?, scanner.number()?, scanner.number()?];
    if scanner.is_at_end() { Ok(numbers) } else { Err("its viewBox has more than four numbers".into()) }
}

/// Returns a length in points.
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
        _ => {
            let problem = format!("the length {text:?} has a unit that is not printed");
            return Err(Problem::with_remedy(problem, "use px, pt, pc, in, mm or cm"));
        }
    };
    Ok(numbers::whole(&text[..text.len() - unit.len()])? * factor)
}

/// Converts steps to segments, relative to the drawing's top left corner.
fn placed(steps: &[Step], matrix: Matrix) -> Result<Vec<PathSegment>, Problem> {
    let point = |(x, y): (f64, f64)| {
        let (x, y) = matrix.apply((x, y));
        let near = x.abs() < FAR && y.abs() < FAR;
        if near {
            Ok((FixedPt::round(x), FixedPt::round(y)))
        } else {
            Err(Problem::from("a position is not a number, or too far away"))
        }
    };
    steps
        .iter()
        .map(|step| {
            Ok(match *step {
                Step::Move(to) => point(to).map(|(x, y)| PathSegment::Move(x, y))?,
                Step::Line(to) => point(to).map(|(x, y)| PathSegment::Line(x, y))?,
                Step::Curve([first, second, to]) => {
                    PathSegment::Curve([point(first)?, point(second)?, point(to)?])
                }
                Step::Close => PathSegment::Close,
            })
        })
        .collect()
}
