//! What an element looks like: presentation attributes and `style` (SVG 1.1, 6), inherited from element to element.

use roxmltree::Node;

use super::transform::Matrix;
use super::{Problem, length, scan};
use crate::images::vector::{Cap, Join, Outline, Shape};
use crate::pages::{Color, Segment};

/// Attributes that say nothing about what is drawn, or are read where they belong.
const PLAIN: [&str; 34] = [
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
}

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
        }
    }
}

impl Style {
    /// The style of an element within this one; `style` goes before attributes.
    pub(super) fn with(&self, node: Node) -> Result<Self, Problem> {
        let mut style = self.clone();
        let mut declared = "";
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            match attribute.namespace() {
                // A link leads out of the picture, whatever it is called.
                _ if name == "href" || name == "base" => {
                    return Err(format!("{name}: it refers to something else"));
                }
                Some(_) => {}
                None if name == "style" => declared = value,
                None if PLAIN.contains(&name) || name.starts_with("data-") || name.starts_with("aria-") => {}
                None => style.set(name, value)?,
            }
        }
        for declaration in declared.split(';').filter(|declaration| !declaration.trim().is_empty()) {
            let (name, value) =
                declaration.split_once(':').ok_or_else(|| format!("style: {declaration:?}"))?;
            style.set(name.trim(), value)?;
        }
        Ok(style)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Problem> {
        let value = value.trim();
        let refused = || format!("{name}: {value:?} is not printed");
        let number =
            || scan::whole(value.strip_suffix("px").unwrap_or(value)).map_err(|why| format!("{name}: {why}"));
        match (name, value) {
            ("fill", _) => {
                self.fill = if value == "none" { None } else { Some(color(value).ok_or_else(refused)?) }
            }
            ("stroke", _) => {
                self.stroke = if value == "none" { None } else { Some(color(value).ok_or_else(refused)?) }
            }
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
            // Nothing is blended.
            ("opacity" | "fill-opacity" | "stroke-opacity", _) if (number()? - 1.0).abs() < 1e-9 => {}
            // What draws as if it were not there.
            ("filter" | "mask" | "clip-path" | "marker" | "vector-effect", "none")
            | ("display", "inline" | "block")
            | ("visibility", "visible")
            | ("mix-blend-mode", "normal")
            | ("stop-color" | "stop-opacity" | "isolation", _) => {}
            _ => return Err(refused()),
        }
        Ok(())
    }

    /// The outline as this style paints it; nothing when it is neither filled nor stroked.
    pub(super) fn shape(&self, segments: Vec<Segment>, matrix: Matrix) -> Result<Option<Shape>, Problem> {
        let stroked = self.stroke.filter(|_| self.width > 0.0);
        if segments.is_empty() || self.fill.is_none() && stroked.is_none() {
            return Ok(None);
        }
        let outline = stroked.map(|color| self.outline(color, matrix)).transpose()?;
        Ok(Some(Shape { segments, fill: self.fill, even_odd: self.even_odd, outline }))
    }

    fn outline(&self, color: Color, matrix: Matrix) -> Result<Outline, Problem> {
        let scale = matrix.scale().ok_or("a line whose transform makes it uneven; convert it to a path")?;
        let scaled = |value: f64| {
            let value = value * scale;
            if (0.0..super::FAR).contains(&value) {
                Ok(length(value))
            } else {
                Err("a line that is too wide".to_owned())
            }
        };
        Ok(Outline {
            color,
            width: scaled(self.width)?,
            cap: self.cap,
            join: self.join,
            miter: length(self.miter.clamp(1.0, 1000.0)),
            dash: self.dash.iter().map(|&part| scaled(part)).collect::<Result<_, _>>()?,
            dash_offset: scaled(self.dash_offset)?,
        })
    }
}

/// A dash pattern; one of an odd number of parts is repeated (SVG 1.1, 11.4).
fn dashes(value: &str) -> Result<Vec<f64>, Problem> {
    let mut scanner = scan::Scanner::new(value);
    let mut parts = Vec::new();
    while !scanner.is_at_end() && parts.len() < 16 {
        parts.push(scanner.number()?);
    }
    if !scanner.is_at_end() || parts.iter().any(|&part| part < 0.0) {
        return Err(format!("stroke-dasharray: {value:?} is not printed"));
    }
    if parts.len() % 2 == 1 {
        parts.extend_from_within(..);
    }
    Ok(if parts.iter().all(|&part| part <= 0.0) { Vec::new() } else { parts })
}

/// A colour by its digits, its parts or its name.
fn color(value: &str) -> Option<Color> {
    if let Some(digits) = value.strip_prefix('#') {
        return hexadecimal(digits);
    }
    if let Some(parts) = value.strip_prefix("rgb(").and_then(|rest| rest.strip_suffix(')')) {
        let parts: Vec<u8> = parts.split(',').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
        let &[red, green, blue] = parts.as_slice() else { return None };
        return Some(Color(red, green, blue));
    }
    named(value)
}

fn hexadecimal(digits: &str) -> Option<Color> {
    let values: Vec<u8> = digits
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()))
        .collect::<Option<_>>()?;
    match *values.as_slice() {
        [red, green, blue] => Some(Color(red * 17, green * 17, blue * 17)),
        [r1, r2, g1, g2, b1, b2] => Some(Color(r1 * 16 + r2, g1 * 16 + g2, b1 * 16 + b2)),
        _ => None,
    }
}

/// The colours that have names in HTML 4; others are written as numbers.
fn named(name: &str) -> Option<Color> {
    Some(match name {
        "black" => Color(0, 0, 0),
        "silver" => Color(192, 192, 192),
        "gray" | "grey" => Color(128, 128, 128),
        "white" => Color(255, 255, 255),
        "maroon" => Color(128, 0, 0),
        "red" => Color(255, 0, 0),
        "purple" => Color(128, 0, 128),
        "fuchsia" => Color(255, 0, 255),
        "green" => Color(0, 128, 0),
        "lime" => Color(0, 255, 0),
        "olive" => Color(128, 128, 0),
        "yellow" => Color(255, 255, 0),
        "navy" => Color(0, 0, 128),
        "blue" => Color(0, 0, 255),
        "teal" => Color(0, 128, 128),
        "aqua" => Color(0, 255, 255),
        _ => return None,
    })
}
