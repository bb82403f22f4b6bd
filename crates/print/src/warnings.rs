//! Warnings: flaws that did not stop the print, and their wire form.

use std::fmt;

use chancery_brief::glyph_coverage::missing_glyph_message;
use chancery_brief::lint::MISSING_GLYPH;
use chancery_proto::render::v1::PrintWarning;

/// Maximum number of reported warnings. If there are more, the last one states how many are left out.
pub const MAX_PRINT_WARNINGS: usize = 200;

/// Code of the last warning if some are left out.
const MORE_WARNINGS: &str = "MORE_WARNINGS";

/// A flaw in a finished print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// No face has a glyph for the character. A box is printed instead; text extraction still yields the character.
    MissingGlyph {
        /// The character.
        character: char,
        /// Id of the part where it first occurs; empty for the brief as a whole.
        part_id: String,
    },
    /// A name has no visible characters, so a substitute names the file, the bookmark or the picture.
    BlankName {
        /// The kind of name, such as "title" or "heading".
        what: &'static str,
        /// Id of the part; empty for the brief as a whole.
        part_id: String,
    },
}

impl Warning {
    /// Returns the stable code, in upper snake case.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingGlyph { .. } => MISSING_GLYPH,
            Self::BlankName { .. } => "BLANK_NAME",
        }
    }

    /// Returns the id of the affected part; empty for the brief as a whole.
    pub fn part_id(&self) -> &str {
        match self {
            Self::MissingGlyph { part_id, .. } | Self::BlankName { part_id, .. } => part_id,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingGlyph { character, .. } => f.write_str(&missing_glyph_message(*character)),
            Self::BlankName { what, .. } => {
                write!(f, "the {what} has no visible characters, so a substitute is used; write one")
            }
        }
    }
}

/// Converts warnings to messages: at most [`MAX_PRINT_WARNINGS`], the last of which counts those left out.
pub fn print_warnings(warnings: &[Warning]) -> Vec<PrintWarning> {
    let message = |warning: &Warning| PrintWarning {
        code: warning.code().to_owned(),
        part_id: warning.part_id().to_owned(),
        text: warning.to_string(),
    };
    if warnings.len() <= MAX_PRINT_WARNINGS {
        return warnings.iter().map(message).collect();
    }
    let (reported, rest) = warnings.split_at(MAX_PRINT_WARNINGS - 1);
    let mut messages: Vec<PrintWarning> = reported.iter().map(message).collect();
    let (code, text) = (MORE_WARNINGS.to_owned(), format!("{} more warnings are not listed", rest.len()));
    messages.push(PrintWarning { code, part_id: String::new(), text });
    messages
}

#[cfg(test)]
mod tests {
    use super::{MAX_PRINT_WARNINGS, Warning, print_warnings};

    fn missing(number: usize) -> Warning {
        let character = char::from_u32(0x10_0000 + u32::try_from(number).unwrap()).unwrap();
        Warning::MissingGlyph { character, part_id: "s1".to_owned() }
    }

    #[test]
    fn a_warning_has_its_code_its_part_and_a_remedy() {
        let warning = Warning::MissingGlyph { character: '\u{928}', part_id: "s1".to_owned() };
        let messages = print_warnings(&[warning]);
        assert_eq!((messages[0].code.as_str(), messages[0].part_id.as_str()), ("MISSING_GLYPH", "s1"));
        let text = "no font has U+0928 (\u{928}), so a box is printed in its place; add a font that has it";
        assert_eq!(messages[0].text, text);
    }

    #[test]
    fn more_warnings_than_are_reported_are_counted_in_the_last() {
        let warnings: Vec<Warning> = (0..MAX_PRINT_WARNINGS + 5).map(missing).collect();
        assert_eq!(print_warnings(&warnings[..MAX_PRINT_WARNINGS]).len(), MAX_PRINT_WARNINGS);
        let messages = print_warnings(&warnings);
        let last = messages.last().unwrap();
        assert_eq!(messages.len(), MAX_PRINT_WARNINGS);
        assert_eq!(
            (last.code.as_str(), last.text.as_str()),
            ("MORE_WARNINGS", "6 more warnings are not listed")
        );
    }

    #[test]
    fn the_documentation_lists_every_code() {
        let index = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/lint/README.md");
        let index = std::fs::read_to_string(index).unwrap();
        let (_, prints) = index.split_once("\n## Prints\n").unwrap();
        let blank = Warning::BlankName { what: "title", part_id: String::new() };
        for code in [missing(0).code(), blank.code(), super::MORE_WARNINGS] {
            assert!(prints.contains(&format!("| `{code}` |")), "list {code} in docs/lint/README.md");
        }
    }
}
