//! Stable codes of violations.

macro_rules! codes {
    ($(#[doc = $meaning:literal] $name:ident;)+) => {
        $(#[doc = $meaning] pub const $name: &str = stringify!($name);)+

        /// All codes, each with its meaning.
        pub const CODES: &[(&str, &str)] = &[$(($name, $meaning)),+];
    };
}

codes! {
    /// The encoded content is too large.
    TOO_LARGE;
    /// A required value is missing.
    REQUIRED;
    /// A text is too long.
    TOO_LONG;
    /// A text contains a control character or a line or paragraph separator.
    CONTROL_CHARACTER;
    /// A text opens an embedding, override or isolate without closing it, or the reverse.
    UNBALANCED_BIDI;
    /// A text with spans is not in NFC; normalising it would shift them.
    NOT_NFC;
    /// An id is malformed.
    INVALID_ID;
    /// Two parts have the same id.
    DUPLICATE_ID;
    /// An id names no part of this content.
    UNKNOWN_REFERENCE;
    /// An id names a part of a kind that the field does not allow.
    WRONG_REFERENCE;
    /// A list of ids names a part twice.
    DUPLICATE_REFERENCE;
    /// A part refers to itself.
    SELF_REFERENCE;
    /// A number is not a value of the enum.
    UNKNOWN_VALUE;
    /// A label is not in the workspace's scheme.
    UNKNOWN_MARKING;
    /// A part is marked below the part that encloses it, or below the floor.
    MARKING_TOO_LOW;
    /// A span is empty, outside its text, out of order, crosses another or has an invalid target.
    INVALID_SPAN;
    /// A likelihood term is not in its scale.
    WRONG_SCALE;
    /// A number is outside its range.
    OUT_OF_RANGE;
    /// A text is not an EDTF level 1 date.
    INVALID_DATE;
    /// A text is not an allowed URL.
    INVALID_URL;
    /// A text is not a BCP 47 language tag.
    INVALID_LANGUAGE;
    /// Two translations have the same language.
    DUPLICATE_LANGUAGE;
    /// A text does not have the required form.
    INVALID_FORM;
    /// Sections, lists or spans nest too deeply.
    TOO_DEEP;
    /// A table has no columns or too many.
    WRONG_COLUMN_COUNT;
    /// The number of cells in a row differs from the number of columns.
    WRONG_CELL_COUNT;
    /// A value is not allowed in combination with others.
    NOT_APPLICABLE;
    /// A field that only redaction sets is set.
    OUTPUT_ONLY;
}
