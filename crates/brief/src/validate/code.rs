//! Stable codes of violations.

/// The content as a whole is too large.
pub const TOO_LARGE: &str = "TOO_LARGE";
/// A required value is not there.
pub const REQUIRED: &str = "REQUIRED";
/// A text is too long.
pub const TOO_LONG: &str = "TOO_LONG";
/// A text has a control character or a line or paragraph separator.
pub const CONTROL_CHARACTER: &str = "CONTROL_CHARACTER";
/// A text opens an embedding, override or isolate without closing it, or the reverse.
pub const UNBALANCED_BIDI: &str = "UNBALANCED_BIDI";
/// A text with spans is not in NFC: normalising it would move them.
pub const NOT_NFC: &str = "NOT_NFC";
/// A text does not have the form of an id.
pub const INVALID_ID: &str = "INVALID_ID";
/// Two parts have the same id.
pub const DUPLICATE_ID: &str = "DUPLICATE_ID";
/// An id names no part of this content.
pub const UNKNOWN_REFERENCE: &str = "UNKNOWN_REFERENCE";
/// An id names a part of another kind than may stand here.
pub const WRONG_REFERENCE: &str = "WRONG_REFERENCE";
/// A list of ids names a part twice.
pub const DUPLICATE_REFERENCE: &str = "DUPLICATE_REFERENCE";
/// A part refers to itself.
pub const SELF_REFERENCE: &str = "SELF_REFERENCE";
/// A number is no value of the enum.
pub const UNKNOWN_VALUE: &str = "UNKNOWN_VALUE";
/// A text is no label of the workspace's scheme.
pub const UNKNOWN_MARKING: &str = "UNKNOWN_MARKING";
/// A part is marked below the part that it stands in, or below the floor.
pub const MARKING_TOO_LOW: &str = "MARKING_TOO_LOW";
/// A span is empty, outside its text, out of order, crosses another or has a wrong target.
pub const INVALID_SPAN: &str = "INVALID_SPAN";
/// A likelihood's term is not on its scale.
pub const WRONG_SCALE: &str = "WRONG_SCALE";
/// A number is outside its range.
pub const OUT_OF_RANGE: &str = "OUT_OF_RANGE";
/// A text is no EDTF level 1 date.
pub const INVALID_DATE: &str = "INVALID_DATE";
/// A text is no address that may stand here.
pub const INVALID_URL: &str = "INVALID_URL";
/// A text is no BCP 47 tag.
pub const INVALID_LANGUAGE: &str = "INVALID_LANGUAGE";
/// Two texts are in the same language.
pub const DUPLICATE_LANGUAGE: &str = "DUPLICATE_LANGUAGE";
/// A text does not have the form that it must have here.
pub const INVALID_FORM: &str = "INVALID_FORM";
/// Sections, lists or spans nest too deep.
pub const TOO_DEEP: &str = "TOO_DEEP";
/// A table has no column or too many.
pub const WRONG_COLUMN_COUNT: &str = "WRONG_COLUMN_COUNT";
/// A row has another number of cells than its table has columns.
pub const WRONG_CELL_COUNT: &str = "WRONG_CELL_COUNT";
/// A value may not stand here beside the others.
pub const NOT_APPLICABLE: &str = "NOT_APPLICABLE";
/// `withheld` is written by redaction only.
pub const OUTPUT_ONLY: &str = "OUTPUT_ONLY";
