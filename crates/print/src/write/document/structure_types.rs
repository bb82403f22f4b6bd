//! Standard structure types (ISO 32000-1, 14.8.4).

use crate::tags::Role;

/// Returns the name of a role's structure type.
pub(crate) fn type_name(role: &Role) -> &'static str {
    match role {
        Role::Document => "Document",
        Role::Sect => "Sect",
        Role::Div => "Div",
        Role::Title => "Title",
        Role::H(level) => ["H1", "H2", "H3", "H4", "H5", "H6"][usize::from(level.clamp(&1, &6) - 1)],
        Role::P => "P",
        Role::BlockQuote => "BlockQuote",
        Role::Caption => "Caption",
        Role::Toc => "TOC",
        Role::Toci => "TOCI",
        Role::L(_) => "L",
        Role::Li => "LI",
        Role::Lbl => "Lbl",
        Role::LBody => "LBody",
        Role::Table => "Table",
        Role::THead => "THead",
        Role::TBody => "TBody",
        Role::Tr => "TR",
        Role::Th { .. } => "TH",
        Role::Td => "TD",
        Role::Span { .. } => "Span",
        Role::Reference => "Reference",
        Role::Link { .. } => "Link",
        Role::Note { .. } => "Note",
        Role::Figure { .. } => "Figure",
    }
}

/// Returns whether an element has a `BBox` attribute (14.8.5.4.3).
pub(crate) fn states_box(role: &Role) -> bool {
    matches!(role, Role::Figure { .. } | Role::Table)
}
