//! Print warnings as plain text.

use std::fmt::Write as _;

use chancery_proto::render::v1::PrintWarning;

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
