//! Print warnings as plain text and as JSON.

use std::fmt::Write as _;

use chancery_proto::render::v1::PrintWarning;
use serde_json::{Value, json};

/// Formats one indented line for each warning, with its text, code and part.
pub fn text(warnings: &[PrintWarning], indent: &str) -> String {
    let mut lines = String::new();
    for PrintWarning { code, part_id, text } in warnings {
        let part = if part_id.is_empty() { String::new() } else { format!(", part {part_id}") };
        // Writing to a String does not fail.
        let _ = writeln!(lines, "{indent}warning: {text} ({code}{part})");
    }
    lines
}

/// Converts warnings to the JSON form of a render's warnings.
pub fn json(warnings: &[PrintWarning]) -> Vec<Value> {
    let json = |PrintWarning { code, part_id, text }: &PrintWarning| {
        if part_id.is_empty() {
            json!({ "code": code, "text": text })
        } else {
            json!({ "code": code, "partId": part_id, "text": text })
        }
    };
    warnings.iter().map(json).collect()
}

#[cfg(test)]
mod tests {
    use chancery_proto::render::v1::PrintWarning;

    use super::text;

    #[test]
    fn a_warning_becomes_a_line_with_its_code_and_part() {
        let warning = |part_id: &str| PrintWarning {
            code: "MISSING_GLYPH".into(),
            part_id: part_id.into(),
            text: "no font has it".into(),
        };
        let lines = text(&[warning("s1"), warning("")], "  ");
        assert_eq!(
            lines,
            "  warning: no font has it (MISSING_GLYPH, part s1)\n  warning: no font has it (MISSING_GLYPH)\n"
        );
    }
}
