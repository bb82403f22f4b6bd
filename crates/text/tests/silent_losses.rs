//! Texts that would lose something if they were accepted: each has an error at its place, and keeps it when formatted.

use chancery_text::{Context, Diagnostic, Positions, Severity, check, format};

const FRONT_MATTER: &str = "---\ntitle: T\nas-of: 2026-11-01\nmarking: TLP:CLEAR\nsources:\n  board: {title: Figures, date: 2026-10, \
                            type: primary, reliability: A}\n---\n\n";

/// Returns the findings of a body, with their line, column and code; lines are counted from the first of the body.
fn findings(body: &str, accepts: impl Fn(&Diagnostic) -> bool) -> Vec<(usize, usize, &'static str)> {
    let text = format!("{FRONT_MATTER}{body}");
    let positions = Positions::new(&text);
    let first = FRONT_MATTER.lines().count();
    let findings = check(&text, &Context::default(), None).findings;
    let found = findings.iter().filter(|found| accepts(found)).map(|found| {
        let start = positions.of(found.range.start);
        (start.line - first, start.column, found.code)
    });
    found.collect()
}

fn errors(body: &str) -> Vec<(usize, usize, &'static str)> {
    findings(body, |found| found.severity == Severity::Error)
}

/// Checks the errors of a body, and that the formatter says of it that it has some and changes it only once.
fn assert_errors(body: &str, expected: &[(usize, usize, &'static str)]) {
    assert_eq!(errors(body), expected, "{body}");
    let once = format(&format!("{FRONT_MATTER}{body}"), &Context::default());
    let is_form = |code| !matches!(code, "DUPLICATE_KEY");
    assert!(once.has_errors || expected.iter().all(|(_, _, code)| !is_form(*code)), "{body}");
    assert_eq!(format(&once.text, &Context::default()).text, once.text, "{body}");
}

#[test]
fn an_item_has_one_line_of_annotations() {
    assert_errors(
        "1. A. [@board A1] ^s-2\n   {likely} ^kj-1\n   {low confidence} ^kj-2\n",
        &[(3, 4, "MISPLACED")],
    );
    assert_errors("1. A. ^s-2\n   {likely}\n   ^kj-2\n", &[(2, 4, "MISPLACED")]);
    assert_errors(
        "# H ^sec-1\n\n- A. ^s-2\n  {marking: TLP:RED}\n\n  {marking: TLP:RED}\n",
        &[(6, 3, "MISPLACED")],
    );
    assert_errors("1. A. ^s-2\n   {likely; low confidence} ^kj-1\n", &[]);
}

#[test]
fn a_part_has_one_likelihood_confidence_type_and_status() {
    let second =
        |annotations: &str| errors(&format!("# H ^sec-1\n\nX grew. [@board A1] {{{annotations}}} ^s-0\n"));
    let cases = [
        ("likely; unlikely", 30),
        ("high confidence; low confidence", 39),
        ("fact; forecast", 28),
        ("superseded; withdrawn", 34),
        ("likely; phia: unlikely", 30),
        ("likely; likely 60-70%", 30),
    ];
    for (annotations, column) in cases {
        assert_eq!(second(annotations), [(3, column, "DUPLICATE_KEY")], "{annotations}");
    }
    assert_eq!(second("likely; likely"), [(3, 30, "DUPLICATE_KEY")]);
    assert_eq!(second("fact; likely; high confidence; superseded"), []);
    assert_errors("1. A. ^s-2\n   {likely; unlikely} ^kj-1\n", &[(2, 13, "DUPLICATE_KEY")]);
}
