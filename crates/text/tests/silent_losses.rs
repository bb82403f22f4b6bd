//! Texts that would lose something if they were accepted: each has an error at its place, and keeps it when formatted.

use chancery_text::{Context, Diagnostic, Positions, Severity, apply_safe_fixes, check, format};

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

#[test]
fn marks_of_merge_conflicts_are_reported_wherever_they_are() {
    let conflict = "MERGE_CONFLICT";
    let marked = "# H ^sec-1\n\n<<<<<<< HEAD\nIt fell. ^s-2\n||||||| base\nIt did. ^s-2\n=======\nIt rose. ^s-3\n>>>>>>> x\n";
    let lines = |list: Vec<(usize, usize, &'static str)>| -> Vec<usize> {
        list.into_iter().filter(|(_, _, code)| *code == conflict).map(|(line, _, _)| line).collect()
    };
    assert_eq!(lines(errors(marked)), [3, 5, 7, 9]);
    assert!(errors("<<<<<<<\nIt fell. ^s-2\n").contains(&(1, 1, conflict)));
    assert_errors("A. ^s-1\n\n```events\n<<<<<<< HEAD\n2026-01-02 | B ^e-1\n```\n", &[(4, 1, conflict)]);
    // Underlines of other forms and nested quotes are no marks of a conflict.
    assert_errors("It fell. ^s-2\n\n=======\n", &[]);
    let front_matter = "---\ntitle: T\n<<<<<<< HEAD\nsubtitle: A\n=======\nsubtitle: B\n>>>>>>> x\n---\n";
    let reported = check(front_matter, &Context::default(), None).findings;
    assert_eq!(reported.iter().filter(|found| found.code == conflict).count(), 3);
    let formatted = format(&format!("{FRONT_MATTER}{marked}"), &Context::default());
    assert!(formatted.has_errors && formatted.text.contains("\n<<<<<<< HEAD\n"), "{}", formatted.text);
}

#[test]
fn what_looks_like_an_id_is_one_or_is_reported() {
    let sentence = |end: &str| errors(&format!("# H ^sec-1\n\nX grew.{end}\n"));
    for end in [" ^s-2.", "^s-2", " ^ s-2", " {likely} ^s-2.", " [@board A1]^s-2,"] {
        assert_eq!(sentence(end).iter().map(|found| found.2).collect::<Vec<_>>(), ["INVALID_ID"], "{end}");
    }
    for end in [" ^s-2{likely}", " ^s-2[@board A1]"] {
        assert_eq!(sentence(end).iter().map(|found| found.2).collect::<Vec<_>>(), ["WRONG_ORDER"], "{end}");
    }
    for end in [" It is 2^n-1 or x^2. ^s-2", " See \\^s-3. ^s-2", " A caret (^) is a sign. ^s-2"] {
        assert_eq!(sentence(end), [], "{end}");
    }
}

#[test]
fn a_text_with_cr_alone_is_refused_as_a_whole() {
    let text = format!("{FRONT_MATTER}It fell. ^s-1\n").replace('\n', "\r");
    let findings = check(&text, &Context::default(), None).findings;
    let errors: Vec<&Diagnostic> =
        findings.iter().filter(|found| found.severity == Severity::Error).collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].code == "CONTROL_CHARACTER" && errors[0].message.contains("LF"), "{errors:?}");
    assert_eq!(apply_safe_fixes(&text, &findings).text, text);
    // Further down as well, a line end must not become a space.
    let mixed = format!("{FRONT_MATTER}It fell.\rIt rose. ^s-1\n");
    let findings = check(&mixed, &Context::default(), None).findings;
    assert!(findings.iter().any(|found| found.code == "CONTROL_CHARACTER"));
    assert_eq!(apply_safe_fixes(&mixed, &findings).text, mixed);
}

#[test]
fn safe_fixes_are_applied_once() {
    let texts = [
        format!("{FRONT_MATTER}It fell. {{fact}}}} ^s-1\n"),
        format!("{FRONT_MATTER}It fell. [@board A1]] ^s-1\n"),
        format!("\n\n{FRONT_MATTER}It fell. ^s-1\n"),
        "\0".repeat(9),
    ];
    for text in texts {
        let fixed =
            |text: &str| apply_safe_fixes(text, &check(text, &Context::default(), None).findings).text;
        let once = fixed(&text);
        assert_eq!(fixed(&once), once);
        let is_correct = check(&once, &Context::default(), None)
            .findings
            .iter()
            .all(|found| found.severity != Severity::Error);
        assert!(is_correct || text.starts_with('\0'), "{once}");
    }
}

#[test]
fn a_blank_line_before_the_front_matter_is_the_only_error() {
    let findings = check(&format!("\n{FRONT_MATTER}It fell. ^s-1\n"), &Context::default(), None).findings;
    let errors = findings.iter().filter(|found| found.severity == Severity::Error);
    assert_eq!(errors.map(|found| found.code).collect::<Vec<_>>(), ["FRONT_MATTER"]);
}

#[test]
fn a_duplicate_id_is_replaced_by_its_fix() {
    let text = format!("{FRONT_MATTER}# H ^sec-1\n\nIt fell. [@board A1] ^s-2\nIt rose. [@board A1] ^s-2\n");
    let findings = check(&text, &Context::default(), None).findings;
    let duplicate = findings.iter().find(|found| found.code == "DUPLICATE_ID").expect("the id is reported");
    assert!(duplicate.message.ends_with("give this one another, such as \"s-3\""), "{}", duplicate.message);
    assert_eq!(duplicate.fix.as_ref().map(|fix| fix.replacement.as_str()), Some("s-3"));
}

#[test]
fn each_source_newer_than_the_brief_is_marked() {
    let newer =
        |key: &str| format!("  {key}: {{title: {key}, date: 2026-12, type: primary, reliability: A}}\n");
    let text = format!(
        "---\ntitle: T\nas-of: 2026-11-01\nmarking: TLP:CLEAR\nsources:\n{}{}---\n\nIt fell. [@a1; @a2] ^s-1\n",
        newer("a1"),
        newer("a2")
    );
    let positions = Positions::new(&text);
    let findings = check(&text, &Context::default(), None).findings;
    let newer = findings.iter().filter(|found| found.code == "AS_OF_BEFORE_SOURCE");
    assert_eq!(newer.map(|found| positions.of(found.range.start).line).collect::<Vec<_>>(), [6, 7]);
}

#[test]
fn only_the_first_unclosed_brace_of_a_line_is_reported() {
    let body = format!("It fell {}\n\nIt rose {{. ^s-2\n", "{".repeat(300_000));
    let start = std::time::Instant::now();
    let unclosed = findings(&body, |found| found.code == "UNCLOSED");
    assert_eq!(unclosed, [(1, 9, "UNCLOSED"), (3, 9, "UNCLOSED")]);
    assert!(start.elapsed() < std::time::Duration::from_secs(20));
}

#[test]
fn the_wrong_part_of_a_span_is_marked() {
    let body = "A sentence with a [link](#nope) in it. ^s-1\n\nA word of [x]{lang=} too. ^s-2\n";
    assert_eq!(errors(body), [(1, 27, "UNKNOWN_REFERENCE"), (3, 15, "REQUIRED")]);
}
