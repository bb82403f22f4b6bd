//! Texts in the forms of other programs and habits: each is an error whose fix writes the form of a brief.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_text::{Context, Exchange, Severity, apply_safe_fixes, read, write};

#[test]
fn percentages_in_place_of_a_likelihood_are_written_behind_their_term() {
    for (annotation, meant) in [
        ("60-70%", "likely 60-70%"),
        ("60–70%", "likely 60-70%"),
        ("65%", "likely at 65%"),
        ("~65%", "likely at 65%"),
        ("about 65%", "likely at 65%"),
        ("likely ~65%", "likely at 65%"),
        ("likely (60-70%)", "likely 60-70%"),
        ("likely, 60-70%", ""),
        ("unlikely about 30%", "unlikely at 30%"),
        ("98%", "almost certain at 98%"),
        ("3 ships", ""),
        ("30-70%", ""),
    ] {
        let text = format!("---\ntitle: T\n---\n\nIt falls. {{{annotation}}} ^s-1\n");
        let found = read(&text, &Context::default()).diagnostics;
        let fixes: Vec<&str> =
            found.iter().filter_map(|found| Some(found.fix.as_ref()?.replacement.as_str())).collect();
        assert_eq!(fixes.contains(&meant), !meant.is_empty(), "{annotation}: {found:?}");
    }
}

/// Returns a body after its safe fixes, which leave no error, and the number of errors before them.
fn fixed_safely(body: &str) -> (String, usize) {
    let head = "---\ntitle: T\nsources:\n  a: {title: A}\n---\n\n# H ^h\n\n";
    let text = format!("{head}{body}");
    let found = read(&text, &Context::default()).diagnostics;
    let errors = found.iter().filter(|found| found.severity == Severity::Error).count();
    let fixed = apply_safe_fixes(&text, &found).text;
    let left = read(&fixed, &Context::default());
    assert!(!left.has_errors(), "{body}: {:?}\n{fixed}", left.diagnostics);
    (fixed[head.len()..].to_owned(), errors)
}

#[test]
fn forms_of_other_programs_are_errors_that_check_corrects() {
    for (body, errors, fixed) in [
        ("• Ships left. [@a]\n• Crews stayed. [@a]\n", 2, "- Ships left. [@a]\n- Crews stayed. [@a]\n"),
        ("**Tolls and fees**\n\nIt fell. [@a]\n", 1, "## Tolls and fees\n\nIt fell. [@a]\n"),
        (
            "Table: Ships [@a]\n\nYear;Ships\n2024;3\n2025;9\n",
            1,
            "Table: Ships [@a]\n\n| Year | Ships |\n|---|---|\n| 2024 | 3 |\n| 2025 | 9 |\n",
        ),
        (
            "Table: Ships [@a]\nYear,Ships\n2024,3\n",
            1,
            "Table: Ships [@a]\n| Year | Ships |\n|---|---|\n| 2024 | 3 |\n",
        ),
        ("^s-6 About half left. [@a]\n", 1, "About half left. [@a] ^s-6\n"),
        ("```drivers\nPrices rise ^d-1\n", 1, "```drivers\nPrices rise ^d-1\n```\n"),
        (
            "```drivers\nPrices rise ^d-1\n\n# Next ^n\n",
            1,
            "```drivers\nPrices rise ^d-1\n```\n\n# Next ^n\n",
        ),
    ] {
        assert_eq!(fixed_safely(body), (fixed.to_owned(), errors), "{body}");
    }
    for text in [
        "**It fell.**\n",
        "**Tolls** rose.\n",
        "It fell; it rose; it fell.\nIt rose; it fell; it rose.\n",
        "A • b.\n",
    ] {
        assert_eq!(fixed_safely(text), (text.to_owned(), 0));
    }
}

#[test]
fn a_sentence_that_goes_on_in_the_next_line_of_a_paragraph_with_ids() {
    let text = "---\ntitle: T\n---\n\n# H ^h\n\nShips are counted by the\nport board each month. ^s-1\n";
    let found = read(text, &Context::default()).diagnostics;
    let error = found.iter().find(|found| found.code == "MISPLACED").unwrap();
    let fix = error.fix.as_ref().unwrap();
    let mut fixed = text.to_owned();
    fixed.replace_range(fix.range.start..fix.range.end, &fix.replacement);
    assert!(fixed.ends_with("Ships are counted by the port board each month. ^s-1\n"), "{fixed}");
    let set = "---\ntitle: T\n---\n\n# H ^h\n\nIt fell.\nport board figures show it. ^s-1\n";
    assert!(!read(set, &Context::default()).has_errors());
}

#[test]
fn numbers_of_notes_are_warned_of_and_come_back_as_text() {
    let warned = |sentence: &str| {
        let text = format!("---\ntitle: T\nsources:\n  a: {{title: A}}\n---\n\n{sentence} ^s-1\n");
        let reading = read(&text, &Context::default());
        let again = read(&write(&reading.content, &Exchange::default()), &Context::default());
        assert_eq!((again.content, again.diagnostics.len()), (reading.content, 0), "{sentence}");
        reading.diagnostics.iter().filter(|found| found.code == "BRACKETED_SENTENCE").count()
    };
    for sentence in ["It fell.[1]", "It fell [1] and rose [^12].", "It fell [2, 3].", "It fell [4–6]. [@a]"]
    {
        assert!(warned(sentence) > 0, "{sentence}");
    }
    for sentence in [
        "It fell \\[1].",
        "It fell [1](https://example.org).",
        "It fell [sic].",
        "Row [2026] fell.",
        "[2]{lang=fa} fell.",
    ] {
        assert_eq!(warned(sentence), 0, "{sentence}");
    }
}

/// Returns the errors of a body that no safe fix changes.
fn errors_left_alone(body: &str) -> Vec<String> {
    let text = format!("---\ntitle: T\nsources:\n  a: {{title: A}}\n---\n\n{body}");
    let found = read(&text, &Context::default()).diagnostics;
    assert_eq!(apply_safe_fixes(&text, &found).text, text, "{found:?}");
    let errors = found.iter().filter(|found| found.severity == Severity::Error);
    errors.map(|found| format!("{}: {}", found.code, found.message)).collect()
}

#[test]
fn what_an_author_may_have_meant_otherwise_is_not_corrected() {
    for (body, expected) in [
        ("It falls. {65%} ^s-1\n", "UNKNOWN_KEY"),
        ("It falls. {>80%} ^s-1\n", "UNKNOWN_KEY"),
        ("**Key judgments**\n\n1. It falls. ^s-1\n   ^kj-1\n", "NOT_A_BRIEF"),
        ("**Bottom line:**\n\nIt falls. ^s-1\n", "NOT_A_BRIEF"),
        ("It falls. {resolves: The note: \"no; never\" to it} ^s-1\n", "UNCLOSED"),
    ] {
        let errors = errors_left_alone(body);
        assert!(errors.iter().any(|error| error.starts_with(expected)), "{body}: {errors:?}");
    }
}

#[test]
fn a_key_without_its_colon_keeps_its_value() {
    for (annotation, fixed) in [
        ("rests-on s-1", "rests-on: s-1"),
        ("moderate confidence - two sources", "moderate confidence: two sources"),
    ] {
        let head = "---\ntitle: T\n---\n\n1. It falls. ^s-1\n   {";
        let text = format!("{head}{annotation}}} ^kj-1\n");
        let found = read(&text, &Context::default()).diagnostics;
        assert_eq!(apply_safe_fixes(&text, &found).text, format!("{head}{fixed}}} ^kj-1\n"), "{found:?}");
    }
}

#[test]
fn claims_and_markings_in_other_words_have_a_remedy() {
    for (annotation, remedy) in [
        ("high", "write `high confidence`"),
        ("65 percent", "write `likely at 65%`"),
        ("at least 80%", "as in `likely 60-70%`"),
        ("TLP:AMBER", "`(TLP:AMBER) …`, or written `marking: TLP:AMBER`"),
    ] {
        let text = format!("---\ntitle: T\n---\n\nIt falls. {{{annotation}}} ^s-1\n");
        let found = read(&text, &Context::default()).diagnostics;
        assert!(found.iter().any(|found| found.message.contains(remedy)), "{annotation}: {found:?}");
    }
    for marking in ["amber", "(TLP:AMBER)", "tlp:amber"] {
        let text = format!("---\ntitle: T\nmarking: {marking}\n---\n\nIt falls. ^s-1\n");
        let found = read(&text, &Context::default()).diagnostics;
        let fixes = found.iter().filter_map(|found| Some(found.fix.as_ref()?.replacement.as_str()));
        assert_eq!(fixes.collect::<Vec<_>>(), ["TLP:AMBER"], "{marking}");
    }
}

#[test]
fn a_correction_loses_no_cell_no_mark_and_no_judgment() {
    for body in [
        "Table: T [@a]\n\nYear,Ships\n2023,900\n2024,1,200\n",
        "Table: T [@a]\n\nA,B\n1,2\n3,\"4,5\"\n",
        "Table: T [@a]\n\nYear\tShips\n2023\t900\n2024\t1200\tnot final\n",
        "> [!NOTE] T\n> 1. Beta is here.\n> 2. Gamma is here.\n",
        "> - Open.\n",
    ] {
        let errors = errors_left_alone(&format!("# H ^h\n\n{body}"));
        assert!(!errors.is_empty(), "{body}");
    }
    assert!(!errors_left_alone("**Key findings**\n\n1. It falls. ^s-1\n   ^kj-1\n").is_empty());
    let (fixed, _) =
        fixed_safely("### Deep ^d\n\n**Three ships**\n\nIt fell. [@a]\n".replace("###", "##").as_str());
    assert!(fixed.contains("\n### Three ships\n"), "{fixed}");
    let (fixed, _) = fixed_safely("```drivers\nA driver ^d-1\n\n- One. [@a]\n- Two. [@a]\n\n# Next ^n\n");
    assert!(fixed.contains("```\n\n- One. [@a]\n- Two. [@a]\n"), "{fixed}");
}

#[test]
fn ids_with_commas_have_their_place_over_several_lines_and_in_escapes() {
    for annotation in [
        "{actors: line،\n  pilot}",
        "{actors: line، \n    pilot، x}",
        "{actors: \"lin\\u00e9، pilot\"}",
        "{actors: \"line، pilot\"}",
    ] {
        let text = format!("---\ntitle: T\n---\n\n# H ^h\n\nIt fell. {annotation}\n");
        let found = read(&text, &Context::default()).diagnostics;
        assert!(
            found.iter().any(|found| found.message.contains("separated by spaces")),
            "{annotation}: {found:?}"
        );
        assert!(
            found.iter().all(|found| text.get(found.range.start..found.range.end).is_some()),
            "{annotation}"
        );
        apply_safe_fixes(&text, &found);
    }
}
