//! Problems of elements and their remedies.

/// Default advice.
const EXPORT: &str = "export the drawing as plain SVG with paths, or as PNG";

/// A problem with an element, before its name and line are added.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) text: String,
    pub(super) remedy: &'static str,
}

impl Problem {
    pub(super) fn with_remedy(text: impl Into<String>, remedy: &'static str) -> Self {
        Self { text: text.into(), remedy }
    }

    /// Prefixes the problem with the attribute that has it.
    pub(super) fn within(self, attribute: &str) -> Self {
        Self { text: format!("{attribute}: {}", self.text), ..self }
    }
}

impl From<String> for Problem {
    fn from(text: String) -> Self {
        Self { text, remedy: EXPORT }
    }
}

impl From<&str> for Problem {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// Returns a way to obtain a drawing without an element.
pub(super) fn remedy_of_element(name: &str) -> &'static str {
    match name {
        "text" | "tspan" | "textPath" | "tref" | "flowRoot" => {
            "convert text to paths when exporting (Inkscape: Object to Path; matplotlib: svg.fonttype \"path\"), or export \
             the drawing as PNG"
        }
        "style" => "export with presentation attributes or inline styles instead of a style sheet",
        "use" | "symbol" => {
            "replace clones and symbols with their shapes (Inkscape: Unlink Clone), or export it as PNG"
        }
        "svg" => "move the nested drawing into a group of the outer one",
        "image" => "upload the embedded picture by itself as PNG or JPEG",
        "linearGradient" | "radialGradient" | "pattern" | "filter" | "mask" | "clipPath" | "marker" => {
            "use plain fills and lines, or export the drawing as PNG"
        }
        "a" => "remove the link and keep its shapes",
        "script" | "foreignObject" | "switch" => "remove the element, or export the drawing as PNG",
        "animate" | "animateTransform" | "animateMotion" | "set" => "remove the animation",
        _ => EXPORT,
    }
}
