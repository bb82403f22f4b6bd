//! Stable codes of violations.

/// The encoded content is too large.
pub const TOO_LARGE: &str = "TOO_LARGE";
/// A required value is missing.
pub const REQUIRED: &str = "REQUIRED";
/// A text is too long.
pub const TOO_LONG: &str = "TOO_LONG";
/// A text contains a control character or a line or paragraph separator.
pub const CONTROL_CHARACTER: &str = "CONTROL_CHARACTER";
/// A text opens an embedding, override or isolate without closing it, or the reverse.
pub const UNBALANCED_BIDI: &str = "UNBALANCED_BIDI";
/// A text with spans is not in NFC; normalising it would shift them.
pub const NOT_NFC: &str = "NOT_NFC";
/// An id is malformed.
pub const INVALID_ID: &str = "INVALID_ID";
/// Two parts have the same id.
pub const DUPLICATE_ID: &str = "DUPLICATE_ID";
/// An id names no part of this content.
pub const UNKNOWN_REFERENCE: &str = "UNKNOWN_REFERENCE";
/// An id names a part of a kind that the field does not allow.
pub const WRONG_REFERENCE: &str = "WRONG_REFERENCE";
/// A list of ids names a part twice.
pub const DUPLICATE_REFERENCE: &str = "DUPLICATE_REFERENCE";
/// A part refers to itself.
pub const SELF_REFERENCE: &str = "SELF_REFERENCE";
/// A number is not a value of the enum.
pub const UNKNOWN_VALUE: &str = "UNKNOWN_VALUE";
/// A label is not in the workspace's scheme.
pub const UNKNOWN_MARKING: &str = "UNKNOWN_MARKING";
/// A part is marked below the part that encloses it, or below the floor.
pub const MARKING_TOO_LOW: &str = "MARKING_TOO_LOW";
/// A span is empty, outside its text, out of order, crosses another or has an invalid target.
pub const INVALID_SPAN: &str = "INVALID_SPAN";
/// A likelihood term is not in its scale.
pub const WRONG_SCALE: &str = "WRONG_SCALE";
/// A number is outside its range.
pub const OUT_OF_RANGE: &str = "OUT_OF_RANGE";
/// A text is not an EDTF level 1 date.
pub const INVALID_DATE: &str = "INVALID_DATE";
/// A text is not an allowed URL.
pub const INVALID_URL: &str = "INVALID_URL";
/// A text is not a BCP 47 language tag.
pub const INVALID_LANGUAGE: &str = "INVALID_LANGUAGE";
/// Two translations have the same language.
pub const DUPLICATE_LANGUAGE: &str = "DUPLICATE_LANGUAGE";
/// A text does not have the required form.
pub const INVALID_FORM: &str = "INVALID_FORM";
/// Sections, lists or spans nest too deeply.
pub const TOO_DEEP: &str = "TOO_DEEP";
/// A table has no columns or too many.
pub const WRONG_COLUMN_COUNT: &str = "WRONG_COLUMN_COUNT";
/// The number of cells in a row differs from the number of columns.
pub const WRONG_CELL_COUNT: &str = "WRONG_CELL_COUNT";
/// A value is not allowed in combination with others.
pub const NOT_APPLICABLE: &str = "NOT_APPLICABLE";
/// A field that only redaction sets is set.
pub const OUTPUT_ONLY: &str = "OUTPUT_ONLY";
