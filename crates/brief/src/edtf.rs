//! EDTF level 1 (ISO 8601-2:2019).

/// A parsed date or interval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edtf {}

/// A text is no EDTF of level 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no EDTF level 1 date: {0}")]
pub struct EdtfError(pub &'static str);

/// Parses a date or an interval.
pub fn parse(text: &str) -> Result<Edtf, EdtfError> {
    let _ = text;
    Ok(Edtf {})
}
