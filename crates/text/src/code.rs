//! Stable codes of diagnostics.

macro_rules! codes {
    ($(#[doc = $meaning:literal] $name:ident;)+) => {
        $(#[doc = $meaning] pub const $name: &str = stringify!($name);)+

        /// The codes of this module that no lint has, each with its meaning.
        pub const CODES: &[(&str, &str)] = &[$(($name, $meaning)),+];
    };
}

pub use chancery_brief::lint::{LIKELIHOOD_CONTRADICTS_TEXT, TERM_OF_OTHER_SCALE, TERM_WITHOUT_LIKELIHOOD};

codes! {
    /// The text is larger than the limits of the reader.
    TOO_LARGE;
    /// The text contains U+0000.
    NUL;
    /// The text starts with a byte order mark.
    BYTE_ORDER_MARK;
    /// Lines end with CRLF.
    CRLF;
    /// A tab or another control character.
    CONTROL_CHARACTER;
    /// The text does not start with front matter, or the front matter does not end.
    FRONT_MATTER;
    /// The front matter or a YAML file is not YAML.
    INVALID_YAML;
    /// The front matter or a YAML file uses an alias, an anchor or a tag.
    YAML_FEATURE;
    /// A key occurs twice.
    DUPLICATE_KEY;
    /// A key is not one of this place.
    UNKNOWN_KEY;
    /// A value is not one of the allowed ones.
    UNKNOWN_VALUE;
    /// A value does not have the required form.
    INVALID_VALUE;
    /// A value is missing.
    MISSING_VALUE;
    /// A value is not allowed here.
    NOT_APPLICABLE;
    /// A label is not in the scheme, or a marking of the scheme is not written as `(LABEL)`.
    UNKNOWN_MARKING;
    /// A label of another scheme, or of none that a workspace can have, at a place where a marking can be.
    FOREIGN_MARKING;
    /// A marking inside a text or value, where it marks nothing: it belongs to the start of the line.
    MARKING_IN_TEXT;
    /// A citation is malformed.
    INVALID_CITATION;
    /// A citation names no source of the front matter.
    UNKNOWN_SOURCE;
    /// A grade contradicts the reliability of the source.
    GRADE_MISMATCH;
    /// Braces or brackets do not close.
    UNCLOSED;
    /// A comma or semicolon that separates nothing here.
    WRONG_SEPARATOR;
    /// Text, citations, annotations and id are not in their order.
    WRONG_ORDER;
    /// A value starts with a curly quotation mark.
    CURLY_QUOTE;
    /// A value contains a quotation mark.
    QUOTE_IN_VALUE;
    /// Emphasis does not close or is nested in itself.
    INVALID_SPAN;
    /// A backslash before a letter or digit, or at the end of a line.
    DOUBTFUL_ESCAPE;
    /// A comment does not close or shares its line with text.
    INVALID_COMMENT;
    /// The text contains the mark of a withheld part.
    WITHHELD;
    /// Headings or lists nest too deeply, or skip a level.
    WRONG_DEPTH;
    /// A block is not allowed at its place.
    MISPLACED;
    /// A line of annotations belongs to nothing.
    ORPHAN;
    /// A mark of a conflict that a merge left.
    MERGE_CONFLICT;
    /// A line that means something in Markdown and nothing in a brief.
    NOT_A_BRIEF;
    /// A fenced block of an unknown kind.
    UNKNOWN_BLOCK;
    /// A table is malformed.
    INVALID_TABLE;
    /// A figure is malformed, or its file is not known.
    INVALID_FIGURE;
    /// An entry of a fenced block has too few or too many columns.
    WRONG_COLUMNS;
    /// An id is malformed.
    INVALID_ID;
    /// Two parts have the same id.
    DUPLICATE_ID;
    /// A heading below which the bottom line or the key judgments are looked for: they are above the first heading.
    OPENING_BELOW_HEADING;
    /// A sentence in brackets or parentheses alone, or the number of a note, which may be meant as a citation or an annotation.
    BRACKETED_SENTENCE;
    /// A language that no reader knows by this name.
    DOUBTFUL_LANGUAGE;
    /// Some rules and warnings are not checked because they depend on lines with errors.
    FURTHER_CHECKS;
    /// A part has no id yet: the formatter assigns one.
    MISSING_ID;
}
