//! Basic shapes (SVG 1.1, 9) to steps.

use roxmltree::Node;

use super::Problem;
use super::numbers::{Scanner, whole};
use super::path;
use super::step::{Point, Step, TOO_MANY};

/// The control points of a quarter circle: 4/3 (sqrt(2) - 1) of the radius from its ends.
const QUARTER: f64 = 0.552_284_749_8;

/// Returns the outline of an element.
pub(super) fn steps(node: Node, most: usize) -> Result<Vec<Step>, Problem> {
    let steps = match node.tag_name().name() {
        "path" => path::parse(node.attribute("d").unwrap_or_default(), most)?,
        "rect" => rect(node)?,
        "circle" => {
            let radius = size(node, "r")?;
            ellipse(center(node)?, (radius, radius))
        }
        "ellipse" => ellipse(center(node)?, (size(node, "rx")?, size(node, "ry")?)),
        "line" => vec![
            Step::Move((number(node, "x1")?, number(node, "y1")?)),
            Step::Line((number(node, "x2")?, number(node, "y2")?)),
        ],
        name => polygon(node.attribute("points").unwrap_or_default(), name == "polygon", most)?,
    };
    if steps.len() > most {
        Err(Problem::with_remedy(TOO_MANY, "simplify its paths, or export it as PNG"))
    } else {
        Ok(steps)
    }
}

fn number(node: Node, name: &str) -> Result<f64, Problem> {
    let text = node.attribute(name).unwrap_or("0").trim();
    whole(text.strip_suffix("px").unwrap_or(text)).map_err(|problem| problem.within(name))
}

fn size(node: Node, name: &str) -> Result<f64, Problem> {
    let size = number(node, name)?;
    if size < 0.0 { Err(format!("{name} is negative").into()) } else { Ok(size) }
}

fn center(node: Node) -> Result<Point, Problem> {
    Ok((number(node, "cx")?, number(node, "cy")?))
}

fn polygon(points: &str, closed: bool, most: usize) -> Result<Vec<Step>, Problem> {
    let mut scanner = Scanner::new(points);
    let mut steps = Vec::new();
    while !scanner.is_at_end() && steps.len() <= most {
        let point = (scanner.number()?, scanner.number()?);
        steps.push(if steps.is_empty() { Step::Move(point) } else { Step::Line(point) });
    }
    if closed && !steps.is_empty() {
        steps.push(Step::Close);
    }
    Ok(steps)
}

fn ellipse((x, y): Point, (rx, ry): (f64, f64)) -> Vec<Step> {
    if rx <= 0.0 || ry <= 0.0 {
        return Vec::new();
    }
    let (kx, ky) = (rx * QUARTER, ry * QUARTER);
    vec![
        Step::Move((x + rx, y)),
        Step::Curve([(x + rx, y + ky), (x + kx, y + ry), (x, y + ry)]),
        Step::Curve([(x - kx, y + ry), (x - rx, y + ky), (x - rx, y)]),
        Step::Curve([(x - rx, y - ky), (x - kx, y - ry), (x, y - ry)]),
        Step::Curve([(x + kx, y - ry), (x + rx, y - ky), (x + rx, y)]),
        Step::Close,
    ]
}

fn rect(node: Node) -> Result<Vec<Step>, Problem> {
    let (x, y) = (number(node, "x")?, number(node, "y")?);
    let (width, height) = (size(node, "width")?, size(node, "height")?);
    if width <= 0.0 || height <= 0.0 {
        return Ok(Vec::new());
    }
    let (right, bottom) = (x + width, y + height);
    // One radius counts for both (9.2); neither is more than half of its side.
    let given = |name, other| if node.has_attribute(name) { size(node, name) } else { size(node, other) };
    let (rx, ry) = (given("rx", "ry")?.min(width / 2.0), given("ry", "rx")?.min(height / 2.0));
    if rx <= 0.0 || ry <= 0.0 {
        let corners = [(x, y), (right, y), (right, bottom), (x, bottom)];
        let mut steps: Vec<Step> = corners.map(Step::Line).into();
        steps[0] = Step::Move(corners[0]);
        steps.push(Step::Close);
        return Ok(steps);
    }
    let (kx, ky) = (rx * (1.0 - QUARTER), ry * (1.0 - QUARTER));
    Ok(vec![
        Step::Move((x + rx, y)),
        Step::Line((right - rx, y)),
        Step::Curve([(right - kx, y), (right, y + ky), (right, y + ry)]),
        Step::Line((right, bottom - ry)),
        Step::Curve([(right, bottom - ky), (right - kx, bottom), (right - rx, bottom)]),
        Step::Line((x + rx, bottom)),
        Step::Curve([(x + kx, bottom), (x, bottom - ky), (x, bottom - ry)]),
        Step::Line((x, y + ry)),
        Step::Curve([(x, y + ky), (x + kx, y), (x + rx, y)]),
        Step::Close,
    ])
}
