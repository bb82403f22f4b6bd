//! The files of `examples/hostile-text`: each problem at its line and column, with its code and its remedy.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]
#![allow(clippy::format_collect, clippy::format_push_string, reason = "short texts")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_text::{
    Check, Context, DIAGNOSTIC_LIMIT, Exchange, Positions, Severity, apply_safe_fixes, check, write,
};

mod support;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/hostile-text")
}

fn text_of(file: &str) -> String {
    fs::read_to_string(folder().join(file)).unwrap()
}

fn checked(text: &str) -> Check {
    check(text, &Context::default(), None)
}

/// Returns a line `LINE:COLUMN | CODE | MESSAGE` for each error and warning.
fn problems(text: &str) -> Vec<[String; 3]> {
    let positions = Positions::new(text);
    let findings = checked(text).findings;
    let problems = findings.iter().filter(|found| found.severity != Severity::Hint);
    let row = problems.map(|found| {
        let start = positions.of(found.range.start);
        let code = match found.severity {
            Severity::Error => found.code.to_owned(),
            _ => format!("{} (warning)", found.code),
        };
        [format!("{}:{}", start.line, start.column), code, found.message.clone()]
    });
    row.collect()
}

/// Returns the rows of the table in README.md by file: place, code and words of the message.
fn table() -> BTreeMap<String, Vec<[String; 3]>> {
    let mut files: BTreeMap<String, Vec<[String; 3]>> = BTreeMap::new();
    let readme = text_of("README.md");
    for line in readme.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [file, place, code, words] = cells.try_into().unwrap();
        let row = [place, code, words].map(str::to_owned);
        files.entry(file.trim_matches('`').to_owned()).or_default().push(row);
    }
    files
}

#[test]
fn each_problem_is_at_its_place_and_names_its_remedy() {
    let table = table();
    let files = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.filter(|file| file.ends_with(".brief.md")).collect();
    let mut wrong = String::new();
    for file in files.union(&table.keys().cloned().collect()) {
        let actual = problems(&text_of(file));
        let expected = table.get(file).map_or(&[][..], Vec::as_slice);
        let fits = |(actual, expected): (&[String; 3], &[String; 3])| {
            actual[..2] == expected[..2] && actual[2].contains(&expected[2])
        };
        if actual.len() != expected.len() || !actual.iter().zip(expected).all(fits) {
            for [place, code, message] in &actual {
                wrong.push_str(&format!("| `{file}` | {place} | {code} | {message}\n"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_brief_of_the_guide_is_complete_and_valid() {
    let guide = fs::read_to_string(folder().join("../../docs/AUTHORING.md")).unwrap();
    let (_, rest) = guide.split_once("````markdown\n").unwrap();
    let (text, _) = rest.split_once("````\n").unwrap();
    let checked = checked(text);
    let errors: Vec<_> = checked.findings.iter().filter(|found| found.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(chancery_text::format(text, &Context::default()).text, text);
    let content = checked.canonical.unwrap().into_content();
    assert_eq!((content.key_judgments.len(), content.scenarios.len(), content.events.len()), (1, 2, 1));
    // The misspelling that the guide shows.
    let misspelt =
        text.replacen("{likely 60-75%; low confidence: No count since the strikes; actors", "{actor", 1);
    assert!(guide.contains("red-sea.brief.md:21:60: error[UNKNOWN_KEY]"));
    assert_eq!(problems(&misspelt)[0][..2], ["21:60", "UNKNOWN_KEY"]);
}

#[test]
fn safe_fixes_correct_the_form_and_leave_claims_alone() {
    let fixed = |file: &str| {
        let text = text_of(file);
        apply_safe_fixes(&text, &checked(&text).findings)
    };
    for file in ["colon-in-front-matter", "commas-between-annotations", "separators-of-other-scripts"] {
        let fixed = fixed(&format!("{file}.brief.md"));
        assert!(fixed.applied > 1, "{file}");
        let checked = checked(&fixed.text);
        assert_eq!(checked.count(Severity::Error), 0, "{file}: {:?}", checked.findings);
    }
    for file in
        ["byte-order-mark", "curly-quotes", "misspelt-annotation", "unclosed-annotation", "unknown-field"]
    {
        let fixed = fixed(&format!("{file}.brief.md"));
        assert!(fixed.applied > 0, "{file}");
        let errors = problems(&fixed.text);
        // The corrected field is then there twice.
        assert!(errors.is_empty() || file == "unknown-field", "{file}: {errors:?}");
    }
    for file in [
        "markings-of-other-forms",
        "dates-in-words",
        "dangling-id",
        "misspelt-likelihood",
        "misspelt-marking",
        "unknown-source",
        "wrong-grade",
    ] {
        assert_eq!(fixed(&format!("{file}.brief.md")).applied, 0, "{file}");
    }
    let lower_case = "---\ntitle: T\n---\n\n(tlp:red) It fell. ^s-1\n";
    let fixed = apply_safe_fixes(lower_case, &checked(lower_case).findings);
    assert!(fixed.text.ends_with("(TLP:RED) It fell. ^s-1\n"), "{}", fixed.text);
}

#[test]
fn examples_have_no_errors_and_their_canonical_content() {
    for (file, content) in support::examples() {
        let text = write(&content, &Exchange::default());
        let checked = checked(&text);
        assert_eq!(checked.count(Severity::Error), 0, "{}: {:?}", file.display(), checked.findings);
        assert!(checked.canonical.is_some());
    }
}

#[test]
fn a_character_without_a_glyph_is_at_its_first_occurrence() {
    let text = "---\ntitle: T\n---\n\nIt fell. ^s-1\nIt 港 and 港 fell. ^s-2\n";
    let coverage: GlyphCoverage = ('\0'..='~').collect();
    let findings = check(text, &Context::default(), Some(&coverage)).findings;
    let glyphs: Vec<_> = findings.iter().filter(|found| found.code == "MISSING_GLYPH").collect();
    assert_eq!(glyphs.len(), 1);
    assert_eq!(glyphs[0].range.of(text), "港");
    assert_eq!(Positions::new(text).of(glyphs[0].range.start).line, 6);
}

#[test]
fn an_error_is_reported_without_its_consequences() {
    let codes = |text: &str| -> Vec<&str> {
        let findings = checked(text).findings;
        findings.iter().filter(|found| found.severity == Severity::Error).map(|found| found.code).collect()
    };
    let front_matter = "---\ntitle: [\nactors:\n  a: {name: A, kind: state}\n---\n\n";
    assert_eq!(codes(&format!("{front_matter}It fell. {{actors: a}} ^s-1\n")), ["INVALID_YAML"]);
    // The sentence that the judgment rests on has an error, and its id is not read.
    let body = "1. It falls. ^s-1\n   {rests-on: s-2} ^kj-1\n\n# A ^sec-1\n\nIt fell. {actors: x ^s-2\n";
    assert_eq!(codes(&format!("---\ntitle: T\n---\n\n{body}")), ["UNCLOSED"]);
    let body = "1. It falls. ^s-1\n   {rests-on: s-3} ^kj-1\n\n# A ^sec-1\n\nIt fell. {actors: x ^s-2\n";
    assert_eq!(codes(&format!("---\ntitle: T\n---\n\n{body}")), ["UNKNOWN_REFERENCE", "UNCLOSED"]);
}

#[test]
fn warnings_that_no_error_can_change_are_listed_beside_errors() {
    let codes = |body: &str| -> Vec<&str> {
        let text =
            format!("---\ntitle: T\nactors:\n  a: {{name: A, kind: state}}\n---\n\n# A ^sec-1\n\n{body}");
        checked(&text).findings.iter().map(|found| found.code).collect()
    };
    let scenarios = "```scenarios\n60% | It falls ^sc-1\n30% | It rises ^sc-2\n```\n";
    let body = format!("It fell. {{narrative; colour: red}} ^s-1\n\n{scenarios}");
    assert_eq!(codes(&body), ["UNUSED_ACTOR", "UNKNOWN_KEY", "SCENARIOS_NOT_100"]);
    // The actor may be named in the line with the error, and another scenario be the one that is missing.
    let scenarios = scenarios.replace("30% | It", "30 of 100 | It");
    let body = format!("It fell. {{narrative; actor: a}} ^s-1\n\n{scenarios}");
    assert_eq!(codes(&body), ["UNKNOWN_KEY", "INVALID_VALUE", "FURTHER_CHECKS"]);
}

#[test]
fn references_name_what_they_can_mean() {
    let messages = |body: &str| -> Vec<String> {
        let findings = checked(&format!("---\ntitle: T\n---\n\n{body}")).findings;
        let errors = findings.into_iter().filter(|found| found.severity == Severity::Error);
        errors.map(|error| format!("{}: {:?}", error.message, error.fix.map(|fix| fix.replacement))).collect()
    };
    let dissent =
        "1. It fell. {narrative} ^s-1\n   ^kj-1\n\n```dissents\nIt rose {rests-on: kj-1} ^d-1\n```\n";
    let expected = "rests-on: \"kj-1\" is the id of a key judgment; expected the id of a statement; the judgment's sentences are s-1: None";
    assert_eq!(messages(dissent), [expected]);
    let link = messages("It [fell](#s-۱). {narrative} ^s-1\n");
    assert!(link[0].ends_with("\"s-۱\" contains the digit ۱ (U+06F1): Some(\"s-1\")"), "{link:?}");
}

#[test]
fn findings_past_the_limit_are_counted_and_errors_come_first() {
    let sentences: String = (0..1_500)
        .map(|number| format!("It may fall. ^s-{number}\nIt fell. {{actors: x}} ^t-{number}\n"))
        .collect();
    let checked = checked(&format!("---\ntitle: T\n---\n\n# A ^sec-1\n\n{sentences}"));
    assert_eq!(checked.findings.len(), DIAGNOSTIC_LIMIT);
    assert_eq!(checked.count(Severity::Error), DIAGNOSTIC_LIMIT);
    assert!(checked.omitted >= 500 + 1_500, "{}", checked.omitted);
}

#[test]
fn the_time_for_many_unknown_ids_is_bounded() {
    let started = Instant::now();
    let sentences: String = (0..60_000)
        .map(|number| format!("It fell. {{narrative; actors: x{number}}} ^s-{number}\n"))
        .collect();
    let checked = checked(&format!("---\ntitle: T\n---\n\n# A ^sec-1\n\n{sentences}"));
    assert_eq!(checked.findings.len() + checked.omitted, 60_000);
    // Comparing every id with every other takes minutes.
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
}

#[test]
fn many_claims_scenarios_and_unknown_names_are_checked_in_linear_time() {
    const COUNT: usize = 5_000;
    let known: String = (0..COUNT).map(|i| format!("  q{i}: {{title: Q, reliability: B}}\n")).collect();
    let front_matter = format!("---\ntitle: T\nsources:\n{known}---\n\n");
    let of_each = |line: &dyn Fn(usize) -> String| (0..COUNT).map(line).collect::<String>();
    let judgments =
        of_each(&|i| format!("1. Port {i} will likely close. ^s-{i}\n   {{rests-on: x-{i}}} ^kj-{i}\n"));
    let cited = of_each(&|i| format!("Port {i} has closed. [@q{i} B2] ^x-{i}\n"));
    let misspelt = of_each(&|i| format!("Port {i} is shut. [@q{i}x B2] {{actors: y-{i}}} ^z-{i}\n"));
    let scenarios = of_each(&|i| format!("1% | Slow {i} | It lasts. {{set: set-{i}}} ^sc-{i}\n"));
    let outlook = of_each(&|i| format!("Port {i} is unlikely to close. {{rests-on: x-{i}}} ^o-{i}\n"));
    for body in [
        format!("{judgments}\n# H ^h\n\n{cited}\n```outlook\n{outlook}```\n"),
        format!("# H ^h\n\n{misspelt}\n```scenarios\n{scenarios}```\n"),
    ] {
        let start = Instant::now();
        let checked = checked(&(front_matter.clone() + &body));
        assert!(checked.findings.len() + checked.omitted >= COUNT);
        // Comparing each claim or name with each other one takes several minutes.
        assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
    }
}

#[test]
fn a_date_with_two_readings_names_both_and_a_percentage_needs_no_sign() {
    let text = "---\ntitle: T\nas-of: {date: 03/04/2025}\n---\n\n# H ^h\n\n```scenarios\n60 | Slow | It lasts. ^sc-1\n40% | Fast | It ends. ^sc-2\n```\n";
    let checked = checked(text);
    let date = checked.findings.iter().find(|found| found.code == "INVALID_DATE").unwrap();
    assert!(date.message.contains("write 2025-04-03 or 2025-03-04"), "{}", date.message);
    assert_eq!((date.range.of(text), &date.fix), ("03/04/2025", &None));
    let percent: Vec<u32> =
        checked.reading.content.scenarios.iter().map(|scenario| scenario.percent).collect();
    assert_eq!(percent, [60, 40]);
    assert!(chancery_text::format(text, &Context::default()).text.contains("\n60 | Slow"));
}

#[test]
fn percentages_outside_of_their_term_are_one_error_with_a_remedy() {
    let message = |annotation: &str| {
        let text = format!("---\ntitle: T\n---\n\nIt falls. {{{annotation}}} ^s-1\n");
        let errors: Vec<String> = checked(&text)
            .findings
            .iter()
            .filter(|found| found.severity == Severity::Error)
            .map(|found| format!("{}: {}", found.range.of(&text), found.message))
            .collect();
        errors.join("\n")
    };
    assert_eq!(
        message("likely 60-90%"),
        "likely 60-90%: 60-90% is not within \"likely\", which is 55-80%: write `likely 60-80%`, or `likely` for all of its range"
    );
    assert_eq!(
        message("likely 20-30%"),
        "likely 20-30%: 20-30% is not within \"likely\", which is 55-80%: write `unlikely 20-30%`, or a range within that of \"likely\""
    );
    assert_eq!(
        message("likely 70-60%"),
        "likely 70-60%: 70-60% is not within \"likely\", which is 55-80%: write a range within it, the lower percentage first, such as `likely 55-80%`"
    );
}

#[test]
fn a_judgment_on_an_unknown_statement_is_not_said_to_have_a_single_source() {
    let codes = |support: &str| -> Vec<&str> {
        let sources =
            "  a: {title: A, date: 2026, reliability: A}\n  b: {title: B, date: 2026, reliability: B}\n";
        let own = format!("{{likely; moderate confidence: Few; rests-on: {support}}}");
        let facts = "It fell. [@a] ^s-dpo\nIt rose. [@b] ^s-talks\n";
        let text = format!(
            "---\ntitle: T\nsources:\n{sources}---\n\n1. It falls. ^s-1\n   {own} ^kj-1\n\n# H ^h\n\n{facts}"
        );
        checked(&text).findings.iter().map(|found| found.code).collect()
    };
    assert_eq!(codes("s-dpo s-talks"), Vec::<&str>::new());
    assert_eq!(codes("s-dpo"), ["SINGLE_SOURCE"]);
    assert_eq!(codes("s-dpo s-talx"), ["UNKNOWN_REFERENCE"]);
    assert_eq!(codes("s-dpo; s-talks"), ["UNKNOWN_KEY", "FURTHER_CHECKS"]);
}
