//! Structure types and which may be below which (ISO 32000-1, 14.8.4), restated and not taken from the printer.

/// Returns the structure type of a name; the printer writes no others.
pub(crate) const fn structure_type(name: &[u8]) -> Option<&'static str> {
    Some(match name {
        b"Document" => "Document",
        b"Sect" => "Sect",
        b"Div" => "Div",
        b"Title" => "Title",
        b"H1" => "H1",
        b"H2" => "H2",
        b"H3" => "H3",
        b"H4" => "H4",
        b"H5" => "H5",
        b"H6" => "H6",
        b"P" => "P",
        b"BlockQuote" => "BlockQuote",
        b"Caption" => "Caption",
        b"TOC" => "TOC",
        b"TOCI" => "TOCI",
        b"L" => "L",
        b"LI" => "LI",
        b"Lbl" => "Lbl",
        b"LBody" => "LBody",
        b"Table" => "Table",
        b"THead" => "THead",
        b"TBody" => "TBody",
        b"TR" => "TR",
        b"TH" => "TH",
        b"TD" => "TD",
        b"Span" => "Span",
        b"Reference" => "Reference",
        b"Link" => "Link",
        b"Note" => "Note",
        b"Figure" => "Figure",
        _ => return None,
    })
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
