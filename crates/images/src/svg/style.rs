//! Presentation attributes and `style` (SVG 1.1, 6), inherited from element to element.

use roxmltree::Node;

use super::colors::color;
use super::numbers;
use super::problem::Problem;
use super::transform::Matrix;
use crate::{Cap, Color, FixedPt, Join, Outline, PathSegment, Shape};

/// Attributes that do not affect the drawing, or are read elsewhere.
const PLAIN: [&str; 36] = [
    "id",
    "class",
    "version",
    "baseProfile",
    "width",
    "height",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "rx",
    "ry",
    "cx",
    "cy",
    "r",
    "d",
    "points",
    "viewBox",
    "preserveAspectRatio",
    "transform",
    "space",
    "role",
    "lang",
    "clip-rule",
    "enable-background",
    "focusable",
    "xml:space",
    "shape-rendering",
    "color",
    "overflow",
    "pathLength",
    "tabindex",
    "content",
    "pointer-events",
];

/// The properties that are inherited.
#[derive(Clone)]
pub(super) struct Style {
    fill: Option<Color>,
    even_odd: bool,
    stroke: Option<Color>,
    width: f64,
    cap: Cap,
    join: Join,
    miter: f64,
    dash: Vec<f64>,
    dash_offset: f64,
    /// Whether the stroke is painted before the fill.
    line_first: bool,
}

/// Properties that affect only text, which is rejected, or nothing that is printed.
const WITHOUT_EFFECT: [&str; 22] = [
    "color",
    "cursor",
    "direction",
    "font",
    "font-family",
    "font-size",
    "font-stretch",
    "font-style",
    "font-variant",
    "font-weight",
    "letter-spacing",
    "word-spacing",
    "line-height",
    "text-align",
    "text-anchor",
    "text-rendering",
    "white-space",
    "pointer-events",
    "shape-rendering",
    "color-rendering",
    "image-rendering",
    "enable-background",
];

impl Default for Style {
    fn default() -> Self {
        Self {
            fill: Some(Color(0, 0, 0)),
            even_odd: false,
            stroke: None,
            width: 1.0,
            cap: Cap::Butt,
            join: Join::Miter,
            miter: 4.0,
            dash: Vec::new(),
            dash_offset: 0.0,
            line_first: false,
        }
    }
}

impl Style {
    /// Returns the style of an element within this one; `style` goes before attributes.
    pub(super) fn with(&self, node: Node) -> Result<Self, Problem> {
        let mut style = self.clone();
        let mut declared = "";
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            match attribute.namespace() {
                // References leave the drawing, whatever their attribute's name.
                _ if name == "href" || name == "base" => {
                    let problem = format!("{name}: it refers to another element or file");
                    return Err(Problem::with_remedy(
                        problem,
                        "replace the reference with the shapes themselves",
                    ));
                }
                Some(_) => {}
                None if name == "style" => declared = value,
                None if PLAIN.contains(&name) || name.starts_with("data-") || name.starts_with("aria-") => {}
                None => style.set(name, value)?,
            }
        }
        for declaration in declared.split(';').filter(|declaration| !declaration.trim().is_empty()) {
            let (name, value) =
                declaration.split_once(':').ok_or_else(|| format!("style: {declaration:?} is malformed"))?;
            style.set(name.trim(), value)?;
        }
        Ok(style)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Problem> {
        let value = value.trim();
        let refused = || {
            Problem::with_remedy(format!("{name}: {value:?} is not printed"), cure_of_property(name, value))
        };
        let number = || {
            numbers::whole(value.strip_suffix("px").unwrap_or(value)).map_err(|problem| problem.within(name))
        };
        match (name, value) {
            ("fill", "none" | "transparent") => self.fill = None,
            ("fill", _) => self.fill = Some(color(value).ok_or_else(refused)?),
            ("stroke", "none" | "transparent") => self.stroke = None,
            ("stroke", _) => self.stroke = Some(color(value).ok_or_else(refused)?),
            ("fill-rule", "nonzero") => self.even_odd = false,
            ("fill-rule", "evenodd") => self.even_odd = true,
            ("stroke-width", _) => self.width = number()?,
            ("stroke-linecap", "butt") => self.cap = Cap::Butt,
            ("stroke-linecap", "round") => self.cap = Cap::Round,
            ("stroke-linecap", "square") => self.cap = Cap::Square,
            ("stroke-linejoin", "miter") => self.join = Join::Miter,
            ("stroke-linejoin", "round") => self.join = Join::Round,
            ("stroke-linejoin", "bevel") => self.join = Join::Bevel,
            ("stroke-miterlimit", _) => self.miter = number()?,
            ("stroke-dasharray", "none") => self.dash.clear(),
            ("stroke-dasharray", _) => self.dash = dashes(value)?,
            ("stroke-dashoffset", _) => self.dash_offset = number()?,
            ("paint-order", "normal") => self.line_first = false,
            ("paint-order", _) => self.line_first = line_first(value).ok_or_else(refused)?,
            // Blending is rejected.
            ("opacity" | "fill-opacity" | "stroke-opacity", _) if (number()? - 1.0).abs() < 1e-9 => {}
            // Values without effect.
            ("filter" | "mask" | "clip-path" | "marker" | "vector-effect", "none")
            | ("display", "inline" | "block")
            | ("visibility", "visible")
            | ("mix-blend-mode", "normal")
            | ("stop-color" | "stop-opacity" | "isolation", _) => {}
            _ if WITHOUT_EFFECT.contains(&name) || name.starts_with("-inkscape-") => {}
            _ => return Err(refused()),
        }
        Ok(())
    }

    /// Returns the shapes of an outline in this style: none without fill and stroke, two if the stroke is painted
    /// first.
    pub(super) fn shapes(&self, segments: Vec<PathSegment>, matrix: Matrix) -> Result<Vec<Shape>, Problem> {
        let stroked = self.stroke.filter(|_| self.width > 0.0);
        if segments.is_empty() || self.fill.is_none() && stroked.is_none() {
            return Ok(Vec::new());
        }
        let outline = stroked.map(|color| self.outline(color, matrix)).transpose()?;
        let shape = |segments, fill, outline| Shape { segments, fill, even_odd: self.even_odd, outline };
        if self.line_first && self.fill.is_some() && outline.is_some() {
            return Ok(vec![shape(segments.clone(), None, outline), shape(segments, self.fill, None)]);
        }
        Ok(vec![shape(segments, self.fill, outline)])
    }

    fn outline(&self, color: Color, matrix: Matrix) -> Result<Outline, Problem> {
        let scale = matrix.scale().ok_or_else(|| {
            let problem = "a line's transform makes its width uneven";
            Problem::with_remedy(problem, "convert the line to a path (Inkscape: Stroke to Path)")
        })?;
        let scaled = |value: f64| {
            let value = value * scale;
            if (0.0..super::FAR).contains(&value) {
                Ok(FixedPt::round(value))
            } else {
                Err(Problem::from("a line's width, dash or offset is negative or too large"))
            }
        };
        Ok(Outline {
            color,
            width: scaled(self.width)?,
            cap: self.cap,
            join: self.join,
            miter: FixedPt::round(self.miter.clamp(1.0, 1000.0)),
            dash: self.dash.iter().map(|&part| scaled(part)).collect::<Result<_, _>>()?,
            dash_offset: scaled(self.dash_offset)?,
        })
    }
}

/// Returns a dash pattern; one of an odd number of parts is repeated (SVG 1.1, 11.4).
fn dashes(value: &str) -> Result<Vec<f64>, Problem> {
    let mut scanner = numbers::Scanner::new(value);
    let mut parts = Vec::new();
    while !scanner.is_at_end() && parts.len() < 16 {
        parts.push(scanner.number()?);
    }
    if !scanner.is_at_end() || parts.iter().any(|&part| part < 0.0) {
        return Err(format!("stroke-dasharray: {value:?} is not printed").into());
    }
    if parts.len() % 2 == 1 {
        parts.extend_from_within(..);
    }
    Ok(if parts.iter().all(|&part| part <= 0.0) { Vec::new() } else { parts })
}

/// Returns whether a `paint-order` paints the stroke before the fill, or `None` if it is malformed (SVG 2, 13.8).
fn line_first(value: &str) -> Option<bool> {
    let order: Vec<&str> = value.split_ascii_whitespace().collect();
    let is_known = order.iter().all(|part| matches!(*part, "fill" | "stroke" | "markers"));
    let place = |name| order.iter().position(|part| *part == name).unwrap_or(order.len());
    // Omitted parts follow, the fill before the stroke.
    (is_known && !order.is_empty()).then(|| place("stroke") < place("fill"))
}

/// Returns a way to obtain a drawing without a property's value.
fn cure_of_property(name: &str, value: &str) -> &'static str {
    match name {
        "fill" | "stroke" if value.starts_with("url(") => {
            "use a plain colour instead of a gradient or pattern, or export the drawing as PNG"
        }
        "fill" | "stroke" => "write the colour as #rrggbb, rgb(r, g, b) or a CSS name",
        "opacity" | "fill-opacity" | "stroke-opacity" => {
            "use an opaque, lighter colour, or export the drawing as PNG"
        }
        "clip-path" | "mask" | "filter" | "mix-blend-mode" => {
            "remove it (Inkscape: Release Clip), or export the drawing as PNG"
        }
        "marker" | "marker-start" | "marker-mid" | "marker-end" => "convert arrowheads and markers to paths",
        "display" | "visibility" => "delete hidden objects",
        _ if name.starts_with("on") => "remove the script",
        _ => "remove it, or export the drawing as PNG",
    }
}
