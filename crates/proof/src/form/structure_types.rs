//! Structure types and which may be below which (ISO 32000-1, 14.8.4), restated and not taken from the printer.

/// Structure types that the printer writes.
pub(crate) const TYPES: [&str; 30] = [
    "Document",
    "Sect",
    "Div",
    "Title",
    "H1",
    "H2",
    "H3",
    "H4",
    "H5",
    "H6",
    "P",
    "BlockQuote",
    "Caption",
    "TOC",
    "TOCI",
    "L",
    "LI",
    "Lbl",
    "LBody",
    "Table",
    "THead",
    "TBody",
    "TR",
    "TH",
    "TD",
    "Span",
    "Reference",
    "Link",
    "Note",
    "Figure",
];

/// Returns the structure type of a name.
pub(crate) fn structure_type(name: &[u8]) -> Option<&'static str> {
    TYPES.into_iter().find(|known| known.as_bytes() == name)
}

/// Returns whether an element may have a child.
pub(crate) fn allows(parent: &str, child: &str) -> bool {
    let inline = matches!(child, "Span" | "Reference" | "Link" | "Figure");
    let heading = matches!(child, "H1" | "H2" | "H3" | "H4" | "H5" | "H6" | "Title");
    let block = heading || matches!(child, "P" | "L" | "Table" | "Figure" | "BlockQuote" | "Div");
    match parent {
        "Document" => block || matches!(child, "Sect" | "TOC" | "Note"),
        "Sect" => block || matches!(child, "Sect" | "TOC" | "Note" | "Caption"),
        "Div" | "BlockQuote" => block,
        "Title" | "H1" | "H2" | "H3" | "H4" | "H5" | "H6" | "P" | "Caption" | "Lbl" | "Span" => inline,
        "Reference" => matches!(child, "Link" | "Span"),
        "Link" => child == "Span",
        "TOC" => matches!(child, "TOCI" | "TOC" | "Caption"),
        "TOCI" => matches!(child, "Reference" | "TOC" | "Lbl"),
        "L" => matches!(child, "LI" | "Caption"),
        "LI" => matches!(child, "Lbl" | "LBody"),
        "Table" => matches!(child, "Caption" | "THead" | "TBody"),
        "THead" | "TBody" => child == "TR",
        "TR" => matches!(child, "TH" | "TD"),
        "LBody" | "TH" | "TD" => block || inline,
        "Note" => block || inline || child == "Lbl",
        "Figure" => matches!(child, "Span" | "Caption"),
        _ => false,
    }
}
