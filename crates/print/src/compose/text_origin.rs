//! Provenance of printed text, which decides its language.

/// Whose words a table's headings are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextOrigin {
    /// The printer's, in the language of the print.
    Printer,
    /// The author's, in the brief's language.
    Author,
}
