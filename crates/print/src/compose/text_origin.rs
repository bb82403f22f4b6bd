//! Origin of printed text, which determines its language.

/// The author of a printed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextOrigin {
    /// A label of the printer, in the language of the print.
    Printer,
    /// Text of the brief's author, in the brief's language.
    Author,
}
